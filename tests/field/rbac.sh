#!/bin/bash
# What config/kubernetes gives to whom: of the watched cluster just what the daemon asks for, whatever namespaces there
# are; of the monitor's cluster nothing. There is no API server here: the rules are those of the manifests as kubectl
# puts them together, the questions are those that the simulated API servers were asked.
# usage: rbac.sh [BUILD_FOLDER]
set -u
. "$(dirname "$0")/../e2e/lib.sh"
require kubectl
fast+=('inventory_interval: 300ms' 'pod_interval: 300ms')
real_kubectl=$(command -v kubectl)
manifests=config/kubernetes

# name | namespaces of a watched cluster, beside kube-system and its like | what apply.sh leaves out
clusters() {
	cat <<-'END'
		all of them                   | arc-runners arc-systems argocd      |
		no ArgoCD                     | arc-runners arc-systems             | argocd
		runners not yet installed     | arc-systems argocd                  | arc-runners
		controller beside the runners | arc-runners argocd                  | arc-systems
		a cluster just built          |                                     | arc-runners arc-systems argocd
		similar names                 | arc-runners arc-systems-2 my-argocd | arc-systems argocd
	END
}

# How people write that line.
lines() {
	cat <<-'END'
		namespace: gitops
		namespace: "gitops"
		namespace: 'gitops'
		namespace: gitops # ours
		namespace: "gitops"  # that of hawatch.yaml
		namespace:   gitops
		"namespace": gitops
		namespace: gitops\r
		namespace:\n  gitops
		namespace: \&ns gitops
		namespace: >-\n  gitops
	END
}

