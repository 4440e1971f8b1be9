#!/bin/bash
# The Debian package, built again in another folder, at another time and in another zone, by a user with another umask,
# language and name, on one processor: each file has the same bytes.
# usage: same_bytes.sh [BUILD_DIR]
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$(realpath "${1:-build}")
. tests/e2e/checks.sh
require dpkg-deb faketime localedef make

# Turkish has letters of its own for the upper case of i and the lower case of I.
make_language() { mkdir "$scratch/languages" && localedef -i tr_TR -f UTF-8 "$scratch/languages/tr_TR.UTF-8"; }
build_elsewhere() {
	umask 077
	env TZ='<+14>-14' LOCPATH="$scratch/languages" LC_ALL=tr_TR.UTF-8 HOME="$scratch" USER=other LOGNAME=other \
		DEB_BUILD_OPTIONS='nocheck parallel=1' faketime -f +400d make deb-build DEB="$scratch/another/place"
}
# what_differs FILE OTHER: of two packages, the files in them.
what_differs() {
	cmp "$1" "$2" && return
	diff <(dpkg-deb -c "$1") <(dpkg-deb -c "$2")
	rm -rf "$scratch/here" "$scratch/there"
	dpkg-deb -R "$1" "$scratch/here" && dpkg-deb -R "$2" "$scratch/there" && diff -rq "$scratch/here" "$scratch/there"
	return 1
}

check "another language" make_language
check "built again" build_elsewhere
packages=("$build"/deb/*.deb)
check "here and there are as many packages" test "${#packages[@]}" -eq "$(find "$scratch/another/place" -name '*.deb' | wc -l)"
for file in "${packages[@]}"; do
	check "${file##*/}" what_differs "$file" "$scratch/another/place/${file##*/}"
done
check "the source" cmp "$build"/deb/*.tar.xz "$scratch"/another/place/*.tar.xz
finish
