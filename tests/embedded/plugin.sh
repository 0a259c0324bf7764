#!/bin/sh
# plugin.sh SEPFLOW INCLUDE CC: filters of integers and of floats, compiled as nodes and built as
# plugins, pass every check.
set -e
sepflow=$1 include=$2 cc=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for type in u8 f32; do
    "$sepflow" compile blur --kernel "gaussian 1.2" --in-type $type --channels 3 --target x86-64-linux --node >/dev/null
    "$cc" -std=c99 -O2 -fPIC -fvisibility=hidden -shared -I "$include" -DSEPFLOW_ENTRY_NAME=sepflow_entry_v1 \
        blur_node.c blur.a -Wl,--exclude-libs,ALL -o blur.sepflow.so
    "$sepflow" check ./blur.sepflow.so --quiet
done
