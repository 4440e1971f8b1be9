# Sourced by the groups of the fault catalogue: the rows of the table that are theirs, and what every row has
# in common: the fault begins, the verdict is met, the fault ends, all is well again; and at no instant
# was anything called BLOCKED that was not to be.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
. tests/e2e/lists.sh
readonly only_representative=${2-} group
table=tests/e2e/catalogue/table
tool=$build/test-tool
[ -x "$tool" ] || { echo "$0: no $tool; run make unit first" >&2; exit 2; }

# What the table says in one word.
readonly same='ACTIVE UP/serving UP/serving' # not a single transition
readonly again=$same                        # of a daemon that began anew
readonly held='UNKNOWN UNKNOWN/no_evidence UP/serving'
readonly blind='UNKNOWN UNKNOWN/no_evidence UNKNOWN/no_evidence'
readonly gone='BLOCKED_PRIMARY_UNAVAILABLE DOWN/unreachable UP/serving'
readonly denied='ACTIVE UP/credential_denied UP/serving'

declare -A before_line problem
pair=prod primary=$one secondary=$two

# rows: those of this group, of the representative ones if only these are asked for.
rows() {
	awk -F'|' -v group="$group" -v only="$only_representative" '
		/^#/ || NF < 8 { next }
		{ for (i = 1; i <= 8; i++) gsub(/^[ \t]+|[ \t]+$/, "", $i) }
		$2 == group && (only == "" || $3 == "*") { print $1 "|" $5 "|" $6 "|" $7 "|" $8 }' "$table"
}
# each_row FUNCTION: with $no, $fault, $inject, $expected and $told set.
each_row() {
	local no fault inject expected told word
	while IFS='|' read -r no fault inject expected told <&4; do
		word=$expected
		[[ $word == *[^a-z]* ]] || expected=${!word}
		"$1"
	done 4< <(rows)
}

# Of the values at the beginning of the row.
was() { (scrape() { cp "$scratch/before.$no" "$scratch/metrics"; } && sum "$@"); }
# more NAME [LABEL=VALUE]...: by how much it has grown since the row began.
more() { echo $(($(sum "$@") - $(was "$@"))); }
is_more() { [ "$(more "${@:2}")" -gt "$1" ] || { echo "${*:2}: $(more "${@:2}") more, expected over $1"; false; }; }
log_since() { tail -n +$((${before_line[$no]} + 1)) "$log"; }
said() { log_since | grep -qE -- "$1" || { echo "not in the log: $1"; false; }; }

# counted SOURCE REASON: so many polls failed that a verdict would have come of it, and for no other reason. Where nothing
# is to come of it the rounds are counted (has_polled). A slash stands between two reasons that are as good.
counted() {
	local of=("source=$1") all expected least=3
	set -- "$1" "${2//\//|}"
	case $1 in nodes) of+=("pair=$pair" side=primary) ;; esac
	[ "$word" != same ] || least=1
	all=$(more ha_poll_errors_total "${of[@]}")
	expected=$(more ha_poll_errors_total "${of[@]}" "reason=$2")
	[ "$expected" -ge $least ] && [ "$all" -eq "$expected" ] ||
		{ echo "$all polls of $1 failed, $expected of them as expected, which is $least at least"; false; }
}

# Five rounds of the primary and as many of Spot, whatever their answers.
has_polled() {
	is_more 5 ha_polls_total source=nodes "pair=$pair" side=primary && is_more 5 ha_polls_total source=cloudspaces
}

# soft: no sooner than unreachable_for after the last good answer, by the daemon's own time.
soft() {
	local good down least
	good=$(value ha_last_successful_poll_timestamp_seconds source=nodes "pair=$pair" side=primary)
	down=$(value ha_cloudspace_state_since_timestamp_seconds "pair=$pair" side=primary)
	least=$(sed -n 's/^  unreachable_for: \([0-9]*\)ms$/\1/p' "$config")
	awk -v good="$good" -v down="$down" -v least="$least" 'BEGIN {
		if (least > 0 && good > 0 && (down - good) * 1000 >= least) exit 0
		print "DOWN too soon: " (down - good) * 1000 " ms after the last good answer, expected " least
		exit 1
	}'
}

