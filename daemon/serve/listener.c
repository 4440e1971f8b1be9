#define _GNU_SOURCE /* accept4 */
#include "serve/listener.h"

#include "base/mem.h"
#include "os/clock.h"
#include "os/log.h"
#include "serve/listen.h"
#include "serve/request_check.h"
#include "serve/routes.h"

#include <errno.h>
#include <limits.h>
#include <linux/tcp.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	/* A request's head, of 16 kB; of its answer, with what the web configuration adds; and what is read ahead. */
	CONNECTION_BYTES = 20 << 10,
	IDLE_TIMEOUT_S = 75,
	STILL_TURNS = 2,       /* one may only have resumed a connection */
	ACCEPT_PAUSE_MS = 100, /* after a connection could not be accepted */
};

static struct client *client_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* What libmicrohttpd refuses before it knows of a request, it does not tell of. */
static bool has_sent_something(int fd)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof info;
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_bytes_received > 0;
}

/* Here the handshake has not begun. What is set now takes the place of what libmicrohttpd has set. */
static void begin_tls(struct listener *l, struct client *client, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (!info)
		return;
	client->tls = tls_begin(l->serving->config->tls, info->tls_session, client->fd, &l->moves);
	if (!client->tls)
		shutdown(client->fd, SHUT_RDWR);
}

/*
 * Who is refused before all was read would lose the answer: a socket that is closed with unread bytes resets its
 * connection. What has arrived is passed over, as much as the kernel holds of a connection.
 */
static void pass_over_the_rest(int fd)
{
	char rest[16 << 10];
	for (int i = 0; i < 8 && recv(fd, rest, sizeof rest, MSG_DONTWAIT) > 0; i++)
		continue;
}

static void on_connection(
    void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
	struct listener *l = cls;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = clients_open(&l->clients,
		    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
		    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
		    clock_now().mono);
		begin_tls(l, *context, connection);
		return;
	}
	struct client *client = *context;
	struct tls_session *tls = client->tls;
	pass_over_the_rest(client->fd);
	if (client->doing == HTTP_OPENED && has_sent_something(client->fd))
		clients_began(client, clock_now().mono);
	clients_close(&l->clients, client);
	tls_end(tls);
}

/* What it returns becomes the state of the request. */
static void *on_first_line(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct client *client = client_of(connection);
	(void)cls;
	clients_began(client, clock_now().mono);
	client->has_nul = request_check_nul(uri);
	return NULL;
}

/* The request state after its headers have been read, until it has an order to wait for. */
static char head_taken;

