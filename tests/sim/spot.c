/*
 * The Rackspace Spot API: custom resources of a Kubernetes API server, behind a gateway that checks
 * bearers and speaks plain text.
 */
#define _GNU_SOURCE
#include "auth.h"
#include "kube.h"
#include "list.h"
#include "state.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define GROUP "ngpc.rxt.io"
#define ORGANIZATIONS "/apis/auth.ngpc.rxt.io/v1/organizations"
#define LABEL GROUP "/cloudspace"
#define POOL_ID "c0ffee00-0000-4000-8000-%012x"
#define ON_DEMAND_POOL_ID "c0ffee01-0000-4000-8000-%012x"

/* The cloudspaces that one list is made of; absent and unselected ones are not among them. */
struct view {
	const struct sim *sim;
	const struct target **targets;
};

static void gateway(struct answer *a, unsigned status, const char *text)
{
	answer_begin(a, status);
	answer_header(a, "Content-Type", "text/plain");
	if (status == 401)
		answer_header(a, "WWW-Authenticate", "Bearer realm=\"spot.rackspace.com\"");
	answer_printf(a, "%s", text);
}

static void write_opening(FILE *out, const char *kind, const struct knobs *k, bool label, const char *cloudspace)
{
	char created[21], deleted[21];
	text_utc(created, k->created);
	text_utc(deleted, k->deleted_at);
	text_put(out, "{'apiVersion':'" GROUP "/v1','kind':'%s','metadata':{'creationTimestamp':'%s',", kind, created);
	if (k->deleting)
		text_put(out,
		    "'deletionGracePeriodSeconds':0,'deletionTimestamp':'%s',"
		    "'finalizers':['" GROUP "/cleanup'],",
		    deleted);
	text_put(out, "'generation':1,");
	if (label)
		text_put(out, "'labels':{'" LABEL "':'%s'},", cloudspace);
	text_put(out, "'managedFields':[");
}

static void write_fields(FILE *out, const struct knobs *k, bool status, const char *fields)
{
	char created[21];
	text_utc(created, k->created);
	text_put(out,
	    "%s{'apiVersion':'" GROUP "/v1','fieldsType':'FieldsV1','fieldsV1':{%s},"
	    "'manager':'ngpc-controller','operation':'Update',%s'time':'%s'}",
	    status ? "," : "", fields, status ? "'subresource':'status'," : "", created);
}

static void write_closing(FILE *out, const struct target *t, const char *name)
{
	char uid[37];
	/* A cloudspace made anew is another object of the same name. */
	text_uuid(uid, name, (unsigned)t->knobs.created);
	text_put(out,
	    "],'name':'%s','namespace':'" AUTH_NAMESPACE "','resourceVersion':'%llu',"
	    "'uid':'%s'}",
	    name, (unsigned long long)t->revision, uid);
}

static void write_cloudspace_fields(FILE *out, const struct target *t)
{
	const struct knobs *k = &t->knobs;
	write_fields(out, k, false,
	    "'f:spec':{'.':{},'f:HAControlPlane':{},'f:bidRequests':{},'f:cloud':{},"
	    "'f:cni':{},'f:deploymentType':{},'f:gpuEnabled':{},'f:kubernetesVersion':{},"
	    "'f:networks':{},'f:onDemandRequests':{},'f:region':{},'f:servers':{},"
	    "'f:type':{},'f:webhook':{}}");
	if (k->no_status)
		return;
	struct text f;
	text_open(&f);
	text_put(f.out, "'f:status':{'.':{},'f:APIServerEndpoint':{},'f:assignedServers':{'.':{}");
	for (long i = 0; i < k->won; i++)
		text_put(f.out,
		    ",'f:srv-%u-%ld':{'.':{},'f:IP':{},'f:clusterRole':{},'f:error':{},"
		    "'f:serverClassName':{},'f:serverName':{},'f:serverType':{},'f:state':{}}",
		    t->index, i);
	text_put(f.out,
	    "},'f:bids':{'.':{},'f:" POOL_ID "':{'.':{},'f:bidName':{},'f:type':{},"
	    "'f:wonCount':{}}},'f:cloudspaceClassName':{},'f:conditions':{},"
	    "'f:currentKubernetesVersion':{},%s'f:health':{},'f:pendingAllocations':{},"
	    "'f:phase':{},'f:reason':{}}",
	    t->index, k->first_ready ? "'f:firstReadyTimestamp':{}," : "");
	char *fields = text_take(&f, NULL);
	write_fields(out, k, true, fields);
	free(fields);
}

