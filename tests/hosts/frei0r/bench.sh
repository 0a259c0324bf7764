#!/usr/bin/env bash
# The effect beside FFmpeg's own gblur and convolution, all in FFmpeg on the same 1920 x 1080 frames of noise and shapes.
# A run makes five frames, turns them into the format that its filter takes, and filters each again and again; runs take
# turns, and each round has a run without a filter, whose time is taken off. One thread: processor time, user and system,
# as FFmpeg measures it (-benchmark); more: elapsed time. FRAMES and ROUNDS may be set.
set -euo pipefail
cd -- "$(dirname -- "$0")/../../.."
export FREI0R_PATH=$PWD/build/release/plugins/frei0r
frames=${FRAMES:-40} rounds=${ROUNDS:-7}

# A row of a binomial or a Gaussian in whole numbers, as 'convolution' takes them: `gaussian SIGMA RADIUS SUM`.
gaussian() {
    awk -v s="$1" -v r="$2" -v sum="$3" 'BEGIN {
        for (i = -r; i <= r; ++i) all += exp(-i * i / 2 / s / s)
        for (i = -r; i <= r; ++i) printf "%s%d", i == -r ? "" : " ", sum * exp(-i * i / 2 / s / s) / all + 0.5
    }'
}

# The outer product of a row with itself: `square ROW...`.
square() {
    local y x values=()
    for y in "$@"; do
        for x in "$@"; do values+=($((x * y))); done
    done
    printf '%s' "${values[*]}"
}

# `convolution MATRIX [MODE]` on four planes.
convolution() {
    local text=convolution= plane
    for plane in 0 1 2 3; do
        text+="${plane}m='$1':${plane}mode=${2:-square}:"
    done
    printf '%s' "${text%:}"
}

effect() { # `effect KERNEL THREADS`
    printf "frei0r=filter_name=sepflow:filter_params='%s||||||%s'" "$1" "$2"
}

# Processor and elapsed milliseconds of a frame: `measure THREADS FORMAT FILTER`.
measure() {
    ffmpeg -hide_banner -nostdin -benchmark -filter_threads "$1" -filter_complex_threads "$1" -f lavfi \
        -i "testsrc2=size=1920x1080:rate=25,noise=alls=20,trim=end_frame=5" -frames:v "$frames" -threads 1 \
        -vf "format=$2,loop=loop=-1:size=5,$3" -f null - 2>&1 |
        sed -n 's/.*bench: utime=\(.*\)s stime=\(.*\)s rtime=\(.*\)s/\1 \2 \3/p' |
        awk -v n="$frames" '{ printf "%.3f %.3f\n", 1000 * ($1 + $2) / n, 1000 * $3 / n }'
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { printf "%.2f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# Contenders as NAME|FORMAT|FILTER, ours first: `table TITLE THREADS COLUMN CONTENDER...`.
table() {
    local title=$1 threads=$2 column=$3 one name format filter round value work i
    shift 3
    work=$(mktemp -d)
    for round in $(seq "$rounds"); do
        declare -A base=()
        i=0
        for one in "$@"; do
            IFS='|' read -r name format filter <<<"${one//||||||/@}"
            filter=${filter//@/||||||}
            [ -n "${base[$format]:-}" ] || base[$format]=$(measure "$threads" "$format" null | cut -d' ' -f"$column")
            value=$(measure "$threads" "$format" "$filter" | cut -d' ' -f"$column")
            awk -v a="$value" -v b="${base[$format]}" 'BEGIN { printf "%.3f\n", a - b }' >>"$work/$i"
            i=$((i + 1))
        done
    done
    printf '\n%s\n' "$title"
    local ours
    ours=$(median <"$work/0")
    i=0
    for one in "$@"; do
        value=$(median <"$work/$i")
        awk -v name="${one%%|*}" -v ms="$value" -v ours="$ours" \
            'BEGIN { printf "  %-58s %8.2f ms  %6.2f\n", name, ms, ms / ours }'
        i=$((i + 1))
    done
    rm -r "$work"
}

row3="1 2 1" row5="1 4 6 4 1" row7="1 6 15 20 15 6 1"
row25=$(gaussian 3 12 4096)
echo "milliseconds a frame, and times ours; $frames frames, medians of $rounds rounds; $(nproc) CPUs"
for threads in 1 0; do
    column=1 note="one thread, processor time"
    [ "$threads" = 1 ] || column=2 note="all CPUs, elapsed time"
    table "Gaussian, sigma 3, $note" $threads $column \
        "sepflow 'gaussian 3', RGBA|rgba|$(effect 'gaussian 3' $threads)" \
        "gblur=3, four planes|gbrap|gblur=3" \
        "gblur=3, three planes|gbrp|gblur=3" \
        "convolution, row of 25 and column of 25, four planes|gbrap|$(convolution "$row25" row),$(convolution "$row25" column)" \
        "sepflow 'gaussian 3' on 4:2:0, turned into RGBA and back|yuv420p|$(effect 'gaussian 3' $threads),format=yuv420p" \
        "gblur=3 on 4:2:0|yuv420p|gblur=3"
    table "Gaussian, sigma 10, $note" $threads $column \
        "sepflow 'gaussian 10', RGBA|rgba|$(effect 'gaussian 10' $threads)" \
        "gblur=10, four planes|gbrap|gblur=10"
    # shellcheck disable=SC2086
    for taps in 3 5 7; do
        row=row$taps
        table "Binomial, $taps x $taps, $note" $threads $column \
            "sepflow 'binomial $taps', RGBA|rgba|$(effect "binomial $taps" $threads)" \
            "convolution, the same matrix, four planes|gbrap|$(convolution "$(square ${!row})")"
    done
    table "7 x 7 without structure, $note" $threads $column \
        "sepflow, a matrix of full rank, RGBA|rgba|$(effect "7x7 $(seq -s' ' 49 | tr ' ' '\n' | awk '{ printf "%d ", $1 * $1 * 37 % 101 - 40 } END { print "norm" }')" $threads)" \
        "convolution, the same matrix, four planes|gbrap|$(convolution "$(seq -s' ' 49 | tr ' ' '\n' | awk '{ printf "%s%d", NR > 1 ? " " : "", $1 * $1 * 37 % 101 - 40 }')")"
done
