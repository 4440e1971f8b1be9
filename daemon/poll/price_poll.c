#include "poll/price_poll.h"

#include "base/text.h"

enum { BODY_MAX_BYTES = 1 << 20, STALE_INTERVALS = 3 };

void price_poll_init(struct price_poll *poll, struct poll_env env, const struct conf_spot *conf, int64_t interval_ms)
{
	*poll = (struct price_poll){
	    .env = env,
	    .url = conf->price_url,
	    .interval_ms = interval_ms,
	    .source = {"prices", .answered_at = MONO_NEVER},
	    .read_at = MONO_NEVER,
	    .due = conf->price_url ? MONO_NEVER : MONO_FAR,
	    .job = fetch_job_new(env.fetch),
	    .body = buf_of(BODY_MAX_BYTES),
	};
}

void price_poll_fini(struct price_poll *poll)
{
	fetch_job_free(&poll->job);
	price_table_fini(&poll->table);
	buf_fini(&poll->body);
}

void price_poll_adopt(struct price_poll *poll, struct price_poll *old)
{
	source_adopt(&poll->source, &old->source);
	if (!text_is_same(poll->url, old->url))
		return;
	poll->table = old->table;
	poll->read_at = old->read_at;
	old->table = (struct price_table){0};
}

static bool on_body(void *ctx, const char *bytes, size_t len, struct err *e)
{
	struct price_poll *poll = ctx;
	buf_put(&poll->body, bytes, len);
	return !poll->body.overflow || err_set(e, "price file too large");
}

static void on_done(void *ctx, const struct fetch_result *answer)
{
	struct price_poll *poll = ctx;
	struct fetch_result result = *answer;
	struct price_table fresh;
	struct err e;
	if (result.answer.reason == POLL_OK) {
		if (price_table_read(buf_text(&poll->body), poll->body.len, &fresh, &e)) {
			price_table_fini(&poll->table);
			poll->table = fresh;
			poll->read_at = poll->env.now->mono;
		} else {
			result.answer.reason = POLL_PARSE;
			text_copy(result.detail, sizeof result.detail, e.text);
		}
	}
	buf_fini(&poll->body); /* large, and not needed for minutes */
	source_count(&poll->source, &result, poll->url, *poll->env.now);
	poll->due = mono_plus(poll->env.now->mono, poll->interval_ms);
}

mono_ms price_poll_run(struct price_poll *poll)
{
	if (mono_since(poll->due, poll->env.now->mono) < 0)
		return poll->due;
	poll->due = MONO_FAR;
	fetch_start(poll->job,
	    &(struct fetch_request){
		.url = poll->url,
		.tls = poll->env.tls,
		.timeout_ms = poll->env.timeout_ms,
		.max_bytes = BODY_MAX_BYTES,
		.on_body = on_body,
		.on_done = on_done,
		.ctx = poll,
	    });
	return poll->due;
}

bool price_poll_margin(
    const struct price_poll *poll, const char *region, const struct spot_bids *bids, struct price_margin *out)
{
	return mono_since(poll->read_at, poll->env.now->mono) < STALE_INTERVALS * poll->interval_ms &&
	    price_margin(&poll->table, region, bids, out);
}
