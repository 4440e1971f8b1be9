#!/bin/bash
# Files that other users can read or change: hawatchd warns of them at its start, at a reload and with --config.check, the
# health check repeats it, and nothing fails because of it.
# usage: modes.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/lib.sh"

checks() { timeout -k 5 "$patience" "$build/hawatchd" --config.check --config.file="$config" "${flags[@]}" >"$scratch/out" 2>"$scratch/err" </dev/null; }
warns() { # MODE FILE WORDS: with this mode; then with the one before there is no warning
	local before
	before=$(stat -c %a "$2")
	chmod "$1" "$2"
	check "mode $1 of ${2##*/}: --config.check ends with 0" checks
	check "mode $1 of ${2##*/}: warned of, once" [ "$(grep -c "level=warn .*$2: $3; run chmod" "$scratch/err")" -eq 1 ]
	check "mode $1 of ${2##*/}: of nothing else" [ "$(wc -l <"$scratch/err")" -eq 1 ]
	chmod "$before" "$2"
	check "mode $before of ${2##*/}: --config.check ends with 0" checks
	check "mode $before of ${2##*/}: no warning" [ ! -s "$scratch/err" ]
}
everybody='every user of this machine can'

# The web configuration, and its key.
check_web() {
	local web=$scratch/conf/web.yml own=$scratch/conf/web.key
	cp "$scratch/mount/..data/key" "$own"
	echo "tls_server_config: {cert_file: $scratch/cert, key_file: $own}" >"$web"
	chmod 600 "$web" "$own" "$scratch/mount/..data/key"
	flags=(--web.config.file="$web")
	check "--config.check with a web configuration" checks
	check "a web configuration: no warning" eval '! grep -q level=warn "$scratch/err"'
	warns 666 "$web" "$everybody change it"
	warns 644 "$own" "$everybody read it"
	flags=()
}

check_only() {
	local key
	mkdir -m 700 "$scratch/state" "$scratch/conf"
	config=$scratch/conf/hawatch.yaml
	cp "$sim/hawatch.yaml" "$config"
	chmod 600 "$config"
	chmod 711 "$scratch/conf"
	echo "state_directory: $scratch/state" >>"$config"
	check "--config.check of safe files" checks
	check "safe files: no warning" [ ! -s "$scratch/err" ]
	warns 644 "$token" "$everybody read it"
	warns 666 "$token" "$everybody read and change it"
	warns 644 "$sim/kubeconfig" "$everybody read it" # though two sides read it
	warns 644 "$sim/$two.token" "$everybody read it" # which the kubeconfig names
	warns 646 "$config" "$everybody change it"
	warns 777 "$scratch/conf" "$everybody change it"
	warns 777 "$scratch/state" "$everybody change it"
	key=$scratch/key
	openssl genpkey -algorithm ed25519 -out "$key" 2>/dev/null
	openssl req -x509 -key "$key" -subj /CN=hawatch -days 30000 -out "$scratch/cert" 2>/dev/null
	chmod 600 "$key"
	sed "s|^    tokenFile:.*|    client-certificate: $scratch/cert\n    client-key: $key|" "$sim/kubeconfig" >"$scratch/kubeconfig"
	chmod 600 "$scratch/kubeconfig"
	sed -i "s|$sim/kubeconfig|$scratch/kubeconfig|" "$config"
	check "--config.check with a private key" checks
	warns 644 "$key" "$everybody read it"
	sed -i /refresh_token_file/d "$config"
	printf 'refreshToken: %s\n' "$(cat "$token")" >"$scratch/.spot_config"
	chmod 644 "$scratch/.spot_config"
	export HOME=$scratch
	check "mode 644 of .spot_config: --config.check ends with 0" checks
	check "mode 644 of .spot_config: warned of" grep -q "level=warn .*/.spot_config: $everybody read it; run chmod 0600" "$scratch/err"
	chmod 600 "$scratch/.spot_config"
	check "mode 600 of .spot_config: --config.check ends with 0" checks
	check "mode 600 of .spot_config: no warning" eval '! grep -q level=warn "$scratch/err"'
	sed -i "s|^spot:.*|&\n  refresh_token_file: $token|" "$config"

	# Modes that are no danger.
	chmod 644 "$token" "$key"
	chmod 700 "$scratch"
	check "a folder above that others cannot enter: ends with 0" checks
	check "a folder above that others cannot enter: no warning" [ ! -s "$scratch/err" ]
	chmod 711 "$scratch"
	mkdir "$scratch/mount" "$scratch/mount/..data"
	chmod 755 "$scratch/mount" "$scratch/mount/..data"
	mv "$key" "$scratch/mount/..data/key"
	ln -s ..data/key "$scratch/mount/key"
	ln -s mount/key "$key"
	chmod 600 "$token"
	check "a symbolic link: ends with 0" checks
	check "a symbolic link: the file behind it is what counts" grep -q "warn .*/mount/..data/key: $everybody read it" "$scratch/err"
}

