#!/bin/bash
# The Grafana dashboards as they are committed: made from their tables, in the form that Grafana's linter asks for, in
# the words and colours of the status page; and each exported metric has its place. Needs jq only.
# usage: check.sh [FOLDER]
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
. tests/dashboards/page.sh
require jq
folder=${1:-dashboards}

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
