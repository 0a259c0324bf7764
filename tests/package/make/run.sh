#!/bin/sh
# run.sh LIBRARIES SOURCES WORK: the README's examples, built by make and pkg-config.
set -eu
libraries=$1 sources=$2 work=$3
if ! command -v pkg-config >/dev/null || ! command -v make >/dev/null; then
    echo 'SKIPPED: no make or no pkg-config'
    exit 77
fi
rm -rf "$work"
mkdir -p "$work"
cp "$sources/consumer.c" "$sources/graph_example.c" "$work"
here=$(cd "$(dirname "$0")" && pwd)
cd "$work"
export PKG_CONFIG_PATH="$libraries/pkgconfig" LD_LIBRARY_PATH="$libraries"
make -f "$here/Makefile"
pkg-config --exact-version "$(sed -n 's/^Version: //p' "$libraries/pkgconfig/sepflow.pc")" sepflow sepflow-host
for program in shared static graph; do
    env -i LD_LIBRARY_PATH="$libraries" ./$program >$program.pgm
    [ "$(wc -c <$program.pgm)" = 307215 ]
done
cmp shared.pgm static.pgm
# Each is what it says: the one needs the library at run time, the other does not.
readelf -d shared | grep -q 'libsepflow.so.0'
if readelf -d static | grep -q libsepflow; then exit 1; fi
