/* Exposition formats, their negotiation, and JSON: bytes as the standards want them. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include <cmocka.h>

#include "base/json_out.h"
#include "render/accept.h"
#include "render/expo.h"

static void families(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name;
		enum expo_type type;
		const char *text, *open;
	} rows[] = {
		{"x", EXPO_GAUGE, "# HELP x h\n# TYPE x gauge\n", "# HELP x h\n# TYPE x gauge\n"},
		{"x_total", EXPO_COUNTER, "# HELP x_total h\n# TYPE x_total counter\n", "# HELP x h\n# TYPE x counter\n"},
		{"x_info", EXPO_INFO, "# HELP x_info h\n# TYPE x_info gauge\n", "# HELP x h\n# TYPE x info\n"},
		{"x", EXPO_STATESET, "# HELP x h\n# TYPE x gauge\n", "# HELP x h\n# TYPE x stateset\n"},
		{"x_seconds", EXPO_HISTOGRAM, "# HELP x_seconds h\n# TYPE x_seconds histogram\n", "# HELP x_seconds h\n# TYPE x_seconds histogram\n"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int format = 0; format < EXPO_FORMATS; format++) {
			struct buf out = buf_of(1000);
			struct expo x = {.out = &out, .format = format == EXPO_TEXT ? EXPO_TEXT : EXPO_OPENMETRICS};

			expo_family(&x, rows[i].name, rows[i].type, "h");
			assert_string_equal(buf_text(&out), format == EXPO_TEXT ? rows[i].text : rows[i].open);
			buf_fini(&out);
		}
}

/* HELP: backslash and newline; OpenMetrics the quote as well. */
static void help_escapes(void **state)
{
	struct buf out = buf_of(1000);
	struct expo x = {.out = &out, .format = EXPO_TEXT};

	(void)state;
	expo_family(&x, "x", EXPO_GAUGE, "a\\b\nc\"d");
	assert_string_equal(buf_text(&out), "# HELP x a\\\\b\\nc\"d\n# TYPE x gauge\n");
	buf_reset(&out);
	x.format = EXPO_OPENMETRICS;
	expo_family(&x, "x", EXPO_GAUGE, "a\\b\nc\"d");
	assert_string_equal(buf_text(&out), "# HELP x a\\\\b\\nc\\\"d\n# TYPE x gauge\n");
	buf_fini(&out);
}

