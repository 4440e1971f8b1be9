#!/bin/bash
# config/kubernetes as it is committed: kubectl puts it together, hawatchd takes its flags and configurations, the pods
# obey Pod Security "restricted", selectors find what they should, and rules and dashboards are those of the project.
# tests/field/rbac.sh has the rights, tests/kubernetes/schema.sh the schema.
# usage: check.sh [BUILD_FOLDER]
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/e2e/checks.sh
. tests/kubernetes/lib.sh
require kubectl jq promtool
build=${1:-build}

of() { jq -s "$2" "$scratch/$1.json"; }
# name_of FOLDER: "watched-renewal", and "shards" of overlays/shards.
name_of() { local name=${1#overlays/}; echo "${name//\//-}"; }
none() { ! "$@"; }
# holds FOLDER JQ: an expression about the array of all objects.
holds() { jq -es "$2" "$scratch/$1.json"; }
# of_kind: jq's functions for these.
readonly jq_kinds='def kind($k): map(select(.kind == $k)); def named($n): map(select(.metadata.name == $n));
	def pods: map(select(.kind == "StatefulSet").spec.template, select(.kind == "CronJob").spec.jobTemplate.spec.template);
	def selects($labels): to_entries | all(.value == $labels[.key]);'

together() {
	local folder
	for folder in "${folders[@]}"; do
		check "$folder: kubectl puts it together" eval 'objects $folder >"$scratch/$(name_of $folder).json"'
	done
	check "no word that kustomize 2.0 does not have" none grep -rnE '^(components|patches|replicas|labels|replacements|helm.*):' \
		$manifests --include=kustomization.yaml
}

# https://kubernetes.io/docs/concepts/security/pod-security-standards/
restricted() {
	local of
	for of in base shards renewal; do
		check "$of: pods are restricted" holds $of "$jq_kinds pods | length > 0 and all(.spec |
			.securityContext.runAsNonRoot and .securityContext.runAsUser > 0
			and .securityContext.seccompProfile.type == \"RuntimeDefault\"
			and (has(\"hostNetwork\") or has(\"hostPID\") or has(\"hostIPC\") | not)
			and all(.volumes[]; keys - [\"name\", \"configMap\", \"projected\", \"secret\", \"emptyDir\"] == [])
			and all(.containers[].securityContext; .allowPrivilegeEscalation == false and .readOnlyRootFilesystem
				and .capabilities == {drop: [\"ALL\"]}))"
		check "$of: no environment of services, limits for memory" holds $of "$jq_kinds pods | all(.spec |
			.enableServiceLinks == false and all(.containers[].resources; .requests.memory and .requests.cpu and .limits.memory))"
	done
	check "the namespace enforces it" holds base "$jq_kinds kind(\"Namespace\")[0].metadata.labels
		| .[\"pod-security.kubernetes.io/enforce\"] == \"restricted\""
	check "the namespace of a watched cluster is the same object" \
		[ "$(of base "$jq_kinds kind(\"Namespace\")[0]")" = "$(of watched "$jq_kinds kind(\"Namespace\")[0]")" ]
}

selectors() {
	local of
	for of in base shards; do
		check "$of: each set selects its own pods, and no set those of another" holds $of "$jq_kinds kind(\"StatefulSet\") as \$sets
			| all(\$sets[] as \$a | \$sets[] | .spec.template.metadata.labels as \$labels
				| (\$a.spec.selector.matchLabels | selects(\$labels)) == (\$a == .); .)"
		check "$of: services, budget and network policy are for all pods" holds $of "$jq_kinds pods as \$pods
			| map(select(.kind == \"Service\").spec.selector, select(.kind == \"PodDisruptionBudget\").spec.selector.matchLabels,
				select(.kind == \"NetworkPolicy\").spec.podSelector.matchLabels)
			| length == 4 and all(.[] as \$s | \$pods[].metadata.labels as \$l | \$s | selects(\$l); .)"
		check "$of: ports of services and probes are the containers'" holds $of "$jq_kinds
			(pods | map([.spec.containers[].ports[].name])[0]) as \$ports
			| (kind(\"Service\") | map(.spec.ports[].targetPort)) + (pods | map(.spec.containers[] |
				.readinessProbe.httpGet.port, .livenessProbe.httpGet.port)) | unique - \$ports == []"
		check "$of: the sets have the headless service" holds $of "$jq_kinds (kind(\"Service\") | named(\"hawatch-peers\")[0].spec) as \$s
			| \$s.clusterIP == \"None\" and \$s.publishNotReadyAddresses and (kind(\"StatefulSet\") | all(.spec.serviceName == \"hawatch-peers\"))"
		check "$of: every volume is there" holds $of "$jq_kinds kind(\"StatefulSet\") | all(.spec |
			[.template.spec.volumes[].name, .volumeClaimTemplates[].metadata.name] as \$there
			| [.template.spec.containers[].volumeMounts[].name] - \$there == [])"
	done
	check "an update waits until a new daemon is sure of soft evidence" holds base "$jq_kinds kind(\"StatefulSet\")
		| all(.spec.minReadySeconds > $(sed -n 's/^ *#unreachable_for: \([0-9]*\)s$/\1/p' config/hawatch.yaml))"
	check "shards: pods of one number are apart" holds shards "$jq_kinds pods | length == 2 and
		all(.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]
			| .matchLabelKeys == [\"apps.kubernetes.io/pod-index\"] and .labelSelector.matchLabels == {\"app.kubernetes.io/name\": \"hawatch\"})"
	check "shards: as many as the configuration counts" [ "$(of shards "$jq_kinds kind(\"StatefulSet\") | map(.spec.replicas) | unique[]")" = \
		"$(sed -n 's/^  count: //p' $manifests/overlays/shards/hawatch.yaml)" ]
}

# What hawatchd says to its flags and its configuration.
unknown_flags() {
	"$build/hawatchd" --help | grep -oE -- '--[a-z.-]+' >"$scratch/flags"
	of "$1" "$jq_kinds pods[].spec.containers[].args[]" | jq -r 'select(startswith("--"))' | grep -oE -- '^--[a-z.-]+' |
		grep -vxFf "$scratch/flags"
	true
}
taken() { # FOLDER [SHARD]
	of "$1" "$jq_kinds kind(\"ConfigMap\") | named(\"hawatch\")[0].data[\"hawatch.yaml\"]" | jq -r . |
		sed "s|/etc/hawatch-secret|$scratch|; s|/var/lib/hawatch|$scratch|" >"$scratch/hawatch.yaml"
	HAWATCH_SHARD=${2-} "$build/hawatchd" --config.check --config.file="$scratch/hawatch.yaml"
}
daemon() {
	local of
	(umask 077 && echo "$RANDOM" >"$scratch/spot-token" && printf '%064d\n' "$RANDOM" >"$scratch/peer-token" && cat >"$scratch/kubeconfig") <<-'END'
		apiVersion: v1
		kind: Config
		clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]
		users: [{name: u, user: {username: u, password: p}}]
		contexts:
		- {name: matchpoint-runners, context: {cluster: c, user: u}}
		- {name: matchpoint-runners-2, context: {cluster: c, user: u}}
	END
	for of in base shards; do
		check "$of: hawatchd has the flags" no_lines unknown_flags $of
		check "$of: hawatchd takes the configuration" taken $of hawatch-0
	done
	check "shards: the last pod of the twin is a shard, too" taken shards hawatch-twin-3
	check "shards: and there is no further one" eval '! taken shards hawatch-4'
}

# The inverse of make-rules.sh: the text of a rule file.
rules_in() { sed -n "/^# Made by .make manifests. from $1\.$/,/^---$/p" $manifests/overlays/prometheus-operator/rules.yaml |
	sed '1,/^spec:$/d; /^---$/d; s/^  //'; }
operator() {
	local file name count=0
	for file in config/prometheus/*.rules.yml; do
		name=hawatch-$(basename "$file" .rules.yml)
		check "$name: the operator's rules are the file's" cmp <(rules_in "$(basename "$file")") "$file"
		jq -es --arg name "${name/hawatch-hawatch/hawatch}" 'map(select(.kind == "PrometheusRule" and .metadata.name == $name))[0].spec' \
			"$scratch/prometheus-operator.json" >"$scratch/$name.json"
		check "$name: Prometheus takes them as Kubernetes keeps them" promtool check rules "$scratch/$name.json"
		count=$((count + 1))
	done
	check "there are no other rules" holds prometheus-operator "$jq_kinds kind(\"PrometheusRule\") | length == $count"
	check "make manifests has nothing to do" diff <($manifests/make-rules.sh config/prometheus/*.rules.yml) \
		$manifests/overlays/prometheus-operator/rules.yaml
	check "what is scraped is the headless service, as the job of the rules" holds prometheus-operator "$jq_kinds
		kind(\"ServiceMonitor\")[0].spec as \$m | (kind(\"Service\") | map(select(.metadata.labels as \$l | \$m.selector.matchLabels | selects(\$l))))
		| map(.metadata.name) == [\"hawatch-peers\"] and .[0].metadata.labels[\$m.jobLabel] == \"hawatch\"
			and ([.[0].spec.ports[].name] | index(\$m.endpoints[0].port) != null)"
	check "the limit of samples is prometheus.yml's" holds prometheus-operator "$jq_kinds kind(\"ServiceMonitor\")[0].spec.sampleLimit
		== $(sed -n 's/^ *sample_limit: //p' config/prometheus/prometheus.yml)"
	check "each receiver of the alerts exists" holds prometheus-operator "$jq_kinds kind(\"AlertmanagerConfig\")[0].spec
		| [.route | recurse(.routes[]?) | .receiver] - [.receivers[].name] == []"
}

dashboards() {
	local file
	for file in dashboards/hawatch-*.json; do
		check "$file: Grafana's sidecar finds it, as it is" cmp "$file" <(jq -js --arg file "${file#*/}" 'map(select(.kind == "ConfigMap"
			and .metadata.labels.grafana_dashboard == "1").data | select(.)[$file] // empty)[]' "$scratch/prometheus-operator.json")
	done
	# kubectl apply keeps the object in an annotation; all annotations have 256 KiB.
	check "each object fits into its own annotation" no_lines jq -r 'select(tojson | length > 250000) | .metadata.name' \
		"$scratch/prometheus-operator.json"
}

# told INSTANCE PAIR VALUES: of ha_status, in promtool's notation; the other statuses are 0 meanwhile.
told() {
	local status
	for status in UNKNOWN DISABLED ACTIVE BLOCKED_{PRIMARY,SECONDARY,BOTH}_UNAVAILABLE; do
		printf "  - {series: 'ha_status{job=\"hawatch\",instance=\"%s\",pair=\"%s\",ha_status=\"%s\"}', values: '%s'}\n" "$1" "$2" $status \
			"$([ $status = ACTIVE ] && echo "$3" || echo "${3//1x/0x}")"
	done
}
# A shard more: both daemons of shard 0 leave the pair after 5 minutes, and those of shard 1 begin two minutes later.
moved() {
	local of minute
	{
		printf 'rule_files: [%s]\ntests:\n- interval: 5s\n  input_series:\n' "$PWD/config/prometheus/hawatch.rules.yml"
		for of in '' -twin; do
			told "hawatch$of-0" stays 1x360
			told "hawatch$of-0" moves '1x60 _x300'
			told "hawatch$of-1" there 1x360
			told "hawatch$of-1" moves '_x84 1x276'
			printf "  - {series: 'up{job=\"hawatch\",instance=\"%s\"}', values: '1x360'}\n" "hawatch$of-0" "hawatch$of-1"
		done
		printf '  promql_expr_test:\n'
		for minute in 5 6 7 8 10 20 29; do
			printf "  - {expr: 'count by (alertname, pair) (ALERTS)', eval_time: %sm, exp_samples: []}\n" $minute
			printf "  - {expr: 'count(pair:ha_status:max{ha_status=\"ACTIVE\"} == 1)', eval_time: %sm, exp_samples: [{labels: '{}', value: 3}]}\n" $minute
		done
	} >"$scratch/moved.yml"
	promtool test rules "$scratch/moved.yml"
}

together
restricted
selectors
daemon
operator
dashboards
check "a pair that moves to another shard: no alert, and its status stands" moved
finish
