#!/bin/sh
# Applies what a watched cluster gets, and of its parts those whose namespace exists. Run it again when a namespace
# has been added. The options are kubectl's.
# usage: apply.sh [--context=NAME] [--kubeconfig=FILE] ...
set -eu
cd "$(dirname "$0")"
kubectl "$@" apply -k .
for part in */; do
	namespace=$(sed -n 's/^namespace: //p' "$part/kustomization.yaml")
	found=$(kubectl "$@" get namespace "$namespace" --ignore-not-found -o name)
	if [ -n "$found" ]; then
		kubectl "$@" apply -k "$part"
	else
		echo "namespace $namespace does not exist; left out: $part"
	fi
done
