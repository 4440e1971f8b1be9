#!/usr/bin/env bash
# No script has a finding of shellcheck, from warnings upwards; .shellcheckrc has what is left out, and why.
# usage: shell.sh
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck source=tests/e2e/checks.sh
. tests/e2e/checks.sh
require shellcheck git

# Scripts begin with #!; other files are sourced, and use variables of the script that sources them.
shells() { git ls-files --cached --others --exclude-standard -- '*.sh' .ci config/bash-completion ':!tests/fuzz/seeds'; }
scripts() { shells | xargs awk 'FNR == 1 && /^#!.*sh$/ { print FILENAME } { nextfile }'; }
sourced() { shells | grep '\.sh$' | grep -vxFf "$scratch/scripts"; }
scripts >"$scratch/scripts"
sourced >"$scratch/sourced"
check "there are scripts" [ "$(wc -l <"$scratch/scripts")" -gt 50 ]
check "$(wc -l <"$scratch/scripts") scripts" xargs -P "$(nproc)" -n 4 shellcheck --severity=warning --format=gcc <"$scratch/scripts"
check "$(wc -l <"$scratch/sourced") files that are sourced" \
	xargs shellcheck --severity=warning --format=gcc --shell=bash <"$scratch/sourced"
finish
