/*
 * Objects as they are met in the field, each between two good ones of its kind: how large, deep and odd an object is
 * decides nothing about the others, and nothing about itself as long as it is so in members that nobody reads. What
 * cannot be read is named, with the member that is wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decode/items.h"
#include "decode/part.h"
#include "decode/spot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 16 << 10, SPOT_CLOUDSPACES = INVENTORY_PARTS, SPOT_POOLS, KINDS };

#define NODES PART_NODES
#define LEASES PART_LEASES
#define PODS PART_RUNNER_PODS
#define RUNNERS PART_RUNNERS
#define RUNNER_SETS PART_RUNNER_SETS
#define SCALE_SETS PART_SCALE_SETS
#define LISTENERS PART_LISTENERS
#define CONTROLLER PART_CONTROLLER
#define APPS PART_APPLICATIONS

/* What is too long to be written down: $BIG is 1.2 MB of text, $DEEP 100,000 objects in one another, and so on. */
static const struct {
	const char *name, *begin, *again, *end;
	size_t times;
} fills[] = {
    {"$BIG", "", "0123456789abcdef", "", 75000},
    {"$LONG", "", "n", "", 300},
    {"$READ", "", "r", "", ITEM_MAX_BYTES},
    {"$NEST", "", "{'values':", "", 28},
    {"$TSEN", "", "}", "", 28},
    {"$DEEP", "", "{'a':[", "", 50000},
    {"$PEED", "", "]}", "", 50000},
    {"$RESOURCES", "{'kind':'ConfigMap','name':'c','status':'OutOfSync','requiresPruning':true}",
	",{'group':'apps','kind':'Deployment','namespace':'n','name':'d','status':'Synced','health':{'status':'Healthy'"
	"}}",
	"", 3000},
    {"$PENDING", "{'status':'OutOfSync'}",
	",{'kind':'Service','name':'s','status':'OutOfSync','health':{'status':'Missing'}}", "", 3000},
    {"$IMAGES", "{}",
	",{'names':['ghcr.io/example/runner@sha256:0','ghcr.io/example/runner:1'],'sizeBytes':1073741824}", "", 2000},
    {"$CONTAINERS", "{'name':'runner','resources':{'requests':{'cpu':'1'}}}",
	",{'name':'sidecar','image':'i','env':[{'name':'A','value':'b'}],'resources':{'requests':{'cpu':'100m'}}}", "",
	60},
};

