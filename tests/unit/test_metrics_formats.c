/* Both formats of the metrics: the same series, each once, few for each pair, and when counters began. */
#define _POSIX_C_SOURCE 200809L /* strdup, strtok_r */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_metric.h"

/* Each line of samples once; labels of a stateset named as its family; exactly one state at 1. */
static void assert_sound(const struct buf *out)
{
	char *copy = strdup(buf_text(out)), *save = NULL;
	static char *seen[4000];
	size_t count = 0;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (*line == '#')
			continue;
		*strrchr(line, ' ') = '\0';
		for (size_t i = 0; i < count; i++)
			if (strcmp(seen[i], line) == 0)
				fail_msg("%s stands twice", line);
		seen[count++] = line;
		assert_true(count < 4000);
	}
	free(copy);
}

/* Samples of one pair: those that every further pair adds. */
static int series_of(const struct buf *out, const char *pair)
{
	int series = 0;
	char label[100];

	snprintf(label, sizeof label, "{pair=\"%s\"", pair);
	for (const char *line = buf_text(out); line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		const char *brace = strchr(line, '{'), *end = strchr(line, '\n');

		series += *line != '#' && brace && end && brace < end && !strncmp(brace, label, strlen(label));
	}
	return series;
}

/* Everything that a side may expose, at once. */
static void expose_all(struct scene *s)
{
	for (int id = 0; id < SIDES; id++) {
		struct view_side *v = &s->vpair.side[id];

		s->cloudspace[id].word = SPOT_PROVISIONING;
		s->pair.side[id].verdict = PROVISIONING;
		s->pair.maintenance[id] = (struct maintenance){.is_declared = true, .ends.wall = at_nine};
		v->margin.p80_nano = 1;
		v->token = v->certificate = (struct credential){at_nine, at_eight};
	}
	s->pair.status = HA_ACTIVE;
	s->spans[0].from = at_eight;
	s->spans[0].from.ms -= availability_windows[AVAILABILITY_WINDOWS - 1].ms;
	s->incidents.since = s->spans[0].from;
	s->view.has_organizations = s->view.has_prices = s->view.has_anchors = true;
}

/* At most 400 series a pair without extra sides, and its availability; and 550 with the times at which counters began.
 */
static void series_are_few_and_unique(void **state)
{
	struct scene s;
	struct buf out;

	(void)state;
	scene_fill(&s);
	snprintf(s.cloudspace[0].region, sizeof s.cloudspace[0].region, "a\"b\\c\nd");
	expose_all(&s);
	for (int format = 0; format < EXPO_FORMATS; format++) {
		out = render(&s, format == EXPO_TEXT ? EXPO_TEXT : EXPO_OPENMETRICS);
		assert_sound(&out);
		int series = series_of(&out, "prod");

		print_message("%d series of one pair\n", series);
		assert_in_range(series, 300, AVAILABILITY_WINDOWS + (format == EXPO_TEXT ? 400 : 550));
		assert_non_null(strstr(buf_text(&out), "cloudspace_region=\"a\\\"b\\\\c\\nd\""));
		buf_fini(&out);
	}
}

/* The length of a sample's series at the start of `line`, which has no sample after a `#`. */
static size_t series_len(const char *line)
{
	const char *end = strchr(line, '\n');

	while (*end != ' ')
		end--;
	return (size_t)(end - line);
}

/* True for a line `x_created{...} v`, which must follow `x_total{...}` or `x_count{...}`. */
static bool is_created(const char *line, const char *before)
{
	size_t name = strcspn(line, "{ "), of = strcspn(before, "{ ");

	if (*line == '#' || name < 8 || memcmp(line + name - 8, "_created", 8) != 0)
		return false;
	assert_true(memcmp(before + of - 6, "_total", 6) == 0 || memcmp(before + of - 6, "_count", 6) == 0);
	assert_int_equal(name - 8, of - 6);
	assert_memory_equal(line, before, of - 6);
	assert_int_equal(series_len(line) - name, series_len(before) - of);
	assert_memory_equal(line + name, before + of, series_len(line) - name);
	return true;
}

