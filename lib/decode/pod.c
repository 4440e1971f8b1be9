#include "decode/pod.h"

#include "decode/object.h"

#include <cJSON.h>
#include <string.h>

#define SCALE_SET "actions.github.com/scale-set-name"
#define SCALE_SET_NAMESPACE "actions.github.com/scale-set-namespace"

#define READ_RESOURCES READ_IN("resources", READ_IN("requests", READ("cpu")))
#define READ_STATUSES(name)                                                                                            \
	READ_IN(name, READ("name"),                                                                                    \
	    READ_IN("state", READ("running"), READ("terminated"), READ_IN("waiting", READ("reason"))))

const struct member pod_members[] = {
    READ_METADATA(READ("uid"), READ("creationTimestamp"), READ("deletionTimestamp"),
	READ_IN("labels", READ(SCALE_SET), READ(SCALE_SET_NAMESPACE))),
    READ_IN("spec", READ("nodeName")),
    READ_IN("status", READ("phase"), READ_STATUSES("initContainerStatuses"), READ_STATUSES("containerStatuses")),
    MEMBERS_END,
};

const struct member pod_request_members[] = {
    READ_NAME,
    READ_IN("spec", READ("nodeName"), READ_RESOURCES, READ_IN("overhead", READ("cpu")),
	READ_IN("initContainers", READ_RESOURCES, READ("restartPolicy")), READ_IN("containers", READ_RESOURCES)),
    READ_IN("status", READ("phase")),
    MEMBERS_END,
};

static enum pod_phase read_phase(struct json *j, const cJSON *status)
{
	const char *word = json_text(j, status, "phase");
	if (!word || !*word)
		return POD_PENDING; /* new, without a status */
	for (int i = 0; i < POD_PHASES; i++)
		if (strcmp(word, pod_phase_names[i]) == 0)
			return (enum pod_phase)i;
	return POD_UNKNOWN;
}

static int64_t cpu_of(struct json *j, const cJSON *container)
{
	return object_cpu_milli(j, json_object(j, json_object(j, container, "resources"), "requests"));
}

/* A sidecar: an init container that keeps running together with the other containers. */
static bool is_restartable(struct json *j, const cJSON *container)
{
	const char *policy = json_text(j, container, "restartPolicy");
	return policy && strcmp(policy, "Always") == 0;
}

static int64_t read_cpu(struct json *j, const cJSON *spec)
{
	const cJSON *container, *own = json_object(j, spec, "resources");
	const cJSON *own_requests = json_object(j, own, "requests");
	int64_t together = 0, sidecars = 0, most = 0;
	cJSON_ArrayForEach(container, json_array(j, spec, "initContainers"))
	{
		int64_t cpu = cpu_of(j, container), beside = facts_milli_sum(sidecars, cpu);
		if (is_restartable(j, container))
			sidecars = beside;
		else
			most = beside > most ? beside : most;
	}
	cJSON_ArrayForEach(container, json_array(j, spec, "containers"))
	{
		together = facts_milli_sum(together, cpu_of(j, container));
	}
	together = facts_milli_sum(together, sidecars);
	most = together > most ? together : most;
	if (json_member(j, own_requests, "cpu")) /* the pod's own request replaces those of its containers */
		most = object_cpu_milli(j, own_requests);
	return facts_milli_sum(most, object_cpu_milli(j, json_object(j, spec, "overhead")));
}

/* A container that waits for one of these reasons does not start without help. */
static bool is_hopeless(const char *reason)
{
	static const char *const reasons[] = {"ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull",
	    "InvalidImageName", "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
	    "CrashLoopBackOff"};
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (strcmp(reason, reasons[i]) == 0)
			return true;
	return false;
}

static void read_containers(struct json *j, const cJSON *statuses, const char *wanted, struct pod_fact *pod)
{
	const cJSON *container;
	cJSON_ArrayForEach(container, statuses)
	{
		const char *name = json_text(j, container, "name");
		const cJSON *state = json_object(j, container, "state");
		const char *reason = json_text(j, json_object(j, state, "waiting"), "reason");
		pod->is_blocked |= reason && is_hopeless(reason);
		if (!name || strcmp(name, wanted) != 0)
			continue;
		pod->is_running = json_object(j, state, "running") != NULL;
		pod->is_ended = json_object(j, state, "terminated") != NULL;
	}
}

bool pod_read(const char *json, size_t len, const char *container, struct pod_fact *out, struct err *e)
{
	struct object o;
	struct pod_fact pod = {0};
	if (!object_open(&o, json, len, e))
		return false;
	object_name(&o, pod.name, sizeof pod.name);
	json_copy(&o.j, o.metadata, "uid", pod.uid, sizeof pod.uid);
	json_copy(&o.j, o.labels, SCALE_SET, pod.scale_set, sizeof pod.scale_set);
	json_copy(&o.j, o.labels, SCALE_SET_NAMESPACE, pod.scale_set_namespace, sizeof pod.scale_set_namespace);
	json_copy(&o.j, o.spec, "nodeName", pod.node, sizeof pod.node);
	pod.created = json_time(&o.j, o.metadata, "creationTimestamp");
	pod.is_deleting = json_text(&o.j, o.metadata, "deletionTimestamp") != NULL;
	pod.phase = read_phase(&o.j, o.status);
	pod.cpu_milli = read_cpu(&o.j, o.spec);
	read_containers(&o.j, json_array(&o.j, o.status, "initContainerStatuses"), container, &pod);
	read_containers(&o.j, json_array(&o.j, o.status, "containerStatuses"), container, &pod);
	/* An evicted pod has no container statuses, and none of its containers runs any more. */
	if (pod.phase == POD_SUCCEEDED || pod.phase == POD_FAILED) {
		pod.is_running = false;
		pod.is_ended = true;
	}
	if (!object_close(&o, "Pod", e))
		return false;
	*out = pod;
	return true;
}
