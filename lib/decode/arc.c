#include "decode/arc.h"

#include "decode/object.h"

#include <cJSON.h>
#include <string.h>

#define SCALE_SET_LABEL "actions.github.com/scale-set-name"

const struct member arc_runner_members[] = {
    READ_METADATA(READ("creationTimestamp"), READ("deletionTimestamp"), READ_IN("labels", READ(SCALE_SET_LABEL))),
    READ_IN("status", READ("phase"), READ("ready"), READ("jobId"), READ("jobRequestId"), READ("workflowRunId"),
	READ("runnerId")),
    MEMBERS_END,
};

static enum runner_phase read_phase(struct json *j, const cJSON *status)
{
	static const struct {
		const char *word;
		enum runner_phase phase;
	} phases[] = {
	    {"", RUNNER_PHASE_PENDING}, {"Pending", RUNNER_PHASE_PENDING}, {"Running", RUNNER_PHASE_RUNNING},
	    {"Succeeded", RUNNER_PHASE_SUCCEEDED}, {"Failed", RUNNER_PHASE_FAILED},
	    {"Outdated", RUNNER_PHASE_FAILED}, /* since 0.14: too old for GitHub; treated like a failed one */
	};
	const char *word = json_text(j, status, "phase");
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
		if (strcmp(word ? word : "", phases[i].word) == 0)
			return phases[i].phase;
	return RUNNER_PHASE_OTHER;
}

/* True when the number is there: ARC omits it when it is 0. Its value is not read: GitHub's numbers have 64 bits. */
static bool has_number(struct json *j, const cJSON *status, const char *name)
{
	const cJSON *m = json_member(j, status, name);
	if (m && !cJSON_IsNumber(m))
		json_fail(j, name, "is not a number");
	return cJSON_IsNumber(m) && m->valuedouble != 0;
}

/* Each ARC version writes some of these: jobId since 0.13; which of the others comes first differs. */
static bool has_job(struct json *j, const cJSON *status)
{
	const char *id = json_text(j, status, "jobId");
	bool has_request = has_number(j, status, "jobRequestId");
	bool has_run = has_number(j, status, "workflowRunId");
	return (id && *id) || has_request || has_run;
}

bool arc_read_runner(const char *json, size_t len, struct runner_fact *out, struct err *e)
{
	struct object o;
	struct runner_fact runner = {0};
	if (!object_open(&o, json, len, e))
		return false;
	object_name(&o, runner.name, sizeof runner.name);
	json_copy(&o.j, o.labels, SCALE_SET_LABEL, runner.scale_set, sizeof runner.scale_set);
	runner.phase = read_phase(&o.j, o.status);
	runner.is_ready = json_bool(&o.j, o.status, "ready");
	runner.has_job = has_job(&o.j, o.status);
	runner.is_registered = has_number(&o.j, o.status, "runnerId");
	runner.created = json_time(&o.j, o.metadata, "creationTimestamp");
	runner.deleted = json_time(&o.j, o.metadata, "deletionTimestamp");
	if (!object_close(&o, "EphemeralRunner", e))
		return false;
	*out = runner;
	return true;
}

const struct member arc_runner_set_members[] = {
    READ_METADATA(READ_IN("labels", READ(SCALE_SET_LABEL)), READ_IN("ownerReferences", READ("kind"), READ("name"))),
    READ_IN("spec", READ("replicas")),
    MEMBERS_END,
};

/* The name of its owner; without an owner, the name in its label. */
static void copy_scale_set(struct object *o, char *out, size_t size)
{
	const cJSON *owner;
	json_copy(&o->j, o->labels, SCALE_SET_LABEL, out, size);
	cJSON_ArrayForEach(owner, json_array(&o->j, o->metadata, "ownerReferences"))
	{
		const char *kind = json_text(&o->j, owner, "kind");
		if (kind && strcmp(kind, "AutoscalingRunnerSet") == 0)
			json_copy(&o->j, owner, "name", out, size);
	}
}

bool arc_read_runner_set(const char *json, size_t len, struct runner_set_fact *out, struct err *e)
{
	struct object o;
	struct runner_set_fact set = {0};
	if (!object_open(&o, json, len, e))
		return false;
	object_name(&o, set.name, sizeof set.name);
	copy_scale_set(&o, set.scale_set, sizeof set.scale_set);
	set.replicas = json_int(&o.j, o.spec, "replicas", 0);
	if (!object_close(&o, "EphemeralRunnerSet", e))
		return false;
	*out = set;
	return true;
}

const struct member arc_scale_set_members[] = {
    READ_METADATA(READ_IN("labels", READ("app.kubernetes.io/version"))),
    READ_IN("spec", READ("minRunners"), READ("maxRunners")),
    MEMBERS_END,
};

bool arc_read_scale_set(const char *json, size_t len, struct scale_set_fact *out, struct err *e)
{
	struct object o;
	struct scale_set_fact set = {0};
	if (!object_open(&o, json, len, e))
		return false;
	object_name(&o, set.name, sizeof set.name);
	json_copy(&o.j, o.labels, "app.kubernetes.io/version", set.version, sizeof set.version);
	set.min = json_int(&o.j, o.spec, "minRunners", 0);
	set.max = json_int(&o.j, o.spec, "maxRunners", INT32_MAX);
	if (!object_close(&o, "AutoscalingRunnerSet", e))
		return false;
	*out = set;
	return true;
}

const struct member arc_listener_members[] = {
    READ_NAME,
    READ_IN("spec", READ("autoscalingRunnerSetName"), READ("autoscalingRunnerSetNamespace"),
	READ("ephemeralRunnerSetName")),
    MEMBERS_END,
};

bool arc_read_listener(const char *json, size_t len, struct listener_fact *out, struct err *e)
{
	struct object o;
	struct listener_fact listener = {0};
	if (!object_open(&o, json, len, e))
		return false;
	object_name(&o, listener.name, sizeof listener.name);
	json_copy(&o.j, o.spec, "autoscalingRunnerSetName", listener.scale_set, sizeof listener.scale_set);
	json_copy(&o.j, o.spec, "autoscalingRunnerSetNamespace", listener.scale_set_namespace,
	    sizeof listener.scale_set_namespace);
	json_copy(&o.j, o.spec, "ephemeralRunnerSetName", listener.runner_set, sizeof listener.runner_set);
	if (!object_close(&o, "AutoscalingListener", e))
		return false;
	*out = listener;
	return true;
}
