/* An order to begin or end a maintenance window: what it says, and how its parameters are read. */
#ifndef HAWATCH_SHARED_ORDER_H
#define HAWATCH_SHARED_ORDER_H

#include "api.h"
#include "base/err.h"
#include "decide/maintenance.h"
#include "decide/obs.h"

struct order {
	char pair[64];
	enum side_id side; /* SIDES_MAX: none that there is */
	bool is_begin; /* of a window; else its end */
	bool is_forced;
	int64_t for_ms;
	char reason[MAINTENANCE_REASON_MAX]; /* clean UTF-8, "" for none */

	/* Who asks, as the kernel says of the socket's other end. */
	int64_t uid, pid;

	/* The answer: API_NO_ERROR when it is done, else why not. */
	enum api_error kind;
	struct err error;

	struct order *next; /* in a queue */
	void *ctx;          /* whose order it is; the server's business */
};

/*
 * Fills what the parameters say but `pair`, which is looked up elsewhere; NULL: not given. False with the kind of
 * error in `order`, and a text that names parameter and remedy.
 */
bool order_parse(const char *const params[API_PARAMS], struct order *order) __attribute__((warn_unused_result));

/* One line: who asked for what, and whether it was done, or why not. Once for each order, when that is known. */
void order_log(const struct order *order);

#endif
