#!/bin/bash
# The fault catalogue, clocks: one that is wrong, a machine that slept, a process that did not run.
# usage: clock.sh [BUILD_FOLDER [representative]]
set -u
group=clock
. "$(dirname "$0")/rows.sh"

wall() {
	lever wall_ms $(($1 * 1000))
	reload # which says so in the log
}
is_logged_at() {
	local line off
	line=$(log_since | grep "configuration reloaded" | tail -n 1)
	off=$(($(date -d "$(sed 's/^ts=\([^ ]*\) .*/\1/' <<<"$line")" +%s) - $(now_s) + $(lever wall_ms) / 1000 - $1))
	[ -n "$line" ] && [ "${off#-}" -le 60 ] || { echo "$line"; false; }
}
# Whoever slept finds that the others have hung up.
sleep_for() {
	kill -STOP "$daemon"
	cut_connections
	lever slept_ms $(($1 * 1000))
	kill -CONT "$daemon"
}
stop_for() {
	kill -STOP "$daemon"
	cut_connections
	let_pass $(($1 * 1000))
	kill -CONT "$daemon"
}
restart_in_2000() {
	stop_daemon
	lever wall_ms $(((946684800 - $(now_s)) * 1000))
	start_daemon
	begin_anew
}
mend() { lever wall_ms 0; }

fast[6]='stale_after: 2m' # more than the longest stop, as it is by default
start_sim --nodes 3
start_daemon
until_true as_expected $same >"$scratch/begun" || give_up "the pair does not become ACTIVE" "$log"
each_row one_row
stop_daemon
