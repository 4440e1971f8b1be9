#!/usr/bin/env bash
# Changes the decision core one place at a time and shows that the tests notice every change: unit tests and model
# searches, until the first that fails; undefined behaviour fails as well. A change that they all let pass is a
# survivor; `equivalent` names those that no test can see, each with its reason.
# usage: run.sh BUILD_DIR       (of VARIANT=mutants: every test program there finds the core in libcore.so)
#   MUTANTS='FILE[:LINE[-LINE]]...'      only these
set -u
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C build=$1 work
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

compile() { # SOURCE OBJECT FLAG...: warnings do not matter, but a function must return what it promises
	"${CC:-gcc}" -std=c11 -Werror=return-type -Werror=implicit -fPIC -Ilib "${@:3}" -c -o "$2" "$1" 2>/dev/null
}

mutate() { awk -v target="$1" -v apply="${2-}" -f tests/mutants/mutate.awk lib/decide/*.h "$1"; }

# Neither time nor memory without bound: a mutant may loop for ever. CPU time, so that a busy machine kills nobody.
passes() { # CORE_FOLDER PROGRAM CPU_SECONDS
	{ (ulimit -t "$3" -v 4000000 -c 0; LD_LIBRARY_PATH=$1 exec "$build/$2"); } >/dev/null 2>&1 </dev/null
}

# Prints one line: NUMBER <tab> killed, survived, same (to the compiler) or none (it does not compile) <tab> by whom.
judge() { # NUMBER of a line of the list
	local file n line old new folder=$work/$1 test limit verdict=survived by=
	IFS=$'\t' read -r file n line old new < <(sed -n "$1p" "$work/list")
	mkdir "$folder"
	mutate "$file" "$n" >"$folder/mutant.c"
	local object=$build/obj/${file%.c}.o
	if ! compile "$folder/mutant.c" "$folder/mutant.o" -O1 -fsanitize=undefined -fsanitize-undefined-trap-on-error; then
		verdict=none
	else
		"${CC:-gcc}" -shared -o "$folder/libcore.so" "$folder/mutant.o" \
			$(printf '%s\n' "$build"/obj/lib/*/*.o | grep -vxF "$object") -lcjson -lyaml -lm
		while read -r test limit; do
			passes "$folder" "$test" "$limit" || { verdict=killed by=$test; break; }
		done <"$work/tests"
	fi
	if [ $verdict = survived ]; then
		cp "$file" "$folder/original.c"
		for name in original mutant; do
			cp "$folder/$name.c" "$folder/same.c"
			compile "$folder/same.c" "$folder/$name.o" -O2
		done
		cmp -s "$folder/original.o" "$folder/mutant.o" && verdict=same
	fi
	printf '%s\t%s\t%s\n' "$1" "$verdict" "$by"
	rm -r "$folder"
}
export -f compile mutate passes judge

# The cheapest first, each with the CPU time that it may take; on the core as it is they all pass.
order_tests() {
	local test started
	for test in "$build"/unit/test_* "$build"/model/*; do
		started=${EPOCHREALTIME/./}
		passes "$build" "${test#"$build"/}" 600 || { echo "${test#"$build"/} fails on the core as it is" >&2; exit 2; }
		echo "$((${EPOCHREALTIME/./} - started)) ${test#"$build"/}"
	done | sort -n | awk '{ print $2, 2 + int($1 * 4 / 1e6) }' >"$work/tests"
	[ "${PIPESTATUS[0]}" -eq 0 ] || exit 2
	! passes "$work" model/oracle 600 || { echo "the tests do not use the core that they are given" >&2; exit 2; }
}

# FILE <tab> NUMBER <tab> LINE <tab> OLD <tab> NEW, of all files or of those asked for.
list_mutants() {
	local file
	for file in lib/decide/*.c lib/render/message.c lib/base/text.c lib/base/duration.c; do
		mutate "$file" | sed "s|^|$file\t|"
	done | awk -F '\t' -v only="${MUTANTS-}" '
		BEGIN { count = split(only, place, " ") }
		{
			is_asked = !count
			for (i = 1; i <= count; i++) {
				n = split(place[i], part, "[:-]")
				is_asked = is_asked || ($1 == part[1] && (n == 1 || ($3 >= part[2] && $3 <= part[n])))
			}
			if (is_asked)
				print
		}' >"$work/list"
	[ -s "$work/list" ] || { echo "no such place: ${MUTANTS-}" >&2; exit 2; }
}

started=$SECONDS
order_tests
list_mutants
seq "$(wc -l <"$work/list")" | xargs -P "$(nproc)" -I{} bash -c 'judge {}' >"$work/verdicts"
awk -F '\t' -v whole="$([ -n "${MUTANTS-}" ] || echo 1)" -v seconds=$((SECONDS - started)) \
	-f tests/mutants/sum.awk tests/mutants/equivalent "$work/list" <(sort -n "$work/verdicts")
