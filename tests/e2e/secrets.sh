#!/bin/bash
# Where a running daemon keeps its secrets: in locked memory that is in no core file, and nowhere else while it is idle.
# usage: secrets.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

# ranges locked|other: the daemon's writable memory, "FIRST LAST" in bytes. Of what is locked the kernel tells `lo`, of what
# is in no core file `dd`.
ranges() {
	awk -v wanted="$1" '
		$1 ~ /^[0-9a-f]+-[0-9a-f]+$/ { range = $1; mode = $2 }
		/^VmFlags:/ && mode ~ /^rw/ {
			is_locked = / lo( |$)/ && / dd( |$)/
			if (is_locked == (wanted == "locked")) print range
		}' "/proc/$daemon/smaps"
}
# memory locked|other: its bytes.
memory() {
	local range first last
	while IFS=- read -r first last; do
		first=$((16#$first / 4096)) last=$((16#$last / 4096))
		dd if="/proc/$daemon/mem" bs=4096 skip="$first" count=$((last - first)) status=none
	done < <(ranges "$1")
}
# copies locked|other TEXT: how often it has this text.
copies() { memory "$1" | grep -aoF -- "$2" | wc -l; }

is_locked_only() { # TEXT
	local locked other
	locked=$(copies locked "$1") other=$(copies other "$1")
	[ "$locked" -ge 1 ] && [ "$other" -eq 0 ] || { echo "copies in locked memory: $locked, elsewhere: $other"; return 1; }
}
is_gone_from_memory() { [ "$(copies locked "$1")" -eq 0 ] && [ "$(copies other "$1")" -eq 0 ]; }
has_locked() { awk '/^VmLck:/ { print; exit !($2 > 0) }' "/proc/$daemon/status"; }

# Time stands still while the script looks, so no request is under way.
at_rest() {
	check "$1: memory is locked" has_locked
	check "$1: the token of a file" is_locked_only "$(cat "$sim/$one.token")"
	check "$1: the token of a kubeconfig" is_locked_only "$inline"
	check "$1: the refresh token" is_locked_only "$(cat "$sim/spot-refresh-token")"
	check "$1: Spot's id_token" is_locked_only eyJ
	check "$1: the private key" is_locked_only "$key"
}
# The parsed kubeconfig is dropped a minute after it was read.
let_settle() {
	let_pass 130000
	polled 3 $one
	polled 3 $two
}

without_limit() { # COMMAND...: of RLIMIT_MEMLOCK nothing, and no right to pass over it
	prlimit --memlock=0:0 setpriv --inh-caps=-ipc_lock --bounding-set=-ipc_lock -- "$@"
}
says_why() { grep -q 'level=info msg="not all memory for secrets can be locked.*LimitMEMLOCK=.* bytes=0 error="' "$scratch/err" || { cat "$scratch/err"; false; }; }

[ "$(id -u)" -eq 0 ] || { echo "skip: only root can read the memory of hawatchd"; check "not root: skipped" true; finish; }
start_sim
config=$scratch/hawatch.yaml
inline=$(cat "$sim/$two.token")
openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out "$scratch/key" 2>/dev/null
openssl req -x509 -key "$scratch/key" -subj /CN=hawatch -days 30000 -out "$scratch/cert" 2>/dev/null
key=$(sed -n 5p "$scratch/key")
sed "/^- name: $two$/,/^- name/{
	s|^    tokenFile:.*|    token: $inline\n    client-certificate-data: $(base64 -w0 "$scratch/cert")\n    client-key-data: $(base64 -w0 "$scratch/key")|
}" "$sim/kubeconfig" >"$scratch/kubeconfig"
sed "s|$sim/kubeconfig|$scratch/kubeconfig|" "$sim/hawatch.yaml" >"$config"
rm -f "$sim/$two.token"
start_daemon
reaches "with secrets of each kind" ACTIVE
let_settle
at_rest "after two minutes"

old=$(cat "$sim/$one.token")
reload
check "reloaded" eventually logged 'msg="configuration reloaded"'
let_settle
at_rest "after a reload"
printf 'another-token-of-the-same-file\n' >"$sim/$one.token.new"
mv "$sim/$one.token.new" "$sim/$one.token"
polled 3 $one
check "after a rotation: nothing of the old token" is_gone_from_memory "$old"
check "SIGTERM ends it, exit status 0" stop_daemon

without_limit "$build/hawatchd" --config.file="$config" --config.check >"$scratch/out" 2>"$scratch/err"
check "memory that cannot be locked: goes on" grep -q 'configuration is valid' "$scratch/out"
check "memory that cannot be locked: said once" says_why
finish
