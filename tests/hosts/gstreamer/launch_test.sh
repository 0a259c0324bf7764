#!/usr/bin/env bash
# The element in the real programs: launch_test.sh PLUGIN_DIRECTORY SEPFLOW_COMMAND
set -euo pipefail

plugins=$1 sepflow=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GST_PLUGIN_PATH=$plugins GST_REGISTRY=$work/registry LC_ALL=C HOME=$work XDG_CACHE_HOME=$work
export SEPFLOW_PLUGIN_PATH=$plugins/..
unset GST_PLUGIN_PATH_1_0 GST_REGISTRY_1_0 GST_DEBUG

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

expect() { # TEXT FILE
    grep -q -- "$1" "$2" || fail "'$1' is not in: $(cat "$2")"
}

# The scanner takes the plugin, silently, and it shows nothing but what GStreamer asks for.
gst-inspect-1.0 sepflow >"$work/inspect" 2>"$work/messages" || fail "gst-inspect-1.0: $(cat "$work/messages")"
! grep -i sepflow "$work/messages" || fail 'the scan was not silent'
for text in 'kernel  *: The 2-D kernel' 'Default: "gaussian 3"' 'border  *: Pixels outside' 'threads  *: Threads' \
    'alpha  *: keep' 'MIT/X11' 'Filter/Effect/Video' 'changeable in NULL, READY, PAUSED or PLAYING'; do
    expect "$text" "$work/inspect"
done
exports=$(nm -D --defined-only "$plugins/libgstsepflow.so" | awk '{ print $3 }' | sort | tr '\n' ' ')
[ "$exports" = 'gst_plugin_sepflow_get_desc gst_plugin_sepflow_register ' ] || fail "exports: $exports"

# One picture through the element and through our command.
launch() {
    gst-launch-1.0 -q "$@" >"$work/messages" 2>&1
}
w=324 h=243 # so that rows have no padding
source=(videotestsrc num-buffers=1 pattern=smpte ! "video/x-raw,format=GRAY8,width=$w,height=$h")
launch "${source[@]}" ! filesink location="$work/in.raw" || fail "$(cat "$work/messages")"
as_pgm() {
    printf 'P5\n%d %d\n255\n' "$w" "$h"
    cat "$1"
}
as_pgm "$work/in.raw" >"$work/in.pgm"
for kernel in 'gaussian 3' 'motion 9 30' '3x5 1 2 3 4 5 0 1 0 0 2 9 1 0 0 3 norm'; do
    launch "${source[@]}" ! sepflow kernel="$kernel" ! filesink location="$work/out.raw" || fail "$(cat "$work/messages")"
    as_pgm "$work/out.raw" >"$work/out.pgm"
    "$sepflow" filter "$work/in.pgm" "$work/expected.pgm" --kernel "$kernel" >/dev/null 2>"$work/messages" ||
        fail "sepflow filter: $(cat "$work/messages")"
    cmp "$work/out.pgm" "$work/expected.pgm" || fail "other pixels with kernel $kernel"
done

# Next to other elements, on their threads.
launch videotestsrc num-buffers=20 ! video/x-raw,format=I420,width=320,height=240 ! queue ! \
    sepflow kernel='disc 4 norm' threads=2 ! queue ! videoconvert ! video/x-raw,format=RGBA ! \
    sepflow kernel='sobel x' border=replicate ! fakesink || fail "$(cat "$work/messages")"

# What is wrong is said. gst-launch-1.0 now and then does not end after any element's error
# (identity error-after=1, too, on a busy machine), so its time is limited.
refused() {
    ! timeout 10 gst-launch-1.0 -q "$@" >"$work/messages" 2>&1
}
refused "${source[@]}" ! sepflow kernel='gausian 3' ! fakesink || fail 'a wrong kernel was taken'
expect "did you mean 'gaussian'" "$work/messages"
refused "${source[@]}" ! sepflow tolerance=7 ! fakesink || fail 'a tolerance of 7 was taken'
expect 'tolerance must lie in 0 .. 1' "$work/messages"
refused "${source[@]}" ! sepflow kernel='3x3 -1 -1 -1 -1 8 -1 -1 -1 -1' border=truncate ! fakesink || fail 'a sum of zero was taken'
expect 'sum of the taps' "$work/messages"
echo '1 2 1' >"$work/kernel.csv"
refused "${source[@]}" ! sepflow kernel="file $work/kernel.csv" no-files=true ! fakesink || fail 'a file was read'
expect 'files are not allowed here' "$work/messages"
refused videotestsrc num-buffers=1 ! video/x-raw,format=v210 ! sepflow ! fakesink || fail 'v210 was taken'
expect v210 "$work/messages"
printf 'ok\n'
