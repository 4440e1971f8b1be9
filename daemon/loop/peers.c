#include "loop/peers.h"

#include "base/mem.h"
#include "base/text.h"
#include "fetch/fetch_encode.h"
#include "loop/change.h"
#include "loop/poller_state.h"
#include "loop/window_order.h"
#include "os/log.h"
#include "render/peer_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	LOOK_EVERY_MS = 10000,
	LOOK_AGAIN_MS = 2000 /* for one that has not answered */,
	QUERY_MAX_BYTES = 4096,
	REPLY_MAX_BYTES = 2 << 20,
	PEER_NAME_MAX = PEER_ADDRESS_MAX + PEER_HOST_MAX + 3
};

bool peers_exist(const struct poller *p)
{
	return p->peers.poll.host_count > 0;
}

bool peers_are_asked(const struct poller *p)
{
	return p->peers.is_settled;
}

bool peers_are_told(const struct poller *p)
{
	return p->peers.stage > PEERS_LOOK;
}

struct name {
	char text[PEER_NAME_MAX];
};

/* For people: its address, and its host if that is known. */
static struct name name_of(const struct peer *peer)
{
	struct name name;
	const char *host = peer->answer.who.host;
	snprintf(name.text, sizeof name.text, *host ? "%s (%s)" : "%s", peer->address, host);
	return name;
}

/* Rounds. */

static void begin_round(struct poller *p, enum peers_stage stage, const char *query, bool looks_up)
{
	p->peers.stage = stage;
	peer_poll_start(&p->peers.poll, query, looks_up);
	peer_token_set(p->shared.peer_token, peer_poll_token(&p->peers.poll));
}

static void put_param(struct buf *query, const char *name, const char *value)
{
	if (!*value)
		return;
	buf_printf(query, "&%s=", name);
	fetch_encode(query, value);
}

static void ask(struct poller *p, enum peers_stage stage, enum peer_action action, bool looks_up)
{
	const struct order *order = p->peers.order;
	struct buf query = buf_of(QUERY_MAX_BYTES);
	char seconds[24] = "";
	buf_printf(&query, "%s=%s", api_param_names[API_ACTION], order_peer_actions[action]);
	put_param(&query, api_peer_param_names[API_PEER_FROM], p->shared.identity->instance);
	if (action != PEER_ACTION_STATUS) {
		const struct watched_pair *pair = poller_find_pair(p, order->pair);
		put_param(&query, api_param_names[API_PAIR], order->pair);
		put_param(&query, api_peer_param_names[API_PEER_CLOUDSPACE],
		    conf_pair_side(pair->conf, order->side)->cloudspace);
		put_param(&query, api_param_names[API_SIDE], side_id_names[order->side]);
		put_param(&query, api_peer_param_names[API_PEER_UID], order->asker.uid);
		put_param(&query, api_peer_param_names[API_PEER_PID], order->asker.pid);
	}
	if (action <= PEER_ACTION_BEGIN) {
		snprintf(seconds, sizeof seconds, "%" PRId64, order->for_ms / 1000);
		put_param(&query, api_param_names[API_FOR], seconds);
		put_param(&query, api_param_names[API_REASON], order->reason);
		put_param(&query, api_param_names[API_FORCE], order->is_forced ? "true" : "false");
	}
	begin_round(p, stage, buf_text(&query), looks_up);
	buf_fini(&query);
}

mono_ms peers_run(struct poller *p)
{
	struct peers *peers = &p->peers;
	if (!peers_exist(p) || peers->stage != PEERS_IDLE)
		return MONO_FAR;
	if (mono_since(peers->due, p->now.mono) < 0)
		return peers->due;
	ask(p, PEERS_LOOK, PEER_ACTION_STATUS, true);
	return MONO_FAR;
}

/* What is shown. */

static void fill(struct peers *peers)
{
	struct view_peer view[PEERS_MAX];
	const struct peer_poll *poll = &peers->poll;
	size_t count = 0;
	memset(view, 0, sizeof view);
	for (size_t i = 0; i < poll->count; i++) {
		struct peer *peer = poll->peers[i];
		peer->shown = PEER_NOT_SHOWN;
		if (peer_poll_is_double(poll, i))
			continue;
		struct view_peer *v = &view[peer->shown = (int)count++];
		text_copy(v->address, sizeof v->address, peer->address);
		text_copy(v->host, sizeof v->host, peer->answer.who.host);
		text_copy(v->problem, sizeof v->problem, peer->problem);
		v->is_up = peer->has_answer;
	}
	peers->version += count != peers->view_count || memcmp(view, peers->view, sizeof view) != 0;
	peers->view_count = count;
	memcpy(peers->view, view, sizeof view);
}

