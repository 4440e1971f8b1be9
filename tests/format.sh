#!/usr/bin/env bash
# Every C file is formatted as .clang-format says. Versions of clang-format differ in details, so only the one that
# the code was formatted with is asked.
# usage: format.sh [--write]
set -u
cd "$(dirname "$0")/.." || exit 2
version=14

mapfile -t files < <(find lib daemon config tests -name '*.[ch]' | sort)
[ ${#files[@]} -gt 0 ] || { echo 'FAIL no C files found'; exit 1; }
found=$(clang-format --version) || { echo 'FAIL clang-format does not run'; exit 1; }
found=$(grep -oE 'version [0-9]+' <<<"$found" | grep -oE '[0-9]+')
if [ "$found" != $version ]; then
	echo "not tried: clang-format $found is here, the code is formatted with $version"
	echo "0 passed, 0 failed"
	exit 0
fi
[ "${1-}" = --write ] && exec clang-format -i "${files[@]}"
wrong=$(clang-format --dry-run "${files[@]}" 2>&1 | grep -E '^[^ ]+:[0-9]+:[0-9]+:' | cut -d: -f 1,2)
if [ -n "$wrong" ]; then
	echo "FAIL ${#files[@]} files are formatted; make format does it"
	sed 's/^/     /' <<<"$wrong"
	echo "0 passed, 1 failed"
	exit 1
fi
echo "ok   ${#files[@]} files are formatted"
echo "1 passed, 0 failed"
