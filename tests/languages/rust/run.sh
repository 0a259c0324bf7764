#!/bin/sh
# run.sh STAGE WORK LAYOUTS
set -eu
if ! command -v cargo >/dev/null; then
    echo 'SKIPPED: no cargo'
    exit 77
fi
mkdir -p "$2"
"$3" >"$2/layouts"
cd "$(dirname "$0")"
CARGO_TARGET_DIR=$2 cargo run --offline --locked --quiet -- "$2/layouts"
