#!/usr/bin/env bash
# gcc -fanalyzer on lib and daemon. It follows paths through calls, but knows nothing of libraries, of tables that always
# have an entry, and of what the caller has made sure. tests/check/analyzer.known has its findings that are none.
# usage: analyzer.sh    (CPPFLAGS from make)
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck source=tests/e2e/checks.sh
. tests/e2e/checks.sh
require gcc
: "${CPPFLAGS:?is set by make}"
known=tests/check/analyzer.known

# FILE KIND, once each. A finding in a header counts for the file that includes it.
findings() {
	find lib daemon -name '*.c' | sort | xargs -P "$(nproc)" -I{} sh -c \
		'eval gcc -std=c11 -O2 -fanalyzer $CPPFLAGS -fdiagnostics-plain-output -c -o /dev/null "$1" 2>&1 | sed -n "s|^[^ ]*: warning: .*\[-W\(analyzer-.*\)\]$|$1 \1|p; s|^[^ ]* error: |$1 error |p"' \
		sh {} | sort -u
}
awk '!/^#/ && NF { print $1, $2 }' $known | sort -u >"$scratch/known"
findings >"$scratch/found"
check "gcc -fanalyzer finds nothing new" no_lines comm -23 "$scratch/found" "$scratch/known"
check "every known finding is still there" no_lines comm -13 "$scratch/found" "$scratch/known"
finish
