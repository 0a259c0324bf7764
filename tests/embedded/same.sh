#!/bin/sh
# same.sh EXPECTED ACTUAL: two commands that print the same, and something.
expected=$(sh -c "$1" 2>&1 </dev/null) && actual=$(sh -c "$2" 2>&1 </dev/null) || { echo "$expected $actual"; exit 1; }
echo "expected $expected, got $actual"
[ -n "$expected" ] && [ "$expected" = "$(printf %s "$actual" | tr -d '\r')" ]
