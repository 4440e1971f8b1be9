# What the demo shows: on a terminal one screen, drawn over itself once a second; elsewhere nothing
# but the lines of event(). The screen is the terminal's alternate one, so that whoever ends the
# demo finds the terminal as it was.
declare -A tone=(
	[ACTIVE]=32 [UP]=32 [resolved]=32
	[BLOCKED_PRIMARY_UNAVAILABLE]='1;31' [BLOCKED_SECONDARY_UNAVAILABLE]='1;31'
	[BLOCKED_BOTH_UNAVAILABLE]='1;31' [DOWN]='1;31' [firing]='1;31'
	[PROVISIONING]=33 [MAINTENANCE]=33 [UNKNOWN]=33 [DISABLED]=33
)

# The addresses: in full on the usual screen, where they stay, and in three lines on the live one.
screen_links() {
	local page=http://127.0.0.1:$port prometheus=http://127.0.0.1:$prometheus_port/alerts
	local programs=${build#"$OLDPWD"/}
	local alertmanager=http://127.0.0.1:$alertmanager_port
	local try="curl -d '' '$control/set?target=matchpoint-runners-2&nodes=0'"
	links=(
		"Page $page/  Log $dir/hawatchd.log"
		"Prometheus $prometheus  Alertmanager $alertmanager"
		"Try $try"
	)
	cat <<-END
		Status page    $page/
		Metrics        $page/metrics
		Prometheus     $prometheus
		Alertmanager   $alertmanager
		hawatchd's log $dir/hawatchd.log
		Ask it: $programs/hawatch summary --url $page
		The simulated world takes orders (nodes=10 undoes this one):
		$try
		The same hawatchd for your own cloudspaces, with a refresh token in FILE:
		  $programs/hawatchd --config.file=hawatch.yaml --config.init \\
		      --config.init.token-file=FILE
		  $programs/hawatchd --config.file=hawatch.yaml --config.probe
	END
}

screen_open() {
	[ -t 1 ] && [ "${TERM:-dumb}" != dumb ] || return 0
	live=yes colours=
	[ -n "${NO_COLOR:-}" ] || colours=yes
	exec {tty}>&1
	# Alternate screen, no cursor, no wrapping at the edge.
	printf '\e[?1049h\e[?25l\e[?7l'
	trap 'redraw=soon' WINCH
}

# Leaves on the usual screen what had happened, which the alternate one takes away with it.
screen_close() {
	[ -n "$live" ] || return 0
	live=
	printf '\e[?7h\e[?25h\e[?1049l'
	local i first=$((${#events[@]} > 40 ? ${#events[@]} - 40 : 0))
	for ((i = first; i < ${#events[@]}; i++)); do
		wrap "${events[i]}" "${cols:-80}" '                  '
		printf '%s\n' "${wrapped[@]}"
	done
}

# wrap TEXT WIDTH INDENT: into the array `wrapped`, broken at blanks where there are any.
wrap() {
	local text=$1 width=$2 indent=$3 head
	[ "$width" -gt $((2 * ${#indent})) ] || indent=''
	wrapped=()
	while [ ${#text} -gt "$width" ]; do
		head=${text:0:width+1}
		head=${head% *}
		[ ${#head} -le "$width" ] && [ ${#head} -gt ${#indent} ] || head=${text:0:width}
		wrapped+=("$head")
		text=${text:${#head}}
		text=$indent${text# }
	done
	wrapped+=("$text")
}

# paint LINE NUMBER: into `painted`, its states in their colours; the heading stands out, the
# addresses stand back.
paint() {
	local word
	painted=$1
	[ -n "$colours" ] || return 0
	if [ "$2" -eq 0 ]; then
		painted=$'\e[7m'$1$'\e[0m'
	elif [ "$2" -ge "$links_from" ] && [ "$2" -lt "$links_to" ]; then
		painted=$'\e[2m'$1$'\e[0m'
	fi
	for word in "${!tone[@]}"; do
		painted=${painted//" $word"/" "$'\e'"[${tone[$word]}m$word"$'\e[0m'}
	done
}

# The newest events, as many as fit into so many lines.
add_events() {
	local room=$1 width=$2 i tail=()
	if [ -n "$waiting" ]; then
		wrap "       $waiting" "$width" '                  '
		tail=("${wrapped[@]}")
	fi
	for ((i = ${#events[@]} - 1; i >= 0; i--)); do
		wrap "${events[i]}" "$width" '                  '
		if [ $((${#wrapped[@]} + ${#tail[@]})) -gt "$room" ]; then
			# Of the newest at least the beginning; older ones whole or not at all.
			[ "$i" -lt $((${#events[@]} - 1)) ] || [ "$room" -le ${#tail[@]} ] ||
				tail=("${wrapped[@]:0:room-${#tail[@]}}" "${tail[@]}")
			break
		fi
		tail=("${wrapped[@]}" "${tail[@]}")
	done
	lines+=("${tail[@]}")
}

# `hawatch summary`, or what it has to complain of.
add_summary() {
	local is_roomy=$1 width=$2 text line is_head=yes
	text=$("$build/hawatch" summary --output table --socket control.sock --timeout 2s 2>&1)
	while IFS= read -r line; do
		if [ -z "$line" ]; then
			is_head=
			[ -z "$is_roomy" ] || lines+=('')
		elif [ -z "$is_roomy" ] && [[ $line =~ ^[A-Z]+(\ +-)+$ ]]; then
			continue # nothing is known of it on any side, and there is little room
		elif [ -n "$is_head" ]; then
			wrap "$line" "$width" ''
			lines+=("${wrapped[@]}")
		else
			lines+=("$line")
		fi
	done <<<"$text"
}

add_heading() {
	local width=$1 left right='Ctrl-C ends it'
	printf -v left 'hawatch demo%s   %d:%02d' "${scenario:+   SCENARIO=$scenario}" \
		$((SECONDS / 60)) $((SECONDS % 60))
	[ -z "$seconds" ] || left+=" of $((seconds / 60)):$(printf %02d $((seconds % 60)))"
	[ $((${#left} + ${#right})) -ge "$width" ] ||
		printf -v left '%-*s%s' $((width - ${#right})) "$left" "$right"
	lines+=("$left")
}

# Once a second, and at once when there is news.
screen_draw() {
	local is_roomy='' links_from links_to frame=$'\e[H' line i
	[ -n "$live" ] && { [ -n "$redraw" ] || [ "$drawn_at" != "$SECONDS" ]; } || return 0
	redraw='' drawn_at=$SECONDS
	read -r rows cols < <(stty size <&"$tty")
	[ "${rows:-0}" -gt 0 ] || rows=24
	[ "${cols:-0}" -gt 0 ] || cols=80
	[ "$rows" -lt 30 ] || is_roomy=yes
	local lines=()
	add_heading "$cols"
	[ -z "$is_roomy" ] || lines+=('')
	add_summary "$is_roomy" "$cols"
	[ -z "$is_roomy" ] || lines+=('')
	links_from=${#lines[@]}
	for line in "${links[@]}"; do
		wrap "$line" "$cols" ''
		lines+=("${wrapped[@]}")
	done
	links_to=${#lines[@]}
	[ -z "$is_roomy" ] || lines+=('')
	add_events $((rows - ${#lines[@]})) "$cols"

	for ((i = 0; i < rows; i++)); do
		line=${lines[i]:-}
		line=${line:0:cols}
		paint "$line" "$i"
		frame+=$painted
		# At the right edge the cursor stands on the last letter, and would erase it.
		[ ${#line} -ge "$cols" ] || frame+=$'\e[K'
		[ $((i + 1)) -eq "$rows" ] || frame+=$'\r\n'
	done
	printf '%s' "$frame"
}
drawn_at='' waiting='' rows='' cols=''
