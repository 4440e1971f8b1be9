#define _DEFAULT_SOURCE /* explicit_bzero */
#include "fetch/fetch.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/fetch_answer.h"
#include "fetch/fetch_connection.h"
#include "fetch/fetch_inflate.h"
#include "fetch/fetch_lookup.h"
#include "fetch/fetch_memory.h"
#include "fetch/fetch_options.h"
#include "fetch/fetch_peer.h"
#include "fetch/fetch_reason.h"
#include "os/log.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * JSON lists of real clusters compress by a factor of 5 to 15; gzip can reach 1000. A body that inflates by
 * more than INFLATION_MAX is a decompression bomb: it would keep the loop busy long before it reached
 * max_bytes.
 */
enum { INFLATION_MAX = 200, INFLATION_FROM_BYTES = 1 << 20 };

enum { HEADERS_MAX_BYTES = 64 << 10 };

/*
 * What one answer may give to its reader in a turn of the loop; it goes on in the next. So no server keeps the loop
 * from the others, however fast it sends or however far its bytes inflate: this takes less than a millisecond. One read
 * of libcurl's, of 16 kB, is always taken whole, whatever it inflates to; is_too_large() limits that.
 * (CURLOPT_BUFFERSIZE cannot make it smaller: libcurl 7.88 overruns the buffer of a handle that curl_easy_reset() was
 * called for.)
 */
enum { TURN_MAX_BYTES = 256 << 10 };

struct fetch {
	CURLM *multi;
	mono_ms now;
	int running, max_in_flight;
	int giving_way; /* how many of the running jobs give way */
	long jobs;
	struct fetch_job *waiting; /* oldest first */
	struct fetch_job *paused;  /* until the next turn */
	uint64_t turn;
	struct fetch_peer *others; /* of all servers that have none of their own */
	CURL **idle;               /* handles that no job uses now; there are as many as have run at once */
	int idle_count;
};

/* Why a request fails: there are many more jobs than requests that run. */
struct fetch_texts {
	struct err stop;
	char curl[CURL_ERROR_SIZE];
};

struct fetch_job {
	struct fetch *fetch;
	CURL *easy; /* while it runs; the texts, too */
	struct fetch_texts *texts;
	enum { JOB_IDLE, JOB_WAITING, JOB_RUNNING } stage;
	struct fetch_job *next; /* the next in the queue, or of those that pause */
	bool is_paused;
	mono_ms not_before;
	struct fetch_request request;
	struct fetch_lookup lookup;
	struct fetch_lists lists;
	size_t header_bytes, body_bytes;
	size_t sent_bytes; /* of the body, as it is sent: compressed */
	struct fetch_inflate *inflate;
	uint64_t turn;     /* the last one in which it had bytes, */
	size_t turn_bytes; /* and how many */
	struct buf error_body;
	enum poll_reason stopped_for; /* why a callback ended the transfer; POLL_OK: no callback did */
};

struct fetch *fetch_new(int max_in_flight)
{
	struct fetch *f = mem_zeroed(1, sizeof *f);
	f->max_in_flight = max_in_flight;
	f->idle = mem_zeroed((size_t)max_in_flight, sizeof *f->idle);
	CURLcode failed = fetch_memory_init();
	if (failed)
		log_fatal("cannot start libcurl; hawatchd ends", curl_easy_strerror(failed));
	if (!(f->multi = curl_multi_init()))
		mem_end();
	f->others = fetch_peer_join(NULL);
	return f;
}

void fetch_free(struct fetch **fetch)
{
	if (!*fetch)
		return;
	while ((*fetch)->idle_count)
		curl_easy_cleanup((*fetch)->idle[--(*fetch)->idle_count]);
	free((*fetch)->idle);
	fetch_peer_free(&(*fetch)->others);
	curl_multi_cleanup((*fetch)->multi);
	curl_global_cleanup();
	free(*fetch);
	*fetch = NULL;
}

/* Every job keeps its connection. libcurl's default would keep four per transfer in flight. */
static void count_job(struct fetch *fetch, int change)
{
	fetch->jobs += change;
	curl_multi_setopt(fetch->multi, CURLMOPT_MAXCONNECTS, fetch->jobs + 1);
}

struct fetch_job *fetch_job_new(struct fetch *fetch)
{
	struct fetch_job *job = mem_zeroed(1, sizeof *job);
	job->fetch = fetch;
	job->error_body = buf_of_secret(REFUSAL_BODY_MAX_BYTES);
	count_job(fetch, 1);
	return job;
}

