#!/bin/sh
# example.sh SOURCE SEPFLOW PREFIX [TARGET COMPILER EMULATOR]: the example, copied out of the tree;
# in make for this machine, in CMake for TARGET. Both write the same picture of 640 x 480.
set -e
source=$1 sepflow=$2 prefix=$3 target=${4:-x86-64-linux} compiler=${5:-cc} emulator=${6:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -r "$source" "$folder/example"
cd "$folder/example"
[ "$(cat CMakeLists.txt camera.c | wc -l)" -le 40 ]
make SEPFLOW="$sepflow" >/dev/null
./camera >native.pgm
[ "$(wc -c <native.pgm)" = 307215 ]
cmake -B build "-DCMAKE_PREFIX_PATH=$prefix" "-DFILTER_TARGET=$target" "-DCMAKE_C_COMPILER=$compiler" \
    ${emulator:+-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_EXE_LINKER_FLAGS=-static} >/dev/null
cmake --build build >/dev/null
$emulator build/camera >cross.pgm
cmp native.pgm cross.pgm