static struct peer_pair pair_of(const struct watched_pair *pair)
{
	struct peer_pair ours = {.name = pair->conf->name, .pair = &pair->pair};
	for (size_t id = 0; id < pair->side_count; id++)
		ours.cloudspaces[id] = conf_pair_side(pair->conf, id)->cloudspace;
	return ours;
}

static enum peer_word word_of(const struct peer *peer, const struct watched_pair *pair)
{
	struct peer_pair ours = pair_of(pair);
	return peer->has_answer ? peer_compare(&peer->answer, &ours, peer->answered_at, pair->poller->now.mono)
				: PEER_UNREACHABLE;
}

void peers_fill_pair(const struct watched_pair *pair, unsigned char words[PEERS_MAX])
{
	const struct poller *p = pair->poller;
	const struct peer_poll *poll = &p->peers.poll;
	memset(words, PEER_NOT_ASKED, p->peers.view_count);
	for (size_t i = 0; i < poll->count; i++) {
		const struct peer *peer = poll->peers[i];
		if (peer->shown != PEER_NOT_SHOWN)
			words[peer->shown] = (unsigned char)word_of(peer, pair);
	}
}

/* After the start. */

static bool knows(const struct peer *peer, const struct watched_pair *pair)
{
	enum peer_word word = word_of(peer, pair);
	return word == PEER_AGREES || word == PEER_DISAGREES;
}

static void adopt_from(struct watched_pair *pair, const struct peer *peer)
{
	struct peer_pair ours = pair_of(pair);
	struct pair after = peer_adopt(&peer->answer, &ours, pair->poller->now);
	if (memcmp(&after.maintenance, &pair->pair.maintenance, sizeof after.maintenance) != 0)
		log_info("maintenance windows taken from a peer", "pair", pair->conf->name, "peer", name_of(peer).text);
	change_pair(pair, after);
}

/* One peer that ran on speaks for all. If none did, the windows of those that start, too. */
static void adopt_windows(struct watched_pair *pair)
{
	const struct peer_poll *poll = &pair->poller->peers.poll;
	for (size_t i = 0; i < poll->count; i++)
		if (!peer_poll_is_double(poll, i) && knows(poll->peers[i], pair)) {
			adopt_from(pair, poll->peers[i]);
			return;
		}
	for (size_t i = 0; i < poll->count; i++)
		if (!peer_poll_is_double(poll, i) && poll->peers[i]->has_answer)
			adopt_from(pair, poll->peers[i]);
}

/* Orders. */

/* What a peer that has not agreed says. NULL: it agrees, or it does not watch the pair. */
static const char *objection_of(const struct peer *peer)
{
	if (!peer->has_answer)
		return peer->problem;
	switch (peer->answer.result) {
	case PEER_REFUSED:
	case PEER_OTHER_SIDES: return peer->answer.error;
	case PEER_STARTING: return "it is starting";
	default: return NULL;
	}
}

/* False if one refuses, with what it says, or cannot be told. */
static bool do_all_agree(const struct peer_poll *poll, struct err *e)
{
	if (poll->has_too_many)
		return err_set(e, "there are more than %d peers; nothing was begun", PEERS_MAX);
	for (size_t i = 0; i < poll->count; i++) {
		const struct peer *peer = poll->peers[i];
		const char *objection = peer_poll_is_double(poll, i) ? NULL : objection_of(peer);
		if (objection && peer->has_answer)
			return err_set(e, "peer %s refuses: %.200s", name_of(peer).text, objection);
		if (objection)
			return err_set(e,
			    "peer %s cannot be told (%.150s), so nothing was begun; try again, or use --force to begin "
			    "it without this peer",
			    name_of(peer).text, objection);
	}
	return true;
}

static void begin_everywhere(struct poller *p)
{
	struct order *order = p->peers.order;
	struct watched_pair *pair = window_order_pair(p, order);
	if (pair && !do_all_agree(&p->peers.poll, &order->error)) {
		order->kind = API_REFUSED;
		window_order_note(p, order);
	} else
		window_order_perform(p, order);
	if (!pair)
		return;
	peer_release(&pair->hold, order->from);
	bool is_begun = order->kind == API_NO_ERROR;
	ask(p, is_begun ? PEERS_TELL : PEERS_RELEASE, is_begun ? PEER_ACTION_BEGIN : PEER_ACTION_RELEASE, false);
}

