/*
 * Non-blocking HTTP requests with libcurl. A request goes in; status and body chunks come out. TLS is
 * verified, redirects are not followed, proxies from the environment are not used.
 */
#pragma once

#include "base/err.h"
#include "base/units.h"
#include "decide/obs.h"
#include "decode/refusal.h"

#include <poll.h>
#include <stddef.h>

struct fetch;     /* all transfers of one poll loop, and their connections */
struct fetch_job; /* one transfer at a time; its connection is kept for the next */

/* How to reach a server, besides URL and bearer token. Everything is borrowed until the transfer has ended. */
struct fetch_tls {
	const char *ca_pem;             /* trust these CAs only; NULL: the system's CAs */
	const char *ca_name;            /* where they come from, for messages; NULL with them */
	const char *server_name;        /* SNI and verified name instead of the URL's host; may be NULL */
	bool insecure;                  /* no TLS verification */
	const char *cert_pem, *key_pem; /* client certificate and unencrypted key (a secret); NULL: none */
	const char *cert_name;          /* where the certificate comes from, for messages; NULL with it */
	const char *basic;              /* user:password for HTTP basic auth (a secret); NULL: none */
	const char *headers;            /* more request headers, each ended by \n; NULL: none */
	const char *proxy;              /* URL in libcurl's form, with scheme; may be a secret; NULL: none */
	bool uncompressed;              /* do not offer gzip */
};

struct fetch_result {
	struct answer answer;
	int64_t duration_ms;    /* excludes the time in the queue */
	int64_t retry_after_ms; /* Retry-After of a 429 or 503, as ms; 0: none */
	wall_ms date;           /* the server's Date header, 1 s resolution; WALL_UNKNOWN without one */
	struct refusal refusal; /* the body of an error status */
	char detail[256];       /* error text for people; "" on success */
};

struct fetch_request {
	const char *url;
	const char *bearer; /* NULL: none. A secret */
	const char *form;   /* NULL: GET; else POST this form. Its last value is a secret */
	bool wants_head;    /* HEAD instead of GET: no body */
	struct fetch_tls tls;
	int64_t delay_ms;   /* wait before the start; like the queue time, not part of timeout or duration */
	int64_t timeout_ms; /* for the whole request after its start, with name lookup and connect */
	size_t max_bytes;   /* of the decompressed body */
	bool gives_way;     /* other requests go first; requests like this take at most half of the places */
	/* Receives body chunks of a 200 as they arrive. Returning false with `e` filled ends the transfer as
	 * POLL_PARSE. NULL: the body is not needed. */
	bool (*on_body)(void *ctx, const char *bytes, size_t len, struct err *e);
	/* Called exactly once per start that was not cancelled. May start the job again. */
	void (*on_done)(void *ctx, const struct fetch_result *result);
	void *ctx;
};

/* At most `max_in_flight` requests run at once; the others wait in order of arrival. */
struct fetch *fetch_new(int max_in_flight);

/* Free every job first. Clears the caller's pointer. */
void fetch_free(struct fetch **fetch);

struct fetch_job *fetch_job_new(struct fetch *fetch);

/* Cancels a running request and frees the job. Clears the caller's pointer; `*job` may be NULL. */
void fetch_job_free(struct fetch_job **job);

/* Starts a request on an idle job. Its texts must stay valid until it has ended. Failures also arrive in
 * on_done. */
void fetch_start(struct fetch_job *job, const struct fetch_request *request);

/*
 * Sleeps until a transfer or one of `fds` is ready, at most `timeout_ms`. Sets `revents`. The loop's only
 * blocking call.
 */
void fetch_wait(struct fetch *fetch, struct pollfd *fds, size_t fd_count, int64_t timeout_ms);

/* Advances all transfers and calls on_done of those that have ended. `now` is this turn's clock reading. */
void fetch_perform(struct fetch *fetch, mono_ms now);

/* Appends `text` to `out`, percent-encoded for a query or a form. */
struct buf;
void fetch_encode(struct buf *out, const char *text);
