/* Whose connection goes when there is no room, and who is too slow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/clients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OF_ADDRESS_MAX = CLIENTS_MAX / CLIENTS_ADDRESSES };

static struct view_http http;
static struct clients clients;
static struct client *opened[CLIENTS_MAX + 8];
static size_t opened_count;
static mono_ms now;

static int begin(void **state)
{
	(void)state;
	http = (struct view_http){0};
	clients = (struct clients){.most = CLIENTS_MAX, .http = &http};
	opened_count = 0;
	now = (mono_ms){1000};
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < opened_count; i++)
		clients_close(&clients, opened[i]);
	assert_null(clients.first);
	assert_null(clients.addresses);
	assert_int_equal(clients.count, 0);
	for (int i = 0; i < HTTP_STATES; i++)
		assert_int_equal(http.connections[i], 0);
	return 0;
}

static union from {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
} address(const char *text)
{
	union from from;
	memset(&from, 0, sizeof from);
	if (strchr(text, ':')) {
		from.v6.sin6_family = AF_INET6;
		assert_int_equal(inet_pton(AF_INET6, text, &from.v6.sin6_addr), 1);
	} else {
		from.v4.sin_family = AF_INET;
		assert_int_equal(inet_pton(AF_INET, text, &from.v4.sin_addr), 1);
	}
	return from;
}

/* A millisecond later than the one before. No socket: a cut shuts nothing down. */
static struct client *open_from(const char *text, enum http_state doing)
{
	union from from = address(text);
	now.ms++;
	struct client *c = opened[opened_count++] = clients_open(&clients, -1, &from.any, now);
	if (doing != HTTP_OPENED) {
		clients_began(c, now);
		clients_asked(c, now);
	}
	if (doing == HTTP_IDLE || doing == HTTP_READING)
		clients_answered(c, now);
	if (doing == HTTP_READING)
		clients_began(c, now);
	assert_int_equal(c->doing, doing);
	return c;
}

static void open_many(size_t count, const char *text, enum http_state doing)
{
	for (size_t i = 0; i < count; i++)
		open_from(text, doing);
}

/* One from each of so many addresses. */
static void open_of_many(size_t count, enum http_state doing)
{
	char text[32];
	for (size_t i = 0; i < count; i++) {
		snprintf(text, sizeof text, "10.1.%zu.%zu", i / 250, i % 250);
		open_from(text, doing);
	}
}

static bool has_room(const char *text)
{
	union from from = address(text);
	return clients_make_room(&clients, &from.any, now);
}

static void test_there_is_room(void **state)
{
	(void)state;
	open_many(OF_ADDRESS_MAX - 1, "192.0.2.1", HTTP_ANSWERING);
	open_of_many(CLIENTS_MAX - OF_ADDRESS_MAX, HTTP_ANSWERING);
	assert_true(has_room("192.0.2.1"));
	assert_int_equal(clients.count, CLIENTS_MAX - 1);
}

static void test_an_address_makes_room_for_itself(void **state)
{
	(void)state;
	const struct client *slow = open_from("192.0.2.1", HTTP_OPENED), *late = open_from("192.0.2.1", HTTP_READING);
	now.ms += 2000;
	open_many(OF_ADDRESS_MAX - 4, "192.0.2.1", HTTP_ANSWERING);
	const struct client *fresh = open_from("192.0.2.1", HTTP_OPENED), *kept = open_from("192.0.2.1", HTTP_IDLE);
	const struct client *other = open_from("192.0.2.2", HTTP_OPENED);
	const struct client *order[] = {slow, late, kept, fresh};
	for (size_t i = 0; i < 4; i++) {
		assert_true(has_room("192.0.2.1"));
		assert_true(order[i]->is_cut);
		open_from("192.0.2.1", HTTP_ANSWERING);
	}
	assert_false(has_room("192.0.2.1"));
	assert_true(has_room("192.0.2.2"));
	assert_false(other->is_cut);
	assert_int_equal(http.refused[HTTP_REFUSED_DISPLACED], 4);
	assert_int_equal(http.refused[HTTP_REFUSED_ADDRESS_LIMIT], 1);
}

