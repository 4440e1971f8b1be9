/*
 * The same search for pair_step() and a restart: every state of a small pair of sides without Spot, and
 * every change of verdict of the whole search beside every verdict of the other side.
 *
 * That is enough for a pair with Spot. Each step of a pair advances one side, and is seen here to do it
 * as side_step() alone does, to leave the other as it was, and to make of the two verdicts what the
 * table makes. So what a pair adds depends on nothing of a side but its verdict before and after, and
 * all of these changes are met.
 */
#pragma once

#include "decide/events.h"
#include "search.h"

/* For two sides at once: the product must stay small. */
static const struct side_policy small_policy = {
    .has_spot = false,
    .rise = 1,
    .fall = 2,
    .interval_ms = 1,
    .spot_interval_ms = 1,
    .own_network_window_ms = 1,
    .unreachable_for_ms = 2,
    .stale_after_ms = 3,
};

static bool is_blocked(enum ha_status status)
{
	return !strncmp(ha_status_names[status], "BLOCKED", strlen("BLOCKED"));
}

static bool is_same_now(struct now a, struct now b)
{
	return a.mono.ms == b.mono.ms && a.wall.ms == b.wall.ms;
}

/* What a window has left, in units of time; at 0 it ends. */
static struct maintenance window_of(int left)
{
	struct maintenance m = {
	    .is_declared = left > 0, .ends = {{present.mono.ms + left - 1}, {present.wall.ms + left - 1}}};
	return left > 0 ? m : (struct maintenance){0};
}

static bool is_same_side(const struct side_policy *p, const struct side *a, const struct side *b)
{
	uint8_t keys[2][KEY_SIZE];
	pack(p, &(struct node){.side = *a}, present.mono, keys[0]);
	pack(p, &(struct node){.side = *b}, present.mono, keys[1]);
	return !memcmp(keys[0], keys[1], KEY_SIZE) && is_same_now(a->since, b->since);
}

/* A pair with these sides that has been through a lot. */
static struct pair pair_of(const struct pair_policy *policy, const struct side *primary, const struct side *secondary)
{
	static const struct now long_ago = {{-5}, {1795463999995}};
	struct pair pair = {
	    .side = {*primary, *secondary}, .since = long_ago, .blocked_since = long_ago, .counted_to = long_ago};
	pair.status = document_status(policy->is_enabled, primary->verdict, secondary->verdict);
	for (int from = 0; from < HA_STATUSES; from++) {
		pair.spent_ms[from] = 1000 * (from + 1);
		for (int to = 0; to < HA_STATUSES; to++)
			pair.transitions[from][to] = (uint64_t)(10 * from + to + 1);
	}
	for (int v = 0; v < VERDICTS; v++)
		pair.state_changes[PRIMARY][v] = pair.state_changes[SECONDARY][v] = (uint64_t)(7 * v + 1);
	return pair;
}

/* 5. Every change is one event, with from, to, reason and time; nothing else is one. */
static bool events_are_changes(const struct pair *from, const struct pair *to)
{
	struct event all[EVENTS_OF_A_STEP], *e = all;
	size_t n = events_between(from, to, present, all);
	for (int id = 0; id < SIDES; id++) {
		const struct side *was = &from->side[id], *is = &to->side[id];
		bool is_changed = was->verdict != is->verdict;
		if (is_changed &&
		    (e->kind != EVENT_STATE || strcmp(e->from, verdict_names[was->verdict]) ||
			strcmp(e->to, verdict_names[is->verdict]) || strcmp(e->reason, side_reason_names[is->reason]) ||
			(int)e->side != id || !is_same_now(e->at, present)))
			return false;
		e += is_changed;
		e += !is_changed && was->is_degraded != is->is_degraded;
		e += was->flap.is_flapping != is->flap.is_flapping;
		e += from->maintenance[id].is_declared != to->maintenance[id].is_declared;
	}
	bool is_changed = from->status != to->status;
	if (is_changed &&
	    (e->kind != EVENT_STATUS || strcmp(e->from, ha_status_names[from->status]) ||
		strcmp(e->to, ha_status_names[to->status]) || !is_same_now(e->at, present)))
		return false;
	return n == (size_t)(e - all) + is_changed;
}