static void on_answered(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	struct client *client = client_of(connection);
	struct listener *l = cls;
	if (*state != &head_taken)
		order_free(*state);
	l->serving->scrapes -= client->is_scrape;
	client->is_scrape = false;
	l->serving->reads[l->kind] -= client->is_reading;
	client->is_reading = false;
	journal_read_free(client->read);
	client->read = NULL;
	if (why == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		clients_answered(client, clock_now().mono);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_len, void **state)
{
	struct listener *l = cls;
	(void)version;
	(void)upload;
	struct client *client = client_of(connection);
	l->moves++;
	if (!*state) {
		*state = &head_taken;
		clients_read_head(client, clock_now().mono);
		return MHD_YES;
	}
	if (*upload_len) {
		*upload_len = 0; /* no route reads a body, but the deadline also covers it */
		return MHD_YES;
	}
	if (client->is_cut) /* while it was suspended */
		return MHD_NO;
	clients_asked(client, clock_now().mono);
	struct exchange x = {
	    .connection = connection,
	    .serving = l->serving,
	    .client = client,
	    .kind = l->kind,
	    .is_by_network = !l->clients.is_local,
	    .problem = client->has_nul ? "a NUL in the path or a parameter" : request_check_header(connection),
	    .order = *state == &head_taken ? NULL : *state,
	};
	enum MHD_Result result = routes_answer(&x, url, method);
	if (x.order)
		*state = x.order;
	return result;
}

/*
 * Accepting. libmicrohttpd could do it; but without a descriptor for a new connection it tries without a pause, or,
 * while it has another connection, not again before that one ends, which a client that keeps it never lets happen.
 */

static bool has_place(const struct listener *l)
{
	return MHD_get_daemon_info(l->mhd, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections <
	    l->clients.most + CLIENTS_ACCEPTED;
}

/* It waits in the kernel's queue. */
static void pause_accepting(struct listener *l, int why)
{
	l->accept_from = mono_plus(clock_now().mono, ACCEPT_PAUSE_MS);
	if (!l->is_short)
		log_warn("cannot accept connections, trying again", "error", strerror(why));
	l->is_short = true;
}

void listener_accept(struct listener *l)
{
	for (int i = 0; i < CLIENTS_ACCEPTED && has_place(l); i++) {
		struct sockaddr_storage from;
		socklen_t len = sizeof from;
		int fd = accept4(l->fd, (struct sockaddr *)&from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED))
			return;
		if (fd < 0) {
			pause_accepting(l, errno);
			return;
		}
		if (!clients_make_room(&l->clients, (const struct sockaddr *)&from, clock_now().mono)) {
			close(fd);
			continue;
		}
		MHD_add_connection(l->mhd, fd, (const struct sockaddr *)&from, len); /* closes it on failure */
		if (l->is_short)
			log_info("connections are accepted again");
		l->is_short = false;
	}
}

bool listener_accepts(const struct listener *l, mono_ms now)
{
	return mono_since(l->accept_from, now) >= 0 && has_place(l);
}

/*
 * While a client stops in the middle of a handshake, libmicrohttpd asks to be called again at once, without end. Then
 * nothing moves: neither bytes nor requests. It is called again when a socket becomes ready.
 */
static bool is_still(struct listener *l)
{
	size_t pending = 0;
	for (const struct client *c = l->clients.first; c; c = c->next)
		pending += c->tls ? tls_pending(c->tls) : 0;
	l->still = l->moves == l->seen.moves && pending == l->seen.pending ? l->still + 1 : 0;
	l->seen.moves = l->moves;
	l->seen.pending = pending;
	return l->still >= STILL_TURNS;
}

int listener_timeout_ms(struct listener *l, mono_ms now)
{
	MHD_UNSIGNED_LONG_LONG ms;
	int64_t least = INT_MAX, pause_ms = mono_since(now, l->accept_from);
	if (MHD_get_timeout(l->mhd, &ms) == MHD_YES && ms < INT_MAX && (ms || !l->has_tls || !is_still(l)))
		least = (int64_t)ms;
	return (int)(pause_ms > 0 && pause_ms < least ? pause_ms : least);
}

/* libmicrohttpd's own messages; mostly about clients that disconnected. */
__attribute__((format(printf, 2, 0))) static void on_mhd_log(void *cls, const char *format, va_list ap)
{
	char text[512];
	(void)cls;
	vsnprintf(text, sizeof text, format, ap);
	text[strcspn(text, "\r\n")] = '\0';
	log_debug("http", "error", text);
}

/* libmicrohttpd wants a certificate, or who chooses one. This is never asked, because each session gets its own. */
static int choose_no_certificate(void)
{
	return -1;
}

bool listener_open_take(struct listener *l, int fd, enum listener_kind kind, const char *socket_path,
    struct serving *serving, struct err *e)
{
	*l = (struct listener){.serving = serving, .kind = kind, .fd = fd, .accept_from = MONO_NEVER};
	l->clients = (struct clients){.is_local = listen_is_unix(fd), .most = CLIENTS_MAX, .http = &serving->http};
	l->has_tls = kind == LISTENER_WEB && serving->config->tls;
	struct MHD_OptionItem tls[] = {
	    {l->has_tls ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END, 0, (void *)choose_no_certificate},
	    {MHD_OPTION_END, 0, NULL},
	};
	unsigned flags = MHD_USE_NO_LISTEN_SOCKET | MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME;
	/* The logger is the first option: what goes wrong with those before it would be printed as it is. */
	l->mhd = MHD_start_daemon(flags | (l->has_tls ? MHD_USE_TLS : 0), 0, NULL, NULL, on_request, l,
	    MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_first_line, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, on_answered, l, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)(CLIENTS_MAX + CLIENTS_ACCEPTED), MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_TIMEOUT_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (!l->mhd) {
		int why = errno;
		close(fd);
		return err_set(e, "cannot start the HTTP server: %s", strerror(why));
	}
	if (socket_path) {
		l->socket_path = mem_copy_text(socket_path, strlen(socket_path));
		l->socket_file = file_stamp_of(socket_path);
	}
	l->epoll_fd = MHD_get_daemon_info(l->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	return true;
}

void listener_run(struct listener *l)
{
	MHD_run(l->mhd);
}

bool listener_has_cut(void *connection)
{
	return client_of(connection)->is_cut;
}

void listener_give(void *connection, struct journal_read *read)
{
	client_of(connection)->read = read;
}

/* A path that was freed for another daemon is that one's. While our socket is open, no other file gets its inode. */
static bool is_ours(const struct listener *l)
{
	struct file_stamp now = file_stamp_of(l->socket_path);
	return now.inode && now.device == l->socket_file.device && now.inode == l->socket_file.inode;
}

void listener_close(struct listener *l)
{
	MHD_run(l->mhd); /* send the answers of resumed connections */
	MHD_stop_daemon(l->mhd);
	if (l->socket_path && is_ours(l))
		unlink(l->socket_path);
	close(l->fd);
	free(l->socket_path);
}