static void test_who_goes_first(void **state)
{
	(void)state;
	const struct client *slow = open_from("192.0.2.1", HTTP_READING), *late = open_from("192.0.2.2", HTTP_OPENED);
	now.ms += 2000;
	const struct client *answered = open_from("192.0.2.3", HTTP_ANSWERING),
			    *fresh = open_from("192.0.2.3", HTTP_OPENED);
	const struct client *kept = open_from("192.0.2.3", HTTP_IDLE), *modest = open_from("192.0.2.4", HTTP_IDLE);
	open_many(3, "192.0.2.3", HTTP_ANSWERING);
	open_of_many(CLIENTS_MAX - 9, HTTP_ANSWERING);
	const struct client *order[] = {slow, late, kept, fresh, answered};
	const char *then[] = {"192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8", "192.0.2.9"};
	for (size_t i = 0; i < 5; i++) {
		assert_true(has_room("198.51.100.1"));
		assert_true(order[i]->is_cut);
		open_from(then[i], HTTP_ANSWERING);
	}
	assert_false(modest->is_cut);
}

/* Nobody is less than another here but by how many connections they have. */
static void greediest_goes(enum http_state doing)
{
	const struct client *modest = open_from("192.0.2.1", doing);
	open_of_many(CLIENTS_MAX - 4, doing);
	const struct client *first = open_from("192.0.2.2", doing);
	open_many(2, "192.0.2.2", doing);
	assert_true(has_room("192.0.2.3"));
	assert_true(first->is_cut);
	assert_false(modest->is_cut);
}

static void test_of_incomplete_ones_the_greediest_goes(void **state)
{
	(void)state;
	greediest_goes(HTTP_OPENED);
}

static void test_of_kept_ones_the_greediest_goes(void **state)
{
	(void)state;
	greediest_goes(HTTP_IDLE);
}

static void test_of_answers_the_greediest_goes(void **state)
{
	(void)state;
	greediest_goes(HTTP_ANSWERING);
}

static void test_nobody_goes_for_who_has_as_many(void **state)
{
	(void)state;
	const struct client *modest = open_from("192.0.2.1", HTTP_OPENED);
	open_of_many(CLIENTS_MAX - 3, HTTP_ANSWERING);
	const struct client *own = open_from("10.1.0.7", HTTP_IDLE);
	open_from("10.1.0.7", HTTP_ANSWERING);
	assert_true(has_room("10.1.0.7"));
	assert_true(own->is_cut);
	open_from("10.1.0.7", HTTP_ANSWERING);
	assert_false(has_room("10.1.0.7"));
	assert_true(has_room("10.1.0.8"));
	assert_false(modest->is_cut);
	assert_int_equal(http.refused[HTTP_REFUSED_LIMIT], 1);
	assert_int_equal(http.refused[HTTP_REFUSED_DISPLACED], 2);
}

static void test_what_is_one_address(void **state)
{
	(void)state;
	const struct client *plain = open_from("192.0.2.1", HTTP_IDLE),
			    *mapped = open_from("::ffff:192.0.2.1", HTTP_IDLE);
	const struct client *one = open_from("2001:db8:1:2::1", HTTP_IDLE),
			    *two = open_from("2001:db8:1:2:3::4", HTTP_IDLE);
	const struct client *other = open_from("2001:db8:1:3::1", HTTP_IDLE), *loopback = open_from("::1", HTTP_IDLE);
	assert_ptr_equal(plain->address, mapped->address);
	assert_ptr_equal(one->address, two->address);
	assert_ptr_not_equal(one->address, other->address);
	assert_ptr_not_equal(plain->address, loopback->address);
	assert_int_equal(one->address->count, 2);
}

/* With few descriptors there is room for fewer, of an address too. */
static void test_few(void **state)
{
	(void)state;
	clients.most = 40;
	open_many(9, "192.0.2.1", HTTP_ANSWERING);
	assert_true(has_room("192.0.2.1"));
	open_from("192.0.2.1", HTTP_ANSWERING);
	assert_false(has_room("192.0.2.1"));
	assert_int_equal(http.refused[HTTP_REFUSED_ADDRESS_LIMIT], 1);
	open_of_many(30, HTTP_ANSWERING);
	assert_true(has_room("192.0.2.2"));
	assert_int_equal(http.refused[HTTP_REFUSED_DISPLACED], 1);
}

static void test_what_fits(void **state)
{
	static const struct {
		size_t listeners, descriptors, most;
	} rows[] = {
	    {1, 100000, CLIENTS_MAX},
	    {1, 576, CLIENTS_MAX},
	    {1, 575, CLIENTS_MAX - 1},
	    {2, 1152, CLIENTS_MAX},
	    {2, 1151, CLIENTS_MAX - 1},
	    {2, 400, 136},
	    {2, 192, CLIENTS_MIN},
	    {2, 191, CLIENTS_MIN},
	    {8, 0, CLIENTS_MIN},
	    {0, 100, CLIENTS_MIN},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t needed = 0;
		assert_int_equal(clients_fit(rows[i].listeners, rows[i].descriptors, &needed), rows[i].most);
		assert_int_equal(needed, rows[i].listeners * 576);
		assert_int_equal(
		    clients_fit(rows[i].listeners, needed, &needed), rows[i].listeners ? CLIENTS_MAX : CLIENTS_MIN);
	}
}

