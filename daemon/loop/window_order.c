#include "loop/window_order.h"

#include "loop/change.h"
#include "loop/pair_journal.h"

struct watched_pair *window_order_pair(struct poller *p, struct order *order)
{
	struct watched_pair *pair = poller_find_pair(p, order->pair);
	if (!pair) {
		order->kind = API_NO_SUCH_PAIR;
		err_set(&order->error, "no such pair: a reload has removed `%s`", order->pair);
		return NULL;
	}
	if (order->side >= pair->side_count) {
		order->kind = API_NO_SUCH_SIDE;
		err_set(&order->error, "no such side: pair `%s` has no %s", order->pair, side_id_names[order->side]);
		return NULL;
	}
	return pair;
}

struct peer_wish window_order_wish(const struct order *order, const char *by)
{
	return (struct peer_wish){
	    .by = by,
	    .side = order->side,
	    .for_ms = order->for_ms,
	    .reason = order->reason,
	    .is_forced = order->is_forced,
	};
}

void window_order_perform(struct poller *p, struct order *order)
{
	struct watched_pair *pair = window_order_pair(p, order);
	if (!pair)
		return;
	struct pair after = pair->pair;
	struct err *e = &order->error;
	struct peer_wish wish = window_order_wish(order, order->from);
	bool is_done = !order->is_begin ? pair_end_maintenance(&after, order->side, e)
	    : *order->from
	    ? peer_begin(&pair->hold, &after, &wish, p->now, e)
	    : pair_begin_maintenance(&after, order->side, order->for_ms, order->reason, order->is_forced, p->now, e);
	order->kind = is_done ? API_NO_ERROR : API_REFUSED;
	pair_journal_order(pair, order);
	if (is_done)
		change_pair(pair, after);
}

void window_order_note(struct poller *p, struct order *order)
{
	struct watched_pair *pair = poller_find_pair(p, order->pair);
	if (pair && order->side < pair->side_count)
		pair_journal_order(pair, order);
}
