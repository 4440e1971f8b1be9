/* The command top: one live screen of the pairs, for a wall or a second terminal during an outage. */
#include "api.h"
#include "base/duration.h"
#include "base/mem.h"
#include "base/rfc3339.h"
#include "cli/blocks.h"
#include "cli/cmd_cloudspaces.h"
#include "cli/live.h"
#include "cli/signals.h"
#include "cli/strip.h"
#include "cli/time.h"
#include "cli/timeline.h"

#include <stdlib.h>
#include <string.h>

enum {
	EVERY_MS = 2000,
	PAIRS_MAX = 1024,
	ASKED_MAX = 64,   /* in one round, so that hawatchd does not take it for a flood */
	LABEL_WIDTH = 11, /* of the strips */
	CELLS_MAX = 120,  /* half a minute each */
	EVENT_TIME_WIDTH = sizeof "17:15 UTC (9m59s)" - 1,
};

/* The last good answers about one pair. */
struct seen {
	char *name; /* NULL: the daemon's only pair */
	struct answer summary, events;
};

struct top {
	struct cmd cmd;
	struct seen pairs[PAIRS_MAX];
	struct seen *order[PAIRS_MAX]; /* the worst first, then by name */
	size_t count, more;            /* more: pairs for which there is no room */
	size_t next;                   /* who is asked first in the next round, of the names as they came */
	struct seen *chosen;           /* NULL: the worst, whichever it is */
	struct err trouble;            /* "": none */
	mono_ms answered;
	int code;
};

static void forget(struct top *w)
{
	for (size_t i = 0; i < w->count; i++) {
		free(w->pairs[i].name);
		ask_fini(&w->pairs[i].summary);
		ask_fini(&w->pairs[i].events);
	}
	w->count = w->more = w->next = 0;
	w->chosen = NULL;
}

/* No pair has this name, so the answer is an error that lists all names. */
static struct cJSON *ask_names(const struct top *w)
{
	const struct client_param params[] = {{api_param_names[API_PAIR], "?"}, {0}};
	const struct client_question question = {.path = API_SUMMARY, .params = params};
	struct client_reply reply = {0};
	struct err ignored;
	if (!client_ask(&w->cmd.client, &question, &reply, &ignored))
		return NULL;
	struct cJSON *json = answer_parse(buf_text(&reply.body), reply.body.len);
	client_reply_fini(&reply);
	return json;
}

static bool has_same_names(const struct top *w, const struct cJSON *pairs)
{
	const struct cJSON *pair = NULL;
	size_t at = 0;
	while ((pair = answer_next(pairs, pair))) {
		const char *name = answer_text(pair, "");
		if (at < w->count && (!w->pairs[at].name || !name || strcmp(w->pairs[at].name, name) != 0))
			return false;
		at++;
	}
	return at == w->count + w->more;
}

/* A reload may have changed them. Without an answer those from before stay. */
static void renew_names(struct top *w)
{
	struct cJSON *json = w->cmd.pair ? NULL : ask_names(w);
	const struct cJSON *pairs = answer_at(json, "pairs"), *pair = NULL;
	if (answer_next(pairs, NULL) && !has_same_names(w, pairs)) {
		forget(w);
		while ((pair = answer_next(pairs, pair))) {
			const char *name = answer_text(pair, "");
			if (!name || w->count == PAIRS_MAX)
				w->more++;
			else
				w->pairs[w->count++] = (struct seen){.name = mem_copy_text(name, strlen(name))};
		}
	}
	if (!w->count) {
		w->pairs[0] = (struct seen){0};
		w->count = 1;
	}
	answer_free(json);
}

static void replace(struct answer *old, const struct answer *fresh)
{
	ask_fini(old);
	*old = *fresh;
}

static const char *status_of(const struct seen *seen)
{
	return answer_text(seen->summary.json, "ha_status");
}

/* The worst first, and by name; last those that have not been asked yet. */
static int by_badness(const void *a, const void *b)
{
	static const char *const order[] = {"BLOCKED_BOTH_UNAVAILABLE", "BLOCKED_PRIMARY_UNAVAILABLE",
	    "BLOCKED_SECONDARY_UNAVAILABLE", "UNKNOWN", "DISABLED", "ACTIVE"};
	const struct seen *of[] = {*(struct seen *const *)a, *(struct seen *const *)b};
	size_t rank[2] = {0, 0};
	for (int i = 0; i < 2; i++)
		while (rank[i] < sizeof order / sizeof *order &&
		    (!status_of(of[i]) || strcmp(status_of(of[i]), order[rank[i]]) != 0))
			rank[i]++;
	if (rank[0] != rank[1])
		return rank[0] < rank[1] ? -1 : 1;
	return of[0]->name && of[1]->name ? strcmp(of[0]->name, of[1]->name) : 0;
}

