#!/bin/bash
# What Grafana shows of the dashboards: value mappings, thresholds, units, tables and links, by Grafana's own code for
# fields (the npm package @grafana/data). Not part of `make test`, because it needs npm's registry once.
# usage: render.sh BUILD_FOLDER
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
. tests/dashboards/page.sh
require jq node npm
packages=${1:-build}/grafana
readonly version=11.6.4 # of Grafana

if [ "$(jq -r .version "$packages/node_modules/@grafana/data/package.json" 2>/dev/null)" != "$version" ]; then
	mkdir -p "$packages"
	echo '{"private": true}' >"$packages/package.json"
	npm install --prefix "$packages" --no-save --ignore-scripts --no-audit --no-fund "@grafana/data@$version" >"$scratch/npm" 2>&1 ||
		{ echo "$0: npm cannot install @grafana/data $version:" >&2; tail -n 5 "$scratch/npm" >&2; exit 1; }
fi
NODE_PATH=$packages/node_modules node tests/dashboards/render.js "$PWD/dashboards" "$(expected)"
