#include "poll/inventory_poll.h"

#include "base/mem.h"
#include "base/text.h"
#include "decode/kube.h"
#include "decode/part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	URL_MAX_BYTES = 4096,
	FRESH_ROUNDS = 3,
	ROUND_MAX_BYTES = 2 * LISTING_MAX_BYTES, /* of all lists: what one side may cost to decode */
	LIST_LEAST_BYTES = 1 << 20,              /* for each that is asked behind them */
};

/* Pods that have ended request no resources, and there can be very many. */
#define NOT_ENDED "fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed"
#define ARC_API "/apis/actions.github.com/v1alpha1"

/*
 * The request for each part (start of the path, namespace, end of the path, query) and the expected kind. Nodes are not
 * requested: a health round has read them.
 */
static const struct {
	const char *source; /* in the log */
	const char *head;
	enum place_kind place;
	const char *tail, *query, *kind;
	bool is_custom;
} resources[INVENTORY_PARTS] = {
    [PART_NODES] = {"nodes", NULL, PLACE_ANYWHERE, NULL, NULL, NULL, false},
    [PART_LEASES] = {"inventory leases", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease", PLACE_ANYWHERE,
	"/leases", "", "LeaseList", false},
    [PART_RUNNER_PODS] = {"inventory runner pods", "/api/v1", PLACE_RUNNERS, "/pods",
	"labelSelector=actions-ephemeral-runner%3DTrue", "PodList", false},
    [PART_RUNNERS] = {"inventory runners", ARC_API, PLACE_RUNNERS, "/ephemeralrunners", "", "EphemeralRunnerList",
	true},
    [PART_RUNNER_SETS] = {"inventory runner sets", ARC_API, PLACE_RUNNERS, "/ephemeralrunnersets", "",
	"EphemeralRunnerSetList", true},
    [PART_SCALE_SETS] = {"inventory scale sets", ARC_API, PLACE_RUNNERS, "/autoscalingrunnersets", "",
	"AutoscalingRunnerSetList", true},
    [PART_LISTENERS] = {"inventory listeners", ARC_API, PLACE_CONTROLLER, "/autoscalinglisteners", "",
	"AutoscalingListenerList", true},
    [PART_LISTENER_PODS] = {"inventory listener pods", "/api/v1", PLACE_CONTROLLER, "/pods",
	"labelSelector=app.kubernetes.io%2Fcomponent%3Drunner-scale-set-listener", "PodList", false},
    [PART_CONTROLLER] = {"inventory controller", "/apis/apps/v1", PLACE_CONTROLLER, "/deployments",
	"labelSelector=app.kubernetes.io%2Fname%3Dgha-rs-controller", "DeploymentList", false},
    [PART_APPLICATIONS] = {"inventory applications", "/apis/argoproj.io/v1alpha1", PLACE_ARGOCD, "/applications", "",
	"ApplicationList", true},
    [PART_PODS] = {"inventory pods", "/api/v1", PLACE_ANYWHERE, "/pods", NOT_ENDED, "PodList", false},
};

static const char *namespace_of(const struct inventory_poll *poll, enum place_kind place)
{
	const char *const names[PLACES] = {
	    [PLACE_ANYWHERE] = "",
	    [PLACE_RUNNERS] = poll->conf->runners.namespace,
	    [PLACE_CONTROLLER] = poll->conf->runners.controller_namespace,
	    [PLACE_ARGOCD] = poll->conf->argocd.namespace,
	};
	return names[place];
}

/* Of a list only the log tells; the statistics are of the whole round. */
static void log_answer(struct inventory_poll *poll, const struct fetch_result *result)
{
	bool is_part = poll->at < INVENTORY_PARTS;
	struct source source = {
	    .name = is_part ? resources[poll->at].source : "inventory namespaces",
	    .pair = poll->conf->name,
	    .side = poll->side,
	    .logged = poll->logged[poll->at],
	};
	source_count(&source, result, buf_text(&poll->url), *poll->env.now);
	poll->logged[poll->at] = source.logged;
}

/* Pods that are never listed are not pods that could not be listed. */
static void note_off(struct inventory_poll *poll)
{
	struct part *pods = &poll->inventory.part[PART_PODS];
	bool is_off = poll->pod_interval_ms == 0;
	if (pods->is_off == is_off)
		return;
	*pods = (struct part){.is_off = is_off};
	text_copy(pods->problem, sizeof pods->problem, is_off ? "" : "not asked yet");
	unreadables_fini(&poll->memory.unreadable[PART_PODS]);
	poll->inventory.has_cpu = false;
}

