/* hawatch replay: a recording through the code that decided, beside what was decided then. It asks no daemon. */
#include "base/json_out.h"
#include "base/mem.h"
#include "base/rfc3339.h"
#include "cli/cmd.h"
#include "cli/recording.h"
#include "os/files.h"
#include "replay/moment_text.h"
#include "replay/replay.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 1 << 30, TIME_BYTES = sizeof "2026-11-23T20:14:05.123Z" };

_Static_assert((int)SETTINGS_MAX <= (int)REPLAY_SETTINGS_MAX, "the replay takes all that the command line has");

/* One run of the command. */
struct run {
	const struct cmd *cmd;
	wall_ms from, to; /* unknown: not given */
	struct replay_set set;
	struct replay replay;
	struct moment moment; /* with --explain */
	struct buf lines;     /* the timeline */
	bool has_line;
	struct json_out json; /* of the timeline */
	struct recording_damage damage;
};

static void render_time(wall_ms t, char out[TIME_BYTES])
{
	char text[RFC3339_SIZE];
	struct buf whole = buf_of(TIME_BYTES);
	rfc3339_render(t, text);
	buf_printf(&whole, "%.19s.%03dZ", text, (int)((t.ms % 1000 + 1000) % 1000));
	memcpy(out, buf_text(&whole), whole.len + 1);
	buf_fini(&whole);
}

/* What a line of the timeline is about, and what it says. */
static void put_news(const struct replay_change *c, struct buf *out)
{
	const struct record_decided *d = &c->decided;
	char ends[RFC3339_SIZE];
	switch (c->news) {
	case REPLAY_STATUS: buf_printf(out, "status %s", ha_status_names[d->status]); break;
	case REPLAY_STATE:
		buf_printf(out, "%s %s (%s)%s", side_id_names[c->side], verdict_names[d->side[c->side].verdict],
		    side_reason_names[d->side[c->side].reason], d->side[c->side].is_degraded ? ", degraded" : "");
		break;
	case REPLAY_START: buf_printf(out, "hawatchd started: %s", ha_status_names[d->status]); break;
	case REPLAY_RELOAD: buf_puts(out, "configuration reloaded"); break;
	case REPLAY_GAP: buf_puts(out, "gap: the recording goes on here"); break;
	case REPLAY_GRACE: buf_printf(out, "loop %lld ms late: results discarded", (long long)c->late_ms); break;
	case REPLAY_WINDOW:
		rfc3339_render(c->window->ends.wall, ends);
		buf_printf(out, "%s maintenance window %s%s", side_id_names[c->side],
		    c->window->is_declared ? "until " : "ended", c->window->is_declared ? ends : "");
		break;
	}
}

static void put_json_line(struct json_out *j, const char *time, const char *news, const struct replay_change *c)
{
	json_open(j, NULL, '{');
	json_put_text(j, "time", time);
	json_put_bool(j, "then", c->was);
	json_put_bool(j, "replayed", c->is);
	json_put_text(j, "what", news);
	json_close(j, '}');
}

static void take_change(void *ctx, const struct replay_change *c)
{
	struct run *run = ctx;
	char time[TIME_BYTES];
	struct buf news = buf_of(1024);
	const char *mark = c->was && c->is ? " " : c->was ? "-" : "+";
	if ((wall_is_known(run->from) && c->at.wall.ms < run->from.ms) ||
	    (wall_is_known(run->to) && c->at.wall.ms > run->to.ms))
		return;
	render_time(c->at.wall, time);
	put_news(c, &news);
	if (run->cmd->format == FORMAT_JSON)
		put_json_line(&run->json, time, buf_text(&news), c);
	else if (run->cmd->format == FORMAT_MARKDOWN)
		buf_printf(&run->lines, "| %s | %s | %s |\n", time, c->was ? buf_text(&news) : "",
		    c->is ? buf_text(&news) : "");
	else
		buf_printf(&run->lines, "%s %s  %s\n", mark, time, buf_text(&news));
	run->has_line = true;
	buf_fini(&news);
}

