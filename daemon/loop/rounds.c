#include "loop/rounds.h"

#include "base/text.h"
#include "loop/change.h"
#include "loop/recorder.h"
#include "os/log.h"
#include "os/random.h"

#include <string.h>

/* Steps: apply an input to a pair. */

static mono_ms witness_for(const struct watched_side *side)
{
	const struct poller *p = side->pair->poller;
	mono_ms at = anchor_poll_answered_at(&p->anchors);
	if (p->conf->has_spot)
		at = mono_max(at, spot_poll_answered_at(&p->spot));
	for (size_t i = 0; i < side->pair->side_count; i++)
		if (&side->pair->side[i] != side)
			at = mono_max(at, kube_poll_answered_at(&side->pair->side[i].kube));
	return at;
}

static void advance(struct watched_side *side, struct side_input input)
{
	struct watched_pair *pair = side->pair;
	input.witness_at = witness_for(side);
	if (input.kind == SIDE_SPOT || input.kind == SIDE_KUBE)
		recorder_input(side, &input);
	change_pair(pair, pair_step(&pair->policy, pair->pair, side->id, &input, pair->poller->now));
}

void rounds_advance_all(struct poller *p, struct side_input input)
{
	for (size_t i = 0; i < p->pair_count; i++)
		recorder_input_all(&p->pairs[i], &input);
	for (size_t i = 0; i < p->side_count; i++)
		advance(&p->sides[i], input);
}

/* Ends of rounds. */

/* After one side stops answering or disagrees with its state, polls the others early. */
static void bring_others_forward(struct watched_side *side)
{
	struct poller *p = side->pair->poller;
	for (size_t i = 0; i < side->pair->side_count; i++) {
		struct watched_side *peer = &side->pair->side[i];
		if (peer != side)
			peer->health = schedule_bring_forward(peer->health, 0, p->now.mono);
	}
	p->sides_due = p->now.mono;
	p->spot_schedule = schedule_bring_forward(p->spot_schedule, p->conf->poll.confirm_interval_ms, p->now.mono);
	anchor_poll_bring_forward(&p->anchors);
}

/*
 * An inventory round begins with the nodes of a health round. One whose endpoint did not answer is made anew with the
 * first nodes that are read again, whatever its interval and its pace: else a side that is back would be shown with
 * the failure of its outage.
 */
bool rounds_wants_nodes(const struct watched_side *side, mono_ms now)
{
	return !side->workload.is_running &&
	    (schedule_is_due(&side->workload_schedule, now) || side->workload_schedule.pace.failures > 0);
}

static void start_workload(struct watched_side *side)
{
	struct poller *p = side->pair->poller;
	const struct node_counts *counts = &side->kube.obs.nodes;
	struct nodes_read nodes;
	if (side->kube.nodes_result.answer.reason != POLL_OK && !schedule_is_due(&side->workload_schedule, p->now.mono))
		return;
	if (!kube_poll_take_nodes(&side->kube, &nodes))
		return;
	side->workload_schedule = schedule_start(side->workload_schedule, p->now.mono);
	/* When every node is cordoned, an operator may be waiting for "drained": read exactly. */
	inventory_poll_start(&side->workload, &nodes, counts->total > 0 && counts->cordoned == counts->total);
}

void rounds_go_on(void *ctx)
{
	struct watched_side *side = ctx;
	if (kube_poll_is_running(&side->kube))
		return;
	start_workload(side);
	inventory_poll_go_on(&side->workload);
}

void rounds_on_kube(void *ctx, const struct kube_obs *obs)
{
	struct watched_side *side = ctx;
	struct poller *p = side->pair->poller;
	const struct conf_poll *conf = &p->conf->poll;
	struct side *state = &side->pair->pair.side[side->id];
	bool was_disagreeing = state->disagrees;
	p->progress_at = p->now.mono;
	advance(side, (struct side_input){.kind = SIDE_KUBE, .kube = *obs});
	p->is_dirty = side->pair->is_dirty = side->has_ended_a_round = true;
	if (kube_auth_needs_spot_token(&side->kube.auth))
		spot_auth_note_refusal(&p->spot.auth);
	inventory_poll_note_nodes(&side->workload, &obs->nodes);
	side->health = schedule_end(side->health,
	    &(struct schedule_round){
		.answers = &side->kube.round,
		.interval_ms = conf->interval_ms,
		.ceiling_ms = conf->interval_ms,
		.confirm_ms = state->disagrees ? conf->confirm_interval_ms : 0,
		.counts = state->disagrees && state->agreeing > 0,
		.jitter = random_draw(),
		.draw = random_draw(),
	    },
	    p->now.mono);
	p->sides_due = mono_min(p->sides_due, side->health.due);
	if (state->disagrees && !was_disagreeing)
		bring_others_forward(side);
	rounds_go_on(side);
}

