#include "poll/anchor_poll.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { BODY_MAX_BYTES = 64 << 10 }; /* HEAD requests have no body */

struct anchor {
	struct anchor_poll *poll;
	const char *url;
	struct source source;
	struct fetch_job *job;
	bool is_running;
};

void anchor_poll_init(struct anchor_poll *poll, struct poll_env env, const struct conf_poll *conf)
{
	*poll = (struct anchor_poll){
	    .env = env,
	    .interval_ms = conf->spot_interval_ms,
	    .confirm_ms = conf->confirm_interval_ms,
	    .anchors = mem_zeroed(conf->anchors.count, sizeof *poll->anchors),
	    .count = conf->anchors.count,
	    .started_at = MONO_NEVER,
	    .due = conf->anchors.count ? MONO_NEVER : MONO_FAR,
	};
	for (size_t i = 0; i < poll->count; i++)
		poll->anchors[i] = (struct anchor){
		    .poll = poll,
		    .url = conf->anchors.v[i],
		    .source = {"anchors", .answered_at = MONO_NEVER},
		    .job = fetch_job_new(env.fetch),
		};
}

void anchor_poll_fini(struct anchor_poll *poll)
{
	for (size_t i = 0; i < poll->count; i++)
		fetch_job_free(&poll->anchors[i].job);
	free(poll->anchors);
	*poll = (struct anchor_poll){0};
}

static void on_done(void *ctx, const struct fetch_result *answer)
{
	struct anchor *anchor = ctx;
	struct anchor_poll *poll = anchor->poll;
	struct fetch_result result = *answer;
	if (result.answer.status)
		result.answer.reason = POLL_OK;
	source_count(&anchor->source, &result, anchor->url, *poll->env.now);
	poll_stats_count(&poll->stats, result.answer.reason, result.duration_ms, poll->env.now->wall);
	anchor->is_running = false;
}

mono_ms anchor_poll_run(struct anchor_poll *poll)
{
	if (mono_since(poll->due, poll->env.now->mono) < 0)
		return poll->due;
	poll->started_at = poll->env.now->mono;
	poll->due = mono_plus(poll->started_at, poll->interval_ms);
	for (size_t i = 0; i < poll->count; i++) {
		struct anchor *anchor = &poll->anchors[i];
		if (anchor->is_running) /* do not wait for one that hangs */
			continue;
		anchor->is_running = true;
		fetch_start(anchor->job,
		    &(struct fetch_request){
			.url = anchor->url,
			.wants_head = true,
			.timeout_ms = poll->env.timeout_ms,
			.max_bytes = BODY_MAX_BYTES,
			.on_done = on_done,
			.ctx = anchor,
		    });
	}
	return poll->due;
}

void anchor_poll_bring_forward(struct anchor_poll *poll)
{
	poll->due = mono_min(poll->due, mono_max(poll->env.now->mono, mono_plus(poll->started_at, poll->confirm_ms)));
}

mono_ms anchor_poll_answered_at(const struct anchor_poll *poll)
{
	mono_ms at = MONO_NEVER;
	for (size_t i = 0; i < poll->count; i++)
		at = mono_max(at, poll->anchors[i].source.answered_at);
	return at;
}

void anchor_poll_adopt(struct anchor_poll *poll, const struct anchor_poll *old)
{
	poll->stats = old->stats;
	for (size_t i = 0; i < poll->count; i++)
		for (size_t k = 0; k < old->count; k++)
			if (strcmp(poll->anchors[i].url, old->anchors[k].url) == 0)
				source_adopt(&poll->anchors[i].source, &old->anchors[k].source);
}
