/* SEMANTICS.md section 1, "Kubernetes, per side": two answers to one word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decide/obs.h"

#define WELL                                                                                                           \
	{                                                                                                              \
		POLL_OK, 200                                                                                           \
	}

/* Counts as in struct node_counts: total, ready, cordoned, ready and cordoned, available. */
/* clang-format off */
static const struct {
	const char *name;
	struct answer readyz, nodes;
	struct node_counts counts;
	int min_available;
	enum kube_word word;
} rows[] = {
	/* nodes read */
	{"serving", WELL, WELL, {12, 11, 1, 1, 9, 0}, 1, KUBE_SERVING},
	{"serving, just enough", WELL, WELL, {12, 11, 0, 0, 9, 0}, 9, KUBE_SERVING},
	{"one short", WELL, WELL, {12, 11, 0, 0, 8, 0}, 9, KUBE_NO_CAPACITY},
	{"none available, one not cordoned", WELL, WELL, {3, 3, 2, 2, 0, 0}, 1, KUBE_NO_CAPACITY},
	{"all ready ones cordoned", WELL, WELL, {3, 3, 3, 3, 0, 0}, 1, KUBE_CORDONED},
	{"the ready ones cordoned, the rest lost", WELL, WELL, {5, 2, 2, 2, 0, 0}, 1, KUBE_CORDONED},
	{"as many cordoned as ready, not the same", WELL, WELL, {3, 2, 2, 1, 0, 0}, 1, KUBE_NO_CAPACITY},
	{"all ready ones cordoned, and a lost one", WELL, WELL, {3, 2, 3, 2, 0, 0}, 1, KUBE_CORDONED},
	{"cordoned, but none is ready", WELL, WELL, {3, 0, 3, 0, 0, 0}, 1, KUBE_NO_CAPACITY},
	{"no node", WELL, WELL, {0, 0, 0, 0, 0, 0}, 1, KUBE_NO_CAPACITY},
	{"only control-plane nodes", WELL, WELL, {0, 0, 0, 0, 0, 3}, 1, KUBE_NO_CAPACITY},
	{"none ready", WELL, WELL, {4, 0, 0, 0, 0, 0}, 1, KUBE_NO_CAPACITY},
	/* our credential */
	{"nodes 401", WELL, {POLL_AUTH, 401}, {0}, 1, KUBE_DENIED},
	{"nodes 403", WELL, {POLL_AUTH, 403}, {0}, 1, KUBE_DENIED},
	{"both 401", {POLL_AUTH, 401}, {POLL_AUTH, 401}, {0}, 1, KUBE_DENIED},
	/* before a status line, or 5xx */
	{"refused or reset", {POLL_CONNECT, 0}, {POLL_CONNECT, 0}, {0}, 1, KUBE_UNREACHABLE},
	{"timed out before a status line", {POLL_TIMEOUT, 0}, {POLL_TIMEOUT, 0}, {0}, 1,
	    KUBE_UNREACHABLE},
	{"nodes refused", WELL, {POLL_CONNECT, 0}, {0}, 1, KUBE_UNREACHABLE},
	{"nodes timed out", WELL, {POLL_TIMEOUT, 0}, {0}, 1, KUBE_UNREACHABLE},
	{"nodes 500", WELL, {POLL_HTTP_5XX, 500}, {0}, 1, KUBE_UNREACHABLE},
	{"nodes 503", WELL, {POLL_HTTP_5XX, 503}, {0}, 1, KUBE_UNREACHABLE},
	{"nodes 504", WELL, {POLL_HTTP_5XX, 504}, {0}, 1, KUBE_UNREACHABLE},
	{"readyz 503, nodes denied", {POLL_HTTP_5XX, 503}, {POLL_AUTH, 401}, {0}, 1, KUBE_UNREACHABLE},
	{"readyz 503, nodes none", {POLL_HTTP_5XX, 503}, {POLL_PARSE, 200}, {0}, 1, KUBE_UNREACHABLE},
	/* says nothing about them */
	{"DNS", {POLL_DNS, 0}, {POLL_DNS, 0}, {0}, 1, KUBE_NONE},
	{"certificate", {POLL_TLS, 0}, {POLL_TLS, 0}, {0}, 1, KUBE_NONE},
	{"redirect", WELL, {POLL_HTTP_3XX, 302}, {0}, 1, KUBE_NONE},
	{"429", WELL, {POLL_RATE_LIMITED, 429}, {0}, 1, KUBE_NONE},
	{"readyz 429 as well", {POLL_RATE_LIMITED, 429}, {POLL_RATE_LIMITED, 429}, {0}, 1, KUBE_NONE},
	{"broken off, unparsable, wrong types", WELL, {POLL_PARSE, 200}, {0}, 1, KUBE_NONE},
	{"too slow after a good status line", WELL, {POLL_TIMEOUT, 200}, {0}, 1, KUBE_NONE},
	{"reset after a good status line", WELL, {POLL_CONNECT, 200}, {0}, 1, KUBE_NONE},
	{"too large", WELL, {POLL_TOO_LARGE, 200}, {0}, 1, KUBE_NONE},
	{"nodes 404", WELL, {POLL_HTTP_4XX, 404}, {0}, 1, KUBE_NONE},
	{"our own fault", WELL, {POLL_INTERNAL, 0}, {0}, 1, KUBE_NONE},
	/* /readyz matters for its 5xx only */
	{"readyz timed out, nodes denied", {POLL_TIMEOUT, 0}, {POLL_AUTH, 403}, {0}, 1, KUBE_DENIED},
	{"readyz refused connection, nodes none", {POLL_CONNECT, 0}, {POLL_PARSE, 200}, {0}, 1,
	    KUBE_NONE},
};
/* clang-format on */

