#!/bin/sh
# run.sh STAGE WORK
set -eu
rm -rf "$2"
cmake -S "$(dirname "$0")" -B "$2" -DCMAKE_PREFIX_PATH="$1"
cmake --build "$2"
"$2/binding_test"
