# Scenarios: one step a line, in files of the folder scenarios/. Steps are taken one after the
# other; one that waits in vain for a few minutes ends the demo as a failure.
#   start TARGET KEY=VALUE...   the simulator begins so, before hawatchd looks
#   say TEXT                    narrates: what happens, what the operator sees or does
#   set TARGET KEY=VALUE...     changes the simulated world; TARGET: spot, auth, a cloudspace, *
#   until STATUS                waits for the pair's status
#   until-state SIDE STATE      waits for the state of the primary or the secondary
#   until-page ALERT            waits until Alertmanager pages it
#   until-resolved ALERT        waits until Alertmanager says that it is over
#   until-drained SIDE          waits until hawatch says that no job runs on the side any more
#   hawatch WORD...             what the operator types; the demo ends as a failure where it fails
#   hold SECONDS                lets people look
# '#' begins a comment; the first one describes the scenario where they are listed.
scenario_start=() steps=() step_lines=() step=0 step_since='' pages_before=0

scenario_list() {
	local file
	for file in "$here"/scenarios/*; do
		printf '    %-20s %s\n' "${file##*/}" "$(sed -n '1s/^# *//p' "$file")"
	done
}

# Every line is checked before anything starts.
scenario_load() {
	local name=$1 line number=0 file=$here/scenarios/$1
	[[ $name =~ ^[a-z0-9-]+$ && -f $file ]] ||
		refuse "no SCENARIO=$name; there are:"$'\n'"$(scenario_list)"
	while IFS= read -r line || [ -n "$line" ]; do
		number=$((number + 1))
		[[ $line =~ ^[[:space:]]*(#|$) ]] && continue
		scenario_knows "$line" || refuse "$file:$number: no such step, or a wrong argument: $line"
		case $line in
		start\ *) scenario_start+=("--set=${line#start }") ;;
		*) steps+=("$line") step_lines+=("$number") ;;
		esac
	done <"$file"
}

scenario_knows() {
	local settings='[^ =]+( [a-z_]+=[^ =]*)+'
	local statuses='ACTIVE|BLOCKED_(PRIMARY|SECONDARY|BOTH)_UNAVAILABLE|DISABLED|UNKNOWN'
	local states='UP|DOWN|PROVISIONING|MAINTENANCE|UNKNOWN'
	local step="(start|set) $settings|say .+|until ($statuses)"
	step+="|until-state (primary|secondary) ($states)|until-drained (primary|secondary)|until-(page|resolved) [A-Za-z]+"
	step+="|hawatch .+|hold [0-9]+"
	[[ $1 =~ ^($step)$ ]]
}

# Takes every step that needs no waiting, and stops at the first that does.
scenario_play() {
	local words
	while [ "$step" -lt ${#steps[@]} ]; do
		[ -n "$step_since" ] || step_since=$SECONDS
		read -ra words <<<"${steps[step]}"
		scenario_step "${words[@]}" || return 0
		waiting='' step_since='' step=$((step + 1))
		[ "$step" -lt ${#steps[@]} ] || event step "That was $scenario; everything stays up."
	done
}

scenario_step() {
	local verb=$1
	shift
	case $verb in
	say) event step "$*" ;;
	set) scenario_set "$@" ;;
	hold) scenario_wait "$1" '' test $((SECONDS - step_since)) -ge "$1" ;;
	until) scenario_wait 300 "for $1" test "${now[status]}" = "$1" ;;
	until-state) scenario_wait 300 "for $1 to be $2" test "${now[$1]}" = "$2" ;;
	until-drained) scenario_wait 300 "for the $1 to be drained" is_drained "$1" ;;
	hawatch) scenario_type "$@" ;;
	until-page) scenario_wait 300 "for the page $1" paged "firing $1" ;;
	until-resolved) scenario_wait 300 "for word that $1 is over" paged "resolved $1" ;;
	esac
}

# scenario_wait SECONDS WHAT COMMAND...: true when the command is.
scenario_wait() {
	local limit=$1 what=$2 spent=$((SECONDS - step_since))
	shift 2
	"$@" && return
	[ -z "$what" ] || waiting="waiting $what, ${spent} s"
	[ "$spent" -le "$limit" ] ||
		die "scenarios/$scenario:${step_lines[step]}: waited $limit s in vain $what"
	return 1
}

is_drained() {
	"$build/hawatch" cloudspace "$1" -o json --socket control.sock --timeout 2s 2>/dev/null |
		grep -qE '"drained": *true'
}

scenario_type() {
	local said
	said=$("$build/hawatch" "$@" -o table --socket control.sock --timeout 60s 2>&1) ||
		die "scenarios/$scenario:${step_lines[step]}: hawatch $*: $said"
	event '$' "hawatch $*"
}

# paged 'firing ALERT': has it come since the last wait for a page?
paged() {
	local i
	for ((i = pages_before; i < ${#pages[@]}; i++)); do
		[[ ${pages[i]} == "$1 "* ]] || continue
		pages_before=$((i + 1))
		return 0
	done
	return 1
}

scenario_set() {
	local target=$1 setting answer query=()
	shift
	for setting; do
		query+=(--data-urlencode "$setting")
	done
	answer=$(curl -sS --fail-with-body --max-time 60 -X POST -G --data-urlencode "target=$target" \
		"${query[@]}" "$control/set" 2>&1) ||
		die "scenarios/$scenario:${step_lines[step]}: the simulator refuses: $answer"
}
