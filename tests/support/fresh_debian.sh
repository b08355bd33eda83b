#!/bin/sh
# The two commands where a newcomer runs them: makes a bare Debian with mmdebstrap, copies this checkout
# into it, to a folder with a blank in its name, and runs `src/quickstart` twice and `tests/run` there.
# A campaign, not part of tests/run: it downloads a gigabyte and takes half an hour. Needs root.
#
#   sh tests/support/fresh_debian.sh SUITE root|sudo [WORDS...]
#
# SUITE is bookworm (Debian 12) or trixie (Debian 13). `root` works as root in /root, mode 0700; `sudo` as
# a user with sudo in that user's home. WORDS go to tests/run: names of tests, or --setup.
# The mirror, its proxy and its checks are those of this machine's apt.
#
# FRESH_DEBIAN=DIR keeps the root in DIR/SUITE and uses it again; without it, it is removed at the end.
set -eu

stop() { printf 'fresh_debian: %s\n' "$1" >&2; exit "$2"; }
usage="usage: sh tests/support/fresh_debian.sh bookworm|trixie root|sudo [WORDS...]"

case "${1:-} ${2:-}" in
"bookworm root" | "bookworm sudo" | "trixie root" | "trixie sudo") suite=$1 who=$2 && shift 2 ;;
*) stop "$usage" 64 ;;
esac
[ "$(id -u)" = 0 ] || stop "needs root: it mounts and changes roots" 77
command -v mmdebstrap >/dev/null || stop "needs the package mmdebstrap" 69

cd "$(dirname -- "$0")/../.."
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
root=${FRESH_DEBIAN:-$work}/$suite
mkdir -p "${root%/*}"

# Where this machine's apt gets the release from, and how.
make_root() {
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Identifier: Packages' |
        awk '$2 !~ /-/ { print $1; exit }')
    [ -n "$mirror" ] || stop "this machine's apt sources name no release: run apt-get update" 69
    apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-|Retries)' >"$work/apt.conf" || true
    mmdebstrap --mode=root --variant=minbase --include=sudo --aptopt="$work/apt.conf" \
        --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "$suite" "$root" "$mirror"
    chroot "$root" useradd --create-home --shell /bin/sh newcomer
    echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/newcomer"
}

# The files of this checkout as they are now, dated so: of a root that was kept only the build stays, and may be younger
# than files of another commit.
copy_checkout() {
    mkdir -p "$1"
    find "$1" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
    git ls-files -coz --exclude-standard | tar -c --null --ignore-failed-read -T - | tar -x -m -C "$1"
}

[ -d "$root/usr" ] || make_root
become= owner=root
if [ "$who" = sudo ]; then
    become="sudo --preserve-env=http_proxy,https_proxy -u newcomer -H" owner=newcomer
fi
home=$(chroot "$root" getent passwd "$owner" | cut -d: -f6)
chmod 700 "$root$home"
copy_checkout "$root$home/my checkouts/verdicts"
chroot "$root" chown -R "$owner:" "$home/my checkouts"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
# A proxy that opens TLS has a certificate of its own; npm is told of it as it is here.
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
    cp "$NODE_EXTRA_CA_CERTS" "$root/here.pem"
fi

cat >"$root/newcomer.sh" <<'INSIDE'
set -eu
cd "$HOME/my checkouts/verdicts"
export LC_ALL=C.UTF-8
[ ! -e /here.pem ] || export NODE_EXTRA_CA_CERTS=/here.pem
case "${1:-}" in
"" | --setup)
    sh src/quickstart
    sh src/quickstart
    ;;
esac
exec sh tests/run "$@"
INSIDE

# Mounts and processes are of this command alone and end with it. Nothing of this machine's surroundings
# goes in but the proxy. The root is mounted on itself, as ip(8) wants / to be a mount; and the shell stays
# as process 1, which has to bury processes whose parents are gone.
unshare --mount --propagation private --pid --fork --kill-child sh -c '
    root=$1 && shift
    mount --bind "$root" "$root" && mount -t proc proc "$root/proc" && mount --rbind /sys "$root/sys" && mount --rbind /dev "$root/dev"
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb HOME=/root \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} "$@"
    exit $?
' sh "$root" $become sh /newcomer.sh "$@"