static bool replay_file(struct run *run, const char *path, struct err *e)
{
	struct record_reader reader = {0};
	struct record_entry *entry = mem_zeroed(1, sizeof *entry);
	char *bytes = files_read(path, FILE_MAX_BYTES, &reader.len, e);
	bool is_good = bytes != NULL;
	reader.bytes = bytes;
	while (is_good && record_reader_next(&reader, entry)) {
		if (run->replay.has_begun && record_is_frame(entry->kind) &&
		    strcmp(run->replay.frame.pair_name, entry->frame.pair_name) != 0)
			is_good = err_set(e,
			    "%s: a recording of pair `%s`, and what came before is of `%s`; replay them one by one",
			    path, entry->frame.pair_name, run->replay.frame.pair_name);
		else if (record_is_frame(entry->kind) && !replay_set_check(&run->set, &entry->frame.policy, e))
			is_good = false;
		if (!is_good)
			break;
		if (run->cmd->explain)
			moment_step(&run->moment, &run->replay, entry);
		replay_step(&run->replay, entry);
	}
	is_good = is_good && recording_end(&reader, path, &run->damage, e);
	record_reader_fini(&reader);
	free(entry);
	free(bytes);
	return is_good;
}

static void put_table(const struct run *run, struct buf *out)
{
	const struct replay *r = &run->replay;
	char from[TIME_BYTES], to[TIME_BYTES], at[TIME_BYTES];
	bool is_markdown = run->cmd->format == FORMAT_MARKDOWN;
	render_time(r->began.wall, from);
	render_time(r->at.wall, to);
	render_time(r->differs_at.wall, at);
	buf_printf(out, "%spair %s, recorded from %s\n%sto %s\n", is_markdown ? "## Replay: " : "", r->frame.pair_name,
	    from, is_markdown ? "" : "  ", to);
	if (is_markdown)
		buf_puts(out, "\n| time | then | in the replay |\n|---|---|---|\n");
	else if (run->has_line && r->differs)
		buf_puts(out, "-: only then  +: only in the replay\n");
	buf_put(out, buf_text(&run->lines), run->lines.len);
	if (is_markdown)
		buf_putc(out, '\n');
	if (!r->differs)
		buf_puts(out, "no difference: every verdict is the same, to the millisecond\n");
	else
		buf_printf(out, "first difference at %s%s\n", at,
		    r->differs_inside ? ", in a counter; no verdict differs" : "");
}

static void put_json(const struct run *run, struct buf *out)
{
	const struct replay *r = &run->replay;
	char from[TIME_BYTES], to[TIME_BYTES], at[TIME_BYTES];
	struct json_out j = {.out = out};
	struct buf changes = buf_of(OUT_MAX_BYTES);
	render_time(r->began.wall, from);
	render_time(r->at.wall, to);
	render_time(r->differs_at.wall, at);
	buf_printf(&changes, "[%s]", buf_text(&run->lines));
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", r->frame.pair_name);
	json_put_text(&j, "from", from);
	json_put_text(&j, "to", to);
	json_put_text(&j, "first_difference", r->differs ? at : NULL);
	json_put_int(&j, "damaged_places", (int64_t)run->damage.places);
	json_put_raw(&j, "changes", buf_text(&changes));
	json_close(&j, '}');
	buf_putc(out, '\n');
	buf_fini(&changes);
}

static bool parse_time(const char *option, const char *text, wall_ms *out)
{
	if (!text || rfc3339_parse(text, out))
		return true;
	screen_complain("--%s '%s'; expected a time such as 2026-11-23T20:14:05Z", option, text);
	return false;
}

/* Two texts that must be times, in their order. */
static bool parse_times(struct run *run)
{
	if (!parse_time("from", run->cmd->from, &run->from) || !parse_time("to", run->cmd->to, &run->to))
		return false;
	if (run->cmd->explain && (run->cmd->from || run->cmd->to)) {
		screen_complain("--explain is about one moment; expected it without --from and --to");
		return false;
	}
	if (run->cmd->explain && !moment_parse(run->cmd->explain, &run->moment)) {
		screen_complain("--explain '%s'; expected a time such as 2026-11-23T20:14:05Z or 20:14:05 (UTC)",
		    run->cmd->explain);
		return false;
	}
	bool is_good = !wall_is_known(run->from) || !wall_is_known(run->to) || run->from.ms <= run->to.ms;
	if (!is_good)
		screen_complain(
		    "--to '%s' is before --from '%s'; expected the later one", run->cmd->to, run->cmd->from);
	return is_good;
}

