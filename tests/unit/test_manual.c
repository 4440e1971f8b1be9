/* What the manual is made of: every row of the tables says enough, and says the truth about its labels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/conf.h"
#include "config/web_conf_table.h"
#include "render/metrics.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static char exposition[512 << 10];

static int load(void **state)
{
	(void)state;
	FILE *f = fopen("tests/golden/metrics.openmetrics", "r");
	size_t len = f ? fread(exposition, 1, sizeof exposition - 1, f) : 0;
	if (f)
		fclose(f);
	return len > 0 && len < sizeof exposition - 1 ? 0 : -1;
}

/* True if `name` is an item of "a, b, c". */
static bool is_listed(const char *list, const char *name, size_t len)
{
	for (const char *at = list; (at = strstr(at, name)) != NULL; at++)
		if ((at == list || at[-1] == ' ') && (at[len] == ',' || at[len] == '\0'))
			return true;
	return false;
}

/* Marks the labels of one sample, "{pair="prod",le="1"} 1", in `seen`, a list as in the table. */
static void take_labels(const char *at, const struct metrics_doc *doc, char *seen, size_t size)
{
	for (; *at == '{' || *at == ','; at++) {
		char name[64];
		size_t len = strcspn(++at, "=");
		snprintf(name, sizeof name, "%.*s", (int)len, at);
		bool is_own = is_listed(doc->labels, name, len);
		if (!is_own && !is_listed(doc->subject, name, len) && strcmp(name, "le") != 0)
			fail_msg("the table does not know that %s has the label %s", doc->name, name);
		if (is_own && !is_listed(seen, name, len))
			snprintf(seen + strlen(seen), size - strlen(seen), "%s%s", *seen ? ", " : "", name);
		for (at += len + 2; *at != '"'; at++)
			at += *at == '\\';
	}
}

static bool is_sample_of(const char *line, const char *name)
{
	size_t len = strlen(name);
	if (strncmp(line, name, len) != 0)
		return false;
	return line[len] == '{' || line[len] == ' ' || strncmp(line + len, "_bucket{", 8) == 0;
}

static void labels_of_metrics_are_those_of_the_samples(void **state)
{
	struct metrics_doc doc;
	(void)state;
	for (size_t i = 0; metrics_describe(i, &doc); i++) {
		char seen[256] = "";
		size_t samples = 0;
		for (const char *line = exposition; line; line = strchr(line, '\n'), line += line != NULL)
			if (is_sample_of(line, doc.name)) {
				take_labels(line + strcspn(line, "{\n"), &doc, seen, sizeof seen);
				samples++;
			}
		if (samples > 0 && strcmp(seen, doc.labels) != 0)
			fail_msg("%s has the labels \"%s\", and the table \"%s\"", doc.name, seen, doc.labels);
		assert_true(strlen(doc.help) > 10 &&
		    isupper((unsigned char)*doc.help) + isdigit((unsigned char)*doc.help) +
			(strncmp(doc.help, "ha_", 3) == 0));
	}
}

static void every_key_says_what_it_is(void **state)
{
	const struct conf_key_doc *keys;
	size_t n = conf_keys(&keys);
	(void)state;
	for (size_t i = 0; i < n; i++)
		if (strlen(keys[i].help) < 10)
			fail_msg("%s has no description", keys[i].path);
	for (size_t i = 0; i < web_conf_key_count; i++)
		if (web_conf_keys[i].type != WEB_TYPE_MAP &&
		    (!web_conf_keys[i].help || strlen(web_conf_keys[i].help) < 10))
			fail_msg("%s has no description", web_conf_keys[i].name);
}

/* The defaults of the web configuration are set in code; the table only tells them. */
static void defaults_of_the_web_configuration_are_those_of_the_table(void **state)
{
	struct errs errs = {0};
	struct web_conf *conf = web_conf_parse("web.yml", "{}", 2, &errs);
	(void)state;
	assert_non_null(conf);
	for (size_t i = 0; i < web_conf_key_count; i++) {
		const struct web_key *key = &web_conf_keys[i];
		const void *value = (const char *)conf + key->offset;
		if (key->type == WEB_TYPE_WORD)
			assert_string_equal(key->fallback, key->words[*(const int *)value]);
		if (key->type == WEB_TYPE_BOOLEAN && *key->fallback)
			assert_string_equal(key->fallback, *(const bool *)value ? "true" : "false");
	}
	web_conf_free(&conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(labels_of_metrics_are_those_of_the_samples),
	    cmocka_unit_test(every_key_says_what_it_is),
	    cmocka_unit_test(defaults_of_the_web_configuration_are_those_of_the_table),
	};
	return cmocka_run_group_tests(tests, load, NULL);
}
