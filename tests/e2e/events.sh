#!/bin/bash
# Events: each change of a status, a state, a window is kept once and logged once, at the level that it
# deserves, and a reload forgets none.
# usage: events.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

events() { "$asker" get "$url/api/v1/events" | jq -c '.events[] | [.kind, .side, .from, .to, .reason]'; }
# happened EVENT...: these, and no others, since the last time.
told=0
happened() {
	events | tail -n +$((told + 1)) >"$scratch/events"
	printf '%s\n' "$@" | diff - "$scratch/events"
}
# Which side is UP first is anybody's guess.
test_sorted() { diff <(printf '%s\n' "$@") <(events | sort); }
# next NAME EVENT...
next() {
	check "$1: these events, once each" eventually happened "${@:2}"
	told=$((told + $# - 1)) # not what there is by now: the next would miss what came uncalled for
}
order() {
	curl -sS -f --max-time 60 -o /dev/null -G -X POST --unix-socket "$socket" \
		http://hawatch/api/v1/maintenance "${@/#/-d}"
}
# is_logged TIMES LEVEL WORDS
is_logged() {
	local found
	found=$(grep -cE "level=$2 $3" "$log")
	[ "$found" -eq "$1" ] || { echo "$found times, expected $1"; grep -E "$3" "$log"; false; }
}
numbers_grow() {
	"$asker" get "$url/api/v1/events" |
		jq -e '.kept == (.events | length) and ([.events[].number] | . == (unique | sort))'
}

start_sim
start_daemon
reaches "at first" ACTIVE
check "start: both sides and the status" eventually test_sorted '["state","primary","UNKNOWN","UP","serving"]' \
	'["state","secondary","UNKNOWN","UP","serving"]' '["status",null,"UNKNOWN","ACTIVE",""]'
told=3
play $two nodes=0
reaches "an outage" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
next "an outage" '["state","secondary","UP","DOWN","no_capacity"]' \
	'["status",null,"ACTIVE","BLOCKED_SECONDARY_UNAVAILABLE",""]'
play $one nodes=0
reaches "the other too" BLOCKED_BOTH_UNAVAILABLE DOWN/no_capacity DOWN/no_capacity
next "the other too" '["state","primary","UP","DOWN","no_capacity"]' \
	'["status",null,"BLOCKED_SECONDARY_UNAVAILABLE","BLOCKED_BOTH_UNAVAILABLE",""]'
reload
check "reloaded" eventually logged 'msg="configuration reloaded"'
check "a reload is no event, and forgets none" test "$(events | wc -l)" = "$told"
play $one nodes=10
reaches "the primary is back" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
next "after a reload it goes on" '["state","primary","DOWN","UP","serving"]' \
	'["status",null,"BLOCKED_BOTH_UNAVAILABLE","BLOCKED_SECONDARY_UNAVAILABLE",""]'
play $two nodes=10
reaches "all is back" ACTIVE
next "all is back" '["state","secondary","DOWN","UP","serving"]' \
	'["status",null,"BLOCKED_SECONDARY_UNAVAILABLE","ACTIVE",""]'
play $two phase=Error
reaches "degraded" ACTIVE UP/serving UP/spot_error
next "degraded" '["degraded","secondary","false","true","spot_error"]'
play $two phase=Ready
reaches "no longer" ACTIVE
next "no longer degraded" '["degraded","secondary","true","false","serving"]'
order side=primary action=begin reason=x
next "a window" '["maintenance","primary","none","declared",""]'
order side=primary action=end
next "its end" '["maintenance","primary","declared","none",""]'
check "their numbers grow" numbers_grow

check "log: a state for the worse" is_logged 2 warn 'msg="cloudspace state changed" pair=prod .*from=UP to=DOWN reason=no_capacity spot=ready kubernetes=no_capacity'
check "log: a state for the better" is_logged 4 info 'msg="cloudspace state changed" pair=prod .*to=UP reason=serving spot=[a-z]+ kubernetes=serving'
check "log: one side BLOCKED is a warning" is_logged 2 warn 'msg="HA status changed" pair=prod from=[A-Z_]+ to=BLOCKED_SECONDARY_UNAVAILABLE because='
check "log: both BLOCKED is an error" is_logged 1 error 'msg="HA status changed" pair=prod from=[A-Z_]+ to=BLOCKED_BOTH_UNAVAILABLE because='
check "log: ACTIVE is information" is_logged 2 info 'msg="HA status changed" pair=prod from=[A-Z_]+ to=ACTIVE'
check "log: degraded" is_logged 1 warn 'msg="cloudspace degraded" pair=prod side=secondary'
check "log: no longer" is_logged 1 info 'msg="cloudspace no longer degraded" pair=prod side=secondary'
check "log: a window and its end" is_logged 1 warn 'msg="maintenance window declared" .*reason=x ends='
check "log: its end" is_logged 1 info 'msg="maintenance window ended"'
check "log: nothing else changed" test "$(grep -cE 'state changed|status changed|degraded|window' "$log")" = 15
check "SIGTERM ends it, exit status 0" stop_daemon
finish
