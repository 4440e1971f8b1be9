#!/bin/sh
# Asks each watched cluster for two new tokens: hawatchd's, for a day, and that of the account which asks, for 30 days.
# Run it every few hours: then nobody renews a token by hand, and one that is stolen ends soon. The API server may give
# a shorter life than was asked for.
#
# RENEWER_FOLDER has a kubeconfig with one context for each watched cluster, and the first token of the account
# hawatch-renewer there: `user: {tokenFile: CONTEXT.token}`. The new ones go to RENEWER_FOLDER/CONTEXT.token, readable
# by its owner, and TOKEN_FOLDER/CONTEXT.token, readable also by the folder's group. Where a cluster does not answer, the
# old ones stay. Exit status: 0 all are renewed, 1 not all.
# usage: hawatch-renew-tokens RENEWER_FOLDER TOKEN_FOLDER
set -u
umask 077
if [ $# -ne 2 ]; then
	echo "usage: hawatch-renew-tokens RENEWER_FOLDER TOKEN_FOLDER" >&2
	exit 2
fi
renewer=$1 tokens=$2
day=86400
failed=0

k() { kubectl --kubeconfig="$renewer/kubeconfig" --request-timeout=30s "$@"; }

# A token is written beside the old one first, so that a reader never sees half of it.
# renew CONTEXT ACCOUNT SECONDS FOLDER MODE
renew() {
	new=$4/$1.token.new
	printf '{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": %d}}' "$3" |
		k --context="$1" create --raw "/api/v1/namespaces/hawatch/serviceaccounts/$2/token" -f - |
		sed -n 's/.*"token": *"\([^"][^"]*\)".*/\1/p' >"$new"
	if [ -s "$new" ] && chgrp --reference="$4" "$new" && chmod "$5" "$new" && mv "$new" "$4/$1.token"; then
		echo "$1: $2 has a new token"
	else
		echo "$1: $2 keeps its old token" >&2
		rm -f "$new"
		failed=1
	fi
}

contexts=$(k config get-contexts -o name) || exit 1
if [ -z "$contexts" ]; then
	echo "$renewer/kubeconfig: not readable, or without a context" >&2
	exit 1
fi
for context in $contexts; do
	renew "$context" hawatch $day "$tokens" 640
	renew "$context" hawatch-renewer $((30 * day)) "$renewer" 600
done
exit $failed
