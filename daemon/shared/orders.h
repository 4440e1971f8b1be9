/*
 * What the server wants done: orders on a bounded queue that wakes the poller, and their answers on the way
 * back, which wake the server. The poller decides; neither thread waits for the other.
 */
#ifndef HAWATCH_SHARED_ORDERS_H
#define HAWATCH_SHARED_ORDERS_H

#include "shared/order.h"

struct orders;

struct orders *orders_new(void);

/* No order may be under way. Clears the caller's pointer. */
void orders_free(struct orders **orders);

/*
 * The server's ends. An order is the caller's own until it is submitted, and again once it was answered.
 * Submitting is refused (false) while too many are under way.
 */
bool orders_submit(struct orders *orders, struct order *order) __attribute__((warn_unused_result));
int orders_answers_fd(const struct orders *orders);        /* readable when there may be an answer */
struct order *orders_next_answered(struct orders *orders); /* NULL: no more for now */

/* Answers all that still wait with API_STOPPING and takes no more. Only after the poller has ended. */
void orders_close(struct orders *orders);

/* The poller's ends. Every order that was taken must be answered, after its fields were filled. */
int orders_orders_fd(const struct orders *orders); /* readable when there may be an order */
struct order *orders_next_order(struct orders *orders);
void orders_answer(struct orders *orders, struct order *order);

#endif
