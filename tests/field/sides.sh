# Sourced by the tests of this folder that try many sides on one daemon.
. "${BASH_SOURCE[0]%/*}/../e2e/lib.sh"

# trim TEXT: a cell of a table, without the blanks around it.
trim() { sed -E 's/^[[:space:]]+|[[:space:]]+$//g' <<<"$1"; }

# Where the simulated API server of a cloudspace is.
server_of() { awk -v name="$1" '$2 == "name:" { is = $3 == name } is && $1 == "server:" { print $2; exit }' "$sim/kubeconfig"; }
port_of() { local server; server=$(server_of "$1"); echo "${server##*:}"; }

# start_proxy FILE: its port in $port, what it is asked in FILE.
start_proxy() {
	[ -x "$build/test-proxy" ] || give_up "no $build/test-proxy; run make unit first"
	inside "$build/test-proxy" >"$1" &
	servers+=($!)
	until_true grep -q ^port "$1" || give_up "no proxy"
	port=$(sed -n 's/^port //p' "$1")
}

# begin_sides: a configuration without Spot that needs few polls; add_pair and add_side append to it.
begin_sides() { printf 'poll: {interval: 10s, inventory_interval: 10m}\npairs:\n' >"$config"; }
# add_pair NAME PRIMARY_KEYS SECONDARY_KEYS
add_pair() { printf '  - name: %s\n    primary: {cloudspace: a, %s}\n    secondary: {cloudspace: b, %s}\n' "$1" "$2" "$3" >>"$config"; }
# A side of the simulator's own.
ordinary() { echo "kubeconfig: $sim/kubeconfig, context: $one"; }
