#!/bin/sh
# stopping.sh SEPFLOW: a signal ends sepflow compile and whatever it started, and leaves no file;
# nothing outlives it when it is killed.
sepflow=$1
folder=$(mktemp -d) || exit 1
# Every process of the command has this in its environment.
SEPFLOW_TEST_MARK=$folder
export SEPFLOW_TEST_MARK

processes() {
    for environment in /proc/[0-9]*/environ; do
        process=${environment#/proc/}
        process=${process%/environ}
        [ "$process" != $$ ] || continue
        if tr '\0' '\n' 2>/dev/null <"$environment" | grep -qxF "SEPFLOW_TEST_MARK=$folder" &&
            [ "$(readlink "/proc/$process/exe")" = "$(dirname "$(readlink -f "$sepflow")")/sepflow-compile" ]; then
            echo "$process"
        fi
    done 2>/dev/null
}

# shellcheck disable=SC2046
trap 'kill -9 $(processes) 2>/dev/null; rm -rf "$folder"' EXIT

# wait_until COMMAND...: two minutes at most.
wait_until() {
    tries=1200
    until "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "in vain: $*"; exit 1; }
        sleep 0.1
    done
}

# The command, the process that works for it, and that in which LLVM runs.
is_compiling() { [ "$(processes | wc -l)" = 3 ]; }
is_over() { [ -z "$(processes)" ]; }

for signal in TERM HUP KILL; do
    # It takes LLVM a minute.
    "$sepflow" compile slow --kernel "disc 30" --method direct --in-type f32 --target x86-64-linux --output "$folder" \
        >"$folder.said" 2>&1 &
    command=$!
    wait_until is_compiling
    kill -$signal $command
    wait $command 2>/dev/null
    code=$?
    [ "$(kill -l $code)" = $signal ] || { echo "SIG$signal: exit code $code"; exit 1; }
    wait_until is_over
    said=$(cat "$folder.said")
    rm "$folder.said"
    if [ $signal = KILL ]; then # which nobody can clear up after
        rm -rf "$folder"/.sepflow-*
    elif [ "$said" != "sepflow compile: interrupted" ]; then
        echo "SIG$signal: $said"
        exit 1
    fi
    left=$(ls -A "$folder")
    [ -z "$left" ] || { echo "SIG$signal left: $left"; exit 1; }
done