static void label_escapes(void **state)
{
	/* clang-format off */
	static const struct {
		const char *value, *escaped;
	} rows[] = {
		{"", ""}, {"plain", "plain"}, {"\"", "\\\""}, {"\\", "\\\\"}, {"\n", "\\n"},
		{"a\"b\\c\nd", "a\\\"b\\\\c\\nd"}, {"\\n", "\\\\n"}, {"\"\"", "\\\"\\\""},
		{"\xC3\xA9\t{},=", "\xC3\xA9 {},="}, {"Re\x1b[2Jady\xFF", "Re?[2Jady?"},
		{"a\xE2\x80\xAEz", "a\\\\u202ez"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int format = 0; format < EXPO_FORMATS; format++) {
			struct buf out = buf_of(1000);
			struct expo x = {.out = &out, .format = format == EXPO_TEXT ? EXPO_TEXT : EXPO_OPENMETRICS};
			struct expo_label labels[] = {{"a", "1"}, {"b", rows[i].value}};
			char wanted[200];

			expo_sample(&x, "x", "", labels, 2, 1);
			snprintf(wanted, sizeof wanted, "x{a=\"1\",b=\"%s\"} 1\n", rows[i].escaped);
			assert_string_equal(buf_text(&out), wanted);
			buf_fini(&out);
		}
}

static void numbers(void **state)
{
	/* clang-format off */
	static const struct {
		double value;
		const char *text; /* NULL: only that it reads back */
	} rows[] = {
		{0, "0"}, {1, "1"}, {-1, "-1"}, {10, "10"}, {1795464000, "1795464000"},
		{1e14, "100000000000000"}, {0.5, "0.5"}, {0.1, "0.1"}, {-2.25, "-2.25"}, {1795463999.5, "1795463999.5"},
		{1.0 / 3, NULL}, {20.0 / 24, NULL}, {0.1 + 0.2, NULL}, {1e-9, NULL}, {1e300, NULL},
		{DBL_MAX, NULL}, {DBL_MIN, NULL}, {4503599627370497.5, NULL}, {1e15, NULL}, {123456789012345678.0, NULL},
		{HUGE_VAL, "+Inf"}, {-HUGE_VAL, "-Inf"}, {NAN, "NaN"},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = buf_of(1000);
		struct expo x = {.out = &out, .format = EXPO_TEXT};

		expo_sample(&x, "x", "_sum", NULL, 0, rows[i].value);
		assert_int_equal(strncmp(buf_text(&out), "x_sum ", 6), 0);
		if (rows[i].text) {
			char wanted[100];

			snprintf(wanted, sizeof wanted, "x_sum %s\n", rows[i].text);
			assert_string_equal(buf_text(&out), wanted);
		} else {
			assert_true(strtod(buf_text(&out) + 6, NULL) == rows[i].value);
			/* The shortest that does: one digit less reads back as another number. */
			if (rows[i].value == 0.1 + 0.2)
				assert_string_equal(buf_text(&out), "x_sum 0.30000000000000004\n");
			if (rows[i].value == 20.0 / 24)
				assert_string_equal(buf_text(&out), "x_sum 0.8333333333333334\n");
		}
		buf_fini(&out);
	}
}

/* Times in milliseconds are written as printf() writes them with 15 digits, which read back. */
static void numbers_of_ms(void **state)
{
	uint64_t seed = 20261129;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char wanted[100];
		struct buf out = buf_of(1000);
		struct expo x = {.out = &out, .format = EXPO_TEXT};

		seed = seed * 6364136223846793005 + 1442695040888963407;
		double value = (double)((int64_t)(seed >> 16) >> i % 48) / 1000 * (i % 2 ? 1 : -1);
		snprintf(wanted, sizeof wanted, "x %.15g\n", value);
		if (value == 0 || strtod(wanted + 2, NULL) != value || fabs(value) >= 1e15)
			continue;
		expo_sample(&x, "x", "", NULL, 0, value);
		assert_string_equal(buf_text(&out), wanted);
		buf_fini(&out);
	}
}

/* The labels that all samples begin with stand before their own. */
static void bases(void **state)
{
	struct expo_label first[] = {{"pair", "a\"b"}, {"side", "primary"}}, own[] = {{"to", "UP"}};
	struct buf base = buf_of(1000), out = buf_of(1000);

	(void)state;
	expo_labels(&base, first, 2);
	struct expo x = {.out = &out, .base = {buf_text(&base), base.len}};
	expo_sample(&x, "x", "", NULL, 0, 1);
	expo_sample(&x, "x", "", own, 1, 2);
	x.base = (struct expo_text){0};
	expo_sample(&x, "x", "", own, 1, 3);
	expo_sample(&x, "x", "", NULL, 0, 4);
	assert_string_equal(buf_text(&out),
	    "x{pair=\"a\\\"b\",side=\"primary\"} 1\nx{pair=\"a\\\"b\",side=\"primary\",to=\"UP\"} 2\n"
	    "x{to=\"UP\"} 3\nx 4\n");
	buf_fini(&base);
	buf_fini(&out);
}

