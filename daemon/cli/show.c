#include "cli/show.h"

#include "base/duration.h"
#include "base/rfc3339.h"
#include "cli/ask.h"
#include "cli/pager.h"
#include "cli/signals.h"
#include "cli/time.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int show_put(const struct cmd *cmd, const struct show *show, const struct answer *answer, struct buf *out)
{
	if (cmd->format != FORMAT_JSON) {
		show->put(cmd, answer, out);
	} else if (show->put_json) {
		show->put_json(cmd, answer, out);
	} else if (answer->side) {
		char *json = answer_json(answer->side);
		screen_put_json(&cmd->screen, out, json, strlen(json));
		free(json);
	} else {
		/* The received JSON, so that the runbook's jq filters see the daemon's own values. */
		screen_put_json(&cmd->screen, out, buf_text(&answer->reply.body), answer->reply.body.len);
	}
	return show->judge ? show->judge(cmd, answer) : EXIT_YES;
}

/* Shows the answer that was asked for with this exit code, and releases it. */
static int show_answer(const struct cmd *cmd, const struct show *show, int code, struct answer *answer, struct err *e)
{
	if (code != EXIT_YES) {
		screen_complain("%s", e->text);
		return code;
	}
	struct buf out = buf_of(OUT_MAX_BYTES);
	code = show_put(cmd, show, answer, &out);
	if (*answer->warning.text)
		screen_complain("%s", answer->warning.text);
	if ((show->is_long ? pager_flush(cmd, &out) : screen_flush(&out)) == FLUSH_FAILED)
		code = EXIT_UNKNOWN;
	buf_fini(&out);
	ask_fini(answer);
	return code;
}

int show_question(const struct cmd *cmd, const struct show *show, const struct client_question *question)
{
	struct answer answer = {0};
	struct err e;
	int code = ask_with(cmd, show, question, &answer, &e);
	return show_answer(cmd, show, code, &answer, &e);
}

int show_once(const struct cmd *cmd, const struct show *show)
{
	struct answer answer = {0};
	struct err e;
	int code = ask(cmd, show, &answer, &e);
	return show_answer(cmd, show, code, &answer, &e);
}

/* What a watch shows: the last good answer, and the current problem. */
struct watched {
	struct cmd cmd; /* a copy, because the screen size may change */
	const char *name;
	const struct show *show;
	struct answer answer; /* reply.body.len 0: no answer yet */
	mono_ms at;
	struct err trouble; /* "": no problem */
	int code;
};

static void put_head(const struct watched *w, struct buf *out)
{
	const struct screen *screen = &w->cmd.screen;
	struct buf head = buf_of(OUT_MAX_BYTES);
	buf_printf(&head, "hawatch %s, every ", w->name);
	if (w->cmd.watch_ms < 1000)
		buf_printf(&head, "%dms", (int)w->cmd.watch_ms);
	else
		duration_put(&head, w->cmd.watch_ms);
	char now[RFC3339_SIZE];
	rfc3339_render(time_now(), now);
	buf_printf(&head, ", %.8s UTC; Ctrl-C stops", now + sizeof "2026-11-23");
	screen_put(screen, out, TONE_PLAIN, buf_text(&head), screen->width);
	buf_puts(out, "\n");
	if (*w->trouble.text) {
		buf_reset(&head);
		if (w->answer.json) {
			buf_puts(&head, "NO ANSWER. Below is the last answer, from ");
			duration_put(&head, mono_since(w->at, time_running()));
			buf_puts(&head, " ago.");
		} else
			buf_puts(&head, "NO ANSWER yet.");
		screen_put(screen, out, TONE_BAD, buf_text(&head), screen->width);
		buf_putc(out, '\n');
		screen_put_wrapped(screen, out, 0, w->trouble.text);
	}
	if (w->answer.json && *w->answer.warning.text)
		screen_put_wrapped(screen, out, 0, w->answer.warning.text);
	buf_fini(&head);
}

/* Draws over the old picture line by line; clearing the whole screen first would flicker. */
static enum flush draw(struct watched *w)
{
	struct buf text = buf_of(OUT_MAX_BYTES), frame = buf_of(OUT_MAX_BYTES);
	put_head(w, &text);
	buf_puts(&text, "\n");
	if (w->answer.json)
		show_put(&w->cmd, w->show, &w->answer, &text);
	buf_puts(&frame, "\033[H");
	/* Erased before the text: after a full line it would erase the last character. */
	screen_put_fitting(&frame, buf_text(&text), w->cmd.screen.height - 1, "\033[K");
	buf_puts(&frame, "\033[J");
	enum flush drawn = screen_flush(&frame);
	buf_fini(&text);
	buf_fini(&frame);
	return drawn;
}

/* A new answer replaces the old one. Without a new answer the old one stays. */
static void renew(struct watched *w)
{
	struct answer fresh = {0};
	int code = ask(&w->cmd, w->show, &fresh, &w->trouble);
	if (code == EXIT_YES) {
		ask_fini(&w->answer);
		w->answer = fresh;
		w->at = time_running();
		w->trouble.text[0] = '\0';
		w->code = w->show->judge ? w->show->judge(&w->cmd, &fresh) : EXIT_YES;
	} else
		w->code = code;
}

/* In a pipe: prints each answer when it arrives, and each problem once. */
static enum flush put_next(struct watched *w, struct err *told)
{
	if (*w->trouble.text) {
		if (strcmp(told->text, w->trouble.text) != 0)
			screen_complain("%s", w->trouble.text);
		*told = w->trouble;
		return FLUSHED;
	}
	struct buf out = buf_of(OUT_MAX_BYTES);
	told->text[0] = '\0';
	show_put(&w->cmd, w->show, &w->answer, &out);
	if (w->cmd.format != FORMAT_JSON)
		buf_putc(&out, '\n');
	enum flush put = screen_flush(&out);
	buf_fini(&out);
	return put;
}

int show_watch(const struct cmd *cmd, const char *name, const struct show *show)
{
	struct watched w = {.cmd = *cmd, .name = name, .show = show, .code = EXIT_UNKNOWN};
	struct err told = {0};
	bool is_picture = cmd->screen.has_cursor && cmd->format != FORMAT_JSON;
	enum flush put = FLUSHED;
	w.cmd.client.is_over = signals_came;
	signals_hold();
	if (is_picture)
		put = screen_say("\033[2J");
	do {
		renew(&w);
		if (signals_came() || w.code == EXIT_USAGE)
			break;
		screen_measure(&w.cmd.screen);
		put = is_picture ? draw(&w) : put_next(&w, &told);
	} while (put == FLUSHED && !signals_sleep(cmd->watch_ms));
	if (w.code == EXIT_USAGE)
		screen_complain("%s", w.trouble.text);
	if (put == FLUSH_FAILED)
		w.code = EXIT_UNKNOWN;
	ask_fini(&w.answer);
	return w.code;
}
