/* The command explain: the runbook's section for what is, with this pair's names. */
#include "base/text.h"
#include "cli/blocks.h"
#include "cli/names.h"
#include "cli/pager.h"
#include "cli/paragraphs.h"
#include "cli/steps.h"
#include "cli/time.h"
#include "render/runbook.h"

#include <ctype.h>
#include <string.h>

/* Without an answer of the daemon, the pair is not monitored: this alert is about that. */
enum { TEXT_WIDTH = 79 };

static const char silent_section[] = "HAExporterDown";

static void put_line(struct table *t, const char *label, const struct buf *text)
{
	if (!text->len)
		return;
	table_put(t, TONE_HEAD, "%s", label);
	table_put(t, TONE_PLAIN, "%s", buf_text(text));
}

static void put_sides(struct table *t, const struct answer *summary)
{
	const struct cJSON *sides = answer_at(summary->json, "cloudspaces"), *side = NULL;
	while ((side = answer_next(sides, side))) {
		const char *name = answer_text(side, "name"), *state = answer_text(side, "state");
		const char *reason = answer_text(side, "state_reason");
		const char *context = answer_text(side, "context"), *since = answer_text(side, "since");
		struct buf line = buf_of(OUT_MAX_BYTES);
		buf_printf(&line, "%s: %s%s (%s)", name ? name : "-", state ? state : "-",
		    answer_true(side, "degraded") ? ", degraded" : "", reason ? reason : "-");
		if (since) {
			buf_puts(&line, " since ");
			time_put_since(&line, since, summary->now);
		}
		if (context && name && strcmp(context, name) != 0)
			buf_printf(&line, ", kubectl context %s", context);
		put_line(t, answer_name(side), &line);
		buf_fini(&line);
	}
}

/* A section that was named by a status which is not the current one: it is not the time to call. */
static void put_not_now(const struct answer *summary, const struct runbook_section *section, struct buf *out)
{
	const char *status = answer_text(summary->json, "ha_status");
	bool is_status = section->name_len > 0;
	for (size_t i = 0; i < section->name_len; i++)
		is_status = is_status && (isupper((unsigned char)section->name[i]) || section->name[i] == '_');
	if (status && is_status &&
	    (strlen(status) != section->name_len || memcmp(status, section->name, section->name_len) != 0))
		buf_printf(
		    out, "the status is %s; what follows is for %.*s", status, (int)section->name_len, section->name);
}

/* Sides whose own alerts do not page. */
static void put_silent(const struct cJSON *summary, struct buf *out)
{
	const struct cJSON *sides = answer_at(summary, "cloudspaces"), *side = NULL;
	while ((side = answer_next(sides, side)))
		if (answer_is_object(side, "maintenance"))
			buf_printf(out, "%s%s", out->len ? " and " : "", answer_name(side));
	if (out->len)
		buf_puts(out, ": in maintenance; its own alerts do not page");
}

/* What holds here and now, before the section that holds always. */
static void put_lead(
    const struct cmd *cmd, const struct answer *summary, const struct runbook_section *section, struct buf *out)
{
	struct table t = table_of(2);
	struct buf text = buf_of(OUT_MAX_BYTES);
	if (summary->json) {
		blocks_headline(&cmd->screen, summary, out);
		steps_put_now(summary->json, summary->now, cmd->pair, &t);
		put_sides(&t, summary);
		blocks_put_troubles(&t, summary->json);
	}
	put_not_now(summary, section, &text);
	put_line(&t, "NOT NOW", &text);
	buf_reset(&text);
	put_silent(summary->json, &text);
	put_line(&t, "SILENT", &text);
	buf_reset(&text);
	const char *page = answer_text(summary->json, "status_page_url");
	buf_puts(&text, page ? page : "");
	put_line(&t, "STATUS PAGE", &text);
	buf_fini(&text);
	if (t.count && summary->json)
		buf_putc(out, '\n');
	struct screen plain = cmd->screen;
	plain.has_colour = plain.has_colour && cmd->format == FORMAT_TABLE;
	table_render(&t, &plain, out);
	table_fini(&t);
}

