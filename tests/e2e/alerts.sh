# Sourced behind checks.sh by the tests of config/prometheus and config/alertmanager: the alerts of the shipped
# rules.

# The rules as a real Prometheus understands them: one alert a line in $scratch/alerts, with its group and its place.
load_rules() {
	printf 'rule_files: ["%s"]\n' "$PWD/config/prometheus/*.rules.yml" >"$scratch/prometheus.yml"
	serve "$scratch/prometheus.log" prometheus --config.file="$scratch/prometheus.yml" \
		--storage.tsdb.path="$scratch/tsdb" || return
	curl -fsS "$url/api/v1/rules?type=alert" | jq -c '[.data.groups[] | .name as $group | .rules[] + {$group}]
		| to_entries[] | .value + {place: .key}' >"$scratch/alerts"
	[ -s "$scratch/alerts" ]
}

# each_once: behind load_rules. An alert with two priorities stays with the first, the most urgent one.
each_once() {
	jq -cs 'unique_by(.name)[]' "$scratch/alerts" >"$scratch/once"
	mv "$scratch/once" "$scratch/alerts"
}
