#!/bin/bash
# Maintenance windows over the control socket: what is taken, what is refused, and that nobody waits for anybody.
# usage: control.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

# order NAME=VALUE...: leaves the HTTP status in $code and the answer in $scratch/body.
order() {
	local data=() parameter
	for parameter; do data+=(--data-urlencode "$parameter"); done
	code=$(curl -sS --max-time 60 -o "$scratch/body" -w '%{http_code}' -G -X POST --unix-socket "$socket" \
		http://hawatch/api/v1/maintenance "${data[@]}")
}
# answers CODE NAME=VALUE...
answers() {
	local expected=$1
	shift
	order "$@"
	[ "$code" = "$expected" ] || { echo "HTTP status $code, expected $expected"; cat "$scratch/body"; false; }
}
# refused KIND WORDS NAME=VALUE...: with its HTTP status, and a sentence that says these words.
declare -A status_of=([bad_parameter]=400 [no_such_side]=404 [no_such_pair]=404 [refused]=409)
refused() {
	answers "${status_of[$1]}" "${@:3}" &&
		jq -e --arg kind "$1" --arg words "$2" '.kind == $kind and (.error | contains($words))' "$scratch/body" ||
		{ cat "$scratch/body"; false; }
}
is_marked() { is "$2" ha_maintenance side="$1"; }
document() { curl -sS -f --max-time 60 --unix-socket "$socket" http://hawatch/api/v1/maintenance | jq -e "$1"; }
answer_says() { jq -e "$1" "$scratch/body" || { cat "$scratch/body"; false; }; }
count_logged() { [ "$(grep -cE -- "$2" "$log")" -eq "$1" ] || { grep -E -- "$2" "$log"; false; }; }

bad_parameters() {
	local name kind words parameters
	while IFS='|' read -r name kind words parameters; do
		# shellcheck disable=SC2086 # parameters are words
		check "refused, $name: $kind" refused "$kind" "$words" $parameters
	done <<-'END'
		no action|bad_parameter|action: expected begin or end|side=primary
		unknown action|bad_parameter|action: expected begin or end|side=primary action=pause
		no side|bad_parameter|side: missing|action=begin
		unknown side|no_such_side|no such side|side=tertiary action=begin
		a side that this pair has not|no_such_side|no such side: pair `prod` has no extra-1|side=extra-1 action=begin
		unknown pair|no_such_pair|no such pair|pair=other side=primary action=begin
		a side twice|bad_parameter|side: expected exactly one value|side=primary side=secondary action=begin
		unknown parameter|bad_parameter|unknown parameter|side=primary action=begin until=tomorrow
		no time|bad_parameter|for_seconds|side=primary action=begin for_seconds=0
		more than 8 h|bad_parameter|for_seconds|side=primary action=begin for_seconds=28801
		a time with a unit|bad_parameter|for_seconds|side=primary action=begin for_seconds=2h
		a negative time|bad_parameter|for_seconds|side=primary action=begin for_seconds=-5
		an empty time|bad_parameter|for_seconds|side=primary action=begin for_seconds=
		a number too long|bad_parameter|for_seconds|side=primary action=begin for_seconds=99999999999999999999
		force is no word|bad_parameter|force: expected true or false|side=primary action=begin force=1
		a reason to end|bad_parameter|reason: allowed only with action=begin|side=primary action=end reason=x
		an end of nothing|refused|no maintenance window is declared|side=primary action=end
	END
	check "refused: the log has the names that were asked for" count_logged 1 'not done".* action=begin pair=prod side=tertiary kind=no_such_side'
	check "refused: and of the pair" count_logged 1 'not done".* action=begin pair=other side=primary .*kind=no_such_pair'
	check "refused, a reason too long: 400" refused bad_parameter "at most 127 bytes" side=primary action=begin \
		"reason=$(printf '%0128d' 7)"
	check "refused, a line break in a reason: 400" refused bad_parameter "control characters" side=primary action=begin \
		reason=$'one\ntwo'
	check "refused, an escape sequence of 8 bits: 400" refused bad_parameter "control characters" side=primary action=begin \
		reason=$'\xc2\x9b31m'
	check "refused, a reason that is not UTF-8: 400" refused bad_parameter "UTF-8" side=primary action=begin reason=$'\xc3\x28'
	local code
	for code in 061C 200B 200F 2028 2029 202A 202E 2066 2069 FEFF; do
		check "refused, U+$code in a reason: 400, and named" refused bad_parameter "reason: U+$code is not allowed" \
			side=primary action=begin reason="$(jq -rn "\"new\\u$code nodes\"")"
	done
	check "refused, NUL in a reason: 400" raw 400 'side=primary&action=begin&reason=a%00b'
	check "refused, a parameter without value: 400" raw 400 'side=primary&action=begin&force'
	check "a refusal changes nothing" count_logged 0 'msg="maintenance window'
}
# raw CODE QUERY
raw() {
	local found
	found=$(curl -sS --max-time 60 -o "$scratch/body" -w '%{http_code}' -X POST --unix-socket "$socket" \
		"http://hawatch/api/v1/maintenance?$2")
	[ "$found" = "$1" ] || { echo "HTTP status $found, expected $1"; cat "$scratch/body"; false; }
}

begin_and_end() {
	check "begin" answers 200 side=primary action=begin for_seconds=600 "reason=new nodes, 100 % \"safe\""
	check "begun: the answer has the window" answer_says \
		'.sides.primary.declared and .sides.primary.reason == "new nodes, 100 % \"safe\"" and .sides.secondary == null'
	check "begun: so has the document" document '.sides.primary.declared'
	check "begun: the side is marked" is_marked primary 1
	check "begun: the other is not" is_marked secondary 0
	check "begun: the status stays" as_expected ACTIVE UP/serving UP/serving
	check "begun: who ordered it is logged" count_logged 1 \
		"level=info msg=\"maintenance order done\" uid=$(id -u) pid=[0-9]+ action=begin pair=prod side=primary for=10m reason=\"new nodes, 100"
	check "begun: logged once" count_logged 1 'level=warn msg="maintenance window declared" pair=prod side=primary .*from=none to=declared'
	check "the other side now has nobody to stand in: 409" refused refused "under maintenance" \
		side=secondary action=begin
	check "refused: who ordered it, and why not, is logged" count_logged 1 \
		"level=warn msg=\"maintenance order not done\" uid=$(id -u) pid=[0-9]+ action=begin pair=prod side=secondary for=2h kind=refused error=.*under maintenance"
	check "unless forced" answers 200 side=secondary action=begin force=true
	check "forced: so it is logged" count_logged 1 'msg="maintenance order done" .*side=secondary for=2h force=true'
	check "begin again: moves the end" answers 200 side=primary action=begin for_seconds=28800 reason=longer force=true
	check "moved: the new reason" answer_says '.sides.primary.reason == "longer"'
	check "end" answers 200 side=secondary action=end
	check "end the first too" answers 200 pair=prod side=primary action=end
	check "ended: no side is marked" is_marked primary 0
	check "ended: logged" count_logged 2 'level=info msg="maintenance window ended"'
	check "ended once: 409" answers 409 side=primary action=end
}

ends_by_itself() {
	check "a window of a second" answers 200 side=secondary action=begin for_seconds=1
	check "it stands" is_marked secondary 1 # for no time passes between two checks
	check "it ends by itself" eventually is_marked secondary 0
	check "and says so" eventually count_logged 3 'maintenance window ended'
	play $two nodes=0
	reaches "the secondary is DOWN" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
	check "the primary cannot go as well: 409" refused refused "the secondary is DOWN" side=primary action=begin
	check "the secondary may: its other side is UP" answers 200 side=secondary action=begin
	play $two nodes=10
	reaches "a window changes no verdict" ACTIVE
	check "the window stands" is_marked secondary 1
	check "end it" answers 200 side=secondary action=end
}

# orders N NAME: so many at once. What becomes of each is written to a file, its HTTP status and curl's exit status.
orders() {
	local i
	pids=()
	for ((i = 0; i < $1; i++)); do
		curl -sS --max-time 60 -o /dev/null -w '%{http_code} %{exitcode}\n' -X POST --unix-socket "$socket" \
			"http://hawatch/api/v1/maintenance?side=primary&action=begin&force=true&for_seconds=$((i + 600))" \
			>"$scratch/$2.$i" 2>/dev/null &
		pids+=($!)
	done
}
# wait_for_orders NAME: they come all at once to a daemon that stood still and whose main thread gets no further. Of
# 30 orders 16 may wait for it, and the others are refused. Meanwhile no time passes.
sent=30 refused=14
wait_for_orders() {
	local pace
	pace=$(lever step_ns)
	settle
	lever step_ns 0
	lever stuck 1
	kill -STOP "$daemon"
	orders $sent "$1"
	until_true have_connected
	kill -CONT "$daemon"
	until_true are_refused "$1"
	lever step_ns "$pace"
}
have_connected() { [ "$(grep -cF "$socket" /proc/net/unix)" -gt $sent ]; } # it listens there, too
are_refused() { [ "$(cat "$scratch/$1".* | grep -cx '503 0')" -eq $refused ]; }
# these_came NAME ANSWERS: and no others, to any of those orders.
these_came() {
	sort "$scratch/$1".* | uniq -c >"$scratch/came"
	! grep -vxE " *[0-9]+ ($2)" "$scratch/came"
}

all_at_once() {
	wait_for_orders once
	lever stuck 0
	wait "${pids[@]}"
	check "30 orders at once: each is answered with 200 or 503" these_came once '(200|503) 0'
	check "those that may wait are taken, the others refused" are_refused once
	check "and the daemon goes on" answers 200 side=primary action=end
}

# Clients that go away while they wait, a reload meanwhile, and the end meanwhile.
gone_meanwhile() {
	local i
	wait_for_orders gone
	for i in "${!pids[@]}"; do
		[ -s "$scratch/gone.$i" ] || kill "${pids[i]}" # only the refused have ended
	done
	wait "${pids[@]}"
	check "clients gone: before any of those that waited had an answer" these_came gone '503 0'
	reload
	lever stuck 0
	check "clients gone: the next is served" eventually answers 200 side=primary action=end
	check "reloaded meanwhile" eventually logged 'msg="configuration reloaded"'
	wait_for_orders last
	kill -TERM "$daemon"
	lever stuck 0
	check "the end while orders wait: exit status 0" ends_with 0
	wait "${pids[@]}"
	check "each of them has a whole answer" these_came last '(200|503) 0'
}

# A main thread that gets no further would not end either.
trap 'lever stuck 0; leave' EXIT

start_sim
start_daemon
reaches "both sides UP" ACTIVE
check "not over TCP: 405" test "$(curl -sS --max-time 60 -o "$scratch/body" -w '%{http_code}' -X POST \
	"$url/api/v1/maintenance?side=primary&action=begin")" = 405
check "the socket tells what it allows" grep -qi '^allow: GET, HEAD, POST' <(curl -sS --max-time 60 -D - \
	-o /dev/null -X PUT --unix-socket "$socket" http://hawatch/api/v1/maintenance | tr -d '\r')
bad_parameters
begin_and_end
ends_by_itself
all_at_once
gone_meanwhile
check "every line of the log is logfmt" is_logfmt
finish
