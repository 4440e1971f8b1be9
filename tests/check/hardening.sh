#!/usr/bin/env bash
# What the compiler and the linker were asked for is in the programs: read from the files, not from the options.
# usage: hardening.sh BUILD_FOLDER
set -u
cd "$(dirname "$0")/../.." || exit 2
# shellcheck source=tests/e2e/checks.sh
. tests/e2e/checks.sh
build=${1:-build}
require readelf nm

says() { readelf -W "$2" "$program" >"$scratch/elf" && grep -qE "$1" "$scratch/elf"; }
says_not() { readelf -W "$2" "$program" >"$scratch/elf" && ! grep -E "$1" "$scratch/elf"; }
calls() { nm -D --undefined-only "$program" >"$scratch/names" && grep -qE "$1" "$scratch/names"; }
# The program itself has no mark, because Debian's own start files have none. Our objects have.
are_marked() { no_lines find "$build/obj/lib" "$build/obj/daemon" -name '*.o' -exec sh -c 'for o; do readelf -nW "$o" | grep -q "$0" || echo "$o"; done' "$1" {} +; }

for program in "$build/hawatchd" "$build/hawatch"; do
	name=${program##*/}
	check "$name: loaded at an address of the kernel's choice" says 'Type:.*DYN \(Position-Independent Executable' -h
	check "$name: no text relocations" says_not 'TEXTREL' -d
	check "$name: addresses of functions are read-only" says 'GNU_RELRO' -l
	check "$name: and found at the start" says 'FLAGS_1.*NOW|BIND_NOW' -d
	check "$name: no stack that is run" says 'GNU_STACK.* RW ' -l
	check "$name: no segment that is written and run" says_not 'LOAD.* RWE ' -l
	check "$name: no search path for libraries" says_not 'RPATH|RUNPATH' -d
	check "$name: canaries on the stack" calls '__stack_chk_fail'
	check "$name: copies check sizes" calls '__memcpy_chk'
	check "$name: formats check sizes" calls '__vsnprintf_chk'
done
case $(uname -m) in
x86_64) check "objects: jumps only to their targets, a shadow stack" are_marked 'IBT, SHSTK' ;;
aarch64) check "objects: jumps only to their targets, signed returns" are_marked 'BTI, PAC' ;;
esac
finish
