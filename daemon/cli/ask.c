#include "cli/ask.h"

#include "api.h"
#include "base/duration.h"
#include "base/text.h"
#include "cli/time.h"

#include <string.h>

enum { HTTP_OK = 200, HTTP_UNAUTHORIZED = 401 };

/* An answer older than this gets a warning: at any usual interval it means more than two missed rounds. */
enum { OLD_MS = 2 * 60 * 1000, PLACE_MAX_BYTES = 4096 };

bool ask_is_of_pair(const struct cmd *cmd, const struct cJSON *json)
{
	const char *pair = answer_text(json, "pair");
	return pair && (!cmd->pair || strcmp(pair, cmd->pair) == 0);
}

/* The kind of hawatchd's error; API_NO_ERROR if it is not a kind that we know. */
static enum api_error kind_of(const struct answer *a)
{
	const char *name = answer_text(a->json, "kind");
	for (int i = 1; name && i < API_ERRORS; i++)
		if (strcmp(name, api_errors[i].name) == 0)
			return (enum api_error)i;
	return API_NO_ERROR;
}

static int exit_code_of(enum api_error kind)
{
	switch (kind) {
	case API_WHICH_PAIR:
	case API_NO_SUCH_PAIR:
	case API_PAIR_ELSEWHERE:
	case API_NO_SUCH_SIDE:
	case API_BAD_PARAMETER: return EXIT_USAGE;
	case API_REFUSED: return EXIT_NO;
	default: return EXIT_UNKNOWN;
	}
}

/* The name that is most like `asked`; NULL: none is like it. */
static const char *nearest(const struct cJSON *pairs, const char *asked)
{
	const struct cJSON *pair = NULL;
	const char *best = NULL;
	size_t least = TEXT_UNLIKE;
	while (asked && (pair = answer_next(pairs, pair))) {
		const char *name = answer_text(pair, "");
		size_t distance = name ? text_distance(asked, name, strlen(name)) : TEXT_UNLIKE;
		if (distance < least) {
			least = distance;
			best = name;
		}
	}
	return best;
}

/* "no pair 'prdo'; did you mean 'prod'? Name one of 40 pairs with --pair: ..." */
static void refused_pair(const char *asked, const struct cJSON *pairs, struct err *e)
{
	enum { NAMES_SHOWN = 5 };
	const struct cJSON *pair = NULL;
	const char *near = nearest(pairs, asked);
	size_t count = 0;
	struct buf text = buf_of(sizeof e->text), names = buf_of(sizeof e->text);
	while ((pair = answer_next(pairs, pair)))
		if (++count <= NAMES_SHOWN)
			buf_printf(&names, "%s%s", count > 1 ? ", " : "", answer_text(pair, ""));
	if (asked)
		buf_printf(&text, "no pair '%.64s'; ", asked);
	if (near)
		buf_printf(&text, "did you mean '%s'? ", near);
	if (count == 1)
		buf_printf(&text, "%s only one is %s, and needs no --pair", near ? "The" : "the", buf_text(&names));
	else
		buf_printf(
		    &text, "%s one of %zu pairs with --pair: %s", near ? "Name" : "name", count, buf_text(&names));
	if (count > NAMES_SHOWN)
		buf_printf(&text, ", and %zu more, see hawatch top", count - NAMES_SHOWN);
	err_set(e, "%s", buf_text(&text));
	buf_fini(&text);
	buf_fini(&names);
}

/* There was an answer, but not the document. */
static int refused(const struct cmd *cmd, const struct show *show, const struct answer *a, struct err *e)
{
	struct buf place = buf_of(PLACE_MAX_BYTES);
	const char *error = answer_text(a->json, "error");
	const struct cJSON *pairs = answer_at(a->json, "pairs");
	long http = a->reply.http_status;
	enum api_error kind = error ? kind_of(a) : API_NO_ERROR;
	int code = exit_code_of(kind);
	client_put_place(&cmd->client, &place);
	if ((kind == API_WHICH_PAIR || kind == API_NO_SUCH_PAIR) && answer_next(pairs, NULL))
		refused_pair(cmd->pair, pairs, e);
	else if (kind == API_PAIR_ELSEWHERE)
		err_set(e, "%s; ask that one, with --url or in its pod", error);
	else if (code != EXIT_UNKNOWN)
		err_set(e, "%s", error);
	else if (http == HTTP_UNAUTHORIZED)
		err_set(e,
		    "%s requires a credential (HTTP 401); set its file with --token-file or "
		    "--user-file",
		    buf_text(&place));
	else if (error)
		err_set(e, "hawatchd at %s: %s (HTTP %ld)", buf_text(&place), error, http);
	else
		err_set(e,
		    "%s answered (HTTP %ld), but without %s; is it hawatchd of the same version? "
		    "check --url or --socket",
		    buf_text(&place), http, strrchr(show->path, '/') + 1);
	buf_fini(&place);
	return code;
}

