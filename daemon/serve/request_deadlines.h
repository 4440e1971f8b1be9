/*
 * How long a client may take to send a complete request. libmicrohttpd's own timeout only covers silence: a
 * client that sends a byte now and then would keep its connection for ever, and many such clients would use
 * up all connections.
 */
#pragma once

#include "base/units.h"

#include <stdbool.h>

/* One connection, from open to close. */
struct request_deadline {
	struct request_deadline *next, **link;
	int fd;
	mono_ms waiting_since; /* waiting for a request since then; MONO_NEVER while answering */
	bool has_asked;        /* a complete request has arrived */
};

/* A connection was opened on `fd`, or closed. Only the server thread uses the list. */
struct request_deadline *request_deadlines_open(struct request_deadline **list, int fd, mono_ms now);
void request_deadlines_close(struct request_deadline *client);

/* A complete request, with its body, has arrived; its answer has been sent. */
void request_deadlines_asked(struct request_deadline *client);
void request_deadlines_answered(struct request_deadline *client, mono_ms now);

/* Shuts down the sockets of overdue clients; the server then closes these connections. */
void request_deadlines_cut(struct request_deadline *list, mono_ms now);
