/*
 * What the server wants done: orders on a bounded queue that wakes the poller, and their answers on the way
 * back, which wake the server. The poller decides; neither thread waits for the other.
 */
#ifndef HAWATCH_SHARED_ORDERS_H
#define HAWATCH_SHARED_ORDERS_H

#include "shared/order.h"

struct control;

struct control *control_new(void);

/* No order may be under way. Clears the caller's pointer. */
void control_free(struct control **control);

/*
 * The server's ends. An order is the caller's own until it is submitted, and again once it was answered.
 * Submitting is refused (false) while too many are under way.
 */
bool control_submit(struct control *control, struct order *order) __attribute__((warn_unused_result));
int control_answers_fd(const struct control *control);        /* readable when there may be an answer */
struct order *control_next_answered(struct control *control); /* NULL: no more for now */

/* Answers all that still wait with 503 and takes no more. Only after the poller has ended. */
void control_close(struct control *control);

/* The poller's ends. Every order that was taken must be answered, after its fields were filled. */
int control_orders_fd(const struct control *control); /* readable when there may be an order */
struct order *control_next_order(struct control *control);
void control_answer(struct control *control, struct order *order);

#endif
