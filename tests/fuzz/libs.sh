#!/usr/bin/env bash
# Builds cJSON and libyaml from Debian's source packages for the fuzz targets: with sanitizers, and so that libFuzzer sees
# which of their branches an input takes. The machine's own lists of packages stay as they are.
# usage: libs.sh FOLDER    ends with status 1 and a line where the sources cannot be had
set -u
[ -e "$1/libcjson.a" ] && [ -e "$1/libyaml.a" ] && exit 0
mkdir -p "$1/lists/partial" "$1/cache/archives/partial" "$1/parts" && cd "$1" || exit 1
log=$PWD/log

give_up() { echo "cJSON and libyaml are fuzzed as Debian built them: $1; see $log"; exit 1; }

# The same places as the machine's, but of sources.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ ! -e "$list" ] || sed -n 's/^deb /deb-src /p' "$list" >"parts/${list##*/}"
done
for list in /etc/apt/sources.list.d/*.sources; do
	[ ! -e "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" >"parts/${list##*/}"
done
[ ! -e parts/sources.list ] || mv parts/sources.list parts/main.list
apt=(apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$PWD/parts" -o Dir::State::lists="$PWD/lists"
	-o Dir::Cache="$PWD/cache" -o APT::Sandbox::User=)
{ "${apt[@]}" update && "${apt[@]}" source cjson libyaml; } >"$log" 2>&1 </dev/null || give_up 'apt-get source failed'

# build NAME SOURCE...: into one archive, as the Makefile's variant `fuzz` builds the core.
build() {
	local name=$1 source objects=()
	for source in "${@:2}"; do
		objects+=("$name-$(basename "$source" .c).o")
		clang -O1 -g -fPIE -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address -I"$(dirname "$source")/../include" \
			-DYAML_VERSION_MAJOR=0 -DYAML_VERSION_MINOR=2 -DYAML_VERSION_PATCH=5 -DYAML_VERSION_STRING='"0.2.5"' \
			-c -o "${objects[-1]}" "$source" >>"$log" 2>&1 || give_up "$source does not compile"
	done
	ar rcs "$name.a" "${objects[@]}"
}
build libyaml libyaml-*/src/*.c
build libcjson cjson-*/cJSON.c
