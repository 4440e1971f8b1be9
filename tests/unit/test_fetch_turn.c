/* A turn of the loop takes a bounded part of each answer, and the rest in the next turns: all of it, and once. */
#define _GNU_SOURCE
#include "fetch/fetch.h"
#include "os/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
	TIMEOUT_MS = 300000,
	TURN_BYTES = 256 << 10, /* what fetch.c allows; and one read of libcurl's, with which it is exceeded */
	READ_BYTES = 16 << 10,
	LINES = 500000,
	LINE_BYTES = 32,
	BODY_BYTES = LINES * LINE_BYTES,
};

static char *body, *packed;
static size_t packed_len;

static int make_bodies(void **state)
{
	(void)state;
	body = malloc(BODY_BYTES + 1);
	packed = calloc(1, BODY_BYTES);
	assert_true(body && packed);
	for (int i = 0; i < LINES; i++)
		snprintf(body + (size_t)i * LINE_BYTES, LINE_BYTES + 1, "%031d\n", i);
	z_stream z = {
	    .next_in = (Bytef *)body, .avail_in = BODY_BYTES, .next_out = (Bytef *)packed, .avail_out = BODY_BYTES};
	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed_len = z.total_out;
	deflateEnd(&z);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

static int free_bodies(void **state)
{
	(void)state;
	free(body);
	free(packed);
	return 0;
}

static size_t most_of_a_turn(void)
{
	return TURN_BYTES + READ_BYTES * (BODY_BYTES / packed_len + 2);
}

/* A server that sends one answer on each connection, by the path. */
static int listener;
static pthread_t thread;

static void send_all(int fd, const char *bytes, size_t len)
{
	for (ssize_t n; len && (n = send(fd, bytes, len, 0)) > 0; len -= (size_t)n)
		bytes += n;
}

static void *answer(void *ctx)
{
	int fd = (int)(intptr_t)ctx;
	char request[4096] = "", head[256];
	if (read(fd, request, sizeof request - 1) > 0) {
		const struct {
			const char *path, *encoding, *bytes;
			size_t len;
		} answers[] = {
		    {"/plain", "identity", body, BODY_BYTES},
		    {"/short", "identity", body, 2},
		    {"/packed", "gzip", packed, packed_len},
		    {"/cut", "gzip", packed, packed_len - 9},
		    {"/behind", "gzip", packed, packed_len + 1},
		    {"/broken", "gzip", body, 100},
		    {"/foreign", "br", packed, packed_len},
		};
		size_t i = 0;
		while (!strstr(request, answers[i].path))
			i++;
		int n = snprintf(head, sizeof head,
		    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nContent-Encoding: %s\r\n\r\n", answers[i].len,
		    answers[i].encoding);
		send_all(fd, head, (size_t)n);
		send_all(fd, answers[i].bytes, answers[i].len);
	}
	close(fd);
	return NULL;
}

static void *serve(void *ctx)
{
	pthread_t of[8];
	int count = 0;
	(void)ctx;
	for (int fd; count < 8 && (fd = accept(listener, NULL, NULL)) >= 0;)
		assert_int_equal(pthread_create(&of[count++], NULL, answer, (void *)(intptr_t)fd), 0);
	while (count)
		pthread_join(of[--count], NULL);
	return NULL;
}

static int begin_serving(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, NULL), 0);
	return ntohs(at.sin_port);
}

static void end_serving(void)
{
	shutdown(listener, SHUT_RDWR); /* ends accept() */
	pthread_join(thread, NULL);
	close(listener);
}

/* One request, and what came of it. */
struct asked {
	struct fetch_job *job;
	char url[64];
	size_t bytes, of_turn, most_of_turn, turns;
	size_t fails_at; /* on_body refuses what comes behind so many bytes; 0: never */
	int ends;
	struct fetch_result result;
	bool is_whole;
};

static bool on_body(void *ctx, const char *bytes, size_t len, struct err *e)
{
	struct asked *a = ctx;
	a->is_whole = a->is_whole && a->bytes + len <= BODY_BYTES && memcmp(body + a->bytes, bytes, len) == 0;
	a->bytes += len;
	a->of_turn += len;
	return !a->fails_at || a->bytes < a->fails_at || err_set(e, "enough");
}

static void on_done(void *ctx, const struct fetch_result *result)
{
	struct asked *a = ctx;
	a->ends++;
	a->result = *result;
}

static void ask(struct asked *a, struct fetch *fetch, int port, const char *path)
{
	snprintf(a->url, sizeof a->url, "http://127.0.0.1:%d/%s", port, path);
	a->job = fetch_job_new(fetch);
	a->is_whole = true;
	fetch_start(a->job,
	    &(struct fetch_request){.url = a->url,
		.timeout_ms = TIMEOUT_MS,
		.max_bytes = BODY_BYTES,
		.on_body = on_body,
		.on_done = on_done,
		.ctx = a});
}

