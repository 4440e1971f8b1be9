# Sourced by the tests of the operator's command, behind lib.sh: a daemon of canned answers, documents to
# change under it, and hawatch in pipes and on terminals.
require script
unset HAWATCH_URL HAWATCH_SOCKET NO_COLOR COLUMNS
export LC_ALL=C.UTF-8 HAWATCH_PAGER=cat
# A sanitizer's complaint must not look like an answer.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99:quarantine_size_mb=8 UBSAN_OPTIONS=exitcode=99

hawatch=$build/hawatch
docs=$scratch/docs
all_commands=(status active summary cloudspaces 'cloudspace primary' node-balance runners apps events incidents check doctor
	'maintenance status')

# start_canned [SEED]: leaves its URL in $url, what it was asked in $asked, and its pid in $canned.
start_canned() {
	asked=$(mktemp -p "$scratch")
	inside "$build/test-canned" "$docs" "$@" >"$asked" &
	canned=$!
	servers+=("$canned")
	until_true test -s "$asked" || give_up "the canned daemon does not start"
	url=$(head -n 1 "$asked")
}

# run ARGS...: with pipes. on_terminal COLUMNS ARGS...: on a terminal of that width. Either is given more time for
# an answer than any takes.
run() {
	"$hawatch" --timeout "${patience}s" "$@" --url "$url" >"$scratch/out" 2>"$scratch/err" </dev/null
	code=$?
}
on_terminal() {
	local columns=$1
	shift
	script -qec "stty cols $columns rows 40; env TERM=xterm ${environment-NO_COLOR=1} $(printf '%q ' \
		"$hawatch" --timeout "${patience}s" "$@" --url "$url")" /dev/null >"$scratch/raw" 2>"$scratch/err" </dev/null
	code=$?
	tr -d '\r' <"$scratch/raw" >"$scratch/out"
}
is_code() { [ "$code" -eq "$1" ] || { echo "exit code $code, expected $1"; cat "$scratch/out" "$scratch/err"; false; }; }
has() { grep -qE -- "$1" "$scratch/out" || { echo "no line like $1 in:"; cat "$scratch/out" "$scratch/err"; false; }; }
has_not() { ! grep -E -- "$1" "$scratch/out"; }
says() { grep -qE -- "$1" "$scratch/err" || { echo "stderr has not $1:"; cat "$scratch/err"; false; }; }
is_clean() { ! grep -anE '[[:cntrl:]]' "$scratch/out" "$scratch/err"; }
fits() {
	local widest
	widest=$(wc -L <"$scratch/out")
	[ "$widest" -gt 0 ] && [ "$widest" -le "$1" ] || { echo "widest line: $widest"; cat "$scratch/out"; false; }
}
is_document() { cmp <(jq -S "${2-.}" "$docs/$1.json") <(jq -S . "$scratch/out"); }

# change NAME FILTER: another document of that name. everywhere FILTER: of every name. restore: those of the repository.
change() {
	jq -c "$2" "$docs/$1.json" >"$docs/new" && mv "$docs/new" "$docs/$1.json"
}
everywhere() { documents_of "$1" "$docs"/*.json; }
restore() {
	rm -rf "$docs" && mkdir "$docs"
	documents_of . tests/e2e/canned/*.json
}
# documents_of FILTER FILE...: what one jq makes of each is the document of that name.
documents_of() {
	local file lines i=0
	jq -c "$1" "${@:2}" >"$scratch/lines" || return
	mapfile -t lines <"$scratch/lines"
	[ ${#lines[@]} -eq $(($# - 1)) ] || { echo "a filter that makes ${#lines[@]} documents of $(($# - 1))"; return 1; }
	for file in "${@:2}"; do printf '%s\n' "${lines[i++]}" >"$docs/${file##*/}"; done
}