static CURL *take_handle(struct fetch *fetch)
{
	CURL *easy = fetch->idle_count ? fetch->idle[--fetch->idle_count] : curl_easy_init();
	if (!easy)
		mem_end();
	return easy;
}

/* No secret and no pointer stays in it; its connection stays where it was kept, for the next request. */
static void give_back_handle(struct fetch *fetch, CURL *easy)
{
	curl_multi_remove_handle(fetch->multi, easy);
	curl_easy_reset(easy);
	curl_easy_setopt(easy, CURLOPT_SHARE, NULL);
	fetch->idle[fetch->idle_count++] = easy;
}

static void unlink_job(struct fetch_job **first, struct fetch_job *job)
{
	while (*first != job)
		first = &(*first)->next;
	*first = job->next;
}

static void stop(struct fetch_job *job)
{
	struct fetch *fetch = job->fetch;
	if (job->stage == JOB_WAITING)
		unlink_job(&fetch->waiting, job);
	if (job->is_paused)
		unlink_job(&fetch->paused, job);
	job->is_paused = false;
	if (job->stage == JOB_RUNNING) {
		give_back_handle(fetch, job->easy);
		job->easy = NULL;
		free(job->texts);
		job->texts = NULL;
		fetch_lists_fini(&job->lists);
		fetch_inflate_free(&job->inflate);
		fetch->running--;
		fetch->giving_way -= job->request.gives_way;
	}
	job->stage = JOB_IDLE;
}

void fetch_job_free(struct fetch_job **job)
{
	if (!*job)
		return;
	stop(*job);
	count_job((*job)->fetch, -1);
	buf_fini(&(*job)->error_body);
	free(*job);
	*job = NULL;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct fetch_job *job = ctx;
	(void)bytes;
	job->header_bytes += size * count;
	if (job->header_bytes <= HEADERS_MAX_BYTES)
		return size * count;
	job->stopped_for = POLL_TOO_LARGE;
	err_set(&job->texts->stop, "headers larger than %d bytes", HEADERS_MAX_BYTES);
	return 0;
}

static bool is_too_large(struct fetch_job *job)
{
	if (job->body_bytes > job->request.max_bytes)
		return !err_set(&job->texts->stop, "response body larger than %zu bytes", job->request.max_bytes);
	if (job->body_bytes > INFLATION_FROM_BYTES && job->body_bytes / INFLATION_MAX > job->sent_bytes)
		return !err_set(&job->texts->stop, "response body inflates more than %d-fold", INFLATION_MAX);
	return false;
}

static bool has_had_its_turn(struct fetch_job *job)
{
	if (job->turn != job->fetch->turn)
		job->turn_bytes = 0;
	job->turn = job->fetch->turn;
	return job->turn_bytes >= TURN_MAX_BYTES;
}

static size_t pause_until_next_turn(struct fetch_job *job)
{
	job->is_paused = true;
	job->next = job->fetch->paused;
	job->fetch->paused = job;
	return CURL_WRITEFUNC_PAUSE;
}

static bool take_body(void *ctx, const char *bytes, size_t len)
{
	struct fetch_job *job = ctx;
	long status = 0;
	job->turn_bytes += len;
	job->body_bytes += len;
	curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
	if (is_too_large(job)) {
		job->stopped_for = POLL_TOO_LARGE;
		return false;
	}
	if (status != 200)
		buf_put_fitting(&job->error_body, bytes, len);
	return status != 200 || !job->request.on_body ||
	    job->request.on_body(job->request.ctx, bytes, len, &job->texts->stop);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct fetch_job *job = ctx;
	struct err *stop = &job->texts->stop;
	size_t len = size * count;
	if (has_had_its_turn(job))
		return pause_until_next_turn(job);
	bool is_good = job->sent_bytes || fetch_inflate_begin(job->easy, &job->inflate, stop);
	job->sent_bytes += len;
	is_good = is_good &&
	    (job->inflate ? fetch_inflate_feed(job->inflate, bytes, len, take_body, job, stop)
			  : take_body(job, bytes, len));
	if (!is_good && job->stopped_for == POLL_OK)
		job->stopped_for = POLL_PARSE;
	return is_good ? len : 0;
}

/*
 * Runs in every turn of the loop. Only the lookup has a deadline inside the request's timeout: a server that is slow to
 * send the status line is alive. A body that arrives too slowly ends with the total timeout. It came after a good
 * status line, so it is no evidence that the server is down.
 */
