#include "decode/part.h"

#include "decode/arc.h"
#include "decode/argocd.h"
#include "decode/kube.h"
#include "decode/pod.h"

#include <string.h>

/* One item of any kind. */
union item {
	struct node_fact node;
	struct lease_fact lease;
	struct pod_fact pod;
	struct runner_fact runner;
	struct runner_set_fact runner_set;
	struct scale_set_fact scale_set;
	struct listener_fact listener;
	struct controller_fact controller;
	struct app_fact app;
};

static bool read_node(const char *json, size_t len, union item *out, struct err *e)
{
	/* Health rounds decide whether a node is available; here taints do not matter. */
	return kube_read_node(json, len, &(struct taint_filter){0}, &out->node, e);
}

static bool read_lease(const char *json, size_t len, union item *out, struct err *e)
{
	return kube_read_lease(json, len, &out->lease, e);
}

static bool read_runner_pod(const char *json, size_t len, union item *out, struct err *e)
{
	return pod_read(json, len, "runner", &out->pod, e);
}

static bool read_runner(const char *json, size_t len, union item *out, struct err *e)
{
	return arc_read_runner(json, len, &out->runner, e);
}

static bool read_runner_set(const char *json, size_t len, union item *out, struct err *e)
{
	return arc_read_runner_set(json, len, &out->runner_set, e);
}

static bool read_scale_set(const char *json, size_t len, union item *out, struct err *e)
{
	return arc_read_scale_set(json, len, &out->scale_set, e);
}

static bool read_listener(const char *json, size_t len, union item *out, struct err *e)
{
	return arc_read_listener(json, len, &out->listener, e);
}

static bool read_listener_pod(const char *json, size_t len, union item *out, struct err *e)
{
	return pod_read(json, len, "listener", &out->pod, e);
}

static bool read_controller(const char *json, size_t len, union item *out, struct err *e)
{
	return kube_read_deployment(json, len, &out->controller, e);
}

static bool read_app(const char *json, size_t len, union item *out, struct err *e)
{
	return argocd_read_app(json, len, &out->app, e);
}

static const struct {
	bool (*read)(const char *json, size_t len, union item *out, struct err *e);
	const struct member *members;
} readers[INVENTORY_PARTS] = {
    [PART_NODES] = {read_node, kube_node_members},
    [PART_LEASES] = {read_lease, kube_lease_members},
    [PART_RUNNER_PODS] = {read_runner_pod, pod_members},
    [PART_RUNNERS] = {read_runner, arc_runner_members},
    [PART_RUNNER_SETS] = {read_runner_set, arc_runner_set_members},
    [PART_SCALE_SETS] = {read_scale_set, arc_scale_set_members},
    [PART_LISTENERS] = {read_listener, arc_listener_members},
    [PART_LISTENER_PODS] = {read_listener_pod, pod_members},
    [PART_CONTROLLER] = {read_controller, kube_deployment_members},
    [PART_APPLICATIONS] = {read_app, argocd_app_members},
    [PART_PODS] = {read_runner_pod, pod_request_members},
};

const struct member *part_members(enum inventory_part part)
{
	return readers[part].members;
}

/* The namespace of the scale set that an item belongs to; "" when it does not name one. */
static const char *served_namespace(enum inventory_part part, const union item *item)
{
	switch (part) {
	case PART_LISTENERS: return item->listener.scale_set_namespace;
	case PART_LISTENER_PODS: return item->pod.scale_set_namespace;
	default: return "";
	}
}

bool part_read_item(struct facts *facts, enum inventory_part part, const char *runner_namespace, const char *json,
    size_t len, struct err *e)
{
	union item item;
	if (!readers[part].read(json, len, &item, e))
		return false;
	if (part == PART_PODS) {
		facts_add_request(facts, &item.pod);
		return true;
	}
	const char *namespace = served_namespace(part, &item);
	if (namespace[0] && strcmp(namespace, runner_namespace) != 0)
		return true;
	return facts_list_add(&facts->list[part], &item, e);
}

void part_forget(struct facts *facts, enum inventory_part part)
{
	if (part == PART_PODS)
		facts_forget_requests(facts);
	else
		facts_list_fini(&facts->list[part]);
}
