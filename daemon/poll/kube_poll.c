#include "poll/kube_poll.h"

#include "base/text.h"

#include <stdio.h>

enum {
	URL_MAX_BYTES = 4096,
	READYZ_MAX_BYTES = 64 << 10,
	/* Kubernetes supports 5,000 nodes; those of 11 kB each take 55 MB. Whoever sends more does not say how it is.
	 */
	NODES_MAX = FACTS_MAX,
	NODES_MAX_BYTES = 64 << 20,
};

void kube_poll_init(struct kube_poll *poll, struct poll_env env, const struct conf_pair *pair, enum side_id id,
    struct inventory_account *account, void (*on_round)(void *ctx, const struct kube_obs *obs), void *ctx)
{
	const char *side = side_id_names[id];
	poll->env = env;
	poll->filter = (struct taint_filter){(const char *const *)pair->ignore_taints.v, pair->ignore_taints.count};
	poll->on_round = on_round;
	poll->ctx = ctx;
	poll->readyz = (struct source){"readyz", pair->name, side, .answered_at = MONO_NEVER};
	poll->nodes = (struct source){"nodes", pair->name, side, .answered_at = MONO_NEVER};
	poll->readyz_job = fetch_job_new(env.fetch);
	listing_init(&poll->listing, env.fetch);
	poll->readyz_url = buf_of(URL_MAX_BYTES);
	poll->nodes_url = buf_of(URL_MAX_BYTES);
	poll->is_running = poll->collects = false;
	poll->found = facts_list_of(sizeof(struct node_fact), account);
	poll->read_at = MONO_NEVER;
}

void kube_poll_fini(struct kube_poll *poll)
{
	fetch_job_free(&poll->readyz_job);
	listing_fini(&poll->listing);
	buf_fini(&poll->readyz_url);
	buf_fini(&poll->nodes_url);
	facts_list_fini(&poll->found);
	kube_access_fini(&poll->access);
	kube_auth_fini(&poll->auth);
}

bool kube_poll_is_running(const struct kube_poll *poll)
{
	return poll->is_running;
}

mono_ms kube_poll_answered_at(const struct kube_poll *poll)
{
	return mono_max(poll->readyz.answered_at, poll->nodes.answered_at);
}

static void end_round(struct kube_poll *poll)
{
	struct answer nodes = poll->nodes_result.answer;
	poll->is_running = false;
	kube_access_fini(&poll->access);
	if (poll->readyz_answer.status == 401 || nodes.status == 401)
		kube_auth_note_refusal(&poll->auth);
	struct kube_obs obs =
	    obs_of_kube(poll->readyz_answer, nodes, &poll->counts, (int)poll->auth.conf->min_available);
	if (nodes.reason == POLL_OK) {
		poll->obs = obs;
		poll->read_at = poll->env.now->mono;
	}
	poll->on_round(poll->ctx, &obs);
}

static void on_readyz(void *ctx, const struct fetch_result *result)
{
	struct kube_poll *poll = ctx;
	poll->readyz_answer = result->answer;
	pace_add(&poll->round, result->answer, result->retry_after_ms);
	source_count(&poll->readyz, result, buf_text(&poll->readyz_url), *poll->env.now);
	end_round(poll);
}

static void start_readyz(struct kube_poll *poll)
{
	buf_reset(&poll->readyz_url);
	buf_printf(&poll->readyz_url, "%s/readyz", poll->access.server);
	fetch_start(poll->readyz_job,
	    &(struct fetch_request){
		.url = buf_text(&poll->readyz_url),
		.bearer = poll->access.bearer,
		.tls = kube_access_tls(&poll->access),
		.timeout_ms = poll->env.timeout_ms,
		.max_bytes = READYZ_MAX_BYTES,
		.on_done = on_readyz,
		.ctx = poll,
	    });
}

static void on_nodes_begin(void *ctx)
{
	struct kube_poll *poll = ctx;
	poll->counts = (struct node_counts){0};
	facts_list_fini(&poll->found);
	poll->too_many.text[0] = '\0';
}

