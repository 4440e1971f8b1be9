#define _GNU_SOURCE
#include "objects.h"

#include "text.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* Custom resources: a spec and a status, about which the server's own members are made. */

struct custom {
	const char *kind, *name, *ns, *component, *annotations;
	char *spec, *status; /* JSON; freed by write_custom() */
};

static char *json_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *json_of(const char *format, ...)
{
	struct text t;
	va_list ap;
	text_open(&t);
	va_start(ap, format);
	text_vput(t.out, format, ap);
	va_end(ap);
	return text_take(&t, NULL);
}

/* The fields that a manager owns of an object; of `metadata` itself nobody does, hence its missing
 * dot. */
static void write_fields(FILE *out, const cJSON *object, bool with_dot)
{
	const char *comma = "";
	fputc('{', out);
	if (with_dot && object->child) {
		text_put(out, "'.':{}");
		comma = ",";
	}
	for (const cJSON *c = object->child; c; c = c->next) {
		text_put(out, "%s'f:%s':", comma, c->string);
		if (cJSON_IsObject(c) && c->child)
			write_fields(out, c, strcmp(c->string, "metadata") != 0);
		else
			fputs("{}", out);
		comma = ",";
	}
	fputc('}', out);
}

static void write_manager(FILE *out, const struct target *t, const char *owned, const char *subresource)
{
	cJSON *root = cJSON_Parse(owned);
	text_put(out, "{'apiVersion':'actions.github.com/v1alpha1','fieldsType':'FieldsV1','fieldsV1':");
	write_fields(out, root, false);
	text_put(out, ",'manager':'kubelet','operation':'Update',%s", subresource);
	put_time(out, "time", t->sim->started);
	fputc('}', out);
	cJSON_Delete(root);
}

static void write_custom(FILE *out, const struct target *t, const struct custom *c)
{
	struct text labels;
	text_open(&labels);
	put_labels(labels.out, "", c->component, "");
	char *label_text = text_take(&labels, NULL);
	const char *comma = *c->annotations ? "," : "";
	char *owned = text_format("{\"metadata\":{%s%s%s},\"spec\":%s}", c->annotations, comma, label_text, c->spec);
	char *owned_status = text_format("{\"status\":%s}", c->status);
	text_put(out, "{'apiVersion':'actions.github.com/v1alpha1','kind':'%s','metadata':{", c->kind);
	fprintf(out, "%s%s", c->annotations, comma);
	put_time(out, "creationTimestamp", t->sim->started);
	fprintf(out, ",\"generation\":1,%s,\"managedFields\":[", label_text);
	write_manager(out, t, owned, "");
	fputc(',', out);
	write_manager(out, t, owned_status, "\"subresource\":\"status\",");
	text_put(out, "],'name':'%s','namespace':'%s','resourceVersion':'%llu',", c->name, c->ns,
	    (unsigned long long)t->revision);
	put_uid(out, t, c->kind, c->name);
	fprintf(out, "},\"spec\":%s,\"status\":%s}", c->spec, c->status);
	free(owned_status);
	free(owned);
	free(label_text);
	free(c->spec);
	free(c->status);
}

static char *runner_status(const struct target *t, size_t i, const char *name)
{
	enum runner_state state = state_at(t, i);
	struct text s;
	char uid[37];
	text_open(&s);
	fputc('{', s.out);
	if (state == RUNNER_FAILED) {
		text_put(s.out, "'failures':{");
		for (unsigned k = 0; k < 6; k++) {
			char at[21];
			text_uuid(uid, name, 100 + k);
			text_utc(at, t->sim->started - 605 + k);
			text_put(s.out, "%s'%s':'%s'", k ? "," : "", uid, at);
		}
		text_put(s.out, "},");
	}
	if (state == RUNNER_BUSY || state == RUNNER_FINISHING) {
		text_uuid(uid, name, 1);
		text_put(s.out,
		    "'jobDisplayName':'build','jobId':'%s','jobRepositoryName':'example/"
		    "web','jobRequestId':%zu,"
		    "'jobWorkflowRef':'example/web/.github/workflows/ci.yml@refs/heads/main',",
		    uid, 900 + i);
	}
	if (state == RUNNER_FAILED)
		text_put(s.out, "'message':'Pod has failed to start more than 5 times',");
	text_put(s.out, "'phase':'%s','ready':%s,%s'runnerId':%zu,'runnerName':'%s'",
	    state == RUNNER_FAILED         ? "Failed"
		: state == RUNNER_STARTING ? "Pending"
					   : "Running",
	    state == RUNNER_IDLE || state == RUNNER_BUSY ? "true" : "false",
	    state == RUNNER_FAILED ? "'reason':'TooManyPodFailures'," : "", 4100 + i, name);
	if (state == RUNNER_BUSY || state == RUNNER_FINISHING)
		text_put(s.out, ",'workflowRunId':%zu", 7000000 + i);
	fputc('}', s.out);
	return text_take(&s, NULL);
}

