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
#include <string.h>

static struct view_http http;
static struct clients clients;
static struct client *opened[CLIENTS_MAX + 8];
static size_t opened_count;
static mono_ms now;

static int begin(void **state)
{
	(void)state;
	http = (struct view_http){0};
	clients = (struct clients){.http = &http};
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
	assert_int_equal(http.connections, 0);
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
static struct client *open_from(const char *text, enum client_doing doing)
{
	union from from = address(text);
	now.ms++;
	struct client *c = opened[opened_count++] = clients_open(&clients, -1, &from.any, now);
	if (doing != CLIENT_OPENED) {
		clients_began(c, now);
		clients_asked(c, now);
	}
	if (doing == CLIENT_KEPT || doing == CLIENT_ASKING)
		clients_answered(c, now);
	if (doing == CLIENT_ASKING)
		clients_began(c, now);
	assert_int_equal(c->doing, doing);
	return c;
}

static void open_many(size_t count, const char *text, enum client_doing doing)
{
	for (size_t i = 0; i < count; i++)
		open_from(text, doing);
}

/* One from each of so many addresses. */
static void open_of_many(size_t count, enum client_doing doing)
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
	open_many(CLIENTS_OF_ADDRESS_MAX - 1, "192.0.2.1", CLIENT_ANSWERED);
	open_of_many(CLIENTS_MAX - CLIENTS_OF_ADDRESS_MAX, CLIENT_ANSWERED);
	assert_true(has_room("192.0.2.1"));
	assert_int_equal(clients.count, CLIENTS_MAX - 1);
}

static void test_an_address_makes_room_for_itself(void **state)
{
	(void)state;
	const struct client *slow = open_from("192.0.2.1", CLIENT_OPENED),
			    *late = open_from("192.0.2.1", CLIENT_ASKING);
	now.ms += 2000;
	open_many(CLIENTS_OF_ADDRESS_MAX - 4, "192.0.2.1", CLIENT_ANSWERED);
	const struct client *fresh = open_from("192.0.2.1", CLIENT_OPENED), *kept = open_from("192.0.2.1", CLIENT_KEPT);
	const struct client *other = open_from("192.0.2.2", CLIENT_OPENED);
	const struct client *order[] = {slow, late, kept, fresh};
	for (size_t i = 0; i < 4; i++) {
		assert_true(has_room("192.0.2.1"));
		assert_true(order[i]->is_cut);
		open_from("192.0.2.1", CLIENT_ANSWERED);
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
	const struct client *slow = open_from("192.0.2.1", CLIENT_ASKING),
			    *late = open_from("192.0.2.2", CLIENT_OPENED);
	now.ms += 2000;
	const struct client *answered = open_from("192.0.2.3", CLIENT_ANSWERED),
			    *fresh = open_from("192.0.2.3", CLIENT_OPENED);
	const struct client *kept = open_from("192.0.2.3", CLIENT_KEPT), *modest = open_from("192.0.2.4", CLIENT_KEPT);
	open_many(3, "192.0.2.3", CLIENT_ANSWERED);
	open_of_many(CLIENTS_MAX - 9, CLIENT_ANSWERED);
	const struct client *order[] = {slow, late, kept, fresh, answered};
	const char *then[] = {"192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8", "192.0.2.9"};
	for (size_t i = 0; i < 5; i++) {
		assert_true(has_room("198.51.100.1"));
		assert_true(order[i]->is_cut);
		open_from(then[i], CLIENT_ANSWERED);
	}
	assert_false(modest->is_cut);
}

/* Nobody is less than another here but by how many connections they have. */
static void greediest_goes(enum client_doing doing)
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
	greediest_goes(CLIENT_OPENED);
}

static void test_of_kept_ones_the_greediest_goes(void **state)
{
	(void)state;
	greediest_goes(CLIENT_KEPT);
}

static void test_of_answers_the_greediest_goes(void **state)
{
	(void)state;
	greediest_goes(CLIENT_ANSWERED);
}