/* What the inventory may not have is of no matter here. */
static void collect(struct kube_poll *poll, const struct node_fact *node)
{
	struct facts_list *found = &poll->found;
	if (!poll->collects || poll->too_many.text[0])
		return;
	if (inventory_budget_allows(found->account, found->cost)) {
		facts_list_put(found, node);
		return;
	}
	inventory_budget_refuse(found->account, poll->nodes.side, "nodes", found->cost, &poll->too_many);
	facts_list_fini(found);
}

static bool on_node(void *ctx, const char *json, size_t len, struct err *e)
{
	struct kube_poll *poll = ctx;
	struct node_fact node;
	if (!kube_read_node(json, len, &poll->filter, &node, e))
		return false;
	facts_count_node(&node, &poll->counts);
	collect(poll, &node);
	return true;
}

static void on_nodes(void *ctx, const struct fetch_result *result)
{
	struct kube_poll *poll = ctx;
	poll->nodes_result = *result;
	pace_add(&poll->round, result->answer, result->retry_after_ms);
	source_count(&poll->nodes, result, buf_text(&poll->nodes_url), *poll->env.now);
	if (obs_is_doubtful(result->answer))
		start_readyz(poll);
	else
		end_round(poll);
}

/* A poll that could not be made for want of a file is a poll that failed: it is counted, logged and alerted on. */
static void count_unsent(struct kube_poll *poll)
{
	const char *problem = kube_auth_problem(&poll->auth);
	struct fetch_result result = {.answer.reason = POLL_AUTH};
	if (!problem)
		return;
	int n = snprintf(result.detail, sizeof result.detail, "nothing is sent: %s", problem);
	text_mark_cut(result.detail, sizeof result.detail, n);
	source_count(&poll->nodes, &result, poll->auth.server, *poll->env.now);
}

bool kube_poll_take_nodes(struct kube_poll *poll, struct nodes_read *out)
{
	struct fetch_result *result = &poll->nodes_result;
	if (poll->is_running || !poll->collects)
		return false;
	poll->collects = false;
	if (poll->too_many.text[0] && result->answer.reason == POLL_OK) {
		result->answer.reason = POLL_TOO_LARGE;
		text_copy(result->detail, sizeof result->detail, poll->too_many.text);
	}
	facts_list_sort(&poll->found);
	*out = (struct nodes_read){result, poll->found, &poll->listing.items.unreadable};
	poll->found = facts_list_like(&poll->found);
	return true;
}

void kube_poll_start(struct kube_poll *poll, bool collects)
{
	poll->collects = false;
	facts_list_fini(&poll->found);
	poll->round = (struct pace_round){0};
	poll->readyz_answer = (struct answer){.reason = POLL_OK};
	kube_auth_refresh(&poll->auth, *poll->env.now);
	if (!kube_auth_is_ready(&poll->auth)) {
		count_unsent(poll);
		poll->on_round(poll->ctx, &(struct kube_obs){.word = KUBE_NONE});
		return;
	}
	poll->is_running = true;
	poll->collects = collects;
	kube_access_take(&poll->access, &poll->auth);
	buf_reset(&poll->nodes_url);
	/* Without resourceVersion=0: the API server must reach its storage to answer, so a good answer shows that it
	 * works. From its cache it would answer for as long as it lives. */
	buf_printf(&poll->nodes_url, "%s/api/v1/nodes", poll->access.server);
	listing_start(&poll->listing,
	    &(struct listing_request){
		.url = buf_text(&poll->nodes_url),
		.kind = "NodeList",
		.members = kube_node_members,
		.needs_all = true,
		.items_max = NODES_MAX,
		.bytes_max = NODES_MAX_BYTES,
		.bearer = poll->access.bearer,
		.tls = kube_access_tls(&poll->access),
		.timeout_ms = poll->env.timeout_ms,
		.on_begin = on_nodes_begin,
		.on_item = on_node,
		.on_done = on_nodes,
		.ctx = poll,
	    });
}
