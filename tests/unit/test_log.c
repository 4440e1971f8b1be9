/* The log on a pipe that nobody reads: no line is written in part, and no thread waits for a reader. */
#define _GNU_SOURCE
#include "os/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PATIENCE_S = 120, THREADS = 4, ROUNDS = 5000, ROOM = 4096 };

static pthread_barrier_t begins, ends;

static void *write_lines(void *ctx)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&begins);
		log_info("a line", "filler", (const char *)ctx);
		pthread_barrier_wait(&ends);
	}
	return NULL;
}

/* All that is in the pipe; returns its length. */
static size_t drain(int fd, char *out, size_t size)
{
	size_t len = 0;
	for (ssize_t got; (got = read(fd, out + len, size - len)) > 0;)
		len += (size_t)got;
	return len;
}

/* The pipe has room for one line. Who finds it there and is late would wait for ever. */
static void two_find_the_same_room(void **state)
{
	static char filler[ROOM / 2], line[2 * ROOM];
	pthread_t thread[THREADS];
	int fd[2], stderr_was = dup(STDERR_FILENO);
	(void)state;
	memset(filler, 'x', sizeof filler - 1);
	assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
	assert_int_equal(fcntl(fd[1], F_SETPIPE_SZ, ROOM), ROOM);
	assert_int_equal(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
	pthread_barrier_init(&begins, NULL, THREADS + 1);
	pthread_barrier_init(&ends, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, write_lines, filler), 0);
	assert_int_equal(dup2(fd[1], STDERR_FILENO), STDERR_FILENO);
	int whole = 0;
	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&begins);
		pthread_barrier_wait(&ends);
		size_t len = drain(fd[0], line, sizeof line);
		whole +=
		    len > sizeof filler && strncmp(line, "ts=", 3) == 0 && memchr(line, '\n', len) == line + len - 1;
	}
	dup2(stderr_was, STDERR_FILENO);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(whole, ROUNDS);
	close(fd[0]);
	close(fd[1]);
	close(stderr_was);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_find_the_same_room),
	};
	alarm(PATIENCE_S); /* only what hangs takes so long */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
