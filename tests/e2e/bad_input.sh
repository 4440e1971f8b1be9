#!/bin/bash
# Bad input: configurations, files and options that hawatchd has to refuse, naming the place and the
# remedy, before it does anything.
# usage: bad_input.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

# run OPTION...: one hawatchd that is expected to end by itself.
run() {
	timeout -k 5 "$patience" "$build/hawatchd" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	code=$?
}
is_exit() { [ "$code" -eq "$1" ] || { echo "exit status $code, expected $1"; cat "$scratch/err"; false; }; }
says() { grep -qE -- "$1" "$scratch/err" || { cat "$scratch/err"; false; }; }
is_silent() { [ ! -s "$scratch/out" ] || { cat "$scratch/out"; false; }; }

# refuses NAME CODE TEXT OPTION...: the text is an extended regular expression.
refuses() {
	run "${@:4}"
	check "$1: exit status $2" is_exit "$2"
	check "$1: says $3" says "$3"
	check "$1: nothing on stdout" is_silent
}

# A configuration of which every line is known by its number.
good_config() {
	cat <<-END
		spot:
		  refresh_token_file: $sim/spot-refresh-token
		poll:
		  interval: 5s
		pairs:
		  - name: prod
		    primary: {cloudspace: $one, kubeconfig: $sim/kubeconfig, context: $one}
		    secondary: {cloudspace: $two, kubeconfig: $sim/kubeconfig, context: $two}
	END
}
edited() { good_config | sed -E "$1" >"$bad"; }

# Address and socket belong to a running daemon: whoever opens them before it has read everything
# fails for another reason than the one expected.
taken() { refuses "$1" 2 "$2" --config.file="$bad" --web.listen-address="$address" --web.control-socket="$socket"; }

# mistake NAME SED_SCRIPT LINE:COLUMN TEXT
mistake() {
	edited "$2"
	taken "$1" "^$bad:$3: .*$4"
	check "$1: nothing else" [ "$(wc -l <"$scratch/err")" -eq 1 ]
}

mistakes() {
	mistake "unknown key" '4a\  intervall: 5s' 5:3 'unknown key `intervall`; did you mean `interval`'
	mistake "unknown key without a likeness" '5i\frobnicate: 1' 5:1 'unknown key `frobnicate`; expected one of'
	mistake "key in another's place" '1i\spot_interval: 5s' 1:1 'belongs under `poll`'
	mistake "duplicate key" '4a\  interval: 6s' 5:3 '`interval`.* line 4'
	mistake "duration without a unit" '4s/5s/15/' 4:13 '`15` has no unit.*such as 15s'
	mistake "duration that is none" '4s/5s/soon/' 4:13 'soon.*expected'
	mistake "duration out of range" '4s/5s/1ms/' 4:13 'out of range; expected 10ms to 1h'
	mistake "number that is a text" '8s/}/, max_nodes: many}/' '8:[0-9]+' 'max_nodes: `many` is not a number; expected a whole number'
	mistake "number out of range" '8s/}/, max_nodes: 0}/' '8:[0-9]+' 'out of range; expected 1 to 100000'
	mistake "boolean that is none" '6a\    enabled: perhaps' 7:14 'perhaps.*expected'
	mistake "pair without a secondary" '8d' 6:5 'secondary is missing'
	mistake "side without a cloudspace" "8s/cloudspace: $two, //" 8:16 'cloudspace is missing'
	mistake "pair without a name" '6s/name: prod/enabled: true/' 6:5 'name is missing'
	mistake "no pairs" '5,$d' '[0-9]+:[0-9]+' 'pairs.*expected a list'
	mistake "both sides the same cloudspace" "8s/cloudspace: $two/cloudspace: $one/" '8:[0-9]+' 'already the primary, in line 7'
	mistake "values that contradict" '4a\  unreachable_for: 1s' 5:20 'expected more than .*own_network_window'
	mistake "not YAML" '8s/}$//' '[0-9]+:[0-9]+' 'not valid YAML'
	mistake "a tab" '4s/^  /\t/' '4:1' 'not valid YAML'
	mistake "a list for a mapping" '3,4d; 2a\poll: [1, 2]' 3:7 'poll: .*expected a mapping'
	mistake "plain HTTP to another machine" '1a\  api_url: http://192.0.2.1' 2:12 'expected https://'

	good_config >"$bad"
	good_config | sed -n 6,8p | sed "s/cloudspace: $one/cloudspace: c/; s/cloudspace: $two/cloudspace: d/" >>"$bad"
	taken "two pairs of one name" "^$bad:9:11: pair \`prod\` is already in line 6; expected"
}

