#include "serve/clients.h"

#include "base/mem.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum {
	REQUEST_MS = 10000, /* for a complete request */
	KEPT_MS = 75000,    /* for the next one on a kept connection: Prometheus scrapes once a minute */
	YOUNG_MS = 1000,    /* a request that comes at once, on a busy machine, too */
	ANSWER_LEAST_MS = 5000,
	ANSWER_MOST_MS = 30000,
};
/* What slow readers may hold of renderings, when there is one a second; when there are more, see current.c. */
static const size_t held_max_bytes = (size_t)64 << 20;

static uint64_t key_of(const struct sockaddr *from)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	unsigned char network[8] = {[2] = 0xff, [3] = 0xff}; /* as an IPv4 address that is mapped into IPv6 */
	if (from && from->sa_family == AF_INET)
		memcpy(&network[4], &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	else if (from && from->sa_family == AF_INET6) {
		const unsigned char *ip = ((const struct sockaddr_in6 *)(const void *)from)->sin6_addr.s6_addr;
		if (memcmp(ip, mapped, sizeof mapped) == 0)
			memcpy(&network[4], &ip[12], 4);
		else
			memcpy(network, ip, sizeof network);
	}
	uint64_t key;
	memcpy(&key, network, sizeof key);
	return key;
}

bool clients_is_this_machine(const struct client *client)
{
	static const unsigned char own[][8] = {
	    {[2] = 0xff, [3] = 0xff, [4] = 127, [7] = 1}, /* 127.0.0.1 */
	    {[2] = 0xff, [3] = 0xff},                     /* a Unix socket */
	    {0},                                          /* ::1 */
	};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (memcmp(&client->address->key, own[i], sizeof *own) == 0)
			return true;
	return false;
}

static struct client_address *find_address(const struct clients *clients, uint64_t key)
{
	struct client_address *a = clients->addresses;
	while (a && a->key != key)
		a = a->next;
	return a;
}

static enum http_state state_of(const struct client *c)
{
	return c->is_cut ? HTTP_CLOSING : c->doing;
}

static void cut(struct clients *clients, struct client *c, enum http_refusal why)
{
	shutdown(c->fd, SHUT_RDWR);
	clients->http->connections[c->doing]--;
	clients->http->connections[HTTP_CLOSING]++;
	c->is_cut = true;
	c->address->count--;
	clients->count--;
	if (why < HTTP_REFUSALS)
		clients->http->refused[why]++;
}

static bool is_incomplete(const struct client *c)
{
	return c->doing == HTTP_OPENED || c->doing == HTTP_READING;
}

static bool is_slow(const struct client *c, mono_ms now)
{
	return is_incomplete(c) && mono_since(c->since, now) > YOUNG_MS;
}

static bool goes_before(const struct client *a, const struct client *b, mono_ms now)
{
	static const int turn[] = {[HTTP_IDLE] = 0, [HTTP_OPENED] = 1, [HTTP_READING] = 1, [HTTP_ANSWERING] = 2};
	if (is_slow(a, now) != is_slow(b, now))
		return is_slow(a, now);
	if (a->address->count != b->address->count)
		return a->address->count > b->address->count;
	if (turn[a->doing] != turn[b->doing])
		return turn[a->doing] < turn[b->doing];
	return mono_since(a->since, b->since) > 0;
}

size_t clients_fit(size_t listeners, size_t descriptors, size_t *needed)
{
	size_t each = listeners ? descriptors / listeners : 0;
	*needed = listeners * (CLIENTS_MAX + CLIENTS_ACCEPTED);
	if (each < CLIENTS_MIN + CLIENTS_ACCEPTED)
		return CLIENTS_MIN;
	return each < CLIENTS_MAX + CLIENTS_ACCEPTED ? each - CLIENTS_ACCEPTED : CLIENTS_MAX;
}

bool clients_make_room(struct clients *clients, const struct sockaddr *from, mono_ms now)
{
	const struct client_address *own = find_address(clients, key_of(from));
	size_t of_own = own ? own->count : 0;
	bool is_at_limit = !clients->is_local && of_own >= clients->most / CLIENTS_ADDRESSES;
	struct client *victim = NULL;
	if (clients->count < clients->most && !is_at_limit)
		return true;
	for (struct client *c = clients->first; c; c = c->next) {
		bool may_go = c->address == own ? c->doing != HTTP_ANSWERING
						: !is_at_limit && (c->address->count > of_own || is_slow(c, now));
		if (may_go && !c->is_cut && (!victim || goes_before(c, victim, now)))
			victim = c;
	}
	if (victim)
		cut(clients, victim, HTTP_REFUSED_DISPLACED);
	else
		clients->http->refused[is_at_limit ? HTTP_REFUSED_ADDRESS_LIMIT : HTTP_REFUSED_LIMIT]++;
	return victim;
}

