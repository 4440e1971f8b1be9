#include "serve/request_deadlines.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/socket.h>

enum {
	FIRST_MS = 10000, /* for the complete first request */
	NEXT_MS = 75000,  /* for the next request on a kept connection: Prometheus scrapes once a minute */
};

struct request_deadline *request_deadlines_open(struct request_deadline **list, int fd, mono_ms now)
{
	struct request_deadline *c = mem_zeroed(1, sizeof *c);
	*c = (struct request_deadline){.next = *list, .link = list, .fd = fd, .waiting_since = now};
	if (c->next)
		c->next->link = &c->next;
	*list = c;
	return c;
}

void request_deadlines_close(struct request_deadline *c)
{
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	free(c);
}

void request_deadlines_asked(struct request_deadline *c)
{
	c->has_asked = true;
	c->waiting_since = MONO_NEVER;
}

void request_deadlines_answered(struct request_deadline *c, mono_ms now)
{
	c->waiting_since = now;
}

void request_deadlines_cut(struct request_deadline *list, mono_ms now)
{
	for (struct request_deadline *c = list; c; c = c->next) {
		int64_t allowed_ms = c->has_asked ? NEXT_MS : FIRST_MS;
		if (mono_is_set(c->waiting_since) && mono_since(c->waiting_since, now) > allowed_ms)
			shutdown(c->fd, SHUT_RDWR);
	}
}
