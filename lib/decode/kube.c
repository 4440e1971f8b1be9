#include "decode/kube.h"

#include "decode/json.h"

#include <cJSON.h>
#include <string.h>

static bool is_control_plane(struct json *j, const cJSON *metadata)
{
	const cJSON *labels = json_object(j, metadata, "labels");
	return json_member(j, labels, "node-role.kubernetes.io/control-plane") ||
	    json_member(j, labels, "node-role.kubernetes.io/master");
}

/* The Ready condition is "True"; "Unknown", "False" and a missing condition are all not ready. */
static bool is_ready(struct json *j, const cJSON *status)
{
	const cJSON *condition;
	bool ready = false;
	cJSON_ArrayForEach(condition, json_array(j, status, "conditions")) {
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
	cJSON_ArrayForEach(taint, json_array(j, spec, "taints")) {
		const char *key = json_text(j, taint, "key");
		const char *effect = json_text(j, taint, "effect");
		if (effect && (strcmp(effect, "NoSchedule") == 0 || strcmp(effect, "NoExecute") == 0))
			repels |= !is_ignored(filter, key ? key : "");
	}
	return repels;
}

bool kube_count_node(const char *json, size_t len, const struct taint_filter *filter,
    struct node_counts *counts, struct err *e)
{
	cJSON *node = json_parse_object(json, len, e);
	if (!node)
		return false;
	struct json j = {0};
	const cJSON *metadata = json_object(&j, node, "metadata");
	const cJSON *spec = json_object(&j, node, "spec");
	const char *name = json_text(&j, metadata, "name");
	bool has_role = is_control_plane(&j, metadata);
	bool ready = is_ready(&j, json_object(&j, node, "status"));
	bool cordoned = json_bool(&j, spec, "unschedulable");
	bool leaving = json_text(&j, metadata, "deletionTimestamp") || is_repelling(&j, spec, filter);
	if (!j.has_failed && !name) {
		j.has_failed = true;
		err_set(&j.err, "not a Node: metadata.name is missing");
	}
	if (j.has_failed)
		err_set(e, "%s", j.err.text);
	else if (!has_role) {
		counts->total++;
		counts->ready += ready;
		counts->cordoned += cordoned;
		counts->ready_cordoned += ready && cordoned;
		counts->available += ready && !cordoned && !leaving;
	}
	cJSON_Delete(node);
	return !j.has_failed;
}
