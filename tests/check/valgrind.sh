#!/usr/bin/env bash
# hawatchd under valgrind, against the simulator: no invalid access, nothing lost, and at its end no descriptor of its own
# is open. Through an outage, a reload, a maintenance window, the page and the command.
# usage: valgrind.sh BUILD_FOLDER
set -u
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
require valgrind
clock=real
fast=('interval: 1s' 'spot_interval: 1s' 'confirm_interval: 300ms' 'timeout: 20s' 'unreachable_for: 40s'
	'own_network_window: 2s' 'stale_after: 120s' 'inventory_interval: 2s' 'pod_interval: 2s')
report=$scratch/valgrind

# A folder of programs with valgrind in the place of the daemon.
wrap() {
	mkdir "$scratch/build" && ln -s "$build"/* "$scratch/build/" && rm "$scratch/build/hawatchd" &&
		printf '#!/bin/sh\nexec valgrind -q --log-file=%s --leak-check=full --errors-for-leak-kinds=definite,indirect --track-fds=yes --child-silent-after-fork=yes --num-callers=30 %s "$@"\n' \
			"$report" "$build/hawatchd" >"$scratch/build/hawatchd" && chmod +x "$scratch/build/hawatchd"
}
command_says() { "$build/hawatch" --socket="$socket" "$@"; }
# Lines with -- are of valgrind itself: it does not know mlock2(2), and the daemon goes on without.
found_nothing() {
	no_lines awk '/^==/ && !/FILE DESCRIPTORS|Open (file descriptor|AF_)|<inherited from parent>|^==[0-9]+== *$|^==[0-9]+==    (at|by) / { print }' "$report"
}
# Each open descriptor is two or more lines; of those not inherited the next says where it was opened.
leaves_nothing_open() {
	no_lines awk '/Open (file descriptor|AF_)/ { open = $0; next }
		open != "" && !/<inherited from parent>/ { print open; print }
		{ open = "" }' "$report"
}

wrap
build=$scratch/build
start_sim
mkdir "$scratch/state"
echo "state_directory: $scratch/state" >>"$config"
start_daemon
reaches "begins" ACTIVE
play $two fault=refuse
check "an outage" polled 3 $one
play $two fault=none
play $two fault=garbage
check "garbage" polled 3 $two
play $two fault=none
reaches "after it" ACTIVE
check "the page" curl -sS -f -o "$scratch/page" "$url/"
check "metrics" scrape
check "a maintenance window" command_says maintenance begin secondary --for 1m --reason check
check "its end" command_says maintenance end secondary
check "a reload" command_says reload
check "rounds after it" polled 3 $one
check "ends" stop_daemon
check "valgrind has nothing to say" found_nothing
check "no descriptor stays open" leaves_nothing_open
finish
