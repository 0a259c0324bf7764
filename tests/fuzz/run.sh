#!/bin/sh
# run.sh TARGET RUNS [OPTION ...]: RUNS executions of a target's program over the seeds of its name;
# what it finds stays in $CORPUS, if that names a directory.
set -eu
target=$1 runs=$2
shift 2
name=${target##*/sepflow_fuzz_}
seeds=$(dirname -- "$0")/seeds/$name
corpus=${CORPUS:-$(mktemp -d)}
[ -n "${CORPUS:-}" ] || trap 'rm -rf "$corpus"' EXIT
mkdir -p "$corpus"
# GLib and libvips keep what they allocate, and a search for leaks after every execution takes
# longer than it.
[ "$name" != image ] || set -- -detect_leaks=0 "$@"
export UBSAN_OPTIONS=print_stacktrace=1:${UBSAN_OPTIONS:-}
# All for more executions: less freed memory and shorter stacks are kept for reports, memory is not
# given back, functions are not named as they are met, and inputs are picked without weighing how
# rare their features are.
export ASAN_OPTIONS=quarantine_size_mb=8:malloc_context_size=6:allocator_release_to_os_interval_ms=-1:${ASAN_OPTIONS:-}
"$target" -runs="$runs" -max_len=400 -timeout=20 -print_funcs=0 -reload=0 -entropic=0 -print_final_stats=1 "$@" \
    "$corpus" "$seeds"
