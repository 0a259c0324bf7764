#!/bin/bash
# setuid.sh SEPFLOW PLUGIN: run with another user's rights, the command obeys no variable of the
# environment. Needs root.
set -eu
command=$1 plugin=$2
fail() {
    printf 'setuid.sh: %s\n' "$*" >&2
    exit 1
}
[ "$(id -u)" = 0 ] || {
    echo 'SKIPPED: only root can make a program run as somebody else'
    exit 77
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" "$folder/plugins" "$folder/data" "$folder/data/sepflow-1"
cp "$command" "$folder/bin/sepflow"
cp "$plugin" "$folder/plugins/named.sepflow.so"
cp "$plugin" "$folder/data/sepflow-1/data.sepflow.so"
chmod -R go-w,go+rX "$folder"
export SEPFLOW_PLUGIN_PATH=$folder/elsewhere:$folder/plugins XDG_DATA_HOME=$folder/data HOME=$folder
mv "$folder/plugins" "$folder/elsewhere"  # `plugins` next to `bin` would be a build's own
nodes() { "$folder/bin/sepflow" list 2>&1; }

nodes | grep -qF named.sepflow.so || fail 'with rights of its own, it does not look where SEPFLOW_PLUGIN_PATH says'
SEPFLOW_VARIANT=nonsense "$folder/bin/sepflow" explain --kernel 'box 3' >/dev/null 2>&1 && fail 'SEPFLOW_VARIANT is not obeyed'

chown nobody "$folder/bin/sepflow"
chmod u+s "$folder/bin/sepflow"
"$folder/bin/sepflow" --version >/dev/null 2>&1 || {
    echo 'SKIPPED: nobody may not run what is built here'
    exit 77
}
[ -d "$folder/.cache/sepflow-1" ] || fail 'with rights of its own, it does not remember plugins in HOME'
rm -r "$folder/.cache"
if nodes | grep -qE 'named|data\.sepflow'; then fail 'it obeys the environment with the rights of another user'; fi
[ ! -e "$folder/.cache" ] || fail 'it writes to HOME with the rights of another user'
SEPFLOW_VARIANT=nonsense "$folder/bin/sepflow" explain --kernel 'box 3' >/dev/null || fail 'it obeys SEPFLOW_VARIANT'