/* Whether OpenMetrics must say after this sample when its series began: `type` is the last line of TYPE. */
static bool has_begun(const char *type, const char *line)
{
	size_t of = strcspn(line, "{ "), len = strcspn(type, "\n");
	bool is_histogram = !memcmp(type + len - 10, " histogram", 10),
	     is_counter = !memcmp(type + len - 8, " counter", 8);

	return *line != '#' && (is_counter || (is_histogram && memcmp(line + of - 6, "_count", 6) == 0));
}

/* The same series with the same values in both formats; OpenMetrics also says when each counter and histogram began. */
static void formats_agree(void **state)
{
	struct scene s;
	struct buf text, open;
	const char *a, *b, *type = NULL;
	int began = 0;

	(void)state;
	scene_fill(&s);
	s.view.has_organizations = s.view.has_prices = s.view.has_anchors = true;
	text = render(&s, EXPO_TEXT);
	open = render(&s, EXPO_OPENMETRICS);
	assert_null(strstr(buf_text(&text), "_created"));
	for (a = buf_text(&text), b = buf_text(&open); *a;) {
		const char *sample = b;
		size_t alen = strcspn(a, "\n") + 1, blen = strcspn(b, "\n") + 1;

		if (*a != '#' && (alen != blen || memcmp(a, b, alen) != 0))
			fail_msg("- %.*s\n+ %.*s", (int)alen, a, (int)blen, b);
		type = strncmp(b, "# TYPE ", 7) == 0 ? b : type;
		a += alen;
		b += blen;
		if (has_begun(type ? type : b, sample) != is_created(b, sample))
			fail_msg("when it began: %.*s", (int)blen, sample);
		if (has_begun(type ? type : b, sample)) {
			b = strchr(b, '\n') + 1;
			began++;
		}
	}
	assert_string_equal(b, "# EOF\n");
	assert_true(began > 150);
	buf_fini(&text);
	buf_fini(&open);
}

/* Each counter began with what it counts. */
static void counters_began(void **state)
{
	static const struct {
		const char *series;
		double seconds;
	} rows[] = {
	    {"ha_status_transitions_created{pair=\"prod\",from=\"UNKNOWN\",to=\"ACTIVE\"}", 1795460400.5},
	    {"ha_status_seconds_created{pair=\"prod\",ha_status=\"ACTIVE\"}", 1795460400.5},
	    {"ha_cloudspace_state_changes_created{pair=\"prod\",side=\"primary\",to=\"UP\"}", 1795460400},
	    {"ha_cloudspace_state_changes_created{pair=\"prod\",side=\"secondary\",to=\"UP\"}", 1795460500},
	    {"ha_polls_created{source=\"token\"}", 1795460401.25},
	    {"ha_polls_created{source=\"anchors\"}", 1795460400},
	    {"ha_polls_created{pair=\"prod\",side=\"secondary\",source=\"inventory\"}", 1795460500},
	    {"ha_poll_duration_seconds_created{pair=\"prod\",side=\"secondary\",source=\"nodes\"}", 1795460500},
	    {"ha_poll_lateness_seconds_created", 1795460400},
	    {"ha_http_requests_created{code=\"200\"}", 1795460400},
	    {"process_cpu_seconds_created", 1795463999.5},
	};
	struct scene s;

	(void)state;
	scene_fill(&s);
	s.view.has_anchors = true;
	s.vpair.side[SECONDARY].counted_from.ms += 100000;
	struct buf out = render(&s, EXPO_OPENMETRICS);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (value_of(&out, rows[i].series) != rows[i].seconds)
			fail_msg("%s is %.3f", rows[i].series, value_of(&out, rows[i].series));
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(series_are_few_and_unique),
	    cmocka_unit_test(formats_agree),
	    cmocka_unit_test(counters_began),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
