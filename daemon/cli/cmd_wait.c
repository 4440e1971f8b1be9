/* The command wait: waits until a pair is ACTIVE or a side is ready or drained; shows progress. */
#include "cli/cmd_wait.h"

#include "base/duration.h"
#include "base/mem.h"
#include "base/rfc3339.h"
#include "cli/signals.h"
#include "cli/time.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
	SECOND_MS = 1000,
	MINUTE_MS = 60 * SECOND_MS,
	PATIENT_AFTER_MS = 10 * MINUTE_MS, /* after this time poll less often */
	PATIENT_MS = 5 * SECOND_MS,
	/* A restart or upgrade of the daemon must not end the wait. */
	SILENT_MS = 5 * MINUTE_MS,
	/* If it has never answered, it probably does not run. */
	NEVER_MS = 30 * SECOND_MS,
};

static int64_t elapsed(const struct wait *w)
{
	return mono_since(w->began, time_running());
}

static const char *who(const struct wait *w)
{
	const char *pair = answer_text(w->summary.json, "pair");
	return w->side ? w->side : pair ? pair : w->cmd.pair ? w->cmd.pair : "the pair";
}

/* The current state without the time; a line is printed when it changes. */
static void put_state(const struct wait *w, const char *between, struct buf *out)
{
	const struct cJSON *all = answer_at(w->summary.json, "cloudspaces"), *side = NULL;
	const char *status = answer_text(w->summary.json, "ha_status");
	if (!w->summary.json) {
		buf_puts(out, *w->trouble.text ? w->trouble.text : "no answer yet");
		return;
	}
	if (*w->trouble.text)
		buf_printf(out, "NO ANSWER (%s); last answer:%s", w->trouble.text, between);
	buf_printf(out, "%s %s", answer_text(w->summary.json, "pair"), status);
	while ((side = answer_next(all, side))) {
		bool decides = strcmp(answer_name(side), "primary") == 0 || strcmp(answer_name(side), "secondary") == 0;
		if (w->side ? strcmp(answer_name(side), w->side) != 0 : !decides)
			continue;
		buf_puts(out, between);
		w->goal->put(w, side, out);
	}
}

/* One line per change and per minute, for logs and CI. */
static enum flush put_line(struct wait *w)
{
	struct buf state = buf_of(OUT_MAX_BYTES), line = buf_of(OUT_MAX_BYTES);
	char stamp[RFC3339_SIZE];
	enum flush put = FLUSHED;
	put_state(w, "; ", &state);
	bool is_news = !w->told || strcmp(w->told, buf_text(&state)) != 0;
	if (is_news || mono_since(w->told_at, time_running()) >= MINUTE_MS) {
		if (w->cmd.format == FORMAT_JSON && w->summary.json) {
			screen_put_json(
			    &w->cmd.screen, &line, buf_text(&w->summary.reply.body), w->summary.reply.body.len);
		} else if (w->cmd.format != FORMAT_JSON) {
			rfc3339_render(time_now(), stamp);
			buf_printf(&line, "%s ", stamp);
			duration_put(&line, elapsed(w));
			buf_puts(&line, ": ");
			screen_put_clean(&line, buf_text(&state), state.len);
			buf_putc(&line, '\n');
		}
		put = screen_flush(&line);
		free(w->told);
		w->told = mem_copy_text(buf_text(&state), state.len);
		w->told_at = time_running();
	}
	buf_fini(&state);
	buf_fini(&line);
	return put;
}

/* Redraws the block in place. */
static enum flush draw(struct wait *w)
{
	struct buf state = buf_of(OUT_MAX_BYTES), text = buf_of(OUT_MAX_BYTES);
	struct buf frame = buf_of(OUT_MAX_BYTES), head = buf_of(OUT_MAX_BYTES);
	screen_measure(&w->cmd.screen);
	buf_printf(&head, "Waiting until %s is %s: ", who(w), w->goal->words);
	duration_put(&head, elapsed(w));
	buf_puts(&head, ", limit ");
	duration_put(&head, w->cmd.limit_ms);
	screen_put_wrapped(&w->cmd.screen, &text, 0, buf_text(&head));
	put_state(w, "\n", &state);
	for (char *at = state.data, *end; at && *at; at = end) {
		end = at + strcspn(at, "\n");
		if (*end)
			*end++ = '\0';
		screen_put_wrapped(&w->cmd.screen, &text, 0, at);
	}
	if (w->drawn)
		buf_printf(&frame, "\033[%zuA", w->drawn);
	buf_puts(&frame, "\r\033[J");
	w->drawn = screen_put_fitting(&frame, buf_text(&text), w->cmd.screen.height - 1, "");
	enum flush put = screen_flush(&frame);
	buf_fini(&state);
	buf_fini(&text);
	buf_fini(&frame);
	buf_fini(&head);
	return put;
}

