/*
 * Non-blocking HTTP requests with libcurl. A request goes in; status and body chunks come out. TLS is
 * verified, redirects are not followed, proxies from the environment are not used.
 */
#pragma once

#include "base/err.h"
#include "base/units.h"
#include "decide/reach.h"
#include "decode/refusal.h"
#include "fetch/fetch_request.h"

#include <poll.h>
#include <stddef.h>

struct fetch;     /* all transfers of one poll loop, and their connections */
struct fetch_job; /* one transfer at a time; its connection is kept for the next */

struct fetch_result {
	struct answer answer;
	int64_t duration_ms;    /* excludes the time in the queue */
	int64_t retry_after_ms; /* Retry-After of a 429 or 503, as ms; 0: none */
	wall_ms date;           /* the server's Date header, 1 s resolution; WALL_UNKNOWN without one */
	struct refusal refusal; /* the body of an error status */
	char detail[256];       /* error text for people; "" on success */
	struct connection connection;
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
