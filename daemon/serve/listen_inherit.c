#define _GNU_SOURCE /* unsetenv, SO_DOMAIN */
#include "serve/listen_inherit.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_FD = 3 /* SD_LISTEN_FDS_START */ };

static const struct {
	const char *name;
	enum listener_kind kind;
} names[] = {{"health", LISTENER_HEALTH}, {"control", LISTENER_CONTROL}};

/* A decimal number of an environment variable; -1 if it is none. */
static long number_of(const char *text)
{
	char *end = NULL;
	long number = text && *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : -1;
	return end && !*end ? number : -1;
}

static int option_of(int fd, int option)
{
	int value = -1;
	socklen_t size = sizeof value;
	return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

static bool is_usable(int fd)
{
	int domain = option_of(fd, SO_DOMAIN);
	return (domain == AF_INET || domain == AF_INET6 || domain == AF_UNIX) &&
	    option_of(fd, SO_TYPE) == SOCK_STREAM && option_of(fd, SO_ACCEPTCONN) == 1;
}

/* The kind that the first of the names, separated by colons, stands for; `list` moves to the next. */
static enum listener_kind next_kind(const char **list)
{
	size_t len = strcspn(*list, ":");
	enum listener_kind kind = LISTENER_WEB;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i].name) == len && memcmp(names[i].name, *list, len) == 0)
			kind = names[i].kind;
	*list += len + ((*list)[len] == ':');
	return kind;
}

static bool take(int fd, enum listener_kind kind, struct listen_inherited *out, struct err *e)
{
	if (!is_usable(fd))
		return err_set(e,
		    "descriptor %d of systemd is no listening stream socket; in the socket unit, expected "
		    "ListenStream= and Accept=no",
		    fd);
	if (kind == LISTENER_CONTROL && !listen_is_unix(fd))
		return err_set(
		    e, "the socket named \"control\" is no Unix socket; it would let the network change things");
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || !listen_start(fd))
		return err_set(e, "descriptor %d of systemd cannot be used", fd);
	*out = (struct listen_inherited){fd, kind};
	return true;
}

bool listen_inherit(struct listen_inherited inherited[LISTEN_INHERITED_MAX], size_t *count, struct err *e)
{
	long pid = number_of(getenv("LISTEN_PID")), sockets = number_of(getenv("LISTEN_FDS"));
	const char *list = getenv("LISTEN_FDNAMES");
	*count = 0;
	if (pid != getpid() || sockets < 1)
		return err_set(e, "systemd has passed no socket; start hawatchd through hawatchd.socket");
	if (sockets > LISTEN_INHERITED_MAX)
		return err_set(e, "systemd has passed %ld sockets; expected at most %d", sockets, LISTEN_INHERITED_MAX);
	for (list = list ? list : ""; *count < (size_t)sockets; ++*count)
		if (!take(FIRST_FD + (int)*count, next_kind(&list), &inherited[*count], e))
			return false;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return true;
}
