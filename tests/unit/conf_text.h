/*
 * Configuration texts for tests: pieces to build them from, and what conf_parse() says to them.
 */
#pragma once

#include "base/buf.h"
#include "config/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FILE_NAME "/etc/hawatch/h.yaml"
#define SPOT "spot: {refresh_token_file: /t}\n"
#define SIDES                                                                                                          \
	"    primary: {cloudspace: a, kubeconfig: /k, context: a}\n"                                                   \
	"    secondary: {cloudspace: b, kubeconfig: /k, context: b}\n"
#define PAIRS "pairs:\n  - name: prod\n" SIDES
#define SIDE_B "    secondary: {cloudspace: b, kubeconfig: /k, context: b}\n"

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define POLL(text) SPOT "poll: {" text "}\n" PAIRS
#define PRIMARY(text) SPOT "pairs:\n  - name: p\n    primary: {" text "}\n" SIDE_B
#define IN_PAIR(text) SPOT "pairs:\n  - name: p\n" SIDES "    " text "\n"

static inline struct conf *parse(const char *text)
{
	struct errs errs = {0};
	struct conf *conf = conf_parse(FILE_NAME, text, strlen(text), &errs);
	for (size_t i = 0; i < errs.count && i < ERRS_KEPT; i++)
		print_error("%s\n", errs.kept[i].text);
	assert_non_null(conf);
	assert_int_equal(errs.count, 0);
	return conf;
}

/* All that is wrong with a text, a line each, without the file's name. */
static inline struct buf mistakes_in(const char *bytes, size_t len)
{
	struct errs errs = {0};
	struct conf *conf = conf_parse(FILE_NAME, bytes, len, &errs);
	struct buf all = buf_of(1 << 16);
	assert_true(!conf == (errs.count > 0));
	for (size_t i = 0; i < errs.count && i < ERRS_KEPT; i++) {
		const char *text = errs.kept[i].text;
		assert_memory_equal(text, FILE_NAME ":", strlen(FILE_NAME) + 1);
		buf_printf(&all, "%s\n", text + strlen(FILE_NAME) + 1);
	}
	conf_free(&conf);
	return all;
}

static inline bool has_mistakes(const char *text, const char *mistakes)
{
	struct buf all = mistakes_in(text, strlen(text));
	bool ok = strcmp(buf_text(&all), mistakes) == 0;
	if (!ok)
		print_error("in:\n%s\nexpected:\n%s\nfound:\n%s\n", text, mistakes, buf_text(&all));
	buf_fini(&all);
	return ok;
}
