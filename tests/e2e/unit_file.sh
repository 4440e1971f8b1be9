#!/bin/bash
# The systemd units: well formed, and how much of the machine they leave exposed.
# usage: unit_file.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh

unit=systemd/hawatchd.service
exposure_max=11 # tenths: 1.1; what is left is mostly the network, which a monitor needs
tokens=systemd/hawatch-tokens.service
tokens_exposure_max=20 # it is root's, and writes into /etc/hawatch

# systemd wants the binaries in their place. Any will do: it is not started.
verify() {
	local true_path file
	true_path=$(command -v true) || return
	for file in systemd/*.service systemd/*.socket systemd/*.timer; do
		sed -E "s|^(Exec[A-Za-z]+)=[^ ]*|\\1=$true_path|" "$file" >"$scratch/${file##*/}"
	done
	no_lines systemd-analyze verify "$scratch"/*.service "$scratch"/*.socket "$scratch"/*.timer 2>&1
}
is_exposed_at_most() { systemd-analyze security --offline=true --no-pager --threshold="$1" "$2"; }

has_line() { grep -qxF -- "$1" "${2-$unit}" || { echo "no line: $1"; false; }; }

has_user_of_sysusers() {
	local name
	name=$(awk '$1 == "u" { print $2 }' systemd/hawatch.sysusers)
	has_line "User=$name" && has_line "Group=$name"
}

if command -v systemd-analyze >/dev/null; then
	check "systemd-analyze verify" verify
	check "systemd-analyze security is at most 1.1" is_exposed_at_most $exposure_max $unit
	check "systemd-analyze security: of the tokens' unit at most 2.0" is_exposed_at_most $tokens_exposure_max $tokens
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
	has_line 'ExecStart=/usr/local/bin/hawatchd $ARGS'
check "and in the tokens' unit" \
	has_line 'ExecStart=/usr/local/bin/hawatch-renew-tokens /etc/hawatch/renewer /etc/hawatch' $tokens
# A signal would not say whether the configuration was refused.
check "a reload waits for its answer" has_line 'ExecReload=/usr/local/bin/hawatch reload'
finish