static struct client_address *hold_address(struct clients *clients, uint64_t key)
{
	struct client_address *a = find_address(clients, key);
	if (!a) {
		a = mem_zeroed(1, sizeof *a);
		*a = (struct client_address){.next = clients->addresses, .link = &clients->addresses, .key = key};
		if (a->next)
			a->next->link = &a->next;
		clients->addresses = a;
	}
	a->references++;
	return a;
}

static void release_address(struct client_address *a)
{
	if (--a->references)
		return;
	*a->link = a->next;
	if (a->next)
		a->next->link = a->link;
	free(a);
}

struct client *clients_open(struct clients *clients, int fd, const struct sockaddr *from, mono_ms now)
{
	struct client *c = mem_zeroed(1, sizeof *c);
	*c = (struct client){.next = clients->first,
	    .link = &clients->first,
	    .head_at = MONO_NEVER,
	    .http = clients->http,
	    .fd = fd,
	    .since = now};
	c->address = hold_address(clients, key_of(from));
	c->address->count++;
	if (c->next)
		c->next->link = &c->next;
	clients->first = c;
	clients->count++;
	clients->http->connections[HTTP_OPENED]++;
	return c;
}

void clients_close(struct clients *clients, struct client *c)
{
	if (!c->is_cut) {
		c->address->count--;
		clients->count--;
		if (c->has_begun && is_incomplete(c))
			clients->http->refused[HTTP_REFUSED_BAD_REQUEST]++;
	}
	clients->http->connections[state_of(c)]--;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	release_address(c->address);
	free(c);
}

static void begin(struct client *c, enum http_state doing, mono_ms now)
{
	c->http->connections[state_of(c)]--;
	c->doing = doing;
	c->http->connections[state_of(c)]++;
	c->since = now;
}

void clients_began(struct client *c, mono_ms now)
{
	c->has_begun = true;
	c->is_counted = false;
	c->head_at = MONO_NEVER;
	if (c->doing == HTTP_IDLE)
		begin(c, HTTP_READING, now);
}

void clients_read_head(struct client *c, mono_ms now)
{
	c->requests++;
	c->head_at = now;
	c->handler = HTTP_ERROR;
	c->answer_bytes = 0;
}

void clients_asked(struct client *c, mono_ms now)
{
	begin(c, HTTP_ANSWERING, now);
	c->reads = 0;
}

void clients_answered(struct client *c, mono_ms now)
{
	if (mono_is_set(c->head_at))
		view_http_served(&c->http->served[c->handler], mono_since(c->head_at, now), c->answer_bytes);
	c->head_at = MONO_NEVER;
	begin(c, HTTP_IDLE, now);
}

void clients_cut_readers(struct clients *clients, uint64_t serial)
{
	for (struct client *c = clients->first; c; c = c->next)
		if (!c->is_cut && c->doing == HTTP_ANSWERING && c->reads && c->reads <= serial)
			cut(clients, c, HTTP_REFUSED_SLOW_READER);
}

static int64_t answer_ms(size_t rendered_bytes)
{
	int64_t ms = (int64_t)(held_max_bytes / (rendered_bytes / 1000 + 1));
	return ms < ANSWER_LEAST_MS ? ANSWER_LEAST_MS : ms > ANSWER_MOST_MS ? ANSWER_MOST_MS : ms;
}

void clients_cut_overdue(struct clients *clients, size_t rendered_bytes, mono_ms now)
{
	const struct {
		int64_t ms;
		enum http_refusal why;
	} deadline[] = {
	    [HTTP_OPENED] = {REQUEST_MS, HTTP_REFUSED_SLOW_REQUEST},
	    [HTTP_IDLE] = {KEPT_MS, HTTP_REFUSALS},
	    [HTTP_READING] = {REQUEST_MS, HTTP_REFUSED_SLOW_REQUEST},
	    [HTTP_ANSWERING] = {answer_ms(rendered_bytes), HTTP_REFUSED_SLOW_READER},
	};
	for (struct client *c = clients->first; c; c = c->next)
		if (!c->is_cut && mono_since(c->since, now) > deadline[c->doing].ms)
			cut(clients, c, deadline[c->doing].why);
}
