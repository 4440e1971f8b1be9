#define _DEFAULT_SOURCE /* explicit_bzero */
#include "serve/password_queue.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static bool is_same(const struct password_tag *a, const struct password_tag *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static uint64_t last_failure(const struct password_queue *q, uint64_t address)
{
	for (size_t i = 0; i < PASSWORD_FAILURES_MAX; i++)
		if (q->last[i].failed && q->last[i].address == address)
			return q->last[i].failed;
	return 0;
}

static size_t count_of(const struct password_queue *q, uint64_t address)
{
	size_t count = 0;
	for (const struct password_waiter *w = q->waiting; w; w = w->next)
		count += w->address == address;
	return count;
}

/* The password is not needed any more. */
static void end(struct password_queue *q, struct password_waiter **link)
{
	struct password_waiter *w = *link;
	*link = w->next;
	explicit_bzero(&w->job, sizeof w->job);
	w->next = q->ended;
	q->ended = w;
	q->count--;
}

/* Ends the one whose address failed last, if that was after `failed`; of several the one who came last. */
static bool displace(struct password_queue *q, uint64_t failed)
{
	struct password_waiter **victim = NULL;
	for (struct password_waiter **w = &q->waiting; *w; w = &(*w)->next)
		if (!(*w)->is_hashed && (*w)->failed > failed && (!victim || (*w)->failed >= (*victim)->failed))
			victim = w;
	if (victim)
		end(q, victim);
	return victim;
}

bool password_queue_add(struct password_queue *q, const struct password_waiter *waiter)
{
	uint64_t failed = last_failure(q, waiter->address);
	if (count_of(q, waiter->address) >= PASSWORD_QUEUE_OF_ADDRESS_MAX)
		return false;
	if (q->count == PASSWORD_QUEUE_MAX && !displace(q, failed))
		return false;
	struct password_waiter **at = &q->waiting, *w = mem_zeroed(1, sizeof *w);
	*w = *waiter;
	w->next = NULL;
	w->failed = failed;
	w->is_hashed = false;
	for (; *at; at = &(*at)->next)
		w->is_hashed = w->is_hashed || ((*at)->is_hashed && is_same(&(*at)->tag, &w->tag));
	*at = w;
	q->count++;
	return true;
}

const struct password_waiter *password_queue_next(struct password_queue *q)
{
	const struct password_waiter *next = q->waiting;
	for (const struct password_waiter *w = next; w; w = w->next)
		if (w->failed < next->failed)
			next = w;
	for (struct password_waiter *w = q->waiting; w; w = w->next)
		w->is_hashed = is_same(&w->tag, &next->tag);
	return next;
}

void password_queue_hashed(struct password_queue *q, const struct password_tag *tag)
{
	for (struct password_waiter **w = &q->waiting; *w;)
		if (is_same(&(*w)->tag, tag))
			end(q, w);
		else
			w = &(*w)->next;
}

void password_queue_failed(struct password_queue *q, uint64_t address)
{
	size_t at = 0;
	for (size_t i = 0; i < PASSWORD_FAILURES_MAX; i++) {
		if (q->last[i].failed && q->last[i].address == address) {
			at = i;
			break;
		}
		if (q->last[i].failed < q->last[at].failed)
			at = i;
	}
	q->last[at].address = address;
	q->last[at].failed = ++q->failures;
	for (struct password_waiter *w = q->waiting; w; w = w->next)
		if (w->address == address)
			w->failed = q->failures;
}

void password_queue_drop(struct password_queue *q, bool (*is_gone)(void *request))
{
	for (struct password_waiter **w = &q->waiting; *w;)
		if (!is_gone || is_gone((*w)->request))
			end(q, w);
		else
			w = &(*w)->next;
}

void *password_queue_take_ended(struct password_queue *q)
{
	struct password_waiter *w = q->ended;
	if (!w)
		return NULL;
	void *request = w->request;
	q->ended = w->next;
	free(w);
	return request;
}
