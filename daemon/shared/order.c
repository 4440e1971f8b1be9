#include "shared/order.h"

#include "base/buf.h"
#include "base/duration.h"
#include "base/text.h"
#include "os/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_S = MAINTENANCE_LONGEST_MS / 1000 };

static bool parse_side(const char *text, struct order *order, struct err *e)
{
	if (!text)
		return err_set(e, "side: missing; expected primary, secondary, extra-1, extra-2, ...");
	text_copy(order->side_name, sizeof order->side_name, text);
	for (int id = 0; id < SIDES_MAX; id++)
		if (strcmp(text, side_id_names[id]) == 0) {
			order->side = (enum side_id)id;
			return true;
		}
	order->kind = API_NO_SUCH_SIDE;
	return err_set(e, "no such side; expected primary, secondary, extra-1, extra-2, ...");
}

static bool parse_for(const char *text, struct order *order, struct err *e)
{
	order->for_ms = order->is_begin ? MAINTENANCE_USUAL_MS : 0;
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
	int32_t unshown = text ? text_first_unshown(text) : 0;
	char code[16] = "";
	snprintf(code, sizeof code, unshown == TEXT_INVALID ? "a byte" : "U+%04X", (unsigned)unshown);
	if (unshown)
		return err_set(e,
		    "reason: %s is not allowed; expected one line of UTF-8 text without control characters, and "
		    "without "
		    "characters that are invisible or change the writing direction",
		    code);
	memcpy(order->reason, text ? text : "", len + 1);
	return true;
}

static bool parse_force(const char *text, struct order *order, struct err *e)
{
	order->is_forced = text && strcmp(text, "true") == 0;
	return !text || order->is_forced || strcmp(text, "false") == 0 || err_set(e, "force: expected true or false");
}

const char *const order_peer_actions[PEER_ACTIONS] = {
    [PEER_ACTION_ASK] = "ask",
    [PEER_ACTION_BEGIN] = "begin",
    [PEER_ACTION_RELEASE] = "release",
    [PEER_ACTION_END] = "end",
    [PEER_ACTION_STATUS] = "status",
};

static bool parse_action(const char *const params[API_PARAMS], struct order *order, struct err *e)
{
	const char *action = params[API_ACTION];
	text_copy(order->action, sizeof order->action, action ? action : "");
	order->is_begin = action && strcmp(action, "begin") == 0;
	if (!order->is_begin && (!action || strcmp(action, "end") != 0))
		return err_set(e, "action: expected begin or end");
	for (int i = API_FOR; !order->is_begin && i < API_PARAMS; i++)
		if (params[i])
			return err_set(e, "%s: allowed only with action=begin", api_param_names[i]);
	return true;
}

bool order_parse(const char *const params[API_PARAMS], struct order *order)
{
	struct err *e = &order->error;
	order->kind = API_BAD_PARAMETER;
	order->side = SIDES_MAX;
	bool is_good = parse_action(params, order, e) && parse_side(params[API_SIDE], order, e) &&
	    parse_for(params[API_FOR], order, e) && parse_reason(params[API_REASON], order, e) &&
	    parse_force(params[API_FORCE], order, e);
	if (is_good)
		order->kind = API_NO_ERROR;
	return is_good;
}

static bool parse_line(const char *name, const char *text, char *out, size_t size, struct err *e)
{
	if (text && (strlen(text) >= size || text_first_unshown(text)))
		return err_set(e, "%s: expected at most %zu bytes of text", name, size - 1);
	text_copy(out, size, text ? text : "");
	return true;
}

static bool parse_peer(const char *const peer[API_PEER_PARAMS], struct order *order, struct err *e)
{
	struct asker *asker = &order->asker;
	const char *from = peer[API_PEER_FROM] ? peer[API_PEER_FROM] : "";
	snprintf(asker->peer, sizeof asker->peer, "%.*s", (int)strcspn(from, "/"), from); /* its host, see instance */
	return parse_line("from", from, order->from, sizeof order->from, e) &&
	    parse_line("uid", peer[API_PEER_UID], asker->uid, sizeof asker->uid, e) &&
	    parse_line("pid", peer[API_PEER_PID], asker->pid, sizeof asker->pid, e) &&
	    (*order->from || err_set(e, "from: missing; expected who asks"));
}

/* Without it, the sides of the two might be the other way round. */
static bool parse_cloudspace(const char *text, struct order *order)
{
	struct err *e = &order->error;
	return parse_line(
		   api_peer_param_names[API_PEER_CLOUDSPACE], text, order->cloudspace, sizeof order->cloudspace, e) &&
	    (*order->cloudspace ||
		err_set(e, "cloudspace: missing; expected which one the side is (an older hawatchd does not say it)"));
}

bool order_parse_peer(
    const char *const params[API_PARAMS], const char *const peer[API_PEER_PARAMS], struct order *order)
{
	const char *action = params[API_ACTION];
	const char *as_order[API_PARAMS];
	int i = 0;
	order->is_of_peer = true;
	order->kind = API_BAD_PARAMETER;
	while (i < PEER_ACTIONS && (!action || strcmp(action, order_peer_actions[i]) != 0))
		i++;
	if (i == PEER_ACTIONS)
		return err_set(&order->error, "action: expected ask, begin, release, end or status");
	order->peer_action = (enum peer_action)i;
	memcpy(as_order, params, sizeof as_order);
	if (i == PEER_ACTION_ASK)
		as_order[API_ACTION] = "begin"; /* with the same parameters */
	if (i == PEER_ACTION_RELEASE)
		as_order[API_ACTION] = "end";
	if (!parse_peer(peer, order, &order->error))
		return false;
	if (i == PEER_ACTION_STATUS) {
		order->kind = API_NO_ERROR;
		return true;
	}
	return parse_line(
		   api_param_names[API_PAIR], params[API_PAIR], order->pair, sizeof order->pair, &order->error) &&
	    parse_cloudspace(peer[API_PEER_CLOUDSPACE], order) && order_parse(as_order, order);
}

static const char *given(const char *text)
{
	return *text ? text : NULL; /* a field without a value is left out of the log */
}

void order_free(struct order *order)
{
	if (order) {
		free(order->mistakes);
		buf_fini(&order->reply);
	}
	free(order);
}

/* The mistakes have lines of their own. */
static void log_reload(const struct order *order)
{
	bool is_done = order->kind == API_NO_ERROR;
	log_at(is_done ? LOG_INFO : LOG_WARN, is_done ? "reload order done" : "reload order not done", "uid",
	    order->asker.uid, "pid", order->asker.pid, "kind", is_done ? NULL : api_errors[order->kind].name, "error",
	    is_done ? NULL : order->error.text, (char *)NULL);
}

void order_log(const struct order *order)
{
	if (order->is_reload) {
		log_reload(order);
		return;
	}
	struct buf length = buf_of(32);
	bool is_done = order->kind == API_NO_ERROR;
	if (order->for_ms > 0)
		duration_put_exact(&length, order->for_ms);
	log_at(is_done ? LOG_INFO : LOG_WARN, is_done ? "maintenance order done" : "maintenance order not done", "peer",
	    given(order->asker.peer), "uid", order->asker.uid, "pid", order->asker.pid, "action", given(order->action),
	    "pair", given(order->pair), "side", given(order->side_name), "for", given(buf_text(&length)), "force",
	    order->is_forced ? "true" : NULL, "reason", given(order->reason), "kind",
	    is_done ? NULL : api_errors[order->kind].name, "error", is_done ? NULL : order->error.text, (char *)NULL);
	buf_fini(&length);
}
