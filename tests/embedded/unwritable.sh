#!/bin/sh
# unwritable.sh SEPFLOW: where a file cannot be written, sepflow compile says which and why, exits
# with 1 and leaves all as it was.
sepflow=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
out=$folder/out
mkdir "$out"
cd "$folder" || exit 1

# Through a pipe, which no limit on files holds up.
compile() {
    "$sepflow" compile g --kernel "box 3" --in-type u8 --target x86-64-linux --node "$@" 2>&1 >"${stdout:-/dev/null}"
    echo "exit code $?"
}

listed() {
    find "$folder" | sort
    find "$out" -type f -exec cksum {} +
}

# failed SENTENCE SAID, since $before
failed() {
    wanted="sepflow compile: $1
exit code 1"
    if [ "$2" != "$wanted" ]; then
        echo "wanted: $wanted"
        echo "got: $2"
        exit 1
    fi
    [ "$(listed)" = "$before" ] || { echo "$1: was $before, is $(listed)"; exit 1; }
}

# A file may have no more than $1 blocks of 512 bytes: a full disk, but for the reason.
compile_limited() {
    (
        trap '' XFSZ
        ulimit -f "$1"
        compile --output "$out"
    )
}

blocks() {
    echo $((($(wc -c <"$1") + 511) / 512))
}

touch file
before=$(listed)
failed "cannot write to '$out/none': No such file or directory" "$(compile --output "$out/none")"
failed "cannot write to '$folder/file': Not a directory" "$(compile --output "$folder/file")"
if [ "$(id -u)" != 0 ]; then # whom no mode holds up
    chmod a-w "$out"
    before=$(listed)
    failed "cannot write to '$out': Permission denied" "$(compile --output "$out")"
    chmod u+w "$out"
fi
mkdir "$out/g.h"
before=$(listed)
failed "cannot write '$out/g.h': Is a directory" "$(compile --output "$out")"
rmdir "$out/g.h"

# Without and with files that were there.
before=$(listed)
failed "cannot write '$out/g.a': File too large" "$(compile_limited 1)"
said=$(compile --output "$out")
[ "$said $(ls -A "$out" | tr '\n' ' ')" = "exit code 0 g.a g.h g_node.c " ] || { echo "$said"; ls -A "$out"; exit 1; }
before=$(listed)
failed "cannot write '$out/g.a': File too large" "$(compile_limited 1)"
archive=$(blocks "$out/g.a") header=$(blocks "$out/g.h")
[ "$archive" -lt "$header" ] && [ "$header" -lt "$(blocks "$out/g_node.c")" ] || { echo "other sizes: $before"; exit 1; }
failed "cannot write '$out/g.h': File too large" "$(compile_limited "$archive")"
failed "cannot write '$out/g_node.c': File too large" "$(compile_limited "$header")"

[ -w /dev/full ] || exit 0
said=$(stdout=/dev/full compile --output "$out")
[ "$said" = "sepflow compile: cannot write to standard output
exit code 1" ] || { echo "$said"; exit 1; }
