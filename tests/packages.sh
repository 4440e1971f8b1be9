#!/usr/bin/env bash
# Installs the missing ones of the named Debian packages, as root or with sudo. If it cannot, it lists
# them and stops. COMMAND@PACKAGE is not missing where another package has brought the command.
# usage: packages.sh [COMMAND@]PACKAGE...
set -u
missing=()
for package in "$@"; do
	[ "${package%@*}" = "$package" ] || ! command -v "${package%@*}" >/dev/null || continue
	package=${package#*@}
	dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

give_up() {
	echo "hawatch: $1; these Debian packages are missing:" >&2
	printf '  %s\n' "${missing[@]}" >&2
	echo "install them with: apt-get install --no-install-recommends ${missing[*]}" >&2
	exit 1
}
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || give_up 'neither root nor sudo'
	as_root=(sudo)
	[ -t 0 ] || as_root=(sudo -n)
	"${as_root[@]}" true 2>/dev/null || give_up 'not root, and sudo does not let us'
fi
echo "hawatch: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
		-o DPkg::Lock::Timeout=300 "${missing[@]}" # a new machine may be installing updates
}
{ "${as_root[@]}" apt-get update -q && install; } >"$log" 2>&1 || {
	tail -n 5 "$log" >&2
	give_up 'apt-get failed'
}