# One run tells them all, in the order of the file.
all_at_once() {
	edited '4s/5s/15/; 4a\  timeout: 99h
		2a\  refresh_token: eyJhbGciOiJSUzI1NiJ9.secret
		6a\    enabled: perhaps
		8d'
	taken "all at once" "^$bad:5:13: "
	check "all at once: the unknown key" says "^$bad:3:3: unknown key \`refresh_token\`; .*refresh_token_file"
	check "all at once: the range" says "^$bad:6:12: .*out of range"
	check "all at once: the boolean" says "^$bad:9:14: .*perhaps"
	check "all at once: the missing side" says "^$bad:8:5: .*secondary is missing"
	check "all at once: five in all" [ "$(wc -l <"$scratch/err")" -eq 5 ]
	check "a token pasted into the file is not repeated" eval "! grep -q eyJhbGci '$scratch/err'"
}

# Bytes that no editor wrote.
strange_files() {
	: >"$bad"
	taken "empty file" "^$bad:1:1: .*expected"
	head -c 4096 "$build/hawatchd" >"$bad"
	taken "binary file" "^$bad:[0-9]+:[0-9]+: not "
	yes '# far too much' | head -c 9000000 >"$bad"
	taken "file of 9 MB" "$bad: the file is larger than"
	yes -- '- [' | head -n 100000 >"$bad"
	taken "nested without end" "^$bad:[0-9]+:[0-9]+: "
	rm "$bad" && mkdir "$bad"
	taken "folder for a file" "$bad: not a regular file"
	rmdir "$bad" && mkfifo "$bad"
	taken "pipe for a file" "$bad: not a regular file"
	rm "$bad"
	taken "missing file" "$bad: No such file or directory"
	good_config >"$bad"
	chmod 000 "$bad"
	if [ "$(id -u)" -eq 0 ]; then
		as_another=(setpriv --reuid=65534 --regid=65534 --clear-groups --)
		cp "$build/hawatchd" "$scratch/hawatchd" # $build may be out of its reach
		chmod 711 "$scratch"
		"${as_another[@]}" timeout -k 5 "$patience" "$scratch/hawatchd" --config.file="$bad" >"$scratch/out" 2>"$scratch/err" </dev/null
		code=$?
		chmod 700 "$scratch"
		check "unreadable file: exit status 2" is_exit 2
		check "unreadable file: says which" says "$bad: Permission denied"
	else
		taken "unreadable file" "$bad: Permission denied"
	fi
	rm -f "$bad"
}

# with_kubeconfig SED_SCRIPT: the primary's, changed.
with_kubeconfig() {
	sed -E "$1" "$sim/kubeconfig" >"$scratch/kubeconfig"
	edited "7s,$sim/kubeconfig,$scratch/kubeconfig,"
}

named_files() {
	edited "2s,spot-refresh-token,no-such-token,"
	taken "refresh token file missing" "$sim/no-such-token: No such file"
	: >"$scratch/empty"
	edited "2s,: .*,: $scratch/empty,"
	taken "refresh token file empty" "$scratch/empty: the file is empty, a token is expected"
	edited "8s,},\, token_file: $sim/no-such-token},"
	taken "token file missing" "$sim/no-such-token: No such file"
	printf 'two words\n' >"$scratch/words"
	edited "8s,},\, token_file: $scratch/words},"
	taken "token file with two words" "$scratch/words: not a token"
	check "what stands in it is not repeated" eval "! grep -q 'two words' '$scratch/err'"
	edited "1a\  ca_file: $sim/no-such-ca"
	taken "CA file missing" "$sim/no-such-ca: No such file"
	edited "8s,},\, ca_file: $scratch/words},"
	taken "CA file without a certificate" "$scratch/words: no PEM certificate"

	edited "7s,$sim/kubeconfig,$sim/no-such-kubeconfig,"
	taken "kubeconfig missing" "$sim/no-such-kubeconfig: No such file"
	edited "7s/context: $one/context: elsewhere/"
	taken "context missing" "$sim/kubeconfig: no context named \`elsewhere\`; known: $one, $two"
	with_kubeconfig '3s/^/}/'
	taken "kubeconfig that is not YAML" "^$scratch/kubeconfig:3:[0-9]+: not valid YAML"
	with_kubeconfig 's/(server: ).*/\1http:\/\/192.0.2.1/'
	taken "kubeconfig without TLS" "^$scratch/kubeconfig:[0-9]+:[0-9]+: server: .*expected https://"
	with_kubeconfig 's/(authority-data: ).*/\1aGVsbG8=/'
	taken "kubeconfig without a certificate" "^$scratch/kubeconfig:[0-9]+:[0-9]+: certificate-authority-data: no PEM"
	with_kubeconfig 's/tokenFile: .*/exec: {command: get-token}/'
	taken "kubeconfig that runs a program" "^$scratch/kubeconfig:[0-9]+:[0-9]+: user: exec runs a program, which is not allowed; set allow_exec: true"
	with_kubeconfig 's,tokenFile: .*,tokenFile: no-such-token,'
	taken "token file of the kubeconfig missing" "$scratch/no-such-token: No such file"

	edited "2s,spot-refresh-token,no-such-token,; 7s,$sim/kubeconfig,$sim/no-such-kubeconfig,; 8s/context: $two/context: elsewhere/"
	taken "three bad files" "$sim/no-such-token: "
	check "three bad files: the second as well" says "$sim/no-such-kubeconfig: "
	check "three bad files: the third as well" says "no context named \`elsewhere\`"
}