/* 5, for pairs: one status, the table's; a change counts once, time goes to the status that was. */
static bool pair_moves_right(const struct pair_policy *policy, const struct pair *from, const struct pair *to,
    enum side_id id, const struct side *stepped)
{
	enum verdict primary = to->side[PRIMARY].verdict, secondary = to->side[SECONDARY].verdict;
	enum ha_status old = from->status;
	enum ha_status status = document_status(policy->is_enabled, primary, secondary);
	bool is_changed = status != old, is_blocking = is_blocked(status) && !is_blocked(old);
	struct pair expected = *from;
	expected.transitions[old][status] += is_changed;
	expected.state_changes[id][to->side[id].verdict] += from->side[id].verdict != to->side[id].verdict;
	expected.spent_ms[old] += mono_since(from->counted_to.mono, present.mono);
	return to->status == status && pair_status_is_blocked(status) == is_blocked(status) &&
	    is_same_side(&policy->side[id], &to->side[id], stepped) &&
	    is_same_side(&policy->side[!id], &to->side[!id], &from->side[!id]) &&
	    is_same_now(to->since, is_changed ? present : from->since) &&
	    is_same_now(to->blocked_since, is_blocking ? present : from->blocked_since) &&
	    is_same_now(to->counted_to, present) &&
	    !memcmp(to->transitions, expected.transitions, sizeof to->transitions) &&
	    !memcmp(to->state_changes, expected.state_changes, sizeof to->state_changes) &&
	    !memcmp(to->spent_ms, expected.spent_ms, sizeof to->spent_ms);
}

struct pair_search {
	struct pair_policy policy;
	uint64_t transitions;
	bool is_wrong, is_met[HA_STATUSES][HA_STATUSES];
};

/* Windows of all kinds in turn: a step ends them in time, and does everything else as without them. */
static bool windows_end(const struct pair *from, const struct pair *to)
{
	bool is_right = true;
	for (int id = 0; id < SIDES; id++) {
		bool is_left = from->maintenance[id].ends.mono.ms > present.mono.ms;
		is_right &= to->maintenance[id].is_declared == (from->maintenance[id].is_declared && is_left);
	}
	return is_right;
}

/* 6, for pairs: what comes back has the status of its sides, since when it had it; nothing is counted. */
static bool pair_restarts_right(const struct pair *from, const struct pair *to, const struct node nodes[SIDES])
{
	static const uint64_t none[HA_STATUSES][HA_STATUSES];
	enum verdict primary = nodes[PRIMARY].side.verdict, secondary = nodes[SECONDARY].side.verdict;
	enum ha_status status = document_status(true, primary, secondary);
	bool is_same = status == from->status;
	struct now blocked_since = is_same && is_blocked(status) ? from->blocked_since : present;
	return to->status == status && to->side[PRIMARY].verdict == primary &&
	    to->side[SECONDARY].verdict == secondary && is_same_now(to->since, is_same ? from->since : present) &&
	    is_same_now(to->blocked_since, blocked_since) && is_same_now(to->counted_to, present) &&
	    !memcmp(to->transitions, none, sizeof none);
}

static void restart_pair(struct pair_search *ps, struct node nodes[SIDES])
{
	struct pair from = pair_of(&ps->policy, &nodes[PRIMARY].side, &nodes[SECONDARY].side);
	struct pair_memory memory = pair_remember(&from, present);
	struct pair to = pair_restore(&ps->policy, &memory, present);
	for (int id = 0; id < SIDES; id++)
		nodes[id] = make_restart(&ps->policy.side[id], &nodes[id], present).to;
	ps->transitions++;
	if (pair_restarts_right(&from, &to, nodes) || ps->is_wrong)
		return;
	ps->is_wrong = true;
	printf("  pair: %s and %s, %s; restart; becomes %s\n", verdict_names[from.side[PRIMARY].verdict],
	    verdict_names[from.side[SECONDARY].verdict], ha_status_names[from.status], ha_status_names[to.status]);
}

/* Steps one side of a pair; the sides after it are in `nodes`. */
static void move_pair(struct pair_search *ps, struct node nodes[SIDES], enum side_id id, const struct choice *c)
{
	const struct side_policy *p = &ps->policy.side[id];
	struct side_input input = input_of(p, &nodes[id].facts, c, present.mono);
	struct pair from = pair_of(&ps->policy, &nodes[PRIMARY].side, &nodes[SECONDARY].side);
	from.maintenance[PRIMARY] = window_of((int)(ps->transitions % 4));
	from.maintenance[SECONDARY] = window_of((int)(ps->transitions / 4 % 4));
	struct pair to = pair_step(&ps->policy, from, id, &input, present);
	nodes[id] = make_move(p, &nodes[id], &input, present).to;
	ps->transitions++;
	ps->is_met[from.status][to.status] = true;
	bool is_right = pair_moves_right(&ps->policy, &from, &to, id, &nodes[id].side);
	if ((is_right && windows_end(&from, &to) && events_are_changes(&from, &to)) || ps->is_wrong)
		return;
	ps->is_wrong = true;
	printf("  pair: %s and %s, %s; then %s: ", verdict_names[from.side[PRIMARY].verdict],
	    verdict_names[from.side[SECONDARY].verdict], ha_status_names[from.status], side_id_names[id]);
	print_choice(c);
	printf("\n    becomes %s and %s, %s\n", verdict_names[to.side[PRIMARY].verdict],
	    verdict_names[to.side[SECONDARY].verdict], ha_status_names[to.status]);
}

