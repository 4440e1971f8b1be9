/* An order to begin or end a maintenance window: what it says, and how its parameters are read. */
#ifndef HAWATCH_SHARED_ORDER_H
#define HAWATCH_SHARED_ORDER_H

#include "base/err.h"
#include "decide/maintenance.h"
#include "decide/obs.h"

enum { ORDER_USUAL_MS = 2 * 3600 * 1000 }; /* of a window whose length is not said */

struct order {
	char pair[64];
	enum side_id side;
	bool is_begin; /* of a window; else its end */
	bool is_forced;
	int64_t for_ms;
	char reason[MAINTENANCE_REASON_MAX]; /* clean UTF-8, "" for none */

	/* The answer, an HTTP status: 200; 404 or 409 with its error, or 503 when hawatchd stops. */
	unsigned status;
	struct err error;

	struct order *next; /* in a queue */
	void *ctx;          /* whose order it is; the server's business */
};

/* The parameters, each at most once; NULL: not given. */
enum order_param { PARAM_PAIR, PARAM_SIDE, PARAM_ACTION, PARAM_FOR, PARAM_REASON, PARAM_FORCE, ORDER_PARAMS };
extern const char *const order_param_names[ORDER_PARAMS];

/*
 * Fills all of `order` but `pair`, which is looked up elsewhere. False with an error that names parameter and
 * remedy, and its HTTP status in `order->status`.
 */
bool order_parse(const char *const params[ORDER_PARAMS], struct order *order, struct err *e)
    __attribute__((warn_unused_result));

#endif
