#!/bin/sh
# Prints the rule files of Prometheus, word for word, as objects of the Prometheus Operator: `make manifests` writes them to
# overlays/prometheus-operator/rules.yaml.
# usage: make-rules.sh FILE...
set -eu
for file; do
	name=$(basename "$file" .rules.yml)
	[ "$name" = hawatch ] || name=hawatch-$name
	cat <<-END
		---
		# Made by \`make manifests\` from $(basename "$file").
		apiVersion: monitoring.coreos.com/v1
		kind: PrometheusRule
		metadata:
		  name: $name
		  labels: {app.kubernetes.io/name: hawatch, app.kubernetes.io/part-of: hawatch}
		spec:
	END
	sed 's/^./  &/' "$file"
done
