#!/bin/bash
# Bad answers: cut, empty, endless, dripping, of wrong types, not JSON, refused, redirected. Each is told
# for what it is, none of them takes a side down, and all is well when they end.
# usage: faults.sh [BUILD_FOLDER]
set -u
# What a sanitizer keeps of what was freed would hide how much was held at once.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=16
. "$(dirname "$0")/lib.sh"
require openssl

# Many pairs at once, and so less hurry.
fast=('interval: 500ms' 'spot_interval: 500ms' 'confirm_interval: 100ms' 'timeout: 3s'
	'unreachable_for: 1500ms' 'own_network_window: 1s' 'stale_after: 9s')

readonly held='UNKNOWN UNKNOWN/no_evidence UP/serving' # by then; before that, what was known holds
readonly denied='ACTIVE UP/credential_denied UP/serving'

# What the primary of one pair answers, why its node list then counts as failed, and what stands in
# the end. The last two lines are no faults of the simulator, but of the kubeconfig.
readonly answers='
truncate:300|parse|held
garbage|parse|held
drip|timeout|held
redirect|http_3xx|held
token=revoked|auth|denied
certificate of another authority|tls|held
name that does not resolve|dns|held'

# The same of Spot, of which nothing depends while Kubernetes answers: one of each kind that the network makes. Their
# other answers, and those of the token endpoint, are in tests/dst/outages.
readonly spot_answers='
truncate:300|parse
drip|timeout
reset|connect
redirect|http_3xx
status:503|http_5xx'
readonly auth_answers='
stall|timeout
redirect|http_3xx
status:403|auth'

each_answer() { grep . <<<"$1"; }

# use_pair INDEX: the one that is asked about, and the cloudspace of its primary.
use_pair() {
	pair=prod primary=$one
	[ "$1" -eq 1 ] || pair=prod-$1 primary=$one-$((2 * $1 - 1))
}

# with_cluster SED_SCRIPT: in the kubeconfig's entry of $primary, which every poll reads anew.
with_cluster() {
	sed "/^- name: $primary\$/,/server:/{$1}" "$sim/kubeconfig" >"$sim/kubeconfig.new" &&
		mv "$sim/kubeconfig.new" "$sim/kubeconfig"
}

break_primary() {
	case $1 in
	certificate*)
		openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=another" -days 2 \
			-keyout "$scratch/key" -out "$scratch/other-ca" 2>"$scratch/openssl" ||
			give_up "no certificate" "$scratch/openssl"
		with_cluster "s/\(authority-data: \).*/\1$(base64 -w 0 "$scratch/other-ca")/"
		;;
	name*) with_cluster 's,server: .*,server: https://nowhere.invalid:6443,' ;;
	*=*) play "$primary" "$1" ;;
	*) play "$primary" "fault=$1" ;;
	esac
}

# Whatever was counted while it lasted has this reason.
is_counted_as() {
	local of=(source=nodes side=primary "pair=$pair") errors
	errors=$(sum ha_poll_errors_total "${of[@]}" "reason=$1") && [ "$errors" -gt 0 ] &&
		[ "$errors" -eq "$(sum ha_poll_errors_total "${of[@]}")" ] ||
		{ value ha_poll_errors_total "${of[@]}" >"$scratch/value"; grep "$pair.*primary.*nodes.* [1-9]" "$scratch/metrics"; false; }
}

# All of them at once, each on a pair of its own.
kubernetes_answers() {
	local answer reason left i=0
	while IFS='|' read -r answer _; do
		use_pair $((++i))
		break_primary "$answer"
	done < <(each_answer "$answers")
	i=0
	while IFS='|' read -r answer reason left; do
		use_pair $((++i))
		# shellcheck disable=SC2086 # three words
		check "Kubernetes, $answer: ${!left}" eventually as_expected ${!left}
		check "Kubernetes, $answer: counted as $reason" eventually is_counted_as "$reason"
		check "Kubernetes, $answer: said in the log" logged "poll failed.*source=nodes pair=$pair side=primary reason=$reason"
	done < <(each_answer "$answers")
	check "Kubernetes: never BLOCKED, by none of them" is_never_blocked 0
	check "Kubernetes, redirect: not followed" [ "$(requests '*' /redirected)" -eq 0 ]
	cp "$scratch/kubeconfig" "$sim/kubeconfig"
	play '*' fault=none token=good rbac=good
	for ((i = 1; i <= pairs; i++)); do
		use_pair $i
		reaches "Kubernetes, all good again, $pair" ACTIVE
	done
	use_pair 1
}

