# Sourced by the tests of the Debian package: machines with a minimal Debian 12, each a folder, on which nothing runs
# but what a test runs. The first argument of such a script is the folder of the built programs.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
build=$(realpath "${1:-build}")
. tests/e2e/checks.sh
story=yes
require mmdebstrap dpkg-deb ip unshare
[ "$(id -u)" -eq 0 ] || { skip "$0: only root can use chroot"; finish; }

package=$(ls "$build"/deb/hawatch_*.deb) || { echo "$0: no package; run make deb first" >&2; exit 2; }
version=$(dpkg-deb -f "$package" Version)

# The mirrors, the proxies and what is checked of dates are those of apt on this machine. The result is kept, because it
# takes minutes.
minimal=$build/bookworm.tar
make_minimal() {
	apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' \
		>"$scratch/sources.list"
	apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$scratch/apt.conf"
	mmdebstrap --quiet --variant=minbase --aptopt="$scratch/apt.conf" --skip=output/dev bookworm "$minimal.new" \
		"$scratch/sources.list" && mv "$minimal.new" "$minimal"
}

# new_machine: sets $root.
new_machine() {
	root=$(mktemp -d -p "$scratch") && chmod 755 "$root" || return
	[ -s "$minimal" ] || make_minimal || return
	tar -x -f "$minimal" -C "$root" && mkdir -p "$root/dev" && cp -L /etc/resolv.conf "$root/etc/"
}

# on_machine COMMAND...: its processes are the only ones there, and end with it.
on_machine() {
	unshare ${is_alone:+--net} --mount --pid --fork --kill-child sh -e -c '
		[ -z "$2" ] || ip link set lo up
		mount --bind /dev "$1/dev"
		mount -t proc proc "$1/proc"
		root=$1
		shift 2
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
	' sh "$root" "${is_alone-}" "$@" </dev/null
}
# alone COMMAND...: the same without a network but its own loopback, so that every port is free.
alone() {
	local is_alone=yes
	on_machine "$@"
}
# put FILE...: into the folder /root of the machine.
put() { cp "$@" "$root/root/"; }
apt() { on_machine apt-get -q -y --no-install-recommends "$@"; }

# boot: starts the machine's own systemd, with a network of its own, for `booted COMMAND...`. Sets $init.
boot() {
	unshare --mount --pid --cgroup --net --uts --ipc --fork --kill-child sh -e -c '
		ip link set lo up
		mount --bind "$1" "$1"
		cd "$1"
		mount -t proc proc proc
		mount -t sysfs -o ro sysfs sys
		mount -t cgroup2 cgroup2 sys/fs/cgroup
		mount -t tmpfs -o mode=755 tmpfs run
		mount -t tmpfs -o mode=755 tmpfs dev
		for device in null zero full random urandom tty; do
			: >dev/$device
			mount --bind /dev/$device dev/$device
		done
		ln -s pts/ptmx dev/ptmx
		pivot_root . mnt
		umount -l /mnt
		exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=multi-user.target
	' sh "$root" >"$scratch/boot" 2>&1 </dev/null &
	machine=$!
	servers+=("$machine")
	until_true has_init && until_true is_up
}
has_init() { init=$(pgrep -P "$machine") && [ "$(cat "/proc/$init/comm")" = systemd ]; }
is_up() { booted systemctl is-system-running 2>&1 | grep -qE '^(running|degraded)$'; }
booted() {
	nsenter --target "$init" --mount --pid --cgroup --net --uts --ipc env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		sh -c 'cd / && exec "$@"' sh "$@" </dev/null
}
# What the machine left when it ends by force.
shut_down() { kill -KILL "$machine" && wait "$machine"; } 2>/dev/null
