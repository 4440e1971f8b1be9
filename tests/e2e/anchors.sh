#!/bin/bash
# Anchors: independent endpoints that vouch for our own network when Spot and both clusters fall silent together.
# usage: anchors.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

# Another simulator's control endpoint is an HTTP server that knows nothing of the pair. Its port is below those that
# the kernel gives to clients: nobody takes it while the anchor is dead.
start_anchor() { # PORT
	rm -f "$scratch/anchor/control.url"
	inside "$build/hawatch-sim" --dir "$scratch/anchor" --control-port="$1" >"$scratch/anchor.log" 2>&1 &
	anchor_pid=$!
	servers+=("$anchor_pid")
	until_true anchor_has_begun
	test -s "$scratch/anchor/control.url"
}
anchor_has_begun() { [ -s "$scratch/anchor/control.url" ] || is_gone "$anchor_pid"; }
stop_anchor() {
	kill "$anchor_pid"
	until_true is_gone "$anchor_pid"
}

mended() {
	everybody fault=none
	reaches "$1, mended" ACTIVE
}

mkdir -p "$scratch/anchor"
begin_world # the anchor is one of it: none that answers late
for try in {1..20}; do start_anchor $((10000 + RANDOM % 20000)) && break; done
anchor=$(cat "$scratch/anchor/control.url") || give_up "no anchor" "$scratch/anchor.log"
start_sim
sed -i "s|^poll:\$|&\n  anchors: [\"$anchor\"]|" "$config"
start_daemon
reaches "with an anchor" ACTIVE
check "the anchor is asked" eventually is_above 3 ha_polls_total source=anchors
check "any status is an answer" test "$(sum ha_poll_errors_total source=anchors)" -eq 0

# Without an anchor nobody would be left to say that the network works (faults.sh).
everybody fault=stall
reaches "everybody is silent, the anchor lives" BLOCKED_BOTH_UNAVAILABLE DOWN/unreachable DOWN/unreachable
mended "everybody was silent"

before=$(blocked_transitions)
stop_anchor
check "the anchor dies: told" eventually logged 'msg="poll failed" source=anchors reason=connect'
everybody fault=stall
reaches "the anchor is dead too" UNKNOWN UNKNOWN/no_evidence UNKNOWN/no_evidence
check "the anchor is dead too: never BLOCKED" is_never_blocked "$before"
mended "the anchor was dead too"

# An anchor that nobody we trust vouches for may be anybody, a captive portal for one.
start_anchor "${anchor##*:}" || give_up "no anchor again" "$scratch/anchor.log"
check "the anchor lives again: told" eventually logged 'msg="poll succeeds again" source=anchors'
spot_url=$(sed -n 's/^  api_url: //p' "$config")
sed -i "s|anchors: .*|anchors: [\"$spot_url/\"]|" "$config"
reload
check "an anchor of an unknown CA: told" eventually logged 'msg="poll failed" source=anchors reason=tls'
play '*' fault=stall
play auth fault=stall
play spot fault=reset
reaches "an anchor of an unknown CA vouches for nothing" UNKNOWN UNKNOWN/no_evidence UNKNOWN/no_evidence
check "an anchor of an unknown CA: never BLOCKED" is_never_blocked "$before"
check "SIGTERM ends it, exit status 0" stop_daemon
finish
