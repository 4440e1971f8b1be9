/* The documents against the code: README has a row for every metric and every configuration key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/conf.h"
#include "render/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char readme[256 << 10];

static int load(void **state)
{
	(void)state;
	FILE *f = fopen("README.md", "r");
	size_t len = f ? fread(readme, 1, sizeof readme - 1, f) : 0;
	if (f)
		fclose(f);
	return len > 0 && len < sizeof readme - 1 ? 0 : -1;
}

static bool has_row(const char *name)
{
	char row[256];
	snprintf(row, sizeof row, "\n| `%s` |", name);
	if (strstr(readme, row))
		return true;
	print_error("README.md has no row for %s\n", name);
	return false;
}

static void every_metric_has_a_row(void **state)
{
	const char *names[256];
	size_t n = metrics_names(names, 256), missing = 0;
	(void)state;
	assert_in_range(n, 1, 256);
	for (size_t i = 0; i < n; i++)
		missing += !has_row(names[i]);
	assert_int_equal(missing, 0);
}

static void every_key_has_a_row_with_its_default(void **state)
{
	const struct conf_key_doc *keys;
	size_t n = conf_keys(&keys), missing = 0;
	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (strstr(keys[i].path, ".secondary.") || strstr(keys[i].path, ".extra[]."))
			continue; /* the primary's, README says */
		char row[512];
		snprintf(row, sizeof row, "\n| `%s` | %s | %s%s%s |", keys[i].path, keys[i].type,
		    keys[i].fallback[0] && strcmp(keys[i].fallback, "required") ? "`" : "", keys[i].fallback,
		    keys[i].fallback[0] && strcmp(keys[i].fallback, "required") ? "`" : "");
		if (!strstr(readme, row)) {
			print_error("README.md lacks:%s\n", row);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_metric_has_a_row),
	    cmocka_unit_test(every_key_has_a_row_with_its_default),
	};
	return cmocka_run_group_tests(tests, load, NULL);
}
