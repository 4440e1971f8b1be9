/*
 * Orders from the server to the poller, through a bounded queue that wakes the poller. The answers come back
 * through a queue that wakes the server. The poller decides; neither thread blocks on the other.
 */
#pragma once

#include "shared/order.h"

struct orders;

struct orders *orders_new(void);

/* No order may be pending. Clears the caller's pointer. */
void orders_free(struct orders **orders);

/*
 * For the server. The caller owns an order until it is submitted, and again after it was answered.
 * orders_submit() returns false while too many orders are pending.
 */
bool orders_submit(struct orders *orders, struct order *order) __attribute__((warn_unused_result));
int orders_answers_fd(const struct orders *orders);        /* becomes readable when there may be an answer */
struct order *orders_next_answered(struct orders *orders); /* NULL: no more for now */

/* Answers all waiting orders, also those that are held, with API_STOPPING and accepts no more. Call only after the
 * poller has ended. */
void orders_close(struct orders *orders);

/* For the poller. Every order taken must be answered, with its result filled in. */
int orders_orders_fd(const struct orders *orders); /* becomes readable when there may be an order */
struct order *orders_next_order(struct orders *orders);
void orders_answer(struct orders *orders, struct order *order);

/*
 * For the poller's thread: reloads wait together for the next one, and have its result. orders_answer_held() answers
 * and logs those that are held: done if `errs` has no mistake, else refused, each with a copy of the mistakes.
 */
void orders_hold(struct orders *orders, struct order *order);
const struct order *orders_last_held(const struct orders *orders); /* NULL: none */
void orders_answer_held(struct orders *orders, const struct errs *errs);
