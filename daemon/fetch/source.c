#include "fetch/source.h"

#include "os/log.h"

void source_count(struct source *source, const struct fetch_result *result, const char *url, struct now now)
{
	enum poll_reason reason = result->answer.reason;
	poll_stats_count(&source->stats, reason, result->duration_ms, now.wall);
	poll_stats_compare_clocks(&source->stats, result->date, now.wall);
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

void source_adopt(struct source *source, const struct source *old)
{
	source->stats = old->stats;
	source->logged = old->logged;
	source->answered_at = old->answered_at;
}
