#!/bin/bash
# The Debian package on a minimal Debian 12: installed, upgraded, running, removed, purged.
# usage: life.sh [BUILD_DIR]
set -u
. "$(dirname "$0")/lib.sh"

# older_package: the same with a lower version, and with another default in its conffile.
older_package() {
	local tree=$scratch/older
	dpkg-deb -R "$package" "$tree" &&
		sed -i "s/^Version: .*/Version: 0.0.1/" "$tree/DEBIAN/control" &&
		echo '# of the older version' >>"$tree/etc/default/hawatchd" &&
		dpkg-deb --root-owner-group -b "$tree" "$root/root/older.deb"
}

# All files, but those of the package system and of the list of users.
files() {
	find "$root" -xdev \( -path "$root/proc" -o -path "$root/dev" -o -path "$root/root" -o -path "$root/tmp" \
		-o -path "$root/var/lib/dpkg" -o -path "$root/var/log" -o -path "$root/var/cache" \) -prune -o -printf '%y %P\n' |
		grep -vE '^f etc/(passwd|group|shadow|gshadow)-?$' | sort
}
stays() { cmp "$scratch/$1" "$root/$2"; }
# has FILE OWNER MODE
has() {
	local found
	found=$(on_machine stat -c '%U:%G %a' "$1")
	[ "$found" = "$2 $3" ] || { echo "$1 is $found, expected $2 $3"; false; }
}
has_none() {
	local path
	for path; do [ ! -e "$root/$path" ] || { echo "/$path is still there"; return 1; }; done
}
is_installed() { [ "$(on_machine dpkg-query -W -f '${db:Status-Abbrev}${Version}' hawatch)" = "ii $1" ]; }
# Each program that a unit starts is there.
programs_are_there() {
	local program programs
	programs=$(sed -n 's/^Exec[A-Za-z]*=\([^ ]*\).*/\1/p' "$root"/lib/systemd/system/hawatch*.service) && [ -n "$programs" ] || return
	for program in $programs; do [ -x "$root$program" ] || { echo "no $program"; return 1; }; done
}
nothing_is_enabled() { ! find "$root/etc/systemd/system" -name 'hawatch*' | grep .; }
pages_are_there() {
	local page
	for page in man1/hawatch.1 man5/hawatch.yaml.5 man7/hawatch-metrics.7 man8/hawatchd.8 man8/hawatch-renew-tokens.8; do
		[ -s "$root/usr/share/man/$page.gz" ] || { echo "no page $page"; return 1; }
	done
}

check "a minimal Debian 12" new_machine
check "its lists of packages" apt update
check "Debian 12 has what the package depends on" apt satisfy "$(dpkg-deb -f "$package" Depends)"
files >"$scratch/before"
put "$package" "$build/hawatch-sim" config/debian/tests/watch
check "an older package" older_package

check "it is installed where no configuration is" on_machine dpkg -i /root/older.deb
check "dpkg has nothing against it" no_lines on_machine dpkg --audit
check "the folder of the configuration" has /etc/hawatch root:hawatch 750
check "the user" no_lines on_machine sh -c 'id -u hawatch >/dev/null'
check "the programs of the units" programs_are_there
check "the manual" pages_are_there
check "no unit is enabled" nothing_is_enabled

echo 'ARGS="--log.format=json"' >>"$root/etc/default/hawatchd"
cp "$root/etc/default/hawatchd" "$scratch/changed"
mkdir "$root/var/lib/hawatch" && echo kept | tee "$scratch/state" >"$root/var/lib/hawatch/state"
echo mine | tee "$scratch/token" >"$root/etc/hawatch/spot-token"
check "an upgrade" on_machine dpkg -i --force-confdef --force-confold "/root/${package##*/}"
check "it is $version" is_installed "$version"
check "it keeps a conffile that was changed" stays changed etc/default/hawatchd
check "and the new one beside it" test -s "$root/etc/default/hawatchd.dpkg-dist"
check "it keeps the configuration" stays token etc/hawatch/spot-token
check "it keeps the state" stays state var/lib/hawatch/state
on_machine chgrp root /etc/hawatch
on_machine dpkg-statoverride --update --add root hawatch 710 /etc/hawatch
check "installed again" on_machine dpkg -i "/root/${package##*/}"
check "the administrator's mode of the folder stays" has /etc/hawatch root:hawatch 710
on_machine dpkg-statoverride --remove /etc/hawatch && on_machine chmod 750 /etc/hawatch

rm -r "$root/var/lib/hawatch"
check "it watches a simulated pair, as its own user" alone /root/watch /root/hawatch-sim
cp "$root/etc/hawatch/hawatch.yaml" "$scratch/configuration"

check "removed" on_machine dpkg --remove hawatch
check "its programs are gone" has_none usr/bin/hawatchd usr/bin/hawatch lib/systemd/system/hawatchd.service
check "the configuration stays" stays configuration etc/hawatch/hawatch.yaml
check "its conffile stays" stays changed etc/default/hawatchd
check "the state stays" test -d "$root/var/lib/hawatch"

check "purged" on_machine dpkg --purge hawatch
check "configuration and state are gone" has_none etc/hawatch etc/default/hawatchd var/lib/hawatch
check "the user stays, as files elsewhere may be its own" no_lines on_machine sh -c 'id -u hawatch >/dev/null'
files >"$scratch/after"
check "nothing else is left" no_lines diff "$scratch/before" "$scratch/after"

check "installed again after that" on_machine dpkg -i "/root/${package##*/}"
check "as at first" has /etc/hawatch root:hawatch 750
finish