void rounds_on_workload(void *ctx)
{
	struct watched_side *side = ctx;
	struct poller *p = side->pair->poller;
	const struct inventory_poll *poll = &side->workload;
	bool is_awaited = inventory_poll_is_half_drained(poll); /* an operator is waiting: with the next health round */
	side->workload_schedule = schedule_end(side->workload_schedule,
	    &(struct schedule_round){
		.answers = &poll->round,
		.interval_ms = is_awaited ? 0 : p->conf->poll.inventory_interval_ms,
		.ceiling_ms = PACE_NO_CEILING,
		.jitter = 0, /* it begins with a health round, and they have one */
		.draw = random_draw(),
	    },
	    p->now.mono);
	p->is_dirty = side->pair->has_changed = true;
}

void rounds_hand_on(void *ctx)
{
	struct poller *p = ctx;
	for (size_t i = 0; p->conf->has_spot && i < p->side_count; i++) {
		const char *endpoint = spot_poll_endpoint(p->sides[i].spot);
		kube_auth_offer(&p->sides[i].kube.auth, endpoint, p->spot.auth.token.id_token);
	}
}

/* A cloudspace is its name in its namespace: what was known is of others, if Spot lists another namespace now. */
static void note_namespace(struct watched_pair *pair, const char *namespace)
{
	static const struct pair_origin none[SIDES_MAX];
	bool is_first = !pair->namespace[0];
	if (strcmp(pair->namespace, namespace) == 0)
		return;
	for (size_t id = 0; !is_first && id < pair->side_count; id++) {
		log_warn("Spot lists the cloudspaces of another organization; state and maintenance window are dropped",
		    "pair", pair->conf->name, "side", side_id_names[id], "cloudspace",
		    conf_pair_side(pair->conf, id)->cloudspace, "namespace", namespace, "was", pair->namespace);
		kube_auth_forget_endpoint(&pair->side[id].kube.auth);
	}
	if (!is_first) {
		struct pair after = pair_reload(&pair->policy, &pair->pair, none, pair->poller->now);
		recorder_reload(pair, &after, none);
		change_pair(pair, after);
	}
	text_copy(pair->namespace, sizeof pair->namespace, namespace);
	pair->save_due = pair->poller->sides_due = pair->poller->now.mono;
}

static void take_spot(struct watched_side *side, bool is_answered)
{
	struct poller *p = side->pair->poller;
	p->is_dirty = side->pair->has_changed = true; /* the view points at the cloudspace */
	advance(side, (struct side_input){.kind = SIDE_SPOT, .spot = spot_poll_obs(&p->spot, side->spot, is_answered)});
	if (is_answered && side_is_refusal_backed(&side->pair->pair.side[side->id]))
		side->health = schedule_ask_again(side->health, p->now.mono);
	p->sides_due = mono_min(p->sides_due, side->health.due);
}

void rounds_on_spot(void *ctx, bool is_answered)
{
	struct poller *p = ctx;
	p->has_ended_spot_round = true;
	p->spot_schedule = schedule_end(p->spot_schedule,
	    &(struct schedule_round){
		.answers = &p->spot.round,
		.interval_ms = p->conf->poll.spot_interval_ms,
		.ceiling_ms = p->conf->poll.spot_interval_ms,
		.draw = random_draw(),
	    },
	    p->now.mono);
	for (size_t i = 0; is_answered && i < p->pair_count; i++)
		note_namespace(&p->pairs[i], p->spot.namespace);
	rounds_hand_on(p);
	for (size_t i = 0; i < p->side_count; i++)
		take_spot(&p->sides[i], is_answered);
}
