#!/usr/bin/env bash
# Proves the layout of the code: which folder may include which, which files may use each library, that modules have
# no cycle, that a function is named after its file, and that the core uses no clock, socket, file, thread, curl or
# MHD symbol.
# usage: layers.sh [BUILD_DIR]
set -u
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C
build=${1:-build}
passed=0 failed=0

check() { # NAME OFFENDERS
	if [ -z "$2" ]; then
		passed=$((passed + 1)); echo "ok   $1"
	else
		failed=$((failed + 1)); echo "FAIL $1"; printf '%s\n' "$2" | sed 's/^/     /'
	fi
}

# What a folder may include besides itself; `lib` means the whole core.
declare -A plan=(
	[lib/base]=''
	[lib/config]='base'
	[lib/decide]='base'
	[lib/decode]='base decide'
	[lib/render]='base decide'
	[lib/replay]='base config decide'
	[daemon/os]='lib'
	[daemon/fetch]='lib os'
	[daemon/auth]='lib os fetch'
	[daemon/poll]='lib os fetch auth'
	[daemon/shared]='lib os'
	[daemon/loop]='lib os fetch auth poll shared'
	[daemon/serve]='lib os shared'
	[daemon/cli]='base replay os/files.h render/report.h render/runbook.h render/runbook_names.h'
)
core='base config decide decode render replay'

# The rules below read includes of this spelling only, so there is no other.
check 'includes are spelled #include "room/file.h" for our headers and <...> for others' "$(
	grep -nE '#[[:space:]]*include|%:[[:space:]]*include' -r lib daemon --include='*.[ch]' |
		grep -vE ':#include ("[a-z0-9_]+/[a-z0-9_]+\.h"|"(api|first|flags)\.h"|<[a-zA-Z0-9_/.-]+>)( /\*.*)?$'
	grep -noE '^#include <[^>]+>' -r lib daemon --include='*.[ch]' | sed -E 's/#include <(.*)>/\1/' |
		while IFS=: read -r file line name; do
			[ ! -e "lib/$name" ] && [ ! -e "daemon/$name" ] || echo "$file:$line: <$name>"
		done)"

for room in $(printf '%s\n' "${!plan[@]}" | sort); do
	allowed=${plan[$room]/#lib/$core}
	check "$room includes only: ${room##*/} ${plan[$room]}" \
		"$(grep -nE '^#include "' "$room"/*.[ch] |
			grep -vE "\"((${room##*/}$(printf '|%s' $allowed))(/[a-z0-9_]+\.h)?|api\.h)\"")"
done
check 'hawatchd.c, first.c and flags.c include nothing of the command' "$(grep -n '^#include "cli/' daemon/hawatchd.c daemon/first.[ch] daemon/flags.[ch])"
check 'lib does not include api.h' "$(grep -n '^#include "api.h"' -r lib)"
check 'every folder is in the plan, and every file is in a folder' "$(
	for d in lib/*/ daemon/*/; do [ -n "${plan[${d%/}]+is}" ] || echo "$d"; done
	find lib daemon -mindepth 3 -name '*.[ch]'
	find lib daemon -maxdepth 1 -type f | grep -vxE 'daemon/(hawatchd\.c|first\.[ch]|flags\.[ch]|api\.h)')"

# Code that decides a verdict must not include the inventory, not even indirectly: the compiler lists all headers.
verdict='side pair maintenance events flap pace schedule state'
check 'the inventory decides nothing: no file of a verdict includes one of its headers' "$(
	for v in $verdict; do [ -e lib/decide/$v.c ] || echo "no lib/decide/$v.c"; done
	for file in $(for v in $verdict; do ls lib/decide/"$v".c lib/decide/"$v"_*.c 2>/dev/null; done); do
		{ "${CC:-cc}" -MM -Ilib "$file" || echo "/the_compiler_failed_facts.h"; } | tr -s ' \\' '\n' | grep -E '/(inventory[a-z_]*|(.*_)?facts|drain)\.h$' | sed "s|^|$file: |"
	done)"

# A module is a .c and its .h. tsort prints the modules of a cycle.
check 'modules have no cycle' "$(
	grep -noE '^#include "[a-z0-9_/]+' -r lib daemon --include='*.[ch]' |
		sed -E 's/^(lib|daemon)\///; s/\.[ch]:[0-9]+:#include "/ /' | awk '$1 != $2' | sort -u | tsort 2>&1 >/dev/null)"

