/* The memory that the inventories of all sides share: who may have how much, and that all that is kept is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decide/inventory_memory.h"

#include <string.h>

enum { OF_ALL = 8, STEP = 1000 };

static struct inventory_budget budget;
static struct inventory_account accounts[OF_ALL];

static int begin(void **state)
{
	(void)state;
	budget = inventory_budget_of(OF_ALL);
	for (int i = 0; i < OF_ALL; i++)
		accounts[i] = (struct inventory_account){.budget = &budget};
	return 0;
}

/* Takes all that it may have; returns how much it has then. */
static size_t fill(struct inventory_account *a)
{
	while (inventory_budget_allows(a, STEP))
		inventory_budget_take(a, STEP);
	return a->bytes;
}

static size_t all_bytes(void)
{
	size_t sum = 0;
	for (int i = 0; i < OF_ALL; i++)
		sum += accounts[i].bytes;
	return sum;
}

static bool is_about(size_t a, size_t b)
{
	return a <= b + (size_t)2 * STEP && b <= a + (size_t)2 * STEP;
}

static void test_one_may_have_half_of_what_is_lent(void **state)
{
	(void)state;
	assert_true(is_about(fill(&accounts[0]), budget.share_bytes + budget.pool_bytes / 2));
	assert_true(fill(&accounts[1]) > budget.share_bytes);
}

/* Whatever the others do. */
static void test_a_share_is_always_there(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++)
		for (int i = 1; i < OF_ALL; i++)
			fill(&accounts[i]);
	assert_true(budget.lent_bytes > budget.pool_bytes * 8 / 10);
	size_t n = 0;
	for (; n + STEP <= budget.share_bytes; n += STEP) {
		assert_true(inventory_budget_allows(&accounts[0], STEP));
		inventory_budget_take(&accounts[0], STEP);
	}
	assert_true(all_bytes() <= INVENTORY_BUDGET_BYTES);
}

/* They take turns, each giving back a little: no side stays with much more than another. */
static void test_the_greedy_end_up_equal(void **state)
{
	(void)state;
	for (int round = 0; round < 2000; round++)
		for (int i = 0; i < OF_ALL; i++) {
			inventory_budget_give_back(&accounts[i], accounts[i].bytes / 8);
			fill(&accounts[i]);
		}
	for (int i = 0; i < OF_ALL; i++)
		fill(&accounts[i]);
	size_t least = accounts[0].bytes, most = least;
	for (int i = 1; i < OF_ALL; i++) {
		least = accounts[i].bytes < least ? accounts[i].bytes : least;
		most = accounts[i].bytes > most ? accounts[i].bytes : most;
	}
	assert_true(most < least + least / 4);
	assert_true(all_bytes() <= INVENTORY_BUDGET_BYTES);
}

static void test_what_is_given_back_is_there_again(void **state)
{
	(void)state;
	size_t most = fill(&accounts[0]);
	inventory_budget_give_back(&accounts[0], accounts[0].bytes);
	assert_int_equal(budget.lent_bytes, 0);
	assert_int_equal(fill(&accounts[0]), most);
}

/* What was made of facts may be more than the limit: then there is nothing to lend. */
static void test_more_than_there_is(void **state)
{
	(void)state;
	inventory_budget_take(&accounts[0], (size_t)2 * INVENTORY_BUDGET_BYTES);
	assert_false(inventory_budget_allows(&accounts[0], 1));
	assert_true(inventory_budget_allows(&accounts[1], budget.share_bytes));
	assert_false(inventory_budget_allows(&accounts[1], budget.share_bytes + 1));
}

static void test_the_reason(void **state)
{
	struct err e;
	(void)state;
	fill(&accounts[0]);
	assert_false(inventory_budget_refuse(&accounts[0], "secondary", "ephemeralrunners", STEP, &e));
	assert_non_null(strstr(e.text, "ephemeralrunners"));
	assert_non_null(strstr(e.text, "secondary"));
	assert_non_null(strstr(e.text, "31458000 bytes; its limit is 31457"));
	assert_true(strlen(e.text) < sizeof((struct part *)0)->problem);
}

static void test_nobody_counts(void **state)
{
	(void)state;
	assert_true(inventory_budget_allows(NULL, SIZE_MAX));
	inventory_budget_take(NULL, 1);
	inventory_budget_give_back(NULL, 1);
}