static size_t place_of_chosen(const struct top *w)
{
	size_t at = 0;
	while (at < w->count && w->order[at] != w->chosen)
		at++;
	return at < w->count ? at : 0;
}

static int renew_answer(struct top *w, const struct show *show, const struct seen *seen, struct answer *answer)
{
	struct cmd question = w->cmd;
	struct answer fresh = {0};
	struct err e;
	if (seen->name)
		question.pair = seen->name;
	int code = ask(&question, show, &fresh, &e);
	if (code == EXIT_YES)
		replace(answer, &fresh);
	else if (code == EXIT_USAGE || !live_is_asked()) /* else a key or a signal has cancelled the request */
		w->trouble = e;
	return code;
}

/* The statuses of the pairs whose turn it is, and of the chosen one. */
static int renew_statuses(struct top *w)
{
	size_t asked = w->count < ASKED_MAX ? w->count : ASKED_MAX;
	int code = EXIT_YES;
	for (size_t i = 0; i < asked && code == EXIT_YES; i++) {
		struct seen *seen = &w->pairs[(w->next + i) % w->count];
		code = renew_answer(w, cmd_summary.show, seen, &seen->summary);
	}
	w->next = (w->next + asked) % w->count;
	if (code == EXIT_YES && w->chosen && w->count > asked)
		code = renew_answer(w, cmd_summary.show, w->chosen, &w->chosen->summary);
	return code;
}

/* Statuses, and the events of the pair that is shown. */
static void renew(struct top *w)
{
	renew_names(w);
	for (size_t i = 0; i < w->count; i++)
		w->order[i] = &w->pairs[i];
	w->code = renew_statuses(w);
	qsort(w->order, w->count, sizeof *w->order, by_badness);
	struct seen *shown = w->order[place_of_chosen(w)];
	if (w->code == EXIT_YES)
		w->code = renew_answer(w, cmd_events.show, shown, &shown->events);
	if (w->code == EXIT_YES) {
		w->trouble.text[0] = '\0';
		w->answered = time_running();
	} else if (!w->cmd.pair) /* the names have changed since they were asked */
		w->code = EXIT_UNKNOWN;
}

static void put_head(const struct top *w, struct buf *out)
{
	const struct screen *screen = &w->cmd.screen;
	struct buf head = buf_of(OUT_MAX_BYTES);
	char now[RFC3339_SIZE];
	rfc3339_render(time_now(), now);
	buf_printf(&head, "hawatch top  %.8s UTC  q ends%s", now + sizeof "2026-11-23",
	    w->count > 1 ? ", n and p choose a pair" : "");
	screen_put(screen, out, TONE_PLAIN, buf_text(&head), screen->width);
	buf_putc(out, '\n');
	buf_reset(&head);
	if (*w->trouble.text) {
		buf_puts(
		    &head, mono_is_set(w->answered) ? "NO ANSWER. Below is the last answer, from " : "NO ANSWER yet.");
		if (mono_is_set(w->answered)) {
			duration_put(&head, mono_since(w->answered, time_running()));
			buf_puts(&head, " ago.");
		}
		screen_put(screen, out, TONE_BAD, buf_text(&head), screen->width);
		buf_putc(out, '\n');
		screen_put_wrapped(screen, out, 0, w->trouble.text);
	} else if (!mono_is_set(w->answered)) {
		buf_puts(&head, "asking hawatchd at ");
		client_put_place(&w->cmd.client, &head);
		screen_put_wrapped(screen, out, 0, buf_text(&head));
	}
	buf_fini(&head);
}

/* One line for each pair, the chosen one marked, in at most a third of the screen. */
static void put_pairs(const struct top *w, struct buf *out)
{
	const struct screen *screen = &w->cmd.screen;
	size_t room = screen->height / 3, shown = w->count < room ? w->count : room;
	size_t chosen = place_of_chosen(w), first = chosen < shown ? 0 : chosen - shown + 1;
	struct table t = table_of(4);
	for (size_t i = first; i < first + shown; i++) {
		const struct cJSON *json = w->order[i]->summary.json;
		const struct blocks_status *status = blocks_status_named(status_of(w->order[i]));
		struct buf since = buf_of(OUT_MAX_BYTES);
		if (json)
			time_put_since(&since, answer_text(json, "ha_status_since"), w->order[i]->summary.now);
		table_put(&t, TONE_HEAD, "%s", i == chosen ? ">" : " ");
		table_put(&t, TONE_PLAIN, "%s", w->order[i]->name ? w->order[i]->name : "-");
		table_put(&t, status ? status->tone : TONE_PLAIN, "%s", status ? status->name : "-");
		table_put(&t, TONE_PLAIN, "%s", buf_text(&since));
		buf_fini(&since);
	}
	table_render(&t, screen, out);
	table_fini(&t);
	if (w->count > shown)
		buf_printf(out, "  and %zu more pairs\n", w->count - shown);
	if (w->more)
		buf_printf(out, "  and %zu pairs that are not looked at; name one with --pair\n", w->more);
	buf_putc(out, '\n');
}

