#!/usr/bin/env bash
# The effect against FFmpeg's own gblur and convolution, all in FFmpeg, on the same five 1920 x 1080
# frames of shapes, which a run makes once in the format that its filter takes and then filters
# again and again. One thread each; processor time, user and system, as FFmpeg measures it
# (-benchmark). What a frame costs is the difference of a long run and a short one, so that making
# frames and setting up are left out; that of a run without a filter stands below. Runs take turns;
# medians. FRAMES and ROUNDS may be set.
set -euo pipefail
cd -- "$(dirname -- "$0")/../../.."
export FREI0R_PATH=$PWD/build/release/plugins/frei0r
frames=${FRAMES:-40} rounds=${ROUNDS:-7}

# `gaussian SIGMA RADIUS SUM`: one dimension in whole numbers, as 'convolution' takes them.
gaussian() {
    awk -v s="$1" -v r="$2" -v sum="$3" 'BEGIN {
        for (i = -r; i <= r; ++i) all += exp(-i * i / 2 / s / s)
        for (i = -r; i <= r; ++i) printf "%d ", sum * exp(-i * i / 2 / s / s) / all + 0.5
    }'
}

# `square NUMBER...`: the outer product of a row with itself.
square() {
    local y x values=()
    for y in "$@"; do
        for x in "$@"; do values+=($((x * y))); done
    done
    printf '%s' "${values[*]}"
}

# `convolution NUMBERS [row|column]`: on four planes.
convolution() {
    local text=convolution= plane
    for plane in 0 1 2 3; do text+="${plane}m='$1':${plane}mode=${2:-square}:"; done
    printf '%s' "${text%:}"
}

effect() {
    printf "frei0r=filter_name=sepflow:filter_params='%s||||||1'" "$1"
}

# `milliseconds FORMAT FILTER FRAMES`: of a whole run.
milliseconds() {
    ffmpeg -hide_banner -nostdin -benchmark -filter_threads 1 -f lavfi \
        -i "testsrc2=size=1920x1080:rate=25,trim=end_frame=5" -frames:v "$3" -threads 1 \
        -vf "format=$1,loop=loop=-1:size=5,$2" -f null - 2>&1 |
        sed -n 's/.*bench: utime=\(.*\)s stime=\(.*\)s rtime.*/\1 \2/p' | awk '{ print 1000 * ($1 + $2) }'
}

# `cost FORMAT FILTER`: of a frame.
cost() {
    local long short
    short=$(milliseconds "$1" "$2" 5)
    long=$(milliseconds "$1" "$2" $((5 + frames)))
    awk -v a="$long" -v b="$short" -v n="$frames" 'BEGIN { print (a - b) / n }'
}

median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# `table TITLE [NAME FORMAT FILTER]...`, ours first.
table() {
    local work round i ours
    printf '\n%s\n' "$1"
    shift
    work=$(mktemp -d)
    for round in $(seq "$rounds"); do
        for ((i = 1; i <= $#; i += 3)); do
            cost "${*:i+1:1}" "${*:i+2:1}" >>"$work/$i"
        done
    done
    ours=$(median "$work/1")
    for ((i = 1; i <= $#; i += 3)); do
        median "$work/$i" | awk -v name="${*:i:1}" -v ours="$ours" \
            '{ printf "  %-62s %8.2f ms %7.2f\n", name, $1, $1 / ours }'
    done
    rm -r "$work"
}

echo "processor milliseconds a frame, and how many times ours; $frames frames, medians of $rounds rounds"
row=$(gaussian 3 12 4096)
table "Gaussian of sigma 3" \
    "sepflow 'gaussian 3', 25 x 25 taps, RGBA" rgba "$(effect 'gaussian 3')" \
    "gblur=3, four planes" gbrap gblur=3 \
    "gblur=3, three planes" gbrp gblur=3 \
    "gblur=3:steps=6, four planes" gbrap gblur=3:steps=6 \
    "convolution, a row of 25, then a column of 25, four planes" gbrap \
    "$(convolution "$row" row),$(convolution "$row" column)"
table "Gaussian of sigma 3, frames of 4:2:0" \
    "sepflow 'gaussian 3', to RGBA and back" yuv420p "$(effect 'gaussian 3'),format=yuv420p" \
    "gblur=3" yuv420p gblur=3
for sigma in 1 10; do
    table "Gaussian of sigma $sigma" \
        "sepflow 'gaussian $sigma', RGBA" rgba "$(effect "gaussian $sigma")" \
        "gblur=$sigma, four planes" gbrap gblur=$sigma \
        "gblur=$sigma:steps=6, four planes" gbrap gblur=$sigma:steps=6
done
for row in "1 2 1" "1 4 6 4 1" "1 6 15 20 15 6 1"; do
    taps=$(wc -w <<<"$row")
    # shellcheck disable=SC2086
    table "Binomial of $taps x $taps" \
        "sepflow 'binomial $taps', RGBA" rgba "$(effect "binomial $taps")" \
        "convolution, the same matrix, four planes" gbrap "$(convolution "$(square $row)")"
done
matrix=$(seq 49 | awk '{ printf "%d ", $1 * $1 * $1 * 37 % 101 - 40 }')
table "7 x 7 of full rank" \
    "sepflow, RGBA" rgba "$(effect "7x7 $matrix norm")" \
    "convolution, the same matrix, four planes" gbrap "$(convolution "$matrix")"
table "No filter" RGBA rgba null
