#include "shared/order.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { BAD_REQUEST = 400, NOT_FOUND = 404, LONGEST_S = MAINTENANCE_LONGEST_MS / 1000 };

const char *const order_param_names[ORDER_PARAMS] = {
    [PARAM_PAIR] = "pair",
    [PARAM_SIDE] = "side",
    [PARAM_ACTION] = "action",
    [PARAM_FOR] = "for_seconds",
    [PARAM_REASON] = "reason",
    [PARAM_FORCE] = "force",
};

static bool parse_side(const char *text, struct order *order, struct err *e)
{
	if (!text)
		return err_set(e, "which side? say side=primary, side=secondary or side=extra-1");
	for (int id = 0; id < SIDES_MAX; id++)
		if (strcmp(text, side_id_names[id]) == 0) {
			order->side = (enum side_id)id;
			return true;
		}
	order->status = NOT_FOUND;
	return err_set(e, "no such side; a pair has primary and secondary, and perhaps extra-1 and so on");
}

static bool parse_for(const char *text, struct order *order, struct err *e)
{
	order->for_ms = ORDER_USUAL_MS;
	if (!text)
		return true;
	size_t len = strlen(text);
	long seconds = len > 0 && len <= 5 && strspn(text, "0123456789") == len ? atol(text) : 0;
	order->for_ms = seconds * INT64_C(1000);
	return (seconds > 0 && seconds <= LONGEST_S) ||
	    err_set(e, "for_seconds: expected a whole number from 1 to %d", LONGEST_S);
}

static bool parse_reason(const char *text, struct order *order, struct err *e)
{
	size_t len = text ? strlen(text) : 0;
	if (len >= sizeof order->reason)
		return err_set(e, "reason: expected at most %d bytes", MAINTENANCE_REASON_MAX - 1);
	if (text && !text_is_line(text))
		return err_set(e, "reason: expected one line of UTF-8 text without control characters");
	memcpy(order->reason, text ? text : "", len + 1);
	return true;
}

static bool parse_force(const char *text, struct order *order, struct err *e)
{
	order->is_forced = text && strcmp(text, "true") == 0;
	return !text || order->is_forced || strcmp(text, "false") == 0 ||
	    err_set(e, "force: expected true or false");
}

static bool parse_action(const char *const params[ORDER_PARAMS], struct order *order, struct err *e)
{
	const char *action = params[PARAM_ACTION];
	order->is_begin = action && strcmp(action, "begin") == 0;
	if (!order->is_begin && (!action || strcmp(action, "end") != 0))
		return err_set(e, "action: expected begin or end");
	for (int i = PARAM_FOR; !order->is_begin && i < ORDER_PARAMS; i++)
		if (params[i])
			return err_set(e, "%s: only with action=begin", order_param_names[i]);
	return true;
}

bool order_parse(const char *const params[ORDER_PARAMS], struct order *order, struct err *e)
{
	order->status = BAD_REQUEST;
	return parse_action(params, order, e) && parse_side(params[PARAM_SIDE], order, e) &&
	    parse_for(params[PARAM_FOR], order, e) && parse_reason(params[PARAM_REASON], order, e) &&
	    parse_force(params[PARAM_FORCE], order, e);
}
