#define _GNU_SOURCE /* POLLRDHUP */
#include "serve.h"

#include "answer.h"
#include "edit.h"
#include "encode.h"
#include "state.h"
#include "text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	BODY_MAX = 4 << 20,
	WHOLE_BODY_MAX = 2048, /* Go's server chunks a body that outgrows this buffer */
	STACK_BYTES = 512 << 10,
	CONNECTION_BYTES = 32 << 10,
	DRIP_MS = 200,
	ENDLESS_BYTES = 2 << 20, /* that come at once, then nothing for a while: no network is faster than any */
	ENDLESS_MS = 80,
	BACKLOG = 128,
};

/* How a target takes connections while it has a fault of this kind; all others: as it should. */
static const struct door {
	bool is_special;
	enum identity identity;
	const char *priorities;  /* of GnuTLS */
	size_t connection_bytes; /* a head must fit in */
} DOORS[FAULT_KINDS] = {
    [FAULT_HEADERS] = {.is_special = true, .connection_bytes = 8 << 20},
    [FAULT_EXPIRED] = {.is_special = true, .identity = IDENTITY_EXPIRED},
    [FAULT_WRONG_NAME] = {.is_special = true, .identity = IDENTITY_WRONG_NAME},
    [FAULT_FOREIGN_CA] = {.is_special = true, .identity = IDENTITY_FOREIGN_CA},
    [FAULT_OLD_TLS] = {.is_special = true, .priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.0"},
};

/* The fault that one request met, settled when it came. */
struct plan {
	enum fault_kind fault;
	long arg, delay_ms, answer_delay_ms;
};

/* An answer on its way out. */
struct delivery {
	int fd;
	struct answer answer;
};

/*
 * Waits on a connection for `ms` (< 0: for ever). False when it ended meanwhile, by the client or
 * by the shutdown of its daemon, both of which wake the poll.
 */
static bool stays_open(int fd, long ms)
{
	struct timespec end = state_deadline(ms < 0 ? 0 : ms), now;
	struct pollfd p = {.fd = fd, .events = POLLRDHUP};
	for (;;) {
		long left = -1;
		if (ms >= 0) {
			clock_gettime(CLOCK_MONOTONIC, &now);
			left = (end.tv_sec - now.tv_sec) * 1000;
			left += (end.tv_nsec - now.tv_nsec) / 1000000;
			if (left <= 0)
				return true;
		}
		int n = poll(&p, 1, (int)left);
		if (n > 0 || (n < 0 && errno != EINTR))
			return false;
	}
}

/* Sends an RST at once: on Linux, dissolving a connection's association does that. */
static void reset(int fd)
{
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	connect(fd, &nobody, sizeof nobody);
}

static int fd_of(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/* The byte of an endless body at `pos`: the items of the list over and over, or blanks. */
static char endless_byte(const struct answer *a, uint64_t pos)
{
	size_t period = a->items_end - a->items_at;
	if (pos < a->items_end)
		return a->body[pos];
	if (period) {
		size_t glue = a->unglued ? 0 : 1;
		uint64_t k = (pos - a->items_end) % (period + glue);
		return k < glue ? ',' : a->body[a->items_at + k - glue];
	}
	return pos + 1 < a->len ? a->body[pos] : ' ';
}

static ssize_t read_body(void *cls, uint64_t pos, char *out, size_t max)
{
	struct delivery *d = cls;
	const struct answer *a = &d->answer;
	if (pos >= a->cut_after)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (max > a->cut_after - pos)
		max = a->cut_after - (size_t)pos;
	if (a->endless) {
		if (pos / ENDLESS_BYTES != (pos + max) / ENDLESS_BYTES && !stays_open(d->fd, ENDLESS_MS))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		for (size_t i = 0; i < max; i++)
			out[i] = endless_byte(a, pos + i);
		return (ssize_t)max;
	}
	if (pos >= a->len)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (a->drip) {
		/* The last byte never comes, or a short body would arrive in time. */
		if (!stays_open(d->fd, pos + 1 == a->len ? -1 : DRIP_MS))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		max = 1;
	}
	if (max > a->len - pos)
		max = a->len - (size_t)pos;
	memcpy(out, a->body + pos, max);
	return (ssize_t)max;
}

static void free_delivery(void *cls)
{
	struct delivery *d = cls;
	answer_fini(&d->answer);
	free(d);
}

/* Takes the answer. */
static enum MHD_Result send_answer(struct MHD_Connection *c, struct answer *answer)
{
	struct delivery *d = text_zeroed(1, sizeof *d);
	*d = (struct delivery){.fd = fd_of(c), .answer = *answer};
	bool chunked = answer->endless || answer->len > WHOLE_BODY_MAX;
	struct MHD_Response *response = MHD_create_response_from_callback(
	    chunked ? MHD_SIZE_UNKNOWN : answer->len, 16 << 10, read_body, d, free_delivery);
	if (!response)
		abort();
	for (size_t i = 0; i < d->answer.header_count; i++)
		MHD_add_response_header(response, d->answer.headers[i].name, d->answer.headers[i].value);
	for (long i = 0; i < answer->more_headers; i++)
		MHD_add_response_header(response, "X-More", "1");
	enum MHD_Result queued = MHD_queue_response(c, d->answer.status, response);
	MHD_destroy_response(response);
	return queued;
}

/* Counts the request and settles what it will meet. */
static struct plan begin(const struct request *r, struct path_stat **stat)
{
	state_lock(r->sim);
	*stat = state_count_request(r->sim, r->target, r->path);
	struct knobs *k = &r->target->knobs;
	struct plan plan = {0};
	if (fault_is_meant(r->path, k->on)) {
		plan = (struct plan){k->fault, k->fault_arg, k->delay_ms, k->answer_delay_ms};
		if (k->times && --k->times == 0)
			k->fault = FAULT_NONE;
	}
	const char *agent = request_header(r, "User-Agent");
	snprintf(r->target->agent, sizeof r->target->agent, "%s", agent ? agent : "");
	if (++r->target->in_flight > r->target->most_in_flight)
		r->target->most_in_flight = r->target->in_flight;
	state_unlock(r->sim);
	return plan;
}

static enum MHD_Result respond(struct request *r)
{
	struct path_stat *stat;
	struct plan plan = begin(r, &stat);
	r->is_counted = true;
	int fd = fd_of(r->connection);
	if (plan.delay_ms && !stays_open(fd, plan.delay_ms))
		return MHD_NO;
	if (plan.fault == FAULT_STALL) {
		stays_open(fd, -1);
		return MHD_NO;
	}
	if (plan.fault == FAULT_RESET) {
		reset(fd);
		return MHD_NO;
	}
	struct answer a;
	answer_init(&a);
	if (r->body_too_large)
		answer_begin(&a, 413);
	else
		r->target->service->answer(r, &a);
	fault_spoil(plan.fault, plan.arg, r, &a);
	answer_set_retry_after(r, &a);
	edit_answer(r, &a);
	size_t inflated = a.len;
	if (r->target->kind & (TARGET_SPOT | TARGET_CLOUDSPACE))
		encode_answer(r, &a);
	state_lock(r->sim);
	stat->last_status = a.status;
	stat->bytes += a.len;
	stat->inflated += inflated;
	state_unlock(r->sim);
	if (plan.answer_delay_ms && !stays_open(fd, plan.answer_delay_ms)) {
		answer_fini(&a);
		return MHD_NO;
	}
	return send_answer(r->connection, &a);
}

static void take_body(struct request *r, const char *data, size_t len)
{
	if (len > BODY_MAX - r->body_len) {
		r->body_too_large = true;
		return;
	}
	char *grown = realloc(r->body, r->body_len + len + 1);
	if (!grown)
		abort();
	r->body = grown;
	memcpy(r->body + r->body_len, data, len);
	r->body_len += len;
	r->body[r->body_len] = '\0';
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
    const char *version, const char *data, size_t *data_len, void **request)
{
	struct target *t = cls;
	struct request *r = *request;
	(void)version;
	if (!r) {
		r = text_zeroed(1, sizeof *r);
		*request = r;
		*r = (struct request){
		    .sim = t->sim,
		    .target = t,
		    .connection = c,
		    .body = text_copy(""),
		};
		return MHD_YES;
	}
	if (*data_len) {
		take_body(r, data, *data_len);
		*data_len = 0;
		return MHD_YES;
	}
	r->method = method;
	r->path = url;
	return respond(r);
}

static void on_completed(void *cls, struct MHD_Connection *c, void **request, enum MHD_RequestTerminationCode why)
{
	struct request *r = *request;
	(void)cls, (void)c, (void)why;
	if (r && r->is_counted) {
		state_lock(r->sim);
		r->target->in_flight--;
		state_unlock(r->sim);
	}
	if (r)
		free(r->body);
	free(r);
}

static void on_connection(
    void *cls, struct MHD_Connection *c, void **socket_context, enum MHD_ConnectionNotificationCode what)
{
	struct target *t = cls;
	(void)socket_context;
	if (what != MHD_CONNECTION_NOTIFY_STARTED)
		return;
	state_lock(t->sim);
	bool turned_away = t->knobs.fault == FAULT_RESET && !*t->knobs.on;
	t->connections++;
	t->turned_away += turned_away;
	state_happened(t->sim);
	state_unlock(t->sim);
	if (turned_away)
		reset(fd_of(c));
}

/*
 * Two sockets share the port, which SO_REUSEADDR allows while neither listens: this one holds it,
 * so that no client's own port and no other program can take it while the service is down.
 */
static int bound_socket(const struct target *t, uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 at6 = {
	    .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	bool is_v6 = strcmp(t->sim->listen, "[::1]") == 0;
	int one = 1, fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!is_v6 && inet_pton(AF_INET, t->sim->listen, &at.sin_addr) != 1)
		fatal("--listen=%s is neither an IPv4 address nor [::1]", t->sim->listen);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
	    bind(fd, is_v6 ? (struct sockaddr *)&at6 : (struct sockaddr *)&at, is_v6 ? sizeof at6 : sizeof at) != 0)
		fatal("cannot take %s:%u for %s: %s", t->sim->listen, port, t->name, strerror(errno));
	return fd;
}

void serve_reserve(struct target *t, uint16_t port)
{
	struct sockaddr_in6 at; /* its port stands where IPv4's does */
	socklen_t len = sizeof at;
	t->reserved_fd = bound_socket(t, port);
	if (getsockname(t->reserved_fd, (struct sockaddr *)&at, &len) != 0)
		fatal("cannot read the port of %s: %s", t->name, strerror(errno));
	t->port = ntohs(at.sin6_port);
}

static int listening_socket(const struct target *t)
{
	int fd = bound_socket(t, t->port);
	if (listen(fd, BACKLOG) != 0)
		fatal("cannot listen on %s:%u for %s: %s", t->sim->listen, t->port, t->name, strerror(errno));
	return fd;
}

static void serve_open(struct target *t)
{
	int fd = listening_socket(t);
	const struct door *door = &DOORS[t->door];
	bool tls = t->kind != TARGET_CONTROL;
	struct MHD_OptionItem tls_options[] = {
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, t->sim->cert_pem[door->identity]},
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, t->sim->key_pem},
	    {door->priorities ? MHD_OPTION_HTTPS_PRIORITIES : MHD_OPTION_END, 0, (void *)(uintptr_t)door->priorities},
	    {MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem nothing[] = {{MHD_OPTION_END, 0, NULL}};
	unsigned mode = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL | MHD_USE_ITC |
	    (tls ? MHD_USE_TLS : 0);
	t->daemon = MHD_start_daemon(mode, 0, NULL, NULL, on_request, t, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    door->connection_bytes ? door->connection_bytes : (size_t)CONNECTION_BYTES, MHD_OPTION_NOTIFY_COMPLETED,
	    on_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, t, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
	    MHD_OPTION_ARRAY, tls ? tls_options : nothing, MHD_OPTION_END);
	if (!t->daemon)
		fatal("cannot start the server for %s on %s:%u: too many open files or threads?", t->name,
		    t->sim->listen, t->port);
}

static void serve_close(struct target *t)
{
	/* Shuts every connection down, which wakes the threads that wait on one, and joins them. */
	MHD_stop_daemon(t->daemon);
	t->daemon = NULL;
}

bool serve_is_door(enum fault_kind fault)
{
	return DOORS[fault].is_special;
}

void serve_sync(struct target *t)
{
	if (t->mute_fd >= 0)
		close(t->mute_fd);
	t->mute_fd = -1;
	state_lock(t->sim);
	bool mute = t->knobs.fault == FAULT_MUTE;
	bool wanted = t->knobs.fault != FAULT_REFUSE && !mute;
	enum fault_kind door = serve_is_door(t->knobs.fault) ? t->knobs.fault : FAULT_NONE;
	state_unlock(t->sim);
	if (t->daemon && door != t->door)
		serve_close(t);
	t->door = door;
	if (wanted && !t->daemon)
		serve_open(t);
	else if (!wanted && t->daemon)
		serve_close(t);
	if (mute)
		t->mute_fd = listening_socket(t); /* the kernel connects, and nobody ever accepts */
}

void serve_end(struct target *t)
{
	if (t->daemon)
		serve_close(t);
	if (t->mute_fd >= 0)
		close(t->mute_fd);
	if (t->reserved_fd >= 0)
		close(t->reserved_fd);
	t->reserved_fd = -1;
}
