/* The command maintenance: declares maintenance windows, over the Unix socket only. */
#include "api.h"
#include "base/duration.h"
#include "base/limits.h"
#include "cli/blocks.h"
#include "cli/show.h"
#include "cli/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_window(struct table *t, const struct cJSON *side, wall_ms now)
{
	const char *since = answer_text(side, "since"), *reason = answer_text(side, "reason");
	wall_ms ends = answer_time(side, "ends");
	bool is_open = answer_is_object(side, "");
	struct buf cell = buf_of(OUT_MAX_BYTES);
	table_put(t, TONE_HEAD, "%s", answer_name(side));
	table_put(t, is_open ? TONE_WARN : TONE_PLAIN, "%s",
	    !is_open                            ? "none"
		: answer_true(side, "declared") ? "declared"
						: "all nodes are cordoned");
	if (is_open && since) {
		buf_puts(&cell, "since ");
		time_put_since(&cell, since, now);
	}
	table_put(t, TONE_PLAIN, "%s", cell.len ? buf_text(&cell) : "-");
	buf_reset(&cell);
	if (wall_is_known(ends)) {
		buf_puts(&cell, "until ");
		time_put_clock(&cell, ends, now);
		buf_puts(&cell, ends.ms > now.ms ? " (in " : " (ended");
		if (ends.ms > now.ms)
			duration_put(&cell, ends.ms - now.ms);
		buf_putc(&cell, ')');
	}
	table_put(t, TONE_PLAIN, "%s", cell.len ? buf_text(&cell) : "-");
	table_put(t, TONE_PLAIN, "%s", reason && *reason ? reason : "-");
	buf_fini(&cell);
}

static const char *meaning_of(const char *state)
{
	static const struct {
		const char *state, *meaning;
	} meanings[] = {
	    {"agrees", "has the same windows"},
	    {"disagrees", "has other windows: its alerts are not silenced"},
	    {"watches_others", "does not watch this pair"},
	    {"unreachable", "no answer"},
	    {"starting", "is starting"},
	};
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (strcmp(meanings[i].state, state) == 0)
			return meanings[i].meaning;
	return state;
}

static bool is_in_order(const char *state)
{
	return strcmp(state, "agrees") == 0 || strcmp(state, "watches_others") == 0;
}

/* The other daemons that watch the pair, if the configuration names any. */
static void put_peers(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	const struct cJSON *peers = answer_at(a->json, "peers"), *peer = NULL;
	static const char *const heads[] = {"PEER", "HOST", "STATE"};
	struct table t = table_of(sizeof heads / sizeof *heads);
	size_t count = 0;
	t.is_list = true;
	for (size_t i = 0; i < t.columns; i++)
		table_put(&t, TONE_HEAD, "%s", heads[i]);
	while ((peer = answer_next(peers, peer))) {
		const char *address = answer_text(peer, "address"), *host = answer_text(peer, "host");
		const char *state = answer_text(peer, "state"), *problem = answer_text(peer, "problem");
		bool has_problem = problem && *problem;
		table_put(&t, TONE_HEAD, "%s", address ? address : "-");
		table_put(&t, TONE_PLAIN, "%s", host ? host : "-");
		table_put(&t, state && is_in_order(state) ? TONE_PLAIN : TONE_WARN, "%s%s%s",
		    state ? meaning_of(state) : "-", has_problem ? ": " : "", has_problem ? problem : "");
		count++;
	}
	if (count) {
		buf_putc(out, '\n');
		table_render(&t, &cmd->screen, out);
	} else if (peers)
		screen_put_wrapped(&cmd->screen, out, 0, "No peer is known: only this hawatchd has these windows.");
	table_fini(&t);
}

