#!/bin/bash
# hawatch tune: over the recording of an outage, what the combinations of some settings are worth, as a table, JSON,
# Markdown and a picture; with what an operator confirms, and what is wrong with files, settings and spans.
# usage: tune.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

folder=$scratch/state
file=$folder/$pair.rec
tune() { "$build/hawatch" tune "$@" >"$scratch/tune" 2>"$scratch/complaint"; }
exits() { # CODE ARGUMENT...
	local code
	tune "${@:2}"
	code=$?
	[ "$code" -eq "$1" ] || { echo "exit $code"; cat "$scratch/tune" "$scratch/complaint"; false; }
}
says() { grep -q -- "$1" "$scratch/tune" || { cat "$scratch/tune"; false; }; }
complains() { grep -q -- "$1" "$scratch/complaint" || { cat "$scratch/complaint"; false; }; }
json() { jq -e "$1" "$scratch/tune" >/dev/null || { cat "$scratch/tune"; false; }; }
settings() { # FALL: of the combinations with it
	printf '(.combinations[] | select(.settings["poll.fall"] == %s))' "$1"
}

start_sim
mkdir -m 700 "$folder"
printf 'state_directory: %s\nrecord:\n  enabled: true\n' "$folder" >>"$config"
start_daemon
reaches "at first" ACTIVE
let_pass 61000
check "before an outage: shown" exits 0 "$file"
check "before an outage: what is known" says '^without an outage only false BLOCKED is known'
check "before an outage: no picture" exits 2 "$file" --plot "$scratch/none.svg"
check "before an outage: why" complains '^hawatch: --plot: no outage'
begin=$(date -u -d "@$(now_s)" +%FT%TZ)
play $two nodes=0
reaches "an outage" BLOCKED_SECONDARY_UNAVAILABLE UP/serving DOWN/no_capacity
let_pass 5000
play $two nodes=10
reaches "it is over" ACTIVE
let_pass 20000
end=$(date -u -d "@$(now_s)" +%FT%TZ)
stop_daemon

check "a table" exits 0 "$file" --set poll.fall=1,3,10 --set poll.rise=2
check "a table: of the pair" says "^pair $pair, recorded from "
check "a table: the reference" says '^beside 1 span of BLOCKED by the most patient settings:$'
check "a table: the present settings are marked" says '^\*  *200ms  *3  *2  *1s .*s  *0  *0  *[1-9][0-9]*$'
check "a table fits 80 columns" awk 'length > 80 { print; bad = 1 } END { exit bad }' "$scratch/tune"
check "JSON" exits 0 "$file" --set poll.fall=1,3,10 --set poll.rise=2 --set poll.interval=200ms --set poll.unreachable_for=1s -o json
check "JSON: three combinations" json '.combinations | length == 3'
check "JSON: a larger fall is later" json "[$(settings 1), $(settings 3), $(settings 10)] |
	map(.detection_median_seconds) | .[0] == 0 and .[1] > .[0] and .[2] > .[1]"
check "JSON: nothing is false or missed" json '[.combinations[] | .false_blocked + .missed_blocked] | add == 0'
check "Markdown" exits 0 "$file" --set poll.fall=3 -o markdown
check "Markdown: a table" says '^| now | 200ms | 3 | 2 | 1s | '
check "a span that is confirmed" exits 0 "$file" --confirmed "$begin/$end,secondary" --set poll.fall=3,100 -o json
check "a span that is confirmed: it is the reference" json '.is_confirmed and (.reference | length == 1)'
check "a span that is confirmed: it is missed by too large a fall" json "all($(settings 100); .missed_blocked == 1) and
	all($(settings 3); .missed_blocked == 0)"
check "another side is confirmed" exits 0 "$file" --confirmed "$begin/$end,primary" --set poll.fall=3 -o json
check "another side is confirmed: both wrong" json 'all(.combinations[]; .missed_blocked == 1 and .false_blocked == 1)'
printf '# the outage\n\n%s/%s\n' "$begin" "$end" >"$scratch/spans"
check "a file of spans" exits 0 "$file" --confirmed-file "$scratch/spans" -o json
check "a file of spans: they are the reference" json '.is_confirmed and .reference[0].side == null'
check "a picture" exits 0 "$file" --plot "$scratch/tune.svg"
check "a picture: of this" grep -q '^<svg .*role="img"' "$scratch/tune.svg"
check "a picture does not take another's place" exits 2 "$file" --plot "$scratch/tune.svg"
check "present settings that are left out" exits 0 "$file" --set poll.fall=9
check "present settings that are left out: said so" says '^the present settings are not among'
check "all combinations" exits 0 "$file" --all
check "all combinations: no row is left out" test "$(grep -c '^[ *] .*s  *[0-9]' "$scratch/tune")" -gt 30
check "a shorter interval" exits 0 "$file" --set poll.interval=100ms,200ms
check "a shorter interval: left out" says '^left out: 1 of poll.interval, shorter than the recorded one of 200ms$'

head -c $(($(stat -c %s "$file") - 3)) "$file" >"$scratch/cut.rec"
check "a cut file: what could be read" exits 3 "$scratch/cut.rec"
check "a cut file: where" complains 'cut.rec: byte [0-9]*: the last block is cut; passed over, with [1-9]'
: >"$scratch/empty.rec"
check "an empty file" exits 2 "$scratch/empty.rec"
check "an empty file: said so" complains 'not a recording of hawatchd: it is empty'
check "no recording" exits 2 "$config"
check "no recording: said so" complains 'not a recording of hawatchd'
check "a key that is none" exits 2 "$file" --set poll.fal=3
check "a key that is none: those that are" complains 'expected KEY=VALUE,VALUE with one of poll.interval'
check "a value out of its bounds" exits 2 "$file" --set poll.fall=3,101
check "a value out of its bounds: the bounds" complains 'poll.fall: `101`; expected a whole number from 1 to 100'
check "only shorter intervals" exits 2 "$file" --set poll.interval=100ms
check "only shorter intervals: why" complains 'shorter than the recorded one'
check "only what hawatchd would refuse" exits 2 "$file" --set poll.unreachable_for=10ms
check "only what hawatchd would refuse: why" complains 'expected more than poll.own_network_window'
check "too many" exits 2 "$file" --set poll.fall=1,2,3,4,5,6,7,8,9 --set poll.rise=1,2,3,4,5,6,7,8,9
check "too many: how many" complains 'expected at most 512'
check "a span that is none" exits 2 "$file" --confirmed yesterday
check "a span that is none: what is one" complains 'expected FROM/TO or FROM/TO,SIDE'
check "a span beside the recording" exits 2 "$file" --confirmed 2001-01-01T00:00:00Z/2001-01-01T00:01:00Z
check "a span beside the recording: said so" complains 'is not in the recording'
echo never >"$scratch/spans"
check "a line that is no span" exits 2 "$file" --confirmed-file "$scratch/spans"
check "a line that is no span: where" complains 'spans:1: `never`'
check "no daemon is asked, so none is named" exits 2 "$file" --url http://127.0.0.1:1
finish