static int on_progress(void *ctx, curl_off_t due, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
	struct fetch_job *job = ctx;
	curl_off_t total_us = 0;
	(void)due, (void)got, (void)to_send, (void)sent;
	curl_easy_getinfo(job->easy, CURLINFO_TOTAL_TIME_T, &total_us);
	if (!fetch_lookup_is_late(&job->lookup, total_us / 1000, &job->texts->stop))
		return 0;
	job->stopped_for = POLL_DNS;
	return 1;
}

static void set_callbacks(struct fetch_job *job)
{
	CURL *easy = job->easy;
	set_option(easy, CURLOPT_PRIVATE, job);
	set_option(easy, CURLOPT_ERRORBUFFER, job->texts->curl);
	set_option(easy, CURLOPT_HEADERFUNCTION, on_header);
	set_option(easy, CURLOPT_HEADERDATA, job);
	set_option(easy, CURLOPT_WRITEFUNCTION, on_body);
	set_option(easy, CURLOPT_WRITEDATA, job);
	set_option(easy, CURLOPT_NOPROGRESS, 0L);
	set_option(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	set_option(easy, CURLOPT_XFERINFODATA, job);
}

static void begin(struct fetch_job *job)
{
	struct fetch *fetch = job->fetch;
	struct fetch_peer *peer = job->request.tls.peer;
	job->easy = take_handle(fetch);
	job->texts = mem_zeroed(1, sizeof *job->texts);
	fetch_options_set(job->easy, &job->request, &job->lists);
	/* Always one: libcurl loses what a handle has kept for itself when it begins to share. */
	set_option(job->easy, CURLOPT_SHARE, fetch_peer_share(peer ? peer : fetch->others));
	set_callbacks(job);
	fetch_lookup_begin(&job->lookup, job->easy, &job->request);
	CURLMcode failed = curl_multi_add_handle(fetch->multi, job->easy);
	if (failed)
		log_fatal("cannot start a request; hawatchd ends", curl_multi_strerror(failed));
	job->stage = JOB_RUNNING;
	fetch->running++;
	fetch->giving_way += job->request.gives_way;
}

static bool has_place(const struct fetch *fetch, bool gives_way)
{
	return fetch->running < fetch->max_in_flight &&
	    (!gives_way || fetch->giving_way < (fetch->max_in_flight + 1) / 2);
}

static void begin_waiting_of(struct fetch *fetch, bool gives_way)
{
	for (struct fetch_job **at = &fetch->waiting; *at && has_place(fetch, gives_way);) {
		struct fetch_job *job = *at;
		if (job->request.gives_way != gives_way || mono_since(job->not_before, fetch->now) < 0) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		begin(job);
	}
}

/* Starts waiting jobs. With libcurl's own limit the time in the queue would count towards their timeout. */
static void begin_waiting(struct fetch *fetch)
{
	begin_waiting_of(fetch, false);
	begin_waiting_of(fetch, true);
}

void fetch_start(struct fetch_job *job, const struct fetch_request *request)
{
	struct fetch *fetch = job->fetch;
	if (job->stage != JOB_IDLE)
		abort(); /* on_done of the running request would never come */
	job->request = *request;
	job->header_bytes = job->body_bytes = job->sent_bytes = 0;
	job->stopped_for = POLL_OK;
	buf_reset(&job->error_body);
	job->not_before = request->delay_ms ? mono_plus(fetch->now, request->delay_ms) : MONO_NEVER;
	job->next = NULL;
	job->stage = JOB_WAITING;
	struct fetch_job **end = &fetch->waiting;
	while (*end)
		end = &(*end)->next;
	*end = job;
	begin_waiting(fetch);
}

void fetch_wait(struct fetch *fetch, struct pollfd *fds, size_t fd_count, int64_t timeout_ms)
{
	struct curl_waitfd waits[4];
	if (fetch->paused)
		timeout_ms = 0;
	for (const struct fetch_job *job = fetch->waiting; job; job = job->next)
		if (has_place(fetch, job->request.gives_way) && /* it waits only for not_before */
		    mono_since(fetch->now, job->not_before) < timeout_ms)
			timeout_ms = mono_since(fetch->now, job->not_before);
	if (fd_count > sizeof waits / sizeof *waits)
		abort();
	for (size_t i = 0; i < fd_count; i++)
		waits[i] = (struct curl_waitfd){.fd = fds[i].fd, .events = CURL_WAIT_POLLIN};
	int ms = timeout_ms < 0 ? 0 : timeout_ms > 60000 ? 60000 : (int)timeout_ms;
	curl_multi_poll(fetch->multi, waits, (unsigned)fd_count, ms, NULL);
	for (size_t i = 0; i < fd_count; i++)
		fds[i].revents = waits[i].revents & CURL_WAIT_POLLIN ? POLLIN : 0;
}

static enum poll_reason reason_of(const struct fetch_job *job, CURLcode code, int status)
{
	/* An HTTP error status tells more than how the body ended. */
	if (status && obs_reason_of_status(status) != POLL_OK)
		return obs_reason_of_status(status);
	if (job->stopped_for != POLL_OK)
		return job->stopped_for;
	return fetch_reason(job->easy, code, status, job->texts->curl, job->request.tls.proxy);
}

/* Reads the error body and removes the credentials that the request sent. */
static struct refusal read_refusal(const struct fetch_job *job)
{
	const char *last = job->request.form ? strrchr(job->request.form, '=') : NULL;
	char *decoded = last ? curl_easy_unescape(NULL, last + 1, 0, NULL) : NULL;
	if (last && !decoded)
		mem_end(); /* the credential could not be taken out of the text */
	const char *basic = job->request.tls.basic, *password = basic ? strchr(basic, ':') : NULL;
	const char *const secrets[] = {job->request.bearer, decoded, basic, password ? password + 1 : NULL};
	struct refusal r =
	    refusal_read(buf_text(&job->error_body), job->error_body.len, secrets, sizeof secrets / sizeof *secrets);
	if (decoded)
		explicit_bzero(decoded, strlen(decoded));
	curl_free(decoded);
	return r;
}

static void take_refusal(struct fetch_job *job, struct fetch_result *result)
{
	int status = result->answer.status;
	result->retry_after_ms = fetch_answer_retry_after_ms(job->easy, status);
	result->refusal = read_refusal(job);
	snprintf(result->detail, sizeof result->detail, "HTTP status %d%s%s", status, *result->refusal.text ? ": " : "",
	    result->refusal.text);
}

static void finish(struct fetch_job *job, CURLcode code)
{
	struct fetch_result result = {0};
	long status = 0;
	curl_off_t total_us = 0;
	curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(job->easy, CURLINFO_TOTAL_TIME_T, &total_us);
	if (fetch_lookup_lacks_socket(&job->lookup, job->easy, code, &job->texts->stop))
		job->stopped_for = POLL_INTERNAL;
	if (code == CURLE_OK && !fetch_inflate_has_ended(job->inflate)) {
		job->stopped_for = POLL_PARSE;
		err_set(&job->texts->stop, "the body's gzip stream is not complete");
	}
	result.answer.status = (int)status;
	result.answer.reason = job->lookup.has_address ? POLL_OK : reason_of(job, code, (int)status);
	result.duration_ms = total_us / 1000;
	result.date = fetch_answer_date(job->easy);
	result.connection = fetch_connection_of(job->easy, job->request.url);
	const char *text = job->lookup.has_address           ? ""
	    : job->stopped_for != POLL_OK                    ? job->texts->stop.text
	    : fetch_reason_is_long_header(code, (int)status) ? "a header of the answer is too long"
	    : job->texts->curl[0]                            ? job->texts->curl
	    : code != CURLE_OK                               ? curl_easy_strerror(code)
							     : "";
	if (status && obs_reason_of_status((int)status) != POLL_OK)
		take_refusal(job, &result);
	else {
		text_copy(result.detail, sizeof result.detail, text);
		fetch_reason_put_file(
		    code, job->request.tls.ca_name, job->request.tls.cert_name, result.detail, sizeof result.detail);
	}
	stop(job);
	job->request.on_done(job->request.ctx, &result);
}

static struct fetch_job *paused_before(const struct fetch *fetch)
{
	struct fetch_job *job = fetch->paused;
	while (job && job->turn == fetch->turn)
		job = job->next;
	return job;
}

/* One may pause again, and on_done may start or cancel others. */
static void go_on(struct fetch *fetch)
{
	for (struct fetch_job *job; (job = paused_before(fetch));) {
		unlink_job(&fetch->paused, job);
		job->is_paused = false;
		CURLcode code = curl_easy_pause(job->easy, CURLPAUSE_CONT);
		if (code != CURLE_OK) /* on_body() has ended it, and libcurl does not tell of it again */
			finish(job, code);
	}
}

void fetch_perform(struct fetch *fetch, mono_ms now)
{
	int running, left;
	CURLMsg *message;
	fetch->now = now;
	fetch->turn++;
	go_on(fetch);
	begin_waiting(fetch);
	curl_multi_perform(fetch->multi, &running);
	while ((message = curl_multi_info_read(fetch->multi, &left))) {
		char *private = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result; /* invalid after the handle is removed */
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		finish((struct fetch_job *)(void *)private, code);
	}
	begin_waiting(fetch); /* finished jobs freed places */
}
