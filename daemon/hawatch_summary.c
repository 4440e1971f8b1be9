#include "hawatch_summary.h"

#include "base/rfc3339.h"
#include "hawatch_answer.h"
#include "hawatch_time.h"

#include <string.h>

enum { HTTP_OK = 200, HTTP_BAD_REQUEST = 400, HTTP_NOT_FOUND = 404 };

/* An answer of this age gets a warning: two rounds and more were missed at any sane interval. */
enum { OLD_MS = 2 * 60 * 1000 };

/* A word that is not here makes the whole answer a bad one. */
static const struct summary_status statuses[] = {
    {"ACTIVE", TONE_GOOD, EXIT_YES},
    {"BLOCKED_PRIMARY_UNAVAILABLE", TONE_BAD, EXIT_NO},
    {"BLOCKED_SECONDARY_UNAVAILABLE", TONE_BAD, EXIT_NO},
    {"BLOCKED_BOTH_UNAVAILABLE", TONE_BAD, EXIT_NO},
    {"DISABLED", TONE_WARN, EXIT_NO},
    {"UNKNOWN", TONE_WARN, EXIT_UNKNOWN},
};

static const struct summary_status *status_named(const char *name)
{
	for (size_t i = 0; name && i < sizeof statuses / sizeof statuses[0]; i++)
		if (strcmp(statuses[i].name, name) == 0)
			return &statuses[i];
	return NULL;
}

/* A summary of the pair that was asked for, which does not contradict itself. */
static bool is_summary(const struct cmd *cmd, const struct summary *s)
{
	const char *pair = answer_text(s->json, "pair");
	return s->reply.http_status == HTTP_OK && s->status && pair &&
	       (!cmd->pair || strcmp(pair, cmd->pair) == 0) &&
	       answer_true(s->json, "ha_active") == (s->status->exit_code == EXIT_YES);
}

/* Something answered, but not with a summary. */
static int refuse(const struct cmd *cmd, const struct summary *s)
{
	struct buf place = buf_of(4096);
	const char *error = answer_text(s->json, "error");
	long http = s->reply.http_status;
	bool is_usage =
	    error && (http == HTTP_BAD_REQUEST || (http == HTTP_NOT_FOUND && cmd->pair));
	client_put_place(&cmd->client, &place);
	if (is_usage)
		screen_complain("%s; name a pair with --pair", error);
	else if (error)
		screen_complain("hawatchd at %s: %s (HTTP %ld)", buf_text(&place), error, http);
	else
		screen_complain("%s answered (HTTP %ld), but with no summary; is that a hawatchd? "
				"check --url or --socket",
		    buf_text(&place), http);
	buf_fini(&place);
	return is_usage ? EXIT_USAGE : EXIT_UNKNOWN;
}

/* A monitor that stands still would go on telling yesterday's ACTIVE. */
static void warn_if_old(const struct summary *s)
{
	wall_ms made;
	const char *timestamp = answer_text(s->json, "timestamp");
	if (!timestamp || !rfc3339_parse(timestamp, &made) || s->now.ms - made.ms < OLD_MS)
		return;
	struct buf age = buf_of(64);
	time_put_duration(&age, s->now.ms - made.ms);
	screen_complain("warning: this answer is %s old; see the log of hawatchd", buf_text(&age));
	buf_fini(&age);
}

int summary_ask(const struct cmd *cmd, struct summary *s)
{
	struct err e;
	*s = (struct summary){0};
	if (!client_get(&cmd->client, "/api/v1/summary", cmd->pair, &s->reply, &e)) {
		screen_complain("%s", e.text);
		return EXIT_UNKNOWN;
	}
	s->json = answer_parse(buf_text(&s->reply.body), s->reply.body.len);
	s->status = status_named(answer_text(s->json, "ha_status"));
	if (!is_summary(cmd, s)) {
		int code = refuse(cmd, s);
		summary_fini(s);
		return code;
	}
	s->now = wall_is_known(s->reply.date) ? s->reply.date : time_now();
	warn_if_old(s);
	return EXIT_YES;
}

void summary_fini(struct summary *s)
{
	client_reply_fini(&s->reply);
	answer_free(s->json);
}
