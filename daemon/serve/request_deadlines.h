/*
 * How long each client may owe the rest of a request. libmicrohttpd's own timeout is for silence; a client
 * that sends a byte now and then would hold its place for ever, and enough of them all places.
 */
#ifndef HAWATCH_SERVE_REQUEST_DEADLINES_H
#define HAWATCH_SERVE_REQUEST_DEADLINES_H

#include "base/units.h"

#include <stdbool.h>

/* One connection, from its opening to its end. */
struct http_client {
	struct http_client *next, **link;
	int fd;
	mono_ms waiting_since; /* for a request; MONO_NEVER while one is being answered */
	bool has_asked;        /* a whole request has come */
};

/* A connection was opened on `fd`, or ended. The list is the server thread's own. */
struct http_client *http_client_open(struct http_client **list, int fd, mono_ms now);
void http_client_close(struct http_client *client);

/* A whole request has come, body and all; its answer has gone. */
void http_client_asked(struct http_client *client);
void http_client_answered(struct http_client *client, mono_ms now);

/* Shuts the sockets of those that have been waited for too long; the server then sees them end. */
void http_clients_cut(struct http_client *list, mono_ms now);

#endif
