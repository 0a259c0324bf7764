#!/usr/bin/env bash
# files.sh: the names of this tree's files, changed and new ones included, each followed by NUL.
# What was built is not listed.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard
else
    find . \( -path ./build -o -path ./.git \) -prune -o \( -type f -o -type l \) -printf '%P\0'
fi | while IFS= read -r -d '' name; do
    # Git also lists what was removed and not committed.
    if [ -e "$name" ] || [ -L "$name" ]; then printf '%s\0' "$name"; fi
done | LC_ALL=C sort -z