static void test_nobody_goes_for_who_has_as_many(void **state)
{
	(void)state;
	const struct client *modest = open_from("192.0.2.1", CLIENT_OPENED);
	open_of_many(CLIENTS_MAX - 3, CLIENT_ANSWERED);
	const struct client *own = open_from("10.1.0.7", CLIENT_KEPT);
	open_from("10.1.0.7", CLIENT_ANSWERED);
	assert_true(has_room("10.1.0.7"));
	assert_true(own->is_cut);
	open_from("10.1.0.7", CLIENT_ANSWERED);
	assert_false(has_room("10.1.0.7"));
	assert_true(has_room("10.1.0.8"));
	assert_false(modest->is_cut);
	assert_int_equal(http.refused[HTTP_REFUSED_LIMIT], 1);
	assert_int_equal(http.refused[HTTP_REFUSED_DISPLACED], 2);
}

static void test_what_is_one_address(void **state)
{
	(void)state;
	const struct client *plain = open_from("192.0.2.1", CLIENT_KEPT),
			    *mapped = open_from("::ffff:192.0.2.1", CLIENT_KEPT);
	const struct client *one = open_from("2001:db8:1:2::1", CLIENT_KEPT),
			    *two = open_from("2001:db8:1:2:3::4", CLIENT_KEPT);
	const struct client *other = open_from("2001:db8:1:3::1", CLIENT_KEPT),
			    *loopback = open_from("::1", CLIENT_KEPT);
	assert_ptr_equal(plain->address, mapped->address);
	assert_ptr_equal(one->address, two->address);
	assert_ptr_not_equal(one->address, other->address);
	assert_ptr_not_equal(plain->address, loopback->address);
	assert_int_equal(one->address->count, 2);
}

/* A Unix socket's clients are all one; the operator is one of them. */
static void test_local_clients_have_no_address(void **state)
{
	(void)state;
	clients.is_local = true;
	while (opened_count < CLIENTS_OF_ADDRESS_MAX + 1) {
		assert_true(clients_make_room(&clients, NULL, now));
		opened[opened_count++] = clients_open(&clients, -1, NULL, now);
	}
	assert_int_equal(clients.count, CLIENTS_OF_ADDRESS_MAX + 1);
}

static void test_deadlines(void **state)
{
	static const struct {
		enum client_doing doing;
		int64_t ms;
		size_t rendered_bytes;
		enum http_refusal why;
	} rows[] = {
	    {CLIENT_OPENED, 10000, 0, HTTP_REFUSED_SLOW_REQUEST},
	    {CLIENT_ASKING, 10000, 0, HTTP_REFUSED_SLOW_REQUEST},
	    {CLIENT_KEPT, 75000, 0, HTTP_REFUSALS},
	    {CLIENT_ANSWERED, 30000, 0, HTTP_REFUSED_SLOW_READER},
	    {CLIENT_ANSWERED, 30000, 1 << 20, HTTP_REFUSED_SLOW_READER},
	    {CLIENT_ANSWERED, 7999, 8 << 20, HTTP_REFUSED_SLOW_READER},
	    {CLIENT_ANSWERED, 5000, SIZE_MAX - 1, HTTP_REFUSED_SLOW_READER},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct client *c = open_from("192.0.2.1", rows[i].doing);
		http = (struct view_http){.connections = http.connections};
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

/* A port scanner, or a balancer's check, is nothing to count. */
static void test_broken_off(void **state)
{
	static const struct {
		bool begins;
		enum client_doing doing;
		unsigned refused;
	} rows[] = {
	    {false, CLIENT_OPENED, 0},
	    {true, CLIENT_OPENED, 1},
	    {false, CLIENT_KEPT, 0},
	    {false, CLIENT_ASKING, 1},
	    {false, CLIENT_ANSWERED, 0},
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
	    cmocka_unit_test_setup_teardown(test_deadlines, begin, end),
	    cmocka_unit_test_setup_teardown(test_broken_off, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
