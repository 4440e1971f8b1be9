#!/bin/bash
# Every call of a start: the first call of each function that the machine may refuse (tests/world/faults.c), the second,
# and so on to the last, fails during `hawatchd --config.check` and during a start beside the simulator. Each time
# hawatchd goes on, or ends with exit status 1 or 2 and says why and where. It neither hangs nor crashes, and tells no
# secret.
# usage: machine_start.sh [BUILD_FOLDER [representative|all [FUNCTION]]]     (representative: only the first calls, and of a start only those below)
set -u
. "$(dirname "$0")/lib.sh"
story=
how_many=${2-all} only_function=${3-}
failing=$preload:$build/test-faults.so
# One function of each kind: files, folders, sockets, threads, what the loop waits with.
kinds=' open read write opendir socket connect recv pthread_create epoll_create1 '
readonly same='ACTIVE UP/serving UP/serving'

fault() { "$world" fault "$levers" "$@"; }
is_hit() { [ "$("$world" hits "$levers")" -gt 0 ]; }
# The functions that the last program called, and how often.
calls() { "$world" calls "$levers" | awk '$2 > 0'; }
# What the machine says first when it refuses the function, by machine.table.
error_of() {
	awk -F ' *[|] *' -v name="$1" '
		$1 == name && $2 != "half" && (!error || error == "EINTR") { error = $2 }
		END { print error }' tests/e2e/machine.table
}

# ends_well CODE FILE: it has ended as documented. Whatever it says has a file, a part or an address before the colon.
ends_well() {
	[ "$1" -eq 0 ] || { [ "$1" -le 2 ] && grep -qE '[^ :]+: .|msg=.* error=' "$2"; } || { echo "exit status $1, and it says:"; cat "$2"; return 1; }
	! grep -aFf "$scratch/secrets" "$2" || { echo "a secret is told"; false; }
}
# A check needs no clock.
check_config() {
	timeout 60 env LD_PRELOAD="$build/test-faults.so" TEST_LEVERS="$levers" "$build/hawatchd" --config.file="$config" --config.check \
		>"$scratch/said" 2>&1 </dev/null
	ends_well $? "$scratch/said"
}
start_anew() {
	: >"$log"
	url=http://127.0.0.1:$((10000 + RANDOM % 20000))
	preload=$failing inside "$build/hawatchd" --config.file="$config" --web.listen-address="${url#http://}" \
		--web.control-socket="$socket" 2>>"$log" >>"$log" &
	daemon=$!
	servers+=("$daemon")
}
has_ended_or_begun() { is_gone "$daemon" || as_expected $same >"$scratch/begun" 2>&1; }
# What was refused once is there the next time: it is ACTIVE, or it has ended.
start_daemon_once() {
	local result
	start_anew
	until_true has_ended_or_begun || { echo "neither ACTIVE nor ended:"; cat "$scratch/begun"; tail -n 5 "$log"; return 1; }
	if is_gone "$daemon"; then wait "$daemon"; ends_well $? "$log"; return; fi
	kill_daemon
	ends_well 0 "$log"
}

# each_call WHAT FUNCTION COUNT: as far as calls are made.
each_call() {
	local n error
	error=$(error_of "$2")
	for ((n = 1; n <= $3; n++)); do
		fault "$2" "$error" "at=$n" || return
		"$1" || { echo "call $n of $2: $error"; return 1; }
		is_hit || [ $n -gt 1 ] || { echo "nothing failed"; return 1; }
	done
}
# sweep WHAT: every function that it calls.
sweep() {
	local function count
	fault off >"$scratch/off"
	check "$1" "$1"
	calls >"$scratch/calls"
	check "$1 makes calls" test -s "$scratch/calls"
	while read -r function count <&3; do
		[ "${only_function:-$function}" = "$function" ] || continue
		[ "$how_many" = all ] || { count=1; [[ $1 = check_config || $kinds = *" $function "* ]] || continue; }
		check "$1: $function fails, $count of $count" each_call "$1" "$function" "$count"
	done 3<"$scratch/calls"
}

mkdir -m 700 "$scratch/state"
start_sim --nodes 2
echo "state_directory: $scratch/state" >>"$config"
secrets | grep -v '^$' >"$scratch/secrets"
sweep check_config
sweep start_daemon_once
finish
