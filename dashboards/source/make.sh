#!/bin/bash
# Writes the dashboards, each from its table. usage: make.sh [FOLDER]    (dashboards)
# The colours come from the status page, and the names of the alerts from the rules.
set -eu
cd "$(dirname "$0")/../.."
palette=$(grep -oE -- '--(good|bad|wait|blind|off):#[0-9a-f]{6}' lib/render/page_style.c | head -n 5 | # of light ground: they stand on both
	jq -R 'ltrimstr("--") | split(":") | {(.[0]): .[1]}' | jq -cs add)
alerts=$(sed -n 's/^ *- alert: //p' config/prometheus/*.rules.yml | sort -u | jq -R . | jq -cs .)
for name in pair fleet monitor; do
	jq -n --tab --argjson palette "$palette" --argjson alerts "$alerts" \
		"$(cat dashboards/source/{grafana,$name}.jq)" >"${1:-dashboards}/hawatch-$name.json"
done
