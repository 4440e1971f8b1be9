#!/bin/bash
# The systemd unit: well formed, and how much of the machine it leaves exposed.
# usage: unit_file.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh

unit=systemd/hawatchd.service
exposure_max=11 # tenths: 1.1; what is left is mostly the network, which a monitor needs

# systemd wants the binary in its place. Any will do: it is not started.
verify() {
	local true_path
	true_path=$(command -v true) || return
	sed "s|^ExecStart=[^ ]*|ExecStart=$true_path|" "$unit" >"$scratch/${unit##*/}"
	no_lines systemd-analyze verify "$scratch/${unit##*/}" 2>&1
}

has_line() { grep -qxF -- "$1" "$unit" || { echo "no line: $1"; false; }; }

has_user_of_sysusers() {
	local name
	name=$(awk '$1 == "u" { print $2 }' systemd/hawatch.sysusers)
	has_line "User=$name" && has_line "Group=$name"
}

if command -v systemd-analyze >/dev/null; then
	check "systemd-analyze verify" verify
	check "systemd-analyze security is at most 1.1" systemd-analyze security --offline=true \
		--no-pager --threshold="$exposure_max" "$unit"
	systemd-analyze security --offline=true --no-pager "$unit" | grep Overall
else
	skip "systemd-analyze verify and security: systemd-analyze is missing"
fi
if command -v systemd-sysusers >/dev/null; then
	check "sysusers" systemd-sysusers --dry-run "$PWD/systemd/hawatch.sysusers"
else
	skip "sysusers: systemd-sysusers is missing"
fi
check "the unit's user is the one of sysusers" has_user_of_sysusers
check "the Makefile finds the prefix that it replaces" \
	has_line 'ExecStart=/usr/local/bin/hawatchd --config.file=/etc/hawatch/hawatch.yaml'
finish
