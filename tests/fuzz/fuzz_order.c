#define _DEFAULT_SOURCE /* strsep */
/* Orders for a maintenance window: a line for each parameter; an empty one is not given. */
#include "fuzz.h"
#include "shared/order.h"

static void check_done(const struct order *o, const char *const params[])
{
	const char *reason = params[API_REASON];
	PROMISE(o->kind == API_NO_ERROR && o->side < SIDES_MAX);
	PROMISE(strcmp(o->reason, reason ? reason : "") == 0 && !text_first_unshown(o->reason));
	PROMISE(o->is_begin == (strcmp(params[API_ACTION], "begin") == 0));
	PROMISE(o->is_begin ? o->for_ms > 0 && o->for_ms <= MAINTENANCE_LONGEST_MS : o->for_ms == 0 && !o->reason[0]);
	PROMISE(!o->is_forced || o->is_begin);
	PROMISE(strcmp(params[API_SIDE], side_id_names[o->side]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *params[API_PARAMS] = {NULL};
	struct order order = {0};
	char *text = fuzz_text(bytes, len), *at = text;
	for (int i = 0; i < API_PARAMS && at; i++) {
		char *line = strsep(&at, "\n");
		params[i] = *line ? line : NULL;
	}
	bool is_good = order_parse(params, &order);
	PROMISE(
	    memchr(order.action, '\0', sizeof order.action) && memchr(order.side_name, '\0', sizeof order.side_name));
	PROMISE(memchr(order.reason, '\0', sizeof order.reason));
	if (is_good)
		check_done(&order, params);
	else {
		PROMISE(order.kind == API_BAD_PARAMETER || order.kind == API_NO_SUCH_SIDE);
		PROMISE_ERR(order.error);
		PROMISE_SHOWN(order.error.text);
		PROMISE(strchr(order.error.text, ':') || strchr(order.error.text, ';'));
	}
	free(text);
	return 0;
}
