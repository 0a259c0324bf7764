#!/bin/sh
# headers.sh CC CXX INCLUDE_DIR LAYOUT_C: every public header compiles alone, twice and in any
# order, in every language mode, and the pinned layouts hold, on a 32-bit target too where clang is
# there.
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
newest=$(sed -n 's/^#define SEPFLOW_ABI_MINOR_NEWEST \([0-9]*\).*/\1/p' "$include/sepflow/node.h")
for shown in $(seq 0 "$newest"); do
    minor=-DSEPFLOW_ABI_MINOR_SHOWN=$shown
    for mode in c99 c11; do "$cc" "-std=$mode" $warnings "$minor" "$layout"; done
    if command -v clang > /dev/null; then
        clang --target=armv7-linux-gnueabihf -ffreestanding -std=c99 $warnings "$minor" "$layout"
    fi
done

# The macros of growth rule 5: what is defined -> "shown needed", or the refusal.
macros() { # wanted definition...
    wanted=$1
    shift
    said=$(printf '#include <sepflow/node.h>\n= SEPFLOW_ABI_MINOR_SHOWN SEPFLOW_ABI_MINOR_NEEDED SEPFLOW_ABI_TARGET_MINOR\n' |
        "$cc" -E -P -xc -std=c99 "-I$include" "$@" - 2>&1) || true
    case $said in
        *"$wanted"*) ;;
        *) printf 'headers.sh: %s gives not "%s":\n%s\n' "$*" "$wanted" "$said" >&2; exit 1 ;;
    esac
}
macros '= 0 0 0'
macros '= 1 0 0' -DSEPFLOW_ABI_MINOR_SHOWN=1
macros '= 1 1 1' -DSEPFLOW_ABI_MINOR_SHOWN=1 -DSEPFLOW_ABI_MINOR_NEEDED=1
macros '= 1 1 1' -DSEPFLOW_ABI_TARGET_MINOR=1 # as code for 0.1 does
macros 'SEPFLOW_ABI_MINOR_NEEDED is more than SEPFLOW_ABI_MINOR_SHOWN' -DSEPFLOW_ABI_MINOR_NEEDED=1
macros 'is more than this header knows' -DSEPFLOW_ABI_MINOR_SHOWN=$((newest + 1))
echo "$count header combinations compile"