/* When a counter or histogram began: only OpenMetrics says it, kept samples for both formats. */
static void began(void **state)
{
	static const char kept[] = "x_total{a=\"{ }\",b=\"1\"} 5\n\x01 1795464000.25\ny_total 7\n\x01 1795464000\n"
				   "h_bucket{le=\"+Inf\"} 1\nh_sum 2\nh_count 1\n\x01 1\nz_total 1\ng{} 3\n";
	static const char text[] = "x_total{a=\"{ }\",b=\"1\"} 5\ny_total 7\nh_bucket{le=\"+Inf\"} 1\nh_sum 2\n"
				   "h_count 1\nz_total 1\ng{} 3\n";
	static const char open[] = "x_total{a=\"{ }\",b=\"1\"} 5\nx_created{a=\"{ }\",b=\"1\"} 1795464000.25\n"
				   "y_total 7\ny_created 1795464000\nh_bucket{le=\"+Inf\"} 1\nh_sum 2\nh_count 1\n"
				   "h_created 1\nz_total 1\ng{} 3\n";
	static const char *const wanted[] = {[EXPO_TEXT] = text, [EXPO_OPENMETRICS] = open, [EXPO_KEPT] = kept};
	struct buf direct[EXPO_FORMATS + 1];

	(void)state;
	for (int format = 0; format <= EXPO_KEPT; format++) {
		struct buf *out = &direct[format];
		struct expo x = {.out = out, .format = (enum expo_format)format, .base = {"a=\"{ }\"", 7}};
		struct expo_label b = {"b", "1"}, le = {"le", "+Inf"};

		*out = buf_of(1000);
		expo_sample(&x, "x_total", "", &b, 1, 5);
		expo_created(&x, "x_total", EXPO_COUNTER, &b, 1, (wall_ms){1795464000250});
		x.base.len = 0;
		expo_sample(&x, "y_total", "", NULL, 0, 7);
		expo_created(&x, "y_total", EXPO_COUNTER, NULL, 0, (wall_ms){1795464000000});
		expo_sample(&x, "h", "_bucket", &le, 1, 1);
		expo_sample(&x, "h", "_sum", NULL, 0, 2);
		expo_sample(&x, "h", "_count", NULL, 0, 1);
		expo_created(&x, "h", EXPO_HISTOGRAM, NULL, 0, (wall_ms){1000});
		expo_sample(&x, "z_total", "", NULL, 0, 1);
		expo_created(&x, "z_total", EXPO_COUNTER, NULL, 0, WALL_UNKNOWN);
		buf_puts(out, "g{} 3\n");
		assert_string_equal(buf_text(out), wanted[format]);
	}
	for (int format = 0; format < EXPO_FORMATS; format++) {
		struct buf out = buf_of(1000);
		struct expo x = {.out = &out, .format = (enum expo_format)format};

		expo_put_kept(&x, buf_text(&direct[EXPO_KEPT]), direct[EXPO_KEPT].len);
		assert_string_equal(buf_text(&out), wanted[format]);
		buf_fini(&out);
	}
	for (int format = 0; format <= EXPO_KEPT; format++)
		buf_fini(&direct[format]);
}

