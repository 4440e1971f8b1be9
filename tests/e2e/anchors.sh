#!/bin/bash
# Anchors: independent endpoints that vouch for our own network when Spot and both clusters fall silent together.
# usage: anchors.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

# Another simulator's control endpoint is an HTTP server that knows nothing of the pair.
start_anchor() { # PORT; 0: any
	inside "$build/hawatch-sim" --dir "$scratch/anchor" --control-port="$1" >"$scratch/anchor.log" 2>&1 &
	anchor_pid=$!
	servers+=($anchor_pid)
	until_true test -s "$scratch/anchor/control.url" || give_up "no anchor" "$scratch/anchor.log"
	anchor=$(cat "$scratch/anchor/control.url")
}
stop_anchor() {
	kill "$anchor_pid"
	until_true is_gone "$anchor_pid"
	rm -f "$scratch/anchor/control.url"
}

logged_nothing_of_anchors() { polled 3 $one && ! grep source=anchors "$log"; }
everybody() {
	local target
	for target in '*' spot auth; do play "$target" "$@"; done
}
mended() {
	everybody fault=none
	reaches "$1, mended" ACTIVE
}

mkdir -p "$scratch/anchor"
start_anchor 0
start_sim
sed -i "s|^poll:\$|&\n  anchors: [\"$anchor\"]|" "$config"
start_daemon
reaches "with an anchor" ACTIVE
check "any status is an answer" eventually logged_nothing_of_anchors

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
start_anchor "${anchor##*:}"
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