static void pack_pair(const struct pair_search *ps, const struct node nodes[SIDES], mono_ms now, uint8_t *key)
{
	for (int id = 0; id < SIDES; id++)
		pack(&ps->policy.side[id], &nodes[id], now, key + id * KEY_SIZE);
}

static void expand_pair(struct pair_search *ps, struct space *space, uint32_t at)
{
	uint8_t key[SIDES * KEY_SIZE];
	struct node from[SIDES];
	for (int id = 0; id < SIDES; id++)
		from[id] = unpack(space_key(space, at) + id * KEY_SIZE, present.mono);
	pack_pair(ps, from, mono_plus(present.mono, 1), key);
	space_add(space, key, at, 0);
	struct node restarted[SIDES] = {from[PRIMARY], from[SECONDARY]};
	restart_pair(ps, restarted);
	pack_pair(ps, restarted, present.mono, key);
	space_add(space, key, at, 1);
	for (uint8_t via = 2; via < choice_count; via++)
		for (int id = 0; id < SIDES; id++) {
			const struct choice *c = &choices[via];
			bool is_plain = c->witness == WITNESS_NOW || c->witness == WITNESS_NEVER;
			if (!is_plain || !is_worth_it(&ps->policy.side[id], &from[id].facts, c))
				continue;
			struct node to[SIDES] = {from[PRIMARY], from[SECONDARY]};
			move_pair(ps, to, (enum side_id)id, c);
			pack_pair(ps, to, present.mono, key);
			space_add(space, key, at, via);
		}
}

/* Every state of a pair whose sides have Kubernetes alone. */
static void search_pairs(struct pair_search *ps)
{
	uint8_t key[SIDES * KEY_SIZE];
	struct space space = space_of(sizeof key);
	struct pair start = pair_start(&ps->policy, present);
	struct node nodes[SIDES] = {node_start(present), node_start(present)};
	ps->is_wrong = start.status != document_status(ps->policy.is_enabled, UNKNOWN, UNKNOWN) ||
	    !is_same_now(start.since, present) || !is_same_now(start.counted_to, present);
	pack_pair(ps, nodes, present.mono, key);
	space_add(&space, key, SPACE_NOWHERE, 0);
	for (uint32_t at = 0; at < space.n; at++)
		expand_pair(ps, &space, at);
	printf("pair: %" PRIu32 " states, %" PRIu64 " transitions\n", space.n, ps->transitions);
	space_free(&space);
}

/* Every change of verdict that the whole search met, beside each verdict of the other side. */
static void step_pairs(struct pair_search *ps, const struct search *s)
{
	for (int from = 0; from < VERDICTS; from++)
		for (int to = 0; to < VERDICTS; to++)
			for (int i = 0; s->is_met[from][to] && i < VERDICTS * SIDES; i++) {
				enum side_id id = i % SIDES ? SECONDARY : PRIMARY;
				uint32_t at = s->example[from][to];
				uint32_t beside = s->example[i / SIDES][i / SIDES];
				struct node nodes[SIDES];
				nodes[id] = unpack(space_key(&s->space, at), present.mono);
				nodes[!id] = unpack(space_key(&s->space, beside), present.mono);
				move_pair(ps, nodes, id, &choices[s->example_via[from][to]]);
			}
}

static void check_pairs(const struct search *s, bool is_enabled)
{
	const char *name = is_enabled ? "pair, enabled" : "pair, disabled";
	struct side_policy other = small_policy;
	other.fall = 1; /* to each side its own */
	other.stale_after_ms = 2;
	struct pair_search small = {.policy = {.is_enabled = is_enabled, .side = {small_policy, other}}};
	struct pair_search whole = {.policy = {.is_enabled = is_enabled, .side = {*s->policy, *s->policy}}};
	bool is_table = true, is_all_met = true;
	if (is_enabled) /* disabled, a pair has one status to be in */
		search_pairs(&small);
	step_pairs(&whole, s);
	for (int a = 0; a < VERDICTS; a++)
		for (int b = 0; b < VERDICTS; b++)
			is_table &= pair_status(is_enabled, (enum verdict)a, (enum verdict)b) ==
			    document_status(is_enabled, (enum verdict)a, (enum verdict)b);
	for (int i = 0; i < HA_STATUSES * HA_STATUSES; i++) {
		enum ha_status from = (enum ha_status)(i / HA_STATUSES);
		enum ha_status to = (enum ha_status)(i % HA_STATUSES);
		bool is_allowed = (from != HA_DISABLED) == is_enabled && document_allows(from, to);
		if (whole.is_met[from][to] == is_allowed)
			continue;
		printf("  %s: %s to %s\n", name, ha_status_names[from], ha_status_names[to]);
		is_all_met = false;
	}
	report(is_table, name, "5 the table of section 3");
	report(!small.is_wrong && !whole.is_wrong, name, "5 one status, every change counted once");
	report(is_all_met, name, "every change that the document allows is met, and no other");
}
