#!/usr/bin/env bash
# Changes the decision core and the poll loop one place at a time and shows that the tests notice every change: unit
# tests, model searches and seeds of the simulation, until the first that fails; undefined behaviour, a crash and a hang
# fail as well. A change that they all let pass is a survivor; `equivalent` names those that no test can see, each with
# its reason.
# usage: run.sh BUILD_DIR       (of VARIANT=mutants: every test program there finds the core in libcore.so)
#   MUTANTS='FOLDER|FILE[:LINE[-LINE]]...'      only these
#   DST_O, LDLIBS                        what make links the simulation of, and with
# shellcheck disable=SC2046 # lists of files
set -u
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C build=$1 work
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

compile() { # SOURCE OBJECT FLAG...: warnings do not matter, but a function must return what it promises
	"${CC:-gcc}" -std=c11 -Werror=return-type -Werror=implicit -fPIC -Ilib -Idaemon \
		-DHAWATCH_VERSION='""' -DHAWATCH_REVISION='""' "${@:3}" -c -o "$2" "$1" 2>/dev/null
}

# The words of the core's enums, and those of the file's own header.
mutate() {
	local own=${1%.c}.h
	[ -e "$own" ] && [[ $1 != lib/decide/* ]] || own=
	awk -v target="$1" -v apply="${2-}" -f tests/mutants/mutate.awk lib/decide/*.h $own "$1"
}

# Neither time nor memory without bound: a mutant may loop for ever. CPU time, so that a busy machine kills nobody. A
# program that was linked anew is in the core's folder.
passes() { # CORE_FOLDER CPU_SECONDS PROGRAM ARGUMENT...
	local program=$build/$3
	[ ! -f "$1/${3##*/}" ] || program=$1/${3##*/}
	{ (ulimit -t "$2" -v 4000000 -c 0; TMPDIR=$work LD_LIBRARY_PATH=$1 exec "$program" "${@:4}"); } >/dev/null 2>&1 </dev/null
}

# link_mutant FILE OBJECT FOLDER: what is made of the object, in place of the file's own.
link_mutant() {
	local object=$build/obj/${1%.c}.o
	case $1 in
	lib/*)
		"${CC:-gcc}" -shared -o "$3/libcore.so" "$2" \
			$(printf '%s\n' "$build"/obj/lib/*/*.o | grep -vxF "$object") -lcjson -lyaml -lz -lm ;;
	*)
		ln -s "$(realpath "$build")/libcore.so" "$3/"
		"${CC:-gcc}" -pie -o "$3/dst" "$2" $(printf '%s\n' $DST_O | grep -vxF "$object") "$build/libcore.so" $LDLIBS ;;
	esac
}

# Prints one line: NUMBER <tab> killed, survived, same (to the compiler) or none (it does not compile) <tab> by whom.
judge() { # NUMBER of a line of the list
	local file n line old new folder=$work/$1 limit test verdict=survived by=
	IFS=$'\t' read -r file n line old new < <(sed -n "$1p" "$work/list")
	mkdir "$folder"
	mutate "$file" "$n" >"$folder/mutant.c"
	if ! compile "$folder/mutant.c" "$folder/mutant.o" -O1 -fsanitize=undefined -fsanitize-undefined-trap-on-error; then
		verdict=none
	else
		link_mutant "$file" "$folder/mutant.o" "$folder" || exit 255
		while read -r limit test; do
			passes "$folder" "$limit" $test || { verdict=killed by=$test; break; }
		done < <([[ $file = lib/* ]] && cat "$work/tests" || grep " dst/" "$work/tests")
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
export -f compile mutate link_mutant passes judge

# Seeds of the simulation that cost a second each, and have every way to reach a cluster, with and without Spot.
seeds=(12 31 40 44 49 52 60)

# A line for each test that may notice one of the list: PROGRAM ARGUMENT...
list_tests() {
	local program seed
	for program in "$build"/unit/test_* "$build"/model/*; do
		! grep -q ^lib/ "$work/list" || [[ $program = */test_fetch || $program = */test_log ]] || echo "${program#"$build"/}"
	done
	for seed in "${seeds[@]}"; do echo "dst/dst --first --seed $seed --days 0.1 --calm 900"; done
}

# The cheapest first, each with the CPU time that it may take; on the code as it is they all pass.
order_tests() {
	local test started
	while read -r test; do
		started=${EPOCHREALTIME/./}
		passes "$build" 600 $test || { echo "$test fails on the code as it is" >&2; exit 2; }
		echo "$((${EPOCHREALTIME/./} - started)) $test"
	done < <(list_tests) | sort -n | awk '{ limit = 2 + int($1 * 4 / 1e6); $1 = limit; print }' >"$work/tests"
	[ "${PIPESTATUS[0]}" -eq 0 ] || exit 2
	! passes "$work" 600 model/oracle || { echo "the tests do not use the core that they are given" >&2; exit 2; }
}

# FILE <tab> NUMBER <tab> LINE <tab> OLD <tab> NEW, of all files or of those asked for.
list_mutants() {
	local file
	for file in lib/decide/*.c lib/render/message.c lib/base/text.c lib/base/duration.c \
		$(printf '%s\n' $DST_O | sed -nE 's,^.*/obj/(daemon/(loop|poll|auth|shared|fetch)/.*)\.o$,\1.c,p'); do
		mutate "$file" | sed "s|^|$file\t|"
	done | awk -F '\t' -v only="${MUTANTS-}" '
		BEGIN { count = split(only, place, " ") }
		{
			is_asked = !count
			for (i = 1; i <= count; i++) {
				n = split(place[i], part, "[:-]")
				is_asked = is_asked || (index($1 "/", part[1] "/") == 1 && (n == 1 || ($3 >= part[2] && $3 <= part[n])))
			}
			if (is_asked)
				print
		}' >"$work/list"
	[ -s "$work/list" ] || { echo "no such place: ${MUTANTS-}" >&2; exit 2; }
}

started=$SECONDS
list_mutants
order_tests
seq "$(wc -l <"$work/list")" | xargs -P "$(nproc)" -I{} bash -c 'judge {}' >"$work/verdicts"
awk -F '\t' -v whole="$([ -n "${MUTANTS-}" ] || echo 1)" -v seconds=$((SECONDS - started)) \
	-f tests/mutants/sum.awk tests/mutants/equivalent "$work/list" <(sort -n "$work/verdicts")
