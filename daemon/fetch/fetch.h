/*
 * HTTP requests without waiting: libcurl, and nothing but libcurl. A request goes in, status and body
 * chunks come out. TLS is verified, redirects are not followed, proxies of the environment are not used.
 */
#ifndef HAWATCH_FETCH_FETCH_H
#define HAWATCH_FETCH_FETCH_H

#include "base/err.h"
#include "base/units.h"
#include "decide/obs.h"
#include "decode/refusal.h"

#include <poll.h>
#include <stddef.h>

struct fetch;     /* all transfers of one loop, and their connections */
struct fetch_job; /* one transfer at a time; its connection is kept for the next */

/* The way to a server beyond its URL and bearer. All borrowed until the transfer has ended. */
struct fetch_tls {
	const char *ca_pem;      /* these CAs only; NULL: the system's */
	const char *server_name; /* verify and ask for this name instead of the URL's host; may be NULL */
	bool insecure;           /* verify nothing */
	const char *cert_pem, *key_pem; /* our certificate and its unencrypted key, a secret; NULL: none */
	const char *basic;              /* user:password for HTTP, a secret; NULL: none */
	const char *proxy;              /* as libcurl has it, with its scheme; may be a secret; NULL: none */
	bool uncompressed;              /* do not offer gzip */
};

struct fetch_result {
	struct answer answer;
	int64_t duration_ms;    /* without the time in the queue */
	int64_t retry_after_ms; /* what a 429 or 503 asked for, seconds or date; 0: nothing */
	wall_ms date;           /* the server's own clock, to the second; unknown where it did not say */
	struct refusal refusal; /* what came with an error status */
	char detail[256];       /* for people: what went wrong; "" on success */
};

struct fetch_request {
	const char *url;
	const char *bearer; /* NULL: none. A secret */
	const char *form;   /* NULL: GET; else POST this form. Its last value is a secret */
	bool wants_head;    /* HEAD instead of GET: no body comes */
	struct fetch_tls tls;
	int64_t delay_ms;   /* before it begins; like its time in the queue no part of timeout or duration */
	int64_t timeout_ms; /* of the whole request once begun, name lookup and connecting included */
	size_t max_bytes; /* of the body, decompressed */
	bool gives_way;   /* others go first, and those like it take half of the places at most */
	/* Body chunks of a 200, as they come; false with the error filled ends the transfer as POLL_PARSE.
	 * NULL: the body is not wanted. */
	bool (*on_body)(void *ctx, const char *bytes, size_t len, struct err *e);
	/* The end, exactly once for each start that was not cancelled. May start the job again. */
	void (*on_done)(void *ctx, const struct fetch_result *result);
	void *ctx;
};

/* At most `max_in_flight` requests run at once; the others wait their turn, first come first served. */
struct fetch *fetch_new(int max_in_flight);

/* Every job must have been freed before. Clears the caller's pointer. */
void fetch_free(struct fetch **fetch);

struct fetch_job *fetch_job_new(struct fetch *fetch);

/* Cancels what is in flight and frees. Clears the caller's pointer; NULL inside is allowed. */
void fetch_job_free(struct fetch_job **job);

/* Starts a request on an idle job. Texts must stay until it has ended. Failures come by on_done too. */
void fetch_start(struct fetch_job *job, const struct fetch_request *request);

/*
 * Sleeps until a transfer or one of `fds` has something to do, at most `timeout_ms`. `revents` is set on
 * return. The loop's only blocking call.
 */
void fetch_wait(struct fetch *fetch, struct pollfd *fds, size_t fd_count, int64_t timeout_ms);

/* Moves all transfers on and calls the callbacks of those that have ended. `now` is the turn's reading. */
void fetch_perform(struct fetch *fetch, mono_ms now);

/* Appends `text` to `out` percent-encoded for a query or a form. */
struct buf;
void fetch_encode(struct buf *out, const char *text);

#endif
