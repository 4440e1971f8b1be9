# Sourced behind lib.sh and cli_lib.sh: a terminal of a given size, tmux's, and what stands on it.
require tmux less
unset PAGER HAWATCH_PAGER LESS TMUX LINES

columns=80 lines=24 screens=0
terminal() { tmux -S "$scratch/tmux-$screens" -f /dev/null "$@"; }
leave_terminal() { terminal kill-server 2>"$scratch/tmux"; leave; }
trap leave_terminal EXIT

# open_screen COMMAND...: on an empty screen, in the world. The exit status appears below its output as [N], where
# a shell's prompt would be. `environment`: its variables; without colours by default.
open_screen() {
	terminal kill-server 2>"$scratch/tmux"
	screens=$((screens + 1))
	{
		! has_world || printf 'world="LD_PRELOAD=%s TEST_LEVERS=%s"\n' "$preload" "$levers"
		printf 'trap : INT QUIT TERM HUP\nstty -a >%q\nenv $world %s ' "$scratch/stty-before" "${environment-NO_COLOR=1}"
		printf '%q ' "$@"
		printf '\nprintf "[%%s]" $?\nstty -a >%q\nexec cat\n' "$scratch/stty-after"
	} >"$scratch/shell"
	rm -f "$scratch/stty-after"
	terminal new-session -d -x "$columns" -y "$lines" "bash $scratch/shell" ';' set -g status off
}
resize() { terminal resize-window -x "$1" -y "$2"; }
press() { terminal send-keys "$@"; }
# look: what stands on the screen now goes to $scratch/screen.
# shellcheck disable=SC2120 # arguments may be left out
look() { terminal capture-pane -p "$@" >"$scratch/screen" 2>"$scratch/tmux"; }
shows_now() { look && grep -qE -- "$1" "$scratch/screen"; }
shows_no_more() { look && [ -s "$scratch/screen" ] && ! grep -qE -- "$1" "$scratch/screen"; }
seen() { until_true "$@" || { echo "the screen is:"; cat "$scratch/screen"; false; }; }
on_screen() { seen shows_now "$1"; }
off_screen() { seen shows_no_more "$1"; }
# ended: the line below the output of a command that has ended. paged: its last line while it waits in the pager.
ended='^\[[0-9]+\]$'
paged='^(:|\(END\)|lines [0-9].*|~)$'
# is_restored CODE: the command has ended with this status, and has left the terminal as it was.
is_restored() {
	on_screen "^\[$1\]\$" && until_true test -s "$scratch/stty-after" &&
		cmp "$scratch/stty-before" "$scratch/stty-after" &&
		[ "$(terminal display -p '#{alternate_on} #{cursor_flag}')" = '0 1' ]
}
# fits_whole LINE: the command has ended, and its first line, which is like LINE, has not scrolled away.
fits_whole() {
	on_screen "$ended" && grep -qE -- "$1" <(head -n 1 "$scratch/screen") || { cat "$scratch/screen"; false; }
}
