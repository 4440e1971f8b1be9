/* Requests to a host with two addresses, of which the machine has no socket left for the first; odd answers. */
#define _GNU_SOURCE
#include "fetch/fetch.h"
#include "os/clock.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PATIENCE_S = 60, TIMEOUT_MS = 300000, ANSWER_MAX_BYTES = 1024 };

static int no_socket_for[2]; /* errno by address: ::1, 127.0.0.1 */

/* In place of libc's, also for libcurl. */
int socket(int domain, int type, int protocol)
{
	bool is_stream = (type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) == SOCK_STREAM;
	errno = is_stream && domain == AF_INET6 ? no_socket_for[0]
	    : is_stream && domain == AF_INET    ? no_socket_for[1]
						: 0;
	return errno ? -1 : (int)syscall(SYS_socket, domain, type, protocol);
}

static int (*real_getaddrinfo)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* The host `two` has both addresses of this machine, ::1 first. */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	(void)hints;
	if (strcmp(host, "two") != 0)
		return EAI_NONAME;
	if (real_getaddrinfo("::1", service, &numeric, out) != 0)
		return EAI_FAIL;
	return real_getaddrinfo("127.0.0.1", service, &numeric, &(*out)->ai_next);
}

/* A server on 127.0.0.1 that says one thing to everybody; "": it closes the connection. */
struct server {
	int fd;
	const char *says;
	pthread_t thread;
};

static void *serve(void *ctx)
{
	struct server *s = ctx;
	char request[4096];
	for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0;) {
		if (*s->says && read(fd, request, sizeof request) > 0)
			assert_true(write(fd, s->says, strlen(s->says)) == (ssize_t)strlen(s->says) || errno == EPIPE ||
			    errno == ECONNRESET);
		close(fd);
	}
	return NULL;
}

/* Returns the port. Without `says` nobody listens there. */
static int begin_serving(struct server *s, const char *says)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	*s = (struct server){.fd = socket(AF_INET, SOCK_STREAM, 0), .says = says};
	assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
	if (says) {
		assert_int_equal(listen(s->fd, 8), 0);
		assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	}
	return ntohs(at.sin_port);
}

static void end_serving(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR); /* ends accept() */
	if (s->says)
		pthread_join(s->thread, NULL);
	close(s->fd);
}

static void on_done(void *ctx, const struct fetch_result *result)
{
	*(struct fetch_result *)ctx = *result;
}

static struct fetch_result ask_for(const struct fetch_request *request)
{
	struct fetch *fetch = fetch_new(1);
	struct fetch_job *job = fetch_job_new(fetch);
	struct fetch_result result = {.duration_ms = -1};
	struct fetch_request asked = *request;
	asked.timeout_ms = TIMEOUT_MS;
	asked.max_bytes = ANSWER_MAX_BYTES;
	asked.on_done = on_done;
	asked.ctx = &result;
	fetch_start(job, &asked);
	while (result.duration_ms < 0) {
		fetch_wait(fetch, NULL, 0, 1000);
		fetch_perform(fetch, clock_now().mono);
	}
	fetch_job_free(&job);
	fetch_free(&fetch);
	return result;
}

static struct fetch_result ask(int port)
{
	char url[64];
	snprintf(url, sizeof url, "http://two:%d/", port);
	return ask_for(&(struct fetch_request){.url = url});
}

#define GOOD "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define BUSY "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"