static void words(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct kube_obs obs =
		    obs_of_kube(rows[i].readyz, rows[i].nodes, &rows[i].counts, rows[i].min_available);

		if (obs.word == rows[i].word)
			continue;
		print_error(
		    "%s: %s, expected %s\n", rows[i].name, kube_word_names[obs.word], kube_word_names[rows[i].word]);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* /readyz is asked where it may change the word, and nowhere else: a good list is not asked twice, and who cannot be
 * reached for nodes is not reached for /readyz. */
static void doubts(void **state)
{
	int asked = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct answer nodes = rows[i].nodes;
		enum kube_word alone = obs_of_kube((struct answer)WELL, nodes, &rows[i].counts, 1).word;
		bool may_change = nodes.status && (alone == KUBE_NONE || alone == KUBE_DENIED);

		asked += obs_is_doubtful(nodes);
		if (obs_is_doubtful(nodes) != may_change)
			fail_msg("%s: /readyz is %s", rows[i].name, may_change ? "not asked" : "asked");
	}
	assert_in_range(asked, 1, sizeof rows / sizeof *rows - 1);
}

/* Counts left behind by a list that failed are no evidence. */
static void counts_of_a_failed_list(void **state)
{
	static const struct node_counts twelve = {12, 12, 0, 0, 12, 0};

	(void)state;
	for (enum poll_reason reason = POLL_OK + 1; reason < POLL_REASONS; reason++) {
		struct answer failed = {reason, 200};
		struct kube_obs obs = obs_of_kube((struct answer)WELL, failed, &twelve, 1);

		assert_int_not_equal(obs.word, KUBE_SERVING);
	}
}

static void counts_are_kept(void **state)
{
	struct node_counts counts = {12, 11, 2, 1, 9, 0};
	struct kube_obs obs = obs_of_kube((struct answer)WELL, (struct answer)WELL, &counts, 1);

	(void)state;
	assert_memory_equal(&obs.nodes, &counts, sizeof counts);
}

static void reason_of_status(void **state)
{
	/* clang-format off */
	static const struct {
		int from, to;
		enum poll_reason reason;
	} ranges[] = {
		{200, 200, POLL_OK},
		{300, 399, POLL_HTTP_3XX},
		{400, 400, POLL_HTTP_4XX},
		{401, 401, POLL_AUTH},
		{402, 402, POLL_HTTP_4XX},
		{403, 403, POLL_AUTH},
		{404, 428, POLL_HTTP_4XX},
		{429, 429, POLL_RATE_LIMITED},
		{430, 499, POLL_HTTP_4XX},
		{500, 599, POLL_HTTP_5XX},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		for (int status = ranges[i].from; status <= ranges[i].to; status++)
			assert_string_equal(
			    poll_reason_names[obs_reason_of_status(status)], poll_reason_names[ranges[i].reason]);
	/* "POLL_OK for 200 only": an empty 204 is no list. */
	for (int status = 0; status < 1000; status++)
		if (status != 200)
			assert_int_not_equal(obs_reason_of_status(status), POLL_OK);
}

/* The label's closed list, in the contract's words. */
static void reason_names(void **state)
{
	static const char *const names[POLL_REASONS] = {"ok", "dns", "connect", "tls", "timeout", "auth",
	    "rate_limited", "http_3xx", "http_4xx", "http_5xx", "parse", "too_large", "internal"};

	(void)state;
	for (int i = 0; i < POLL_REASONS; i++)
		assert_string_equal(poll_reason_names[i], names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words),
	    cmocka_unit_test(doubts),
	    cmocka_unit_test(counts_of_a_failed_list),
	    cmocka_unit_test(counts_are_kept),
	    cmocka_unit_test(reason_of_status),
	    cmocka_unit_test(reason_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
