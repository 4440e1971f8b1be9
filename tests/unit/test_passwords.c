/* Who may ask: users, passwords, and whose password is hashed first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/basic.h"
#include "base/buf.h"
#include "serve/password_queue.h"
#include "serve/passwords.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

/* The header of a user and password. */
static const char *basic_of(const char *text)
{
	static char header[2048];
	struct buf out = buf_of(sizeof header - 1);
	buf_puts(&out, "Basic ");
	base64_encode(&out, text, strlen(text));
	snprintf(header, sizeof header, "%s", buf_text(&out));
	buf_fini(&out);
	return header;
}

static void test_headers(void **state)
{
	static const struct {
		const char *header, *user, *password; /* no user: refused */
	} rows[] = {
	    {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"}, /* RFC 7617 section 2 */
	    {"Basic dGVzdDoxMjPCow==", "test", "123\xc2\xa3"},                /* section 2.1 */
	    {"BASIC dGVzdDoxMjPCow==", "test", "123\xc2\xa3"},
	    {"basic   dGVzdDoxMjPCow== \t", "test", "123\xc2\xa3"},
	    {"Basic YTpiOmM6", "a", "b:c:"},
	    {"Basic Og==", "", ""},
	    {"Basic YTo=", "a", ""},
	    {"Basic OmI=", "", "b"},
	    {"Basic YTr/", "a", "\xff"},
	    {"", NULL, NULL},
	    {"Basic", NULL, NULL},
	    {"Basic ", NULL, NULL},
	    {"Basic \t ", NULL, NULL},
	    {"BasicYTpi", NULL, NULL},
	    {"Basic\tYTpi", NULL, NULL},
	    {"Bearer YTpi", NULL, NULL},
	    {"Basic YTpi YTpi", NULL, NULL},
	    {"Basic YTpi,", NULL, NULL},
	    {"Basic YTpi\nYTpi", NULL, NULL},
	    {"Basic YTp", NULL, NULL},
	    {"Basic YTpi=", NULL, NULL},
	    {"Basic YTp?", NULL, NULL},
	    {"Basic YWI=", NULL, NULL},     /* no colon */
	    {"Basic YTpiAGM=", NULL, NULL}, /* a NUL in the password */
	    {"Basic YQA6Yg==", NULL, NULL}, /* a NUL in the user */
	    {"Basic YTpiAA==", NULL, NULL}, /* at the end */
	    {"Basic realm=\"a\"", NULL, NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct basic basic = {0};
		bool is_good = basic_parse(rows[i].header, &basic);
		if (is_good != !!rows[i].user)
			fail_msg("%s", rows[i].header);
		if (!is_good)
			continue;
		assert_string_equal(basic.user, rows[i].user);
		assert_string_equal(basic.password, rows[i].password);
		basic_fini(&basic);
	}
}

/* The queue. Requests are numbers. */

static struct password_queue queue;
static char requests[1000];

static int begin(void **state)
{
	(void)state;
	memset(&queue, 0, sizeof queue);
	return 0;
}

static int end(void **state)
{
	(void)state;
	password_queue_drop(&queue, NULL);
	while (password_queue_take_ended(&queue))
		;
	assert_null(queue.waiting);
	assert_int_equal(queue.count, 0);
	return 0;
}

static bool add(int request, uint64_t address, int tag)
{
	struct password_waiter w = {.request = &requests[request], .address = address, .job = {.password = "secret"}};
	memcpy(w.tag.bytes, &tag, sizeof tag);
	return password_queue_add(&queue, &w);
}

static int number_of(const void *request)
{
	return request ? (int)((const char *)request - requests) : -1;
}

static int next(void)
{
	const struct password_waiter *w = password_queue_next(&queue);
	return w ? number_of(w->request) : -1;
}

static void hashed(int tag)
{
	struct password_tag t = {{0}};
	memcpy(t.bytes, &tag, sizeof tag);
	password_queue_hashed(&queue, &t);
}

static int ended(void)
{
	return number_of(password_queue_take_ended(&queue));
}

/* The first of those whose turn it is; its password is wrong. */
static int next_fails(int tag, uint64_t address)
{
	int request = next();
	password_queue_failed(&queue, address);
	hashed(tag);
	assert_int_equal(ended(), request);
	return request;
}

static void test_one_after_the_other(void **state)
{
	(void)state;
	assert_int_equal(next(), -1);
	assert_true(add(1, 10, 1));
	assert_true(add(2, 11, 2));
	assert_int_equal(next(), 1);
	hashed(1);
	assert_int_equal(ended(), 1);
	assert_int_equal(ended(), -1);
	assert_int_equal(next(), 2);
}

static void test_the_same_password_is_hashed_once(void **state)
{
	(void)state;
	assert_true(add(1, 10, 1));
	assert_true(add(2, 11, 2));
	assert_true(add(3, 12, 1));
	assert_int_equal(next(), 1);
	assert_true(add(4, 13, 1));
	hashed(1);
	bool has_ended[5] = {false};
	for (int i = 0; i < 3; i++)
		has_ended[ended()] = true;
	assert_true(has_ended[1] && has_ended[3] && has_ended[4]);
	assert_int_equal(queue.count, 1);
}

static void test_of_an_address_few_wait(void **state)
{
	(void)state;
	for (int i = 0; i < PASSWORD_QUEUE_OF_ADDRESS_MAX; i++)
		assert_true(add(i, 10, i));
	assert_false(add(9, 10, 9));
	assert_false(add(9, 10, 1));
	assert_true(add(9, 11, 9));
	next();
	hashed(0);
	assert_true(add(10, 10, 10));
}

static void test_who_failed_last_comes_last(void **state)
{
	(void)state;
	assert_true(add(1, 10, 1));
	assert_true(add(2, 10, 2));
	assert_true(add(3, 11, 3));
	assert_true(add(4, 11, 4));
	assert_int_equal(next_fails(1, 10), 1);
	assert_int_equal(next_fails(3, 11), 3);
	assert_int_equal(next_fails(2, 10), 2);
	assert_true(add(5, 10, 5));
	assert_true(add(6, 12, 6));
	assert_int_equal(next_fails(6, 12), 6);
	assert_int_equal(next_fails(4, 11), 4);
	assert_int_equal(next_fails(5, 10), 5);
}

/* 200 addresses try passwords without a pause. One who has tried none is next. */
static void test_a_flood(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		assert_true(add(i, (uint64_t)(1000 + i), 1 + i));
		assert_int_equal(next_fails(1 + i, (uint64_t)(1000 + i)), i);
	}
	for (int i = 0; i < 200; i++)
		assert_int_equal(add(200 + i, (uint64_t)(1000 + i), 1000 + i), i < PASSWORD_QUEUE_MAX);
	assert_int_equal(next(), 200);
	assert_true(add(500, 7, 7));
	assert_int_equal(ended(), 200 + PASSWORD_QUEUE_MAX - 1); /* who failed last had to go */
	assert_int_equal(queue.count, PASSWORD_QUEUE_MAX);
	hashed(1000);
	assert_int_equal(ended(), 200);
	assert_int_equal(next(), 500);
}

static void test_nobody_goes_for_one_who_is_no_better(void **state)
{
	(void)state;
	for (int i = 0; i < PASSWORD_QUEUE_MAX; i++)
		assert_true(add(i, (uint64_t)(100 + i), i));
	assert_false(add(70, 7, 70));
	assert_int_equal(ended(), -1);
	next();
	password_queue_failed(&queue, 100); /* whose password is being hashed: it stays */
	assert_false(add(70, 7, 70));
	password_queue_failed(&queue, 101);
	password_queue_failed(&queue, 8);
	assert_false(add(70, 8, 70));
	assert_true(add(70, 7, 70));
	assert_int_equal(ended(), 1);
}

/* Of an address the one who came last makes room; one who waits for the hash that is being made never does. */
static void test_who_makes_room(void **state)
{
	(void)state;
	assert_true(add(1, 10, 1));
	assert_true(add(2, 10, 2));
	for (int i = 3; i <= PASSWORD_QUEUE_MAX - 1; i++)
		assert_true(add(i, (uint64_t)(100 + i), i));
	assert_int_equal(next(), 1);
	assert_true(add(99, 10, 1));
	password_queue_failed(&queue, 10);
	assert_true(add(200, 7, 200));
	assert_int_equal(ended(), 2);
	assert_false(add(201, 8, 201));
	assert_int_equal(ended(), -1);
}

static void test_old_failures_are_forgotten(void **state)
{
	(void)state;
	for (int i = 0; i <= PASSWORD_FAILURES_MAX; i++)
		password_queue_failed(&queue, (uint64_t)(5000 + i));
	assert_true(add(1, 5001, 1));
	assert_true(add(2, 5000, 2));
	assert_int_equal(next(), 2);
}

static bool is_odd(void *request)
{
	return number_of(request) % 2;
}

static void test_those_who_went_away(void **state)
{
	(void)state;
	for (int i = 1; i <= 4; i++)
		assert_true(add(i, (uint64_t)i, i));
	assert_int_equal(next(), 1);
	password_queue_drop(&queue, is_odd);
	assert_int_equal(ended() + ended(), 1 + 3);
	assert_int_equal(ended(), -1);
	hashed(1);
	assert_int_equal(next(), 2);
}

/* With the thread. */

#define X71 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
static const struct passwords_user users[] = {
    {"prometheus", "$2y$04$0jLvwrcJ2iX9vJPCq7jLRuvJFW2SSsRQOj93x81G1ghO0TJSeMB0C"}, /* secret */
    {"ana", "$2b$05$abcdefghijklmnopqrstuuwQkKXh878n1uJDfIqz/oEUbNXIsk1aa"},        /* p:w, and a-umlaut in UTF-8 */
    {"nothing", "$2a$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq"},    /* an empty one */
    {"long", "$2y$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i"},       /* 300 times x */
    {"broken", "$2y$04$no hash"},
    {"loose", "$2y$04$0jLvwrcJ2iX9vJPCq7jLR9vJFW2SSsRQOj93x81G1ghO0TJSeMB0C"}, /* secret; as that of Go may be */
};
enum { USERS = sizeof users / sizeof *users, PATIENCE_MS = 300000 };

static struct view_http http;
static struct passwords *passwords;

static int begin_thread(void **state)
{
	(void)state;
	http = (struct view_http){0};
	passwords = passwords_new(&http);
	passwords_set_users(passwords, users, USERS);
	while (passwords_take_ended(passwords))
		;
	return 0;
}

static int end_thread(void **state)
{
	(void)state;
	passwords_close(passwords);
	while (passwords_take_ended(passwords))
		;
	passwords_free(&passwords);
	assert_null(passwords);
	return 0;
}

static enum passwords_answer ask(const char *text, uint64_t address, int request)
{
	return passwords_ask(passwords, basic_of(text), address, &requests[request]);
}

/* Until one need not wait any longer. */
static int await(void)
{
	struct pollfd fd = {.fd = passwords_fd(passwords), .events = POLLIN};
	for (void *request;;) {
		if ((request = passwords_take_ended(passwords)))
			return number_of(request);
		assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	}
}

static enum passwords_answer answer_to(const char *text)
{
	enum passwords_answer answer;
	while ((answer = ask(text, 1, 1)) == PASSWORDS_WAIT)
		assert_int_equal(await(), 1);
	return answer;
}

static void test_answers(void **state)
{
	static char x71[] = "long:" X71, x72[] = "long:" X71 "x", x73[] = "long:" X71 "xy";
	static const struct {
		const char *text;
		enum passwords_answer answer;
		int hashed; /* for it, in all; it is asked twice */
	} rows[] = {
	    {"prometheus:secret", PASSWORDS_GOOD, 1}, {"prometheus:Secret", PASSWORDS_WRONG, 1},
	    {"prometheus:", PASSWORDS_WRONG, 1}, {"Prometheus:secret", PASSWORDS_WRONG, 1},
	    {"ana:p:w\xc3\xa4", PASSWORDS_GOOD, 1}, {"ana:p:w\xe4", PASSWORDS_WRONG, 1}, /* Latin-1 */
	    {"ana:secret", PASSWORDS_WRONG, 1}, {"nothing:", PASSWORDS_GOOD, 1}, {"nobody:secret", PASSWORDS_WRONG, 1},
	    {":secret", PASSWORDS_WRONG, 1}, {":", PASSWORDS_WRONG, 1}, {"broken:no hash", PASSWORDS_WRONG, 1},
	    {"loose:secret", PASSWORDS_GOOD, 1}, {"loose:Secret", PASSWORDS_WRONG, 1}, {x71, PASSWORDS_WRONG, 1},
	    {x72, PASSWORDS_GOOD, 1}, {x73, PASSWORDS_GOOD, 0}, /* the same for bcrypt */
	};
	uint64_t expected = 0;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (int times = 0; times < 2; times++)
			assert_int_equal(answer_to(rows[i].text), rows[i].answer);
		expected += (uint64_t)rows[i].hashed;
		assert_int_equal(http.passwords[0] + http.passwords[1], expected);
	}
	assert_int_equal(http.passwords[1], 5);
	assert_int_equal(passwords_ask(passwords, NULL, 1, requests), PASSWORDS_WRONG);
	assert_int_equal(passwords_ask(passwords, "Bearer x", 1, requests), PASSWORDS_WRONG);
	assert_int_equal(http.passwords[0] + http.passwords[1], expected);
}

