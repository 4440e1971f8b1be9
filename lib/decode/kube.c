#include "decode/kube.h"

#include "decode/object.h"

#include <cJSON.h>
#include <string.h>

#define CONTROL_PLANE "node-role.kubernetes.io/control-plane"
#define MASTER "node-role.kubernetes.io/master"

const struct member kube_node_members[] = {
    READ_METADATA(READ("deletionTimestamp"), READ_IN("labels", READ(CONTROL_PLANE), READ(MASTER))),
    READ_IN("spec", READ("unschedulable"), READ_IN("taints", READ("key"), READ("effect"))),
    READ_IN("status", READ_IN("conditions", READ("type"), READ("status")), READ_IN("allocatable", READ("cpu"))),
    MEMBERS_END,
};

static bool is_control_plane(struct json *j, const cJSON *labels)
{
	return json_member(j, labels, CONTROL_PLANE) || json_member(j, labels, MASTER);
}

/* The Ready condition is "True"; "Unknown", "False" and a missing condition are all not ready. */
static bool is_ready(struct json *j, const cJSON *status)
{
	const cJSON *condition;
	bool ready = false;
	cJSON_ArrayForEach(condition, json_array(j, status, "conditions"))
	{
		const char *type = json_text(j, condition, "type");
		const char *value = json_text(j, condition, "status");
		if (type && value && strcmp(type, "Ready") == 0)
			ready = strcmp(value, "True") == 0;
	}
	return ready;
}

static bool is_ignored(const struct taint_filter *filter, const char *key)
{
	for (size_t i = 0; i < filter->count; i++)
		if (strcmp(filter->ignored[i], key) == 0)
			return true;
	return false;
}

/* A taint that keeps new pods away. PreferNoSchedule does not. */
static bool is_repelling(struct json *j, const cJSON *spec, const struct taint_filter *filter)
{
	const cJSON *taint;
	bool repels = false;
	cJSON_ArrayForEach(taint, json_array(j, spec, "taints"))
	{
		const char *key = json_text(j, taint, "key");
		const char *effect = json_text(j, taint, "effect");
		if (effect && (strcmp(effect, "NoSchedule") == 0 || strcmp(effect, "NoExecute") == 0))
			repels |= !is_ignored(filter, key ? key : "");
	}
	return repels;
}

/* With its own error state, so that a quantity that cannot be read does not make the node list fail. */
static int64_t read_allocatable(const cJSON *status)
{
	struct json j = {0};
	int64_t milli = object_cpu_milli(&j, json_object(&j, status, "allocatable"));
	return j.has_failed ? -1 : milli;
}

bool kube_read_node(
    const char *json, size_t len, const struct taint_filter *filter, struct node_fact *out, struct err *e)
{
	struct object o;
	struct node_fact node = {0};
	if (!object_open(&o, json, len, e))
		return false;
	object_name(&o, node.name, sizeof node.name);
	if (!o.status)
		json_fail(&o.j, "status", "is missing"); /* an API server always sends one: the object is damaged */
	node.is_control_plane = is_control_plane(&o.j, o.labels);
	node.is_ready = is_ready(&o.j, o.status);
	node.is_cordoned = json_bool(&o.j, o.spec, "unschedulable");
	node.is_deleting = json_text(&o.j, o.metadata, "deletionTimestamp") != NULL;
	node.is_repelled = is_repelling(&o.j, o.spec, filter);
	node.allocatable_milli = read_allocatable(o.status);
	if (!object_close(&o, "Node", e))
		return false;
	*out = node;
	return true;
}

bool kube_count_node(
    const char *json, size_t len, const struct taint_filter *filter, struct node_counts *counts, struct err *e)
{
	struct node_fact node;
	if (!kube_read_node(json, len, filter, &node, e))
		return false;
	facts_count_node(&node, counts);
	return true;
}

const struct member kube_lease_members[] = {
    READ_NAME,
    READ_IN("spec", READ("renewTime"), READ("leaseDurationSeconds")),
    MEMBERS_END,
};

bool kube_read_lease(const char *json, size_t len, struct lease_fact *out, struct err *e)
{
	enum { USUAL_S = 40 };
	struct object o;
	struct lease_fact lease = {0};
	if (!object_open(&o, json, len, e))
		return false;
	object_name(&o, lease.name, sizeof lease.name);
	lease.renewed = json_time(&o.j, o.spec, "renewTime");
	lease.duration_ms = INT64_C(1000) * json_count(&o.j, o.spec, "leaseDurationSeconds", USUAL_S);
	if (!object_close(&o, "Lease", e))
		return false;
	*out = lease;
	return true;
}

const struct member kube_deployment_members[] = {
    READ_NAME,
    READ_IN("spec", READ("replicas")),
    READ_IN("status", READ("availableReplicas")),
    MEMBERS_END,
};

bool kube_read_deployment(const char *json, size_t len, struct controller_fact *out, struct err *e)
{
	struct object o;
	struct controller_fact controller = {0};
	if (!object_open(&o, json, len, e))
		return false;
	object_name(&o, controller.name, sizeof controller.name);
	controller.desired = json_count(&o.j, o.spec, "replicas", 1);
	controller.available = json_count(&o.j, o.status, "availableReplicas", 0);
	if (!object_close(&o, "Deployment", e))
		return false;
	*out = controller;
	return true;
}

const struct member kube_namespace_members[] = {READ_NAME, MEMBERS_END};

bool kube_read_namespace(const char *json, size_t len, char out[FACT_LABEL_MAX], struct err *e)
{
	struct object o;
	char name[FACT_LABEL_MAX];
	if (!object_open(&o, json, len, e))
		return false;
	object_name(&o, name, sizeof name);
	if (!object_close(&o, "Namespace", e))
		return false;
	memcpy(out, name, sizeof name);
	return true;
}
