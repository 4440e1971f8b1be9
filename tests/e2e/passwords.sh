#!/bin/bash
# Who may ask, and how often: users with bcrypt hashes, cached verdicts, floods of wrong passwords, request rates.
# usage: passwords.sh [BUILD_FOLDER [threads]]    threads: a flood and a slow hash alone, for TSan
set -u
. "$(dirname "$0")/lib.sh"
require perl

parts=${2:-all}
web=$scratch/web.yml
patience=120

# hash COST PASSWORD: by bcrypt, as htpasswd makes it.
hash() { perl -e 'printf "%s", crypt($ARGV[1], sprintf("\$2y\$%02d\$abcdefghijklmnopqrstuu", $ARGV[0]))' -- "$1" "$2"; }
long=$(printf 'x%.0s' {1..300})

# users COST NAME=PASSWORD...: the web configuration.
users() {
	local cost=$1 user
	shift
	echo 'basic_auth_users:'
	for user; do echo "  ${user%%=*}: '$(hash "$cost" "${user#*=}")'"; done
}

# ask ARGUMENT...: of curl. Leaves the status in $code, the head in $scratch/head and the body in $scratch/body.
ask() { code=$(curl -sS --max-time "$patience" -o "$scratch/body" -D "$scratch/head" -w '%{http_code}' "$@"); }
gives() { # CODE ARGUMENT...
	local expected=$1
	shift
	ask "$@"
	[ "$code" = "$expected" ] || { echo "HTTP $code, expected $expected"; cat "$scratch/head" "$scratch/body"; false; }
}
has_header() { tr -d '\r' <"$scratch/head" | grep -qixE -- "$1" || { cat "$scratch/head"; false; }; }
is_kind() { [ "$(jq -r .kind "$scratch/body")" = "$1" ] || { cat "$scratch/body"; false; }; }

# Behind a password, everything is asked by this user.
scrape() { curl -sS -f --max-time 60 -u prometheus:secret -o "$scratch/metrics" "$url/metrics"; }
# hashed LABEL=VALUE...: so many passwords, by now: what is shown may be a second old.
hashed() {
	let_pass 1100
	sum ha_http_passwords_hashed_total "$@"
}
has_hashed() { [ "$(hashed)" = "$1" ] || { echo "hashed: $(hashed), expected $1"; false; }; }
threads() { find "/proc/$daemon/task" -mindepth 1 -maxdepth 1 | wc -l; }
has_threads() { [ "$(threads)" -eq "$1" ]; }

basic() { printf '%s' "$1" | base64 -w 0; }

# Each line: CODE NAME ARGUMENTS, of a request for /metrics.
answers() {
	check "no user: 401" gives 401 "$url/metrics"
	check "no user: the challenge" has_header 'WWW-Authenticate: Basic realm="hawatch", charset="UTF-8"'
	check "no user: an error as others" is_kind unauthorized
	check "right: 200" gives 200 -u prometheus:secret "$url/metrics"
	check "wrong: 401" gives 401 -u prometheus:Secret "$url/metrics"
	check "wrong: the challenge" has_header 'WWW-Authenticate: Basic .*'
	check "no such user: 401" gives 401 -u nobody:secret "$url/metrics"
	check "a user's name in capitals: 401" gives 401 -u Prometheus:secret "$url/metrics"
	check "a colon in the password: 200" gives 200 -u 'colon:a:b:c' "$url/metrics"
	check "half of it: 401" gives 401 -u 'colon:a' "$url/metrics"
	check "UTF-8: 200" gives 200 -u $'ana:w\xc3\xb6rt' "$url/metrics"
	check "the same in Latin-1: 401" gives 401 -u $'ana:w\xf6rt' "$url/metrics"
	check "an empty password: 200" gives 200 -u empty: "$url/metrics"
	check "another for an empty one: 401" gives 401 -u empty:x "$url/metrics"
	check "300 bytes: 200" gives 200 -u "long:$long" "$url/metrics"
	check "300 bytes: 72 count, as everywhere with bcrypt" gives 200 -u "long:${long:0:72}" "$url/metrics"
	check "71 bytes: 401" gives 401 -u "long:${long:0:71}" "$url/metrics"
	check "a token: 401" gives 401 -H 'Authorization: Bearer secret' "$url/metrics"
	check "no base64: 401" gives 401 -H 'Authorization: Basic ???' "$url/metrics"
	check "no colon: 401" gives 401 -H "Authorization: Basic $(basic prometheus)" "$url/metrics"
	check "a NUL behind the password: 401" gives 401 -H "Authorization: Basic $(printf 'prometheus:secret\0' | base64)" "$url/metrics"
	check "the scheme in capitals: 200" gives 200 -H "Authorization: BASIC $(basic prometheus:secret)" "$url/metrics"
	check "two headers: 400" gives 400 -H "Authorization: Basic $(basic prometheus:secret)" -H 'Authorization: Basic x' "$url/metrics"
	check "a path that is not there, no user: 401" gives 401 "$url/none"
	check "a path that is not there: 404" gives 404 -u prometheus:secret "$url/none"
	check "health, no user: 401" gives 401 "$url/healthz"
	check "health: 200" gives 200 -u prometheus:secret "$url/healthz"
	check "POST, no user: 401" gives 401 -d x=y "$url/api/v1/maintenance"
	check "HEAD, no user: 401" gives 401 -I "$url/metrics"
	check "the page, on a connection that is kept" kept
	check "the operator's socket needs none" "$build/hawatch" --socket="$socket" --pair="$pair" active
}
kept() {
	curl -sS --max-time 60 -o "$scratch/1" -o "$scratch/2" -o "$scratch/3" -w '%{http_code} %{num_connects}\n' -u "new:password" \
		"$url/" "$url/" "$url/metrics" >"$scratch/kept" && [ "$(tr '\n' ' ' <"$scratch/kept")" = "200 1 200 0 200 0 " ] ||
		{ cat "$scratch/kept"; false; }
}

operator() {
	printf 'ana:w\xc3\xb6rt\n' >"$scratch/user"
	check "hawatch --user-file" "$build/hawatch" --url "$url" --user-file "$scratch/user" --pair "$pair" active
	"$build/hawatch" --url "$url" --pair "$pair" status >"$scratch/out" 2>"$scratch/err"
	check "hawatch without it: what to do" grep -q 'requires a credential (HTTP 401).*--user-file' "$scratch/err"
}

# One hash for each password; then the verdict is known, be it good or bad.
verdicts() {
	local before i
	before=$(hashed)
	for i in 1 2 3; do ask -u prometheus:secret "$url/metrics"; ask -u prometheus:Secret "$url/metrics"; ask -u nobody:secret "$url/metrics"; done
	check "known passwords are not hashed again" has_hashed "$before"
	check "answers are counted" eventually is_above 0 ha_http_requests_total code=401
}

is_alone() { [ "$(sum ha_http_connections)" = 1 ]; }

flood() { # SOURCES FRESH-USER
	local name="wrong passwords of $1 address(es)" before after
	before=$(hashed result=wrong)
	begin_flood password 200 "$1" 4000
	check "$name: many are hashed" flowing eventually is_above $((before + $1 + 20)) ha_http_passwords_hashed_total result=wrong
	check "$name: most are refused at once" flowing eventually is_above 100 ha_http_requests_total code=429
	check "$name: a known password is let in" all_answered 20 scrape
	check "$name: a new one, too" gives 200 -u "$2" "$url/metrics"
	check "$name: one thread hashes" has_threads "$hashing_threads"
	check "$name: the operator" "$build/hawatch" --socket="$socket" --pair="$pair" active
	end_flood
	check "$name: all are gone" eventually is_alone
	after=$(hashed result=right)
	check "$name: a new one is known now" gives 200 -u "$2" "$url/metrics"
	check "$name: it was hashed once" [ "$(hashed result=right)" = "$after" ]
}

# Passwords that take seconds: who waits is answered when the daemon stops, and that waits for no hash.
slow_hashes() {
	local asking
	users 4 prometheus=secret | sed 's/\$04\$/$18$/' >"$web" # nobody needs to know the right one
	start_daemon --web.config.file="$web"
	curl -sS --max-time "$patience" -o "$scratch/slow" -w '%{http_code}\n' -u prometheus:wrong "$url/metrics" >"$scratch/code" &
	asking=$!
	servers+=("$asking")
	check "a slow hash: begins" eventually has_threads "$hashing_threads"
	check "a slow hash: others are answered meanwhile" gives 401 "$url/metrics"
	check "a slow hash: the daemon stops" stop_daemon
	wait "$asking"
	check "a slow hash: who waits is told so" grep -qx 503 "$scratch/code"
	check "a slow hash: why" grep -q stopping "$scratch/slow"
}

# Users change while the daemon runs; a file with a mistake changes nothing.
reloads() {
	users 4 prometheus=other ana=secret >"$web"
	check "another password: let in" eventually gives 200 -u prometheus:other "$url/metrics"
	check "another password: the old one is refused" gives 401 -u prometheus:secret "$url/metrics"
	check "another user: let in" gives 200 -u ana:secret "$url/metrics"
	{ users 4 prometheus=third; echo '  broken: secret'; } >"$web"
	check "a mistake: logged, with its place" eventually logged 'web.yml:3:11: .*broken.* is not a bcrypt hash'
	check "a mistake: nothing changes" gives 200 -u prometheus:other "$url/metrics"
	echo >"$web"
	check "no users: everybody may ask" eventually gives 200 "$url/metrics"
}

# each_of COUNT ARGUMENT... URL: the codes of so many requests on one connection, each with how often it came.
each_of() {
	curl -sS --max-time 60 -o "$scratch/body" -w '%{http_code}\n' "${@:2:$#-2}" "${*: -1}?[1-$1]" | sort | uniq -c |
		awk '{ printf "%s%s: %s", (NR > 1 ? ", " : ""), $2, $1 }'
}

rates() {
	local codes
	: >"$web"
	begin
	codes=$(each_of 600 --interface 127.0.1.9 -D "$scratch/head" "$url/api/v1/summary")
	check "600 requests of an address at once: 200 at least are answered, not all ($codes)" awk '
		{ good = $2 + 0; refused = $4 + 0 }
		END { exit !(good >= 200 && refused > 0 && good + refused == 600) }' <<<"$codes"
	check "then: Retry-After" has_header 'Retry-After: 1'
	check "then: an error as others" is_kind too_many_requests
	check "health is not counted" [ "$(each_of 600 --interface 127.0.1.9 "$url/livez")" = '200: 600' ]
	check "another address has its own" gives 200 --interface 127.0.1.10 "$url/metrics"
	check "this machine may ask as often as it likes" all_answered 300 is_answered
	stop_daemon
	echo 'rate_limit: {interval: 1h, burst: 3}' >"$web"
	start_daemon --web.config.file="$web"
	check "rate_limit: a burst of 3" all_answered 3 gives 200 "$url/metrics"
	check "rate_limit: then 429" gives 429 "$url/metrics"
	check "rate_limit: Retry-After" has_header 'Retry-After: 3[56][0-9][0-9]'
	check "rate_limit: another address, too" gives 429 --interface 127.0.1.10 "$url/metrics"
	check "rate_limit: health is not counted" all_answered 10 gives 200 "$url/healthz"
	check "rate_limit: nor the operator" all_answered 5 "$build/hawatch" --socket="$socket" --pair="$pair" active
	stop_daemon
	{ users 4 prometheus=secret; echo 'rate_limit: {interval: 1h, burst: 2}'; } >"$web"
	start_daemon --web.config.file="$web"
	check "both: a request whose password is hashed counts once" all_answered 2 gives 200 -u prometheus:secret "$url/metrics"
	check "both: the rate comes before the password" gives 429 "$url/metrics"
	check "rate_limit: the daemon ends" stop_daemon
}
is_answered() { gives 200 "$url/api/v1/check"; }

# Each begins a daemon of its own.

begin() {
	start_daemon --web.config.file="$web" "$@"
	usual_threads=$(threads)
	hashing_threads=$((usual_threads + 1))
	check "begins" eventually "$build/hawatch" --socket="$socket" --pair="$pair" active
}
everybody() {
	users 4 prometheus=secret colon=a:b:c $'ana=w\xc3\xb6rt' empty= "long=$long" new=password >"$web"
	begin --log.level=debug
	check "no thread for passwords before the first" has_threads "$usual_threads"
	answers
	operator
	verdicts
	check "no password and no hash in the log" eval "! grep -aE '[^:]secret([^s]|$)|password=|wort|xxxx|\\\$2y' '$log'"
	reloads
	check "ends" stop_daemon
}
floods() {
	users 5 prometheus=secret first=a second=b >"$web"
	begin
	[ "$parts" = threads ] || flood 1 first:a
	flood 200 second:b
	check "floods: ends" stop_daemon
}

fast=() # the defaults: little happens beside the floods
start_sim
[ "$parts" = threads ] || everybody
floods
slow_hashes
[ "$parts" = threads ] || rates
finish
