/* One request: who asks, and what is known of the answer so far. */
#pragma once

#include "serve/clients.h"
#include "serve/listen.h"
#include "serve/serving.h"

#include <microhttpd.h>

struct route;

struct exchange {
	struct MHD_Connection *connection;
	struct serving *serving;
	struct client *client;
	enum listener_kind kind;
	bool is_by_network;  /* not by a Unix socket */
	const char *problem; /* of the request's header; NULL: none */
	struct order *order; /* on the heap, owned by the request after it was submitted; NULL: no order */

	/* This and the following members are for routes.c and what it calls. */
	const char *path; /* below the prefix; NULL: outside of it */
	const struct route *route;
	int64_t retry_after_s; /* of an error; 0: there is none */
	const char *allowed;   /* methods, of the error API_METHOD_NOT_ALLOWED */
	bool is_head;
	struct rendering *rendering; /* borrowed during one call; NULL before the first snapshot */
};