static void ends(void **state)
{
	struct buf out = buf_of(100);
	struct expo x = {.out = &out, .format = EXPO_TEXT};

	(void)state;
	expo_end(&x);
	assert_string_equal(buf_text(&out), "");
	x.format = EXPO_OPENMETRICS;
	expo_end(&x);
	assert_string_equal(buf_text(&out), "# EOF\n");
	buf_fini(&out);
	assert_string_equal(expo_content_types[EXPO_TEXT], "text/plain; version=0.0.4; charset=utf-8");
	assert_string_equal(
	    expo_content_types[EXPO_OPENMETRICS], "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

#define OM "application/openmetrics-text"

static void negotiation(void **state)
{
	static char endless[70000];
	/* clang-format off */
	static const struct {
		const char *accept;
		enum expo_format format;
	} rows[] = {
		/* Prometheus 2.42 to 2.48 */
		{OM ";version=1.0.0," OM ";version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", EXPO_OPENMETRICS},
		/* 2.49 to 2.55 */
		{OM ";version=1.0.0;q=0.5," OM ";version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", EXPO_OPENMETRICS},
		/* 3.x */
		{OM ";version=1.0.0;escaping=allow-utf-8;q=0.6," OM ";version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", EXPO_OPENMETRICS},
		{OM ";version=1.0.0;escaping=underscores;q=0.6," OM ";version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", EXPO_OPENMETRICS},
		/* native histograms: protobuf first, which we do not have */
		{"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7," OM ";version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", EXPO_OPENMETRICS},
		{"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,*/*;q=0.2", EXPO_TEXT},
		/* nobody in particular */
		{NULL, EXPO_TEXT}, {"", EXPO_TEXT}, {"*/*", EXPO_TEXT}, {"text/*", EXPO_TEXT},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", EXPO_TEXT},
		{"application/json", EXPO_TEXT},
		{OM, EXPO_OPENMETRICS}, {OM ";version=1.0.0", EXPO_OPENMETRICS}, {OM "; version=1.0.0", EXPO_OPENMETRICS},
		{"APPLICATION/OpenMetrics-Text", EXPO_OPENMETRICS}, {" " OM " ; q=1 ", EXPO_OPENMETRICS},
		{OM "; charset=utf-8; version=1.0.0; q=0.1", EXPO_OPENMETRICS},
		/* versions that we do not have */
		{OM ";version=0.0.1", EXPO_TEXT}, {OM ";version=2.0.0", EXPO_TEXT}, {OM ";version=1.0.0x", EXPO_TEXT},
		{"text/plain;version=1.0.0;q=0.9," OM ";q=0.1", EXPO_OPENMETRICS},
		/* the highest q */
		{OM ";q=0.4,text/plain;q=0.5", EXPO_TEXT}, {"text/plain;q=0.4," OM ";q=0.5", EXPO_OPENMETRICS},
		{"text/plain;version=0.0.4;q=0.4," OM ";q=0.5", EXPO_OPENMETRICS},
		{OM ";q=0.5,*/*;q=0.9", EXPO_TEXT},
		{OM ";q=0", EXPO_TEXT}, {OM ";q=0.0,*/*;q=0.1", EXPO_TEXT}, {"text/plain;q=0," OM ";q=0.1", EXPO_OPENMETRICS},
		/* malformed */
		{OM ";q=", EXPO_TEXT}, {OM ";q=x", EXPO_TEXT}, {OM ";q=-1", EXPO_TEXT}, {OM ";q=7", EXPO_TEXT},
		{OM ";q=nan", EXPO_TEXT}, {OM "x", EXPO_TEXT}, {"x" OM, EXPO_TEXT}, {"application/openmetrics", EXPO_TEXT},
		{",,,;;;,", EXPO_TEXT}, {",," OM ",,", EXPO_OPENMETRICS}, {";q=1", EXPO_TEXT}, {OM " text/plain", EXPO_TEXT},
		{endless, EXPO_TEXT},
	};
	/* clang-format on */

	(void)state;
	strcpy(endless, OM);
	for (size_t i = strlen(endless); i < sizeof endless - 1; i++)
		endless[i] = ',';
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (accept_negotiate(rows[i].accept) != rows[i].format)
			fail_msg("row %zu, %.300s", i, rows[i].accept);
}

static void gzip_or_not(void **state)
{
	static const struct {
		const char *accept;
		bool is;
	} rows[] = {
	    {NULL, false},
	    {"", false},
	    {"gzip", true},
	    {"GZip", true},
	    {"x-gzip", true},
	    {"gzip, deflate, br, zstd", true},
	    {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
	    {" deflate ,\tgzip ; q=0.001", true},
	    {"*", true},
	    {"identity", false},
	    {"deflate, br", false},
	    {"gzip;q=0", false},
	    {"gzip;q=0.000, *", false},
	    {"*, gzip;q=0", false},
	    {"*;q=0", false},
	    {"identity;q=0, *;q=0", false},
	    {"gzip;q=-1", false},
	    {"gzip;q=2", false},
	    {"gzip;q=nan", false},
	    {"gzip;q=x", false},
	    {"gzipped", false},
	    {"gzi", false},
	    {",,;;,", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (accept_gzip(rows[i].accept) != rows[i].is)
			fail_msg("row %zu, %s", i, rows[i].accept);
}

static void json(void **state)
{
	struct buf out = buf_of(1000);
	struct json_out j = {&out, false};

	(void)state;
	json_open(&j, NULL, '{');
	json_put_text(&j, "a", "x\"y\\z\n\t\x01\x1f/\xC3\xA9</script>");
	json_put_text(&j, "n\"", NULL);
	json_open(&j, "l", '[');
	json_put_int(&j, NULL, INT64_MIN);
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_put_bool(&j, NULL, true);
	json_open(&j, NULL, '[');
	json_close(&j, ']');
	json_put_null(&j, NULL);
	json_close(&j, ']');
	json_put_bool(&j, "b", false);
	json_put_int(&j, "i", 42);
	json_put_time(&j, "t", (wall_ms){1795464000999});
	json_put_time(&j, "u", WALL_UNKNOWN);
	json_put_time(&j, "v", (wall_ms){INT64_MAX});
	json_close(&j, '}');
	assert_string_equal(buf_text(&out),
	    "{\"a\":\"x\\\"y\\\\z\\u000a\\u0009\\u0001\\u001f/\xC3\xA9</script>\",\"n\\\"\":null,"
	    "\"l\":[-9223372036854775808,{},true,[],null],\"b\":false,\"i\":42,"
	    "\"t\":\"2026-11-23T20:00:00Z\",\"u\":null,\"v\":null}");
	buf_fini(&out);
}

/* Every byte that a text may hold comes back through a parser. */
static void json_texts_come_back(void **state)
{
	char text[128];
	struct buf out = buf_of(10000);
	struct json_out j = {&out, false};
	cJSON *root;

	(void)state;
	for (int i = 0; i < 127; i++)
		text[i] = (char)(i + 1);
	text[127] = '\0';
	json_open(&j, NULL, '{');
	json_put_text(&j, text, text);
	json_close(&j, '}');
	root = cJSON_Parse(buf_text(&out));
	assert_non_null(root);
	assert_string_equal(root->child->string, text);
	assert_string_equal(root->child->valuestring, text);
	for (const char *p = buf_text(&out); *p; p++)
		assert_true((unsigned char)*p >= 0x20); /* RFC 8259 section 7 */
	cJSON_Delete(root);
	buf_fini(&out);
}

/* Three decimals at most, and none that says nothing. */
static void thousandths(void **state)
{
	/* clang-format off */
	static const struct {
		int64_t milli;
		const char *text;
	} rows[] = {{0, "0"}, {1, "0.001"}, {10, "0.01"}, {100, "0.1"}, {1500, "1.5"}, {12050, "12.05"}, {47040, "47.04"},
		{1001, "1.001"}, {-250, "-0.25"}, {3000, "3"}, {INT64_MIN, "-9223372036854775.808"}};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = buf_of(100);
		struct json_out j = {&out, false};

		json_put_milli(&j, NULL, true, rows[i].milli);
		json_put_milli(&j, NULL, false, rows[i].milli);
		assert_int_equal(strncmp(buf_text(&out), rows[i].text, strlen(rows[i].text)), 0);
		assert_string_equal(buf_text(&out) + strlen(rows[i].text), ",null");
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(families),
	    cmocka_unit_test(help_escapes),
	    cmocka_unit_test(label_escapes),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(numbers_of_ms),
	    cmocka_unit_test(bases),
	    cmocka_unit_test(began),
	    cmocka_unit_test(ends),
	    cmocka_unit_test(negotiation),
	    cmocka_unit_test(gzip_or_not),
	    cmocka_unit_test(json),
	    cmocka_unit_test(thousandths),
	    cmocka_unit_test(json_texts_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