# objects FOLDER...: of the kustomizations, as JSON.
objects() {
	local folder
	for folder; do
		kubectl kustomize "$folder" >"$scratch/objects.yaml" &&
			kubectl label --local -f "$scratch/objects.yaml" -o json checked=yes || echo '"no manifests"'
	done
}
watched() { objects $manifests/watched $manifests/watched/*/; }

# granted ACCOUNT: what the objects on standard input let it do: "NAMESPACE VERB GROUP RESOURCE [NAME]..." a line. The
# namespace * is every one and none, the group of the core is -, and of a path that is no resource it is "path".
granted() {
	jq -rs --arg account "$1" '
		. as $objects | .[] | select(.kind | test("RoleBinding$")) | . as $binding
		| select(any(.subjects[]; .kind == "ServiceAccount" and .name == $account and .namespace == "hawatch"))
		| (if .kind == "ClusterRoleBinding" then "*" else .metadata.namespace end) as $namespace
		| $objects[] | select(.kind == $binding.roleRef.kind and .metadata.name == $binding.roleRef.name
			and (.kind == "ClusterRole" or .metadata.namespace == $namespace))
		| .rules[] | . as $rule | .verbs[] as $verb
		| if .nonResourceURLs then .nonResourceURLs[] | "* \($verb) path \(.)"
		  else .apiGroups[] as $group | $rule.resources[]
			| "\($namespace) \($verb) \(if $group == "" then "-" else $group end) \(.) \($rule.resourceNames // [] | join(" "))"
		  end' | sed 's/ *$//' | sort -u
}
# asked TARGET: what it was asked for, in the same form. A list has no name, an object has one.
asked() {
	"$asker" get "$control/stats" | jq -r --arg target "$1" '.[$target].paths | keys[]
		| . as $path | capture("^/(api/[^/]+|apis/(?<group>[^/]+)/[^/]+)(/namespaces/(?<ns>[^/]+)(?=/))?/(?<of>[^/]+)(/(?<name>.+))?$")
			// {path: $path}
		| if .path then "* get path \(.path)"
		  else "\(.ns // "*") \(if .name then "get" else "list" end) \(.group // "-") \(.of)" + (if .name then " " + .name else "" end)
		  end' | sort -u
}

# as_stored: of objects of one kind, namespace and name the last, as an API server keeps them.
as_stored() { jq -cs 'reduce .[] as $o ({}; .["\($o.kind) \($o.metadata.namespace) \($o.metadata.name)"] = $o) | .[]'; }

# A grant for every namespace is one for each; a question about one namespace uses it.
not_granted() {
	local ns rest
	while read -r ns rest; do grep -qxF -e "$ns $rest" -e "* $rest" "$scratch/granted" || echo "$ns $rest"; done <"$scratch/asked"
}
not_asked() {
	local ns rest
	while read -r ns rest; do
		if [ "$ns" = '*' ]; then cut -d ' ' -f 2- "$scratch/asked"; else sed -n "s/^$ns //p" "$scratch/asked"; fi |
			grep -qxF "$rest" || echo "$ns $rest"
	done <"$scratch/granted"
}
gives() { [ "$1" = "$2" ] || { echo "$1"; false; }; }

rights() {
	local more="hawatch create - serviceaccounts/token hawatch hawatch-renewer"
	watched >"$scratch/watched"
	granted hawatch <"$scratch/watched" >"$scratch/granted"
	play '*' crds=none busy=0 idle=0 # now there are only empty lists of runners: does their namespace exist?
	polled 3 $one
	play $one fault=status:429 on=/api/v1/nodes # a doubt: now it asks for /readyz
	polled 1 $one
	asked $one >"$scratch/asked"
	check "the daemon has asked for $(wc -l <"$scratch/asked") things" [ "$(wc -l <"$scratch/asked")" -ge 13 ]
	check "watched: all that it asks for is granted" no_lines not_granted
	check "watched: and nothing more" no_lines not_asked
	check "watched: the renewer asks for two accounts' tokens, and nothing more" \
		gives "$(granted hawatch-renewer <"$scratch/watched")" "$more"
	cp -r $manifests "$scratch/together"
	sed -i 's/^namespace: .*/namespace: ci/' "$scratch/together"/watched/{arc-runners,arc-systems,argocd}/kustomization.yaml
	check "runners, controller and ArgoCD in one namespace: the same rights there" gives \
		"$(objects "$scratch/together/watched" "$scratch/together"/watched/*/ | as_stored | granted hawatch)" \
		"$(sed -E 's/^(arc-runners|arc-systems|argocd) /ci /' "$scratch/granted" | sort -u)"
	check "watched: no other account has any right" no_lines subjects_but hawatch hawatch-renewer <"$scratch/watched"
	check "watched: nothing but accounts and their rights" gives "$(kinds <"$scratch/watched")" \
		"ClusterRole ClusterRoleBinding Namespace Role RoleBinding ServiceAccount"

	objects $manifests/base >"$scratch/monitor"
	check "base: no right, no secret" gives "$(kinds <"$scratch/monitor")" \
		"ConfigMap Namespace NetworkPolicy PodDisruptionBudget Service ServiceAccount StatefulSet"
	check "base: its pods have an account of their own, and no token of this cluster" [ "$(jq -s '
		(map(select(.kind == "ServiceAccount").metadata.name)) as $accounts | map(select(.kind == "StatefulSet").spec.template.spec
		| select(.automountServiceAccountToken == false and [.serviceAccountName] == $accounts)) | length' "$scratch/monitor")" = 1 ]
	objects $manifests/renewal >"$scratch/renewal"
	check "renewal: two secrets, to read and to replace" gives "$(granted hawatch-renew-tokens <"$scratch/renewal")" \
		"$(printf 'hawatch %s - secrets hawatch-tokens hawatch-renewer\n' get update)"
	check "renewal: a job and its rights" gives "$(kinds <"$scratch/renewal")" "CronJob Role RoleBinding ServiceAccount"
	check "a cluster may be watched and the monitor's: no object is in both, but for the namespace" \
		gives "$( (names <"$scratch/watched"; cat "$scratch/monitor" "$scratch/renewal" | names) | sort | uniq -d)" "Namespace hawatch"
}
names() { jq -r '"\(.kind) \(.metadata | if .namespace then .namespace + "/" else "" end + .name)"' | sort -u; }
kinds() { jq -r .kind | sort -u | paste -sd ' '; }
subjects_but() { jq -r '.subjects // [] | .[] | "\(.kind) \(.name)"' | grep -vxE "ServiceAccount ($(IFS='|'; echo "$*"))" || true; }

# A kubectl whose API server has $NAMESPACES: it refuses what belongs into another one, as the real server does.
make_kubectl() {
	mkdir "$scratch/bin"
	cat >"$scratch/bin/kubectl" <<-END
		#!/bin/bash
		echo "\$*" >>"$scratch/called"
		pwd >>"$scratch/where"
		exists() { [[ " kube-node-lease \$NAMESPACES \$(cat "$scratch/created") " == *" \$1 "* ]]; }
		case "\$*" in
		'--context c apply -k '*)
			$real_kubectl kustomize "\${@: -1}" >"$scratch/applied" || exit
			awk '\$1 == "kind:" { kind = \$2 } kind == "Namespace" && \$1 == "name:" { print \$2 }' "$scratch/applied" >>"$scratch/created"
			for ns in \$(sed -n 's/^  namespace: //p' "$scratch/applied"); do
				exists "\$ns" || { echo "Error from server (NotFound): namespaces \"\$ns\" not found" >&2; exit 1; }
			done ;;
		'kustomize '* | 'annotate --local '*) exec $real_kubectl "\$@" ;;
		'--context c get namespace '*' --ignore-not-found -o name') ! exists "\$5" || echo "namespace/\$5" ;;
		*) echo "unexpected: \$*" >&2; exit 1 ;;
		esac
	END
	chmod +x "$scratch/bin/kubectl"
}
apply() {
	: >"$scratch/called"
	: >"$scratch/created"
	PATH=$scratch/bin:$PATH NAMESPACES=$1 "${2-$manifests}/watched/apply.sh" --context c
}
applied() { grep -oP '(?<=apply -k ).*' "$scratch/called" | sed 's|.*/watched||; s|/||g; s|^$|.|' | sort | paste -sd ' '; }