void inventory_poll_init(struct inventory_poll *poll, struct poll_env env, const struct conf_pair *pair,
    enum side_id id, struct kube_auth *auth, struct inventory_account *account, const struct conf_poll *intervals,
    void (*on_round)(void *ctx), void *ctx)
{
	*poll = (struct inventory_poll){
	    .env = env,
	    .conf = pair,
	    .side = side_id_names[id],
	    .auth = auth,
	    .account = account,
	    .interval_ms = intervals->inventory_interval_ms + intervals->interval_ms, /* it waits for a health round */
	    .pod_interval_ms = intervals->pod_interval_ms,
	    .pods_asked_at = MONO_NEVER,
	    .on_round = on_round,
	    .ctx = ctx,
	};
	for (int i = 0; i < INVENTORY_PARTS; i++) {
		struct part *part = &poll->inventory.part[i];
		text_copy(part->problem, sizeof part->problem, "not asked yet");
	}
	poll->url = buf_of(URL_MAX_BYTES);
	listing_init(&poll->listing, env.fetch);
	inventory_memory_init(&poll->memory, account);
	note_off(poll);
}

/* They are large, and most of the time no round is running. */
static void drop_facts(struct inventory_poll *poll)
{
	if (poll->facts)
		facts_fini(poll->facts);
	free(poll->facts);
	poll->facts = NULL;
}

void inventory_poll_fini(struct inventory_poll *poll)
{
	listing_fini(&poll->listing);
	kube_access_fini(&poll->access);
	buf_fini(&poll->url);
	drop_facts(poll);
	inventory_memory_fini(&poll->memory);
}

/* A side with slow rounds is polled less often, so its data stays valid for longer, from the first slow one on. */
static struct inventory_fresh fresh_of(const struct inventory_poll *poll)
{
	int64_t running_ms = poll->is_running ? mono_since(poll->started_at, poll->env.now->mono) : 0;
	int64_t round_ms = poll->length_ms > poll->interval_ms ? poll->length_ms : poll->interval_ms;
	round_ms = running_ms > round_ms ? running_ms : round_ms;
	return (struct inventory_fresh){
	    .pods_ms = FRESH_ROUNDS * (poll->pod_interval_ms + round_ms),
	    .ms = FRESH_ROUNDS * round_ms,
	};
}

/* A partial round keeps the previous result unless the result is too old or the round contradicts it. */
static void step_drain(struct inventory_poll *poll, bool shows_jobs)
{
	if (shows_jobs || !drain_is_possible(&poll->inventory))
		poll->drain = drain_step(poll->drain, &poll->inventory, shows_jobs && poll->is_exact);
}

static void end_round(struct inventory_poll *poll)
{
	poll->length_ms = mono_since(poll->started_at, poll->env.now->mono);
	poll_stats_count(&poll->stats, poll->reason, poll->length_ms, poll->env.now->wall);
	inventory_step(&poll->inventory, &poll->memory, poll->facts, *poll->env.now, fresh_of(poll));
	step_drain(poll, inventory_shows_jobs(poll->facts));
	drop_facts(poll);
	kube_access_fini(&poll->access);
	poll->is_running = false;
	poll->on_round(poll->ctx);
}

bool inventory_poll_expire(struct inventory_poll *poll)
{
	bool has_changed = inventory_expire(&poll->inventory, &poll->memory, poll->env.now->mono, fresh_of(poll));
	if (has_changed)
		step_drain(poll, false);
	return has_changed;
}

void inventory_poll_note_nodes(struct inventory_poll *poll, const struct node_counts *nodes)
{
	if (nodes->cordoned < nodes->total)
		poll->drain = drain_interrupt(poll->drain);
}

bool inventory_poll_is_half_drained(const struct inventory_poll *poll)
{
	return poll->drain.clear_looks > 0 && !poll->drain.is_drained;
}

static void note_failure(struct inventory_poll *poll, enum poll_reason reason)
{
	if (poll->reason == POLL_OK)
		poll->reason = reason;
}

static void set_problem(struct part_fact *fact, const char *text)
{
	text_copy(fact->problem, sizeof fact->problem, text);
}

/* Lists of namespaces. */

static bool on_namespace(void *ctx, const char *json, size_t len, struct err *e)
{
	struct inventory_poll *poll = ctx;
	char name[FACT_LABEL_MAX];
	if (!kube_read_namespace(json, len, name, e))
		return false;
	for (int place = PLACE_RUNNERS; place < PLACES; place++)
		poll->found |= strcmp(name, namespace_of(poll, (enum place_kind)place)) == 0 ? 1u << place : 0;
	return true;
}

/* A namespace is not missing when it may be one that could not be read. */
static void find_unreadable_namespaces(struct inventory_poll *poll)
{
	for (int place = PLACE_RUNNERS; place < PLACES; place++)
		if (unreadables_may_hide(&poll->listing.items.unreadable, namespace_of(poll, (enum place_kind)place)))
			poll->found |= 1u << place;
}

static void on_namespaces_begin(void *ctx)
{
	struct inventory_poll *poll = ctx;
	poll->found = 0;
}