static void write_cloudspace_spec(FILE *out, const struct target *t)
{
	text_put(out,
	    ",'spec':{'HAControlPlane':false,'bidRequests':['" POOL_ID "'],"
	    "'cloud':'default','cni':'calico','deploymentType':'gen2','gpuEnabled':false,"
	    "'kubernetesVersion':'1.31.1','networks':[],'onDemandRequests':[",
	    t->index);
	if (t->knobs.reserved)
		text_put(out, "'" ON_DEMAND_POOL_ID "'", t->index);
	text_put(out, "],'region':'us-central-dfw-1','servers':[],'type':'','webhook':''}");
}

static void write_condition(FILE *out, const struct knobs *k)
{
	char changed[21];
	bool ready = strcasecmp(k->phase, "Ready") == 0;
	text_utc(changed, k->first_ready ? k->first_ready_at : k->created);
	text_put(out,
	    "'conditions':[{'lastTransitionTime':'%s','message':'','reason':'',"
	    "'status':'%s','type':'Ready'}],",
	    changed, ready ? "True" : "False");
}

static void write_cloudspace_status(FILE *out, const struct sim *sim, const struct target *t)
{
	const struct knobs *k = &t->knobs;
	text_put(out, ",'status':{'APIServerEndpoint':'");
	if (k->endpoint && *k->endpoint_at)
		text_put(out, "%s", k->endpoint_at);
	else if (k->endpoint)
		text_put(out, "%s:%u", sim->listen, t->port);
	text_put(out, "','assignedServers':{");
	for (long i = 0; i < k->won; i++)
		text_put(out,
		    "%s'srv-%u-%ld':{'IP':'10.0.%u.%ld','clusterRole':'worker','error':'',"
		    "'serverClassName':'gp.vs1.xlarge-dfw','serverName':'srv-%u-%ld',"
		    "'serverType':'spot','state':''}",
		    i ? "," : "", t->index, i, t->index % 256, i % 256, t->index, i);
	text_put(out,
	    "},'bids':{'" POOL_ID "':{'bidName':'" POOL_ID "','type':'spot','wonCount':%ld}},"
	    "'cloudspaceClassName':'gen2',",
	    t->index, t->index, k->won);
	write_condition(out, k);
	text_put(out, "'currentKubernetesVersion':'1.31.1',");
	if (k->first_ready) {
		char at[21];
		text_utc(at, k->first_ready_at);
		text_put(out, "'firstReadyTimestamp':'%s',", at);
	}
	text_put(out, "'health':");
	text_json(out, k->health);
	text_put(out, ",'pendingAllocations':{},'phase':");
	text_json(out, k->phase);
	text_put(out, ",'reason':");
	text_json(out, k->reason);
	fputc('}', out);
}

static void cloudspace_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	const struct view *v = cls;
	snprintf(out, LIST_NAME_MAX, "%s", v->targets[i]->name);
}

static void cloudspace_item(FILE *out, const void *cls, size_t i)
{
	const struct view *v = cls;
	const struct target *t = v->targets[i];
	write_opening(out, "CloudSpace", &t->knobs, false, t->name);
	write_cloudspace_fields(out, t);
	write_closing(out, t, t->name);
	write_cloudspace_spec(out, t);
	if (!t->knobs.no_status)
		write_cloudspace_status(out, v->sim, t);
	fputc('}', out);
}

/* Whether the service labels pools is not known, so every other one has the label. */
static bool labelled(const struct target *t)
{
	return t->index % 2 == 0;
}

static void spot_pool_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	const struct view *v = cls;
	snprintf(out, LIST_NAME_MAX, POOL_ID, v->targets[i]->index);
}

