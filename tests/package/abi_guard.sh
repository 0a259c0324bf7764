#!/bin/sh
# abi_guard.sh LIBRARIES DUMPS [--renew]: the libraries against the dumps of their ABI that are kept
# in the tree. What programs built before rely on must stay: functions, types, the order and size of
# fields. New functions may come. New fields at the end of a struct may come as well, but show here:
# look at them, then --renew the dumps.
set -eu
libraries=$1 dumps=$2
if ! command -v abidiff >/dev/null; then
    echo 'SKIPPED: abigail-tools is not installed'
    exit 77
fi
if [ "$(uname -m)" != x86_64 ]; then
    echo 'SKIPPED: the dumps are of x86-64'
    exit 77
fi

# The types of the public headers, and functions.
dump() {
    abidw --exported-interfaces-only --suppressions "$dumps/public.suppressions" --no-corpus-path --no-comp-dir-path \
        --no-show-locs --no-elf-needed "$1"
}

new=$(mktemp)
trap 'rm -f "$new"' EXIT
for library in libsepflow libsepflow-host; do
    dump "$libraries/$library.so.0" >"$new"
    if [ "${3:-}" = --renew ]; then
        cp "$new" "$dumps/$library.abi"
    else
        abidiff --no-added-syms "$dumps/$library.abi" "$new" || {
            echo "$library is not what $dumps/$library.abi says. If only fields came at the end of a struct: $0 $1 $2 --renew"
            exit 1
        }
    fi
done