/* One round of requests. Returns EXIT_YES if the wait goes on. */
static int renew(struct wait *w)
{
	struct answer summary = {0}, runners = {0};
	int code = ask(&w->cmd, cmd_summary.show, &summary, &w->trouble);
	if (code == EXIT_YES && w->side && !answer_is_object(answer_at(summary.json, "cloudspaces"), w->side)) {
		err_set(&w->trouble, "no side '%s' in this pair; expected primary or secondary", w->side);
		code = EXIT_USAGE;
	}
	if (code == EXIT_YES && *summary.warning.text) {
		w->trouble = summary.warning; /* the poll loop is stuck: its data is no evidence */
		code = EXIT_UNKNOWN;
	}
	if (code == EXIT_YES && w->goal->needs_runners)
		code = ask(&w->cmd, cmd_runners.show, &runners, &w->trouble);
	if (code != EXIT_YES) {
		ask_fini(&summary);
		return code == EXIT_USAGE ? EXIT_USAGE : EXIT_YES;
	}
	ask_fini(&w->summary);
	ask_fini(&w->runners);
	w->summary = summary;
	w->runners = runners;
	w->answered = time_running();
	w->trouble.text[0] = '\0';
	return EXIT_YES;
}

/* The result of the wait: an exit code, or -1 to continue. */
static int judge(const struct wait *w)
{
	mono_ms now = time_running();
	bool has_answered = mono_is_set(w->answered);
	int64_t silent = mono_since(has_answered ? w->answered : w->began, now);
	if (!*w->trouble.text && w->goal->is_reached(w))
		return EXIT_YES;
	if (elapsed(w) >= w->cmd.limit_ms)
		return !has_answered || silent >= NEVER_MS ? EXIT_UNKNOWN : EXIT_NO;
	return silent >= (has_answered ? SILENT_MS : NEVER_MS) ? EXIT_UNKNOWN : -1;
}

/* Says how the wait ended. Returns the exit code. */
static int tell_end(const struct wait *w, int code)
{
	struct buf text = buf_of(OUT_MAX_BYTES);
	duration_put(&text, elapsed(w));
	if (code == EXIT_NO)
		screen_complain("%s is not %s after %s", who(w), w->goal->words, buf_text(&text));
	else if (code != EXIT_YES)
		screen_complain("gave up after %s: %s", buf_text(&text), w->trouble.text);
	else if (w->cmd.format != FORMAT_JSON) {
		struct buf out = buf_of(OUT_MAX_BYTES);
		screen_put(&w->cmd.screen, &out, TONE_PLAIN, who(w), w->cmd.screen.width);
		buf_printf(&out, " is %s after %s\n", w->goal->words, buf_text(&text));
		if (screen_flush(&out) == FLUSH_FAILED)
			code = EXIT_UNKNOWN;
		buf_fini(&out);
	}
	buf_fini(&text);
	return code;
}

/* The exit code; -1 when a signal has come, or the reader of stdout has gone. */
static int wait_for(struct wait *w)
{
	enum flush put;
	int code;
	do {
		int64_t left = w->cmd.limit_ms - elapsed(w);
		if (w->cmd.client.timeout_ms > left)
			w->cmd.client.timeout_ms = left > SECOND_MS ? left : SECOND_MS;
		code = renew(w);
		if (code != EXIT_YES || signals_came())
			break;
		bool is_block = w->cmd.screen.has_cursor && w->cmd.format != FORMAT_JSON;
		put = is_block ? draw(w) : put_line(w);
		code = put == FLUSH_FAILED ? EXIT_UNKNOWN : judge(w);
		if (code >= 0 || put == FLUSH_GONE || !screen_has_reader())
			break;
	} while (!signals_sleep(elapsed(w) < PATIENT_AFTER_MS ? SECOND_MS : PATIENT_MS));
	return code;
}

static int run(const struct cmd *cmd)
{
	struct wait w = {.cmd = *cmd,
	    .goal = cmd_wait_goal_named(cmd->words[0]),
	    .side = cmd->words[1],
	    .began = time_running(),
	    .answered = MONO_NEVER};
	if (!w.goal || w.goal->is_of_side != (w.side != NULL)) {
		screen_complain("expected active, ready SIDE or drained SIDE; see hawatch wait --help");
		return EXIT_USAGE;
	}
	w.cmd.words[0] = NULL; /* ask() would take it for a side */
	w.cmd.client.is_over = signals_came;
	signals_hold();
	int code = wait_for(&w);
	if (signals_came()) {
		screen_complain("interrupted: %s was not %s yet", who(&w), w.goal->words);
		signals_die();
	}
	if (code < 0) /* `| head -1`: the question has no answer yet, and nobody reads one */
		signals_die_of(SIGPIPE);
	if (code == EXIT_USAGE)
		screen_complain("%s", w.trouble.text);
	else
		code = tell_end(&w, code);
	free(w.told);
	ask_fini(&w.summary);
	ask_fini(&w.runners);
	return code;
}

const struct command cmd_wait = {
    .name = "wait",
    .words = "active | ready SIDE | drained SIDE",
    .help = "wait for a state; shows progress",
    .takes = TAKES_LIMIT | TAKES_TEXT_IN_PIPES,
    .words_min = 1,
    .words_max = 2,
    .run = run,
    .details = "In a pipe: one line per change and per minute; with -o json, the summary.\n"
	       "A restart of the daemon of up to 5 minutes does not end the wait.\n"
	       "Exit: 0 reached, 1 timed out, 2 wrong usage, 3 no answer for too long;\n"
	       "when its reader ends before it (| head -1), it ends by SIGPIPE, as kubectl\n"
	       "\n"
	       "Examples:\n"
	       "  hawatch wait active --timeout 90m\n"
	       "  hawatch wait drained primary --timeout 2h && echo drained\n",
};
