/*
 * Many clients of one HTTP server on loopback, who behave badly: for tests of its limits. Each connects from one of
 * SOURCES addresses of 127.0.1.0/24 and goes on as its STYLE says; the table below has what each style does. A client
 * that the server closes comes back, RECONNECTS times in all. Prints "all" when every client has done what it does
 * once, and ends with the standard input; then it prints how many connections were opened and how many were closed.
 * usage: test-flood PORT STYLE CONNECTIONS SOURCES RECONNECTS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 4000, TICK_MS = 20, AGAIN_MS = 200 };

#define ASK "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define NUMBER "00000000" /* is replaced, so that each is another */
/* "prometheus:" and bytes that digits stand for in base64. */
#define TRY "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic cHJvbWV0aGV1czp4" NUMBER "\r\n\r\n"
static const struct style {
	const char *name, *begins, *adds; /* adds a byte now and then */
	int times;                        /* so often it begins, at once */
	int reads;                        /* it reads what is answered */
	int again;                        /* it begins again at the next AGAIN_MS when something has arrived */
} styles[] = {
    {"silent", "", "", 1, 0, 0},
    {"head", "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", "x", 1, 0, 0},
    {"body", "GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n", "x", 1, 0, 0},
    {"kept", ASK, "", 1, 1, 0},
    {"reader", ASK, "", 10, 0, 0},
    {"garbage", "\x16\x03\x01 no HTTP\r\n\r\n", "", 1, 1, 0},
    {"password", TRY, "", 1, 1, 1},
};

struct client {
	int has_begun;
	int has_heard; /* something has arrived since it asked */
	int source;
};
static struct client clients[CONNECTIONS_MAX];
static struct pollfd fds[CONNECTIONS_MAX + 1]; /* of each client; the last is the standard input */
static const struct style *style;
static int port, reconnects, opened, closed, begun;

static int dial(int source)
{
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000100U + (unsigned)source)};
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), small = 2048;
	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) != 0) {
		perror("test-flood");
		exit(1);
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) {
		perror("test-flood: connect");
		exit(1);
	}
	opened++;
	return fd;
}

static void say(int fd, const char *text)
{
	/* What a closed connection does not take, or a slow server, is not worth a word. */
	(void)!send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void begin(int fd)
{
	static int number;
	char text[512];
	snprintf(text, sizeof text, "%s", style->begins);
	char *digits = strstr(text, NUMBER);
	for (int n = number++, i = sizeof NUMBER - 2; digits && i >= 0; i--, n /= 10)
		digits[i] = (char)('0' + n % 10);
	say(fd, text);
}

static int is_closed(int fd, struct client *c)
{
	char bytes[65536];
	ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
	c->has_heard = n > 0;
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void send_something(struct client *c, struct pollfd *fd)
{
	int is_first = fd->events & POLLOUT;
	if (!is_first && *style->adds)
		say(fd->fd, style->adds);
	if (!is_first || !(fd->revents & POLLOUT))
		return;
	for (int n = 0; n < style->times; n++)
		begin(fd->fd);
	fd->events = style->reads ? POLLIN : POLLRDHUP;
	begun += !c->has_begun;
	c->has_begun = 1;
}

static void come_back(const struct client *c, struct pollfd *fd)
{
	close(fd->fd);
	closed++;
	*fd = (struct pollfd){.fd = reconnects-- > 0 ? dial(c->source) : -1, .events = POLLIN | POLLOUT};
}

static void begin_again(int count)
{
	static int64_t last_ms;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (!style->again || now_ms - last_ms < AGAIN_MS)
		return;
	last_ms = now_ms;
	for (int i = 0; i < count; i++)
		if (fds[i].fd >= 0 && clients[i].has_heard) {
			clients[i].has_heard = 0;
			begin(fds[i].fd);
		}
}

static void flood(int count)
{
	int has_told = 0;
	while (!fds[count].revents && (poll(fds, (nfds_t)count + 1, TICK_MS) >= 0 || errno == EINTR)) {
		for (int i = 0; i < count; i++) {
			struct pollfd *fd = &fds[i];
			if (fd->fd < 0)
				continue;
			send_something(&clients[i], fd);
			if (fd->revents & (POLLHUP | POLLERR | POLLRDHUP) ||
			    (fd->revents & POLLIN && style->reads && is_closed(fd->fd, &clients[i])))
				come_back(&clients[i], fd);
		}
		begin_again(count);
		if (begun == count && !has_told++)
			puts("all");
	}
}

int main(int argc, char **argv)
{
	int count = argc == 6 ? atoi(argv[3]) : 0, sources = argc == 6 ? atoi(argv[4]) : 0;
	for (size_t i = 0; argc == 6 && i < sizeof styles / sizeof *styles; i++)
		if (strcmp(styles[i].name, argv[2]) == 0)
			style = &styles[i];
	if (!style || count < 1 || count > CONNECTIONS_MAX || sources < 1 || sources > 250) {
		fprintf(stderr, "usage: test-flood PORT STYLE CONNECTIONS SOURCES RECONNECTS\n");
		return 2;
	}
	port = atoi(argv[1]);
	reconnects = atoi(argv[5]);
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	setvbuf(stdout, NULL, _IOLBF, 0);
	fds[count] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
	for (int i = 0; i < count; i++) {
		clients[i].source = 1 + i % sources;
		fds[i] = (struct pollfd){.fd = dial(clients[i].source), .events = POLLIN | POLLOUT};
	}
	flood(count);
	printf("opened %d, closed %d\n", opened, closed);
	return 0;
}
