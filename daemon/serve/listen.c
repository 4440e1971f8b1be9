#define _DEFAULT_SOURCE /* SOCK_CLOEXEC, getaddrinfo */
#include "serve/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	/* Of each connection, in the kernel, which counts them as the daemon's memory: an answer that is not read, a
	 * request that is not taken. */
	SEND_BYTES = 128 << 10,
	RECEIVE_BYTES = 32 << 10,
};

bool listen_start(int fd)
{
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){SEND_BYTES}, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){RECEIVE_BYTES}, sizeof(int));
	/* Else the second record of a TLS handshake waits until the client acknowledges the first: 40 ms later. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	return listen(fd, SOMAXCONN) == 0;
}

/* Splits at the last colon; brackets around an IPv6 address are removed. */
static bool split(const char *address, char host[256], char port[16])
{
	const char *colon = strrchr(address, ':');
	if (!colon || colon == address + strlen(address) - 1 || strlen(colon + 1) >= 16)
		return false;
	size_t len = (size_t)(colon - address);
	const char *start = address;
	bool has_brackets = len >= 2 && start[0] == '[' && start[len - 1] == ']';
	if (has_brackets) {
		start++;
		len -= 2;
	}
	if (len >= 256 || (!has_brackets && memchr(start, ':', len)))
		return false;
	memcpy(host, start, len);
	host[len] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return true;
}

static int open_one(const struct addrinfo *ai)
{
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen_start(fd))
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static bool is_port(const char *port)
{
	return strspn(port, "0123456789") == strlen(port) && strtol(port, NULL, 10) <= 65535;
}

const char *listen_unix_path(const char *address)
{
	return strncmp(address, "unix:", 5) == 0 ? address + 5 : NULL;
}

bool listen_check(const char *address, struct err *e)
{
	char host[256], port[16];
	const char *path = listen_unix_path(address);
	if (path)
		return *path == '/' ||
		    err_set(e, "%s: expected an absolute path, as in unix:/run/hawatch/web.sock", address);
	return (split(address, host, port) && is_port(port)) ||
	    err_set(e, "%s: expected an address such as 127.0.0.1:29164, [::1]:29164 or :29164", address);
}

int listen_tcp(const char *address, struct err *e)
{
	char host[256], port[16];
	if (!listen_check(address, e))
		return -1;
	split(address, host, port);
	struct addrinfo *found = NULL, hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	int failed = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
	if (failed) {
		err_set(e, "%s: %s", address, gai_strerror(failed));
		return -1;
	}
	int fd = -1;
	/* Without a host: all addresses. An IPv6 socket also accepts IPv4. */
	for (const struct addrinfo *ai = found; ai && fd < 0 && !host[0]; ai = ai->ai_next)
		fd = ai->ai_family == AF_INET6 ? open_one(ai) : -1;
	if (fd < 0)
		fd = open_one(found);
	if (fd < 0)
		err_set(e, "cannot listen on %s: %s%s", address, strerror(errno),
		    errno == EADDRINUSE ? "; choose another with --web.listen-address" : "");
	freeaddrinfo(found);
	return fd;
}

/* Removes the socket of a daemon that has ended. False with `e` if another listens there, or if that is not known. */
static bool remove_old(const struct sockaddr_un *at, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool is_there = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) == 0;
	int why = is_there ? EAGAIN : errno;
	if (fd >= 0)
		close(fd);
	if (why == EAGAIN)
		return err_set(e, "%s: another process listens on this socket", at->sun_path);
	if (why != ECONNREFUSED)
		return err_set(e, "%s: cannot tell whether another process listens on this socket: %s", at->sun_path,
		    strerror(why));
	unlink(at->sun_path);
	return true;
}

int listen_unix(const char *path, struct err *e)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof at.sun_path) {
		err_set(e, "%s: longer than %zu bytes, the limit for a socket path", path, sizeof at.sun_path - 1);
		return -1;
	}
	memcpy(at.sun_path, path, strlen(path) + 1);
	struct stat st;
	bool is_there = lstat(path, &st) == 0;
	if (is_there && !S_ISSOCK(st.st_mode)) {
		err_set(e, "%s: a file that is no socket; remove it, or choose another path", path);
		return -1;
	}
	if (is_there && !remove_old(&at, e))
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t mask = umask(0117);
	bool is_bound = fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;
	umask(mask);
	if (is_bound && listen_start(fd))
		return fd;
	err_set(e, "cannot listen on %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int listen_open(const char *address, struct err *e)
{
	const char *path = listen_unix_path(address);
	return path ? listen_unix(path, e) : listen_tcp(address, e);
}

bool listen_is_unix(int fd)
{
	int domain = 0;
	socklen_t size = sizeof domain;
	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

void listen_put_address(int fd, struct buf *out)
{
	struct sockaddr_storage at = {0};
	socklen_t size = sizeof at;
	char host[NI_MAXHOST], port[NI_MAXSERV];
	const struct sockaddr *address = (const struct sockaddr *)&at;
	if (getsockname(fd, (struct sockaddr *)&at, &size) != 0)
		buf_puts(out, "unknown");
	else if (at.ss_family == AF_UNIX)
		buf_printf(out, "unix:%s", ((const struct sockaddr_un *)(const void *)&at)->sun_path);
	else if (getnameinfo(address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		buf_printf(out, at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}
