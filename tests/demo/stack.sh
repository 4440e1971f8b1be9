# The servers of the demo, each in a session of its own: Ctrl-C reaches demo.sh alone, which ends
# them in order. Should it be killed itself, the kernel ends them.
servers=()
declare -A pid_of

# start NAME COMMAND...: its output goes to NAME.log in the demo's folder.
start() {
	local name=$1
	shift
	setsid setpriv --pdeathsig TERM "$@" >"$name.log" 2>&1 </dev/null &
	pid_of[$name]=$!
	servers+=("$name")
}

# A server that ended by itself ends the demo, with the last lines of what it said.
stack_check() {
	local name code
	for name in "${servers[@]}"; do
		kill -0 "${pid_of[$name]}" 2>/dev/null && continue
		wait "${pid_of[$name]}"
		code=$?
		die "$name has ended with status $code" "$name"
	done
}

# await NAME COMMAND...: until the command succeeds.
await() {
	local name=$1 deadline=$((SECONDS + 300))
	shift
	until "$@"; do
		stack_check
		[ "$SECONDS" -lt "$deadline" ] || die "$name is not ready after five minutes" "$name"
		rest
	done
}

# The redirection stands here, where it is curl's alone: a signal's farewell has to be read.
answers() {
	curl -fs --max-time 5 "$1" >/dev/null 2>&1
}

# The shipped configuration, for these ports and a quicker clock.
write_configs() {
	cp "$root"/config/prometheus/*.rules.yml . || die "no rules in $root/config/prometheus"
	sed -i 's/keep_firing_for: 5m/keep_firing_for: 10s/' ./*.rules.yml
	sed -E "s/(scrape|evaluation)_interval: [0-9]+s/\1_interval: 2s/
		s/scrape_timeout: [0-9]+s/scrape_timeout: 2s/
		s/127\.0\.0\.1:9093/127.0.0.1:$alertmanager_port/
		s/127\.0\.0\.1:29164/127.0.0.1:$port/" \
		"$root/config/prometheus/prometheus.yml" >prometheus.yml
	sed -E "s|^( *-? *url:) .*|\1 $control/webhook|" \
		"$root/config/alertmanager/alertmanager.yml" >alertmanager.yml
	# Without these, the demo would run and never page.
	local file text
	while read -r file text; do
		grep -qF "$text" "$file" ||
			die "$text did not get into $file: $root/config is not as stack.sh expects it"
	done <<-END
		prometheus.yml '127.0.0.1:$alertmanager_port'
		prometheus.yml '127.0.0.1:$port'
		alertmanager.yml $control/webhook
	END
}

# Polls are quicker than in real life, so that a minute shows what takes several; every rule about
# how they count (fall, rise, own network) stays.
stack_start() {
	start simulator "$build/hawatch-sim" --dir=. \
		--poll='interval: 1s' --poll='confirm_interval: 500ms' --poll='spot_interval: 2s' \
		--poll='inventory_interval: 1s' --poll='pod_interval: 1s' \
		--poll='timeout: 2s' --poll='unreachable_for: 10s' --poll='stale_after: 60s' \
		"${scenario_start[@]}"
	await simulator test -s control.url
	control=$(<control.url)
	write_configs
	mkdir -m 700 state || die "cannot make $dir/state"
	printf 'state_directory: %s\nrecord:\n  enabled: true\n' "$dir/state" >>hawatch.yaml

	start hawatchd "$build/hawatchd" --config.file=hawatch.yaml \
		--web.listen-address="127.0.0.1:$port" --web.control-socket=control.sock
	start alertmanager prometheus-alertmanager --config.file=alertmanager.yml \
		--storage.path=alertmanager --cluster.listen-address= \
		--web.listen-address="127.0.0.1:$alertmanager_port" \
		--web.external-url="http://127.0.0.1:$alertmanager_port"
	await hawatchd answers "http://127.0.0.1:$port/readyz"
	start prometheus prometheus --config.file=prometheus.yml --storage.tsdb.path=prometheus \
		--web.listen-address="127.0.0.1:$prometheus_port" \
		--web.external-url="http://127.0.0.1:$prometheus_port"
	await alertmanager answers "http://127.0.0.1:$alertmanager_port/-/ready"
	await prometheus answers "http://127.0.0.1:$prometheus_port/-/ready"
}

# All at once, and whoever is deaf to it after ten seconds by force.
stack_stop() {
	local name deadline=$((SECONDS + 10))
	[ ${#servers[@]} -gt 0 ] || return 0
	kill -TERM "${pid_of[@]}" 2>/dev/null
	for name in "${servers[@]}"; do
		while kill -0 "${pid_of[$name]}" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do
			sleep 0.02
		done
	done
	kill -KILL "${pid_of[@]}" 2>/dev/null
	wait
}
