#!/bin/bash
# A recording: an outage, over SIGKILL and a restart, is replayed without a difference; with another setting it comes
# later; and a file that is cut, damaged, or no recording is named.
# usage: replay.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

folder=$scratch/state
file=$folder/$pair.rec
replay() { "$build/hawatch" replay "$@" >"$scratch/replay" 2>"$scratch/complaint"; }
exits() { # CODE ARGUMENT...
	local code
	replay "${@:2}"
	code=$?
	[ "$code" -eq "$1" ] || { echo "exit $code"; cat "$scratch/replay" "$scratch/complaint"; false; }
}
says() { grep -q -- "$1" "$scratch/replay" || { cat "$scratch/replay"; false; }; }
complains() { grep -q -- "$1" "$scratch/complaint" || { cat "$scratch/complaint"; false; }; }

start_sim
mkdir -m 700 "$folder"
printf 'state_directory: %s\nrecord:\n  enabled: true\n' "$folder" >>"$config"
start_daemon
reaches "at first" ACTIVE
play $two nodes=0
reaches "an outage" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
check "a block is written each minute" eventually test -s "$file"
let_pass 61000
kill_daemon
check "after SIGKILL: no difference" exits 0 "$file"
check "after SIGKILL: the outage is there" says '^  .* status BLOCKED_SECONDARY_UNAVAILABLE$'
check "lines fit 80 columns" awk 'length > 80 { print; bad = 1 } END { exit bad }' "$scratch/replay"
start_daemon
reaches "after the restart" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
play $two nodes=10
reaches "it is over" ACTIVE
stop_daemon
check "the file is ours alone" test "$(stat -c %a "$file")" = 600
check "over a restart: no difference" exits 0 "$file"
check "the restart is told" says '^  .* hawatchd started: BLOCKED_SECONDARY_UNAVAILABLE$'
check "the end, which was not a minute ago" says '^  .* status ACTIVE$'
check "with another setting: a difference" exits 1 "$file" --set poll.fall=10
check "the outage comes later" test "$(grep -m 1 '^- .* secondary DOWN' "$scratch/replay" | cut -c 3-26)" \< \
	"$(grep -m 1 '^+ .* secondary DOWN' "$scratch/replay" | cut -c 3-26)"
check "JSON: the same" exits 1 "$file" --set poll.fall=10 -o json
check "JSON: the first difference" jq -e '.first_difference != null and .damaged_places == 0' "$scratch/replay"
check "it holds no secret" without_secrets "$file"

replay "$file"
page=$(grep -m 1 'status BLOCKED_SECONDARY' "$scratch/replay" | cut -c 3-26)
check "explained at the moment of the page" exits 0 "$file" --explain "$page"
check "explained: the status" says "^pair $pair at .*: BLOCKED_SECONDARY_UNAVAILABLE\$"
check "explained: the cell" says 'Kubernetes says `no_capacity`: DOWN (no_capacity), hard evidence$'
check "explained: why not UP" says 'UP would need hard evidence, `serving`, `denied`:$'
check "explained: lines fit 80 columns" awk 'length > 79 { print; bad = 1 } END { exit bad }' "$scratch/replay"
check "explained with another setting" exits 0 "$file" --explain "$page" --set poll.fall=10
check "explained with another setting: it waits" says 'counted: 3 in a row of 10 needed$'
check "explained: JSON" exits 0 "$file" --explain "$page" -o json
check "explained: JSON says the same" jq -e '.sides[1] | .kubernetes == "no_capacity" and .state == "DOWN"' "$scratch/replay"
check "explained: Markdown" exits 0 "$file" --explain "$page" -o markdown
check "explained: Markdown has headings" says '^### secondary .*: DOWN (no_capacity)$'
check "a time before the recording" exits 2 "$file" --explain 2026-01-01T00:00:00Z
check "a time before the recording: said so" complains 'is before the recording, which goes from'
check "not a time" exits 2 "$file" --explain noon
check "not a time: what is" complains 'expected a time such as'

head -c $(($(stat -c %s "$file") - 3)) "$file" >"$scratch/cut.rec"
check "a cut file: what could be read" exits 3 "$scratch/cut.rec"
check "a cut file: where" complains 'cut.rec: byte [0-9]*: the last block is cut; passed over, with [1-9]'
{ echo damage; cat "$file"; } >"$scratch/damaged.rec"
check "a damaged file: what could be read" exits 3 "$scratch/damaged.rec"
check "a damaged file: where" complains 'damaged.rec: byte 0: no block of a recording begins here; passed over'
check "no recording" exits 2 "$config"
check "no recording: said so" complains 'not a recording of hawatchd'
check "a wrong setting" exits 2 "$file" --set poll.fall=0
check "settings that do not fit each other" exits 2 "$file" --set poll.stale_after=1h --set poll.unreachable_for=1h
check "settings that do not fit each other: why" complains 'poll.stale_after is 1h; expected more than poll.unreachable_for'
check "times in the wrong order" exits 2 "$file" --from 2026-11-23T20:00:01Z --to 2026-11-23T20:00:00Z
check "times in the wrong order: said so" complains "is before --from"
check "no daemon is asked, so none is named" exits 2 "$file" --url http://127.0.0.1:1
check "a wrong setting, again" exits 2 "$file" --set poll.fall=0
check "a wrong setting: the bounds" complains 'expected a whole number from 1 to 100'
finish
