#include "shared/orders.h"

#include "base/mem.h"
#include "os/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { UNDER_WAY_MAX = 16 };

/* First in, first out. */
struct queue {
	struct order *first, **end;
	int fd; /* readable when the queue has new orders */
};

struct orders {
	pthread_mutex_t lock; /* held very briefly, to move an order */
	struct queue orders, answers;
	struct order *held; /* reloads that wait for their end, the last first; used by the poller only */
	int under_way;      /* orders submitted whose answers are not taken; used by the server only, like the next */
	bool is_closed;
};

static void open_queue(struct queue *q)
{
	q->end = &q->first;
	q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->fd < 0)
		log_fatal("cannot start: no descriptor for orders", strerror(errno));
}

static void put(struct orders *c, struct queue *q, struct order *order)
{
	order->next = NULL;
	pthread_mutex_lock(&c->lock);
	*q->end = order;
	q->end = &order->next;
	pthread_mutex_unlock(&c->lock);
	if (eventfd_write(q->fd, 1) != 0)
		abort();
}

static struct order *take(struct orders *c, struct queue *q)
{
	eventfd_t count;
	pthread_mutex_lock(&c->lock);
	struct order *order = q->first;
	if (order && !(q->first = order->next))
		q->end = &q->first;
	if (!order)
		eventfd_read(q->fd, &count); /* orders added from now on make it readable again */
	pthread_mutex_unlock(&c->lock);
	return order;
}

struct orders *orders_new(void)
{
	struct orders *c = mem_zeroed(1, sizeof *c);
	pthread_mutex_init(&c->lock, NULL);
	open_queue(&c->orders);
	open_queue(&c->answers);
	return c;
}

void orders_free(struct orders **orders)
{
	struct orders *c = *orders;
	if (!c)
		return;
	if (c->under_way)
		abort(); /* a client would wait for ever */
	close(c->orders.fd);
	close(c->answers.fd);
	pthread_mutex_destroy(&c->lock);
	free(c);
	*orders = NULL;
}

bool orders_submit(struct orders *c, struct order *order)
{
	if (c->is_closed || c->under_way == UNDER_WAY_MAX)
		return false;
	c->under_way++;
	put(c, &c->orders, order);
	return true;
}

int orders_answers_fd(const struct orders *c)
{
	return c->answers.fd;
}

struct order *orders_next_answered(struct orders *c)
{
	struct order *order = take(c, &c->answers);
	if (order)
		c->under_way--;
	return order;
}

static struct order *next_held(struct orders *c)
{
	struct order *order = c->held;
	if (order)
		c->held = order->next;
	return order;
}

void orders_close(struct orders *c)
{
	c->is_closed = true;
	for (struct order *order; (order = orders_next_order(c)) || (order = next_held(c));) {
		order->kind = API_STOPPING;
		err_set(&order->error, "hawatchd is stopping; nothing was changed");
		order_log(order);
		orders_answer(c, order);
	}
}

int orders_orders_fd(const struct orders *c)
{
	return c->orders.fd;
}

struct order *orders_next_order(struct orders *c)
{
	return take(c, &c->orders);
}

void orders_answer(struct orders *c, struct order *order)
{
	put(c, &c->answers, order);
}

void orders_hold(struct orders *c, struct order *order)
{
	order->next = c->held;
	c->held = order;
}

const struct order *orders_last_held(const struct orders *c)
{
	return c->held;
}

static void refuse(struct order *order, const struct errs *errs)
{
	order->kind = API_REFUSED;
	err_set(&order->error, "the configuration has %zu mistake%s; hawatchd keeps the one from before", errs->count,
	    errs->count == 1 ? "" : "s");
	order->mistakes = mem_zeroed(1, sizeof *order->mistakes);
	*order->mistakes = *errs;
}

void orders_answer_held(struct orders *c, const struct errs *errs)
{
	for (struct order *order; (order = next_held(c));) {
		if (errs->count)
			refuse(order, errs);
		order_log(order);
		orders_answer(c, order);
	}
}
