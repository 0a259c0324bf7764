#!/usr/bin/env bash
# example.sh CC INCLUDE EXAMPLE SEPFLOW: builds the example by the line of node.h, and by its own;
# each plugin must pass.
set -euo pipefail
cc=$1 include=$2 example=$3 sepflow=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$example" "$work"
cd "$work"
for text in "$include/sepflow/node.h" "$example"; do
    line=$(grep -m 1 '^ *cc .*\.sepflow\.so$' "$text")
    line=${line/cc/$cc -Wall -Wextra -Wpedantic -Werror}
    line=${line/INCLUDE/$include}
    line=${line//blur/threshold}
    rm -f threshold.sepflow.so
    eval "$line"
    "$sepflow" check ./threshold.sepflow.so --quiet
done
SEPFLOW_PLUGIN_PATH=$PWD "$sepflow" info org.example.threshold | grep 'level  (float 0 .. 255, default 128, live)'