/* ' stands for ". `right` is "" for an object that is read, else its name, a colon and how the reason begins. */
/* clang-format off */
static const struct {
	int kind;
	const char *what, *object, *right;
} rows[] = {
	/* too large, in members that nobody reads */
	{APPS, "Argo CD: the result of a large sync", "{'metadata':{'name':'x'},'status':{'operationState':{'phase':'Succeeded','syncResult':{'resources':[{'message':'$BIG'}]}}}}", ""},
	{APPS, "Argo CD: a history that keeps the values file as text", "{'metadata':{'name':'x'},'status':{'history':[{'source':{'helm':{'values':'$BIG'}}}]}}", ""},
	{APPS, "Argo CD: the large CRDs of ARC as an operation's manifests", "{'metadata':{'name':'x'},'operation':{'sync':{'manifests':['$BIG','$BIG']}}}", ""},
	{APPS, "kubectl apply: the last applied configuration", "{'metadata':{'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'$BIG'},'name':'x'}}", ""},
	{NODES, "kubelet: very many images with very many names", "{'metadata':{'name':'x'},'status':{'conditions':[{'type':'Ready','status':'True'}],'images':[$IMAGES]}}", ""},
	{PODS, "a script in an environment variable", "{'metadata':{'name':'x'},'spec':{'containers':[{'name':'runner','env':[{'name':'S','value':'$BIG'}]}]}}", ""},
	{RUNNERS, "ARC: a pod template with a large script", "{'metadata':{'name':'x'},'spec':{'spec':{'containers':[{'command':['sh','-c','$BIG']}]}},'status':{'phase':'Running'}}", ""},
	{SCALE_SETS, "ARC: the same in the scale set", "{'metadata':{'name':'x'},'spec':{'minRunners':1,'template':{'spec':{'containers':[{'args':['$BIG']}]}}}}", ""},
	{LEASES, "a holder with a very long name", "{'metadata':{'name':'x'},'spec':{'holderIdentity':'$BIG','renewTime':null}}", ""},
	{SPOT_CLOUDSPACES, "Spot: a status with everything in it", "{'metadata':{'name':'x'},'status':{'phase':'Ready','conditions':[{'message':'$BIG'}]}}", ""},
	{SPOT_POOLS, "Spot: annotations of a node pool", "{'metadata':{'name':'x'},'spec':{'cloudSpace':'c','customAnnotations':{'a':'$BIG'},'desired':1}}", ""},
	/* too deep */
	{APPS, "Helm: a valuesObject of 28 levels", "{'metadata':{'name':'x'},'spec':{'source':{'helm':{'valuesObject':$NEST{}$TSEN}}}}", ""},
	{APPS, "Argo CD: the same in every revision of the history", "{'metadata':{'name':'x'},'status':{'history':[{'source':{'helm':{'valuesObject':$NEST1$TSEN}}},{'source':{'helm':{'valuesObject':$NEST1$TSEN}}}]}}", ""},
	{SCALE_SETS, "a CRD that preserves unknown fields", "{'metadata':{'name':'x'},'spec':{'minRunners':1,'x':$DEEP$PEED}}", ""},
	{PODS, "managedFields of a deep object", "{'metadata':{'managedFields':[{'fieldsV1':$DEEP$PEED}],'name':'x'},'status':{'phase':'Running'}}", ""},
	{SPOT_POOLS, "100,000 levels", "{'spec':{'cloudSpace':'c','x':$DEEP'$BIG'$PEED}}", ""},
	{CONTROLLER, "100,000 levels before the name", "{'x':$DEEP$PEED,'metadata':{'name':'x'}}", ""},
	/* long arrays that are read */
	{APPS, "Argo CD: an application of 3,000 resources, one of them to prune", "{'metadata':{'name':'x'},'status':{'sync':{'status':'OutOfSync'},'resources':[$RESOURCES]}}", ""},
	{APPS, "Argo CD: 3,000 resources that were never synced", "{'metadata':{'name':'x'},'status':{'resources':[$PENDING]}}", ""},
	{PART_PODS, "a pod of 61 containers", "{'metadata':{'name':'x'},'spec':{'containers':[$CONTAINERS]}}", ""},
	/* odd, in members that nobody reads */
	{RUNNERS, "ARC 0.12: failures are true or false", "{'metadata':{'name':'x'},'status':{'phase':'Failed','failures':{'u':true}}}", ""},
	{RUNNERS, "ARC 0.13: failures are times", "{'metadata':{'name':'x'},'status':{'phase':'Failed','failures':{'u':'2026-01-02T03:04:05Z'}}}", ""},
	{LISTENERS, "two members of one name", "{'metadata':{'name':'x'},'spec':{'image':'a','image':'b','autoscalingRunnerSetName':'s'}}", ""},
	{APPS, "text that is not UTF-8, a NUL, a line end", "{'metadata':{'name':'x'},'status':{'history':['\xff\xc3','\\u0000','\n'],'conditions':[{'message':'\\ud800'}]}}", ""},
	{APPS, "numbers that no type can hold", "{'metadata':{'name':'x','generation':1e999999},'spec':{'n':-123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890}}", ""},
	{NODES, "a status of other types", "{'metadata':{'name':'x'},'status':{'capacity':[],'addresses':{},'nodeInfo':7}}", ""},
	/* null and absent */
	{APPS, "before the first comparison", "{'metadata':{'name':'x','creationTimestamp':null},'status':{}}", ""},
	{APPS, "without a status", "{'metadata':{'name':'x','labels':null},'spec':null,'status':null}", ""},
	{PODS, "Go's empty lists", "{'metadata':{'name':'x','ownerReferences':null},'spec':{'containers':null},'status':{'containerStatuses':null}}", ""},
	{SPOT_POOLS, "Spot: a pool that a broken upgrade left", "{'metadata':{'name':'x'},'spec':null,'status':null}", ""},
	{SPOT_CLOUDSPACES, "Spot: new, without a status", "{'metadata':{'name':'x'}}", ""},
	{SCALE_SETS, "ARC: no limit", "{'metadata':{'name':'x'},'spec':{'minRunners':null,'maxRunners':null}}", ""},
	/* large numbers that are read */
	{RUNNERS, "GitHub's numbers have 64 bits", "{'metadata':{'name':'x'},'status':{'runnerId':9223372036854775807,'jobRequestId':18446744073709551615}}", ""},
	{SCALE_SETS, "the largest maxRunners", "{'metadata':{'name':'x'},'spec':{'maxRunners':2147483647}}", ""},
	{SCALE_SETS, "one more", "{'metadata':{'name':'x'},'spec':{'maxRunners':2147483648}}", "x: not a valid AutoscalingRunnerSet: member \"maxRunners\" is not a count"},
	{RUNNER_SETS, "a number of 90 digits", "{'metadata':{'name':'x'},'spec':{'replicas':123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890}}", "x: not a valid EphemeralRunnerSet: member \"replicas\""},
	/* wrong types */
	{RUNNER_SETS, "a number as a word", "{'metadata':{'name':'x'},'spec':{'replicas':'two'}}", "x: not a valid EphemeralRunnerSet: member \"replicas\" is not a number"},
	{SCALE_SETS, "half a runner", "{'metadata':{'name':'x'},'spec':{'minRunners':0.5}}", "x: not a valid AutoscalingRunnerSet: member \"minRunners\" is not a count"},
	{RUNNERS, "true as a text", "{'metadata':{'name':'x','namespace':'arc-runners'},'status':{'ready':'true'}}", "arc-runners/x: not a valid EphemeralRunner: member \"ready\" is not true or false"},
	{PART_PODS, "an empty quantity", "{'metadata':{'name':'x'},'spec':{'containers':[{'resources':{'requests':{'cpu':''}}}]}}", "x: not a valid Pod: member \"cpu\" is not a quantity"},
	{PART_PODS, "null among the containers", "{'metadata':{'name':'x'},'spec':{'containers':[null]}}", "x: not a valid Pod: member \"resources\" belongs in an object"},
	{PODS, "the same, in pods of which nobody asks what they request", "{'metadata':{'name':'x'},'spec':{'containers':[null,{'resources':{'requests':{'cpu':''}}}]}}", ""},
	{PODS, "null among the statuses", "{'metadata':{'name':'x'},'status':{'containerStatuses':[null]}}", "x: not a valid Pod: member \"name\" belongs in an object"},
	{APPS, "a list for a status", "{'metadata':{'name':'x','namespace':'argocd'},'status':[]}", "argocd/x: not a valid Application: member \"status\" is not an object"},
	{APPS, "a status for its word", "{'metadata':{'name':'x'},'status':{'sync':{'status':{'status':'Synced'}}}}", "x: not a valid Application: member \"status\" is not a string"},
	{APPS, "a time in another form", "{'metadata':{'name':'x'},'status':{'reconciledAt':'yesterday'}}", "x: not a valid Application: member \"reconciledAt\" is not a timestamp"},
	{APPS, "something too deep where a text is read", "{'metadata':{'name':'x'},'status':{'health':{'status':$DEEP$PEED}}}", "x: not a valid Application: member \"status\" is not a string"},
	{APPS, "more text than a word has", "{'metadata':{'name':'x'},'status':{'health':{'status':'$READ'}}}", "x: the members that are read have more than 524288 bytes"},
	{LISTENERS, "a namespace that is a number", "{'metadata':{'name':'x'},'spec':{'autoscalingRunnerSetNamespace':1}}", "x: not a valid AutoscalingListener: member \"autoscalingRunnerSetNamespace\""},
	{CONTROLLER, "replicas as text", "{'metadata':{'name':'x'},'spec':{'replicas':'1'}}", "x: not a valid Deployment: member \"replicas\" is not a number"},
	{LEASES, "seconds as a duration", "{'metadata':{'name':'x'},'spec':{'leaseDurationSeconds':'40s'}}", "x: not a valid Lease: member \"leaseDurationSeconds\" is not a number"},
	{NODES, "no status at all", "{'metadata':{'name':'x'}}", "x: not a valid Node: member \"status\" is missing"},
	{NODES, "a cordon as text", "{'metadata':{'name':'x'},'spec':{'unschedulable':'true'},'status':{}}", "x: not a valid Node: member \"unschedulable\" is not true or false"},
	{SPOT_CLOUDSPACES, "a phase that is a number", "{'metadata':{'name':'x'},'status':{'phase':1}}", "x: member \"phase\" is not a string"},
	{SPOT_POOLS, "counts as text", "{'metadata':{'name':'x'},'spec':{'cloudSpace':'c','desired':'3'}}", "x: member \"desired\" is not a number"},
	/* what clients of other languages, and people, write */
	{APPS, "a member's name of 1.2 MB", "{'metadata':{'name':'x','$BIG':1},'status':{'$BIG':{'$BIG':[]}}}", ""},
	{APPS, "names of members that are no text", "{'metadata':{'name':'x'},'':{'':0},'\\ud800':1,'\xff\xfe':2,'\\u0000':3}", ""},
	{APPS, "a member whose name is written with escapes", "{'met\\u0061data':{'n\\u0061me':'x'},'status':{'sync':{'st\\u0061tus':7}}}", "x: not a valid Application: member \"status\" is not a string"},
	{APPS, "the same member in both spellings", "{'metadata':{'name':'x'},'met\\u0061data':{'name':'y'}}", "items[1]: not a valid Application: member \"metadata\" appears twice"},
	{APPS, "names in capitals are other members", "{'metadata':{'name':'x'},'Status':7,'STATUS':[],'Metadata':null}", ""},
	{APPS, "an array of arrays where objects are read", "{'metadata':{'name':'x'},'status':{'resources':[[{'status':'Synced'}]]}}", "x: not a valid Application: member \"status\" belongs in an object"},
	{APPS, "an array where one object is read", "{'metadata':[{'name':'x'}]}", "items[1]: not a valid Application: member \"metadata\" is not an object"},
	{NODES, "an object where an array is read", "{'metadata':{'name':'x'},'spec':{'taints':{'key':'a','effect':'NoSchedule'}},'status':{}}", "x: not a valid Node: member \"taints\" is not an array"},
	{NODES, "a quantity that is none decides nothing", "{'metadata':{'name':'x'},'status':{'allocatable':{'cpu':'four'}}}", ""},
	{NODES, "allocatable as a list", "{'metadata':{'name':'x'},'status':{'allocatable':['4']}}", ""},
	{RUNNERS, "an identifier as text", "{'metadata':{'name':'x'},'status':{'runnerId':'12'}}", "x: not a valid EphemeralRunner: member \"runnerId\" is not a number"},
	{RUNNERS, "true for ready as a number", "{'metadata':{'name':'x'},'status':{'ready':1}}", "x: not a valid EphemeralRunner: member \"ready\" is not true or false"},
	{RUNNER_SETS, "a count with a fraction of zero", "{'metadata':{'name':'x'},'spec':{'replicas':2.0}}", ""},
	{RUNNER_SETS, "a count below zero", "{'metadata':{'name':'x'},'spec':{'replicas':-1}}", "x: not a valid EphemeralRunnerSet: member \"replicas\" is not a count"},
	{RUNNER_SETS, "infinity", "{'metadata':{'name':'x'},'spec':{'replicas':1e999}}", "x: not a valid EphemeralRunnerSet: member \"replicas\" is not a count"},
	{RUNNER_SETS, "an owner that is null", "{'metadata':{'name':'x','ownerReferences':[null]}}", "x: not a valid EphemeralRunnerSet: member \"kind\" belongs in an object"},
	{LEASES, "microseconds and another zone", "{'metadata':{'name':'x'},'spec':{'renewTime':'2026-01-02T03:04:05.123456+14:00'}}", ""},
	{LEASES, "seconds since 1970", "{'metadata':{'name':'x'},'spec':{'renewTime':1767323045}}", "x: not a valid Lease: member \"renewTime\" is not a string"},
	{LEASES, "a blank between day and hour, as RFC 3339 (5.6) allows it", "{'metadata':{'name':'x'},'spec':{'renewTime':'2026-01-02 03:04:05Z'}}", ""},
	{PODS, "Go's zero time", "{'metadata':{'name':'x','creationTimestamp':'0001-01-01T00:00:00Z'}}", ""},
	{PODS, "a state that is true", "{'metadata':{'name':'x'},'status':{'containerStatuses':[{'name':'runner','state':true}]}}", "x: not a valid Pod: member \"state\" is not an object"},
	{PODS, "a state of large members", "{'metadata':{'name':'x'},'status':{'containerStatuses':[{'name':'runner','state':{'running':{'a':'$BIG'},'terminated':null}}]}}", ""},
	{SPOT_CLOUDSPACES, "Spot: an endpoint that is null, a list of conditions that is none", "{'metadata':{'name':'x'},'status':{'phase':'Ready','APIServerEndpoint':null,'conditions':7}}", ""},
	{SPOT_POOLS, "Spot: a pool that scales by text", "{'metadata':{'name':'x'},'spec':{'cloudSpace':'c','autoscaling':{'enabled':'true'}}}", "x: member \"enabled\" is not true or false"},
	/* without a name that can be read */
	{APPS, "no metadata", "{'status':{}}", "items[1]: not a valid Application: member \"name\" of the metadata is missing"},
	{APPS, "no name", "{'metadata':{'namespace':'argocd'}}", "items[1]: not a valid Application: member \"name\" of the metadata is missing"},
	{PODS, "an empty name", "{'metadata':{'name':''}}", "items[1]: not a valid Pod: member \"name\" of the metadata is missing"},
	{PODS, "a name that is a number", "{'metadata':{'name':7}}", "items[1]: not a valid Pod: member \"name\" is not a string"},
	{APPS, "a name that is too long", "{'metadata':{'name':'$LONG'}}", "items[1]: not a valid Application: member \"name\" of the metadata is too long"},
	{APPS, "a name that is not UTF-8", "{'metadata':{'name':'a\xff'}}", "items[1]: not a valid Application: member \"name\" is not UTF-8"},
	{APPS, "a NUL in a name", "{'metadata':{'name':'a\\u0000b'}}", ""},
	{APPS, "a line end in a name", "{'metadata':{'name':'a\nb'}}", "items[1]: a control character in a string"},
	{APPS, "half a character in a name", "{'metadata':{'name':'a\\ud800'}}", ""},
	{APPS, "two names", "{'metadata':{'name':'a','name':'b'}}", "items[1]: not a valid Application: member \"name\" appears twice"},
	{APPS, "metadata twice", "{'metadata':{'name':'a'},'metadata':{'name':'b'}}", "items[1]: not a valid Application: member \"metadata\" appears twice"},
	{PODS, "null for an object", "null", "items[1]: not an object"},
	{LEASES, "a number for an object", "-1.5e300", "items[1]: not an object"},
	{SPOT_CLOUDSPACES, "a text for an object", "'$BIG'", "items[1]: not an object"},
	{SPOT_POOLS, "an array for an object", "[$DEEP$PEED]", "items[1]: not an object"},
};
/* clang-format on */

