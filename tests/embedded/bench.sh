#!/bin/bash
# bench.sh [TARGET...]: the table of compiled filters. For each target bytes of code, of memory in
# addition to images of 640 x 480, and instructions a pixel, against two loops in plain C at -O3 by
# that target's GCC (bench_plain.h). `./dev bench embedded` runs it.
#
# Instructions are counted, not timed: here by callgrind, elsewhere by qemu, which writes one line
# for each; those of a program that filters nothing are taken off.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sepflow=$here/../../build/release/bin/sepflow
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pixels=$((640 * 16))

# Taps of 3, 5 and 9, general ones: no powers of two. As kernel text, in 8-bit fixed point, and in
# floats.
declare -A text=([3]='0.27 0.46 0.27' [5]='0.07 0.24 0.38 0.24 0.07' [9]='0.02 0.06 0.12 0.18 0.24 0.18 0.12 0.06 0.02')
declare -A fixed=([3]='69,118,69' [5]='18,61,98,61,18' [9]='5,15,31,46,62,46,31,15,5')

# target, compiler with options, emulator
targets=(
    "x86-64-linux|gcc|"
    "x86-64-linux-avx2|gcc -mavx2 -mfma|"
    "arm-64-linux|aarch64-linux-gnu-gcc|qemu-aarch64"
    "arm-32-linux|arm-linux-gnueabihf-gcc -mfpu=neon|qemu-arm"
    "riscv-64-linux|riscv64-linux-gnu-gcc|qemu-riscv64"
)

executed() { # emulator, program, images
    "$1" -singlestep -d exec,nochain -D "$work/log" "$2" "$3" >/dev/null &
    wc -l <"$work/log"
    wait
}

instructions() { # emulator, program
    local count
    if [ -z "$1" ]; then
        count=$(valgrind --tool=callgrind --toggle-collect=counted --callgrind-out-file="$work/callgrind" "$2" 1 2>&1 |
            sed -n 's/.*Collected : //p')
    else
        rm -f "$work/log"
        mkfifo "$work/log"
        count=$(($(executed "$1" "$2" 1) - $(executed "$1" "$2" 0)))
    fi
    awk "BEGIN { printf \"%.1f\", $count / $pixels }"
}

# Text and read-only data of objects, of the code that filters alone.
code() { # size, file...
    "$@" | awk 'NR > 1 { sum += $1 } END { print sum }'
}

printf '%-18s %-4s %-5s | %6s %6s %6s | %7s %7s | %6s %6s %6s | %5s %5s\n' target type size code plain apart memory plain ours plain apart 'plain/' 'apart/'
for entry in "${targets[@]}"; do
    IFS='|' read -r target compiler emulator <<<"$entry"
    [ $# = 0 ] || [[ " $* " = *" $target "* ]] || continue
    command -v ${compiler%% *} >/dev/null || { echo "$target: SKIPPED, there is no ${compiler%% *}"; continue; }
    [ -z "$emulator" ] || command -v "$emulator" >/dev/null || { echo "$target: SKIPPED, there is no $emulator"; continue; }
    "$sepflow" compile blur --kernel 'box 3' --in-type u8 --target "$target" --check >/dev/null 2>"$work/refusal" ||
        { echo "$target: SKIPPED, $(cat "$work/refusal")"; continue; }
    size=${compiler%% *}
    size=${size%gcc}size
    for type in u8 f32; do
        for n in 3 5 9; do
            "$sepflow" compile blur --kernel "row ${text[$n]} col ${text[$n]}" --in-type $type --border replicate \
                --max-width 640 --target "$target" --method separable --output "$work" >/dev/null
            taps=${fixed[$n]} float=()
            if [ $type = f32 ]; then
                taps=$(sed 's/ /f,/g; s/$/f/' <<<"${text[$n]}")
                float=(-DIS_FLOAT)
            fi
            cc=($compiler -std=gnu99 -O3 -static "${float[@]}")
            "${cc[@]}" "-DFILTER=\"$work/blur.h\"" "$here/bench.c" "$work/blur.a" -o "$work/ours"
            "${cc[@]}" "-DTAPS=$taps" "$here/bench.c" -o "$work/plain"
            "${cc[@]}" "-DTAPS=$taps" -DAPART "$here/bench.c" -o "$work/apart"
            "${cc[@]}" -c "-DFILTER=\"$work/blur.h\"" "$here/bench.c" -o "$work/ours.o"
            "${cc[@]}" -c "-DTAPS=$taps" "$here/bench.c" -o "$work/plain.o"
            "${cc[@]}" -c "-DTAPS=$taps" -DAPART "$here/bench.c" -o "$work/apart.o"
            ours=$(instructions "$emulator" "$work/ours")
            plain=$(instructions "$emulator" "$work/plain")
            apart=$(instructions "$emulator" "$work/apart")
            printf '%-18s %-4s %-5s | %6d %6d %6d | %7d %7d | %6s %6s %6s | %5s %5s\n' "$target" $type "${n}x$n" \
                "$(code $size "$work/ours.o" "$work/blur.a")" "$(code $size "$work/plain.o")" "$(code $size "$work/apart.o")" \
                "$($emulator "$work/ours")" "$($emulator "$work/plain")" "$ours" "$plain" "$apart" \
                "$(awk "BEGIN { printf \"%.1f\", $plain / $ours }")" "$(awk "BEGIN { printf \"%.1f\", $apart / $ours }")"
        done
    done
done
