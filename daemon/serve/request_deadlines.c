#include "serve/request_deadlines.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/socket.h>

enum {
	FIRST_MS = 10000, /* a whole first request */
	NEXT_MS = 75000,  /* the next one on a kept connection: scrapers come once a minute */
};

struct http_client *http_client_open(struct http_client **list, int fd, mono_ms now)
{
	struct http_client *c = mem_zeroed(1, sizeof *c);
	*c = (struct http_client){.next = *list, .link = list, .fd = fd, .waiting_since = now};
	if (c->next)
		c->next->link = &c->next;
	*list = c;
	return c;
}

void http_client_close(struct http_client *c)
{
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	free(c);
}

void http_client_asked(struct http_client *c)
{
	c->has_asked = true;
	c->waiting_since = MONO_NEVER;
}

void http_client_answered(struct http_client *c, mono_ms now)
{
	c->waiting_since = now;
}

void http_clients_cut(struct http_client *list, mono_ms now)
{
	for (struct http_client *c = list; c; c = c->next) {
		int64_t allowed_ms = c->has_asked ? NEXT_MS : FIRST_MS;
		if (mono_is_set(c->waiting_since) && mono_since(c->waiting_since, now) > allowed_ms)
			shutdown(c->fd, SHUT_RDWR);
	}
}
