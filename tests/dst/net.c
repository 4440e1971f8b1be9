/*
 * daemon/fetch/fetch.h on the simulated world, in place of libcurl. A request takes its time on the machine's clock,
 * and meets the network and the service as they are when it gets there.
 */
#include "fetch/fetch.h"
#include "fetch/fetch_peer.h"

#include "invariants.h"
#include "machine.h"
#include "process.h"
#include "world.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As fetch.c has them. */
enum { NAME_LOOKUP_MAX_MS = 2000, CONNECT_MAX_MS = 5000 };

struct fetch {
	mono_ms now;
	int running, max_in_flight, giving_way;
	struct fetch_job *waiting, *under_way; /* oldest first */
};

struct fetch_job {
	struct fetch *fetch;
	enum { JOB_IDLE, JOB_WAITING, JOB_RUNNING } stage;
	struct fetch_job *next;
	struct fetch_request request;
	size_t target;
	mono_ms not_before, started_at, ends_at;
};

struct fetch *fetch_new(int max_in_flight)
{
	struct fetch *f = mem_zeroed(1, sizeof *f);
	f->max_in_flight = max_in_flight;
	f->now = machine_mono();
	return f;
}

void fetch_free(struct fetch **fetch)
{
	if (*fetch && ((*fetch)->waiting || (*fetch)->under_way))
		machine_fail("requests are left when the loop ends");
	free(*fetch);
	*fetch = NULL;
}

/* Here nothing is kept of a server. */
struct fetch_peer *fetch_peer_join(struct fetch_peer *last)
{
	(void)last;
	return NULL;
}

void fetch_peer_free(struct fetch_peer **peer)
{
	(void)peer;
}

struct fetch_job *fetch_job_new(struct fetch *fetch)
{
	struct fetch_job *job = mem_zeroed(1, sizeof *job);
	job->fetch = fetch;
	return job;
}

static void leave(struct fetch_job **list, struct fetch_job *job)
{
	while (*list != job)
		list = &(*list)->next;
	*list = job->next;
}

static void join(struct fetch_job **list, struct fetch_job *job)
{
	while (*list)
		list = &(*list)->next;
	job->next = NULL;
	*list = job;
}

static void stop(struct fetch_job *job)
{
	struct fetch *f = job->fetch;
	if (job->stage == JOB_WAITING)
		leave(&f->waiting, job);
	if (job->stage == JOB_RUNNING) {
		leave(&f->under_way, job);
		f->running--;
		f->giving_way -= job->request.gives_way;
	}
	job->stage = JOB_IDLE;
}

void fetch_job_free(struct fetch_job **job)
{
	if (!*job)
		return;
	stop(*job);
	free(*job);
	*job = NULL;
}

static struct asked asked_of(const struct fetch_request *r)
{
	return (struct asked){r->form ? "POST" : r->wants_head ? "HEAD" : "GET", r->url, r->bearer, r->form};
}

static size_t target_of(const char *url)
{
	unsigned long port = 0;
	const char *host = strstr(url, "://") + 3;
	if (strncmp(host, "127.0.0.1:", 10) == 0)
		port = strtoul(host + 10, NULL, 10);
	if (port < WORLD_PORT || port >= WORLD_PORT + CLOUDSPACE_AT + world.side_count)
		machine_fail("a request to nobody: %s", url);
	return port - WORLD_PORT;
}

/* What the client sees when nobody answers. */
static const struct {
	enum poll_reason reason;
	int64_t after_ms;
	const char *detail;
} sights[MEETINGS] = {
    [MEETS_REFUSAL] = {POLL_CONNECT, 1, "Connection refused"},
    [MEETS_RESET] = {POLL_CONNECT, 20, "Connection reset by peer"},
    [MEETS_NOTHING] = {POLL_TIMEOUT, CONNECT_MAX_MS, "Connection timed out"},
    [MEETS_BAD_CERTIFICATE] = {POLL_TLS, 30, "SSL certificate problem"},
    [MEETS_NO_NAME] = {POLL_DNS, NAME_LOOKUP_MAX_MS, "Could not resolve host"},
};

/* Most answers come soon, and some do not. */
static int64_t duration_ms(const struct fetch_job *job)
{
	struct asked asked = asked_of(&job->request);
	int64_t delay_ms, ms = 3 + (int64_t)machine_pick(&machine.traffic, 60);
	enum meeting meets = world_meet(job->target, &asked, &delay_ms);
	if (machine_pick(&machine.traffic, 50) == 0)
		ms += (int64_t)machine_pick(&machine.traffic, 900);
	ms = meets == MEETS_ANSWER ? ms + delay_ms : sights[meets].after_ms;
	return ms < job->request.timeout_ms ? ms : job->request.timeout_ms;
}

static bool has_place(const struct fetch *f, bool gives_way)
{
	return f->running < f->max_in_flight && (!gives_way || f->giving_way < (f->max_in_flight + 1) / 2);
}

