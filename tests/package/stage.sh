#!/bin/sh
# stage.sh CMAKE BUILD STAGE: installs the libraries and nodes, what developing needs, the commands
# and the Python package below STAGE.
set -eu
cmake=$1 build=$2 stage=$3
rm -rf "$stage" "$stage.elsewhere"
for component in runtime sepflow dev tools compile python; do
    "$cmake" --install "$build" --prefix "$stage.elsewhere" --component $component
done
mv "$stage.elsewhere" "$stage"
