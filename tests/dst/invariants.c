#include "invariants.h"

#include "documents.h"
#include "kept.h"
#include "machine.h"
#include "process.h"
#include "world.h"

#include "loop/poller_state.h"

#include <stdio.h>
#include <string.h>

/* exec_plugin.c waits up to 256 s after runs that did not help, and 10 s for an answer. */
enum { PLUGIN_PATIENCE_MS = 300000 };
enum { SLACK_MS = 3000, LATENCY_MS = 2500 /* of an answer where nothing is wrong */ };

static struct {
	int64_t undisturbed_since_ms; /* by restarts, reloads that change, hangs, suspends, rotated tokens */
	int64_t revoked_at_ms;        /* when Spot's tokens last were other ones */
	int64_t stepped_at_ms, started_at_ms;
	int64_t answered_awake_ms[SIDES_MAX]; /* the last answer that may show the side UP */
	enum verdict verdict[SIDES_MAX];
	uint64_t transitions, changes;
	int64_t spent_ms;
	int64_t slept_at_ms;  /* when the machine was last suspended */
	int64_t forgot_at_ms; /* the last start without a state file */
	int64_t denied_at_ms; /* when the token endpoint last refused the refresh token */
	int denials;          /* in a row, and since when */
	int64_t denied_since_ms;
	int64_t spot_interval_ms, timeout_ms;
	int64_t lists_not_before_ms[TARGETS];   /* as the last answers' Retry-After say */
	char in_file_when_refused[TARGETS][80]; /* the good token; "": none was refused */
	struct answer nodes[TARGETS];     /* the last answer of the node list; OK: none, or /readyz was asked since */
	bool is_in_health_round[TARGETS]; /* nodes or /readyz are being asked */
	char last_list[TARGETS][256];     /* the last one of an inventory */
	uint64_t requests[TARGETS];
	int64_t counted_since_ms; /* INT64_MAX: not counted */
	struct pair pair;         /* before a reload */
	struct pair checked;      /* as it was at the last look at its counters */
	bool is_ready[SIDES_MAX];
	uint64_t events;
	bool have_own_tokens; /* the sides, in files */
	char refresh_token[80];
} seen;

static int64_t awake_ms(void)
{
	return machine.at_ms - machine.asleep_ms;
}

static const char *name_of(size_t side)
{
	return world_name(CLOUDSPACE_AT + side);
}

