#!/bin/bash
# Shards: daemons with one configuration divide its pairs; each pair has one daemon, and every other one says which. A
# reload that changes the number of shards moves few pairs, and what stays loses nothing.
# usage: shards.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

readonly pairs=12
names() { seq -f 'pair-%g' 1 "$pairs"; }
# configure FILE SHARD_LINE: all pairs watch the same two cloudspaces.
configure() {
	{
		sed '/^pairs:/,$d' "$sim/hawatch.yaml"
		printf '%s\npairs:\n' "$2"
		names | while read -r name; do
			echo "  - name: $name"
			sed -n '/^ *primary:/,$p' "$sim/hawatch.yaml"
		done
	} >"$1.new"
	mv "$1.new" "$1"
}
config_check() { HAWATCH_SHARD=${1-} "$build/hawatchd" --config.check --config.file="$config" 2>&1; }
held() { "$asker" get "$url/metrics" | sed -n 's/^ha_up{pair="\([^"]*\)".*/\1/p' | sort; }
holds() { diff <(held) <(printf '%s\n' "$@" | sort); }
# at PATH: status of HTTP, kind and text of the error.
at() { curl -sS -o "$scratch/answer" -w '%{http_code}' "$url$1" && jq -r '" \(.kind) \(.error)"' "$scratch/answer"; }
gives() { [ "$1" = "$2" ] || { echo "$1"; false; }; }
exits() { # CODE COMMAND...
	"${@:2}"
	[ $? -eq "$1" ]
}
hawatch() { flowing "$build/hawatch" --socket="$socket" "$@"; }
since() { value ha_cloudspace_state_since_timestamp_seconds "pair=$1" side=primary; }
transitions() { sum ha_cloudspace_state_changes_total "pair=$1"; }

checks() {
	local shard sum=0 line
	configure "$config" 'shard: {count: 3}'
	for shard in 0 1 2; do
		line=$(config_check "hawatch-$shard" | tail -n 1)
		check "shard $shard: --config.check says how many pairs it has" \
			[ -z "${line##"$config: shard $shard of 3 (counted from 0) watches "*" of $pairs pairs"}" ]
		sum=$((sum + $(grep -oP '(?<=watches )[0-9]+' <<<"$line")))
	done
	check "together they have each pair once" [ "$sum" -eq "$pairs" ]
	check "the shard is not known: refused" exits 2 config_check
	check "the shard is not known: what to do" grep -qF 'shard.index: missing, and shard.count is 3; set it, or HAWATCH_SHARD' <(config_check)
	check "no such shard: refused" exits 2 config_check hawatch-3
	check "no number: refused" grep -qF 'HAWATCH_SHARD: `hawatch`; expected a number' <(config_check hawatch)
}

# The names that each of three daemons has; the hash never changes, so they stand here.
one_daemon() {
	local of there
	HAWATCH_SHARD=hawatch-1 start_daemon
	pair=$(held | head -n 1)
	# shellcheck disable=SC2046 # names are words
	check "shard 1 of 3 has its pairs" holds $(in_shard 1)
	reaches "one of them is watched" ACTIVE
	there=$(in_shard 2 | head -n 1)
	check "a pair of shard 2: which shard has it" gives "$(at "/api/v1/summary?pair=$there")" \
		"421 pair_elsewhere pair \`$there\` is watched by shard 2 of 3 (counted from 0), and this is shard 1"
	check "hawatch: the same, with the remedy" gives "$(hawatch status --pair "$there" 2>&1)" \
		"hawatch: pair \`$there\` is watched by shard 2 of 3 (counted from 0), and this is shard 1; ask that one, with --url or in its pod"
	check "hawatch: a wrong daemon is a wrong command line" exits 2 hawatch status --pair "$there"
	check "a window is not begun elsewhere" exits 2 hawatch maintenance begin primary --pair "$there" --for 1h --reason test
	check "an unknown pair is none" gives "$(at '/api/v1/summary?pair=nowhere' | cut -d ' ' -f 1,2)" "404 no_such_pair"
	check "the log says what it watches" logged "watching the pairs of one shard.* shard=1 shards=3 pairs=$(held | wc -l) "
	check "there is no series of another shard's pair" eval '! grep -F "pair=\"$there\"" "$scratch/metrics"'
}
in_shard() { names | while read -r name; do [ "$(shard_of "$name")" != "$1" ] || echo "$name"; done; }
# shard_of NAME: what a daemon of another shard says, for lack of another authority; the unit test has the vectors.
shard_of() { awk -v name="$1" '$1 == name { print $2 }' "$scratch/map"; }
make_map() { # COUNT
	local shard port
	for ((shard = 0; shard < $1; shard++)); do
		HAWATCH_SHARD=$shard start_daemon
		held | sed "s/\$/ $shard/"
		stop_daemon
	done
}

