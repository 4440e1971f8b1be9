/* An order: to begin or end a maintenance window, or to reload. Its content, and how its parameters are read. */
#pragma once

#include "api.h"
#include "base/err.h"
#include "decide/maintenance.h"
#include "decide/obs.h"

/* A client of the control socket, as the kernel names it: user and process id in decimal, "" when unknown. */
struct asker {
	char uid[16], pid[16];
};

struct order {
	bool is_reload; /* of the configuration: of the content only `asker`, and of the result also `mistakes` */
	char pair[64];
	enum side_id side;             /* SIDES_MAX: no such side */
	char action[8], side_name[16]; /* as they were given, cut; "" for none */
	bool is_begin;                 /* of a window; else its end */
	bool is_forced;
	int64_t for_ms;
	char reason[MAINTENANCE_REASON_MAX]; /* valid UTF-8, every character text_is_shown(); "": none */

	struct asker asker;

	/* The result: API_NO_ERROR if done, else why not. */
	enum api_error kind;
	struct err error;
	struct errs *mistakes; /* of a configuration that was refused; owned; NULL: none */

	struct order *next; /* in a queue */
	void *ctx;          /* for the server: the request of this order */
};

/*
 * Reads all parameters except `pair`, which the caller looks up; NULL: not given. On false, `order` has the
 * kind of error and a text that names the parameter and the fix.
 */
bool order_parse(const char *const params[API_PARAMS], struct order *order) __attribute__((warn_unused_result));

/* Frees one of the heap with what it owns; NULL is allowed. */
void order_free(struct order *order);

/* Logs one line per finished order: who asked for what, and the result. */
void order_log(const struct order *order);
