/*
 * The control endpoint: plain HTTP for curl, with which a test plays the world.
 */
#define _GNU_SOURCE
#include "answer.h"
#include "knobs.h"
#include "pages.h"
#include "state.h"
#include "text.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <string.h>

enum { SETTINGS_MAX = 32, DEFAULT_TIMEOUT_MS = 30000, TIMEOUT_MAX_MS = 3600 * 1000 };

static void say(struct answer *a, unsigned status, const char *text)
{
	answer_begin(a, status);
	answer_header(a, "Content-Type", "text/plain; charset=utf-8");
	answer_printf(a, "%s\n", text);
}

struct settings {
	struct setting v[SETTINGS_MAX];
	size_t count;
};

static enum MHD_Result collect(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct settings *s = cls;
	(void)kind;
	if (strcmp(key, "target") != 0 && s->count < SETTINGS_MAX)
		s->v[s->count++] = (struct setting){key, value ? value : ""};
	return MHD_YES;
}

static void set(const struct request *r, struct answer *a)
{
	struct settings s = {.count = 0};
	const char *target = request_query(r, "target");
	char why[1024];
	if (!target) {
		say(a, 400, "target=: expected spot, auth, a cloudspace's name, or *");
		return;
	}
	MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, collect, &s);
	unsigned status = knobs_set(r->sim, target, s.v, s.count, why, sizeof why);
	say(a, status, status == 200 ? "ok" : why);
}

static void wait_for_polls(const struct request *r, struct answer *a)
{
	const char *target = request_query(r, "target"), *polls = request_query(r, "polls");
	const char *timeout = request_query(r, "timeout_ms");
	long n, timeout_ms = DEFAULT_TIMEOUT_MS;
	if (!polls || !text_number(polls, 1, 1000000, &n)) {
		say(a, 400, "polls=: expected a number from 1 to 1000000");
		return;
	}
	if (timeout && !text_number(timeout, 0, TIMEOUT_MAX_MS, &timeout_ms)) {
		say(a, 400, "timeout_ms=: expected a number from 0 to 3600000");
		return;
	}
	if (!target || (strcmp(target, "*") != 0 && !state_target(r->sim, target))) {
		say(a, 404, "target=: expected spot, auth, a cloudspace's name, or *");
		return;
	}
	switch (state_wait_polls(r->sim, target, n, timeout_ms)) {
	case WAIT_DONE: say(a, 200, "ok"); break;
	case WAIT_TIMEOUT: say(a, 504, "the target was not polled that often in time"); break;
	case WAIT_REFUSING: say(a, 409, "the target refuses connections, so nobody can be seen to poll it"); break;
	}
}

static void write_target(FILE *out, const struct sim *sim, const struct target *t)
{
	text_put(out,
	    "'%s':{'url':'https://%s:%u','connections':%" PRIu64 ",'turned_away':%" PRIu64
	    ",'most_in_flight':%ld,'gzipped':%" PRIu64 ",'agent':",
	    t->name, sim->listen, t->port, t->connections, t->turned_away, t->most_in_flight, t->gzipped);
	text_json(out, t->agent);
	text_put(out, ",'paths':{");
	for (size_t i = 0; i < t->path_count; i++) {
		fputs(i ? "," : "", out);
		text_json(out, t->paths[i].path);
		text_put(out,
		    ":{'requests':%" PRIu64 ",'cached':%" PRIu64 ",'bytes':%" PRIu64 ",'inflated':%" PRIu64
		    ",'last_status':%u}",
		    t->paths[i].started, t->paths[i].cached, t->paths[i].bytes, t->paths[i].inflated,
		    t->paths[i].last_status);
	}
	fputs("}}", out);
}

static void stats(const struct request *r, struct answer *a)
{
	struct text t;
	size_t len;
	text_open(&t);
	state_lock(r->sim);
	for (size_t i = 0; i < r->sim->target_count; i++) {
		fputc(i ? ',' : '{', t.out);
		write_target(t.out, r->sim, &r->sim->targets[i]);
	}
	state_unlock(r->sim);
	fputs("}\n", t.out);
	char *body = text_take(&t, &len);
	answer_begin(a, 200);
	answer_header(a, "Content-Type", "application/json");
	answer_body_take(a, body, len);
}

static const struct {
	const char *method, *path;
	void (*answer)(const struct request *r, struct answer *a);
} ROUTES[] = {
    {"POST", "/set", set},
    {"POST", "/wait", wait_for_polls},
    {"GET", "/stats", stats},
    {"POST", "/webhook", pages_take},
    {"GET", "/pages", pages_list},
    {"GET", "/pages/wait", pages_await},
};

static void control_answer(const struct request *r, struct answer *a)
{
	const char *other_method = NULL;
	for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++) {
		if (strcmp(ROUTES[i].path, r->path) != 0)
			continue;
		if (strcmp(ROUTES[i].method, r->method) == 0) {
			ROUTES[i].answer(r, a);
			return;
		}
		other_method = ROUTES[i].method;
	}
	if (other_method) {
		say(a, 405, "wrong method");
		answer_header(a, "Allow", "%s", other_method);
	} else {
		say(a, 404, "there are: POST /set /wait /webhook, GET /stats /pages /pages/wait");
	}
}

static void control_refuse(const struct request *r, struct answer *a, unsigned code)
{
	(void)r;
	say(a, code, "refused");
}

const struct service control_service = {.answer = control_answer, .refuse = control_refuse};
