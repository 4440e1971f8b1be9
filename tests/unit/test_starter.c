/* A first configuration: names that belong together, and a text that is read as what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/conf.h"
#include "render/starter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct conf *conf_of(const char *names, size_t pairs)
{
	struct buf text = buf_of(STARTER_MAX_BYTES);
	struct errs *errs = calloc(1, sizeof *errs);
	assert_non_null(errs);
	const struct starter starter = {.version = "1.0",
	    .names = names,
	    .token_file = "/etc/hawatch/spot \"token\"",
	    .organization = "acme: yes",
	    .kubeconfig = "/etc/hawatch/kubeconfig"};
	assert_int_equal(starter_render(&starter, &text), pairs);
	struct conf *conf = conf_parse("hawatch.yaml", buf_text(&text), text.len, errs);
	if (pairs && !conf)
		print_message("%s\n%s\n", errs->kept[0].text, buf_text(&text));
	assert_int_equal(conf != NULL, pairs > 0);
	buf_fini(&text);
	free(errs);
	return conf;
}

static void is_pair(const struct conf *conf, size_t i, const char *name, const char *primary, const char *secondary)
{
	assert_in_range(i + 1, 1, conf->pair_count);
	assert_string_equal(conf->pairs[i].name, name);
	assert_string_equal(conf->pairs[i].primary.cloudspace, primary);
	assert_string_equal(conf->pairs[i].secondary.cloudspace, secondary);
	assert_string_equal(conf->pairs[i].secondary.context, secondary);
}

static void names_that_belong_together_are_pairs(void **state)
{
	(void)state;
	struct conf *conf = conf_of("zoo-2\nci-green\nalone\nzoo\nci-blue\ndev-1\ndev-2\n", 3);
	is_pair(conf, 0, "ci", "ci-blue", "ci-green");
	is_pair(conf, 1, "dev", "dev-1", "dev-2");
	is_pair(conf, 2, "zoo", "zoo", "zoo-2");
	conf_free(&conf);
}

/* Each cloudspace is in one pair at most: a-2 is the partner of a, and not the primary of a-2-2. */
static void a_name_is_used_once(void **state)
{
	(void)state;
	struct conf *conf = conf_of("a\na-2\na-2-2\n", 1);
	is_pair(conf, 0, "a", "a", "a-2");
	conf_free(&conf);
}

static void texts_stay_texts(void **state)
{
	(void)state;
	struct conf *conf = conf_of("123\n123-2\n", 1);
	is_pair(conf, 0, "123", "123", "123-2");
	assert_string_equal(conf->spot.refresh_token_file, "/etc/hawatch/spot \"token\"");
	assert_string_equal(conf->spot.organization, "acme: yes");
	conf_free(&conf);
}

/* A file without pairs is refused, and says itself what is missing. */
static void without_a_pair_there_is_an_example(void **state)
{
	(void)state;
	struct buf text = buf_of(1 << 20);
	assert_null(conf_of("one\nother\n", 0));
	starter_render(
	    &(struct starter){.version = "1", .names = "one\nother\n", .kubeconfig = "/etc/hawatch/kubeconfig"}, &text);
	assert_non_null(strstr(buf_text(&text), "  #   \"one\"\n"));
	assert_non_null(strstr(buf_text(&text), "  #- name: prod\n"));
	assert_non_null(strstr(buf_text(&text), "#refresh_token_file: "));
	buf_fini(&text);
}

/* A file that is refused would be no start. */
static void pairs_with_the_same_start_get_two_names(void **state)
{
	(void)state;
	struct conf *conf = conf_of("a-1\na-2\na-a\na-b\na-blue\na-green\n", 3);
	is_pair(conf, 0, "a", "a-1", "a-2");
	is_pair(conf, 1, "a-a", "a-a", "a-b");
	is_pair(conf, 2, "a-blue", "a-blue", "a-green");
	conf_free(&conf);
	conf = conf_of("a-1\na-2\na-blue\na-green\na-blue-a\na-blue-b\n", 3);
	is_pair(conf, 1, "a-blue", "a-blue", "a-green");
	is_pair(conf, 2, "a-blue-a", "a-blue-a", "a-blue-b");
	conf_free(&conf);
}

/* Spot's list may have anything. What a configuration does not take as a cloudspace is left for a person to see. */
static void what_is_no_name_of_a_cloudspace_is_no_side(void **state)
{
	static const char *const odd[] = {
	    "x y",
	    "X",
	    "../x",
	    "x: #&*!|>%",
	    "x\"\\",
	    "x\001",
	    "x\xff",
	    "x\u2028pairs: []",
	    "x\302\205pairs: []",
	    "x\U000e0001",
	    "x\ufeff",
	    "x..y",
	    "x.-y",
	    "x-.y",
	    ".x",
	    "-x",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		char names[512];
		snprintf(names, sizeof names, "%s\n%s-2\nok\nok-2\nok-2\nok\n", odd[i], odd[i]);
		struct conf *conf = conf_of(names, 1);
		is_pair(conf, 0, "ok", "ok", "ok-2");
		conf_free(&conf);
	}
}

static void a_very_large_organization_fits(void **state)
{
	enum { PAIRS = 10000 };
	struct buf names = buf_of(1 << 20);
	(void)state;
	for (int i = 0; i < PAIRS; i++)
		buf_printf(&names, "runners-of-the-team-%05d-2\nrunners-of-the-team-%05d\n", i, i);
	struct conf *conf = conf_of(buf_text(&names), PAIRS);
	is_pair(
	    conf, PAIRS - 1, "runners-of-the-team-09999", "runners-of-the-team-09999", "runners-of-the-team-09999-2");
	conf_free(&conf);
	buf_fini(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_that_belong_together_are_pairs),
	    cmocka_unit_test(a_name_is_used_once),
	    cmocka_unit_test(texts_stay_texts),
	    cmocka_unit_test(without_a_pair_there_is_an_example),
	    cmocka_unit_test(pairs_with_the_same_start_get_two_names),
	    cmocka_unit_test(what_is_no_name_of_a_cloudspace_is_no_side),
	    cmocka_unit_test(a_very_large_organization_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