static void turn(struct fetch *fetch, struct asked *asked, size_t count)
{
	fetch_wait(fetch, NULL, 0, 1000);
	fetch_perform(fetch, clock_now().mono);
	for (size_t i = 0; i < count; i++) {
		struct asked *a = &asked[i];
		a->turns += a->of_turn > 0;
		a->most_of_turn = a->of_turn > a->most_of_turn ? a->of_turn : a->most_of_turn;
		a->of_turn = 0;
	}
}

static void is_read_in_parts(const char *path)
{
	int port = begin_serving();
	struct fetch *fetch = fetch_new(4);
	struct asked a = {0};
	ask(&a, fetch, port, path);
	while (!a.ends)
		turn(fetch, &a, 1);
	assert_int_equal(a.result.answer.reason, POLL_OK);
	assert_true(a.is_whole);
	assert_int_equal(a.bytes, BODY_BYTES);
	assert_in_range(a.most_of_turn, 1, most_of_a_turn());
	assert_true(a.turns >= BODY_BYTES / most_of_a_turn());
	fetch_job_free(&a.job);
	fetch_free(&fetch);
	end_serving();
}

static void test_plain(void **state)
{
	(void)state;
	is_read_in_parts("plain");
}

static void test_packed(void **state)
{
	(void)state;
	is_read_in_parts("packed");
}

/* Nothing of that is taken for a whole body. */
static void test_damaged(void **state)
{
	static const struct {
		const char *path, *detail;
	} rows[] = {
	    {"cut", "the body's gzip stream is not complete"},
	    {"behind", "bytes behind the end of the gzip stream"},
	    {"broken", "the body is not the gzip stream that it should be"},
	    {"foreign", "the Content-Encoding of the body is not one that was asked for"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int port = begin_serving();
		struct fetch *fetch = fetch_new(4);
		struct asked a = {0};
		ask(&a, fetch, port, rows[i].path);
		while (!a.ends)
			turn(fetch, &a, 1);
		assert_int_equal(a.result.answer.reason, POLL_PARSE);
		assert_string_equal(a.result.detail, rows[i].detail);
		fetch_job_free(&a.job);
		fetch_free(&fetch);
		end_serving();
	}
}

/* A short answer is not behind the long ones that are under way. */
static void test_each_has_its_part(void **state)
{
	int port = begin_serving();
	struct fetch *fetch = fetch_new(4);
	struct asked asked[4] = {0};
	(void)state;
	for (size_t i = 0; i < 3; i++)
		ask(&asked[i], fetch, port, i ? "packed" : "plain");
	while (!asked[0].bytes || !asked[1].bytes || !asked[2].bytes)
		turn(fetch, asked, 3);
	ask(&asked[3], fetch, port, "short");
	while (!asked[3].ends)
		turn(fetch, asked, 4);
	assert_int_equal(asked[3].bytes, 2);
	while (!asked[0].ends || !asked[1].ends || !asked[2].ends)
		turn(fetch, asked, 4);
	for (size_t i = 0; i < 3; i++) {
		assert_true(asked[i].is_whole && asked[i].bytes == BODY_BYTES);
		assert_in_range(asked[i].most_of_turn, 1, most_of_a_turn());
	}
	for (size_t i = 0; i < 4; i++)
		fetch_job_free(&asked[i].job);
	fetch_free(&fetch);
	end_serving();
}

/* Ended by its reader in a later turn, at any place: it ends once, and another request may follow on the job. */
static void test_refused_in_a_later_turn(void **state)
{
	(void)state;
	for (size_t at = TURN_BYTES / 2; at < (size_t)4 * TURN_BYTES; at += TURN_BYTES / 3) {
		int port = begin_serving();
		struct fetch *fetch = fetch_new(4);
		struct asked a = {.fails_at = at};
		ask(&a, fetch, port, "packed");
		while (!a.ends)
			turn(fetch, &a, 1);
		for (int i = 0; i < 3; i++)
			fetch_perform(fetch, clock_now().mono);
		assert_int_equal(a.ends, 1);
		assert_int_equal(a.result.answer.reason, POLL_PARSE);
		assert_string_equal(a.result.detail, "enough");
		assert_in_range(a.bytes, at, at + (16 << 10));
		fetch_job_free(&a.job);
		fetch_free(&fetch);
		end_serving();
	}
}

static void test_cancelled_while_it_pauses(void **state)
{
	int port = begin_serving();
	struct fetch *fetch = fetch_new(4);
	struct asked asked[2] = {0};
	(void)state;
	ask(&asked[0], fetch, port, "packed");
	ask(&asked[1], fetch, port, "packed");
	while (asked[0].bytes < TURN_BYTES || asked[1].bytes < TURN_BYTES)
		turn(fetch, asked, 2);
	fetch_job_free(&asked[0].job);
	while (!asked[1].ends)
		turn(fetch, asked, 2);
	assert_int_equal(asked[0].ends, 0);
	assert_true(asked[1].is_whole && asked[1].bytes == BODY_BYTES);
	fetch_job_free(&asked[1].job);
	fetch_free(&fetch);
	end_serving();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_packed),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_each_has_its_part),
	    cmocka_unit_test(test_refused_in_a_later_turn),
	    cmocka_unit_test(test_cancelled_while_it_pauses),
	};
	return cmocka_run_group_tests(tests, make_bodies, free_bodies);
}
