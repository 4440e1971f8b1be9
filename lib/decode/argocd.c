#include "decode/argocd.h"

#include "decode/object.h"

#include <cJSON.h>
#include <string.h>

/* Of thousands of resources only the differing ones matter, and of equal ones one is enough: is_prune_only(). */
const struct member argocd_app_members[] = {
    READ_METADATA(READ("creationTimestamp")),
    READ_IN("status", READ("reconciledAt"), READ_IN("sync", READ("status")), READ_IN("health", READ("status")),
	READ_IN("operationState", READ("phase")), READ_SET("resources", READ("status"), READ("requiresPruning"))),
    MEMBERS_END,
};

/* The index of the word in `names`; for another word the last one, Unknown. */
static int word_of(const char *word, const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		if (word && strcmp(word, names[i]) == 0)
			return i;
	return count - 1;
}

/*
 * True when all resources that differ would be removed by a sync with pruning. ARC copies ArgoCD's label to objects
 * that it creates itself, so an application without pruning stays OutOfSync permanently.
 */
static bool is_prune_only(struct json *j, const cJSON *status)
{
	const cJSON *resource;
	int differing = 0, to_prune = 0;
	cJSON_ArrayForEach(resource, json_array(j, status, "resources"))
	{
		const char *sync = json_text(j, resource, "status");
		bool prunes = json_bool(j, resource, "requiresPruning");
		if (sync && strcmp(sync, app_sync_names[APP_SYNCED]) == 0)
			continue;
		differing++;
		to_prune += prunes;
	}
	return differing > 0 && to_prune == differing;
}

bool argocd_read_app(const char *json, size_t len, struct app_fact *out, struct err *e)
{
	struct object o;
	struct app_fact app = {0};
	if (!object_open(&o, json, len, e))
		return false;
	const char *sync = json_text(&o.j, json_object(&o.j, o.status, "sync"), "status");
	const char *health = json_text(&o.j, json_object(&o.j, o.status, "health"), "status");
	object_name(&o, app.name, sizeof app.name);
	app.sync = (enum app_sync)word_of(sync, app_sync_names, APP_SYNCS);
	app.health = (enum app_health)word_of(health, app_health_names, APP_HEALTHS);
	app.is_prune_only = is_prune_only(&o.j, o.status);
	json_copy(&o.j, json_object(&o.j, o.status, "operationState"), "phase", app.operation, sizeof app.operation);
	app.created = json_time(&o.j, o.metadata, "creationTimestamp");
	app.reconciled = json_time(&o.j, o.status, "reconciledAt");
	if (!object_close(&o, "Application", e))
		return false;
	*out = app;
	return true;
}