static void test_without_users(void **state)
{
	(void)state;
	passwords_set_users(passwords, NULL, 0);
	assert_int_equal(passwords_ask(passwords, NULL, 1, requests), PASSWORDS_GOOD);
	assert_int_equal(passwords_ask(passwords, "Basic ?", 1, requests), PASSWORDS_GOOD);
}

/* Wrong ones never push a right one out. Of the wrong ones the last are known. */
static void test_what_is_kept(void **state)
{
	char text[64];
	(void)state;
	assert_int_equal(answer_to("prometheus:secret"), PASSWORDS_GOOD);
	for (int i = 0; i < 300; i++) {
		snprintf(text, sizeof text, "prometheus:%d", i);
		assert_int_equal(answer_to(text), PASSWORDS_WRONG);
	}
	assert_int_equal(http.passwords[0], 300);
	assert_int_equal(answer_to("prometheus:299"), PASSWORDS_WRONG);
	assert_int_equal(answer_to("prometheus:secret"), PASSWORDS_GOOD);
	assert_int_equal(http.passwords[0], 300);
	assert_int_equal(http.passwords[1], 1);
	assert_int_equal(answer_to("prometheus:0"), PASSWORDS_WRONG);
	assert_int_equal(http.passwords[0], 301);
}

static void test_other_users(void **state)
{
	struct passwords_user others[] = {users[1], {"prometheus", users[3].hash}};
	(void)state;
	assert_int_equal(answer_to("prometheus:secret"), PASSWORDS_GOOD);
	assert_int_equal(answer_to("ana:p:w\xc3\xa4"), PASSWORDS_GOOD);
	passwords_set_users(passwords, users, USERS); /* the same: nothing is forgotten */
	assert_int_equal(ask("prometheus:secret", 1, 1), PASSWORDS_GOOD);
	passwords_set_users(passwords, others, 2);
	assert_int_equal(answer_to("prometheus:secret"), PASSWORDS_WRONG);
	assert_int_equal(answer_to("ana:p:w\xc3\xa4"), PASSWORDS_GOOD);
	assert_int_equal(http.passwords[1], 3);
	passwords_set_users(passwords, users, USERS);
	assert_int_equal(answer_to("prometheus:secret"), PASSWORDS_GOOD);
}

