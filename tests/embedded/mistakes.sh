#!/bin/sh
# mistakes.sh SEPFLOW PREFIX: a bad kernel, type, target, name, border or number stops with one
# sentence that names it and writes nothing; in CMake, at configure time.
sepflow=$1
prefix=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

refused() {
    wanted=$1
    shift
    if "$sepflow" compile "$@" --output "$folder/out" >/dev/null 2>"$folder/said"; then
        echo "accepted: $*"
        exit 1
    else
        code=$?
    fi
    if [ "$(wc -l <"$folder/said")" != 1 ] || ! grep -q "^sepflow compile: .*$wanted" "$folder/said"; then
        echo "for $*, without '$wanted':"
        cat "$folder/said"
        exit 1
    fi
    if [ -n "$(ls -A "$folder/out")" ]; then
        echo "left behind: $(ls -A "$folder/out")"
        exit 1
    fi
}

misused() {
    refused "$@"
    [ "$code" = 2 ] || { echo "$*: exit code $code"; exit 1; }
}

# What is compiled, for --tolerance $1.
allowed() {
    "$sepflow" compile blur --kernel "disc 4" --in-type f32 --target arm-64-linux --check --tolerance "$1" || exit 1
}

mkdir "$folder/out"
good="--kernel box_3 --in-type u8 --target arm-64-linux"
refused "no kernel is called 'gaussan'" blur --kernel "gaussan 2" --in-type u8 --target arm-64-linux
refused "write 'file' before its name" blur --kernel "k/ok.csv" --in-type u8 --target arm-64-linux
printf 'hunter2:x:0:0\n' >"$folder/secret"
refused "line 1, column 1: this is not a number" blur --kernel "file $folder/secret" --in-type u8 --target arm-64-linux
! grep -q hunter2 "$folder/said" || { cat "$folder/said"; exit 1; }
export SEPFLOW_NO_FILES=1
refused "SEPFLOW_NO_FILES is set" blur --kernel "file $folder/secret" --in-type u8 --target arm-64-linux
unset SEPFLOW_NO_FILES
refused "pixel type 'u9'" blur --kernel "box 3" --in-type u9 --target arm-64-linux
refused "target 'arm-48-linux'" blur --kernel "box 3" --in-type u8 --target arm-48-linux
refused "target 'mips-32-linux'" blur --kernel "box 3" --in-type u8 --target mips-32-linux
# Halide's own reason is passed on, and where it compiles for another target than that asked for,
# which one.
refused 'vector_bits' blur --kernel box_3 --in-type u8 --target riscv-64-linux-vector_bits_128
if ! "$sepflow" compile blur --kernel box_3 --in-type u8 --target riscv-64-linux --check >/dev/null 2>&1; then
    refused "write 'riscv-64-linux-rvv-vector_bits_128'" blur --kernel box_3 --in-type u8 --target riscv-64-linux
    "$sepflow" compile blur --kernel box_3 --in-type u8 --target riscv-64-linux-rvv-vector_bits_128 --output "$folder" >/dev/null || exit 1
fi
refused "'2blur' is not a name" 2blur $good
refused "border 'mirror'" blur $good --border mirror
refused "'wrap' is not available along y" blur $good --border wrap
refused "'truncate'" blur $good --border truncate
refused "largest width" blur $good --max-width 0
refused "double precision" blur --kernel "gaussian 2" --in-type f32 --target arm-64-linux --tolerance 1e-12
refused "required" blur --kernel "box 3"
refused "anchor_x 5 lies outside" blur $good --anchor 5,0
for name in node node_blur sepflow_node; do
    refused "names cannot begin with node_ or sepflow_" $name $good --node
done
for name in int restrict class co_await xor main memcpy memset uint8_t _Bool __func__; do
    refused "'$name' is not a name for a C function" $name $good
done
for name in integer nt memory _box Class; do
    "$sepflow" compile $name $good --check >/dev/null || exit 1
done
misused "the scale must not be 0" blur $good --scale 0
misused "the scale must not be 0" blur $good --scale -0.0
misused "tolerance" blur $good --tolerance 1/x
misused "divides by zero" blur $good --scale 1/0
misused "a ratio has one '/'" blur $good --delta 1/2/3
part=$(allowed 1/8)
[ "$part" = "$(allowed 0.125)" ] && [ "$part" != "$(allowed 1/1000)" ] || { echo "--tolerance 1/8: $part"; exit 1; }

cat >"$folder/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(mistake LANGUAGES C)
find_package(SepflowFilter REQUIRED)
sepflow_add_filter(blur KERNEL "gaussan 2" TYPES u8 TARGET arm-64-linux)
END
if cmake -S "$folder" -B "$folder/build" "-DCMAKE_PREFIX_PATH=$prefix" >"$folder/said" 2>&1; then
    echo "CMake accepted a bad kernel"
    exit 1
fi
grep -q "no kernel is called 'gaussan'" "$folder/said" || { cat "$folder/said"; exit 1; }
