#!/usr/bin/env bash
# root.sh RELEASE ROOT COMMAND...: runs COMMAND on this tree in a Debian RELEASE (bookworm, trixie,
# sid), from nothing but that release's base system. The system lives below ROOT and is kept, with
# what it has built, for the next run. No containers: debootstrap and chroot, in a mount and process
# namespace of their own, so nothing stays mounted or running afterwards. Needs root.
set -euo pipefail
release=$1 root=$2
shift 2
tree=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)

# The mirror that this system's own packages come from; none on other systems than Debian.
mirror() {
    ! command -v apt-get >/dev/null ||
        apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Origin: Debian' 2>/dev/null |
        grep -vE -e '-(updates|security|backports)$' | head -n 1 | cut -d ' ' -f 1
}

# A root that was begun and not finished is made anew.
if [ ! -e "$root/.complete" ]; then
    rm -rf --one-file-system "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase "$release" "$root" $(mirror)
    touch "$root/.complete"
fi
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"

# The tree as it stands, changes included. What was built there stays; files keep their times, so
# only what changed is built again.
mkdir -p "$root/sepflow"
find "$root/sepflow" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
"$tree/tests/releases/files.sh" | tar -C "$tree" --null -T - -c | tar -C "$root/sepflow" --no-same-owner -x

# Proxies of this machine, and nothing else of the caller's environment.
kept=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY npm_config_registry; do
    [ -z "${!name:-}" ] || kept+=("$name=${!name}")
done
export root
exec unshare --mount --pid --fork --kill-child --propagation private bash -euc '
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || true
    exec chroot "$root" env -i HOME=/root TERM="${TERM:-dumb}" PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"
' root.sh "${kept[@]}" sh -c 'cd /sepflow && exec "$@"' sh "$@"
