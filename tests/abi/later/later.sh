#!/bin/sh
# later.sh INCLUDE OUT: writes the public headers as a later minor version may have them, with one
# more field of 24 bytes at the end of every struct that may grow.
set -eu
include=$1 out=$2
fields='    int32_t later_fields[6];'
mkdir -p "$out/sepflow"
for header in node sepflow host; do
    sed -e "/^} sepflow_rect;/b" -e "s/^} sepflow_[a-z_]*;/$fields\n&/" \
        -e "/^struct sepflow_node_desc {/,/^};/s/^};/$fields\n&/" \
        "$include/sepflow/$header.h" >"$out/sepflow/$header.h"
done
grown=$(cat "$out"/sepflow/*.h | grep -cxF "$fields")
stated=$(cat "$include"/sepflow/*.h | grep -c '^    uint32_t struct_size;')
[ "$grown" = "$stated" ] || {
    echo "later.sh: $grown structs grew, $stated have a struct_size" >&2
    exit 1
}