static void put_strip(const struct screen *screen, const struct seen *seen, const char *side, const char *state,
    const char *since, struct buf *out)
{
	size_t cells = screen->width > LABEL_WIDTH ? screen->width - LABEL_WIDTH : 1;
	wall_ms from = WALL_UNKNOWN;
	if (since)
		(void)!rfc3339_parse(since, &from);
	size_t used = screen_put(screen, out, TONE_PLAIN, side ? side : "status", LABEL_WIDTH - 1);
	buf_printf(out, "%*s", (int)(LABEL_WIDTH - used), "");
	strip_put(screen, answer_at(seen->events.json, "events"), answer_at(seen->events.json, "gaps"), side, state,
	    from, seen->summary.now, cells < CELLS_MAX ? cells : CELLS_MAX, out);
	buf_putc(out, '\n');
}

static void put_strips(const struct screen *screen, const struct seen *seen, struct buf *out)
{
	const struct cJSON *json = seen->summary.json, *sides = answer_at(json, "cloudspaces"), *side = NULL;
	screen_put(screen, out, TONE_PLAIN, "LAST HOUR  " STRIP_LEGEND, screen->width);
	buf_putc(out, '\n');
	put_strip(screen, seen, NULL, status_of(seen), answer_text(json, "ha_status_since"), out);
	while ((side = answer_next(sides, side)))
		put_strip(screen, seen, answer_name(side), answer_text(side, "state"), answer_text(side, "since"), out);
}

static void put_event(const struct screen *screen, const struct cJSON *event, wall_ms now, struct buf *out)
{
	const char *side = answer_text(event, "side");
	struct buf line = buf_of(OUT_MAX_BYTES);
	time_put_since(&line, answer_text(event, "time"), now);
	size_t width = line.len < EVENT_TIME_WIDTH ? EVENT_TIME_WIDTH - line.len : 0;
	buf_printf(&line, "%*s  %-9s  ", (int)width, "", side ? side : "pair");
	timeline_put_change(&line, event);
	screen_put(screen, out, timeline_tone_of(event), buf_text(&line), screen->width);
	buf_putc(out, '\n');
	buf_fini(&line);
}

/* The newest first, so that those without room are the oldest. */
static void put_events(const struct screen *screen, const struct seen *seen, struct buf *out)
{
	const struct cJSON *events = answer_at(seen->events.json, "events"), *event = NULL, **all = NULL;
	size_t count = 0, cap = 0;
	while ((event = answer_next(events, event))) {
		if (count == cap) {
			cap = cap ? 2 * cap : 64;
			all = mem_resized(all, cap * sizeof *all);
		}
		all[count++] = event;
	}
	screen_put(screen, out, TONE_HEAD, count ? "EVENTS, the newest first" : "EVENTS: none yet", screen->width);
	buf_putc(out, '\n');
	for (size_t i = count; i > 0 && count - i < screen->height; i--)
		put_event(screen, all[i - 1], seen->events.now, out);
	free(all);
}

/* What is wrong beside the status, the most urgent in one line: "P2 (1 of 3) HANodesNotWon: secondary: ..." */
static void put_worst(const struct screen *screen, const struct cJSON *summary, struct buf *out)
{
	const struct cJSON *troubles = answer_at(summary, "troubles"), *worst = answer_next(troubles, NULL),
			   *next = worst;
	const char *priority = worst ? answer_text(worst, "priority") : NULL;
	int count = 0;
	if (!priority || !(blocks_is_urgent(priority) || answer_true(summary, "ha_active")))
		return;
	for (; next; next = answer_next(troubles, next))
		count++;
	const char *alert = answer_text(worst, "alert"), *side = answer_text(worst, "side");
	const char *message = answer_text(worst, "message");
	struct buf line = buf_of(OUT_MAX_BYTES);
	buf_puts(&line, priority);
	if (count > 1)
		buf_printf(&line, " (1 of %d)", count);
	buf_printf(
	    &line, " %s: %s%s%s", alert ? alert : "-", side ? side : "", side ? ": " : "", message ? message : "-");
	screen_put(screen, out, TONE_WARN, buf_text(&line), screen->width);
	buf_putc(out, '\n');
	buf_fini(&line);
}

