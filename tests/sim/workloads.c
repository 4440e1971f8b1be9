#define _GNU_SOURCE
#include "workloads.h"

#include "kube.h"
#include "list.h"
#include "objects.h"
#include "state.h"
#include "text.h"

#include <string.h>

static void one_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	(void)cls, (void)i;
	snprintf(out, LIST_NAME_MAX, "one");
}

/* Pods of all namespaces: the runners', and behind them the listener's and others that look like it. */
static void any_pod_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	char name[LIST_NAME_MAX];
	runner_name(cls, i, name);
	bool is_runner = i < states_total(cls, RUNNER_FAILED);
	snprintf(out, LIST_NAME_MAX, "%s/%.100s", is_runner ? SET_NS : ARC_NS, is_runner ? name : LISTENER);
}

static void any_pod_item(FILE *out, const void *cls, size_t i)
{
	size_t runners = states_total(cls, RUNNER_FAILED);
	if (i < runners)
		runner_pod_item(out, cls, i);
	else
		listener_pod_item(out, cls, i - runners);
}

enum count { ONE, LISTENERS, RUNNERS, RUNNER_PODS, ANY_PODS, NODES, NAMESPACE_COUNT, APP_COUNT };

static const struct workload {
	const char *group, *resource, *ns, *selector;
	const char *kind, *api_version;
	bool custom;
	enum count count;
	void (*name)(const void *cls, size_t i, char out[LIST_NAME_MAX]);
	void (*item)(FILE *out, const void *cls, size_t i);
} WORKLOADS[] = {
#define ARC "actions.github.com"
#define ARC1 "actions.github.com/v1alpha1"
    {ARC, "ephemeralrunners", SET_NS, "", "EphemeralRunnerList", ARC1, true, RUNNERS, runner_name, runner_item},
    {ARC, "ephemeralrunnersets", SET_NS, "", "EphemeralRunnerSetList", ARC1, true, ONE, one_name, runner_set_item},
    {ARC, "autoscalingrunnersets", SET_NS, "", "AutoscalingRunnerSetList", ARC1, true, ONE, one_name, scale_set_item},
    {ARC, "autoscalinglisteners", ARC_NS, "", "AutoscalingListenerList", ARC1, true, ONE, one_name, listener_item},
    {"argoproj.io", "applications", "argocd", "", "ApplicationList", "argoproj.io/v1alpha1", true, APP_COUNT, app_name,
	app_item},
    {"", "pods", SET_NS, "actions-ephemeral-runner=True", "PodList", "v1", false, RUNNER_PODS, runner_name,
	runner_pod_item},
    {"", "pods", ARC_NS, "app.kubernetes.io/component=runner-scale-set-listener", "PodList", "v1", false, LISTENERS,
	one_name, listener_pod_item},
    {"", "pods", "", "", "PodList", "v1", false, ANY_PODS, any_pod_name, any_pod_item},
    {"", "namespaces", "", "", "NamespaceList", "v1", false, NAMESPACE_COUNT, namespace_name, namespace_item},
    {"apps", "deployments", ARC_NS, "app.kubernetes.io/name=gha-rs-controller", "DeploymentList", "apps/v1", false, ONE,
	one_name, controller_item},
    {"coordination.k8s.io", "leases", "kube-node-lease", "", "LeaseList", "coordination.k8s.io/v1", false, NODES,
	node_name, lease_item},
};

static size_t count_of(const struct target *t, enum count count)
{
	switch (count) {
	case ONE: return 1;
	case LISTENERS: return t->knobs.listener;
	case RUNNERS: return states_total(t, RUNNER_STATES);
	case RUNNER_PODS: return states_total(t, RUNNER_FAILED);
	case ANY_PODS: return count_of(t, RUNNER_PODS) + count_of(t, LISTENERS) + (size_t)t->knobs.other_pods;
	case NAMESPACE_COUNT: return NAMESPACES;
	case NODES: return (size_t)t->knobs.nodes;
	case APP_COUNT: return APPS;
	}
	return 0;
}

static const char *const COLUMNS[] = {
    "Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"};

static void answer_table(const struct target *t, struct answer *a, size_t count)
{
	static const char *const WORDS[RUNNER_STATES] = {
	    [RUNNER_IDLE] = "2/2','Running",
	    [RUNNER_BUSY] = "2/2','Running",
	    [RUNNER_STARTING] = "0/2','ContainerCreating",
	    [RUNNER_FINISHING] = "1/2','NotReady",
	};
	struct text s;
	text_open(&s);
	text_put(s.out,
	    "{'kind':'Table','apiVersion':'meta.k8s.io/v1','metadata':{'resourceVersion':'%llu'},"
	    "'columnDefinitions':[",
	    (unsigned long long)t->revision);
	for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
		text_put(s.out, "%s{'name':'%s','type':'string','format':'%s','description':'','priority':%d}",
		    i ? "," : "", COLUMNS[i], i ? "" : "name", i > 4);
	text_put(s.out, "],'rows':[");
	for (size_t i = 0; i < count; i++) {
		char name[LIST_NAME_MAX], node[LIST_NAME_MAX];
		enum runner_state state = state_at(t, i);
		runner_name(t, i, name);
		node_of_pod(t, i, node);
		text_put(s.out,
		    "%s{'cells':['%s','%s','0','2s','\\u003cnone\\u003e','%s','\\u003cnone\\u003e',"
		    "'\\u003cnone\\u003e'],'object':null}",
		    i ? "," : "", name, WORDS[state], state == RUNNER_STARTING ? "\\u003cnone\\u003e" : node);
	}
	text_put(s.out, "]}\n");
	size_t len;
	char *body = text_take(&s, &len);
	kube_begin_json(a, 200);
	answer_body_take(a, body, len);
}

static bool asks_for(const struct request *r, const char *what)
{
	const char *accept = request_header(r, "Accept");
	return accept && strstr(accept, what);
}

bool workloads_answer(
    const struct request *r, struct answer *a, const char *group, const char *resource, const char *ns)
{
	const char *selector = request_query(r, "labelSelector");
	const struct workload *w = WORKLOADS, *end = w + sizeof WORKLOADS / sizeof *WORKLOADS;
	while (
	    w < end && (strcmp(w->group, group) != 0 || strcmp(w->resource, resource) != 0 || strcmp(w->ns, ns) != 0))
		w++;
	if (w == end || (selector && strcmp(selector, w->selector) != 0))
		return false;
	size_t count = count_of(r->target, w->count);
	struct list list = {w->kind, w->api_version, w->custom, selector != NULL, r->target->revision, count, r->target,
	    w->name, w->item};
	if (w->item == runner_pod_item && asks_for(r, "as=Table;v=v1;g=meta.k8s.io")) {
		answer_table(r->target, a, count);
		return true;
	}
	if (w->item == runner_pod_item && asks_for(r, "as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")) {
		list.kind = "PartialObjectMetadataList";
		list.api_version = "meta.k8s.io/v1";
		list.item = partial_item;
	}
	list_answer(r, a, &list);
	return true;
}
