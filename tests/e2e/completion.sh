#!/usr/bin/env bash
# Completion in bash, zsh and fish themselves: a person types, and presses the tab key. What may be completed is asked
# of the programs, so most of it is tried without a shell.
# usage: completion.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"
. tests/e2e/cli_lib.sh
. tests/e2e/screens_lib.sh
require zsh fish
columns=100
# No daemon but the canned one is asked, however slow the machine is.
export HAWATCH_URL=http://127.0.0.1:9

# offers EXPECTED PROGRAM WORD...: the candidates for the last word.
offers() {
	local expected=$1 program=$build/$2 found
	shift 2
	found=$("$program" __complete "$@" 2>"$scratch/err" | cut -f 1 | tr '\n' ' ')
	[ "${found% }" = "$expected" ] || { echo "found $found, expected $expected"; cat "$scratch/err"; false; }
}
commands() { "$build/hawatch" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' | tr '\n' ' '; }
options() { "$build/$1" "${@:2}" --help | sed -nE 's/^  (-[a-z], )?(--[a-z.-]+).*/\2/p' | tr '\n' ' ' | sed 's/ $//'; }
describes() { "$build/hawatch" __complete sta | grep -qP '^status\tHA status of the pair'; }

of_hawatch() {
	local command
	check "every command, and help" offers "$(commands)help" hawatch ''
	check "a command has its description" describes
	check "behind help: the commands" offers "$(commands | sed 's/ $//')" hawatch help ''
	for command in $(commands); do
		check "$command: its options" offers "$(options hawatch "$command")" hawatch "$command" --
	done
	check "sides" offers 'primary secondary' hawatch runners ''
	check "nothing behind the side" offers '' hawatch runners primary ''
	check "what is waited for" offers 'active ready drained' hawatch wait ''
	check "of which side" offers primary hawatch wait drained p
	check "no side for the pair" offers '' hawatch wait active ''
	check "maintenance: what to do" offers 'begin end status' hawatch maintenance ''
	check "maintenance begin: of which side" offers 'primary secondary' hawatch maintenance begin ''
	check "maintenance status: of all sides" offers '' hawatch maintenance status ''
	check "statuses" offers 'BLOCKED_PRIMARY_UNAVAILABLE BLOCKED_SECONDARY_UNAVAILABLE BLOCKED_BOTH_UNAVAILABLE' hawatch explain B
	check "alerts" offers 'HABothCloudspacesDown HABothManyPairsDown' hawatch explain HABoth
	check "headings of several words" offers 'scale-up scale-down' hawatch explain scale-
	check "behind options" offers 'begin end status' hawatch --pair prod -o json --url=x maintenance ''
	check "formats" offers 'table json' hawatch status -o ''
	check "formats of explain" offers 'table markdown' hawatch explain --output ''
	check "a value behind =" offers '--since=30d' hawatch events --since=3
	check "files" offers ':files' hawatch --socket ''
	check "files behind =" offers ':files' hawatch --cacert=/e
	check "of an unknown command nothing" offers '' hawatch frobnicate ''
	check "without a daemon no pairs, and no error on stdout" offers '' hawatch --socket "$scratch/none" status --pair ''
}
of_hawatchd() {
	check "hawatchd: options" offers "$(options hawatchd)" hawatchd ''
	check "hawatchd: levels" offers 'debug info warn error' hawatchd --log.level ''
	check "hawatchd: a level behind =" offers '--log.level=warn' hawatchd --config.check --log.level=w
	check "hawatchd: files" offers ':files' hawatchd --config.file ''
	check "hawatchd: an option behind a file" offers '--config.check' hawatchd --config.file=x --config.c
}
# The names of an answer that is meant to harm: what a shell could take for something else is left out.
of_a_daemon() {
	restore
	start_canned
	printf 'HTTP/1.1 404 Not Found\r\n\r\n{"error":"keines davon","kind":"no_such_pair","pairs":["prod","test","$(reboot)","a b",7]}' >"$docs/summary.raw"
	check "pairs, by the kind of the error" offers 'prod test' hawatch --timeout "${patience}s" --url "$url" status --pair ''
	check "pairs behind =" offers '--pair=prod' hawatch --timeout "${patience}s" --url="$url" status --pair=p
	rm "$docs/summary.raw"
}

# A shell on a terminal, with the scripts of the repository where it looks for them. It has nothing of this user's.
open_shell() { # bash|zsh|fish
	local home=$scratch/home-$1
	# With a folder for them fish does not make completions of all manual pages.
	mkdir -p "$home/.config/fish/completions" "$home/data/fish/generated_completions"
	ln -sf "$PWD"/config/completion/*.fish "$home/.config/fish/completions"
	echo "PS1='> '; bind 'set show-all-if-ambiguous on'; . config/completion/hawatch.bash" >"$home/bashrc"
	cat >"$home/.zshrc" <<-END
		fpath=($PWD/config/completion \$fpath)
		autoload -U compinit && compinit -u -D
		PROMPT='> '
	END
	echo "function fish_prompt; echo '> '; end; set -g fish_greeting; set -g fish_autosuggestion_enabled 0" >"$home/.config/fish/config.fish"
	environment="HOME=$home ZDOTDIR=$home XDG_CONFIG_HOME=$home/.config XDG_DATA_HOME=$home/data PATH=$build:$PATH TERM=screen NO_COLOR=1"
	case $1 in
	bash) open_screen bash --noprofile --rcfile "$home/bashrc" -i ;;
	zsh) open_screen zsh -d -i ;;
	fish) open_screen fish -i ;;
	esac
	on_screen '^> ?$'
}
# completes TYPED EXPECTED: the line after the tab key. Ctrl-C leaves it.
completes() {
	press -l "$1"
	seen typed_now "$1" || return
	press Tab
	on_screen "^> $2\$" || return
	press C-c
	until_true is_prompt
}
typed_now() { look && grep -v "^$" "$scratch/screen" | tail -n 1 | grep -qF -- "> ${1% }"; } # tmux leaves out blanks at the end
is_prompt() { look && grep -v '^$' "$scratch/screen" | tail -n 1 | grep -qE '^> ?$'; }
lists() { # TYPED WORD...: what is shown below the line
	local word
	press -l "$1"
	seen typed_now "$1" || return
	press Tab
	for word in "${@:2}"; do on_screen "(^|[ (])$word( |\$)" || return; done
	press C-c
	press C-c
	press C-l
}

of_a_shell() { # bash|zsh|fish
	check "$1: starts" open_shell "$1"
	check "$1: a command" completes 'hawatch sum' 'hawatch summary ?'
	check "$1: a side" completes 'hawatch wait drained sec' 'hawatch wait drained secondary ?'
	check "$1: an option" completes 'hawatch explain --no-p' 'hawatch explain --no-pager ?'
	check "$1: a value behind =" completes 'hawatch events --since=3' 'hawatch events --since=30d ?'
	check "$1: a file" completes 'hawatch --cacert Makef' 'hawatch --cacert Makefile ?'
	check "$1: a file behind =" completes 'hawatchd --config.file=Makef' 'hawatchd --config.file=Makefile ?'
	check "$1: an option of the daemon" completes 'hawatchd --config.c' 'hawatchd --config.check ?'
	check "$1: a level of the daemon" completes 'hawatchd --log.level wa' 'hawatchd --log.level warn ?'
	check "$1: of several all" lists 'hawatch wait ' active ready drained
}

of_hawatch
of_hawatchd
of_a_daemon
for shell in bash zsh fish; do of_a_shell $shell; done
finish
