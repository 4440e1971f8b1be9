#!/bin/bash
# Daemons that watch the same pair: a maintenance window is begun at all of them or at none, never for both sides, and
# one that comes late takes it over.
# usage: peers.sh [BUILD_FOLDER] [threads]
set -u
. "$(dirname "$0")/lib.sh"

# Seconds, not fractions of them: so more time passes while the script waits.
fast=('interval: 2s' 'spot_interval: 2s' 'confirm_interval: 500ms' 'timeout: 5s' 'unreachable_for: 10s'
	'own_network_window: 4s' 'stale_after: 30s')
start_sim
lever step_ns 200000000
secret=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
declare -A port pid
for name in a b c; do port[$name]=$((10000 + RANDOM % 20000)); done

# be NAME: the daemon that the functions of lib.sh mean.
be() {
	me=$1 log=$scratch/$1.log socket=$scratch/$1.sock config=$scratch/$1.yaml
	url=http://127.0.0.1:${port[$1]} daemon=${pid[$1]-}
}
# configure NAME PEER...: writes its configuration, with these peers; `-`: none.
configure() {
	local name=$1 urls=
	shift
	cp "$sim/hawatch.yaml" "$scratch/$name.yaml"
	for peer; do urls+="'127.0.0.1:${port[$peer]}', "; done
	[ $# -eq 0 ] || echo "peers: {urls: [$urls], token_file: $scratch/$name.token}" >>"$scratch/$name.yaml"
	echo "$secret" >"$scratch/$name.token"
	chmod 600 "$scratch/$name.token"
}
run() { # NAME OPTION...: starts it
	be "$1"
	shift
	: >"$log"
	inside "$build/hawatchd" --config.file="$config" --web.listen-address="127.0.0.1:${port[$me]}" \
		--web.control-socket="$socket" "$@" 2>>"$log" >>"$log" &
	daemon=$! pid[$me]=$!
	servers+=("$daemon")
	at_pace 0 until_true has_begun
	! is_gone "$daemon" || give_up "hawatchd $me does not start" "$log"
}
is_ready() { curl -sS -f -o /dev/null "$url/readyz"; }

ask() { curl -sS --max-time 60 -o "$scratch/body" -w '%{http_code}\n' "$@"; }
gets() { # CODE CURL-ARGUMENT...
	local found
	found=$(ask "${@:2}")
	[ "$found" = "$1" ] || { echo "HTTP status $found, expected $1"; cat "$scratch/body"; false; }
}
order() { # NAME=VALUE...: leaves the HTTP status in $http and the answer in $scratch/$me.body
	local data=() parameter
	for parameter; do data+=(--data-urlencode "$parameter"); done
	http=$(curl -sS --max-time 60 -o "$scratch/$me.body" -w '%{http_code}' -G -X POST --unix-socket "$socket" \
		http://hawatch/api/v1/maintenance "${data[@]}")
}
answers() { # CODE WORDS NAME=VALUE...
	flowing order "${@:3}"
	[ "$http" = "$1" ] && grep -qF -- "$2" "$scratch/$me.body" || { echo "HTTP status $http, expected $1: $2"; cat "$scratch/$me.body"; false; }
}
begin() { answers "$1" "$2" action=begin side="$3" reason=disks "${@:4}"; }
end() { answers "$1" "$2" action=end side="$3"; }
marks() { # PRIMARY SECONDARY: at the present daemon
	local found
	found=$(value ha_maintenance side=primary; value ha_maintenance side=secondary)
	[ "$found" = "$1"$'\n'"$2" ] || { echo "at $me: $found"; false; }
}
at() { # NAME COMMAND...: there
	local was=$me code
	be "$1"
	"${@:2}"
	code=$?
	be "$was"
	return $code
}
all_mark() { local name; for name in "${here[@]}"; do at "$name" marks "$@" || return; done; }
peer_state() { # PEER: its state in the document
	curl -sS -f --unix-socket "$socket" http://hawatch/api/v1/maintenance | jq -re --arg at ":${port[$1]}" '.peers[] | select(.address | endswith($at)).state'
}
peer_problem() { curl -sS -f "$url/api/v1/maintenance" | jq -re '.peers[0].problem'; }
wrong_token() { peer_problem | grep -q 'it has another token'; }
is_state() { [ "$(peer_state "$1")" = "$2" ] || { echo "$1 at $me: $(peer_state "$1")"; false; }; }

here=(a b)
configure a a b
configure b a b
run a
run b
at a reaches 'Two daemons: one' ACTIVE
at b reaches 'and the other' ACTIVE
check 'They agree, and nobody is its own peer' at a eventually is_state b agrees
check 'there is one peer' at a test "$(curl -sS "$url/api/v1/maintenance" | jq '.peers | length')" = 1

be a
check 'A window is begun at one' begin 200 '"state":"agrees"' primary
check 'both have it' all_mark 1 0
check 'the other logs who asked' at b logged "maintenance order done\" peer=$(hostname) uid=$(id -u) .*action=begin pair=prod side=primary for=2h"
be b
check 'For the other side it is refused at the other' begin 409 'under maintenance' secondary
check 'The window is moved at the other' begin 200 '"state":"agrees"' primary for_seconds=3600
check 'and at both' at a eventually is_state b agrees
check 'It is ended at the other' end 200 '"peers"' primary
check 'at both' all_mark 0 0
check 'There is none to end' end 409 'no maintenance window is declared' primary

# Opposite sides at the same moment.
both_at_once() {
	local first second
	(be a; order action=begin side=primary reason=one; echo "$http" >"$scratch/a.code") & first=$!
	(be b; order action=begin side=secondary reason=two; echo "$http" >"$scratch/b.code") & second=$!
	flowing wait $first $second
	scrape_all && [ "$(cat "$scratch/marks")" != '1 1' ] ||
		{ echo "both sides are silenced: $(cat "$scratch/marks"), $(cat "$scratch/a.code" "$scratch/b.code")"; return 1; }
	agrees_with "$(cat "$scratch/marks")"
}
scrape_all() {
	local name primary=0 secondary=0
	for name in "${here[@]}"; do
		[ "$(at "$name" value ha_maintenance side=primary)" = 0 ] || primary=1
		[ "$(at "$name" value ha_maintenance side=secondary)" = 0 ] || secondary=1
	done
	echo "$primary $secondary" >"$scratch/marks"
}
agrees_with() { # MARKS: what the orders were answered is what is
	local answers
	answers="$([ "$(cat "$scratch/a.code")" = 200 ] && echo 1 || echo 0) $([ "$(cat "$scratch/b.code")" = 200 ] && echo 1 || echo 0)"
	[ "$answers" = "$1" ] && echo "$answers" >>"$scratch/outcomes" || { echo "answered $answers, but is $1"; false; }
}
opposite() { # TIMES
	local try
	for ((try = 1; try <= $1; try++)); do
		both_at_once || { echo "try $try"; return 1; }
		at a flowing order action=end side=primary
		at a flowing order action=end side=secondary
		[ "$(cat "$scratch/marks")" != '0 0' ] || let_pass 20000 # a peer holds for 15 s what it was asked for
	done
}
check 'Opposite sides at the same moment, three times: never both' opposite 3
sort "$scratch/outcomes" | uniq -c
check 'nothing is left' all_mark 0 0

# One does not answer.
kill -STOP "${pid[b]}"
be a
check 'One that is mute: nothing is begun' begin 409 'cannot be told' primary
check 'what to do is said' grep -q 'use --force to begin it without this peer' "$scratch/a.body"
check 'nothing is left' marks 0 0
kill -CONT "${pid[b]}"
check 'When it answers again, they agree' eventually is_state b agrees
let_pass 15000 # it holds what it was asked for

check 'One that ends: nothing is begun' at b stop_daemon
check 'refused' begin 409 'cannot be told' primary
check 'by force' begin 200 '"state":"unreachable"' secondary force=true
run b
check 'One that comes late has the window before it is ready' at b eventually is_ready
check 'so it has it' at b marks 0 1
check 'and says where from' at b logged 'maintenance windows taken from a peer'
be a
check 'The first agrees with it' eventually is_state b agrees
check 'ended at the first' end 200 agrees secondary

# A window that a state directory kept, and that was ended meanwhile.
mkdir "$scratch/state"
echo "state_directory: $scratch/state" >>"$scratch/b.yaml"
at b stop_daemon
run b
check 'With a state directory' eventually is_ready
check 'a window is begun' begin 200 agrees primary
check 'and moved at the other' at a begin 200 agrees primary for_seconds=3600
in_journal() { grep -q -- "$1" "$scratch/state/prod.journal" || { cat "$scratch/state/prod.journal"; false; }; }
check 'the journal says which user gave an order' eventually in_journal "\"kind\":\"order\".*\"note\":\"disks\",\"uid\":\"$(id -u)\""
check 'and at which host, of one that a peer passed on' eventually in_journal "\"kind\":\"order\".*\"note\":\"disks (given at $(hostname))\",\"uid\":\"$(id -u)\""
check 'its daemon ends' stop_daemon
be a
check 'the window is ended at the other' end 200 unreachable primary
run b
check 'The first is back' eventually is_ready
check 'and its old window is gone' marks 0 0

# A window that only a peer has.
echo "another$secret" >"$scratch/b.token"
be a
check 'A peer with another token' eventually wrong_token
check 'a window is begun without it' begin 200 unreachable primary force=true
echo "$secret" >"$scratch/b.token"
check 'With the same token again, they disagree' eventually is_state b disagrees
check 'ended at the other, which has none' at b end 200 agrees primary
check 'it is at none' all_mark 0 0
journal_has() { grep -hE "$1" "$scratch"/state/*journal* || { tail -n 3 "$scratch"/state/*journal*; false; }; }
check 'the journal of the other says what happened' eventually journal_has '"to":"end","reason":"done","note":"no window here; ended at peers"'
check 'There is none at all' at b end 409 'no maintenance window is declared' primary
check 'the journal says that' eventually journal_has '"to":"end","reason":"refused"'

# A window that is ended while its daemon asks: one peer has told of it, and another is mute.
configure c a b c
run c
kill -STOP "${pid[c]}"
configure b a b c
be a
check 'A window is begun' at a begin 200 agrees secondary
at b stop_daemon
run b
has_heard() { at b logged "peer answers\" peer=127.0.0.1:${port[a]}"; }
check 'A daemon starts, and has heard of the window' at_pace 0 eventually has_heard
check 'it waits for another peer' at b gets 503 "$url/readyz"
be a
order action=end side=secondary
check 'the window is ended' test "$http" = 200
check 'the daemon is ready' at b eventually is_ready
check 'and the window does not come back' at b marks 0 0
kill -CONT "${pid[c]}"
at c stop_daemon

# Behind one address there may be several, each below a path of its own.
configure a a b
sed -i "s|'127.0.0.1:${port[b]}'|&, '127.0.0.1:${port[b]}/there'|" "$scratch/a.yaml"
at a reload
be a
there_problem() { "$asker" get "$url/api/v1/maintenance" | jq -re --arg at "127.0.0.1:${port[b]}/there" '.peers[] | select(.address == $at).problem'; }
says_404() { there_problem | grep -q 'HTTP status 404'; }
check 'Below a path there is none: that is said' eventually says_404
check 'and nothing is begun' begin 409 "127.0.0.1:${port[b]}/there cannot be told" primary

# It ends while the peers hear of an order.
configure a a b
at a reload
be a
check 'Two again' eventually is_state b agrees
kill -STOP "${pid[b]}"
: >"$log"
(order action=begin side=primary reason=disks force=true; echo "$http" >"$scratch/a.code") & orderer=$!
check 'A window is begun, and its peer is mute' at_pace 0 eventually logged 'maintenance window declared'
check 'its daemon ends' stop_daemon
wait "$orderer"
check 'who ordered is told that the peers may not know' grep -q 'not known which peers have heard of it' "$scratch/a.body"
check 'as an error' test "$(cat "$scratch/a.code")" = 503
kill -CONT "${pid[b]}"
run a
check 'It is back' eventually is_ready
check 'and has what the peer has' eventually is_state b agrees
flowing order action=end side=primary
check 'nothing is left' all_mark 0 0
let_pass 15000 # it holds what the first was refused for by the path

# Three; one of them watches another pair.
here=(a b c)
for name in a b c; do configure $name a b c; done
sed -i 's/name: prod/name: other/' "$scratch/c.yaml"
at a reload
at b reload
run c
be a
check 'A third one watches another pair' eventually is_state c watches_others
check 'it is no obstacle' begin 200 watches_others primary
check 'nor to end' end 200 agrees primary
configure c a b c
at c reload
check 'The third watches the same pair: it agrees' eventually is_state c agrees

# One with the sides the other way round.
sed -i 's/primary:/first:/; s/secondary:/primary:/; s/first:/secondary:/' "$scratch/c.yaml"
at c reload
other_way_round() { at c as_expected ACTIVE && curl -sS -f "http://127.0.0.1:${port[c]}/api/v1/cloudspaces" | jq -e --arg two $two '.primary.name == $two'; }
check 'The sides of the third are swapped' eventually other_way_round
check 'A window would be of another cloudspace: refused' begin 409 "here the primary of pair prod is $two, not $one" primary
check 'What the second has agreed to is taken back at once' at b begin 409 'here the secondary' secondary
check 'At those with the same sides it is begun by force' begin 200 disagrees primary force=true
check 'the log has why the third has not' logged "peer has not taken the maintenance order.*:${port[c]}.*here the primary"
check 'nothing is silenced there' at c marks 0 0
check 'It is ended' end 200 '"peers"' primary
configure c a b c
at c reload
check 'The third has the same sides again' eventually is_state c agrees
check 'so a window is begun at once' at b begin 200 agrees secondary
check 'and ended' at b end 200 agrees secondary
check 'Opposite sides at two of three: never both' opposite 2
at c kill_daemon
check 'The third is gone: refused, though the second has agreed' begin 409 "127.0.0.1:${port[c]}" primary
here=(a b)
check 'nothing is left at the second' all_mark 0 0
configure a a b
configure b a b
at a reload
at b reload

# Strangers.
peer_url="$url/api/v1/peer?action=begin&from=stranger&pair=prod&side=primary&cloudspace=$one&force=true"
knows_b() { is_state b agrees && ! peer_state c; }
check 'Two again' eventually knows_b
check 'Without the token: 401' gets 401 -X POST "$peer_url"
check 'with another one: 401' gets 401 -X POST -H "Authorization: Bearer x$secret" "$peer_url"
check 'with a part of it: 401' gets 401 -X POST -H "Authorization: Bearer ${secret:0:31}" "$peer_url"
check 'as a password: 401' gets 401 -X POST -u "a:$secret" "$peer_url"
check 'with it, but by GET: 405' gets 405 -H "Authorization: Bearer $secret" "$peer_url"
check 'with it, without an ask: by force only' gets 200 -X POST -H "Authorization: Bearer $secret" "${peer_url/&force=true/}"
check 'and so refused' jq -e '.result == "refused" and .windows == []' "$scratch/body"
check 'an action that there is not: 400' gets 400 -X POST -H "Authorization: Bearer $secret" "${peer_url/action=begin/action=take}"
check 'without the cloudspace, as an older one asks: 400' gets 400 -X POST -H "Authorization: Bearer $secret" "${peer_url/&cloudspace=$one/}"
check 'that is said' grep -q 'cloudspace: missing' "$scratch/body"
check 'a parameter too much: 400' gets 400 -X POST -H "Authorization: Bearer $secret" "$peer_url&x=y"
check 'Not over the control socket' gets 404 -X POST -H "Authorization: Bearer $secret" --unix-socket "$socket" "http://x/api/v1/peer?action=status&from=x"
check 'nothing came of it' all_mark 0 0

echo "another$secret" >"$scratch/b.token"
check 'A peer with another token: it is said' eventually wrong_token
check 'and nothing is begun' begin 409 'another token' primary
check 'By force it is begun, and it is said who has not heard' begin 200 '"state":"unreachable"' primary force=true
check 'the log says so, too' logged 'peer has not taken the maintenance order" peer=.*error=.*another token'
doctor_says() { # RESULT THING TEXT
	flowing "$build/hawatch" --socket "$socket" doctor -o json | jq -re --arg thing "$2" '.lines[] | select(.thing == $thing) | .result + " " + .message' |
		grep -qF -- "$1 127.0.0.1:${port[b]}$3"
}
probe_says() { # RESULT THING TEXT: beside the daemon, with its configuration
	(flowing inside timeout -k 5 "$patience" "$build/hawatchd" --config.file="$config" --config.probe -o json) >"$scratch/probe" 2>&1
	jq -re --arg thing "$2" '.lines[] | select(.thing == $thing) | .result + " " + .message' "$scratch/probe" |
		grep -qF -- "$1 127.0.0.1:${port[b]}$3" || { cat "$scratch/probe"; false; }
}
check 'hawatch doctor says so' doctor_says warn peer " ($(hostname)): HTTP status 401: it has another token"
check 'and a probe' probe_says warn peer ': HTTP status 401: it has another token'
echo "$secret" >"$scratch/b.token"
check 'With the same token again, they disagree' eventually is_state b disagrees
check_says() { flowing "$build/hawatch" --socket "$socket" check -o json | jq -re '.checks[] | select(.name == "peers").message' | grep -q "$1"; }
check 'hawatch check says so' check_says 'has other maintenance windows'
flowing "$build/hawatch" --socket "$socket" maintenance status
check 'hawatch doctor says so' doctor_says warn 'peer windows' ' has other maintenance windows'
check 'A probe beside them reaches both' probe_says ok peer " ($(hostname)) answers"
check 'The end is for all' end 200 agrees primary
check 'and is' all_mark 0 0

# TLS and users: peers need the CA, and no user. `localhost` has two addresses, and both are the same daemon.
stop_daemon
at b stop_daemon
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=peers -addext subjectAltName=DNS:localhost \
	-keyout "$scratch/peers.key" -out "$scratch/peers.crt" 2>"$scratch/openssl" || give_up "openssl fails" "$scratch/openssl"
cat >"$scratch/web.yml" <<END
tls_server_config: {cert_file: $scratch/peers.crt, key_file: $scratch/peers.key}
basic_auth_users: {prometheus: '\$2y\$04\$abcdefghijklmnopqrstuuKwmSwHhrlUjvfvcTQ5B9rHGbkO6fUhW'}
END
urls=
for name in a b; do urls+="'https://localhost:${port[$name]}', "; done
for name in a b; do
	six=()
	! grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null || six=("--web.listen-address=[::1]:${port[$name]}")
	cp "$sim/hawatch.yaml" "$scratch/$name.yaml"
	echo "peers: {urls: [$urls], token_file: $scratch/$name.token, ca_file: $scratch/peers.crt}" >>"$scratch/$name.yaml"
	run $name --web.config.file="$scratch/web.yml" "${six[@]}"
done
be a
only_b() { is_state b agrees && [ "$(curl -sS -f --unix-socket "$socket" http://hawatch/api/v1/maintenance | jq '.peers | length')" = 1 ]; }
check 'Over TLS, beside users: they agree, and each is shown once' eventually only_b
check 'a window is begun' begin 200 agrees secondary
check 'and ended' at b end 200 agrees secondary
stop_daemon
at b stop_daemon
configure b a b
run b
configure a a b
run a
check 'Without TLS again' eventually is_state b agrees

echo tiny >"$scratch/a.token"
check 'A token file that cannot be used is told' eventually logged 'peers.token_file cannot be used; the token from before is.*too short'
check 'and the token from before is used: a window is begun at the other' at b begin 200 '"state":"agrees"' primary
check 'and ended here' end 200 '"state":"agrees"' primary
echo "$secret" >"$scratch/a.token"
check 'A good file is told' eventually logged 'peers.token_file can be used again'

configure a
reload
no_peers() { "$asker" get "$url/api/v1/maintenance" | jq -e 'has("peers") | not'; }
check 'Without peers' eventually no_peers
check 'there is nothing to ask: 404' gets 404 -X POST -H "Authorization: Bearer $secret" "$peer_url"
check 'a window is of this one alone' begin 200 '"declared":true' primary
check 'as before' at b marks 0 0

echo tiny >"$scratch/a.token"
echo "peers: {urls: ['127.0.0.1:1'], token_file: $scratch/a.token}" >>"$scratch/a.yaml"
refuses() { ! "$build/hawatchd" --config.check --config.file="$config" >"$scratch/said" 2>&1 && grep -q "$1" "$scratch/said"; }
check 'A short token is a mistake' refuses 'a.token: the token is too short; expected at least 16 characters'
echo "$secret" >"$scratch/a.token"

for name in a b c; do
	check "$name: the log has no secret" at $name without_secrets "$scratch/$name.log" "$scratch/$name.token"
	! grep -q "$secret" "$scratch/$name.log" || check "$name: the token is not in the log" false
done
check 'One ends well' at a stop_daemon
check 'and the other' at b stop_daemon
finish