/* While a password is hashed: its verdict is about users of before. */
static void test_other_users_meanwhile(void **state)
{
	struct passwords_user other = {"prometheus", users[3].hash};
	(void)state;
	for (int i = 0; i < 50; i++) {
		passwords_set_users(passwords, users, USERS);
		while (passwords_take_ended(passwords))
			;
		assert_int_equal(ask("prometheus:secret", 1, 1), PASSWORDS_WAIT);
		assert_int_equal(ask("ana:secret", 1, 2), PASSWORDS_WAIT);
		passwords_set_users(passwords, &other, 1);
		assert_int_equal(await() + await(), 1 + 2);
		assert_int_equal(answer_to("prometheus:secret"), PASSWORDS_WRONG);
	}
}

static void test_too_many_of_an_address(void **state)
{
	char text[64];
	(void)state;
	for (int i = 0; i <= PASSWORD_QUEUE_OF_ADDRESS_MAX; i++) {
		snprintf(text, sizeof text, "prometheus:%d", i);
		assert_int_equal(ask(text, 1, i), i < PASSWORD_QUEUE_OF_ADDRESS_MAX ? PASSWORDS_WAIT : PASSWORDS_BUSY);
	}
	assert_int_equal(ask("prometheus:secret", 2, 9), PASSWORDS_WAIT);
	assert_int_equal(await(), 0);
	assert_int_equal(await(), 9); /* the others' address has failed meanwhile */
	assert_int_equal(await(), 1);
}