is_spot_unread() { is 1 ha_cloudspace_phase pair=prod side=primary ha_cloudspace_phase=Unknown; }
all_serve() {
	is "$(yes 1 | head -n "$pairs")" ha_status ha_status=ACTIVE &&
		is "$(yes 1 | head -n $((2 * pairs)))" ha_cloudspace_state_reason ha_cloudspace_state_reason=serving
}
is_one_more() { is_above "$1" ha_poll_errors_total "${@:2}"; }

# times_said PATTERN: in how many lines of the log.
times_said() { grep -cE "$1" "$log"; }
is_said_again() { [ "$(times_said "$2")" -gt "$1" ] || { tail "$log"; false; }; }

# spot_answer TARGET ANSWER REASON SOURCE...
spot_answer() {
	local name="$1, $2" line="poll failed.*source=$4 reason=$3" source said
	local -A before
	for source in "${@:4}"; do before[$source]=$(sum ha_poll_errors_total source="$source" reason="$3"); done
	said=$(times_said "$line")
	play "$1" "fault=$2"
	for source in "${@:4}"; do
		check "$name: counted as $3 of $source" eventually is_one_more $((before[$source] + 1)) source="$source" reason="$3"
	done
	check "$name: said in the log" is_said_again "$said" "$line"
	check "$name: Spot has no say" eventually is_spot_unread
	check "$name: every side serves" all_serve
	said=$(times_said "poll succeeds again.*source=$4")
	play "$1" fault=none
	check "$name: over" eventually is_said_again "$said" "poll succeeds again.*source=$4"
}

spot_answers() {
	local answer reason
	while IFS='|' read -r answer reason; do
		spot_answer spot "$answer" "$reason" cloudspaces nodepools
		check "spot is read again" eventually is 1 ha_cloudspace_phase pair=prod side=primary ha_cloudspace_phase=Ready
	done < <(each_answer "$spot_answers")
	check "spot, redirect: not followed" [ "$(requests spot /redirected)" -eq 0 ]

	play spot token=revoked # so that the token endpoint is asked in every round
	while IFS='|' read -r answer reason; do
		spot_answer auth "$answer" "$reason" token
	done < <(each_answer "$auth_answers")
	check "auth, redirect: not followed" [ "$(requests auth /redirected)" -eq 0 ]
	play spot token=good
	check "spot is read again" eventually is 1 ha_cloudspace_phase pair=prod side=primary ha_cloudspace_phase=Ready
	check "Spot: never BLOCKED, by none of them" is_never_blocked 0
}

# The allowance is less than what one endless body brings until it is given up.
peak_kb() { awk '/^VmHWM/ { print $2 }' "/proc/$daemon/status"; }
is_bounded() {
	local peak
	peak=$(peak_kb)
	[ "$peak" -le $(($1 + 60000)) ] || { echo "peak $peak kB, before: $1 kB"; false; }
}
huge_errors() { sum ha_poll_errors_total "$@" reason='(too_large|timeout)'; }
has_huge_errors() { [ "$(huge_errors "${@:2}")" -gt "$1" ]; }

# An endless body: too much or too slow, whichever comes first, and never kept. Of Kubernetes in the fault catalogue.
endless() {
	local before peak
	peak=$(peak_kb)
	before=$(huge_errors source=cloudspaces)
	play spot fault=huge
	check "spot, huge: counted" eventually has_huge_errors $((before + 1)) source=cloudspaces
	check "spot, huge: Spot has no say" eventually is_spot_unread
	check "spot, huge: memory stays bounded" is_bounded "$peak"
	play spot fault=none
	check "spot, huge no more" eventually all_serve
	check "huge: never BLOCKED" is_never_blocked 0
}

# The counter that all of this rests on does count.
counted() {
	play $one fault=refuse
	reaches "an API server that is gone indeed" BLOCKED_PRIMARY_UNAVAILABLE DOWN/unreachable UP/serving
	check "an API server that is gone indeed: BLOCKED is counted" is_never_blocked 1
	play $one fault=none
	reaches "and back" ACTIVE
}

pairs=$(each_answer "$answers" | wc -l)
start_sim --pairs "$pairs" --nodes 3
cp "$sim/kubeconfig" "$scratch/kubeconfig"
start_daemon
check "$pairs pairs are ACTIVE" eventually all_serve
kubernetes_answers
spot_answers
endless
counted
check "secrets: not in the log" without_secrets "$log"
check "every line of the log is logfmt" is_logfmt
check "SIGTERM ends it, exit status 0" stop_daemon
finish
