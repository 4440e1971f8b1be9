#define _GNU_SOURCE
#include "objects.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

size_t states_total(const struct target *t, int states)
{
	size_t n = 0;
	for (int i = 0; i < states; i++)
		n += (size_t)t->knobs.runners[i];
	return n;
}

enum runner_state state_at(const struct target *t, size_t i)
{
	int state = 0;
	while (state + 1 < RUNNER_STATES && i >= states_total(t, state + 1))
		state++;
	return (enum runner_state)state;
}

/* The names, uids and times that objects share. */
void runner_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	(void)cls;
	snprintf(out, LIST_NAME_MAX, SET "-x7k2p-runner-%05zx", i);
}

void node_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	const struct target *t = cls;
	snprintf(out, LIST_NAME_MAX, "%s-%02zu", t->name, i + 1);
}

void put_uid(FILE *out, const struct target *t, const char *kind, const char *name)
{
	char uid[37], seed[2 * LIST_NAME_MAX];
	snprintf(seed, sizeof seed, "%s/%s/%.127s", t->name, kind, name);
	text_uuid(uid, seed, 0);
	text_put(out, "'uid':'%s'", uid);
}

void put_time(FILE *out, const char *member, time_t at)
{
	char text[21];
	text_utc(text, at);
	text_put(out, "'%s':'%s'", member, text);
}

void put_labels(FILE *out, const char *before, const char *component, const char *behind)
{
	text_put(out,
	    "'labels':{%s'actions.github.com/organization':'example',"
	    "'actions.github.com/scale-set-name':'" SET "',"
	    "'actions.github.com/scale-set-namespace':'" SET_NS "','app.kubernetes.io/component':'%s',"
	    "'app.kubernetes.io/part-of':'gha-runner-scale-set','app.kubernetes.io/"
	    "version':'0.13.1'%s}",
	    before, component, behind);
}

void node_of_pod(const struct target *t, size_t i, char out[LIST_NAME_MAX])
{
	long nodes = t->knobs.nodes ? t->knobs.nodes : 1;
	node_name(t, i % (size_t)nodes, out);
}

static const char *const APP_NAMES[APPS] = {"arc-controller", "arc-prereqs", "arc-runners", SET "-bootstrap"};

void app_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	(void)cls;
	snprintf(out, LIST_NAME_MAX, "%s", APP_NAMES[i]);
}

static const char *const NAMESPACE_NAMES[NAMESPACES] = {
    SET_NS, ARC_NS, "argocd", "default", "kube-node-lease", "kube-system"};

void namespace_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	(void)cls;
	snprintf(out, LIST_NAME_MAX, "%s", NAMESPACE_NAMES[i]);
}