reloads() { grep -c 'msg="configuration reloaded"' "$log"; }
has_reloaded() { [ "$(reloads)" -gt "$1" ]; }
reloaded() {
	local before
	before=$(reloads)
	reload
	check "$1" eventually has_reloaded "$before"
}
# A shard more: what stays keeps its state and counters, what moves is named.
one_shard_more() {
	local stays was moved
	stays=$(comm -12 <(in_shard 1 | sort) <(awk '$2 == 1 { print $1 }' "$scratch/map.4" | sort))
	moved=$(comm -23 <(in_shard 1 | sort) <(awk '$2 == 1 { print $1 }' "$scratch/map.4" | sort))
	check "shard 1 keeps pairs when there is a fourth shard" [ -n "$stays" ]
	pair=${stays%%$'\n'*}
	play $one nodes=0
	reaches "a pair that stays is in an outage" BLOCKED_PRIMARY_UNAVAILABLE DOWN/no_capacity
	was="$(since "$pair") $(transitions "$pair")"
	configure "$config" 'shard: {count: 4}'
	reloaded "a fourth shard: reloaded"
	check "a fourth shard: it has the pairs that stay, and no other" holds $stays
	check "a fourth shard: what stays keeps state, time and counters" gives "$(since "$pair") $(transitions "$pair")" "$was"
	for name in $moved; do
		check "a fourth shard: the log names where $name is now" logged "watched by another shard.* pair=$name shard=3"
	done
	configure "$config" 'shard: {count: 1}'
	reload
	check "one shard only, and this is shard 1: refused, and the old one stays" \
		eventually logged 'not reloaded.*less than shard.count, which is 1'
	check "one shard only: it still has its pairs" holds $stays
}

# More shards than pairs: a daemon without a pair lives, and says so.
no_pair() {
	local shard
	configure "$config" 'shard: {count: 40}'
	for ((shard = 0; shard < 40; shard++)); do
		! config_check $shard | grep -q "watches 0 of" || break
	done
	HAWATCH_SHARD=$shard start_daemon
	check "a shard without pairs is ready" eventually curl -sS -f -o "$scratch/ready" "$url/readyz"
	check "a shard without pairs: /metrics" scrape
	check "a shard without pairs: the page" curl -sS -f -o "$scratch/page" "$url/"
	check "a shard without pairs: hawatch says why" gives "$(hawatch status 2>&1)" \
		"hawatch: there is no pair here: all are watched by other shards, and this is shard $shard of 40"
	check "a shard without pairs: the page says which shard it is" grep -qF "$shard of 40, counted from 0" "$scratch/page"
	check "SIGTERM ends it, exit status 0" stop_daemon
}

start_sim
config=$scratch/hawatch.yaml
checks
configure "$config" 'shard: {count: 4}'
make_map 4 >"$scratch/map.4"
configure "$config" 'shard: {count: 3}'
make_map 3 >"$scratch/map"
check "three daemons have each pair once" diff <(cut -d ' ' -f 1 "$scratch/map" | sort) <(names | sort)
one_daemon
one_shard_more
check "SIGTERM ends it, exit status 0" stop_daemon
no_pair
finish