static void spot_pool_item(FILE *out, const void *cls, size_t i)
{
	const struct view *v = cls;
	const struct target *t = v->targets[i];
	const struct knobs *k = &t->knobs;
	bool bidding = !k->won && !k->first_ready; /* a new pool has no count until it won */
	char name[LIST_NAME_MAX];
	spot_pool_name(cls, i, name);
	write_opening(out, "SpotNodePool", k, labelled(t), t->name);
	char *spec_fields = text_format("%s'f:spec':{'.':{},'f:autoscaling':{'.':{},'f:enabled':{},'f:maxNodes':{},"
					"'f:minNodes':{}},'f:bidPrice':{},'f:cloudSpace':{},'f:customAnnotations':{},"
					"'f:customLabels':{},'f:customTaints':{},'f:desired':{},'f:serverClass':{}}",
	    labelled(t) ? "'f:metadata':{'f:labels':{'.':{},'f:" LABEL "':{}}}," : "");
	write_fields(out, k, false, spec_fields);
	free(spec_fields);
	if (!k->no_status)
		write_fields(out, k, true,
		    bidding ? "'f:status':{'.':{},'f:bidStatus':{},'f:customMetadataStatus':{}}"
			    : "'f:status':{'.':{},'f:bidStatus':{},'f:customMetadataStatus':{},"
			      "'f:wonCount':{}}");
	write_closing(out, t, name);
	text_put(out,
	    ",'spec':{'autoscaling':{'enabled':true,'maxNodes':%ld,'minNodes':%ld},"
	    "'bidPrice':'%s','cloudSpace':'%s','customAnnotations':{},"
	    "'customLabels':{},'customTaints':[],'desired':%ld,"
	    "'serverClass':'gp.vs1.xlarge-dfw'}",
	    k->max, k->min, k->bid, t->name, k->desired);
	if (bidding && !k->no_status)
		text_put(out, ",'status':{'bidStatus':'','customMetadataStatus':{}}");
	else if (!k->no_status)
		text_put(out, ",'status':{'bidStatus':'%s','customMetadataStatus':{},'wonCount':%ld}",
		    *k->bid_status             ? k->bid_status
			: k->won >= k->desired ? "Fulfilled"
					       : "Lost",
		    k->won);
	fputc('}', out);
}

static void on_demand_pool_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	const struct view *v = cls;
	snprintf(out, LIST_NAME_MAX, ON_DEMAND_POOL_ID, v->targets[i]->index);
}

static void on_demand_pool_item(FILE *out, const void *cls, size_t i)
{
	const struct view *v = cls;
	const struct target *t = v->targets[i];
	const struct knobs *k = &t->knobs;
	char name[LIST_NAME_MAX];
	on_demand_pool_name(cls, i, name);
	write_opening(out, "OnDemandNodePool", k, false, t->name);
	write_fields(out, k, false, "'f:spec':{'.':{},'f:cloudSpace':{},'f:desired':{},'f:serverClass':{}}");
	write_fields(out, k, true, "'f:status':{'.':{},'f:reservedCount':{},'f:reservedStatus':{}}");
	write_closing(out, t, name);
	text_put(out,
	    ",'spec':{'cloudSpace':'%s','desired':%ld,'serverClass':'gp.vs1.large-dfw'},"
	    "'status':{'reservedCount':%ld,'reservedStatus':'Fulfilled'}}",
	    t->name, k->reserved, k->reserved);
}

/*
 * The kinds of the group. `label`: its objects can be selected by cloudspace; `on_demand`: only
 * cloudspaces that reserve servers have one.
 */
static const struct kind {
	const char *plural, *list_kind;
	bool label, on_demand;
	void (*name)(const void *cls, size_t i, char out[LIST_NAME_MAX]);
	void (*item)(FILE *out, const void *cls, size_t i);
} KINDS[] = {
    {"cloudspaces", "CloudSpaceList", false, false, cloudspace_name, cloudspace_item},
    {"spotnodepools", "SpotNodePoolList", true, false, spot_pool_name, spot_pool_item},
    {"ondemandnodepools", "OnDemandNodePoolList", false, true, on_demand_pool_name, on_demand_pool_item},
};

