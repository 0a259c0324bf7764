#!/bin/bash
# escaping.sh SEPFLOW PREFIX INCLUDE: whatever a kernel's path holds, the generated C compiles
# without a warning and is ASCII, and CMake passes the path on as it is.
set -eu
sepflow=$1 prefix=$2 include=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir out

fail() {
    printf 'escaping.sh: %s\n' "$*" >&2
    exit 1
}

case $(uname -m) in
x86_64) target=x86-64-linux ;;
aarch64) target=arm-64-linux ;;
*) echo "SKIPPED: no target for $(uname -m)"; exit 77 ;;
esac

# Ends of comments, also by trigraphs and by lines that go on; names of templates; quotes, other
# bytes, text that turns round.
paths=('x*/k.csv' 'x/*y/k.csv' 'x*??/'$'\n''/k.csv' $'x*\\\n/k.csv' 'x??/k.csv' 'x\/k.csv' 'x"y/k.csv' "x'y/k.csv"
    '@name@/@NAME@/@certificate@ @/k.csv' 'ä/k.csv' $'x\ty\x01\xff/k.csv' $'x\u202ey/k.csv' '%s%n${X}$(X)/k.csv')
for path in "${paths[@]}"; do
    mkdir -p "./${path%/*}"
    printf '1, 2, 1\n' >"./$path"
    "$sepflow" compile blur --kernel "file $path" --in-type u8 --target "$target" --border constant --node --output out \
        >said || fail "compile: $path"
    for file in out/blur.h out/blur_node.c; do
        if LC_ALL=C grep -qP '[^\n\x20-\x7e]' "$file"; then fail "$file of '$path' is not ASCII"; fi
    done
    [ "$(grep -c 'kernel  .*k.csv: 1 rows x 3 columns' out/blur.h)" = 1 ] || fail "the header of '$path' lacks its kernel"
    for language in 'c -std=c99' 'c -std=c11 -DSEPFLOW_ENTRY_NAME=entry' 'c++ -std=c++17'; do
        source=out/blur_node.c
        [ "${language%% *}" = c ] || source=out/blur.h
        # shellcheck disable=SC2086
        cc -x $language -trigraphs -Wall -Wextra -Wpedantic -Werror -Wno-unused-function -Iout "-I$include" -fsyntax-only \
            "$source" || fail "the C of '$path' does not compile"
    done
done
[ "$(sed -n 's/.*kernel     \(.*\): 1 rows.*/\1/p' out/blur.h)" = 'file %s%n${X}$(X)/k.csv' ] || fail "$(sed -n 4p out/blur.h)"

# What CMake would take for a list, an expression, a variable, an escape or a bracket.
mkdir project
project_path='a;b $<1:x> [c] #d $ENV{HOME}/k.csv'
mkdir -p "$work/${project_path%/*}"
printf '1, 2, 1\n' >"$work/$project_path"
cat >project/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(odd LANGUAGES C)
find_package(SepflowFilter REQUIRED)
sepflow_add_filter(blur KERNEL [=[file $work/$project_path]=] TYPES u8 TARGET $target OPTIONS --delta 1)
END
cmake -S project -B build "-DCMAKE_PREFIX_PATH=$prefix" >said 2>&1 || fail "CMake: $(cat said)"
cmake --build build --target blur-compiled >said 2>&1 || fail "CMake's build: $(cat said)"
grep -qF "$project_path: 1 rows x 3 columns" build/blur/blur.h || fail "CMake's header: $(sed -n 4p build/blur/blur.h)"