static const char *whose_names(const struct answer *summary)
{
	return summary->json ? "(A name of this pair has characters that mean something to a shell.\n"
			       "The name of the examples stands in its place.)\n\n"
			     : "(No answer from hawatchd. The names below are those of the examples:\n"
			       "primary matchpoint-runners, secondary matchpoint-runners-2.)\n\n";
}

/* The section as it is written, all of it; or what of it holds now. */
static void put_steps(const struct cmd *cmd, const struct cJSON *summary, const struct runbook_names *names,
    const struct runbook_section *section, struct buf *out)
{
	size_t start = strspn(section->body, "\n"), len = section->len;
	bool is_all = cmd->is_all || cmd->format == FORMAT_MARKDOWN;
	struct buf text = buf_of(OUT_MAX_BYTES);
	while (len > start && section->body[len - 1] == '\n')
		len--;
	if (is_all || !steps_put(section, summary, &text))
		buf_put(&text, section->body + start, len - start);
	else
		buf_puts(&text, "\n\n(Steps for other reasons are left out; `hawatch explain --all` shows them.)");
	runbook_names_fill(names, buf_text(&text), text.len, out);
	buf_fini(&text);
}

/* The section of a side's alert has the primary in its commands. */
static struct runbook_names names_for(
    const struct cmd *cmd, const struct cJSON *summary, const struct runbook_section *section)
{
	struct runbook_names names = names_of(summary);
	const struct cJSON *trouble = NULL, *side = NULL;
	names.needs_pair = cmd->pair != NULL;
	while ((trouble = answer_next(answer_at(summary, "troubles"), trouble))) {
		const char *alert = answer_text(trouble, "alert"), *id = answer_text(trouble, "side");
		if (!alert || !id || strlen(alert) != section->name_len ||
		    memcmp(alert, section->name, section->name_len) != 0)
			continue;
		side = answer_at(answer_at(summary, "cloudspaces"), id);
		break;
	}
	if (side) {
		names.v[NAME_PRIMARY] = answer_text(side, "name");
		names.v[NAME_PRIMARY_CONTEXT] = answer_text(side, "context");
		if (!names.v[NAME_PRIMARY_CONTEXT])
			names.v[NAME_PRIMARY_CONTEXT] = names.v[NAME_PRIMARY];
	}
	return names;
}

/* 76 columns wide, or 79 with marks, and with this pair's names. */
static void put_section(
    const struct cmd *cmd, const struct answer *summary, const struct runbook_section *section, struct buf *out)
{
	struct buf text = buf_of(OUT_MAX_BYTES);
	buf_printf(&text, "\n## %.*s\n\n", (int)section->name_len, section->name);
	struct runbook_names names = names_for(cmd, summary->json, section);
	if (!summary->json || runbook_names_has_odd(&names))
		buf_puts(&text, whose_names(summary));
	put_steps(cmd, summary->json, &names, section, &text);
	buf_putc(&text, '\n');
	if (cmd->format == FORMAT_MARKDOWN)
		buf_puts(out, buf_text(&text));
	else
		paragraphs_put(out, buf_text(&text), cmd->screen.width < TEXT_WIDTH ? cmd->screen.width : TEXT_WIDTH);
	buf_fini(&text);
}

static int show(const struct cmd *cmd, const struct answer *summary, const struct runbook_section *section)
{
	struct buf out = buf_of(OUT_MAX_BYTES), lead = buf_of(OUT_MAX_BYTES);
	const char *fence = cmd->format == FORMAT_MARKDOWN ? "```\n" : "";
	put_lead(cmd, summary, section, &lead);
	if (lead.len)
		buf_printf(&out, "%s%s%s", fence, buf_text(&lead), fence);
	put_section(cmd, summary, section, &out);
	enum flush flushed = pager_flush(cmd, &out);
	buf_fini(&lead);
	buf_fini(&out);
	return flushed == FLUSH_FAILED ? EXIT_UNKNOWN : EXIT_YES;
}

/*
 * Alerts whose steps are those of a status. Of several the one that is now; else the first, whose steps are the same
 * for the other side.
 */
