/* hawatch tune: a recording with many settings, and what each is worth. It asks no daemon. */
#include "base/duration.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "base/rfc3339.h"
#include "cli/cmd.h"
#include "cli/recording.h"
#include "os/files.h"
#include "replay/tune_plot.h"

#include <stdlib.h>
#include <string.h>

enum {
	FILE_MAX_BYTES = 1 << 30,
	LINES_MAX_BYTES = 1 << 20, /* of a file of confirmed spans */
	PLOT_MAX_BYTES = 1 << 20,
	ROWS_SHOWN = 15, /* without --all */
};

/* One run of the command. */
struct run {
	const struct cmd *cmd;
	struct {
		char *bytes;
		size_t len;
	} file[WORDS_MAX];
	struct record_entry entry;
	char pair_name[NAMESPACE_MAX];
	struct pair_policy present; /* of the last frame */
	int64_t interval_ms;        /* the longest recorded one */
	struct recording_damage damage;
	struct tune_grid grid;
	struct tune tune;
	struct tune_references references;
	size_t confirmed;
	struct tune_score *scores;
};

/* Reading. Every file is gone through twice: for its settings, and for what happened. */

static bool note_frame(struct run *run, const char *path, struct err *e)
{
	const struct record_frame *frame = &run->entry.frame;
	if (run->pair_name[0] && strcmp(run->pair_name, frame->pair_name) != 0)
		return err_set(e, "%s: a recording of pair `%s`, and what came before is of `%s`; tune them one by one",
		    path, frame->pair_name, run->pair_name);
	memcpy(run->pair_name, frame->pair_name, sizeof run->pair_name);
	run->present = frame->policy;
	if (frame->policy.side[PRIMARY].interval_ms > run->interval_ms)
		run->interval_ms = frame->policy.side[PRIMARY].interval_ms;
	return true;
}

static bool scan_file(struct run *run, size_t i, struct err *e)
{
	const char *path = run->cmd->words[i];
	struct record_reader reader = {.bytes = run->file[i].bytes, .len = run->file[i].len};
	bool is_good = true;
	while (is_good && record_reader_next(&reader, &run->entry))
		if (record_is_frame(run->entry.kind))
			is_good = note_frame(run, path, e);
	is_good = is_good && recording_end(&reader, path, &run->damage, e);
	record_reader_fini(&reader);
	return is_good;
}

static bool read_files(struct run *run, struct err *e)
{
	for (size_t i = 0; run->cmd->words[i]; i++) {
		run->file[i].bytes = files_read(run->cmd->words[i], FILE_MAX_BYTES, &run->file[i].len, e);
		if (!run->file[i].bytes || !scan_file(run, i, e))
			return false;
	}
	return true;
}

static void run_files(struct run *run)
{
	for (size_t i = 0; run->cmd->words[i]; i++) {
		struct record_reader reader = {.bytes = run->file[i].bytes, .len = run->file[i].len};
		while (record_reader_next(&reader, &run->entry))
			tune_step(&run->tune, &run->entry);
		record_reader_fini(&reader);
	}
	tune_end(&run->tune);
}

/* What the options say. */

static bool read_grid(struct run *run, struct err *e)
{
	struct err why;
	for (size_t i = 0; i < run->cmd->set_count; i++)
		if (!tune_grid_add(&run->grid, run->cmd->set[i], &why))
			return err_set(e, "--set: %.480s", why.text);
	return true;
}

static bool read_confirmed(struct run *run, struct err *e)
{
	struct err why;
	const char *path = run->cmd->confirmed_file;
	for (size_t i = 0; i < run->cmd->confirmed_count; i++)
		if (!tune_references_add(&run->references, run->cmd->confirmed[i], &why))
			return err_set(e, "--confirmed: %.480s", why.text);
	char *lines = path ? files_read(path, LINES_MAX_BYTES, NULL, e) : NULL;
	bool is_good = !path || (lines && tune_references_add_lines(&run->references, path, lines, e));
	free(lines);
	run->confirmed = run->references.count;
	return is_good && (!path || run->confirmed || err_set(e, "%s: has no line FROM/TO", path));
}

