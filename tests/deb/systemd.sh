#!/bin/bash
# The Debian package where systemd runs: the unit as it is, with all that it forbids the daemon; an upgrade restarts what
# runs, and keeps the socket open; a removal stops all.
# usage: systemd.sh [BUILD_DIR]
set -u
. "$(dirname "$0")/lib.sh"
require nsenter pgrep

show_cause() { booted journalctl --no-pager -o cat -n 20 | sed 's/^/        log: /'; }
is_state() { # UNIT STATE
	local found
	found=$(booted systemctl is-active "$1")
	[ "$found" = "$2" ] || { echo "$1 is $found, expected $2"; false; }
}
main_pid() { booted systemctl show -P MainPID hawatchd; }
since() { booted systemctl show -P ActiveEnterTimestampMonotonic "$1"; }
answers() { booted hawatch --url http://127.0.0.1:29164 status | grep -q '"pair":"prod"'; }
install_again() { booted dpkg -i "/root/${package##*/}"; }
is_restarted() { [ "$(main_pid)" -ne "$before" ]; }
no_process() { no_lines booted sh -c 'cat /proc/[0-9]*/comm | grep -x hawatchd || true'; }

check "a minimal Debian 12" new_machine
put "$package" "$build/hawatch-sim" config/debian/tests/watch
check "its lists of packages" apt update
check "the package and what it depends on" apt install "/root/${package##*/}"
check "systemd runs" boot
check "the package starts nothing" is_state hawatchd inactive
check "the unit watches a simulated pair; a reload that is refused fails" booted /root/watch /root/hawatch-sim

booted sh -c 'echo "ARGS=--web.systemd-socket" >/etc/default/hawatchd'
check "enabled, with its socket" booted systemctl enable --now hawatchd.socket hawatchd.service
check "it answers" until_true answers
before=$(main_pid) socket_since=$(since hawatchd.socket)
check "an upgrade" install_again
check "restarts it" is_restarted
check "keeps the socket" test "$(since hawatchd.socket)" = "$socket_since"
check "it answers again" until_true answers
check "it stays enabled" booted systemctl is-enabled hawatchd.service hawatchd.socket

check "stopped and disabled" booted systemctl disable --now hawatchd.socket hawatchd.service
check "an upgrade of what is off" install_again
check "starts nothing" is_state hawatchd inactive
check "enabled again" booted systemctl enable --now hawatchd.socket hawatchd.service hawatch-tokens.timer
check "removed" booted dpkg --remove hawatch
check "no process is left" no_process
check "no socket is left" is_state hawatchd.socket inactive
check "no timer is left" is_state hawatch-tokens.timer inactive
shut_down
finish