only_in() { # HEADER PATTERN-OF-FILES
	check "<$1> only in $2" "$(grep -lE "^#include <$1>" -r lib daemon | grep -vE "^($2)\$")"
}
only_in cJSON.h 'lib/decode/.*|daemon/cli/.*'
only_in 'cjson/.*' 'lib/decode/.*|daemon/cli/.*'
only_in yaml.h 'lib/config/.*'
only_in 'curl/.*' 'daemon/fetch/.*|daemon/cli/client\.c'
only_in microhttpd.h 'daemon/serve/.*'
only_in 'gnutls/.*' 'daemon/os/(certificate|state_file)\.c|daemon/serve/(page_policy|current|passwords|tls|tls_priority)\.c'
only_in pthread.h 'daemon/shared/.*|daemon/serve/(server|hasher)\.c|daemon/os/mem_locked\.c'
only_in crypt.h 'daemon/serve/hasher\.c'
check 'the clock is read in os/clock.c, and by the command' \
	"$(grep -nE '\b(clock_gettime|gettimeofday|time) ?\(' -r lib daemon | grep -vE '^daemon/(os/clock\.c|cli/)' | grep -vE '^[^:]*:[0-9]+:\s*(\*|/)')"

sources=$(find lib daemon -name '*.c')
check 'every source has been built, and the core is a library' "$(
	for file in $sources; do [ -s "$build/obj/${file%c}o" ] || echo "no $build/obj/${file%c}o"; done
	[ -s "$build/libcore.a" ] || echo "no $build/libcore.a")"

# External names of all objects: OBJECT TYPE NAME.
names=$(find lib daemon -name '*.c' | sed "s|.*|$build/obj/&|; s|c\$|o|" | xargs nm -A --defined-only --extern-only |
	sed -E "s|^$build/obj/||; s|:[0-9a-f]* ([A-Z]) | \1 |")
check 'no external name is defined twice' "$(awk '$3 != "main" { print $3 }' <<<"$names" | sort | uniq -d |
	while read -r name; do awk -v name="$name" '$3 == name { printf "%s in %s  ", name, $1 } END { print "" }' <<<"$names"; done)"

# Names from pair_maintenance.c begin with `pair_maintenance` or, if there is a pair.c, with `pair_`: its family.
check 'a function is named after its file, or after the family of files it belongs to' "$(
	awk '$2 == "T" && $3 != "main" {
			stem = $1; sub(/\.o$/, "", stem); sub(/.*\//, "", stem)
			name[NR] = $3; file[NR] = $1; own[NR] = stem; is_file[stem] = 1
		}
		END {
			for (i in name) {
				is_good = name[i] == own[i] || index(name[i], own[i] "_") == 1 || index(name[i], own[i] "s_") == 1
				for (stem = own[i]; sub(/_[^_]*$/, "", stem);)
					is_good = is_good || (stem in is_file && index(name[i], stem "_") == 1)
				if (!is_good)
					print file[i], name[i]
			}
		}' <<<"$names" | sort)"

# What it may ask of the C library; everything else would be a clock, a file, a socket or a thread.
allowed='abort|calloc|free|realloc|mem[a-z]+|str[a-z]+|qsort|snprintf|vsnprintf|llround|timegm|gmtime_r|inet_pton|explicit_bzero'
allowed+='|__(memcpy|memmove|memset|snprintf|vsnprintf|explicit_bzero)_chk|__ctype_[a-z_]+|__errno_location|__assert_fail'
allowed+='|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|cJSON_[A-Za-z]+|yaml_[a-z_]+|(de|in)flate[A-Za-z0-9_]*|crc32(_[a-z]+)?|__(asan|ubsan|tsan|sanitizer)_[a-z0-9_]+'
check 'libcore.a needs no clock, socket, file, thread, curl or MHD symbol' "$(
	nm -u "$build/libcore.a" | awk '$1 == "U" { sub(/@.*/, "", $2); print $2 }' | sort -u |
		grep -vxFf <(nm --defined-only "$build/libcore.a" | awk 'NF == 3 { print $3 }') | grep -vxE "$allowed")"
check 'libcore.a has no writable data of its own' \
	"$(objdump -t "$build/libcore.a" | awk '$3 == "O" && $4 ~ /^\.(data|bss)/ && $4 !~ /^\.data\.rel\.ro/ {print $4, $NF}')"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
