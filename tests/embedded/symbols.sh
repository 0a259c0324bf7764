#!/bin/sh
# symbols.sh NM ARCHIVE...: an archive refers to nothing but memcpy and memset, and defines only
# functions that bear its name.
nm=$1
shift
for archive; do
    name=$(basename "$archive" .a)
    "$nm" "$archive" >"$archive.symbols" || exit 1
    grep -q " T ${name}_row_argv$" "$archive.symbols" || { echo "$archive lacks ${name}_row_argv"; exit 1; }
    awk 'NF > 1 && /^[0-9a-f]* *[A-Z] / { print $(NF - 1), $NF }' "$archive.symbols" |
        grep -vxE "U (memcpy|memset)|T ${name}_(columns|row)(_argv)?" && { echo "in $archive"; exit 1; }
done
exit 0
