# Sourced behind tests/e2e/checks.sh by what reads config/kubernetes.
manifests=config/kubernetes
folders=(base renewal overlays/prometheus-operator overlays/shards watched watched/arc-runners watched/arc-systems watched/argocd
	watched/renewal)

# objects FOLDER...: of the kustomizations, as JSON. kubectl reads the YAML, because it has quotes and comments.
objects() {
	local folder
	for folder; do
		kubectl kustomize "$manifests/$folder" 2>"$scratch/kustomize" >"$scratch/objects.yaml" &&
			kubectl annotate --local -f "$scratch/objects.yaml" -o json read=yes || { cat "$scratch/kustomize" >&2; return 1; }
	done
}
