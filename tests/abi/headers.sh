#!/bin/sh
# headers.sh CC CXX INCLUDE_DIR LAYOUT_C: every public header compiles alone, twice and in any order, in every
# language mode, and the pinned layouts hold, on a 32-bit target too where clang is there.
set -eu
cc=$1 cxx=$2 include=$3 layout=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
warnings="-Wall -Wextra -Wpedantic -Werror -fshort-enums -fsyntax-only -I$include"
count=0
check() { # source-text suffix compiler mode
    printf '%s\nint main(void) { return 0; }\n' "$1" > "$work/header.$2"
    $3 "-std=$4" $warnings "$work/header.$2"
    count=$((count + 1))
}
for order in "node" "sepflow" "host" "node node" "sepflow host node" "host sepflow" "host node host"; do
    text=$(for h in $order; do printf '#include <sepflow/%s.h>\n' "$h"; done)
    for mode in c99 c11 c17; do check "$text" c "$cc" "$mode"; done
    for mode in c++17 c++20; do check "$text" cpp "$cxx" "$mode"; done
done
for mode in c99 c11; do "$cc" "-std=$mode" $warnings "$layout"; done
if command -v clang > /dev/null; then
    clang --target=armv7-linux-gnueabihf -ffreestanding -std=c99 $warnings "$layout"
fi
echo "$count header combinations compile"