static void put(const struct cmd *cmd, const struct answer *a, struct buf *out)
{
	static const char *const heads[] = {"SIDE", "MAINTENANCE", "FROM", "TO", "REASON"};
	const struct cJSON *sides = answer_at(a->json, "sides"), *side = NULL;
	struct table t = table_of(sizeof heads / sizeof *heads);
	t.is_list = true;
	bool is_declared = false;
	for (size_t i = 0; i < t.columns; i++)
		table_put(&t, TONE_HEAD, "%s", heads[i]);
	while ((side = answer_next(sides, side))) {
		put_window(&t, side, a->now);
		is_declared = is_declared || answer_true(side, "declared");
	}
	table_render(&t, &cmd->screen, out);
	table_fini(&t);
	put_peers(cmd, a, out);
	if (is_declared && answer_false(a->json, "keeps_state") && !answer_at(a->json, "peers"))
		screen_put_wrapped(
		    &cmd->screen, out, 0, "A restart of hawatchd ends these windows (set state_directory).");
}

static bool is_good(const struct cmd *cmd, const struct cJSON *json)
{
	return ask_is_of_pair(cmd, json) && answer_is_object(json, "sides");
}

static const struct show show = {.path = API_MAINTENANCE, .is_good = is_good, .put = put};

/* Requests the change and shows the result. */
static int change(const struct cmd *cmd, const char *action)
{
	char seconds[32];
	snprintf(seconds, sizeof seconds, "%" PRId64, cmd->window_ms / 1000);
	const struct client_param params[] = {
	    {api_param_names[API_PAIR], cmd->pair},
	    {api_param_names[API_SIDE], cmd->words[1]},
	    {api_param_names[API_ACTION], action},
	    {api_param_names[API_FOR], cmd->window_ms ? seconds : NULL},
	    {api_param_names[API_REASON], cmd->reason},
	    {api_param_names[API_FORCE], cmd->is_forced ? "true" : NULL},
	    {0},
	};
	return show_question(cmd, &show, &(struct client_question){API_MAINTENANCE, params, true});
}

static int misuse(const char *text)
{
	screen_complain("%s; see hawatch maintenance --help", text);
	return EXIT_USAGE;
}

static int run(const struct cmd *cmd)
{
	const char *action = cmd->words[0];
	bool begins = strcmp(action, "begin") == 0, ends = strcmp(action, "end") == 0;
	if (strcmp(action, "status") == 0 && !cmd->words[1])
		return show_once(cmd, &show);
	if (!begins && !ends)
		return misuse("expected begin SIDE, end SIDE, or status");
	if (!cmd->words[1])
		return misuse("no side given; expected primary or secondary");
	if (begins && (!cmd->window_ms || !cmd->reason))
		return misuse("--for and --reason are required, such as --for 2h --reason TEXT");
	if (cmd->window_ms && cmd->window_ms < 1000)
		return misuse("--for is too short; expected at least 1s");
	if (cmd->window_ms > MAINTENANCE_LONGEST_MS)
		return misuse("--for is too long; expected at most 8h; you can begin another window later");
	if (!ask_has_socket(cmd, "maintenance works"))
		return EXIT_USAGE;
	return change(cmd, action);
}

const struct command cmd_maintenance = {
    .name = "maintenance",
    .words = "begin SIDE | end SIDE | status",
    .help = "begin, end or show maintenance windows",
    .takes = TAKES_WINDOW,
    .words_min = 1,
    .words_max = 2,
    .run = run,
    .details = "A window silences that side's alerts and ends by itself. Refused unless another\n"
	       "side is UP. begin and end work over the daemon's Unix socket only.\n"
	       "With peers configured, a window begins at all of them: refused if one of them\n"
	       "refuses or does not answer. --force begins it at those that answer, and shows\n"
	       "which do not. end is told to all that answer.\n"
	       "Exit: 0 done, 1 refused, 2 wrong usage, 3 no answer\n"
	       "\n"
	       "Examples:\n"
	       "  hawatch maintenance begin primary --for 2h --reason \"new node image\"\n"
	       "  hawatch maintenance status\n"
	       "  hawatch maintenance end primary\n",
};
