/*
 * How long each client may owe the rest of a request. libmicrohttpd's own timeout is for silence; a client
 * that sends a byte now and then would hold its place for ever, and enough of them all places.
 */
#ifndef HAWATCH_SERVE_REQUEST_DEADLINES_H
#define HAWATCH_SERVE_REQUEST_DEADLINES_H

#include "base/units.h"

#include <stdbool.h>

/* One connection, from its opening to its end. */
struct request_deadline {
	struct request_deadline *next, **link;
	int fd;
	mono_ms waiting_since; /* for a request; MONO_NEVER while one is being answered */
	bool has_asked;        /* a whole request has come */
};

/* A connection was opened on `fd`, or ended. The list is the server thread's own. */
struct request_deadline *request_deadlines_open(struct request_deadline **list, int fd, mono_ms now);
void request_deadlines_close(struct request_deadline *client);

/* A whole request has come, body and all; its answer has gone. */
void request_deadlines_asked(struct request_deadline *client);
void request_deadlines_answered(struct request_deadline *client, mono_ms now);

/* Shuts the sockets of those that have been waited for too long; the server then sees them end. */
void request_deadlines_cut(struct request_deadline *list, mono_ms now);

#endif
