#!/bin/sh
# Writes one page of the manual to stdout: the source, with a part that the programs themselves tell in place of each
# line @PART@.
# usage: make.sh BUILD_DIR SOURCE
set -eu
build=$1 source=$2
here=$(dirname "$0")

help() { # PROGRAM PART [COMMAND]
	"$build/$1" ${3-} --help | awk -v part="$2" -v common="${common-}" -f "$here/help.awk"
}
commands() {
	common=$("$build/hawatch" --help)
	for command in $("$build/hawatch" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
		help hawatch command "$command"
	done
}

part() { # NAME
	case $1 in
	flags) help hawatchd flags ;;
	options) help hawatch options ;;
	commands) commands ;;
	*) "$build/man-tables" "$1" ;;
	esac
}

while IFS= read -r line; do
	case $line in
	@*@) line=${line#@} && part "${line%@}" | awk -f "$here/fill.awk" ;;
	*) printf '%s\n' "$line" ;;
	esac
done <"$source"
