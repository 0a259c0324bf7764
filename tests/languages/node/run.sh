#!/bin/sh
# run.sh STAGE WORK LAYOUTS. koffi is npm's; `./dev setup tests` puts it where this looks.
set -eu
modules=$(cd "$(dirname "$0")/../../.." && pwd)/build/node/node_modules
if ! command -v node >/dev/null || [ ! -d "$modules/koffi" ]; then
    echo "SKIPPED: no node, or no koffi in $modules"
    exit 77
fi
mkdir -p "$2/node_modules"
"$3" >"$2/layouts"
ln -sfn "$(cd "$(dirname "$0")/../../../runtime/bindings/node" && pwd)" "$2/node_modules/sepflow"
NODE_PATH="$2/node_modules:$modules" node --preserve-symlinks "$(dirname "$0")/binding_test.js" "$2/layouts"
