/* How requests are answered: a table of paths, served from the current rendering; orders go to the poller. */
#pragma once

#include "serve/clients.h"
#include "serve/listen.h"
#include "serve/serving.h"

#include <microhttpd.h>

struct route;

/* One request. */
struct exchange {
	struct MHD_Connection *connection;
	struct serving *serving;
	struct client *client;
	enum listener_kind kind;
	bool is_by_network;  /* not by a Unix socket */
	const char *problem; /* of the request's header; NULL: none */
	struct order *order; /* on the heap, owned by the request after it was submitted; NULL: no order */

	const char
	    *path; /* below the prefix; NULL: outside of it. This and the following members are private to routes.c */
	const struct route *route;
	int64_t retry_after_s; /* of an error; 0: there is none */
	bool is_head;
	struct rendering *rendering; /* borrowed during one call; NULL before the first snapshot */
};

/* Whether a route has this path, other than the metrics. */
bool routes_has(const char *path);

/*
 * Queues the response. Or leaves the connection suspended, and is to be called again: with `x->order`, which it has
 * set, after that was answered; without one, after the request's password was hashed.
 */
enum MHD_Result routes_answer(struct exchange *x, const char *path, const char *method);