another_owner() {
	[ "$(id -u)" -eq 0 ] || { echo "skip another owner: not root"; return; }
	chmod 600 "$scratch/mount/..data/key"
	chown 1234 "$config"
	check "another owner: ends with 0" checks
	check "another owner: warned of" grep -q "warn .*$config: its owner, user 1234, can change it; run chown 0 $config" "$scratch/err"
	chown 0 "$config"
	chown 1234 "$scratch/state"
	check "another owner of the state: ends with 0" checks
	check "another owner of the state: warned of" grep -q "warn .*$scratch/state: its owner, user 1234, can change it" "$scratch/err"
	chown 0 "$scratch/state"
	chgrp 1234 "$token"
	chmod 640 "$token"
	check "another group: ends with 0" checks
	check "another group: warned of" grep -q "warn .*$token: every member of group 1234 can read it; run chmod 0600 $token" "$scratch/err"
	chgrp 0 "$token"
	check "the group of root: ends with 0" checks
	check "the group of root: no warning" [ ! -s "$scratch/err" ]
	chmod 600 "$token"
}

# As Kubernetes mounts a secret.
mounted() {
	local mount=$scratch/secrets
	mkdir "$mount"
	mount -t tmpfs -o mode=755 tmpfs "$mount" 2>/dev/null || { echo "skip a memory file system: cannot mount one"; return; }
	trap 'umount -l "$scratch/secrets" 2>/dev/null; leave' EXIT
	cp "$token" "$mount/token"
	chmod 644 "$mount/token"
	sed -i "s|^  refresh_token_file:.*|  refresh_token_file: $mount/token|" "$config"
	check "in memory: ends with 0" checks
	check "in memory: warned of" grep -q "warn .*$mount/token: $everybody read it" "$scratch/err"
	mount -o remount,ro "$mount"
	check "in memory, read-only: ends with 0" checks
	check "in memory, read-only: no warning" [ ! -s "$scratch/err" ]
}

warnings() { grep -c 'a file is not safe from other users' "$log"; }
monitor_says() { "$hawatch" check --socket "$socket" -o json | jq -e --arg words "$1" '.checks[] | select(.name == "monitor") | .result == "pass" and (.message | contains($words))'; }
code_of_check() { "$hawatch" check --socket "$socket" >"$scratch/out"; echo $?; }
reloaded_times() { [ "$(grep -c 'msg="configuration reloaded"' "$log")" -eq "$1" ]; }

while_it_runs() {
	local code
	config=$sim/hawatch.yaml
	chmod 600 "$config" "$sim/kubeconfig"
	chmod 644 "$token"
	start_daemon
	reaches "with a token that everybody can read" ACTIVE
	check "start: warned of, once" [ "$(warnings)" -eq 1 ]
	check "hawatch check: says so" eventually monitor_says "warning: $token: $everybody read it; run chmod 0600 $token; "
	code=$(code_of_check)
	reload
	check "reload" eventually reloaded_times 1
	check "reload: the same is not warned of again" [ "$(warnings)" -eq 1 ]
	chmod 666 "$token"
	reload
	check "reload, another mode" eventually reloaded_times 2
	check "reload, another mode: warned of" [ "$(warnings)" -eq 2 ]
	check "reload, another mode: said by hawatch check" eventually monitor_says "$everybody read and change it"
	chmod 600 "$token"
	reload
	check "reload, a good mode" eventually reloaded_times 3
	check "reload, a good mode: hawatch check does not warn" eventually eval '! monitor_says warning'
	check "reload, a good mode: and has the same exit status" [ "$(code_of_check)" = "$code" ]
	check "SIGTERM ends it, exit status 0" stop_daemon
}

flags=()
start_sim
hawatch=$build/hawatch
token=$sim/spot-refresh-token
chmod 711 "$scratch" "$sim"
chmod 600 "$token" "$sim"/*.token "$sim/kubeconfig"
above=$scratch
while [ "$above" != / ]; do
	above=$(dirname "$above")
	[ $((0$(stat -c %a "$above") & 1)) -eq 1 ] || { echo "skip: others cannot enter $above"; check "others cannot enter $above" true; finish; }
done
check_only
another_owner
check_web
mounted
while_it_runs
finish
