#include "fetch/source.h"

#include "os/log.h"

#include <stdio.h>
#include <string.h>

void source_count(struct source *source, const struct fetch_result *result, const char *url, struct now now)
{
	enum poll_reason reason = result->answer.reason;
	poll_stats_count(&source->stats, reason, result->duration_ms, now.wall);
	poll_stats_compare_clocks(&source->stats, result->date, now);
	reach_note(&source->reach, &result->connection, result->answer, result->detail, now.wall);
	if (result->answer.status)
		source->answered_at = now.mono;
	if (reason == source->logged)
		return;
	if (reason == POLL_OK)
		log_info("poll succeeds again", "source", source->name, "pair", source->pair, "side", source->side,
		    "url", url);
	else
		log_warn("poll failed", "source", source->name, "pair", source->pair, "side", source->side, "reason",
		    poll_reason_names[reason], "error", result->detail, "url", url);
	source->logged = reason;
}

static bool has_named(const struct unreadables *list, const struct unreadable *object)
{
	for (size_t i = 0; i < unreadables_kept(list); i++)
		if (strcmp(list->v[i].name, object->name) == 0 &&
		    strcmp(list->v[i].namespace, object->namespace) == 0 &&
		    (object->name[0] || strcmp(list->v[i].why, object->why) == 0))
			return true;
	return false;
}

void source_note_unreadable(
    const struct source *source, const struct unreadables *before, const struct unreadables *now)
{
	enum { NAMED_MAX = 4 };
	size_t named = 0;
	for (size_t i = 0; i < unreadables_kept(now) && named < NAMED_MAX; i++) {
		struct buf name = buf_of(UNREADABLE_NAMESPACE_MAX + UNREADABLE_NAME_MAX);
		if (has_named(before, &now->v[i]))
			continue;
		unreadable_put_name(&name, &now->v[i]);
		log_warn("an object cannot be read; the others are read", "source", source->name, "pair", source->pair,
		    "side", source->side, "object", buf_text(&name), "error", now->v[i].why);
		buf_fini(&name);
		named++;
	}
	char count[24];
	snprintf(count, sizeof count, "%zu", now->count);
	if (now->count > before->count && now->count > NAMED_MAX)
		log_warn("many objects cannot be read; not all are named", "source", source->name, "pair", source->pair,
		    "side", source->side, "count", count);
	if (before->count && !now->count)
		log_info("every object can be read again", "source", source->name, "pair", source->pair, "side",
		    source->side);
}

void source_adopt(struct source *source, const struct source *old)
{
	source->stats = old->stats;
	source->reach = old->reach;
	source->logged = old->logged;
	source->answered_at = old->answered_at;
}