parts() {
	local name namespaces missing
	make_kubectl
	while IFS='|' read -r name namespaces missing; do
		check "$name: no error" apply "$namespaces"
		check "$name: left out: ${missing:-nothing}" gives "$(applied)" "$(for part in . arc-runners arc-systems argocd renewal; do
			[[ " $missing " == *" $part "* ]] || echo "$part"; done | paste -sd ' ')"
	done < <(clusters | sed 's/ *| */|/g')
	check "it stays in the caller's folder, where relative names of kubeconfigs start" gives "$(sort -u "$scratch/where")" "$PWD"
	apply "arc-runners" >"$scratch/out" 2>&1
	check "what is left out is said" grep -qxF 'namespace argocd does not exist; left out: argocd/' "$scratch/out"
	cp -r $manifests "$scratch/edited"
	while IFS= read -r line; do
		sed "s/^namespace: .*/$line/" $manifests/watched/argocd/kustomization.yaml >"$scratch/edited/watched/argocd/kustomization.yaml"
		check "another namespace is one line to edit: $line" apply gitops "$scratch/edited"
		check "another namespace: $line: that part is applied" gives "$(applied)" ". argocd renewal"
		check "another namespace: $line: elsewhere it is left out" apply argocd "$scratch/edited"
		check "another namespace: $line: and nothing else" gives "$(applied)" ". renewal"
	done < <(lines)
	sed '/^namespace: /d' $manifests/watched/argocd/kustomization.yaml >"$scratch/edited/watched/argocd/kustomization.yaml"
	check "without a namespace: refused" eval '! apply argocd "$scratch/edited" >"$scratch/out" 2>&1'
	check "without a namespace: says where" grep -qF 'argocd/kustomization.yaml: set `namespace:`' "$scratch/out"
	check "without a namespace: that part is not applied" eval '! applied | grep -q argocd'
	echo 'namespace: [gitops' >"$scratch/edited/watched/argocd/kustomization.yaml"
	check "no YAML: refused" eval '! apply argocd "$scratch/edited"'
	printf '#!/bin/sh\necho "Unable to connect to the server" >&2\nexit 1\n' >"$scratch/bin/kubectl"
	check "no answer from the API server is an error" eval '! apply "argocd"'
}

start_sim
start_daemon
reaches "the daemon" ACTIVE
rights
parts
check "SIGTERM ends it, exit status 0" stop_daemon
finish
