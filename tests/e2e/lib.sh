# Sourced by the end-to-end tests: starts a simulator and a hawatchd for the script, and asks both.
# The first argument of every such script is the folder of the built programs.
root=$(dirname "${BASH_SOURCE[0]}")/../..
build=$(realpath "${1:-$root/build}")
cd "$root" || exit 2
. tests/e2e/checks.sh
story=yes
show_cause() { [ ! -s "$log" ] || tail -n 20 "$log" | sed 's/^/        log: /'; }

for program in hawatchd hawatch hawatch-sim; do
	[ -x "$build/$program" ] && continue
	echo "$0: no $build/$program; run make first, and name the folder as the first argument" >&2
	exit 2
done
require curl jq awk

one=matchpoint-runners two=matchpoint-runners-2 # the simulator's primary and secondary
pair=prod # the pair that the questions are about
socket=$scratch/control.sock
sim=$scratch/sim # the simulator's folder
config=$sim/hawatch.yaml
log=$scratch/hawatchd.log

# The world's clock. Its time stands still while the script works. While the script waits and every program of the world
# sleeps, it passes faster than the machine's. So nothing is late because the machine is slow, and nothing happens
# between two checks because the script is slow. See tests/world/.
world=$build/test-world
asker=$build/test-ask
levers=$scratch/levers
preload=$build/test-clock.so
case $build in */asan) export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 ;; esac
flows=0
has_world() { [ -s "$levers" ]; }
# begin_world: call it before the first program of the world.
begin_world() {
	"$world" keep "$levers" &
	servers+=($!)
	until_true has_clock || give_up "the world has no clock"
}
has_clock() { has_world && [ "$(lever now_ns)" -gt 0 ]; }
lever() { "$world" lever "$levers" "$@"; }
now_s() { if has_world; then "$world" now "$levers"; else date +%s; fi; }
# inside COMMAND...: runs it in the world, if there is one. Uses exec, so that $! is the command's pid.
inside() { has_world || exec "$@"; LD_PRELOAD=$preload TEST_LEVERS=$levers exec "$@"; }
# flowing COMMAND...: time passes while the command runs.
flowing() {
	local code
	flows=$((flows + 1))
	! has_world || printf 1 1<>"$levers"
	"$@"
	code=$?
	flows=$((flows - 1))
	! has_world || [ $flows -gt 0 ] || printf 0 1<>"$levers"
	return $code
}
# pause: a fifth of a second of the world, or less while its programs work.
pause() {
	local looks flow
	has_world && [ $flows -eq 0 ] || { nap 0.02; return 0; }
	printf p 1<>"$levers"
	for looks in {1..40}; do
		nap 0.005
		read -r -n 1 flow <"$levers"
		[ "$flow" = p ] || return 0
	done
	printf 0 1<>"$levers"
}
# settle: waits until all programs have done all that they can do before time passes.
settle() { ! has_world || "$world" settle "$levers" "$patience"; }
# at_pace NS COMMAND...: while the command runs, the world's time passes in steps of NS.
at_pace() {
	local usual code
	has_world || { "${@:2}"; return; }
	usual=$(lever step_ns)
	lever step_ns "$1"
	"${@:2}"
	code=$?
	lever step_ns "$usual"
	return $code
}
# let_pass MS: lets MS of the world's time pass.
let_pass() { "$world" pass "$levers" "$1" "$patience"; }

# Much faster than the defaults, with about the same ratios.
fast=('interval: 200ms' 'spot_interval: 200ms' 'confirm_interval: 50ms' 'timeout: 1s'
	'unreachable_for: 1s' 'own_network_window: 400ms' 'stale_after: 3s')

# Processes of the script. Every wait has a limit, or a daemon that hangs would look like a failure
# of the script.

