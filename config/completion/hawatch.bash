# bash completion for hawatch and hawatchd: the programs know what a word may be completed to.

_hawatch() {
	local line=${COMP_LINE:0:COMP_POINT} current i
	local -a words lines
	# The words as the user wrote them, for bash also splits at "=" and ":".
	read -ra words <<<"${line//[\"\']/}"
	[[ $line != *[[:space:]] ]] || words+=('')
	current=${words[-1]}
	mapfile -t lines < <("${COMP_WORDS[0]}" __complete "${words[@]:1}" 2>/dev/null)
	COMPREPLY=()
	if [[ ${lines[0]-} == :files ]]; then
		[[ $current != --*=* ]] || current=${current#*=}
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
	fi
	for i in "${lines[@]}"; do
		i=${i%%$'\t'*}
		# Of "--option=value" readline replaces the value.
		[[ $current != --*=* || $COMP_WORDBREAKS != *=* ]] || i=${i#*=}
		COMPREPLY+=("$i")
	done
}

complete -F _hawatch hawatch hawatchd