/* A Unix socket's clients are all one; the operator is one of them. */
static void test_local_clients_have_no_address(void **state)
{
	(void)state;
	clients.is_local = true;
	while (opened_count < OF_ADDRESS_MAX + 1) {
		assert_true(clients_make_room(&clients, NULL, now));
		opened[opened_count++] = clients_open(&clients, -1, NULL, now);
	}
	assert_int_equal(clients.count, OF_ADDRESS_MAX + 1);
}

static void test_deadlines(void **state)
{
	static const struct {
		enum http_state doing;
		int64_t ms;
		size_t rendered_bytes;
		enum http_refusal why;
	} rows[] = {
	    {HTTP_OPENED, 10000, 0, HTTP_REFUSED_SLOW_REQUEST},
	    {HTTP_READING, 10000, 0, HTTP_REFUSED_SLOW_REQUEST},
	    {HTTP_IDLE, 75000, 0, HTTP_REFUSALS},
	    {HTTP_ANSWERING, 30000, 0, HTTP_REFUSED_SLOW_READER},
	    {HTTP_ANSWERING, 30000, 1 << 20, HTTP_REFUSED_SLOW_READER},
	    {HTTP_ANSWERING, 7999, 8 << 20, HTTP_REFUSED_SLOW_READER},
	    {HTTP_ANSWERING, 5000, SIZE_MAX - 1, HTTP_REFUSED_SLOW_READER},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct client *c = open_from("192.0.2.1", rows[i].doing);
		memset(http.refused, 0, sizeof http.refused);
		now.ms += rows[i].ms;
		clients_cut_overdue(&clients, rows[i].rendered_bytes, now);
		assert_false(c->is_cut);
		now.ms++;
		clients_cut_overdue(&clients, rows[i].rendered_bytes, now);
		assert_true(c->is_cut);
		clients_cut_overdue(&clients, rows[i].rendered_bytes, now);
		for (int why = 0; why < HTTP_REFUSALS; why++)
			assert_int_equal(http.refused[why], why == (int)rows[i].why);
	}
}

/* Of old renderings; who reads a newer one, or nothing of any, or waits for nothing, stays. */
static void test_readers_of_old_renderings(void **state)
{
	static const struct {
		enum http_state doing;
		uint64_t reads;
		bool goes;
	} rows[] = {
	    {HTTP_ANSWERING, 1, true},
	    {HTTP_ANSWERING, 7, true},
	    {HTTP_ANSWERING, 8, false},
	    {HTTP_ANSWERING, 0, false},
	    {HTTP_IDLE, 7, false},
	    {HTTP_READING, 7, false},
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	struct client *c[ROWS];
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		c[i] = open_from("192.0.2.1", rows[i].doing);
		c[i]->reads = rows[i].reads;
	}
	for (int twice = 0; twice < 2; twice++)
		clients_cut_readers(&clients, 7);
	for (size_t i = 0; i < ROWS; i++)
		assert_int_equal(c[i]->is_cut, rows[i].goes);
	assert_int_equal(http.refused[HTTP_REFUSED_SLOW_READER], 2);
	assert_int_equal(clients.count, ROWS - 2);
	clients_asked(c[2], now);
	assert_int_equal(c[2]->reads, 0);
}

