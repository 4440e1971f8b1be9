#!/bin/sh
# Asks each watched cluster for two new tokens: hawatchd's, for a day, and that of the account which asks, for 30 days.
# Run it every few hours: then nobody renews a token by hand, and one that is stolen ends soon. The API server may give
# a shorter life than was asked for.
#
# RENEWER_FOLDER has a kubeconfig with one context for each watched cluster, and the first token of the account
# hawatch-renewer there: `user: {tokenFile: FILE}`, where FILE stands in RENEWER_FOLDER (CONTEXT.token, if the user has no
# tokenFile). The new ones go to RENEWER_FOLDER/FILE, readable by its owner, and TOKEN_FOLDER/FILE, readable also by the
# folder's group. Where a cluster does not answer, the old ones stay. Exit status: 0 all are renewed, 1 not all.
# usage: hawatch-renew-tokens RENEWER_FOLDER TOKEN_FOLDER
set -u
umask 077
if [ $# -ne 2 ]; then
	echo "usage: hawatch-renew-tokens RENEWER_FOLDER TOKEN_FOLDER" >&2
	exit 2
fi
renewer=${1%/} tokens=${2%/}
day=86400
failed=0

k() { kubectl --kubeconfig="$renewer/kubeconfig" --request-timeout=30s "$@"; }

# file_of CONTEXT: the token's file, relative to the folders: what the kubeconfig calls tokenFile, because kubectl and
# hawatchd read that. Names of contexts are free text ("arn:aws:eks:eu:1:cluster/prod"), so they make no good file names.
file_of() {
	file=$(k config view --minify --context="$1" -o 'jsonpath={.users[0].user.tokenFile}' </dev/null) || return
	file=${file:-$1.token}
	file=${file#"$renewer"/}
	case /$file/ in
	//* | */../*)
		echo "$1: tokenFile $file is not below $renewer; give it a name without a folder" >&2
		return 1
		;;
	esac
	printf '%s\n' "$file"
}

# folder_for FOLDER FILE: makes the folders that FILE names, as open as FOLDER.
folder_for() {
	case $2 in */*) ;; *) return 0 ;; esac
	below=$1/${2%/*}
	[ -d "$below" ] || {
		[ -d "$1" ] && folder_for "$1" "${2%/*}" || return
		below=$1/${2%/*}
		mkdir "$below" && chgrp --reference="$1" "$below" && chmod --reference="$1" "$below"
	}
}

# A token is written beside the old one first, so that a reader never sees half of it.
# renew CONTEXT ACCOUNT SECONDS FOLDER FILE MODE
renew() {
	new=$4/$5.new
	folder_for "$4" "$5"
	printf '{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": %d}}' "$3" |
		k --context="$1" create --raw "/api/v1/namespaces/hawatch/serviceaccounts/$2/token" -f - |
		sed -n 's/.*"token": *"\([^"][^"]*\)".*/\1/p' >"$new"
	if [ -s "$new" ] && chgrp --reference="$4" "$new" && chmod "$6" "$new" && mv "$new" "$4/$5"; then
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
while IFS= read -r context; do
	if file=$(file_of "$context"); then
		renew "$context" hawatch $day "$tokens" "$file" 640
		renew "$context" hawatch-renewer $((30 * day)) "$renewer" "$file" 600
	else
		echo "$context: keeps its old tokens" >&2
		failed=1
	fi
done <<END
$contexts
END
exit $failed
