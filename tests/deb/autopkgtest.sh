#!/bin/bash
# The package's own tests, as Debian runs them: on a minimal Debian 12, from the source package.
# usage: autopkgtest.sh [BUILD_DIR]
set -u
. "$(dirname "$0")/lib.sh"
require autopkgtest

run_tests() {
	unshare --mount sh -e -c '
		mount --bind /dev "$1/dev"
		mount -t proc proc "$1/proc"
		exec autopkgtest --apt-upgrade --timeout-factor=3 "$2"/hawatch_*.deb "$2"/*.dsc -- chroot "$1"
	' sh "$root" "$build/deb"
}

check "a minimal Debian 12" new_machine
check "the package's own tests" run_tests
tail -n 3 "$scratch/check" | sed 's/^/        /'
finish
