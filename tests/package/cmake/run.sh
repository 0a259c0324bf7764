#!/bin/sh
# run.sh CMAKE STAGE SOURCES WORK: the README's examples, built by a CMake project that finds
# Sepflow in STAGE.
set -eu
cmake=$1 stage=$2 sources=$3 work=$4
rm -rf "$work"
"$cmake" -S "$(dirname "$0")" -B "$work" -DCMAKE_PREFIX_PATH="$stage" -DSOURCES="$sources"
"$cmake" --build "$work"
cd "$work"
for program in shared static; do
    ./$program >$program.pgm
    [ "$(wc -c <$program.pgm)" = 307215 ]
done
cmp shared.pgm static.pgm
# The host finds the plugins next to itself.
env -i ./graph >graph.pgm
[ "$(wc -c <graph.pgm)" = 307215 ]
