#include "serve/server.h"

#include "base/mem.h"
#include "os/clock.h"
#include "os/log.h"
#include "serve/admission.h"
#include "serve/listen.h"
#include "serve/listener.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	TEND_EVERY_MS = 1000,
};

struct server {
	struct serving serving;
	struct listener listeners[SERVER_SOCKETS_MAX];
	size_t count;
	mono_ms tended_at;
	pthread_t thread;
	bool is_running;
	int stop_fd;
	atomic_bool must_reload; /* the web configuration */
};

/* Resumes those whose password was hashed, or who must ask again. */
static void resume_checked(struct server *server)
{
	for (void *connection; (connection = passwords_take_ended(server->serving.passwords));)
		MHD_resume_connection(connection);
}

/* The server thread: one poll() over the epoll descriptors and the sockets of all listeners. */

static int next_timeout_ms(struct server *server, mono_ms now)
{
	int least = TEND_EVERY_MS;
	for (size_t i = 0; i < server->count; i++) {
		int ms = listener_timeout_ms(&server->listeners[i], now);
		least = ms < least ? ms : least;
	}
	return least;
}

/* Two descriptors of each listener. poll() ignores those below 0. */
static void fill_fds(const struct server *server, struct pollfd *fds, mono_ms now)
{
	for (size_t i = 0; i < server->count; i++) {
		const struct listener *l = &server->listeners[i];
		fds[2 * i] = (struct pollfd){.fd = l->epoll_fd, .events = POLLIN};
		fds[2 * i + 1] = (struct pollfd){.fd = listener_accepts(l, now) ? l->fd : -1, .events = POLLIN};
	}
}

static void refresh_config(struct server *server)
{
	struct serving *serving = &server->serving;
	if (web_config_refresh(serving->config, atomic_exchange(&server->must_reload, false)))
		admission_configure(serving);
	serving->http.web_config = web_config_view(serving->config);
}

/* Resumes the connections whose orders were answered. A reload is over when the web configuration is read, too. */
static void resume_answered(struct server *server)
{
	for (struct order *order; (order = orders_next_answered(server->serving.orders));) {
		if (order->is_reload && order->kind != API_STOPPING)
			refresh_config(server);
		MHD_resume_connection(order->ctx);
	}
}

/* Resumes those whose journal was read, or took too long. */
static void resume_readers(struct server *server, mono_ms now)
{
	for (struct journal_read *read; (read = state_writer_next_read(server->serving.writer, now));) {
		listener_give(read->ctx, read);
		MHD_resume_connection(read->ctx);
	}
}

static void tend(struct server *server, mono_ms now)
{
	if (mono_is_set(server->tended_at) && mono_since(server->tended_at, now) < TEND_EVERY_MS)
		return;
	server->tended_at = now;
	publish_serving(server->serving.publish, now);
	refresh_config(server);
	size_t bytes = server->serving.current.rendering ? rendering_bytes(server->serving.current.rendering) : 0;
	for (size_t i = 0; i < server->count; i++)
		clients_cut_overdue(&server->listeners[i].clients, bytes, now);
	passwords_drop(server->serving.passwords, listener_has_cut);
	current_drop_idle(&server->serving.current, now);
}

/* Then their renderings are freed, when libmicrohttpd has closed the connections. */
static void cut_slowest_readers(struct server *server)
{
	uint64_t serial = current_too_old(&server->serving.current);
	for (size_t i = 0; serial && i < server->count; i++)
		clients_cut_readers(&server->listeners[i].clients, serial);
}

static void *serve(void *ctx)
{
	struct server *server = ctx;
	struct pollfd fds[2 * SERVER_SOCKETS_MAX + 4];
	struct pollfd *stop = &fds[2 * server->count], *answers = stop + 1, *passwords = stop + 2, *reads = stop + 3;
	for (;;) {
		mono_ms now = clock_now().mono;
		fill_fds(server, fds, now);
		*stop = (struct pollfd){.fd = server->stop_fd, .events = POLLIN};
		*answers = (struct pollfd){.fd = orders_answers_fd(server->serving.orders), .events = POLLIN};
		*passwords = (struct pollfd){.fd = passwords_fd(server->serving.passwords), .events = POLLIN};
		*reads = (struct pollfd){.fd = state_writer_reads_fd(server->serving.writer), .events = POLLIN};
		poll(fds, (nfds_t)(2 * server->count + 4), next_timeout_ms(server, now));
		if (stop->revents)
			return NULL;
		resume_answered(server);
		resume_checked(server);
		resume_readers(server, clock_now().mono);
		for (size_t i = 0; i < server->count; i++) {
			if (fds[2 * i + 1].revents)
				listener_accept(&server->listeners[i]);
			listener_run(&server->listeners[i]);
		}
		cut_slowest_readers(server);
		tend(server, clock_now().mono);
	}
}