static void begin_waiting_of(struct fetch *f, bool gives_way)
{
	for (struct fetch_job *job = f->waiting, *next; job && has_place(f, gives_way); job = next) {
		next = job->next;
		if (job->request.gives_way != gives_way || mono_since(job->not_before, f->now) < 0)
			continue;
		leave(&f->waiting, job);
		join(&f->under_way, job);
		job->stage = JOB_RUNNING;
		job->started_at = f->now;
		job->ends_at = mono_plus(f->now, duration_ms(job));
		f->running++;
		f->giving_way += gives_way;
	}
}

static void begin_waiting(struct fetch *f)
{
	begin_waiting_of(f, false);
	begin_waiting_of(f, true);
}

void fetch_start(struct fetch_job *job, const struct fetch_request *request)
{
	if (job->stage != JOB_IDLE)
		machine_fail("a request on a job that is not idle: %s", request->url);
	job->request = *request;
	job->target = target_of(request->url);
	job->not_before = request->delay_ms ? mono_plus(job->fetch->now, request->delay_ms) : MONO_NEVER;
	job->stage = JOB_WAITING;
	invariants_see_request(job->target, request);
	join(&job->fetch->waiting, job);
	begin_waiting(job->fetch);
}

/* In chunks of any size. */
static void send_body(const struct fetch_job *job, const struct said *said, struct fetch_result *result)
{
	const struct fetch_request *r = &job->request;
	struct err e;
	for (size_t at = 0, len; r->on_body && at < said->len; at += len) {
		len = 1 + (size_t)machine_pick(&machine.traffic, said->len - at);
		if (r->on_body(r->ctx, said->body + at, len, &e))
			continue;
		result->answer.reason = POLL_PARSE;
		text_copy(result->detail, sizeof result->detail, e.text);
		return;
	}
}

static void take_refusal(const struct fetch_job *job, const struct said *said, struct fetch_result *result)
{
	const char *const hidden[] = {job->request.bearer};
	result->refusal = refusal_read(said->body, said->len, hidden, 1);
	result->retry_after_ms = said->status == 429 || said->status == 503 ? said->retry_after_s * 1000 : 0;
	snprintf(result->detail, sizeof result->detail, "HTTP status %d%s%s", said->status,
	    *result->refusal.text ? ": " : "", result->refusal.text);
}

/* How the body of a 200 ended. */
static enum poll_reason reason_of_body(const struct fetch_job *job, const struct said *said)
{
	if (said->is_slow || mono_since(job->started_at, job->fetch->now) >= job->request.timeout_ms)
		return POLL_TIMEOUT;
	if (said->is_endless || said->len > job->request.max_bytes)
		return POLL_TOO_LARGE;
	return said->is_cut ? POLL_PARSE : POLL_OK;
}

static void read_answer(const struct fetch_job *job, const struct asked *asked, struct fetch_result *result)
{
	struct said said = world_ask(job->target, asked);
	result->answer = (struct answer){obs_reason_of_status(said.status), said.status};
	result->date = (wall_ms){(int64_t)time(NULL) * 1000};
	if (result->answer.reason != POLL_OK) {
		take_refusal(job, &said, result);
		return;
	}
	result->answer.reason = reason_of_body(job, &said);
	if (result->answer.reason != POLL_OK)
		text_copy(result->detail, sizeof result->detail, "the body broke off");
	else
		send_body(job, &said, result);
}

/* The job is idle when on_done comes, so that it may start again. */
static void finish(struct fetch_job *job)
{
	struct fetch_result result = {
	    .date = WALL_UNKNOWN, .duration_ms = mono_since(job->started_at, job->fetch->now)};
	struct asked asked = asked_of(&job->request);
	int64_t delay_ms;
	enum meeting meets = world_meet(job->target, &asked, &delay_ms);
	if (meets == MEETS_ANSWER)
		read_answer(job, &asked, &result);
	else {
		result.answer.reason = sights[meets].reason;
		text_copy(result.detail, sizeof result.detail, sights[meets].detail);
	}
	stop(job);
	invariants_see_answer(job->target, &job->request, &result);
	job->request.on_done(job->request.ctx, &result);
}

void fetch_perform(struct fetch *f, mono_ms now)
{
	f->now = now;
	begin_waiting(f);
	for (struct fetch_job *job = f->under_way; job;) {
		if (mono_since(job->ends_at, now) < 0) {
			job = job->next;
			continue;
		}
		finish(job);
		job = f->under_way; /* on_done may have ended others */
	}
	begin_waiting(f);
}

/* The end of a turn: the loop sleeps, and the world goes on. */
void fetch_wait(struct fetch *f, struct pollfd *fds, size_t fd_count, int64_t timeout_ms)
{
	mono_ms wake = mono_plus(f->now, timeout_ms > 0 ? timeout_ms : 0);
	for (const struct fetch_job *job = f->waiting; job; job = job->next)
		if (has_place(f, job->request.gives_way))
			wake = mono_min(wake, job->not_before);
	for (const struct fetch_job *job = f->under_way; job; job = job->next)
		wake = mono_min(wake, job->ends_at);
	for (size_t i = 0; i < fd_count; i++)
		fds[i].revents = 0;
	if (process_sleep(mono_since(machine_mono(), wake)))
		poll(fds, fd_count, 0);
}