/* The selector "ngpc.rxt.io/cloudspace=NAME" keeps that cloudspace's labelled pools. */
static bool listed(const struct kind *kind, const struct target *t, const char *selector)
{
	static const char KEY[] = LABEL "=";
	if (t->kind != TARGET_CLOUDSPACE || t->knobs.absent || (kind->on_demand && !t->knobs.reserved))
		return false;
	if (!selector || !*selector)
		return true;
	return kind->label && labelled(t) && text_starts(selector, KEY) && strcmp(selector + strlen(KEY), t->name) == 0;
}

static void answer_object(struct answer *a, const struct kind *kind, const struct list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		char other[LIST_NAME_MAX];
		list->name(list->cls, i, other);
		if (strcmp(other, name) != 0)
			continue;
		struct text t;
		text_open(&t);
		list->item(t.out, list->cls, i);
		fputc('\n', t.out);
		size_t len;
		char *body = text_take(&t, &len);
		kube_begin_json(a, 200);
		answer_body_take(a, body, len);
		return;
	}
	kube_not_found(a, GROUP, kind->plural, name);
}

static void answer_kind(const struct request *r, struct answer *a, const struct kind *kind, const char *name)
{
	struct sim *sim = r->sim;
	const char *selector = request_query(r, "labelSelector");
	struct view view = {sim, text_zeroed(sim->target_count, sizeof *view.targets)};
	struct list list = {
	    .kind = kind->list_kind,
	    .api_version = GROUP "/v1",
	    .custom = true,
	    .selected = selector && *selector,
	    .cls = &view,
	    .name = kind->name,
	    .item = kind->item,
	};
	for (size_t i = 0; i < sim->target_count; i++) {
		const struct target *t = &sim->targets[i];
		list.revision += t->revision;
		if (listed(kind, t, selector))
			view.targets[list.count++] = t;
	}
	if (*name)
		answer_object(a, kind, &list, name);
	else
		list_answer(r, a, &list);
	free(view.targets);
}

static long query_number(const struct request *r, const char *key, long otherwise, long hi)
{
	const char *text = request_query(r, key);
	long n;
	return text && text_number(text, 0, hi, &n) ? n : otherwise;
}

/* Ours comes last, behind as many others as were asked for. */
static void write_organization(FILE *out, long i, long others)
{
	if (i < others)
		text_put(out,
		    "{'id':'org_Other%06ld','name':'other-%ld','display_name':'acme',"
		    "'metadata':{'namespace':'org-other%06ld'}}",
		    i, i, i);
	else
		text_put(out,
		    "{'id':'" AUTH_ORG_ID "','name':'" AUTH_ORG_NAME "',"
		    "'display_name':'" AUTH_ORG_NAME "',"
		    "'metadata':{'namespace':'" AUTH_NAMESPACE "'}}");
}

/* Pages by start and limit, in the envelope that the service documents. */
static void answer_organizations(const struct request *r, struct answer *a)
{
	long others = r->target->knobs.organizations, total = others + 1;
	long start = query_number(r, "start", 0, 100000), limit = query_number(r, "limit", 50, 50);
	long end = start + limit < total ? start + limit : total;
	struct text t;
	size_t len;
	text_open(&t);
	text_put(t.out, "{'start':%ld,'limit':%ld,'length':%ld,'total':%ld,'next':'", start, limit,
	    end > start ? end - start : 0, total);
	if (end < total)
		text_put(t.out, ORGANIZATIONS "?start=%ld&limit=%ld", end, limit);
	text_put(t.out, "','organizations':[");
	for (long i = start; i < end; i++) {
		fputs(i > start ? "," : "", t.out);
		write_organization(t.out, i, others);
	}
	fputs("]}", t.out);
	char *body = text_take(&t, &len);
	kube_begin_json(a, 200);
	answer_body_take(a, body, len);
}

