#!/usr/bin/env bash
# hawatchd under the system-call filter of its own unit, through whole end-to-end suites: a call that the unit does not
# allow ends it, and with it the suite. The filter is read from systemd/hawatchd.service, and its groups from systemd.
# usage: syscalls.sh BUILD_FOLDER [SUITE...]
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck source=tests/e2e/checks.sh
. tests/e2e/checks.sh
build=$(realpath "${1:-build}")
shift
unit=systemd/hawatchd.service
[ $# -gt 0 ] || set -- daemon control journal credentials state
require systemd-analyze

# The calls that the unit allows, as systemd.exec(5) says: an allow list has @default too, and what follows ~ is taken
# away again.
allowed() {
	{ systemd-analyze syscall-filter --no-pager 2>"$scratch/analyze"; sed -n 's/^SystemCallFilter=/filter /p' "$unit"; } | awk '
		/^@/ { group = $1; next }
		/^ +[a-z_@]/ { members[group] = members[group] " " $1; next }
		function take(names, is_allowed,   i, n, name) {
			n = split(names, name, " ")
			for (i = 1; i <= n; i++)
				if (name[i] ~ /^@/) take(members[name[i]], is_allowed)
				else if (is_allowed) allowed[name[i]] = 1
				else delete allowed[name[i]]
		}
		$1 == "filter" {
			if (!begun++) take("@default", 1)
			sub(/^filter /, "")
			if (sub(/^~/, "")) take($0, 0)
			else take($0, 1)
		}
		END { for (name in allowed) print name }' | sort
}
# A folder of programs with the launcher in the place of the daemon.
wrap() {
	mkdir "$scratch/build"
	ln -s "$build"/* "$scratch/build/"
	rm "$scratch/build/hawatchd"
	printf '#!/bin/sh\nexec %s %s "$@" <%s\n' "$build/test-filter" "$build/hawatchd" "$scratch/allowed" >"$scratch/build/hawatchd"
	chmod +x "$scratch/build/hawatchd"
}
# The launcher does what it should: chown is not allowed, nor a raw socket. SIGSYS is 31.
is_killed() {
	"$build/test-filter" "$@" <"$scratch/allowed"
	[ $? -eq 159 ]
}
is_run() { "$build/test-filter" "$@" <"$scratch/allowed"; }

allowed >"$scratch/allowed"
check "the unit allows $(wc -l <"$scratch/allowed") calls" test -s "$scratch/allowed"
check "a program that does nothing of note runs" is_run "$(type -P true)"
check "a call that is not allowed ends it" is_killed "$(command -v chown)" 0 "$scratch/allowed"
check "another family of sockets ends it" is_killed "$(command -v ip)" link
wrap
for suite; do
	check "$suite, under the filter" "tests/e2e/$suite.sh" "$scratch/build"
done
finish