/* Replaces the fills, and ' by ". The caller frees. */
static char *written_out(const char *text)
{
	struct buf out = buf_of(SIZE_MAX / 2);

	while (*text) {
		size_t i = 0, len = 1;

		while (i < sizeof fills / sizeof *fills && strncmp(text, fills[i].name, strlen(fills[i].name)) != 0)
			i++;
		if (i < sizeof fills / sizeof *fills) {
			len = strlen(fills[i].name);
			buf_puts(&out, fills[i].begin);
			for (size_t n = 0; n < fills[i].times; n++)
				buf_puts(&out, fills[i].again);
			buf_puts(&out, fills[i].end);
		} else
			buf_putc(&out, *text);
		text += len;
	}
	for (char *p = out.data; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	return out.data;
}

struct reading {
	int kind;
	size_t read;
	struct facts facts;
};

static bool on_item(void *ctx, const char *json, size_t len, struct err *e)
{
	struct reading *r = ctx;
	struct cloudspace cloudspace;
	struct node_pool pool;
	bool is_read = r->kind == SPOT_CLOUDSPACES ? spot_read_cloudspace(json, len, &cloudspace, e)
	    : r->kind == SPOT_POOLS
	    ? spot_read_pool(json, len, &pool, e)
	    : part_read_item(&r->facts, (enum inventory_part)r->kind, "arc-runners", json, len, e);

	r->read += is_read;
	return is_read;
}

/* The list of one row, in chunks as libcurl hands them out. */
static void read_row(size_t row, struct reading *r, struct unreadables *unreadable)
{
	char text[4096];
	struct buf next = buf_of(64);
	struct items it;
	struct err e;

	snprintf(text, sizeof text,
	    "{'kind':'L','items':[{'metadata':{'name':'a'},'status':{}},%s,{'metadata':{'name':'z'},'status':{}}]}",
	    rows[row].object);
	char *list = written_out(text);
	size_t len = strlen(list);
	*r = (struct reading){.kind = rows[row].kind};
	facts_init(&r->facts, NULL);
	items_init(&it,
	    r->kind == SPOT_CLOUDSPACES ? spot_cloudspace_members
		: r->kind == SPOT_POOLS ? spot_pool_members
					: part_members((enum inventory_part)r->kind),
	    on_item, r);
	for (size_t at = 0; at < len; at += CHUNK_BYTES)
		if (!items_feed(&it, list + at, len - at < CHUNK_BYTES ? len - at : CHUNK_BYTES, &e))
			fail_msg("%s: %s", rows[row].what, e.text);
	if (!items_finish(&it, "L", &next, &e))
		fail_msg("%s: %s", rows[row].what, e.text);
	assert_int_equal(it.count, 3);
	*unreadable = it.unreadable;
	items_fini(&it);
	buf_fini(&next);
	free(list);
}

static void each_between_two_good_ones(void **state)
{
	int wrong = 0;
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reading r;
		struct unreadables unreadable;
		struct buf found = buf_of(1000);

		read_row(i, &r, &unreadable);
		for (size_t k = 0; k < unreadable.count; k++) {
			unreadable_put_name(&found, &unreadable.v[k]);
			buf_printf(&found, ": %s", unreadable.v[k].why);
		}
		bool is_read = !rows[i].right[0];
		if (r.read != (is_read ? 3 : 2) || unreadable.count != (is_read ? 0 : 1) ||
		    strncmp(buf_text(&found), rows[i].right, strlen(rows[i].right)) != 0) {
			print_error("%s: %zu read; %s\n", rows[i].what, r.read, buf_text(&found));
			wrong++;
		}
		facts_fini(&r.facts);
		unreadables_fini(&unreadable);
		buf_fini(&found);
	}
	assert_int_equal(wrong, 0);
}

/* What was read of the large ones is right, too. */
static void values(void **state)
{
	static const struct {
		const char *what;
		bool is_prune_only;
	} apps[] = {{"Argo CD: an application of 3,000 resources, one of them to prune", true},
	    {"Argo CD: 3,000 resources that were never synced", false}};
	size_t seen = 0;
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reading r;
		struct unreadables unreadable;

		if (rows[i].right[0] || rows[i].kind != APPS)
			continue;
		read_row(i, &r, &unreadable);
		for (size_t k = 0; k < 2; k++)
			if (strcmp(rows[i].what, apps[k].what) == 0) {
				const struct app_fact *app = facts_list_at(&r.facts.list[APPS], 1);
				assert_int_equal(app->is_prune_only, apps[k].is_prune_only);
				seen++;
			}
		facts_fini(&r.facts);
		unreadables_fini(&unreadable);
	}
	assert_int_equal(seen, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_between_two_good_ones),
	    cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