/* The public price file, which on the real service stands on another host, and needs no bearer. */
static void answer_prices(const struct request *r, struct answer *a)
{
	const struct knobs *k = &r->target->knobs;
	answer_begin(a, 200);
	answer_header(a, "Content-Type", "application/json");
	answer_json(a,
	    "{'regions':{'us-central-dfw-1':{'generation':'v1','serverclasses':{"
	    "'gp.vs1.large-dfw':{'display_name':'Large','category':'General Purpose',"
	    "'description':'','cpu':'2','memory':'4GB','market_price':'0.010000',"
	    "'20_percentile':0.011,'50_percentile':0.031,'80_percentile':0.051},"
	    "'gp.vs1.xlarge-dfw':{'display_name':'Extra large','category':'General Purpose',"
	    "'description':'','cpu':'4','memory':'8GB','market_price':'%s',"
	    "'20_percentile':0.011,'50_percentile':0.031,'80_percentile':%s}}}}}",
	    k->market_price, k->p80);
}

/* /apis/ngpc.rxt.io/v1/namespaces/NS/KIND[/NAME] */
static void answer_path(const struct request *r, struct answer *a)
{
	static const char PREFIX[] = "/apis/" GROUP "/v1/namespaces/";
	if (!text_starts(r->path, PREFIX)) {
		kube_no_such_path(a);
		return;
	}
	const char *ns = r->path + strlen(PREFIX), *plural = ns + strcspn(ns, "/");
	size_t ns_len = (size_t)(plural - ns);
	plural += *plural == '/';
	size_t plural_len = strcspn(plural, "/");
	const char *name = plural + plural_len + (plural[plural_len] == '/');
	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
		if (strlen(KINDS[i].plural) != plural_len || strncmp(KINDS[i].plural, plural, plural_len) != 0)
			continue;
		if (ns_len == strlen(AUTH_NAMESPACE) && strncmp(ns, AUTH_NAMESPACE, ns_len) == 0) {
			answer_kind(r, a, &KINDS[i], name);
		} else {
			char *other = text_format("%.*s", (int)ns_len, ns);
			kube_forbidden(a, GROUP, KINDS[i].plural, other, name);
			free(other);
		}
		return;
	}
	kube_no_such_path(a);
}

static void spot_answer(const struct request *r, struct answer *a)
{
	static const char *const REFUSALS[] = {
	    [BEARER_MISSING] = "Jwt is missing",
	    [BEARER_MALFORMED] = "Jwt is not in the form of Header.Payload.Signature",
	    [BEARER_UNKNOWN] = "Jwt verification fails",
	    [BEARER_EXPIRED] = "Jwt is expired",
	};
	state_lock(r->sim);
	enum bearer bearer = auth_judge(r->sim, request_bearer(r));
	if (bearer == BEARER_GOOD && r->target->knobs.token_revoked)
		bearer = BEARER_EXPIRED;
	bool is_get = strcmp(r->method, "GET") == 0;
	if (is_get && strcmp(r->path, "/percentiles.json") == 0)
		answer_prices(r, a);
	else if (bearer != BEARER_GOOD)
		gateway(a, 401, REFUSALS[bearer]);
	else if (!is_get)
		kube_failure(a, 405);
	else if (strcmp(r->path, ORGANIZATIONS) == 0)
		answer_organizations(r, a);
	else
		answer_path(r, a);
	state_unlock(r->sim);
}

/* Trouble in front of the API is the gateway's to tell. */
static void spot_refuse(const struct request *r, struct answer *a, unsigned code)
{
	static const struct {
		unsigned code;
		const char *text;
	} TROUBLE[] = {
	    {401, "Jwt is expired"},
	    {403, "RBAC: access denied"},
	    {429, "local_rate_limited"},
	    {502,
		"upstream connect error or disconnect/reset before headers. reset reason: "
		"connection failure"},
	    {503, "no healthy upstream"},
	    {504, "upstream request timeout"},
	};
	(void)r;
	for (size_t i = 0; i < sizeof TROUBLE / sizeof *TROUBLE; i++) {
		if (TROUBLE[i].code == code) {
			gateway(a, code, TROUBLE[i].text);
			return;
		}
	}
	kube_failure(a, code);
}

const struct service spot_service = {.answer = spot_answer, .refuse = spot_refuse};
