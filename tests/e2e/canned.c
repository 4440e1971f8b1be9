/*
 * A hawatchd of canned answers, on loopback, for tests of the operator's command: GET or POST
 * /api/v1/NAME is answered with DIR/NAME.json, or DIR/NAME.raw, which is the whole of an HTTP answer
 * and may be none. Files are read anew each time; it is always 2026-11-23, 21 h. 404 where there is none. Prints its
 * URL, then the head of each request. usage: test-canned DIR [SEED]    (with a seed: each answer's body is damaged,
 * differently each time)
 */
#define _GNU_SOURCE
#include "../unit/mutate.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 8 << 20, HEAD_MAX_BYTES = 16 << 10 };

static struct mutator mutator;
static int is_damaging;

static void put(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

/* The file's bytes into mutator.bytes; 0 where there is none. */
static int load(const char *dir, const char *name, const char *ending)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s%s", dir, name, ending);
	FILE *file = fopen(path, "re");
	mutator.len = file ? fread(mutator.bytes, 1, FILE_MAX_BYTES, file) : 0;
	if (file)
		fclose(file);
	return file != NULL;
}

static void answer(int fd, const char *dir, const char *name)
{
	char head[256];
	if (load(dir, name, ".raw")) {
		put(fd, mutator.bytes, mutator.len);
		return;
	}
	int is_there = load(dir, name, ".json");
	if (is_there && is_damaging)
		mutate(&mutator);
	snprintf(head, sizeof head,
	    "HTTP/1.1 %s\r\nDate: Mon, 23 Nov 2026 21:00:00 GMT\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n\r\n",
	    is_there ? "200 OK" : "404 Not Found", mutator.len);
	put(fd, head, strlen(head));
	put(fd, mutator.bytes, mutator.len);
}

static void serve(int fd, const char *dir)
{
	char head[HEAD_MAX_BYTES + 1], name[64] = "";
	size_t len = 0;
	ssize_t got;
	head[0] = '\0';
	while (!strstr(head, "\r\n\r\n") && len < HEAD_MAX_BYTES &&
	    (got = recv(fd, head + len, HEAD_MAX_BYTES - len, 0)) > 0) {
		len += (size_t)got;
		head[len] = '\0';
	}
	printf("%s", head);
	fflush(stdout);
	if (sscanf(head, "%*s /api/v1/%63[a-z-]", name) == 1)
		answer(fd, dir, name);
	shutdown(fd, SHUT_WR);
	while (recv(fd, head, HEAD_MAX_BYTES, 0) > 0)
		;
	close(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	if (argc < 2)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	mutator = (struct mutator){.bytes = malloc(FILE_MAX_BYTES),
	    .max = FILE_MAX_BYTES,
	    .state = argc > 2 ? strtoull(argv[2], NULL, 10) : 0};
	is_damaging = argc > 2;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!mutator.bytes || bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 64) ||
	    getsockname(listener, (struct sockaddr *)&at, &len))
		return 1;
	printf("http://127.0.0.1:%d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;)
		serve(fd, argv[1]);
	return 1;
}