/* All sizes of fleets: the shares and the pool are the whole. */
static void test_the_shares(void **state)
{
	(void)state;
	for (size_t sides = 1; sides <= 1000; sides++) {
		struct inventory_budget b = inventory_budget_of(sides);
		assert_true(b.share_bytes * sides + b.pool_bytes <= INVENTORY_BUDGET_BYTES);
		assert_true(b.share_bytes >= 50000);
	}
	assert_int_equal(inventory_budget_of(0).share_bytes, INVENTORY_BUDGET_BYTES / 2);
}

/* Lists. */

static void put(struct facts_list *list, size_t count)
{
	struct scale_set set = {.name = "x"};
	for (size_t i = 0; i < count; i++)
		facts_list_put(list, &set);
}

static void test_lists_are_counted(void **state)
{
	(void)state;
	struct facts_list list = facts_list_of(sizeof(struct scale_set), &accounts[0]);
	put(&list, 100);
	assert_int_equal(accounts[0].bytes, 100 * sizeof(struct scale_set));
	facts_list_keep(&list, 64);
	assert_int_equal(accounts[0].bytes, 64 * sizeof(struct scale_set));
	facts_list_keep(&list, 100);
	assert_int_equal(accounts[0].bytes, 64 * sizeof(struct scale_set));
	struct facts_list like = facts_list_like(&list);
	put(&like, 1);
	assert_int_equal(accounts[0].bytes, 65 * sizeof(struct scale_set));
	facts_list_recount(&list, &accounts[1]);
	assert_int_equal(accounts[0].bytes, sizeof(struct scale_set));
	assert_int_equal(accounts[1].bytes, 64 * sizeof(struct scale_set));
	facts_list_fini(&list);
	facts_list_fini(&like);
	assert_int_equal(all_bytes(), 0);
	put(&list, 1);
	assert_int_equal(accounts[1].bytes, sizeof(struct scale_set));
	facts_list_fini(&list);
}

/* What will be made of a fact is counted with it, so that the end of a round needs no more. */
static void test_what_is_made_of_facts(void **state)
{
	static const struct {
		enum inventory_part part;
		size_t least;
	} rows[] = {
	    {PART_NODES, sizeof(struct node_fact)},
	    {PART_RUNNER_PODS, sizeof(struct pod_fact)},
	    {PART_RUNNERS, sizeof(struct runner_fact) + sizeof(struct known_runner)},
	    {PART_SCALE_SETS, sizeof(struct scale_set_fact) + sizeof(struct scale_set) + sizeof(struct known_listener)},
	    {PART_APPLICATIONS, sizeof(struct app_fact) + sizeof(struct app)},
	};
	(void)state;
	struct facts facts;
	facts_init(&facts, &accounts[0]);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(facts.list[rows[i].part].cost >= rows[i].least);
	facts_fini(&facts);
}

static void test_a_memory_moves_to_another_account(void **state)
{
	(void)state;
	struct inventory_memory old, fresh;
	inventory_memory_init(&old, &accounts[0]);
	inventory_memory_init(&fresh, &accounts[1]);
	put(&old.sets, 3);
	put(&fresh.sets, 1);
	inventory_memory_adopt(&fresh, &old);
	assert_int_equal(fresh.sets.count, 3);
	assert_int_equal(old.sets.count, 0);
	assert_int_equal(accounts[0].bytes, 0);
	assert_int_equal(accounts[1].bytes, 3 * sizeof(struct scale_set));
	put(&old.sets, 1);
	assert_int_equal(accounts[0].bytes, sizeof(struct scale_set));
	inventory_memory_fini(&old);
	inventory_memory_fini(&fresh);
	assert_int_equal(all_bytes(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_one_may_have_half_of_what_is_lent, begin),
	    cmocka_unit_test_setup(test_a_share_is_always_there, begin),
	    cmocka_unit_test_setup(test_the_greedy_end_up_equal, begin),
	    cmocka_unit_test_setup(test_what_is_given_back_is_there_again, begin),
	    cmocka_unit_test_setup(test_more_than_there_is, begin),
	    cmocka_unit_test_setup(test_the_reason, begin),
	    cmocka_unit_test_setup(test_nobody_counts, begin),
	    cmocka_unit_test_setup(test_the_shares, begin),
	    cmocka_unit_test_setup(test_lists_are_counted, begin),
	    cmocka_unit_test_setup(test_what_is_made_of_facts, begin),
	    cmocka_unit_test_setup(test_a_memory_moves_to_another_account, begin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
