/*
 * A proxy on loopback for tests: HTTP CONNECT (RFC 9110 section 9.3.6) and SOCKS5 (RFC 1928, by name or
 * IPv4, without authentication). One line a request on stdout. Any other request is answered 200 and a node,
 * its header printed, so that a test sees what a server would.
 * usage: test-proxy [STATUS]    (answer every CONNECT with this status instead)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *refusal;

static int connect_to(const char *host, const char *port)
{
	struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return -1;
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

static void put(int fd, const void *bytes, size_t len)
{
	if (send(fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
		_exit(0);
}

/* Passes bytes on in both directions until one ends. */
static void splice_both(int a, int b)
{
	struct pollfd fds[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
	char bytes[16384];
	while (poll(fds, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			if (!fds[i].revents)
				continue;
			ssize_t got = recv(fds[i].fd, bytes, sizeof bytes, 0);
			if (got <= 0)
				return;
			put(fds[!i].fd, bytes, (size_t)got);
		}
	}
}

static void take(int fd, void *bytes, size_t len)
{
	if (recv(fd, bytes, len, MSG_WAITALL) != (ssize_t)len)
		_exit(0);
}

static void serve_socks(int client)
{
	unsigned char head[4], len = 0, port_bytes[2], methods[256];
	char host[300], port[8];
	take(client, head, 2);
	take(client, methods, head[1]);
	put(client, "\5\0", 2);
	take(client, head, 4);
	if (head[3] == 3) {
		take(client, &len, 1);
		take(client, host, len);
		host[len] = '\0';
	} else {
		unsigned char ip[4];
		take(client, ip, 4);
		inet_ntop(AF_INET, ip, host, sizeof host);
	}
	take(client, port_bytes, 2);
	snprintf(port, sizeof port, "%d", port_bytes[0] << 8 | port_bytes[1]);
	printf("SOCKS5 %s %s\n", head[3] == 3 ? "name" : "address", host);
	fflush(stdout);
	int server = connect_to(host, port);
	put(client, server < 0 ? "\5\5\0\1\0\0\0\0\0\0" : "\5\0\0\1\0\0\0\0\0\0", 10);
	if (server >= 0)
		splice_both(client, server);
}

static void serve_http(int client)
{
	static const char fine[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
				   "{\"kind\":\"NodeList\",\"items\":[{\"metadata\":{\"name\":\"n\"},"
				   "\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}]}";
	char head[16384], host[256], port[8], answer[64];
	size_t len = 0;
	do {
		take(client, head + len, 1);
		head[++len] = '\0';
	} while (len < sizeof head - 1 && !strstr(head, "\r\n\r\n"));
	printf("%s", head);
	fflush(stdout);
	if (sscanf(head, "CONNECT %255[^: ]:%7[0-9] ", host, port) != 2) {
		put(client, fine, sizeof fine - 1);
		return;
	}
	int server = refusal ? -1 : connect_to(host, port);
	const char *status = refusal ? refusal : server < 0 ? "502" : "200";
	snprintf(answer, sizeof answer, "HTTP/1.1 %s x\r\n%s\r\n", status, server < 0 ? "Content-Length: 0\r\n" : "");
	put(client, answer, strlen(answer));
	if (server >= 0)
		splice_both(client, server);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	refusal = argc > 1 ? argv[1] : NULL;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGCHLD, SIG_IGN);
	if (bind(listener, (struct sockaddr *)&at, len) != 0 || listen(listener, 64) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) != 0)
		return 1;
	printf("port %d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (int client; (client = accept(listener, NULL, NULL)) >= 0; close(client)) {
		if (fork() != 0)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		char first = 0;
		if (recv(client, &first, 1, MSG_PEEK) == 1 && first == 5)
			serve_socks(client);
		else
			serve_http(client);
		_exit(0);
	}
	return 0;
}