is_gone() { ! kill -0 "$1" 2>/dev/null; }
are_gone() {
	local pid
	for pid; do is_gone "$pid" || return; done
}
leave() {
	keep_running
	[ ${#servers[@]} -eq 0 ] || {
		kill -CONT "${servers[@]}"
		kill "${servers[@]}"
		(patience=10 && until_true are_gone "${servers[@]}") || kill -KILL "${servers[@]}"
	} 2>/dev/null
	rm -rf "$scratch"
}

# give_up TEXT [FILE]: ends the script, because the checks cannot run.
give_up() {
	echo "$0: $1" >&2
	[ $# -lt 2 ] || tail -n 20 "$2" >&2
	failed=$((failed + 1))
	finish
}

# paced 'KEY: DURATION': without a world, multiplies the duration by the factor of tests/pace.sh.
pace=${HAWATCH_PACE:-1}
paced() {
	has_world || ! [[ $1 =~ ^(.*: )([0-9]+)(ms|s|m)$ ]] || set -- "${BASH_REMATCH[1]}$((BASH_REMATCH[2] * pace))${BASH_REMATCH[3]}"
	echo "$1"
}

# start_sim ARGUMENT...: stores the URL of the control endpoint in $control.
start_sim() {
	local line poll=()
	[ "${clock-}" = real ] || has_world || begin_world
	for line in "${fast[@]}"; do poll+=(--poll "$(paced "$line")"); done
	rm -f "$sim/control.url"
	inside "$build/hawatch-sim" --dir "$sim" "${poll[@]}" "$@" >"$scratch/sim.log" 2>&1 &
	sim_pid=$!
	servers+=("$sim_pid")
	until_true test -s "$sim/control.url" || give_up "the simulator does not start" "$scratch/sim.log"
	control=$(<"$sim/control.url")
}

# play TARGET KEY=VALUE...: changes the simulated world.
play() {
	settle
	"$asker" post "$control/set" "target=$1" "${@:2}" >"$scratch/play" 2>&1 ||
		give_up "the simulator refuses $*" "$scratch/play"
}

# everybody KEY=VALUE...: like play, for every target.
everybody() {
	local target
	for target in '*' spot auth; do play "$target" "$@"; done
}

# polled N TARGET: waits until every path of the target has had N more requests.
polled() { flowing is_polled "$@" && settle; }
is_polled() { "$asker" post "$control/wait" polls="$1" target="$2" timeout_ms=$((patience * 10000)) >"$scratch/polled"; }

# requests TARGET [PATH-END]: the number of requests to it.
requests() {
	"$asker" get "$control/stats" | jq --arg target "$1" --arg tail "${2-}" \
		'[(if $target == "*" then .[] else .[$target] end).paths | to_entries[] | select(.key | endswith($tail)).value.requests] | add // 0'
}

# The daemon.

has_begun() { [[ $(<"$log") == *listening* ]] || is_gone "$daemon"; }

# start_daemon OPTION...: on a free port. Sets $daemon (its pid) and $url.
start_daemon() {
	local try port
	for try in {1..20}; do
		port=$((10000 + RANDOM % 20000)) # below those that the kernel gives to clients
		: >"$log"
		inside "$build/hawatchd" --config.file="$config" --web.listen-address="127.0.0.1:$port" \
			--web.control-socket="$socket" "$@" 2>>"$log" >>"$log" &
		daemon=$!
		servers+=("$daemon")
		at_pace 0 until_true has_begun # the start takes no time of the world, even on a slow machine
		is_gone "$daemon" || { url=http://127.0.0.1:$port; return; }
		grep -q "Address already in use" "$log" || break
	done
	give_up "hawatchd does not start" "$log"
}

# passed_by_systemd NAMES ADDRESS... -- ARGUMENT...: like start_daemon, on these sockets of socket activation; but the
# daemon starts when the first client comes.
passed_by_systemd() {
	local names=$1 listen=()
	shift
	while [ "$1" != -- ]; do listen+=(--listen="$1"); shift; done
	shift
	: >"$log"
	inside systemd-socket-activate "${listen[@]}" --fdname="$names" --setenv=LD_PRELOAD --setenv=TEST_LEVERS \
		"$build/hawatchd" --config.file="$config" --web.systemd-socket "$@" 2>>"$log" >>"$log" &
	daemon=$!
	servers+=("$daemon")
	until_true grep -q "Listening on" "$log" || give_up "systemd-socket-activate does not start" "$log"
}

# begin_flood STYLE CONNECTIONS SOURCES RECONNECTS: of flood.c; returns when every client has done what it does once.
begin_flood() {
	rm -f "$scratch/taps"
	mkfifo "$scratch/taps"
	"$build/test-flood" "${url##*:}" "$@" <"$scratch/taps" >"$scratch/flood" 2>&1 &
	flood=$!
	servers+=("$flood")
	exec 7>"$scratch/taps"
	until_true grep -q all "$scratch/flood" || give_up "the flood does not begin" "$scratch/flood"
}
end_flood() {
	exec 7>&-
	wait "$flood"
}
# all_answered COUNT COMMAND...: each of so many.
all_answered() {
	local i
	for ((i = 1; i <= $1; i++)); do "${@:2}" || { echo "number $i"; return 1; }; done
}

# ends_with CODE: the daemon has ended with this exit status.
ends_with() {
	until_true is_gone "$daemon" || { echo "it still runs"; return 1; }
	wait "$daemon"
	local code=$?
	[ "$code" -eq "$1" ] || { echo "exit status $code, expected $1"; return 1; }
}
stop_daemon() { kill -TERM "$daemon" && ends_with 0; }
# Redirected, because the shell reports the killed process.
kill_daemon() { { kill -KILL "$daemon"; wait "$daemon"; } 2>"$scratch/killed"; }
reload() { kill -HUP "$daemon"; }

# Questions. Each sends a new request to the daemon, and fails if the daemon does not answer. They are asked again and
# again, so each takes as few processes as can be: those cost more than what they do.

scrape() { "$asker" get "$url/metrics" >"$scratch/metrics"; }

# value NAME [LABEL=VALUE]...: the value of each series with these labels, one per line.
# A label's value may be an extended regular expression.
value() { values_of 0 "$@"; }
# sum NAME [LABEL=VALUE]...: over all series with these labels; fails if there is none.
sum() { values_of 1 "$@"; }
is_above() { [ "$(sum "${@:2}")" -gt "$1" ]; }
values_of() { # ONLY_THE_SUM NAME [LABEL=VALUE]...
	scrape && awk -v in_all="$1" -v name="$2" -v labels="${*:3}" '
		BEGIN { n = split(labels, label, " ") }
		index($1, name) == 1 {
			of = $1
			sub(/\{.*/, "", of)
			if (of != name) next
			for (i = 1; i <= n; i++) {
				eq = index(label[i], "=")
				if ($1 !~ "[{,]" substr(label[i], 1, eq) "\"" substr(label[i], eq + 1) "\"[,}]") next
			}
			found++
			total += $2
			if (!in_all) print $2
		}
		END {
			if (in_all && !found) exit 1
			if (in_all) printf "%.15g\n", total
		}' "$scratch/metrics"
}

# is EXPECTED NAME [LABEL=VALUE]...
is() {
	local expected=$1 found
	shift
	value "$@" >"$scratch/value"
	found=$(<"$scratch/value")
	[ "$found" = "$expected" ] || { echo "$*: ${found:-no such series}, expected $expected"; false; }
}

# blocked_transitions: how often the status has changed to a BLOCKED status.
blocked_transitions() { sum ha_status_transitions_total 'to=BLOCKED_[A-Z_]*'; }
is_never_blocked() { [ "$(blocked_transitions)" -eq "$1" ]; }

# stands: the status of $pair and its sides, as "STATUS STATE/REASON STATE/REASON". Each word is the label of
# the one series with value 1. With none or several such series, the result matches no word.
stands() {
	scrape && awk -v pair="pair=\"$pair\"" '
		index($0, pair) && /^ha_(status|cloudspace_state|cloudspace_state_reason)\{.* 1$/ {
			split($1, part, "{")
			family = part[1]
			side = match($1, /side="[a-z]+"/) ? substr($1, RSTART + 6, RLENGTH - 7) : ""
			match($1, family "=\"[^\"]*\"")
			at = RSTART + length(family) + 2
			word[family side] = word[family side] substr($1, at, RSTART + RLENGTH - 1 - at)
		}
		END {
			printf "%s", word["ha_status"]
			split("primary secondary", sides, " ")
			for (i = 1; i <= 2; i++)
				printf " %s/%s", word["ha_cloudspace_state" sides[i]],
					word["ha_cloudspace_state_reason" sides[i]]
			print ""
		}' "$scratch/metrics"
}

# as_expected STATUS [PRIMARY SECONDARY]: each side as STATE/REASON.
as_expected() {
	local found
	stands >"$scratch/stands"
	found=$(<"$scratch/stands")
	[ $# -gt 1 ] || found=${found%% *}
	[ "$found" = "$*" ] || { echo "found $found, expected $*"; false; }
}

# is_side SIDE STATE/REASON
is_side() {
	local found
	found=$(stands | awk -v side="$1" '{ print side == "primary" ? $2 : $3 }')
	[ "$found" = "$2" ] || { echo "the $1 is $found, expected $2"; false; }
}

# eventually COMMAND...: waits until it succeeds. After a limit that only a failure reaches, shows the last result.
eventually() {
	until_true "$@" >"$scratch/eventually" 2>&1 && return
	tail -n 1 "$scratch/eventually"
	tail -n 6 "$log"
	return 1
}

# reaches NAME STATUS [PRIMARY SECONDARY]: eventually as_expected, as one check.
reaches() {
	local name=$1
	shift
	check "$name: $*" eventually as_expected "$1" "${2-UP/serving}" "${3-UP/serving}"
}

# The log, and secrets that must not be in it or anywhere else.

logged() { grep -qE -- "$1" "$log" || { tail "$log"; false; }; }

readonly log_time='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z'
readonly log_word='("([^"\\]|\\.)*"|[^ "=\\]+)'
is_logfmt() {
	[ -s "$log" ] && ! grep -vE \
		"^ts=$log_time level=(debug|info|warn|error) msg=$log_word( [a-z_]+=$log_word)*\$" "$log"
}

# Every token that the daemon may have had, and the common beginning of all id_tokens.
secrets() {
	awk 1 "$sim/spot-refresh-token" "$sim"/*.token "$@"
	printf '{"alg":"RS256","typ":"JWT"' | base64 -w 0 | cut -c 1-30
}
# without_secrets FILE [TOKEN_FILE]...
without_secrets() {
	secrets "${@:2}" | grep -v '^$' >"$scratch/secrets"
	[ "$(wc -l <"$scratch/secrets")" -ge 4 ] && [ -s "$1" ] && ! grep -aFf "$scratch/secrets" "$1"
}
