# Sourced behind checks.sh by the tests of config/prometheus and config/alertmanager: the alerts of the shipped
# rules.

# The rules as a real Prometheus understands them: one alert a line in $scratch/alerts.
load_rules() {
	printf 'rule_files: ["%s"]\n' "$PWD/config/prometheus/*.rules.yml" >"$scratch/prometheus.yml"
	serve "$scratch/prometheus.log" prometheus --config.file="$scratch/prometheus.yml" \
		--storage.tsdb.path="$scratch/tsdb" || return
	curl -fsS "$url/api/v1/rules?type=alert" | jq -c '.data.groups[].rules[]' >"$scratch/alerts"
	[ -s "$scratch/alerts" ]
}

# The alerts that have routes, but no rule yet: name, severity, priority, component.
readonly announced='
HARegionDown              critical  P1  ha
HABothManyPairsDown       critical  P0  ha
HAPairUnwatched           critical  P1  hawatchd
HAExporterCrashLooping    critical  P1  hawatchd
HACredentialExpiresToday  critical  P1  hawatchd
HACredentialExpiresSoon   warning   P2  hawatchd
HAInsecureTLS             info      P3  hawatchd
HAStateNotSaved           warning   P2  hawatchd
HAClockSkew               warning   P2  hawatchd
HASampleLimitNear         warning   P2  hawatchd
HAObjectsUnreadable       info      P3  hawatchd
HAWatchdog                none      -   hawatchd'

# add_announced: behind load_rules.
add_announced() {
	jq -cR --slurpfile rules "$scratch/alerts" '
		[splits(" +")] | select(length == 4) | select(.[0] | IN($rules[].name) | not)
		| {name: .[0], labels: ({severity: .[1], priority: .[2], component: .[3]} | del(.[] | select(. == "-")))}' \
		<<<"$announced" >"$scratch/more"
	jq -cs 'unique_by(.name)[] | select(.name | IN("Watchdog", "HAStateHeld") | not)' "$scratch/alerts" >>"$scratch/more"
	mv "$scratch/more" "$scratch/alerts"
}
