#!/usr/bin/env bash
# clang-tidy finds nothing in lib and daemon; .clang-tidy has what is asked, and why the rest is not.
# usage: tidy.sh    (CPPFLAGS from make)
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck source=tests/e2e/checks.sh
. tests/e2e/checks.sh
require clang-tidy
: "${CPPFLAGS:?is set by make}"

tidy() {
	find lib daemon -name '*.c' | sort | xargs -P "$(nproc)" -n 8 sh -c \
		'eval clang-tidy --quiet "$@" -- -std=c11 $CPPFLAGS' sh 2>"$scratch/told" | grep -E '(warning|error):' | sort -u
}
tidy >"$scratch/found"
check "clang-tidy finds nothing" no_lines cat "$scratch/found"
finish
