#!/bin/bash
# What config/kubernetes gives to an API server, against the schema of Kubernetes and of the Prometheus Operator, which npm
# brings. Not part of `make test`, because it needs npm's registry once; without it, it says so and checks nothing.
# usage: schema.sh BUILD_FOLDER
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
. tests/kubernetes/lib.sh
require kubectl jq node npm
packages=$(realpath "${1:-build}")/schemas
readonly wanted=(kubernetes-models@5.1.0 @kubernetes-models/prometheus-operator@6.0.0 typescript@5.9.3)

if [ "$(cat "$packages/installed" 2>"$scratch/none")" != "${wanted[*]}" ]; then
	mkdir -p "$packages"
	echo '{"private": true}' >"$packages/package.json"
	npm install --prefix "$packages" --no-save --ignore-scripts --no-audit --no-fund "${wanted[@]}" >"$scratch/npm" 2>&1 ||
		{ echo "skip: npm cannot install ${wanted[*]}: $(tail -n 1 "$scratch/npm")"; echo "0 passed, 0 failed"; exit 0; }
	echo "${wanted[*]}" >"$packages/installed"
fi
cp tests/kubernetes/schema.mjs "$packages/"

# against_schema < OBJECTS: prints the mistakes.
against_schema() {
	jq -s . | (cd "$packages" && node schema.mjs objects.ts) && (cd "$packages" &&
		node_modules/.bin/tsc --noEmit --strict --skipLibCheck --module nodenext --target es2022 objects.ts | sed -E 's/^objects\.ts//')
}
# One base with each mistake, named by it.
mistaken() {
	objects base | jq 'select(.kind == "StatefulSet") | (.metadata.name = "spelling" | .spec.minReadySecond = 1),
		(.metadata.name = "type" | .spec.replicas = "2"), (.metadata.name = "missing" | del(.spec.selector)),
		(.metadata.name = "word" | .spec.podManagementPolicy = "Serial")'
}

check "every object is read" eval 'objects "${folders[@]}" >"$scratch/json"'
check "all of them are as the schema wants them" no_lines against_schema <"$scratch/json"
mistaken | against_schema >"$scratch/mistakes"
check "a field that does not exist is found" grep -q "minReadySecond.* does not exist" "$scratch/mistakes"
for kind in type missing word; do
	check "a mistake is found: $kind" grep -q "^StatefulSet $kind: " "$scratch/mistakes"
done
finish
