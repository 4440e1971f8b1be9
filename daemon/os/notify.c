#define _DEFAULT_SOURCE /* SOCK_CLOEXEC */
#include "os/notify.h"

#include "os/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Used by the poller only. */
static int socket_fd = -1; /* opened once, so that a later shortage of descriptors does not silence the watchdog */
static const char *unsent; /* the last message that could not be sent */
static bool has_warned;

static bool send_to(const char *path, const char *assignments)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = strlen(path);
	if (len < 2 || len >= sizeof to.sun_path || !strchr("/@", path[0]))
		return true; /* as sd_notify(3): nobody to tell */
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')
		to.sun_path[0] = '\0'; /* Linux's abstract namespace */
	if (socket_fd < 0)
		socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (socket_fd < 0)
		return false;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	return sendto(socket_fd, assignments, strlen(assignments), MSG_NOSIGNAL, (const struct sockaddr *)&to, size) >=
	    0;
}

void notify_send(const char *assignments)
{
	const char *path = getenv("NOTIFY_SOCKET");
	bool is_sent = !path || send_to(path, assignments);
	unsent = is_sent ? NULL : assignments;
	if (!is_sent && !has_warned)
		log_warn("cannot notify systemd, trying again", "message", assignments, "error", strerror(errno));
	has_warned = !is_sent;
}

void notify_send_again(void)
{
	if (unsent)
		notify_send(unsent);
}

int64_t notify_watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	long long v = usec ? strtoll(usec, NULL, 10) : 0;
	return v > 0 ? v / 2000 : 0;
}