/* A port scanner, or a balancer's check, is nothing to count. */
static void test_broken_off(void **state)
{
	static const struct {
		bool begins;
		enum http_state doing;
		unsigned refused;
	} rows[] = {
	    {false, HTTP_OPENED, 0},
	    {true, HTTP_OPENED, 1},
	    {false, HTTP_IDLE, 0},
	    {false, HTTP_READING, 1},
	    {false, HTTP_ANSWERING, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		http.refused[HTTP_REFUSED_BAD_REQUEST] = 0;
		struct client *c = open_from("192.0.2.1", rows[i].doing);
		if (rows[i].begins)
			clients_began(c, now);
		clients_close(&clients, c);
		opened_count--;
		assert_int_equal(http.refused[HTTP_REFUSED_BAD_REQUEST], rows[i].refused);
	}
}

/* Each open connection counts for one state. */
static void test_states(void **state)
{
	static const enum http_state all[] = {HTTP_OPENED, HTTP_IDLE, HTTP_READING, HTTP_ANSWERING};
	(void)state;
	for (int i = 0; i < 4; i++)
		for (int k = 0; k <= i; k++)
			open_from("192.0.2.1", all[i]);
	for (int i = 0; i < 4; i++)
		assert_int_equal(http.connections[all[i]], i + 1);
	assert_int_equal(http.connections[HTTP_CLOSING], 0);
	now.ms += 10001; /* too long for incomplete requests */
	clients_cut_overdue(&clients, 0, now);
	assert_int_equal(http.connections[HTTP_OPENED], 0);
	assert_int_equal(http.connections[HTTP_READING], 0);
	assert_int_equal(http.connections[HTTP_CLOSING], 1 + 3);
	clients_answered(opened[0], now); /* libmicrohttpd may still end its request */
	assert_int_equal(http.connections[HTTP_IDLE], 2);
	assert_int_equal(http.connections[HTTP_CLOSING], 1 + 3);
}

/* From the complete head to the end of the answer; what was not answered whole does not count. */
static void test_served(void **state)
{
	struct http_served *metrics = &http.served[HTTP_METRICS], *error = &http.served[HTTP_ERROR];
	(void)state;
	struct client *c = open_from("192.0.2.1", HTTP_OPENED);
	for (int i = 1; i <= 2; i++) {
		now.ms += 1000; /* its first line */
		clients_began(c, now);
		now.ms += 100; /* its head */
		clients_read_head(c, now);
		now.ms += 5; /* its body */
		clients_asked(c, now);
		c->handler = HTTP_METRICS;
		c->answer_bytes = 700;
		now.ms += 15 + i;
		clients_answered(c, now);
		assert_int_equal(metrics->count, i);
		assert_int_equal(metrics->bytes, i * 700);
	}
	assert_int_equal(metrics->duration_ms, 21 + 22);
	assert_int_equal(metrics->buckets[1], 2);
	clients_answered(c, now); /* of a request that libmicrohttpd refuses before its head is complete */
	clients_began(c, now);
	clients_answered(c, now);
	clients_began(c, now);
	clients_read_head(c, now);
	clients_asked(c, now); /* never read */
	assert_int_equal(metrics->count, 2);
	assert_int_equal(error->count, 0);
}

/* A duration of a bound's length is in its bucket; longer ones than all are only in the count. */
static void test_durations(void **state)
{
	struct http_served served = {0};
	(void)state;
	for (int i = 0; i < HTTP_BUCKETS; i++) {
		assert_int_equal(http_bucket_ms[i], (int64_t)(strtod(http_bucket_labels[i], NULL) * 1000 + 0.5));
		view_http_served(&served, http_bucket_ms[i], 1);
		view_http_served(&served, http_bucket_ms[i] + 1, 1);
	}
	for (int i = 0; i < HTTP_BUCKETS; i++)
		assert_int_equal(served.buckets[i], i ? 2 : 1);
	assert_int_equal(served.count, 2 * HTTP_BUCKETS);
	assert_int_equal(served.bytes, 2 * HTTP_BUCKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_there_is_room, begin, end),
	    cmocka_unit_test_setup_teardown(test_an_address_makes_room_for_itself, begin, end),
	    cmocka_unit_test_setup_teardown(test_who_goes_first, begin, end),
	    cmocka_unit_test_setup_teardown(test_of_incomplete_ones_the_greediest_goes, begin, end),
	    cmocka_unit_test_setup_teardown(test_of_kept_ones_the_greediest_goes, begin, end),
	    cmocka_unit_test_setup_teardown(test_of_answers_the_greediest_goes, begin, end),
	    cmocka_unit_test_setup_teardown(test_nobody_goes_for_who_has_as_many, begin, end),
	    cmocka_unit_test_setup_teardown(test_what_is_one_address, begin, end),
	    cmocka_unit_test_setup_teardown(test_local_clients_have_no_address, begin, end),
	    cmocka_unit_test_setup_teardown(test_few, begin, end),
	    cmocka_unit_test_setup_teardown(test_what_fits, begin, end),
	    cmocka_unit_test_setup_teardown(test_deadlines, begin, end),
	    cmocka_unit_test_setup_teardown(test_readers_of_old_renderings, begin, end),
	    cmocka_unit_test_setup_teardown(test_broken_off, begin, end),
	    cmocka_unit_test_setup_teardown(test_states, begin, end),
	    cmocka_unit_test_setup_teardown(test_served, begin, end),
	    cmocka_unit_test_setup_teardown(test_durations, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
