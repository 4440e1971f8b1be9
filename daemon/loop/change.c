#include "loop/change.h"

#include "base/rfc3339.h"
#include "base/text.h"
#include "loop/pair_journal.h"
#include "loop/recorder.h"
#include "os/log.h"
#include "render/message.h"

#include <string.h>

/* True for a return to normal; every other change is logged as a warning. */
static bool is_good_news(const struct event *e)
{
	static const char *const good[] = {"UP", "ACTIVE", "none", "false"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (strcmp(e->to, good[i]) == 0)
			return true;
	return false;
}

static void log_status(const struct watched_pair *pair, const struct event *e)
{
	struct buf message = buf_of(MESSAGE_MAX_BYTES);
	const char *names[SIDES_MAX] = {0};
	for (size_t i = 0; i < pair->side_count; i++)
		names[i] = conf_pair_side(pair->conf, i)->cloudspace;
	message_of_pair(&pair->policy, &pair->pair, names, e->at, &message);
	enum log_level level = is_good_news(e)                 ? LOG_INFO
	    : pair->pair.status == HA_BLOCKED_BOTH_UNAVAILABLE ? LOG_ERROR
							       : LOG_WARN;
	log_at(level, "HA status changed", "pair", pair->conf->name, "from", e->from, "to", e->to, "because",
	    buf_text(&message), (char *)NULL);
	buf_fini(&message);
}

static void log_event(const struct watched_pair *pair, const struct event *e)
{
	static const char *const messages[EVENT_KINDS][2] = {
	    [EVENT_STATE] = {"cloudspace state changed", "cloudspace state changed"},
	    [EVENT_DEGRADED] = {"cloudspace degraded", "cloudspace no longer degraded"},
	    [EVENT_FLAPPING] = {"cloudspace flapping", "cloudspace no longer flapping"},
	    [EVENT_MAINTENANCE] = {"maintenance window declared", "maintenance window ended"},
	};
	const struct side *side = &pair->pair.side[e->side];
	bool is_state = e->kind == EVENT_STATE, is_good = is_good_news(e);
	char ends[RFC3339_SIZE];
	rfc3339_render(pair->pair.maintenance[e->side].ends.wall, ends);
	if (e->kind == EVENT_STATUS) {
		log_status(pair, e);
		return;
	}
	log_at(is_good ? LOG_INFO : LOG_WARN, messages[e->kind][is_good], "pair", pair->conf->name, "side",
	    side_id_names[e->side], "cloudspace", e->cloudspace, "from", e->from, "to", e->to, "reason",
	    *e->reason ? e->reason : e->note, "spot", is_state ? spot_word_names[side->spot.word] : NULL, "kubernetes",
	    is_state ? kube_word_names[side->kube.word] : NULL, "ends",
	    e->kind == EVENT_MAINTENANCE && !is_good ? ends : NULL, (char *)NULL);
}

/* Another reason for the same state is no event, but it is logged so that readers see a change coming. */
static void log_reason(const struct watched_pair *pair, enum side_id id, const struct side *was)
{
	const struct side *is = &pair->pair.side[id];
	if (was->verdict != is->verdict || was->is_degraded != is->is_degraded || was->reason == is->reason)
		return;
	log_info("cloudspace state reason changed", "pair", pair->conf->name, "side", side_id_names[id], "state",
	    verdict_names[is->verdict], "from", side_reason_names[was->reason], "to", side_reason_names[is->reason]);
}

void change_pair(struct watched_pair *pair, struct pair after)
{
	struct poller *p = pair->poller;
	struct event events[EVENTS_OF_A_STEP];
	if (pair_is_same(&pair->pair, &after)) { /* most steps: a tick */
		pair->pair = after;
		return;
	}
	struct pair before = pair->pair;
	pair->pair = after;
	size_t count = events_between(&before, &pair->pair, p->now, events);
	for (size_t i = 0; i < count; i++) {
		if (events[i].kind != EVENT_STATUS)
			text_copy(events[i].cloudspace, sizeof events[i].cloudspace,
			    conf_pair_side(pair->conf, events[i].side)->cloudspace);
		pair_journal_event(pair, &events[i]);
		log_event(pair, &events[i]);
	}
	recorder_change(pair, &before);
	pair_journal_alerts(pair);
	for (size_t id = 0; id < pair->side_count; id++)
		log_reason(pair, (enum side_id)id, &before.side[id]);
	p->is_dirty = pair->has_changed = true;
	if (count) {
		p->is_urgent = true;
		pair->save_due = p->sides_due = p->now.mono;
	}
}
