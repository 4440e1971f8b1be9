#!/bin/bash
# From a minimal Debian 12 to ACTIVE, with what a newcomer does wrong; and how long that takes.
# usage: first_steps.sh [BUILD_DIR]
set -u
. "$(dirname "$0")/lib.sh"

check "a minimal Debian 12" new_machine
put "$package" "$build/hawatch-sim" tests/deb/newcomer.sh
begin=$SECONDS
check "its lists of packages" apt update
check "the package and what it depends on" apt install "/root/${package##*/}"
echo "        $((SECONDS - begin)) s"
check "init, probe, mended, ACTIVE" alone /root/newcomer.sh /root/hawatch-sim
grep -E '^ *[0-9]+ s  ---' "$scratch/check"
finish