static void put_moment(const struct run *run, struct buf *out)
{
	struct json_out j = {.out = out};
	if (run->cmd->format == FORMAT_JSON) {
		moment_text_put_json(&run->moment, &j);
		buf_putc(out, '\n');
	} else
		moment_text_put(&run->moment, run->cmd->format == FORMAT_MARKDOWN, out);
}

static int show(struct run *run)
{
	struct buf out = buf_of(OUT_MAX_BYTES);
	if (run->cmd->explain)
		put_moment(run, &out);
	else if (run->cmd->format == FORMAT_JSON)
		put_json(run, &out);
	else
		put_table(run, &out);
	bool is_too_long = out.overflow || (run->lines.overflow && !run->cmd->explain);
	if (is_too_long)
		screen_complain("the timeline is too long to show; ask for a part of it with --from and --to");
	bool has_failed = is_too_long || screen_flush(&out) == FLUSH_FAILED;
	buf_fini(&out);
	recording_complain(&run->damage);
	return has_failed || run->damage.places         ? EXIT_UNKNOWN
	    : run->replay.differs && !run->cmd->explain ? EXIT_NO
							: EXIT_YES;
}

static int replay_run(const struct cmd *cmd)
{
	struct run *run = mem_zeroed(1, sizeof *run);
	struct err e;
	*run = (struct run){.cmd = cmd, .lines = buf_of(OUT_MAX_BYTES / 2), .damage = recording_damage_none()};
	int code = parse_times(run) ? EXIT_YES : EXIT_USAGE;
	for (size_t i = 0; i < cmd->set_count && code == EXIT_YES; i++)
		if (!replay_set_add(&run->set, cmd->set[i], &e)) {
			screen_complain("--set: %s", e.text);
			code = EXIT_USAGE;
		}
	run->json.out = &run->lines;
	run->replay =
	    (struct replay){.set = &run->set, .on_change = take_change, .ctx = run, .wants_why = cmd->explain != NULL};
	for (size_t i = 0; cmd->words[i] && code == EXIT_YES; i++)
		if (!replay_file(run, cmd->words[i], &e)) {
			screen_complain("%s", e.text);
			code = EXIT_USAGE;
		}
	replay_end(&run->replay);
	if (code == EXIT_YES && cmd->explain && !moment_end(&run->moment, &run->replay, &e)) {
		screen_complain("--explain '%s' %s", cmd->explain, e.text);
		code = EXIT_USAGE;
	}
	if (code == EXIT_YES)
		code = show(run);
	buf_fini(&run->lines);
	buf_fini(&run->damage.lines);
	free(run);
	return code;
}

const struct command cmd_replay = {
    .name = "replay",
    .words = "FILE...",
    .help = "a recording again, with the same settings or others",
    .takes = TAKES_REPLAY | TAKES_MARKDOWN | TAKES_TEXT_IN_PIPES,
    .words_min = 1,
    .words_max = WORDS_MAX,
    .run = replay_run,
    .details = "FILE is NAME.rec of the state directory, with record.enabled in hawatch.yaml;\n"
	       "of several the oldest comes first: NAME.rec.1 NAME.rec. No daemon is asked.\n"
	       "The answers are those that came then: with other settings a daemon would have\n"
	       "asked at other times.\n"
	       "A line marked - was only then, one marked + is only in the replay.\n"
	       "--explain shows the cells of the tables that decided, with which evidence, and\n"
	       "what else would have had to be seen. A time without a fraction means the end\n"
	       "of its second; one without a date is of the recording's only such time (UTC).\n"
	       "Exit: 0 no difference, 1 a difference, 2 wrong usage or not a recording,\n"
	       "3 something in it is damaged\n"
	       "\n"
	       "Examples:\n"
	       "  hawatch replay prod.rec\n"
	       "  hawatch replay prod.rec --set poll.fall=10\n"
	       "  hawatch replay prod.rec.1 prod.rec --from 2026-11-23T20:00:00Z\n"
	       "  hawatch replay prod.rec --explain 2026-11-23T20:14:05Z\n",
};