/* A wrong namespace also gives empty lists, so an empty list of a missing namespace says nothing. */
static void on_namespaces(void *ctx, const struct fetch_result *listed)
{
	struct inventory_poll *poll = ctx;
	struct fetch_result result = *listed;
	bool is_read = listed->answer.reason == POLL_OK;
	find_unreadable_namespaces(poll);
	unsigned missing = poll->empty & ~poll->proven & ~(is_read ? poll->found : 0);
	pace_add(&poll->round, result.answer, result.retry_after_ms);
	for (int i = 0; i < INVENTORY_PARTS; i++) {
		struct part_fact *fact = &poll->facts->part[i];
		const char *name = namespace_of(poll, resources[i].place);
		if (!fact->was_read || !(missing >> resources[i].place & 1))
			continue;
		if (is_read) {
			result.answer.reason = POLL_HTTP_4XX;
			fact->status = 404;
			snprintf(result.detail, sizeof result.detail, "namespace %s does not exist", name);
		}
		fact->was_read = false;
		set_problem(fact, result.detail);
		note_failure(poll, result.answer.reason);
	}
	log_answer(poll, &result);
	end_round(poll);
}

static void on_part_begin(void *ctx)
{
	struct inventory_poll *poll = ctx;
	part_forget(poll->facts, (enum inventory_part)poll->at);
}

static bool on_item(void *ctx, const char *json, size_t len, struct err *e)
{
	struct inventory_poll *poll = ctx;
	enum inventory_part part = (enum inventory_part)poll->at;
	size_t cost = poll->facts->list[part].cost;
	if (part == PART_PODS || inventory_budget_allows(poll->account, cost))
		return part_read_item(poll->facts, part, poll->conf->runners.namespace, json, len, e);
	items_refuse_all(&poll->listing.items);
	return inventory_budget_refuse(poll->account, poll->side, inventory_part_names[part], cost, e);
}

static void start_listing(struct inventory_poll *poll, const struct listing_request *request)
{
	struct listing_request full = *request;
	full.url = buf_text(&poll->url);
	full.bearer = poll->access.bearer;
	full.tls = kube_access_tls(&poll->access);
	full.timeout_ms = poll->env.timeout_ms;
	full.gives_way = true;
	size_t left = poll->bytes < ROUND_MAX_BYTES ? ROUND_MAX_BYTES - poll->bytes : 0;
	full.bytes_max = left < LIST_LEAST_BYTES ? LIST_LEAST_BYTES
	    : left < LISTING_MAX_BYTES           ? left
						 : LISTING_MAX_BYTES;
	full.ctx = poll;
	listing_start(&poll->listing, &full);
}

static void start_namespaces(struct inventory_poll *poll)
{
	buf_reset(&poll->url);
	buf_printf(&poll->url, "%s/api/v1/namespaces", poll->access.server);
	start_listing(poll,
	    &(struct listing_request){
		.kind = "NamespaceList",
		.members = kube_namespace_members,
		.on_begin = on_namespaces_begin,
		.on_item = on_namespace,
		.on_done = on_namespaces,
	    });
}

static void note_part(
    struct inventory_poll *poll, const struct fetch_result *result, const struct unreadables *unreadable)
{
	enum inventory_part part = (enum inventory_part)poll->at;
	struct part_fact *fact = &poll->facts->part[part];
	struct facts_list *list = &poll->facts->list[part];
	*fact = (struct part_fact){
	    .was_asked = true,
	    .was_read = result->answer.reason == POLL_OK,
	    .is_not_installed = listing_is_not_installed(result),
	    .status = result->answer.status,
	    .count = (int)(part == PART_NODES ? list->count : poll->listing.items.count),
	    .date = wall_is_known(result->date) ? result->date : poll->env.now->wall,
	};
	set_problem(fact, result->detail);
	if (fact->was_read || unreadable->count)
		source_note_unreadable(
		    &(struct source){.name = resources[part].source, .pair = poll->conf->name, .side = poll->side},
		    &poll->memory.unreadable[part], unreadable);
	unreadables_copy(&poll->facts->unreadable[part], unreadable);
	if (fact->was_read) {
		facts_list_sort(list);
		return;
	}
	part_forget(poll->facts, part);
	if (!fact->is_not_installed)
		note_failure(poll, result->answer.reason);
}

/* No answer, or a 401: the other requests of the round would fail in the same way. */
static void give_up(struct inventory_poll *poll, const struct fetch_result *result)
{
	if (result->answer.status == 401)
		kube_auth_note_refusal(poll->auth);
	for (int i = poll->at + 1; i < INVENTORY_PARTS; i++)
		if (!poll->facts->part[i].is_skipped)
			set_problem(&poll->facts->part[i], result->detail);
	end_round(poll);
}