static int64_t max(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static uint64_t sum(const uint64_t *v, size_t count)
{
	uint64_t n = 0;
	for (size_t i = 0; i < count; i++)
		n += v[i];
	return n;
}

/* Requests. */

/* spot_auth.c waits up to 32 rounds after a refusal, up to 4 after another failure. */
static int64_t token_patience_ms(void)
{
	bool is_denied = machine.at_ms - seen.denied_at_ms < 40 * seen.spot_interval_ms;
	return (is_denied ? 40 : 8) * seen.spot_interval_ms + 4 * seen.timeout_ms + SLACK_MS;
}

/* An id_token is renewed before it ends, where the token endpoint lets us. */
static void check_id_token(size_t target, const char *token)
{
	int64_t issued_ms, ends_ms, at_ms = machine.at_ms;
	if (!world_id_token(token, &issued_ms, &ends_ms) || at_ms < ends_ms)
		return;
	int64_t half_ms = (ends_ms - issued_ms) / 2, early_ms = max(60000, 2 * seen.spot_interval_ms);
	early_ms = early_ms < half_ms ? early_ms : half_ms;
	bool is_too_short = half_ms < seen.spot_interval_ms + 3 * seen.timeout_ms + SLACK_MS;
	int64_t free_since_ms = max(world.spot_seen_since_ms, max(seen.undisturbed_since_ms, seen.revoked_at_ms));
	if (!is_too_short && ends_ms - free_since_ms > early_ms + token_patience_ms())
		machine_fail("an id_token that ended %lld s ago goes to %s", (long long)(at_ms - ends_ms) / 1000,
		    world_name(target));
}

/* The first request of an inventory's round, or the first of Spot's lists. */
static bool begins_lists(size_t target, const char *url)
{
	return target == SPOT_AT ? strstr(url, "/cloudspaces") != NULL : strstr(url, "/kube-node-lease/leases") != NULL;
}

static bool is_of_lists(size_t target, const char *url)
{
	return target == SPOT_AT ? begins_lists(target, url) : !strstr(url, "/readyz") && !strstr(url, "/api/v1/nodes");
}

/* Spot's words decide, so its wait is an interval at most (pace.h). */
static void note_retry_after(size_t target, int64_t wait_ms)
{
	int64_t most_ms = target == SPOT_AT && seen.spot_interval_ms < PACE_RETRY_AFTER_MOST_MS
	    ? seen.spot_interval_ms
	    : PACE_RETRY_AFTER_MOST_MS;
	int64_t at_ms = machine.at_ms + (wait_ms < most_ms ? wait_ms : most_ms);
	seen.lists_not_before_ms[target] = max(seen.lists_not_before_ms[target], at_ms);
}

/* A token was refused, while its file had another one: the next round sends that. */
static void note_refused(size_t target, const char *bearer)
{
	const char *good = world_token(target);
	char *in_file = seen.in_file_when_refused[target];
	snprintf(in_file, sizeof seen.in_file_when_refused[target], "%s", strcmp(bearer, good) == 0 ? "" : good);
}

static void check_reread(size_t target, const char *bearer)
{
	const char *in_file = seen.in_file_when_refused[target];
	if (seen.have_own_tokens && *in_file && strcmp(in_file, world_token(target)) == 0 &&
	    strcmp(bearer, in_file) != 0)
		machine_fail("%s has refused this token, and the file has a good one", world_name(target));
}

static bool is_nodes(size_t target, const char *url)
{
	return target >= CLOUDSPACE_AT && strstr(url, "/api/v1/nodes");
}

/* /readyz is asked after a node list that leaves a doubt, then always, and never for nothing. */
static void check_readyz(size_t target, const char *url)
{
	struct answer nodes = seen.nodes[target];
	if (is_nodes(target, url) && nodes.status >= 300 && nodes.status < 500 && nodes.status != 410)
		machine_fail(
		    "%s answered %d for its nodes, and was not asked for /readyz", world_name(target), nodes.status);
	if (target < CLOUDSPACE_AT || !strstr(url, "/readyz"))
		return;
	if (!nodes.status || nodes.status >= 500)
		machine_fail("%s is asked for /readyz after no or a good list of its nodes, or after %d",
		    world_name(target), nodes.status);
	seen.nodes[target] = (struct answer){.reason = POLL_OK};
}

/*
 * A list of an inventory goes after the side's health rounds, so that one connection is enough. Only a list that begins
 * anew by itself (listing.h) may have been overtaken by one.
 */
static void check_turn(size_t target, const char *url)
{
	bool is_health = is_nodes(target, url) || strstr(url, "/readyz");
	if (target < CLOUDSPACE_AT)
		return;
	if (is_nodes(target, url) && strchr(url, '?'))
		machine_fail("%s is asked for nodes of its cache: %s", world_name(target), url);
	if (!is_health && seen.is_in_health_round[target] && strcmp(url, seen.last_list[target]) != 0)
		machine_fail("%s is asked for a list in the middle of a health round: %s", world_name(target), url);
	if (!is_health)
		snprintf(seen.last_list[target], sizeof seen.last_list[target], "%s", url);
	seen.is_in_health_round[target] |= is_health;
}

void invariants_see_request(size_t target, const struct fetch_request *r)
{
	bool is_cloudspace = target >= CLOUDSPACE_AT;
	seen.requests[target]++;
	if (r->form && target != AUTH_AT)
		machine_fail("the refresh token goes to %s", world_name(target));
	if (is_cloudspace && !r->bearer) /* Spot is asked without one too: its 401 shows that our network works */
		machine_fail("a request without a credential: %s", r->url);
	if (target == AUTH_AT && r->bearer)
		machine_fail("a bearer goes to the token endpoint");
	for (size_t i = 0; r->bearer && i < world.side_count; i++)
		if (strcmp(r->bearer, world_token(CLOUDSPACE_AT + i)) == 0 && target != CLOUDSPACE_AT + i)
			machine_fail("the token of %s goes to %s", name_of(i), world_name(target));
	if (is_cloudspace && strcmp(r->bearer, world_refresh_token()) == 0)
		machine_fail("the refresh token goes to a cluster");
	if (r->bearer)
		check_id_token(target, r->bearer);
	check_readyz(target, r->url);
	check_turn(target, r->url);
	if (is_nodes(target, r->url))
		check_reread(target, r->bearer);
	if (begins_lists(target, r->url) && machine.at_ms < seen.lists_not_before_ms[target])
		machine_fail("%s is asked for lists %lld ms before its Retry-After", world_name(target),
		    (long long)(seen.lists_not_before_ms[target] - machine.at_ms));
}

/* A person must act, and retries do not help: they become seldom. The waits are random, but not all of them short. */
static void check_back_off(void)
{
	enum { DENIALS = 12, ROUNDS = 16 };
	if (seen.denials++ == 0)
		seen.denied_since_ms = machine.at_ms;
	if (seen.denials == DENIALS && machine.at_ms - seen.denied_since_ms < ROUNDS * seen.spot_interval_ms)
		machine_fail("the refresh token is refused, and sent %d times in %lld s", DENIALS,
		    (long long)(machine.at_ms - seen.denied_since_ms) / 1000);
}

/* A refresh token that was handed out is a secret too; one that is refused, a person replaces. */
static void note_exchange(const struct fetch_result *result)
{
	bool is_another = strcmp(seen.refresh_token, world_refresh_token()) != 0;
	if (is_another)
		machine_guard_secret(world_refresh_token());
	snprintf(seen.refresh_token, sizeof seen.refresh_token, "%s", world_refresh_token());
	if (is_another || (result->answer.status != 401 && result->answer.status != 403))
		seen.denials = 0;
	if (result->answer.status != 401 && result->answer.status != 403)
		return;
	seen.denied_at_ms = machine.at_ms;
	process_mend_refresh_token();
	check_back_off();
}

void invariants_see_answer(size_t target, const struct fetch_request *r, const struct fetch_result *result)
{
	documents_note_news();
	bool is_health = is_nodes(target, r->url);
	enum truth is = is_health ? world.side[target - CLOUDSPACE_AT].is : TRUTH_MURKY;
	bool is_up = result->answer.reason == POLL_OK && is != TRUTH_BROKEN && is != TRUTH_PLANNED;
	if (is_health)
		seen.nodes[target] = result->answer;
	if (is_health || strstr(r->url, "/readyz"))
		seen.is_in_health_round[target] = false;
	if (is_health && (is_up || result->answer.reason == POLL_AUTH))
		seen.answered_awake_ms[target - CLOUDSPACE_AT] = awake_ms();
	if (r->form)
		note_exchange(result);
	if (result->answer.status == 401 && is_nodes(target, r->url))
		note_refused(target, r->bearer);
	if (result->retry_after_ms > 0 && is_of_lists(target, r->url))
		note_retry_after(target, result->retry_after_ms);
}

void invariants_note_act(enum storm_act act)
{
	documents_note_news();
	if (act == ACT_STEP)
		seen.stepped_at_ms = machine.at_ms;
	if (act == ACT_FORGET)
		seen.forgot_at_ms = machine.at_ms;
	if (act == ACT_REVOKE)
		seen.revoked_at_ms = machine.at_ms;
	if (act != ACT_BEGIN && act != ACT_END && act != ACT_RELOAD && act != ACT_STEP && act != ACT_DISK)
		seen.undisturbed_since_ms = machine.at_ms;
	seen.counted_since_ms = INT64_MAX;
}

/* Verdicts against the truth. */

/* How long evidence of Spot's and of the cluster's may linger. */
static int64_t memory_ms(const struct conf_poll *c)
{
	return 2 * c->spot_interval_ms + 2 * c->interval_ms + 2 * c->timeout_ms + SLACK_MS;
}

static void check_change(const struct poller *p, size_t i, enum verdict from, enum verdict to)
{
	const struct conf_poll *c = &p->conf->poll;
	int64_t at_ms = machine.at_ms;
	if (to != DOWN || from == DOWN)
		return;
	if (at_ms - world.side[i].reason_at_ms > memory_ms(c))
		machine_fail("false DOWN of %s: nothing was wrong with it for %lld s", name_of(i),
		    (long long)(at_ms - world.side[i].reason_at_ms) / 1000);
	bool is_only_our_way = world.side[i].is == TRUTH_WELL && at_ms - world.side[i].since_ms > memory_ms(c) &&
	    at_ms - world.side[i].spot_bad_at_ms > memory_ms(c);
	int64_t silent_ms = awake_ms() - seen.answered_awake_ms[i];
	if (is_only_our_way && silent_ms < c->unreachable_for_ms)
		machine_fail("%s is DOWN after %lld s without an answer, and it is well", name_of(i),
		    (long long)silent_ms / 1000);
}

/* When the daemon could begin to see what is true of the side now; INT64_MAX: it cannot. */
static int64_t visible_since_ms(const struct poller *p, size_t i)
{
	int64_t since_ms = max(world.side[i].since_ms, seen.undisturbed_since_ms);
	bool is_by_spot = p->sides[i].kube.auth.conf->kubeconfig == NULL;
	if (p->sides[i].kube.auth.conf->allow_exec)
		since_ms = max(since_ms, world.plugin_since_ms);
	if (since_ms == INT64_MAX || world.side[i].seen_since_ms == INT64_MAX ||
	    (is_by_spot && world.spot_seen_since_ms == INT64_MAX))
		return INT64_MAX;
	since_ms = max(since_ms, world.side[i].seen_since_ms);
	return is_by_spot ? max(since_ms, max(world.spot_seen_since_ms, seen.revoked_at_ms)) : since_ms;
}

/* Without memory, the daemon believes Spot that a side was never ready: it is PROVISIONING, though it serves. */
static bool is_taken_for_new(const struct conf_poll *c, size_t i)
{
	int64_t bad_at_ms = world.side[i].spot_bad_at_ms;
	return bad_at_ms >= seen.forgot_at_ms && machine.at_ms - bad_at_ms <= memory_ms(c);
}

/* How long the daemon may need for each truth, and what it must say then. UNKNOWN: anything. */
static enum verdict expected(const struct poller *p, size_t i, int64_t *within_ms)
{
	const struct conf_poll *c = &p->conf->poll;
	int64_t round_ms = c->confirm_interval_ms + LATENCY_MS;
	int64_t first_ms = 2 * c->interval_ms + 2 * c->timeout_ms + SLACK_MS;
	bool is_by_spot = p->sides[i].kube.auth.conf->kubeconfig == NULL;
	bool has_witness = world.spot_seen_since_ms <= machine.at_ms - c->own_network_window_ms && p->conf->has_spot;
	if (p->sides[i].kube.auth.conf->allow_exec)
		first_ms += PLUGIN_PATIENCE_MS;
	if (is_by_spot)
		first_ms += token_patience_ms();
	if (world.side[i].spot_bad_at_ms >= world.side[i].since_ms)
		first_ms += memory_ms(c); /* until Spot's next list, or until its last one is too old */
	if (p->conf->has_spot)
		first_ms += 5 * c->timeout_ms; /* the first verdict waits until Spot's lists have failed */
	switch (world.side[i].is) {
	case TRUTH_WELL: *within_ms = first_ms + c->rise * round_ms; return is_taken_for_new(c, i) ? UNKNOWN : UP;
	case TRUTH_BROKEN: *within_ms = first_ms + c->fall * round_ms; return DOWN;
	case TRUTH_PLANNED: *within_ms = first_ms + c->fall * round_ms; return MAINTENANCE;
	case TRUTH_AWAY:
		*within_ms = first_ms + c->unreachable_for_ms + c->own_network_window_ms + c->fall * round_ms +
		    2 * c->spot_interval_ms;
		return has_witness ? DOWN : UNKNOWN;
	default: return UNKNOWN;
	}
}

static void check_told(const struct poller *p, size_t i, enum verdict is)
{
	int64_t since_ms = visible_since_ms(p, i), within_ms = 0;
	enum verdict must = expected(p, i, &within_ms);
	if (since_ms == INT64_MAX || must == UNKNOWN || is == must || machine.at_ms - since_ms <= within_ms)
		return;
	machine_fail("%s is %s since %lld s, for all to see, and told to be %s", name_of(i),
	    truth_names[world.side[i].is], (long long)(machine.at_ms - since_ms) / 1000, verdict_names[is]);
}

static void check_fresh(const struct poller *p, size_t i, enum verdict is)
{
	const struct conf_poll *c = &p->conf->poll;
	int64_t age_ms = awake_ms() - seen.answered_awake_ms[i];
	int64_t most_ms = c->stale_after_ms + 2 * p->tick_ms + c->timeout_ms;
	bool is_time_doubtful = seen.started_at_ms - seen.stepped_at_ms < 86400000; /* of a saved state */
	if (is == UP && age_ms > most_ms && !is_time_doubtful)
		machine_fail("%s is UP %lld s after its last good answer", name_of(i), (long long)age_ms / 1000);
}

static void check_pair(const struct pair *pair)
{
	int64_t spent_ms = 0;
	for (int i = 0; i < HA_STATUSES; i++)
		spent_ms += pair->spent_ms[i];
	if (spent_ms < seen.spent_ms)
		machine_fail("the time in the statuses falls");
	seen.spent_ms = spent_ms;
	if (pair_is_same(pair, &seen.checked)) /* all that follows is of nothing else */
		return;
	seen.checked = *pair;
	uint64_t transitions = sum(&pair->transitions[0][0], sizeof pair->transitions / sizeof(uint64_t));
	uint64_t changes = sum(&pair->state_changes[0][0], sizeof pair->state_changes / sizeof(uint64_t));
	if (pair->status != pair_status(true, pair->side[PRIMARY].verdict, pair->side[SECONDARY].verdict))
		machine_fail("the pair is %s, its sides %s and %s", ha_status_names[pair->status],
		    verdict_names[pair->side[PRIMARY].verdict], verdict_names[pair->side[SECONDARY].verdict]);
	if (transitions < seen.transitions || changes < seen.changes)
		machine_fail("a counter falls");
	seen.transitions = transitions;
	seen.changes = changes;
}

/* Where nothing is wrong, what is asked of a cluster is bounded. */
static void check_budget(const struct poller *p)
{
	enum { COUNTED_MS = 600000, SETTLED_MS = 1200000, LISTS = 9 };
	const struct conf_poll *c = &p->conf->poll;
	bool is_quiet = world_is_calm() && machine.at_ms - seen.undisturbed_since_ms > SETTLED_MS;
	if (!is_quiet || seen.counted_since_ms == INT64_MAX) {
		memset(seen.requests, 0, sizeof seen.requests);
		seen.counted_since_ms = is_quiet ? machine.at_ms : INT64_MAX;
		return;
	}
	int64_t length_ms = machine.at_ms - seen.counted_since_ms;
	if (length_ms < COUNTED_MS)
		return;
	double health = (double)length_ms / ((double)c->interval_ms * 15 / 16) + 1;
	double lists = LISTS * ((double)length_ms / (double)c->inventory_interval_ms + 1);
	double pods = c->pod_interval_ms ? (double)length_ms / (double)c->pod_interval_ms + 1 : 0;
	/* What the defaults promise: half a request a second. A round of the inventory may have begun just now. */
	double promised = 0.5 * (double)length_ms / 1000 + LISTS;
	double most = health + lists + pods;
	if (c->interval_ms >= 5000 && c->inventory_interval_ms >= 30000 && c->pod_interval_ms >= 300000)
		most = most < promised ? most : promised;
	for (size_t i = 0; i < world.side_count; i++)
		if ((double)seen.requests[CLOUDSPACE_AT + i] > most)
			machine_fail("%llu requests to %s in %lld s",
			    (unsigned long long)seen.requests[CLOUDSPACE_AT + i], name_of(i),
			    (long long)length_ms / 1000);
	seen.counted_since_ms = INT64_MAX;
}

static void note_configuration(const struct poller *p)
{
	seen.spot_interval_ms = p->conf->poll.spot_interval_ms;
	seen.timeout_ms = p->conf->poll.timeout_ms;
	seen.have_own_tokens = p->sides[0].kube.auth.conf->kubeconfig && !p->sides[0].kube.auth.conf->allow_exec;
}

/* Rounds that were running are over, and so is a back-off. */
static void end_rounds(void)
{
	memset(seen.nodes, 0, sizeof seen.nodes);
	memset(seen.is_in_health_round, 0, sizeof seen.is_in_health_round);
	seen.denials = 0; /* the next exchange begins at once */
}

void invariants_begin(struct poller *p)
{
	bool is_first = machine.at_ms == 0;
	for (size_t i = 0; i < p->side_count; i++)
		seen.verdict[i] = p->pairs->pair.side[i].verdict;
	for (size_t i = 0; is_first && i < SIDES_MAX; i++)
		seen.answered_awake_ms[i] = INT64_MIN / 4;
	if (is_first)
		seen.stepped_at_ms = seen.revoked_at_ms = seen.denied_at_ms = INT64_MIN / 4;
	note_configuration(p);
	memset(seen.lists_not_before_ms, 0, sizeof seen.lists_not_before_ms);
	memset(seen.in_file_when_refused, 0, sizeof seen.in_file_when_refused);
	end_rounds();
	seen.transitions = seen.changes = 0;
	memset(&seen.checked, 0, sizeof seen.checked);
	seen.spent_ms = 0;
	seen.counted_since_ms = INT64_MAX;
	seen.undisturbed_since_ms = seen.started_at_ms = machine.at_ms;
	documents_begin();
}

/* What is remembered is what is: an incident lasts for as long as the pair is BLOCKED or UNKNOWN, but for a start. */
static void check_incidents(const struct poller *p)
{
	const struct incidents *in = &p->pairs->incidents;
	enum ha_status status = p->pairs->pair.status;
	bool is_open = in->count && !wall_is_known(in->v[in->count - 1].to);
	if (in->status != status || (!in->is_watched && !in->is_starting))
		machine_fail("the incidents are of %s", ha_status_names[in->status]);
	if (in->is_watched && is_open != (pair_status_is_blocked(status) || status == HA_UNKNOWN))
		machine_fail("%s, and the newest incident %s", ha_status_names[status], is_open ? "lasts" : "is over");
}

void invariants_check(struct poller *p)
{
	const struct pair *pair = &p->pairs->pair;
	world_note();
	for (size_t i = 0; i < p->side_count; i++) {
		enum verdict is = pair->side[i].verdict;
		if (is != seen.verdict[i])
			check_change(p, i, seen.verdict[i], is);
		seen.verdict[i] = is;
		check_told(p, i, is);
		check_fresh(p, i, is);
	}
	check_pair(pair);
	check_incidents(p);
	check_budget(p);
	documents_check(p);
}

void invariants_before_reload(const struct poller *p)
{
	seen.pair = p->pairs->pair;
	seen.events = p->pairs->events.count;
	kept_note(p);
	for (size_t i = 0; i < p->side_count; i++)
		seen.is_ready[i] = kube_auth_is_ready(&p->sides[i].kube.auth);
}

void invariants_after_reload(const struct poller *p)
{
	const struct pair *was = &seen.pair, *is = &p->pairs->pair;
	note_configuration(p);
	end_rounds();
	kept_check(p);
	for (size_t i = 0; i < p->side_count; i++) {
		const struct side *a = &was->side[i], *b = &is->side[i];
		if (a->verdict != b->verdict || a->since.mono.ms != b->since.mono.ms || a->agreeing != b->agreeing ||
		    a->evidence_at.ms != b->evidence_at.ms || a->soft_since.ms != b->soft_since.ms)
			machine_fail("a reload changes the state of %s", name_of(i));
		if (was->maintenance[i].is_declared != is->maintenance[i].is_declared)
			machine_fail("a reload loses the window of %s", name_of(i));
		if (seen.is_ready[i] && !kube_auth_is_ready(&p->sides[i].kube.auth))
			machine_fail("a reload loses the credential of %s", name_of(i));
	}
	if (was->status != is->status || was->since.mono.ms != is->since.mono.ms ||
	    p->pairs->events.count != seen.events)
		machine_fail("a reload changes the status of the pair");
}
