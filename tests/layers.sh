#!/usr/bin/env bash
# Proves the house: which room may include which, where each library may be named, and that the core
# library asks for no clock, socket, file, thread, curl or MHD symbol.  usage: layers.sh [BUILD_DIR]
set -u
cd "$(dirname "$0")/.."
build=${1:-build}
passed=0 failed=0

check() { # NAME OFFENDERS
	if [ -z "$2" ]; then
		passed=$((passed + 1)); echo "ok   $1"
	else
		failed=$((failed + 1)); echo "FAIL $1"; printf '%s\n' "$2" | sed 's/^/     /'
	fi
}

# Which rooms a room stands on; every arrow runs down.
declare -A floor=(
	[base]='base' [decide]='base|decide' [config]='base|config'
	[decode]='base|decide|decode' [render]='base|decide|render'
)
for room in "${!floor[@]}"; do
	check "lib/$room includes only ${floor[$room]//|/, }" \
		"$(grep -nE '^#include "' lib/"$room"/*.[ch] | grep -vE "\"(${floor[$room]})/")"
done
check 'every room of lib/ is on the plan' \
	"$(for d in lib/*/; do d=$(basename "$d"); [ -n "${floor[$d]:-}" ] || echo "$d"; done)"

only_in() { # HEADER PATTERN-OF-FILES
	check "<$1> only in $2" "$(grep -lE "^#include <$1>" -r lib daemon | grep -vE "^($2)\$")"
}
only_in cJSON.h 'lib/decode/.*|daemon/cli/.*'
only_in yaml.h 'lib/config/.*'
only_in 'curl/.*' 'daemon/fetch/fetch\.c|daemon/fetch/fetch_reason\.[ch]|daemon/cli/client\.c'
only_in microhttpd.h 'daemon/serve/.*'
only_in 'gnutls/.*' 'daemon/auth/certificate.c|daemon/serve/page_policy.c|daemon/os/state_file.c'
check 'the clock is read in daemon/os/clock.c and by the client only' \
	"$(grep -nE '\b(clock_gettime|gettimeofday|time) ?\(' -r lib daemon | grep -vE '^daemon/(os/clock\.c|cli/)' | grep -vE '^[^:]*:[0-9]+:\s*(\*|/)')"
check 'the operator'\''s command knows the JSON, not the core' \
	"$(grep -nE '^#include "(decide|decode|config|render)/' daemon/cli/*.[ch])"

forbidden='clock_gettime|clock|time|gettimeofday|socket|connect|send|recv|poll|select|epoll_.*|open|openat|fopen|read|write|fread|fwrite|unlink|rename|fork|exec.*|getenv|pthread_.*|curl_.*|MHD_.*|signal|sleep|nanosleep|rand|random'
check 'libcore.a needs no clock, socket, file, thread, curl or MHD symbol' \
	"$(nm -u "$build/libcore.a" | awk '$1 == "U" {print $2}' | sed 's/@.*//' | sort -u | grep -xE "($forbidden)")"
check 'libcore.a has no writable data of its own' \
	"$(objdump -t "$build/libcore.a" | awk '$3 == "O" && $4 ~ /^\.(data|bss)/ && $4 !~ /^\.data\.rel\.ro/ {print $4, $NF}')"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