void runner_item(FILE *out, const void *cls, size_t i)
{
	char name[LIST_NAME_MAX];
	runner_name(cls, i, name);
	write_custom(out, cls,
	    &(struct custom){"EphemeralRunner", name, SET_NS, "runner",
		"\"annotations\":{\"actions.github.com/patch-id\":\"0\"}",
		json_of("{'githubConfigSecret':'arc-org-github-secret','githubConfigUrl':"
			"'https://github.com/example','runnerScaleSetId':7}"),
		runner_status(cls, i, name)});
}

static char *set_status(const struct target *t, const char *total)
{
	const long *n = t->knobs.runners;
	return json_of("{'%s':%zu,'failedEphemeralRunners':%ld,'pendingEphemeralRunners':%ld,"
		       "'runningEphemeralRunners':%ld}",
	    total, states_total(t, RUNNER_STATES), n[RUNNER_FAILED], n[RUNNER_STARTING],
	    n[RUNNER_IDLE] + n[RUNNER_BUSY] + n[RUNNER_FINISHING]);
}

void runner_set_item(FILE *out, const void *cls, size_t i)
{
	const struct target *t = cls;
	(void)i;
	write_custom(out, t,
	    &(struct custom){"EphemeralRunnerSet", SET "-x7k2p", SET_NS, "runner-set", "",
		json_of("{'patchID':42,'replicas':%zu}", states_total(t, RUNNER_FAILED)),
		set_status(t, "currentReplicas")});
}

void scale_set_item(FILE *out, const void *cls, size_t i)
{
	const struct target *t = cls;
	(void)i;
	write_custom(out, t,
	    &(struct custom){"AutoscalingRunnerSet", SET, SET_NS, "autoscaling-runner-set",
		"\"annotations\":{\"runner-scale-set-id\":\"7\"}",
		json_of("{'githubConfigUrl':'https://github.com/"
			"example','maxRunners':%ld,'minRunners':%ld}",
		    t->knobs.max_runners, t->knobs.min_runners),
		set_status(t, "currentRunners")});
}

void listener_item(FILE *out, const void *cls, size_t i)
{
	const struct target *t = cls;
	(void)i;
	write_custom(out, t,
	    &(struct custom){"AutoscalingListener", LISTENER, ARC_NS, "runner-scale-set-listener", "",
		json_of("{'autoscalingRunnerSetName':'" SET "','autoscalingRunnerSetNamespace':'" SET_NS
			"','ephemeralRunnerSetName':'" SET "-x7k2p','maxRunners':%ld,'minRunners':%ld,"
			"'runnerScaleSetId':7}",
		    t->knobs.max_runners, t->knobs.min_runners),
		json_of("{}")});
}

/* ArgoCD, of which no list was recorded: what the fact sheet says of an application. */

void app_item(FILE *out, const void *cls, size_t i)
{
	const struct target *t = cls;
	char name[LIST_NAME_MAX];
	bool is_last = i + 1 == APPS; /* the one that the knobs turn */
	app_name(t, i, name);
	text_put(out, "{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{");
	put_time(out, "creationTimestamp", t->sim->started);
	text_put(out, ",'generation':1,'name':'%s','namespace':'argocd','resourceVersion':'%llu',", name,
	    (unsigned long long)t->revision);
	put_uid(out, t, "Application", name);
	text_put(out,
	    "},'spec':{'project':'default'},'status':{'health':{'status':'%s'},"
	    "'operationState':{'phase':'Succeeded'},",
	    is_last ? t->knobs.app_health : "Healthy");
	put_time(out, "reconciledAt", time(NULL) - 60);
	text_put(out, ",'resources':[],'sync':{'revision':'%016llx','status':'%s'}}}",
	    (unsigned long long)text_hash(name, 0), is_last ? t->knobs.app_sync : "Synced");
}