static bool is_two(void *request)
{
	return number_of(request) == 2;
}

static void test_those_who_wait_in_vain(void **state)
{
	(void)state;
	assert_int_equal(ask("prometheus:secret", 1, 2), PASSWORDS_WAIT);
	assert_int_equal(ask("ana:secret", 2, 3), PASSWORDS_WAIT);
	passwords_drop(passwords, is_two);
	assert_int_equal(await(), 2);
	assert_int_equal(await(), 3);
	assert_int_equal(ask("prometheus:secret", 1, 2), PASSWORDS_GOOD); /* what was hashed is not lost */
}

/* Who waits is told so at once, and nobody waits for the thread: with this cost it would be days. */
static void test_the_end(void **state)
{
	struct passwords_user costly = {"prometheus", "$2y$31$0jLvwrcJ2iX9vJPCq7jLRuvJFW2SSsRQOj93x81G1ghO0TJSeMB0C"};
	(void)state;
	passwords_set_users(passwords, &costly, 1);
	assert_int_equal(ask("prometheus:secret", 1, 1), PASSWORDS_WAIT);
	assert_int_equal(ask("nobody:secret", 2, 2), PASSWORDS_WAIT);
	passwords_close(passwords);
	assert_int_equal(await() + await(), 1 + 2);
	assert_int_equal(ask("prometheus:secret", 1, 1), PASSWORDS_CLOSED);
	assert_int_equal(http.passwords[0] + http.passwords[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test_setup_teardown(test_one_after_the_other, begin, end),
	    cmocka_unit_test_setup_teardown(test_the_same_password_is_hashed_once, begin, end),
	    cmocka_unit_test_setup_teardown(test_of_an_address_few_wait, begin, end),
	    cmocka_unit_test_setup_teardown(test_who_failed_last_comes_last, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_flood, begin, end),
	    cmocka_unit_test_setup_teardown(test_nobody_goes_for_one_who_is_no_better, begin, end),
	    cmocka_unit_test_setup_teardown(test_who_makes_room, begin, end),
	    cmocka_unit_test_setup_teardown(test_old_failures_are_forgotten, begin, end),
	    cmocka_unit_test_setup_teardown(test_those_who_went_away, begin, end),
	    cmocka_unit_test_setup_teardown(test_answers, begin_thread, end_thread),
	    cmocka_unit_test_setup_teardown(test_without_users, begin_thread, end_thread),
	    cmocka_unit_test_setup_teardown(test_what_is_kept, begin_thread, end_thread),
	    cmocka_unit_test_setup_teardown(test_other_users, begin_thread, end_thread),
	    cmocka_unit_test_setup_teardown(test_other_users_meanwhile, begin_thread, end_thread),
	    cmocka_unit_test_setup_teardown(test_too_many_of_an_address, begin_thread, end_thread),
	    cmocka_unit_test_setup_teardown(test_those_who_wait_in_vain, begin_thread, end_thread),
	    cmocka_unit_test_setup_teardown(test_the_end, begin_thread, end_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