/* Output. */

/* Tenths of seconds, as long as these are worth something. */
static void put_time(struct buf *out, bool is_known, int64_t ms)
{
	enum { TENTHS_UP_TO_MS = 600000 };
	if (!is_known)
		buf_putc(out, '-');
	else if (ms < TENTHS_UP_TO_MS)
		buf_printf(out, "%lld.%llds", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
	else
		duration_put(out, ms);
}

static void put_cell(struct buf *out, int width, const struct buf *cell)
{
	buf_printf(out, "%*s", width, buf_text(cell));
}

/* A row of the table, or of Markdown. */
static void put_row(const struct run *run, const struct tune_score *s, struct buf *out)
{
	static const int key_width[TUNE_KEYS] = {
	    [TUNE_INTERVAL] = 10, [TUNE_FALL] = 6, [TUNE_RISE] = 6, [TUNE_UNREACHABLE_FOR] = 17};
	bool is_markdown = run->cmd->format == FORMAT_MARKDOWN;
	const char *between = is_markdown ? " | " : "";
	struct buf cell = buf_of(64);
	buf_puts(out, is_markdown ? s->is_present ? "| now" : "|" : s->is_present ? "*" : " ");
	for (int key = 0; key < TUNE_KEYS; key++) {
		buf_reset(&cell);
		tune_grid_put((enum tune_key)key, s->run->value[key], &cell);
		buf_puts(out, between);
		put_cell(out, is_markdown ? 0 : key_width[key], &cell);
	}
	for (int i = 0; i < 2; i++) {
		buf_reset(&cell);
		put_time(&cell, s->is_timed, i ? s->worst_ms : s->median_ms);
		buf_puts(out, between);
		put_cell(out, is_markdown ? 0 : 9, &cell);
	}
	buf_printf(out, is_markdown ? " | %zu | %zu | %lld |\n" : "%6zu%7zu%7lld\n", s->false_blocked, s->missed,
	    (long long)s->requests);
	buf_fini(&cell);
}

/* Whether a row tells something that the row before does not tell. */
static bool has_news(const struct run *run, size_t i)
{
	const struct tune_score *is = &run->scores[i], *was = is - 1;
	return run->cmd->is_all || is->is_present || i == 0 || is->missed != was->missed ||
	    is->false_blocked != was->false_blocked || is->median_ms != was->median_ms ||
	    is->worst_ms != was->worst_ms || is->requests != was->requests;
}

static void put_rows(const struct run *run, struct buf *out)
{
	bool is_markdown = run->cmd->format == FORMAT_MARKDOWN;
	size_t most = run->cmd->is_all ? run->tune.combinations : ROWS_SHOWN, shown = 0;
	buf_puts(out,
	    is_markdown ? "\n| | interval | fall | rise | unreachable_for | median | worst | false | missed | req/h |\n"
			  "|---|---|---|---|---|---|---|---|---|---|\n"
			: "   interval  fall  rise  unreachable_for   median    worst false missed  req/h\n");
	for (size_t i = 0; i < run->tune.combinations; i++)
		if (has_news(run, i) && (shown < most || run->scores[i].is_present)) {
			put_row(run, &run->scores[i], out);
			shown++;
		}
	if (shown < run->tune.combinations)
		buf_printf(out, "%s%zu of %zu combinations; of equal ones that with the fewest changes (--all: all)\n",
		    is_markdown ? "\n" : "", shown, run->tune.combinations);
}

static void put_left_out(const struct run *run, struct buf *out)
{
	if (run->tune.too_short) {
		buf_printf(
		    out, "left out: %zu of poll.interval, shorter than the recorded one of ", run->tune.too_short);
		duration_put_exact(out, run->interval_ms);
		buf_putc(out, '\n');
	}
	if (run->tune.refused)
		buf_printf(out, "left out: %zu combinations that hawatchd would refuse\n", run->tune.refused);
}

static void put_reference(const struct run *run, struct buf *out)
{
	size_t count = run->references.count;
	if (run->confirmed) {
		buf_printf(out, "beside %zu confirmed span%s of BLOCKED\n", count, count == 1 ? "" : "s");
		return;
	}
	buf_printf(out, "beside %zu span%s of BLOCKED by the most patient settings:\n  ", count, count == 1 ? "" : "s");
	tune_plot_put_settings(&run->tune.runs[run->tune.patient], out);
	buf_puts(out, count ? "\n" : "\nwithout an outage only false BLOCKED is known: no time, nothing missed\n");
}

static bool has_present(const struct run *run)
{
	for (size_t i = 0; i < run->tune.combinations; i++)
		if (run->scores[i].is_present)
			return true;
	return false;
}

static void put_text(const struct run *run, struct buf *out)
{
	bool is_markdown = run->cmd->format == FORMAT_MARKDOWN;
	char from[RFC3339_SIZE], to[RFC3339_SIZE];
	rfc3339_render(run->tune.began, from);
	rfc3339_render(run->tune.ended, to);
	buf_printf(out, "%spair %s, recorded from %s to %s\n%s", is_markdown ? "## Settings: " : "", run->pair_name,
	    from, to, is_markdown ? "\n" : "");
	put_reference(run, out);
	put_left_out(run, out);
	if (!has_present(run))
		buf_puts(out, "the present settings are not among the combinations\n");
	if (!is_markdown)
		buf_puts(out, "the best first; * the present settings; times: from the beginning until BLOCKED\n");
	put_rows(run, out);
}

static void put_json_score(struct json_out *j, const struct tune_score *s)
{
	json_open(j, NULL, '{');
	json_open(j, "settings", '{');
	for (int key = 0; key < TUNE_KEYS; key++) {
		struct buf value = buf_of(64);
		tune_grid_put((enum tune_key)key, s->run->value[key], &value);
		if (key == TUNE_FALL || key == TUNE_RISE)
			json_put_int(j, tune_grid_keys[key], s->run->value[key]);
		else
			json_put_text(j, tune_grid_keys[key], buf_text(&value));
		buf_fini(&value);
	}
	json_close(j, '}');
	json_put_bool(j, "is_present", s->is_present);
	json_put_milli(j, "detection_median_seconds", s->is_timed, s->median_ms);
	json_put_milli(j, "detection_worst_seconds", s->is_timed, s->worst_ms);
	json_put_int(j, "false_blocked", (int64_t)s->false_blocked);
	json_put_int(j, "missed_blocked", (int64_t)s->missed);
	json_put_int(j, "requests_per_hour", s->requests);
	json_close(j, '}');
}

static void put_json(const struct run *run, struct buf *out)
{
	struct json_out j = {.out = out};
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", run->pair_name);
	json_put_time(&j, "from", run->tune.began);
	json_put_time(&j, "to", run->tune.ended);
	json_put_int(&j, "damaged_places", (int64_t)run->damage.places);
	json_put_int(&j, "intervals_too_short", (int64_t)run->tune.too_short);
	json_put_int(&j, "combinations_refused", (int64_t)run->tune.refused);
	json_put_bool(&j, "is_confirmed", run->confirmed > 0);
	json_open(&j, "reference", '[');
	for (size_t i = 0; i < run->references.count; i++) {
		const struct tune_reference *reference = &run->references.v[i];
		json_open(&j, NULL, '{');
		json_put_time(&j, "from", reference->from);
		json_put_time(&j, "to", reference->to);
		json_put_text(&j, "side", reference->side == TUNE_ANY_SIDE ? NULL : side_id_names[reference->side]);
		json_put_bool(&j, "has_beginning", !reference->is_carried);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_open(&j, "combinations", '[');
	for (size_t i = 0; i < run->tune.combinations; i++)
		put_json_score(&j, &run->scores[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_putc(out, '\n');
}

static bool plot(const struct run *run, struct err *e)
{
	struct buf out = buf_of(PLOT_MAX_BYTES);
	bool is_good = tune_plot_render(run->scores, run->tune.combinations, &out) ||
	    err_set(e, "--plot: no outage whose beginning is in the recording was seen, so there is no time to draw");
	is_good = is_good && files_create(run->cmd->plot, 0644, buf_text(&out), out.len, e);
	buf_fini(&out);
	return is_good;
}

static int show(struct run *run)
{
	struct buf out = buf_of(OUT_MAX_BYTES);
	if (run->cmd->format == FORMAT_JSON)
		put_json(run, &out);
	else
		put_text(run, &out);
	bool has_failed = screen_flush(&out) == FLUSH_FAILED;
	buf_fini(&out);
	recording_complain(&run->damage);
	return has_failed || run->damage.places ? EXIT_UNKNOWN : EXIT_YES;
}

static bool judge(struct run *run, struct err *e)
{
	if (!read_grid(run, e) || !read_confirmed(run, e) || !read_files(run, e))
		return false;
	tune_grid_fill(&run->grid, &run->present);
	if (!tune_begin(&run->tune, &run->grid, &run->present, run->interval_ms, e))
		return false;
	run_files(run);
	if (!tune_references_settle(&run->references, &run->tune, e))
		return false;
	run->scores = tune_scores(&run->tune, &run->references);
	return !run->cmd->plot || plot(run, e);
}

static int tune_run(const struct cmd *cmd)
{
	struct run *run = mem_zeroed(1, sizeof *run);
	struct err e;
	int code = EXIT_USAGE;
	run->cmd = cmd;
	run->damage = recording_damage_none();
	if (judge(run, &e))
		code = show(run);
	else
		screen_complain("%s", e.text);
	free(run->scores);
	tune_references_fini(&run->references);
	tune_fini(&run->tune);
	for (size_t i = 0; i < WORDS_MAX; i++)
		free(run->file[i].bytes);
	buf_fini(&run->damage.lines);
	free(run);
	return code;
}

const struct command cmd_tune = {
    .name = "tune",
    .words = "FILE...",
    .help = "a recording with many settings, and what each is worth",
    .takes = TAKES_TUNE | TAKES_ALL | TAKES_MARKDOWN | TAKES_TEXT_IN_PIPES,
    .words_min = 1,
    .words_max = WORDS_MAX,
    .run = tune_run,
    .details = "FILE is as for hawatch replay. Every combination of values of poll.interval,\n"
	       "poll.fall, poll.rise and poll.unreachable_for is replayed; without --set these\n"
	       "are some around the present ones. No daemon is asked.\n"
	       "Of each: the time from the beginning of an outage until BLOCKED, as the median\n"
	       "and the worst; how often it was BLOCKED in no outage (false); the outages that\n"
	       "were never BLOCKED (missed); and the requests for nodes in an hour in which\n"
	       "nothing is confirmed (req/h).\n"
	       "An outage is what --confirmed names. Else it is where the most patient settings\n"
	       "(the largest fall, then the largest unreachable_for) are BLOCKED, and it begins\n"
	       "with the first result that said so and was not contradicted. So what was BLOCKED\n"
	       "with others alone counts as false.\n"
	       "A recording has only the answers that came. A longer interval takes those that\n"
	       "it would have asked for, in up to four phases, as it is luck whether one of them\n"
	       "comes soon; a shorter interval than recorded is left out. With a larger\n"
	       "fall a daemon would have confirmed sooner than these answers came: the times are\n"
	       "upper limits. Of what did not happen nothing is known: where nothing flaps, a\n"
	       "fall of 1 looks best.\n"
	       "Exit: 0 shown, 2 wrong usage or not a recording, 3 something in it is damaged\n"
	       "\n"
	       "Examples:\n"
	       "  hawatch tune prod.rec.1 prod.rec\n"
	       "  hawatch tune prod.rec --set poll.fall=2,3,5 --plot tune.svg\n"
	       "  hawatch tune prod.rec --confirmed 2026-11-23T20:14:05Z/2026-11-23T20:31:00Z\n",
};