static void note_objection(const struct order *order, const struct peer *peer)
{
	const char *objection = objection_of(peer);
	bool has_no_window = !order->is_begin && peer->has_answer && peer->answer.result == PEER_REFUSED;
	if (objection && !has_no_window)
		log_warn("peer has not taken the maintenance order", "peer", name_of(peer).text, "pair", order->pair,
		    "side", side_id_names[order->side], "error", objection);
}

/* An end is done if anybody has ended a window. */
static void note_told(struct poller *p)
{
	struct order *order = p->peers.order;
	const struct peer_poll *poll = &p->peers.poll;
	for (size_t i = 0; i < poll->count; i++) {
		const struct peer *peer = poll->peers[i];
		if (peer_poll_is_double(poll, i))
			continue;
		note_objection(order, peer);
		if (!order->is_begin && order->kind != API_NO_ERROR && peer->has_answer &&
		    peer->answer.result == PEER_DONE) {
			order->kind = API_NO_ERROR;
			order->is_done_elsewhere = true;
		}
	}
	if (!order->is_begin && (order->kind != API_NO_ERROR || order->is_done_elsewhere))
		window_order_note(p, order);
}

static int64_t next_look_ms(const struct peers *peers)
{
	for (size_t i = 0; i < peers->view_count; i++)
		if (!peers->view[i].is_up)
			return LOOK_AGAIN_MS;
	return LOOK_EVERY_MS;
}

static void on_round(void *ctx)
{
	struct poller *p = ctx;
	struct peers *peers = &p->peers;
	enum peers_stage stage = peers->stage;
	peers->stage = PEERS_IDLE;
	for (size_t i = 0; !peers->is_settled && i < p->pair_count; i++)
		adopt_windows(&p->pairs[i]);
	peers->is_settled = true;
	if (stage == PEERS_ASK)
		begin_everywhere(p);
	else if (stage == PEERS_TELL)
		note_told(p);
	fill(peers);
	peers->due = mono_plus(p->now.mono, next_look_ms(peers));
	for (size_t i = 0; i < p->pair_count; i++)
		p->pairs[i].is_dirty = true;
	p->is_dirty = true;
}

static bool refuse(struct order *order, enum api_error kind, const char *text)
{
	order->kind = kind;
	return err_set(&order->error, "%s", text);
}

static bool has_window(const struct watched_pair *pair, struct order *order)
{
	return pair->pair.maintenance[order->side].is_declared ||
	    err_set(&order->error, "no maintenance window is declared for the %s", side_id_names[order->side]);
}

bool peers_take(struct poller *p, struct order *order)
{
	struct peers *peers = &p->peers;
	if (!peers->is_settled)
		return refuse(order, API_STARTING, "hawatchd still asks its peers for their windows; try again in 5 s");
	if (peers->order)
		return refuse(order, API_BUSY, "the peers are being told of another order; try again in 5 s");
	struct watched_pair *pair = window_order_pair(p, order);
	if (!pair)
		return false;
	text_copy(order->from, sizeof order->from, p->shared.identity->instance);
	struct peer_wish wish = window_order_wish(order, order->from);
	bool asks = order->is_begin && !order->is_forced;
	if (asks && !peer_ask(&pair->hold, &pair->pair, &wish, p->now, &order->error)) {
		order->kind = API_REFUSED;
		window_order_note(p, order);
		return false;
	}
	peers->order = order;
	if (asks) {
		ask(p, PEERS_ASK, PEER_ACTION_ASK, true);
		return true;
	}
	if (order->is_begin || has_window(pair, order))
		window_order_perform(p, order);
	else
		order->kind = API_REFUSED; /* unless a peer has a window: see note_told() */
	ask(p, PEERS_TELL, order->is_begin ? PEER_ACTION_BEGIN : PEER_ACTION_END, true);
	return true;
}

struct order *peers_take_ended(struct poller *p)
{
	struct order *order = p->peers.stage == PEERS_IDLE ? p->peers.order : NULL;
	if (order)
		p->peers.order = NULL;
	return order;
}

void peers_stop(struct poller *p)
{
	struct order *order = p->peers.order;
	if (order && p->peers.stage == PEERS_ASK)
		refuse(order, API_STOPPING, "hawatchd is stopping; nothing was begun");
	if (order && p->peers.stage == PEERS_TELL)
		refuse(order, API_STOPPING,
		    "hawatchd is stopping, and it is not known which peers have heard of it; look with `hawatch "
		    "maintenance status` at a peer, and try again there");
	p->peers.stage = PEERS_IDLE;
}

/* What peers ask. */

static bool is_same_cloudspace(const struct watched_pair *pair, struct order *order)
{
	const char *ours = conf_pair_side(pair->conf, order->side)->cloudspace;
	return strcmp(ours, order->cloudspace) == 0 ||
	    err_set(&order->error,
		"here the %s of pair %s is %.60s, not %.60s; the configurations must have the same sides",
		side_id_names[order->side], order->pair, ours, order->cloudspace);
}

