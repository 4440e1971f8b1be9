#!/usr/bin/env bash
# Runs checks one after another, and prints one line each; of a failed one the end of its output. All output stays in
# BUILD_FOLDER/check-logs. After a failed check the others still run.
# usage: run.sh BUILD_FOLDER NAME... (see the list below)
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$1
shift
logs=$build/check-logs
mkdir -p "$logs"

variant() { make --no-print-directory -j"$(nproc)" B="$build" WERROR=-Werror VARIANT="$1" "${@:2}"; }
each_unit() { # VARIANT
	local test
	for test in "$build/$1"/unit/test_*; do [ ! -x "$test" ] || "$test" || return; done
}
run() {
	case $1 in
	cppcheck) make --no-print-directory cppcheck ;;
	shell | tidy | analyzer) "tests/check/$1.sh" ;;
	hardening | valgrind | image) "tests/check/$1.sh" "$build" ;;
	unit_file) tests/e2e/unit_file.sh ;;
	syscalls-quick) tests/check/syscalls.sh "$build" daemon ;;
	syscalls) tests/check/syscalls.sh "$build" ;;
	clang) variant clang all unit && each_unit clang ;;
	msan) variant msan unit-msan && each_unit msan ;;
	unsigned) make --no-print-directory B="$build" test-unsigned ;;
	screens) tests/e2e/screens.sh "$build" ;;
	shown) tests/field/shown.sh "$build" ;;
	reload_threads) variant tsan all unit-tsan && tests/field/reload.sh "$build/tsan" ;;
	package) make --no-print-directory B="$build" test-deb ;;
	schemas) make --no-print-directory B="$build" test-schemas ;;
	dst-replay) make --no-print-directory B="$build" dst-replay ;;
	tests) tests/run.sh "$build" ;;
	*) echo "no such check"; false ;;
	esac
}

failed=0
for name; do
	begin=$SECONDS
	if run "$name" >"$logs/$name.log" 2>&1 </dev/null; then
		printf 'ok   %-16s %4d s\n' "$name" $((SECONDS - begin))
	else
		printf 'FAIL %-16s %4d s  %s\n' "$name" $((SECONDS - begin)) "$logs/$name.log"
		tail -n 20 "$logs/$name.log" | sed 's/^/     /'
		failed=$((failed + 1))
	fi
done
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
