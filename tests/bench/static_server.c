/*
 * The limit of what a server with libmicrohttpd can do: the bytes of one file, in one response that is made at the
 * start. Everything else is as in the daemon's server (serve/server.c): the same options, one thread, epoll.
 *
 * Usage: static_server FILE. Prints its URL; runs until it is killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

enum { FILE_MAX_BYTES = 64 << 20, CONNECTIONS_MAX = 512, CONNECTION_BYTES = 16 << 10, IDLE_TIMEOUT_S = 75 };

#define DIE(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(1))

static struct MHD_Response *response;

/* As the daemon does, answers when the headers have been read and the body may come. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_len, void **state)
{
	static char head_taken;
	(void)cls, (void)url, (void)method, (void)version, (void)upload, (void)upload_len;
	if (!*state) {
		*state = &head_taken;
		return MHD_YES;
	}
	return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

static struct MHD_Response *response_of(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *bytes = malloc(FILE_MAX_BYTES);
	if (!f || !bytes)
		DIE("%s cannot be read", path);
	size_t len = fread(bytes, 1, FILE_MAX_BYTES, f);
	fclose(f);
	struct MHD_Response *r = MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_PERSISTENT);
	if (!r || MHD_add_response_header(r, "Content-Type", "text/plain; version=0.0.4; charset=utf-8") != MHD_YES)
		DIE("no response");
	return r;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (argc != 2)
		DIE("usage: %s FILE", argv[0]);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	response = response_of(argv[1]);
	struct MHD_Daemon *mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
	    NULL, on_request, NULL, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_TIMEOUT_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_END);
	if (!mhd)
		DIE("libmicrohttpd does not start");
	printf("http://127.0.0.1:%u/metrics\n", MHD_get_daemon_info(mhd, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	struct pollfd fd = {.fd = MHD_get_daemon_info(mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN};
	for (;;) {
		MHD_UNSIGNED_LONG_LONG ms;
		poll(&fd, 1, MHD_get_timeout(mhd, &ms) == MHD_YES && ms < 1000 ? (int)ms : 1000);
		MHD_run(mhd);
	}
}