static enum peer_result result_of(struct poller *p, struct order *order)
{
	struct watched_pair *pair;
	if (order->peer_action == PEER_ACTION_STATUS || strcmp(order->from, p->shared.identity->instance) == 0)
		return PEER_DONE;
	if (!p->peers.is_settled) {
		if (order->peer_action == PEER_ACTION_BEGIN || order->peer_action == PEER_ACTION_END)
			ask(p, PEERS_LOOK, PEER_ACTION_STATUS, true); /* what they have answered is old now */
		return PEER_STARTING;
	}
	if (!(pair = window_order_pair(p, order)))
		return PEER_NOT_WATCHED;
	if (order->peer_action == PEER_ACTION_RELEASE) {
		peer_release(&pair->hold, order->from);
		return PEER_DONE;
	}
	if (!is_same_cloudspace(pair, order))
		return PEER_OTHER_SIDES;
	if (order->peer_action == PEER_ACTION_ASK) {
		struct peer_wish wish = window_order_wish(order, order->from);
		return peer_ask(&pair->hold, &pair->pair, &wish, p->now, &order->error) ? PEER_DONE : PEER_REFUSED;
	}
	if (!order->is_begin && !has_window(pair, order))
		return PEER_REFUSED; /* nothing has happened that a log would tell */
	window_order_perform(p, order);
	order_log(order);
	p->peers.due = p->now.mono; /* what we know of the windows of others is old now */
	return order->kind == API_NO_ERROR ? PEER_DONE : PEER_REFUSED;
}

static void put_windows(const struct watched_pair *pair, struct peer_answer *answer)
{
	const struct now now = pair->poller->now;
	for (size_t id = 0; id < pair->side_count; id++) {
		const struct maintenance *m = &pair->pair.maintenance[id];
		int64_t left_ms = mono_since(now.mono, m->ends.mono);
		if (!m->is_declared || left_ms <= 0)
			continue;
		struct peer_window *window = &answer->windows[answer->window_count++];
		text_copy(window->pair, sizeof window->pair, pair->conf->name);
		text_copy(window->reason, sizeof window->reason, m->reason);
		text_copy(window->cloudspace, sizeof window->cloudspace, conf_pair_side(pair->conf, id)->cloudspace);
		window->side = (enum side_id)id;
		window->age_ms = mono_since(m->began.mono, now.mono);
		window->left_ms = left_ms;
	}
}

void peers_reply(struct poller *p, struct order *order)
{
	struct peer_answer answer = {.who = *p->shared.identity, .is_settled = p->peers.is_settled};
	answer.result = result_of(p, order);
	if (answer.result != PEER_DONE)
		text_copy(answer.error, sizeof answer.error, order->error.text);
	answer.pairs = mem_zeroed(p->pair_count, sizeof *answer.pairs);
	answer.windows = mem_zeroed(p->side_count, sizeof *answer.windows);
	for (size_t i = 0; i < p->pair_count; i++) {
		text_copy(answer.pairs[answer.pair_count++], PEER_PAIR_MAX, p->pairs[i].conf->name);
		put_windows(&p->pairs[i], &answer);
	}
	order->reply = buf_of(REPLY_MAX_BYTES);
	peer_json_render(&answer, &order->reply);
	peer_answer_fini(&answer);
}

/* Beginning and end. */

bool peers_init(struct poller *p, struct errs *errs)
{
	struct peers *peers = &p->peers;
	struct poll_env env = {.fetch = p->fetch, .now = &p->now, .timeout_ms = PEER_TIMEOUT_MS};
	bool is_good = peer_poll_init(&peers->poll, env, &p->conf->peers, p->shared.identity, errs);
	peers->poll.on_round = on_round;
	peers->poll.ctx = p;
	peers->due = p->now.mono;
	peers->is_settled = !peers_exist(p);
	return is_good;
}

void peers_adopt(struct poller *p, struct poller *old)
{
	p->peers.is_settled = p->peers.is_settled || old->peers.is_settled;
	p->peers.version = old->peers.version + 1;
	if (!peers_exist(p) && peers_exist(old))
		peer_token_set(p->shared.peer_token, NULL);
	for (size_t i = 0; i < p->pair_count; i++) {
		struct watched_pair *was = poller_find_pair(old, p->pairs[i].conf->name);
		if (was)
			p->pairs[i].hold = was->hold;
	}
}

void peers_fini(struct poller *p)
{
	peer_poll_fini(&p->peers.poll);
}
