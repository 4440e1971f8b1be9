#!/bin/bash
# The Grafana dashboards as they are committed: made from their tables, in the form that Grafana's linter asks for, in
# the words and colours of the status page; and each exported metric has its place. Needs jq only.
# usage: check.sh [FOLDER]
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
require jq
folder=${1:-dashboards}

# From the status page: the number, symbol and colour of each status and state, as recorded by the rules.
from_page() {
	local look=lib/render/page_style.c
	grep -oE -- '--(good|bad|wait|blind):#[0-9a-f]{6}' "$look" | sed 's/^--/colour /; s/:/ /' | head -n 4
	sed -nE 's/^\s+\[([A-Z_]+)\] = \{"([a-z]+)", "(.+)"\},$/word \1 \2 \3/p' "$look"
}
expected() {
	from_page | jq -cR '[splits(" ")]' | jq -cs '
		({HA_UNKNOWN: 0, HA_DISABLED: 1, HA_ACTIVE: 2, HA_BLOCKED_PRIMARY_UNAVAILABLE: 3, HA_BLOCKED_SECONDARY_UNAVAILABLE: 4,
			HA_BLOCKED_BOTH_UNAVAILABLE: 5}) as $status
		| ({UNKNOWN: 0, UP: 1, MAINTENANCE: 2, PROVISIONING: 3, DOWN: 4}) as $state
		| (map(select(.[0] == "colour") | {(.[1]): .[2]}) | add) as $colours
		| map(select(.[0] == "word")) as $words
		| def words($codes): [$words[] | select($codes[.[1]] != null) | "\($codes[.[1]]) \(.[3]) \($colours[.[2]])"];
		{$colours, statuses: words($status), states: words($state)}'
}

is_up_to_date() {
	mkdir "$scratch/made" && dashboards/source/make.sh "$scratch/made" &&
		diff -r --brief --exclude=source --exclude=provisioning.yaml "$folder" "$scratch/made" ||
		{ echo "run make dashboards"; false; }
}

lint() {
	jq -rs --argjson expected "$(expected)" -f tests/dashboards/lint.jq "$folder"/hawatch-*.json >"$scratch/wrong"
}
broken() { grep -F "$1: " "$scratch/wrong" || true; }

# Each metric that hawatchd exports, by the test that knows all of them.
exported() { sed -n '/^static const char \*const families/,/};/p' tests/unit/test_metrics.c | grep -oE '"[a-z_0-9]+"' | tr -d '"' | sort -u; }
used() {
	{ jq -r '.. | objects | .expr? // empty' "$folder"/hawatch-*.json && sed 's/#.*//' config/prometheus/*.rules.yml; } |
		grep -oE '\b(ha|process)_[a-z0-9_]+' | sed -E 's/_(bucket|sum|count)$//' | sort -u
}
diagnostics() { grep -v '^#' tests/dashboards/diagnostics | cut -f 1 | sort -u; }

check "the dashboards are made from their tables" is_up_to_date
check "the page has words for six statuses and five states" \
	[ "$(expected | jq -c '[.colours, .statuses, .states | length]')" = '[4,6,5]' ]
check "lint" lint
while read -r rule; do
	check "$rule" no_lines broken "$rule"
done < <(sed -nE 's/^\trule\("([^"]+)".*/\1/p; s/.*\| "(exceptions are needed): .*/\1/p' tests/dashboards/lint.jq)
check "all that is wrong is named above" [ "$(cut -d : -f 1 "$scratch/wrong" | sort -u | wc -l)" -eq 0 ]
check "there are $(exported | wc -l) metrics" [ "$(exported | wc -l)" -gt 80 ]
check "each metric is in a panel, a rule, or a list with the reason" no_lines comm -23 <(exported) \
	<({ used && diagnostics; } | sort -u)
check "what is in that list is exported and nowhere else" no_lines comm -3 <(diagnostics) \
	<(comm -12 <(diagnostics) <(comm -23 <(exported) <(used)))
check "each reason is given" no_lines awk -F '\t' '!/^#/ && (NF != 2 || length($2) < 20)' tests/dashboards/diagnostics
finish
