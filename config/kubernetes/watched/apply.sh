#!/bin/sh
# Applies what a watched cluster gets, and of its parts those whose namespace exists. Run it again when a namespace
# has been added. The options are kubectl's.
# usage: apply.sh [--context=NAME] [--kubeconfig=FILE] ...
set -eu
# Not by cd: the names of files among the options, and in KUBECONFIG, start at the folder of whoever calls.
here=$(dirname "$0")

# namespaces_of PART: those of its objects. kubectl reads the files, because YAML has quotes and comments.
namespaces_of() {
	objects=$(kubectl kustomize "$1") || return
	namespaces=$(printf '%s\n' "$objects" |
		kubectl annotate --local -f - read=yes -o 'jsonpath={.metadata.namespace}{"\n"}') || return
	[ -n "$namespaces" ] || {
		echo "$1kustomization.yaml: set \`namespace:\`" >&2
		return 1
	}
	printf '%s\n' "$namespaces" | sort -u
}

kubectl "$@" apply -k "$here"
for part in "$here"/*/; do
	namespaces=$(namespaces_of "$part")
	missing=
	for namespace in $namespaces; do
		found=$(kubectl "$@" get namespace "$namespace" --ignore-not-found -o name)
		[ -n "$found" ] || missing=$namespace
	done
	if [ -z "$missing" ]; then
		kubectl "$@" apply -k "$part"
	else
		echo "namespace $missing does not exist; left out: $(basename "$part")/"
	fi
done
