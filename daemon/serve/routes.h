/*
 * What each request is answered with: one table of paths, served from the published snapshot, and the orders
 * that go to the poller.
 */
#ifndef HAWATCH_SERVE_ROUTES_H
#define HAWATCH_SERVE_ROUTES_H

#include "shared/orders.h"
#include "shared/publish.h"

#include <microhttpd.h>

struct route;

/* One request. */
struct exchange {
	struct MHD_Connection *connection;
	struct publish *publish;
	struct orders *orders; /* NULL where nothing may be changed */
	struct order *order;     /* on the heap, the request's from when it was submitted; NULL: none was */

	const char *path; /* routes.c's own, and what follows */
	const struct route *route;
	struct snapshot *snapshot; /* held while a call lasts; NULL before the first */
};

/*
 * Queues the response; or, with a new order in `x->order`, leaves the connection suspended until the order has
 * been answered, and is then to be called again with that order.
 */
enum MHD_Result routes_answer(struct exchange *x, const char *path, const char *method);

#endif