static const struct {
	const char *alert, *statuses[2];
} same_steps[] = {
    {"HABothCloudspacesDown", {"BLOCKED_BOTH_UNAVAILABLE"}},
    {"HACloudspaceDown", {"BLOCKED_PRIMARY_UNAVAILABLE", "BLOCKED_SECONDARY_UNAVAILABLE"}},
};

static const char *steps_of(const struct runbook_section *section, const struct cJSON *summary)
{
	const char *status = answer_text(summary, "ha_status");
	for (size_t i = 0; i < sizeof same_steps / sizeof *same_steps; i++) {
		const char *const *statuses = same_steps[i].statuses;
		if (strlen(same_steps[i].alert) != section->name_len ||
		    memcmp(same_steps[i].alert, section->name, section->name_len) != 0)
			continue;
		return statuses[1] && status && strcmp(status, statuses[1]) == 0 ? statuses[1] : statuses[0];
	}
	return NULL;
}

static int no_such_section(const char *name)
{
	struct runbook_section section, before, best = {0};
	size_t least = TEXT_UNLIKE;
	for (bool is_first = true; runbook_next(is_first ? NULL : &before, &section); is_first = false) {
		size_t distance = text_distance(name, section.name, section.name_len);
		if (distance < least) {
			least = distance;
			best = section;
		}
		before = section;
	}
	if (best.name)
		screen_complain(
		    "the runbook has no section '%s'; did you mean '%.*s'?", name, (int)best.name_len, best.name);
	else
		screen_complain("the runbook has no section '%s'; expected a status, an alert's name or "
				"a heading of config/runbook.md",
		    name);
	return EXIT_USAGE;
}

/* Of the status; while that is ACTIVE, of what is wrong all the same, unless it is only good to know. */
static const char *present_section(const struct cJSON *summary)
{
	const struct cJSON *worst = answer_next(answer_at(summary, "troubles"), NULL);
	const char *alert = answer_text(worst, "alert"), *priority = answer_text(worst, "priority");
	bool is_shown = answer_true(summary, "ha_active") && alert && blocks_is_urgent(priority);
	return is_shown ? alert : answer_text(summary, "ha_status");
}

static int run(const struct cmd *cmd)
{
	struct runbook_section section;
	struct answer summary = {0};
	struct cmd question = *cmd;
	struct err e;
	const char *name = cmd->words[0];
	if (name && !runbook_find(name, &section))
		return no_such_section(name);
	question.words[0] = NULL;
	int code = ask(&question, cmd_summary.show, &summary, &e);
	if (code != EXIT_YES) /* the section stands without it, but not with another's names */
		screen_complain("%s", e.text);
	if (code == EXIT_USAGE)
		return code;
	if (*summary.warning.text)
		screen_complain("%s", summary.warning.text);
	if (name)
		code = EXIT_YES;
	else
		name = code == EXIT_YES ? present_section(summary.json) : silent_section;
	bool is_found = runbook_find(name, &section);
	const char *steps = is_found ? steps_of(&section, summary.json) : NULL;
	is_found = is_found && (!steps || runbook_find(steps, &section));
	int shown = is_found ? show(cmd, &summary, &section) : no_such_section(name);
	ask_fini(&summary);
	return shown == EXIT_YES ? code : shown;
}

const struct command cmd_explain = {
    .name = "explain",
    .words = "[STATUS|SECTION]",
    .help = "the runbook for the present status, with your names",
    .takes = TAKES_TEXT_IN_PIPES | TAKES_MARKDOWN | TAKES_NO_JSON | TAKES_ALL | TAKES_PAGER,
    .words_max = 1,
    .run = run,
    .details = "The section of the runbook: a status, an alert's name, or any heading of it. Of\n"
	       "the present status the steps for the reasons that hold now; => stands at the\n"
	       "one that applies. --all and -o markdown show the rest, too.\n"
	       "Without a daemon it shows a named section with the names of the examples.\n"
	       "Exit: 0 shown, 2 no such section, 3 the present status is not known\n"
	       "\n"
	       "Examples:\n"
	       "  hawatch explain\n"
	       "  hawatch explain BLOCKED_BOTH_UNAVAILABLE\n"
	       "  hawatch explain HACloudspaceDown -o markdown\n",
};
