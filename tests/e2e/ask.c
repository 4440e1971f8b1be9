/*
 * Asks a server of a test, thousands of times in a run: linked statically, it starts in a fraction of curl's time.
 *
 *	test-ask get URL                  prints the answer's body
 *	test-ask post URL [KEY=VALUE]...  the same for POST; each KEY and VALUE becomes part of the query
 *
 * The URL begins with http:// and a numeric IPv4 address. If the answer is an error, its body is printed too, and the
 * exit status is 22, as of curl. Gives up after a minute: what hangs must not hang the test.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_S = 60, REFUSED = 22, NO_ANSWER = 7 };

static _Noreturn void fail(const char *what, const char *url)
{
	fprintf(stderr, "test-ask: %s: %s\n", url, what);
	exit(NO_ANSWER);
}

/* Sets the host's part of the URL, and returns its path. */
static const char *split(const char *url, char *host, size_t size)
{
	const char *begin = strncmp(url, "http://", 7) == 0 ? url + 7 : "";
	size_t len = strcspn(begin, "/?");
	if (!len || len >= size)
		fail("no URL of a numeric address", url);
	memcpy(host, begin, len);
	host[len] = '\0';
	return begin + len;
}

static int connect_to(const char *host, const char *url)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	char address[INET_ADDRSTRLEN];
	size_t len = strcspn(host, ":");
	if (len >= sizeof address)
		fail("no numeric address", url);
	memcpy(address, host, len);
	address[len] = '\0';
	to.sin_port = htons((uint16_t)(host[len] ? strtoul(host + len + 1, NULL, 10) : 80));
	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		fail("no numeric address", url);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
		fail(strerror(errno), url);
	return fd;
}

static void put_encoded(FILE *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (isalnum((unsigned char)text[i]) || strchr("-._~", text[i]))
			putc(text[i], out);
		else
			fprintf(out, "%%%02X", (unsigned)(unsigned char)text[i]);
	}
}

/* HTTP/1.0, so that the body is sent as it is and the connection's end is its end. */
static void put_request(FILE *out, const char *method, const char *host, const char *path, char **settings)
{
	fprintf(out, "%s %s%s", method, *path == '/' ? "" : "/", path);
	for (char joint = strchr(path, '?') ? '&' : '?'; *settings; settings++, joint = '&') {
		size_t key = strcspn(*settings, "=");
		putc(joint, out);
		put_encoded(out, *settings, key);
		if ((*settings)[key]) {
			putc('=', out);
			put_encoded(out, *settings + key + 1, strlen(*settings + key + 1));
		}
	}
	fprintf(out, " HTTP/1.0\r\nHost: %s\r\nAccept: */*\r\nContent-Length: 0\r\n\r\n", host);
}

static int copy_body(FILE *from, const char *url)
{
	char line[8192];
	int status = 0;
	if (!fgets(line, sizeof line, from) || sscanf(line, "HTTP/1.%*d %d", &status) != 1)
		fail("no answer of HTTP", url);
	do
		if (!fgets(line, sizeof line, from))
			fail("an answer that is cut off", url);
	while (strcmp(line, "\r\n") != 0);
	for (size_t len; (len = fread(line, 1, sizeof line, from)) > 0;)
		fwrite(line, 1, len, stdout);
	if (ferror(from) || fflush(stdout) != 0)
		fail(strerror(errno), url);
	if (status / 100 == 2)
		return 0;
	fprintf(stderr, "test-ask: %s: HTTP status %d\n", url, status);
	return REFUSED;
}

int main(int argc, char **argv)
{
	char host[64];
	int is_post = argc > 2 && strcmp(argv[1], "post") == 0;
	if (!is_post && (argc != 3 || strcmp(argv[1], "get") != 0)) {
		fprintf(stderr, "usage: test-ask get URL | test-ask post URL [KEY=VALUE]...\n");
		return 2;
	}
	alarm(PATIENCE_S);
	const char *path = split(argv[2], host, sizeof host);
	FILE *server = fdopen(connect_to(host, argv[2]), "r+");
	if (!server)
		fail(strerror(errno), argv[2]);
	put_request(server, is_post ? "POST" : "GET", host, path, argv + 3);
	if (fflush(server) != 0)
		fail(strerror(errno), argv[2]);
	return copy_body(server, argv[2]);
}