static void no_socket_for_an_address(void **state)
{
	static const struct {
		const char *name;
		int first, second; /* errno of each address's socket; 0: there is one, and for ::1 nobody listens */
		const char *says;  /* on 127.0.0.1; NULL: nobody listens */
		enum poll_reason reason;
	} rows[] = {
	    {"both can be asked", 0, 0, GOOD, POLL_OK},
	    {"too many open files for the first", EMFILE, 0, GOOD, POLL_OK},
	    {"too many in the whole system", ENFILE, 0, GOOD, POLL_OK},
	    {"no memory for the first", ENOMEM, 0, GOOD, POLL_OK},
	    {"no buffers for the first", ENOBUFS, 0, GOOD, POLL_OK},
	    {"no IPv6 here", EAFNOSUPPORT, 0, GOOD, POLL_OK},
	    {"none for the first, the second is busy", EMFILE, 0, BUSY, POLL_HTTP_5XX},
	    {"none for the first, the second is not HTTP", EMFILE, 0, "SSH-2.0-x\r\n", POLL_PARSE},
	    {"none for the first, the second hangs up", EMFILE, 0, "", POLL_CONNECT},
	    {"none for the first, the second refuses", EMFILE, 0, NULL, POLL_INTERNAL},
	    {"none for the second, the first refuses", 0, EMFILE, NULL, POLL_INTERNAL},
	    {"none at all", EMFILE, EMFILE, NULL, POLL_INTERNAL},
	    {"both refuse", 0, 0, NULL, POLL_CONNECT},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct server server;
		int port = begin_serving(&server, rows[i].says);
		no_socket_for[0] = rows[i].first;
		no_socket_for[1] = rows[i].second;
		struct fetch_result result = ask(port);
		no_socket_for[0] = no_socket_for[1] = 0;
		end_serving(&server);
		if (result.answer.reason != rows[i].reason)
			fail_msg("%s: %s (%s)", rows[i].name, poll_reason_names[result.answer.reason], result.detail);
		if (rows[i].reason == POLL_INTERNAL)
			assert_non_null(strstr(result.detail, "cannot open a socket: Too many open files"));
	}
}

/* One header that is longer than libcurl takes. It calls this a want of memory, which is none of ours. */
static void long_header(void **state)
{
	enum { HEADER_BYTES = 120 << 10 };
	char *says = malloc(HEADER_BYTES + 100);
	struct server server;
	(void)state;
	strcpy(says, "HTTP/1.1 200 OK\r\nX-Long: ");
	size_t len = strlen(says);
	memset(says + len, 'x', HEADER_BYTES);
	strcpy(says + len + HEADER_BYTES, "\r\nContent-Length: 0\r\n\r\n");
	int port = begin_serving(&server, says);
	struct fetch_result result = ask(port);
	end_serving(&server);
	free(says);
	assert_string_equal(result.detail, "a header of the answer is too long");
	assert_int_equal(result.answer.reason, POLL_TOO_LARGE);
}

static char addresses[128];

static void on_address(void *ctx, const char *address)
{
	(void)ctx;
	strcat(strcat(addresses, address), " ");
}

/* Only the name is looked up: nobody is connected to, and a host without a name has none. */
static void addresses_of_a_host(void **state)
{
	static const struct {
		const char *host, *addresses;
		enum poll_reason reason;
	} rows[] = {
	    {"two", "::1 127.0.0.1 ", POLL_OK},
	    {"10.1.2.3", "10.1.2.3 ", POLL_OK},
	    {"[fd00::7]", "fd00::7 ", POLL_OK},
	    {"nobody", "", POLL_DNS},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char url[64];
		addresses[0] = '\0';
		snprintf(url, sizeof url, "http://%s:1/", rows[i].host);
		struct fetch_result result = ask_for(&(struct fetch_request){.url = url, .on_address = on_address});
		if (result.answer.reason != rows[i].reason || strcmp(addresses, rows[i].addresses) != 0)
			fail_msg("%s: %s, addresses %s (%s)", rows[i].host, poll_reason_names[result.answer.reason],
			    addresses, result.detail);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_socket_for_an_address),
	    cmocka_unit_test(long_header),
	    cmocka_unit_test(addresses_of_a_host),
	};
	*(void **)&real_getaddrinfo = dlsym(RTLD_NEXT, "getaddrinfo");
	signal(SIGPIPE, SIG_IGN);
	alarm(PATIENCE_S); /* only what hangs takes so long */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
