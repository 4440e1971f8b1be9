/*
 * What the fault catalogue needs of the world around a daemon and Debian's tools do not give.
 *
 *	test-tool dns FILE                   a resolver on 127.0.0.1:53 that FILE directs, read for each query
 *	test-tool notify PATH                systemd's end of $NOTIFY_SOCKET: prints what comes
 *	test-tool loris PORT COUNT           so many clients of that port, each from an address of its own, that
 *	                                     never finish asking; says "holding" when all are connected
 *
 * FILE of dns: the word `answer`, `servfail` or `mute`, then lines `NAME IPV4 [IPV6]`; other names do not exist.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static _Noreturn void fatal(const char *what)
{
	fprintf(stderr, "test-tool: %s: %s\n", what, strerror(errno));
	exit(1);
}

enum { DNS_HEAD = 12, TYPE_A = 1, TYPE_AAAA = 28, SERVFAIL = 2, NXDOMAIN = 3 };

/* "a.b" of the question's labels; the bytes of the question behind it. 0: not a question. */
static size_t read_name(const unsigned char *query, size_t len, char *name, size_t size)
{
	size_t at = DNS_HEAD, n = 0;
	while (at < len && query[at]) {
		size_t label = query[at++];
		if (at + label > len || n + label + 2 > size)
			return 0;
		if (n)
			name[n++] = '.';
		memcpy(name + n, query + at, label);
		n += label;
		at += label;
	}
	name[n] = '\0';
	return at + 5 <= len ? at + 5 : 0; /* a zero, type and class */
}

/* Turns the question into its answer, in place; 0: there is none. */
static size_t answer_dns(const char *file, unsigned char *m, size_t len)
{
	char name[256], word[16] = "", line[512], host[256], v4[64], v6[64];
	size_t end = read_name(m, len, name, sizeof name), address_len = 0;
	unsigned char address[16];
	FILE *in = fopen(file, "re");
	if (!end || !in)
		fatal(file);
	int type = m[end - 4] << 8 | m[end - 3], code = NXDOMAIN;
	if (!fgets(word, sizeof word, in) || strncmp(word, "mute", 4) == 0)
		code = -1;
	while (code >= 0 && fgets(line, sizeof line, in)) {
		*v6 = '\0';
		if (sscanf(line, "%255s %63s %63s", host, v4, v6) < 2 || strcasecmp(host, name) != 0)
			continue;
		code = 0;
		if (type == TYPE_A && inet_pton(AF_INET, v4, address) == 1)
			address_len = 4;
		if (type == TYPE_AAAA && inet_pton(AF_INET6, v6, address) == 1)
			address_len = 16;
	}
	fclose(in);
	if (code < 0)
		return 0;
	if (strncmp(word, "servfail", 8) == 0) {
		code = SERVFAIL;
		address_len = 0;
	}
	m[2] = 0x81; /* an answer; recursion was desired */
	m[3] = (unsigned char)(0x80 | code);
	memset(m + 6, 0, 6); /* no records but the one below */
	if (!address_len)
		return end;
	m[7] = 1;
	/* The name of the question, its type, class IN, one second to live. */
	unsigned char record[] = {
	    0xc0, DNS_HEAD, 0, (unsigned char)type, 0, 1, 0, 0, 0, 1, 0, (unsigned char)address_len};
	memcpy(m + end, record, sizeof record);
	memcpy(m + end + sizeof record, address, address_len);
	return end + sizeof record + address_len;
}

static int serve_dns(const char *file)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
			       .sin_port = htons(53),
			       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
			   from;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
		fatal("127.0.0.1:53");
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		unsigned char m[1024];
		socklen_t from_len = sizeof from;
		ssize_t got = recvfrom(fd, m, 512, 0, (struct sockaddr *)&from, &from_len);
		size_t len = got > DNS_HEAD ? answer_dns(file, m, (size_t)got) : 0;
		if (len && sendto(fd, m, len, 0, (struct sockaddr *)&from, from_len) < 0)
			fatal("answer");
	}
}

static int take_notes(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
		fatal(path);
	for (;;) {
		char text[4096];
		ssize_t got = recv(fd, text, sizeof text, 0);
		if (got < 0)
			fatal(path);
		printf("%.*s\n", (int)got, text);
		fflush(stdout);
	}
}

/* From 127.1.0.1 on, so that no two clients look alike. */
static int connect_from(unsigned i, in_port_t port)
{
	struct sockaddr_in me = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f010001 + i)};
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&me, sizeof me) != 0)
		fatal("client");
	if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
		fatal("connect");
	return fd;
}

static int hold(in_port_t port, unsigned count)
{
	static const char head[] = "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ";
	struct rlimit files;
	int *fds = calloc(count, sizeof *fds);
	if (!fds || getrlimit(RLIMIT_NOFILE, &files) != 0)
		fatal("clients");
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (unsigned i = 0; i < count; i++) {
		fds[i] = connect_from(i, port);
		send(fds[i], head, sizeof head - 1, MSG_NOSIGNAL);
	}
	printf("holding\n");
	fflush(stdout);
	for (;;) {
		poll(NULL, 0, 500);
		for (unsigned i = 0; i < count; i++) {
			if (send(fds[i], "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 || errno == EAGAIN)
				continue;
			close(fds[i]); /* thrown out: comes again */
			fds[i] = connect_from(i, port);
			send(fds[i], head, sizeof head - 1, MSG_NOSIGNAL);
		}
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (strcmp(what, "dns") == 0 && argc == 3)
		return serve_dns(argv[2]);
	if (strcmp(what, "notify") == 0 && argc == 3)
		return take_notes(argv[2]);
	if (strcmp(what, "loris") == 0 && argc == 4)
		return hold((in_port_t)atoi(argv[2]), (unsigned)atoi(argv[3]));
	fprintf(stderr, "usage: test-tool dns|notify|loris ...; see its source\n");
	return 2;
}