checking() {
	good_config >"$bad"
	run --config.check --config.file="$bad" --web.listen-address="$address" --web.control-socket="$socket"
	check "--config.check, good: exit status 0" is_exit 0
	check "--config.check, good: says so" grep -qF "$bad" "$scratch/out"
	check "--config.check, good: nothing on stderr" [ ! -s "$scratch/err" ]
	edited '4s/5s/15/'
	refuses "--config.check, bad" 2 "^$bad:4:13: " --config.check --config.file="$bad"
	edited "2s,spot-refresh-token,no-such-token,"
	refuses "--config.check, file missing" 2 "no-such-token: No such file" --config.check --config.file="$bad"
}

# Arguments and names of files with what a terminal obeys: ESC, BEL, U+202E, C1, a byte that is no UTF-8, a line end.
hostile() {
	local text=$'x\e[31m\a\xe2\x80\xae\xc2\x9b\xff\ny' option
	for option in "$text" "--$text" "--log.level=$text" "--log.format=$text" "--web.listen-address=$text" "--config.check=$text" \
		"--web.external-url=ftp://$text" "--web.route-prefix=$text" "--config.file=$scratch/$text" "--config.file=$scratch/$text/h.yaml"; do
		run "$option" --config.check
		check "hostile ${option%%x*}: refused" is_exit 2
		check "hostile ${option%%x*}: printed without control bytes" is_clean
	done
	mkdir "$scratch/$text"
	good_config >"$scratch/$text/h.yaml"
	run --config.check --config.file="$scratch/$text/h.yaml"
	check "hostile folder: fine" is_exit 0
	check "hostile folder: printed without control bytes" is_clean
	echo 'pears: []' >>"$scratch/$text/h.yaml"
	run --config.check --config.file="$scratch/$text/h.yaml"
	check "hostile folder, a mistake: refused" is_exit 2
	check "hostile folder, a mistake: printed without control bytes" is_clean
}
is_clean() {
	cat "$scratch/out" "$scratch/err" >"$scratch/said"
	[ -s "$scratch/said" ] && iconv -f UTF-8 -t UTF-8 "$scratch/said" >"$scratch/same" &&
		! LC_ALL=C grep -anP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae' "$scratch/said"
}