static void put_pair(const struct screen *screen, const struct seen *seen, struct buf *out)
{
	if (!seen->summary.json)
		return;
	if (*seen->summary.warning.text)
		screen_put_wrapped(screen, out, 0, seen->summary.warning.text);
	blocks_headline(screen, &seen->summary, out);
	put_worst(screen, seen->summary.json, out);
	buf_putc(out, '\n');
	cmd_cloudspaces_put_live(screen, answer_at(seen->summary.json, "cloudspaces"), seen->summary.now, out);
	buf_putc(out, '\n');
	put_strips(screen, seen, out);
	buf_putc(out, '\n');
	put_events(screen, seen, out);
}

/* What has no room is cut below without a word: it is the oldest events. */
static void put_lines(const char *text, size_t height, struct buf *out)
{
	const char *end;
	for (size_t lines = 0; lines < height && (end = strchr(text, '\n')); lines++) {
		/* Erased before the text: after a full line it would erase the last character. */
		buf_puts(out, "\033[K");
		buf_put(out, text, (size_t)(end - text));
		buf_puts(out, "\r\n");
		text = end + 1;
	}
}

/* Drawn over the old picture line by line; clearing the whole screen first would flicker. */
static enum flush draw(struct top *w)
{
	struct buf text = buf_of(OUT_MAX_BYTES), frame = buf_of(OUT_MAX_BYTES);
	screen_measure(&w->cmd.screen);
	put_head(w, &text);
	if (w->count > 1)
		put_pairs(w, &text);
	if (w->count)
		put_pair(&w->cmd.screen, w->order[place_of_chosen(w)], &text);
	buf_puts(&frame, "\033[H");
	put_lines(buf_text(&text), w->cmd.screen.height - 1, &frame);
	buf_puts(&frame, "\033[J");
	enum flush drawn = screen_flush(&frame);
	buf_fini(&text);
	buf_fini(&frame);
	return drawn;
}

static void choose(struct top *w, size_t steps)
{
	size_t place = (place_of_chosen(w) + steps) % w->count;
	w->chosen = place ? w->order[place] : NULL;
}

/* Until the next round: its time has come, or another pair is chosen. False: the program ends. */
static bool rest(struct top *w)
{
	mono_ms began = time_running();
	for (;;) {
		int64_t left = EVERY_MS - mono_since(began, time_running());
		enum live_event event = left > 0 ? live_wait(left) : LIVE_TIME;
		char key = event == LIVE_KEY ? live_key() : '\0';
		if (event == LIVE_END || key == 'q' || key == 'Q')
			return false;
		if (key == 'n' || key == 'p')
			choose(w, key == 'n' ? 1 : w->count - 1);
		if (event == LIVE_TIME || key == 'n' || key == 'p')
			return true;
		if (event == LIVE_REDRAW && draw(w) != FLUSHED)
			return false;
	}
}

static int run(const struct cmd *cmd)
{
	static struct top w; /* too large for a stack */
	enum flush drawn;
	w = (struct top){.cmd = *cmd, .answered = MONO_NEVER};
	if (!cmd->screen.has_cursor || !live_open()) {
		screen_complain("top needs a terminal; in a pipe use hawatch summary --watch");
		return EXIT_USAGE;
	}
	w.cmd.client.is_over = live_is_asked;
	drawn = draw(&w);
	while (drawn == FLUSHED) {
		renew(&w);
		if (w.code == EXIT_USAGE || (drawn = draw(&w)) != FLUSHED || !rest(&w))
			break;
	}
	live_close();
	if (w.code == EXIT_USAGE)
		screen_complain("%s", w.trouble.text);
	forget(&w);
	if (signals_came())
		signals_die();
	return w.code == EXIT_USAGE ? EXIT_USAGE : drawn == FLUSH_FAILED ? EXIT_UNKNOWN : EXIT_YES;
}

const struct command cmd_top = {
    .name = "top",
    .words = "",
    .help = "a live screen: both sides, the last hour, events",
    .takes = TAKES_TEXT_IN_PIPES | TAKES_NO_JSON,
    .run = run,
    .details = "Asks every two seconds; q ends it. Without --pair it shows all pairs, the worst\n"
	       "first and in full; n and p choose another. Of many pairs, 64 are asked at a\n"
	       "time, in turn. While the daemon does not answer, the last answer stays, with\n"
	       "its age.\n"
	       "Exit: 0 ended by q, 2 wrong usage or no terminal, 3 the terminal failed\n"
	       "\n"
	       "Examples:\n"
	       "  hawatch top\n"
	       "  hawatch top --pair prod\n",
};