static void put_refusal(const struct cmd *cmd, const struct show *show, const struct answer *a, int *code)
{
	struct buf out = buf_of(OUT_MAX_BYTES);
	if (*code == EXIT_NO && show->put_refusal)
		show->put_refusal(cmd, a, &out);
	if (screen_flush(&out) == FLUSH_FAILED)
		*code = EXIT_UNKNOWN;
	buf_fini(&out);
}

/* If the poll loop is stuck, the daemon would keep serving an old ACTIVE. */
static void warn_if_old(struct answer *a)
{
	wall_ms made = answer_time(a->json, "timestamp");
	if (!wall_is_known(made) || a->now.ms - made.ms < OLD_MS)
		return;
	struct buf age = buf_of(64);
	duration_put(&age, a->now.ms - made.ms);
	err_set(&a->warning, "warning: this answer is %s old; see the log of hawatchd", buf_text(&age));
	buf_fini(&age);
}

/* Finds the side given on the command line. */
static int choose_side(const struct show *show, const char *name, struct answer *a, struct err *e)
{
	const struct cJSON *sides = answer_at(a->json, show->sides), *member = NULL;
	struct buf names = buf_of(OUT_MAX_BYTES);
	while ((member = answer_next(sides, member)) && !a->side) {
		buf_printf(&names, "%s%s", names.len ? ", " : "", answer_name(member));
		if (answer_is_object(member, "") && strcmp(answer_name(member), name) == 0)
			a->side = member;
	}
	if (!a->side)
		err_set(e, "no side '%s'; the sides are %s", name, buf_text(&names));
	buf_fini(&names);
	return a->side ? EXIT_YES : EXIT_USAGE;
}

int ask_with(const struct cmd *cmd, const struct show *show, const struct client_question *question,
    struct answer *answer, struct err *e)
{
	struct answer a = {0};
	int code = EXIT_UNKNOWN;
	if (client_ask(&cmd->client, question, &a.reply, e)) {
		a.json = answer_parse(buf_text(&a.reply.body), a.reply.body.len);
		a.now = wall_is_known(a.reply.date) ? a.reply.date : time_now();
		if (a.reply.http_status != HTTP_OK || !a.json || !show->is_good(cmd, a.json)) {
			code = refused(cmd, show, &a, e);
			put_refusal(cmd, show, &a, &code);
		} else
			code = show->sides && cmd->words[0] ? choose_side(show, cmd->words[0], &a, e) : EXIT_YES;
	}
	if (code != EXIT_YES) {
		ask_fini(&a);
		return code;
	}
	warn_if_old(&a);
	*answer = a;
	return EXIT_YES;
}

int ask(const struct cmd *cmd, const struct show *show, struct answer *answer, struct err *e)
{
	const struct client_param params[] = {{api_param_names[API_PAIR], cmd->pair}, {0}};
	if (show->ask)
		return show->ask(cmd, answer, e);
	return ask_with(cmd, show, &(struct client_question){show->path, params, false}, answer, e);
}

void ask_fini(struct answer *answer)
{
	client_reply_fini(&answer->reply);
	answer_free(answer->json);
	*answer = (struct answer){0};
}

bool ask_has_socket(const struct cmd *cmd, const char *what)
{
	if (cmd->client.url)
		screen_complain("%s over the daemon's Unix socket only, and its file mode decides who may use it; run "
				"this on the daemon's machine, with --socket if it is not " API_CONTROL_SOCKET
				", as a member of its group",
		    what);
	return !cmd->client.url;
}