struct server *server_new(struct shared shared, const struct web_options *web, struct web_config *config)
{
	struct server *server = mem_zeroed(1, sizeof *server);
	server->serving = (struct serving){.publish = shared.publish,
	    .orders = shared.orders,
	    .writer = shared.writer,
	    .peer_token = shared.peer_token,
	    .web = *web,
	    .config = config};
	server->serving.http.web_config = web_config_view(config);
	current_init(&server->serving.current);
	admission_init(&server->serving);
	server->tended_at = MONO_NEVER;
	server->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (server->stop_fd < 0)
		log_fatal("cannot start: no descriptor for the HTTP server", strerror(errno));
	return server;
}

static void log_listening(const struct server *server, const struct listener *l)
{
	static const char *const names[LISTENER_KINDS] = {"web", "health", "control"};
	const struct web_url *url = l->kind == LISTENER_WEB ? server->serving.web.url : NULL;
	struct buf address = buf_of(512);
	listen_put_address(l->fd, &address);
	log_info("listening", "address", buf_text(&address), "prefix", url && *url->prefix ? url->prefix_encoded : NULL,
	    "url", url ? url->page : NULL, "for", names[l->kind], "tls",
	    l->kind == LISTENER_WEB && server->serving.config->tls ? "on" : NULL);
	buf_fini(&address);
}

static bool add_take(struct server *server, int fd, enum listener_kind kind, const char *socket_path, struct err *e)
{
	if (server->count == SERVER_SOCKETS_MAX) {
		close(fd);
		return err_set(e, "at most %d listening sockets", SERVER_SOCKETS_MAX);
	}
	struct listener *l = &server->listeners[server->count];
	if (!listener_open_take(l, fd, kind, socket_path, &server->serving, e))
		return false;
	server->count++;
	log_listening(server, l);
	return true;
}

bool server_listen(struct server *server, enum listener_kind kind, const char *address, struct err *e)
{
	int fd = listen_open(address, e);
	return fd >= 0 && add_take(server, fd, kind, listen_unix_path(address), e);
}

bool server_add_take(struct server *server, enum listener_kind kind, int fd, struct err *e)
{
	return add_take(server, fd, kind, NULL, e);
}

void server_reload(struct server *server)
{
	atomic_store(&server->must_reload, true);
}

void server_fit(struct server *server, size_t descriptors, size_t others)
{
	size_t needed, most = clients_fit(server->count, descriptors > others ? descriptors - others : 0, &needed);
	char limit[24], enough[64], each[24];
	for (size_t i = 0; i < server->count; i++)
		server->listeners[i].clients.most = most;
	if (most == CLIENTS_MAX)
		return;
	snprintf(limit, sizeof limit, "%zu", descriptors);
	snprintf(each, sizeof each, "%zu", most);
	snprintf(enough, sizeof enough, "LimitNOFILE=%zu", needed + others);
	log_warn(
	    "few descriptors: each address that is listened on has room for fewer connections; raise the limit in the "
	    "unit of hawatchd, or with ulimit -n",
	    "limit", limit, "connections", each, "needed", enough);
}

void server_start(struct server *server)
{
	publish_serving(server->serving.publish, clock_now().mono);
	int failed = pthread_create(&server->thread, NULL, serve, server);
	if (failed)
		log_fatal("cannot start: no thread for the HTTP server", strerror(failed));
	server->is_running = true;
}

void server_free(struct server **server)
{
	struct server *s = *server;
	if (!s)
		return;
	if (s->is_running && eventfd_write(s->stop_fd, 1) == 0)
		pthread_join(s->thread, NULL);
	orders_close(s->serving.orders);
	resume_answered(s);
	state_writer_end_reads(s->serving.writer);
	resume_readers(s, clock_now().mono);
	passwords_close(s->serving.passwords);
	resume_checked(s);
	for (size_t i = 0; i < s->count; i++)
		listener_close(&s->listeners[i]);
	admission_fini(&s->serving);
	current_fini(&s->serving.current);
	close(s->stop_fd);
	free(s);
	*server = NULL;
}
