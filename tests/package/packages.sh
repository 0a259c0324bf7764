#!/bin/bash
# packages.sh BUILD: makes the Debian packages, has lintian look at them, installs them in addition
# to what this machine has (in a folder that stands for the system, with a copy of its list of
# packages, so that dependencies count), runs what was installed, and removes them, which must leave
# nothing.
set -eu
build=$(cd "$1" && pwd)
fail() {
    printf 'packages.sh: %s\n' "$*" >&2
    exit 1
}
for tool in dpkg-deb dpkg-shlibdeps cpack lintian; do
    if ! command -v $tool >/dev/null; then
        echo "SKIPPED: no $tool"
        exit 77
    fi
done

rm -rf "$build/packages"
(cd "$build" && cpack --config CPackConfig.cmake >packages.log 2>&1) || {
    cat "$build/packages.log"
    exit 1
}
packages=("$build"/packages/*.deb)
lintian --no-tag-display-limit "${packages[@]}" | tee "$build/lintian.log"
if grep -q '^E:' "$build/lintian.log"; then fail 'lintian finds errors'; fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/triggers"
cp /var/lib/dpkg/status "$root/var/lib/dpkg/status"
touch "$root/var/lib/dpkg/available"
run_dpkg() {
    dpkg --admindir="$root/var/lib/dpkg" --instdir="$root" --no-triggers --force-not-root,script-chrootless \
        --force-bad-path --log="$root/var/lib/dpkg/log" "$@" >"$root/var/lib/dpkg/out" 2>&1 || {
        cat "$root/var/lib/dpkg/out"
        fail "dpkg $1"
    }
}
files() { find "$root" -path "$root/var/lib/dpkg" -prune -o -print | sort; }

before=$(files)
run_dpkg --install "${packages[@]}"
usr=$root/usr
triplet=$(basename "$(dirname "$(find "$usr/lib" -name libsepflow.so.0)")")
export LD_LIBRARY_PATH=$usr/lib/$triplet
"$usr/bin/sepflow" list | grep -qF "$usr/lib/$triplet/sepflow-1/separable.sepflow.so" || fail 'the nodes are not found'
"$usr/bin/sepflow" chart "$root/chart.png" --size 97x67
"$usr/bin/sepflow" filter "$root/chart.png" "$root/out.png" --kernel 'gaussian 2' --quiet
rm "$root/chart.png" "$root/out.png"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$usr/lib/python3/dist-packages /usr/bin/python3 -c '
import numpy, sepflow
a = numpy.full((43, 67), 9, "u1")
assert (sepflow.filter(a, "box 5 3") == a).all()'
pkg-config --with-path="$usr/lib/$triplet/pkgconfig" --exists sepflow sepflow-host || fail 'pkg-config'
if readelf -d "$usr/bin/sepflow" "$usr/lib/$triplet"/libsepflow*.so.0 | grep -E 'R(UN)?PATH'; then
    fail 'a run path is left'
fi

names=()
for package in "${packages[@]}"; do names+=("$(dpkg-deb --field "$package" Package)"); done
run_dpkg --purge "${names[@]}"
left=$(diff <(echo "$before") <(files) || true)
[ -z "$left" ] || fail "left behind: $left"
printf '%s\n' "${packages[@]}"
