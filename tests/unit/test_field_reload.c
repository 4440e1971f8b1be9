/* Configurations that were changed: which cloudspaces stay. */
#define _DEFAULT_SOURCE /* strtok_r */
#include "conf_text.h"
#include "config/conf_match.h"

#include <stdio.h>
#include <stdlib.h>

/* "prod a b c, test d e": pairs with their cloudspaces, primary first. */
static struct conf *conf_of(const char *pairs)
{
	struct buf yaml = buf_of(1 << 16);
	char copy[256], *end, *names;
	snprintf(copy, sizeof copy, "%s", pairs);
	buf_puts(&yaml, SPOT "pairs:\n");
	for (char *pair = strtok_r(copy, ",", &names); pair; pair = strtok_r(NULL, ",", &names)) {
		char *name = strtok_r(pair, " ", &end);
		buf_printf(&yaml, "  - name: %s\n", name);
		for (int id = 0; (name = strtok_r(NULL, " ", &end)); id++)
			buf_printf(&yaml, "    %s{cloudspace: %s, kubeconfig: /k, context: %s}\n",
			    id == 0       ? "primary: "
				: id == 1 ? "secondary: "
				: id == 2 ? "extra:\n      - "
					  : "  - ",
			    name, name);
	}
	struct conf *conf = parse(buf_text(&yaml));
	buf_fini(&yaml);
	return conf;
}

/* What each side of `after` was in `before`, as "0 1 -". */
static void put_matches(const char *before, const char *after, char *out, size_t size)
{
	struct conf *old = conf_of(before), *conf = conf_of(after);
	size_t from[32], count = conf_match_count(conf), len = 0;
	assert_in_range(count, 1, 32);
	conf_match_sides(old, conf, from);
	for (size_t i = 0; i < count; i++)
		len += (size_t)(from[i] == CONF_MATCH_NEW
			? snprintf(out + len, size - len, "%s-", i ? " " : "")
			: snprintf(out + len, size - len, "%s%zu", i ? " " : "", from[i]));
	conf_free(&old);
	conf_free(&conf);
}

static void cloudspaces_that_stay(void **state)
{
	static const struct {
		const char *before, *after, *matches;
	} rows[] = {
	    {"prod a b", "prod a b", "0 1"},
	    /* extra sides come, go and change places */
	    {"prod a b", "prod a b c", "0 1 -"},
	    {"prod a b c d", "prod a b d", "0 1 3"},
	    {"prod a b c d", "prod a b d c", "0 1 3 2"},
	    {"prod a b c", "prod a b x c", "0 1 - 2"},
	    {"prod a b c", "prod a b", "0 1"},
	    /* roles change */
	    {"prod a b", "prod b a", "1 0"},
	    {"prod a b c", "prod a c b", "0 2 1"},
	    {"prod a b c", "prod a c", "0 2"},
	    {"prod a b", "prod a x b", "0 - 1"},
	    {"prod a b", "prod x z", "- -"},
	    /* pairs come, go, change places and names */
	    {"prod a b", "prod a b, test c d", "0 1 - -"},
	    {"prod a b, test c d", "test c d, prod a b", "2 3 0 1"},
	    {"prod a b, test c d", "test c d", "2 3"},
	    {"prod a b", "live a b", "0 1"},
	    {"prod a b, test c d", "prod c d, test a b", "2 3 0 1"},
	    {"prod a b, test c d", "prod a c, test b d", "0 2 1 3"},
	    /* of a cloudspace that several pairs watch, each keeps its own */
	    {"prod a b, test a c", "prod a b, test a c", "0 1 2 3"},
	    {"prod a b, test a c", "test a c, prod a b", "2 3 0 1"},
	    {"prod a b, test a c", "live a b, test a c", "0 1 2 3"},
	    {"prod a b", "prod a b, test a c", "0 1 - -"},
	    {"prod a b", "live a b, test a c", "0 1 - -"},
	    {"prod a b, test a c", "live a b, next a c", "0 1 2 3"},
	    {"prod a b, test a c", "prod x b, test a c", "- 1 2 3"},
	    {"prod a b, test a c", "live a x", "0 -"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char found[256];
		put_matches(rows[i].before, rows[i].after, found, sizeof found);
		if (strcmp(found, rows[i].matches) != 0)
			fail_msg("%s -> %s: %s, expected %s", rows[i].before, rows[i].after, found, rows[i].matches);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cloudspaces_that_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