options() {
	local option
	good_config >"$bad"
	refuses "unknown option" 2 no.such.option --no.such.option
	refuses "unknown letters" 2 "option '-x' is not known" -xy
	refuses "no more said than to try --help" 2 "hawatchd --help" --no.such.option
	refuses "option without its value" 2 "requires an argument" --config.file
	refuses "option with a value too many" 2 "doesn't allow an argument" --config.check=yes
	refuses "stray argument" 2 "unexpected argument 'stray'" stray
	refuses "bad log level" 2 "log.level=loud: expected one of debug, info, warn, error" --log.level=loud
	refuses "bad log format" 2 "log.format=xml: expected one of logfmt, json" --log.format=xml
	refuses "too many addresses" 2 "at most 8" --web.listen-address=:1{,,,,,,,,}
	for option in nonsense 127.0.0.1 127.0.0.1: 127.0.0.1:99999 127.0.0.1:-1 127.0.0.1:http ::1:80; do
		refuses "address $option" 2 "$option: expected an address such as 127.0.0.1:29164" \
			--config.file="$bad" --web.control-socket= --web.listen-address="$option"
	done
	refuses "health address" 2 "web.health-listen-address: :x: expected an address" --web.health-listen-address=:x
	refuses "a Unix socket's relative path" 2 "unix:x: expected an absolute path" --web.listen-address=unix:x
	refuses "name of no host" 2 "web.allowed-host: not the name of a host" --web.allowed-host=http://h
	refuses "external URL with a password" 2 "web.external-url: a user or password" --web.external-url=https://me:hunter2@h/
	check "external URL with a password: not repeated" eval "! grep -q hunter2 '$scratch/err'"
	refuses "external URL without http" 2 "web.external-url: neither http" --web.external-url=localhost:29164
	refuses "external URL, checked" 2 "web.external-url: quotes" --config.check --config.file="$bad" "--web.external-url='h'"
	refuses "route prefix that is a URL" 2 "web.route-prefix: not the path of a URL" --web.route-prefix=https://h/hawatch
	run --help
	check "--help: exit status 0" is_exit 0
	for option in config.file config.check config.probe config.init config.init.token-file config.init.organization config.init.ca-file output web.listen-address web.config.file web.systemd-socket web.health-listen-address web.external-url web.route-prefix web.telemetry-path web.max-requests web.allowed-host web.control-socket log.level log.format version help; do
		check "--help tells of --$option" grep -q -- "--$option" "$scratch/out"
	done
	run --version
	check "--version: exit status 0" is_exit 0
	check "--version: says it" grep -qE '^hawatchd, version [0-9]+\.[0-9]+\.[0-9]+ ' "$scratch/out"
}

# Good configurations that meet somebody else's address or socket.
places() {
	local free=()
	good_config >"$bad"
	refuses "port taken" 1 "$address.*in use.*--web.listen-address" --config.file="$bad" \
		--web.listen-address="$address" --web.control-socket=
	refuses "address of another machine" 1 "192.0.2.1:29164" --config.file="$bad" \
		--web.listen-address=192.0.2.1:29164 --web.control-socket=
	# On an address that is free indeed: it is the socket that fails.
	free=(--config.file="$bad" --web.listen-address=127.0.0.1:0)
	refuses "socket of a running daemon" 1 "$socket: another process listens on this socket" "${free[@]}" --web.control-socket="$socket"
	check "socket of a running daemon: it still answers" curl -sS -f -o "$scratch/body" --unix-socket "$socket" http://localhost/healthz
	refuses "socket in no folder" 1 "$scratch/none/s: No such file" "${free[@]}" --web.control-socket="$scratch/none/s"
	echo precious >"$scratch/precious"
	refuses "socket in a file's place" 1 "$scratch/precious: " "${free[@]}" --web.control-socket="$scratch/precious"
	check "socket in a file's place: the file stays" grep -qx precious "$scratch/precious"
	refuses "socket with too long a path" 1 "longer than [0-9]+ bytes, the limit for a socket path" "${free[@]}" \
		--web.control-socket="$scratch/$(printf 'x%.0s' {1..108})"
}

# What a daemon that was killed leaves behind is not in the way of the next.
after_a_kill() {
	kill_daemon
	check "killed: its socket is left behind" test -S "$socket"
	start_daemon
	check "killed: the next one takes the socket" curl -sS -f -o "$scratch/body" --unix-socket "$socket" http://localhost/healthz
	check "SIGTERM ends it, exit status 0" stop_daemon
}

start_sim
start_daemon
reaches "the daemon" ACTIVE
address=${url#http://}
bad=$scratch/bad.yaml
good_config >"$bad"
run --config.check --config.file="$bad"
check "the configuration before its mistakes is good" is_exit 0
mistakes
all_at_once
strange_files
named_files
checking
options
hostile
places
polled 2 $one
check "the running daemon saw nothing of it" as_expected ACTIVE UP/serving UP/serving
check "and was ACTIVE all the time" is 1 ha_status_transitions_total from=UNKNOWN to=ACTIVE
check "and nothing else" [ "$(sum ha_status_transitions_total)" = 1 ]
after_a_kill
finish
