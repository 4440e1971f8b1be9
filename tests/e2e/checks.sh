# Sourced by the checks in this folder: one line per check, a tally at the end, and servers that
# end with the script that started them.
export LC_ALL=C

passed=0 failed=0 skipped=0
scratch=$(mktemp -d)
servers=()

# Of those that ended long ago the numbers may be somebody else's by now.
keep_running() {
	{ jobs -pr; jobs -ps; } >"$scratch/running"
	mapfile -t servers <"$scratch/running"
}
leave() {
	keep_running
	[ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null
	wait
	rm -rf "$scratch"
}
trap leave EXIT
trap 'exit 130' INT TERM

# check NAME COMMAND...: the command's exit status is the result; its output is shown on failure.
check() {
	local name=$1
	shift
	if "$@" >"$scratch/check" 2>&1; then
		passed=$((passed + 1))
		echo "ok      $name"
	else
		failed=$((failed + 1))
		echo "FAILED  $name"
		sed 's/^/        /' "$scratch/check" | head -n 40
		! is_story || tell_cause
	fi
}

# A story's checks stand on those before them: after the first that fails the others would fail for its sake, and hide
# it. So a script that says `story` ends there, unless KEEP_GOING is set.
is_story() { [ -n "${story-}" ] && [ -z "${KEEP_GOING-}" ]; }
tell_cause() {
	echo "what stands behind this check was not tried"
	show_cause
	finish
}
show_cause() { :; }

skip() {
	skipped=$((skipped + 1))
	echo "skipped $1"
}

# require COMMAND...: without its tools a check proves nothing, so it fails rather than passes.
require() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || { echo "$0: $tool is missing" >&2; exit 2; }
	done
}

finish() {
	[ "$skipped" -eq 0 ] || echo "$skipped skipped"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}

# no_lines COMMAND...: succeeds when the command does and has nothing to say. For checks whose
# program lists what is wrong.
no_lines() {
	local out
	out=$("$@") && [ -z "$out" ] || { printf '%s\n' "$out"; false; }
}

# How long is waited for what must come, in seconds: only what hangs takes so long.
patience=${PATIENCE:-300}

# nap SECONDS: like sleep, which is a process: nobody ever writes there.
mkfifo "$scratch/never"
nap() {
	local nothing
	! read -rt "$1" nothing <>"$scratch/never"
}

# pause: between two looks at something that is waited for.
pause() { nap 0.05; }

# until_true COMMAND...: asks again and again, and gives up when patience ends.
until_true() {
	local deadline=$((SECONDS + patience))
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		pause
	done
}

# serve LOG COMMAND...: starts a Prometheus or an Alertmanager on a port of the kernel's choice
# and leaves its URL in $url. Both log the address that they listen on.
serve() {
	local log=$1
	shift
	: >"$log" # here, not in the child: an older server's log must not be read as this one's
	"$@" --web.listen-address=127.0.0.1:0 >>"$log" 2>&1 &
	servers+=($!)
	if ! until_true grep -q 'msg="Listening on"' "$log"; then
		cat "$log" >&2
		return 1
	fi
	url=http://$(sed -n 's/.*msg="Listening on" .*address=//p' "$log" | head -n 1)
	until_true curl -fs -o /dev/null "$url/-/ready"
}