# Nothing but what is expected was ever called BLOCKED, by the counters and by the log.
is_honest() {
	local allowed=${expected%% *} lies
	case $allowed in
	BLOCKED_BOTH*) return ;; # the sides fall one after the other
	BLOCKED*) ;;
	*) allowed=none ;;
	esac
	lies=$(log_since | grep "HA status changed.*pair=$pair " | grep ' to=BLOCKED' | grep -v " to=$allowed ")
	[ -z "$lies" ] || { echo "false: $lies"; return 1; }
	lies=$(more ha_status_transitions_total "pair=$pair" 'to=BLOCKED[A-Z_]*')
	[ "$allowed" = none ] || lies=$((lies - $(more ha_status_transitions_total "pair=$pair" "to=$allowed")))
	[ "$lies" -eq 0 ] || { echo "false BLOCKED, $lies times"; return 1; }
	[ "$word" != same ] || [ "$(more ha_status_transitions_total "pair=$pair")" -eq 0 ] ||
		{ echo "the status changed"; log_since | grep "HA status changed.*pair=$pair "; false; }
}

# note_problem COMMAND...: the first that fails is the row's.
note_problem() {
	"$@" >"$scratch/problem" 2>&1 || [ -n "${problem[$no]-}" ] || problem[$no]="${*}: $(tail -n 8 "$scratch/problem")"
}

begin_row() {
	scrape
	cp "$scratch/metrics" "$scratch/before.$no"
	before_line[$no]=$(wc -l <"$log")
	problem[$no]=
	eval "$inject" || problem[$no]="could not be injected"
}
# begin_anew: another daemon has begun, its counters at zero and its log empty.
begin_anew() {
	scrape
	sed '/^#/!s/ [^ ]*$/ 0/' "$scratch/metrics" >"$scratch/before.$no"
	before_line[$no]=0
}
meet_row() {
	if [ "$word" = same ]; then
		note_problem eventually has_polled
	else # shellcheck disable=SC2086 # words
		note_problem eventually as_expected $expected
	fi
	[ -z "$told" ] || note_problem eventually eval "$told"
	# shellcheck disable=SC2086 # words
	note_problem as_expected $expected
	note_problem is_honest
	stands >"$scratch/found.$no"
}
# end_row: what broke is mended by now.
end_row() {
	# shellcheck disable=SC2086 # words
	note_problem eventually as_expected $same
	note_problem is_honest
	result
}
result() {
	local verdict=ok
	[ -z "${problem[$no]}" ] || verdict=FAILED
	printf '%s|%s|%s|%s|%s|%s\n' "$no" "$fault" "$expected" "$(cat "$scratch/found.$no" 2>/dev/null)" $verdict \
		"$(printf %s "${problem[$no]}" | tr '\n|' ' /')"
}
# skip_row WHY: it could not be tried here.
skip_row() { printf '%s|%s|%s|-|skipped|%s\n' "$no" "$fault" "$expected" "$1"; }

# One after the other; `mend` puts the world right.
one_row() {
	begin_row
	meet_row
	mend
	end_row
}

# with_poll KEY=VALUE...: in the poll section of the daemon's file.
with_poll() {
	local setting
	for setting; do sed -i "s/^  ${setting%%=*}: .*/  ${setting%%=*}: ${setting#*=}/" "$sim/hawatch.yaml"; done
}
# cut_connections: everybody hangs up, and takes calls again.
cut_connections() {
	everybody fault=refuse
	everybody fault=none
}
# The cluster's entry in the kubeconfig, which every poll reads anew: a sed script on it.
with_cluster() {
	sed "/^- name: $primary\$/,/server:/{$1}" "$sim/kubeconfig" >"$sim/kubeconfig.new" &&
		mv "$sim/kubeconfig.new" "$sim/kubeconfig"
}

# bodies LIST KIND: files of what may be wrong with a list; prints where they are.
bodies() {
	local list=$1 at=$scratch/body-$2 deep
	jq -c . "$list" >"$at-good"
	deep=$(jq -c '.items += [{metadata: {name: "deep"}, status: {}, x: "@"}]' "$list")
	{
		printf '%s' "${deep%%\"@\"*}"
		printf '[%.0s' {1..100000}
		printf ']%.0s' {1..100000}
		printf '%s' "${deep#*\"@\"}"
	} >"$at-deep"
	sed 's/"name":"/&\xff/' "$at-good" >"$at-utf8"
	sed 's/"spec":{/&"unschedulable":1e400,/; s/"desired":[0-9]*/"desired":1e400/' "$at-good" >"$at-1e400"
	jq -c 'del(.items[].status)' "$at-good" >"$at-no-status"
	sed 's/"metadata":{"name"/"metadata":{"name":"other","name"/; s/"metadata":{"/&name":"twice","/2' "$at-good" >"$at-twice"
	jq -c '(.items[].status.conditions[]? | select(.type == "Ready")).status = "Unknown"' "$at-good" >"$at-silent"
	jq -c '.items = []' "$at-good" >"$at-none"
	echo "$at"
}