static bool has_more_to_ask(const struct inventory_poll *poll)
{
	return poll->at < INVENTORY_PARTS || (poll->empty & ~poll->proven) != 0;
}

static void end_part(
    struct inventory_poll *poll, const struct fetch_result *result, const struct unreadables *unreadable)
{
	pace_add(&poll->round, result->answer, result->retry_after_ms);
	note_part(poll, result, unreadable);
	if (result->answer.status == 0 || result->answer.status == 401) {
		give_up(poll, result);
		return;
	}
	do
		poll->at++;
	while (poll->at < INVENTORY_PARTS && poll->facts->part[poll->at].is_skipped);
	poll->is_waiting = has_more_to_ask(poll);
	if (poll->is_waiting)
		poll->on_list(poll->ctx);
	else
		end_round(poll);
}

/* A list that is not empty shows that its namespace exists. */
static void note_place(struct inventory_poll *poll, const struct fetch_result *result)
{
	unsigned place = 1u << resources[poll->at].place;
	if (result->answer.reason != POLL_OK)
		return;
	if (poll->listing.items.count)
		poll->proven |= place;
	else
		poll->empty |= place & ~(1u << PLACE_ANYWHERE);
}

static void on_part(void *ctx, const struct fetch_result *result)
{
	struct inventory_poll *poll = ctx;
	poll->bytes += poll->listing.bytes;
	log_answer(poll, result);
	note_place(poll, result);
	end_part(poll, result, &poll->listing.items.unreadable);
}

static void start_part(struct inventory_poll *poll)
{
	enum inventory_part part = (enum inventory_part)poll->at;
	const char *namespace = namespace_of(poll, resources[part].place), *query = resources[part].query;
	/* resourceVersion=0 reads the API server's cache: cheap, but of any age. */
	const char *version = poll->is_exact ? "" : "resourceVersion=0";
	if (part == PART_PODS)
		poll->pods_asked_at = poll->env.now->mono;
	buf_reset(&poll->url);
	buf_printf(&poll->url, "%s%s%s%s%s", poll->access.server, resources[part].head,
	    *namespace ? "/namespaces/" : "", namespace, resources[part].tail);
	buf_printf(
	    &poll->url, "%s%s%s%s", *query || *version ? "?" : "", query, *query && *version ? "&" : "", version);
	start_listing(poll,
	    &(struct listing_request){
		.kind = resources[part].kind,
		.is_custom = resources[part].is_custom,
		.members = part_members(part),
		.on_begin = on_part_begin,
		.on_item = on_item,
		.on_done = on_part,
	    });
}

void inventory_poll_go_on(struct inventory_poll *poll)
{
	if (!poll->is_waiting)
		return;
	poll->is_waiting = false;
	if (poll->at < INVENTORY_PARTS)
		start_part(poll);
	else
		start_namespaces(poll);
}

/* The largest list of all, and only for what pods request. A failure does not bring the next one forward. */
static bool is_time_for_pods(const struct inventory_poll *poll)
{
	return poll->pod_interval_ms > 0 &&
	    mono_since(poll->pods_asked_at, poll->env.now->mono) >= poll->pod_interval_ms;
}

void inventory_poll_start(struct inventory_poll *poll, const struct nodes_read *nodes, bool is_exact)
{
	poll->started_at = poll->env.now->mono;
	poll->is_running = true;
	poll->is_exact = is_exact;
	poll->at = PART_NODES;
	poll->empty = poll->proven = poll->found = 0;
	poll->bytes = 0;
	poll->reason = POLL_OK;
	poll->round = (struct pace_round){0};
	poll->facts = mem_zeroed(1, sizeof *poll->facts);
	facts_init(poll->facts, poll->account);
	poll->facts->list[PART_NODES] = nodes->list;
	poll->facts->part[PART_PODS].is_skipped = !is_time_for_pods(poll);
	kube_access_take(&poll->access, poll->auth);
	end_part(poll, nodes->result, nodes->unreadable);
}

static bool is_same_place(const struct conf_pair *a, const struct conf_pair *b)
{
	return strcmp(a->runners.namespace, b->runners.namespace) == 0 &&
	    strcmp(a->runners.controller_namespace, b->runners.controller_namespace) == 0 &&
	    strcmp(a->argocd.namespace, b->argocd.namespace) == 0;
}

bool inventory_poll_adopt(struct inventory_poll *poll, struct inventory_poll *old)
{
	memcpy(poll->logged, old->logged, sizeof poll->logged);
	poll->stats = old->stats;
	if (!is_same_place(poll->conf, old->conf))
		return false;
	poll->length_ms = old->length_ms;
	poll->pods_asked_at = old->pods_asked_at;
	poll->inventory = old->inventory;
	poll->drain = old->drain;
	inventory_memory_adopt(&poll->memory, &old->memory);
	note_off(poll);
	return true;
}
