/*
 * Series as `promtool test rules` reads them: a name with its labels, and its samples one after another, the same ones
 * counted: 1x20 _x3 0 stale.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_MAX = 32 };

struct series {
	char *name;
	struct buf done; /* the samples before the last ones, which are all the same */
	char last[SAMPLE_MAX];
	int repeats;
	int length;
	bool is_alive; /* Prometheus had it in the last scrape of its target */
};

struct table {
	struct series *all;
	size_t count, room, next;
};

static void series_flush(struct series *s)
{
	/* `1x2` are three samples, `_x2` are two gaps. */
	if (!strcmp(s->last, "_"))
		buf_printf(&s->done, " _x%d", s->repeats);
	else if (s->repeats == 1 || !strcmp(s->last, "stale"))
		for (int i = 0; i < s->repeats; i++)
			buf_printf(&s->done, " %s", s->last);
	else if (s->repeats)
		buf_printf(&s->done, " %sx%d", s->last, s->repeats - 1);
	s->repeats = 0;
}

static void series_repeat(struct series *s, const char *sample, int times)
{
	if (times <= 0)
		return;
	if (s->repeats && strcmp(s->last, sample))
		series_flush(s);
	snprintf(s->last, sizeof s->last, "%s", sample);
	s->repeats += times;
	s->length += times;
}

/* A sample of step `at`; the steps since the last one have none. */
static void series_put(struct series *s, int at, const char *sample)
{
	series_repeat(s, "_", at - s->length);
	series_repeat(s, sample, 1);
}

/* The series of this name. They are asked for in the same order again and again. */
static struct series *table_series(struct table *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++) {
		struct series *s = &t->all[(t->next + i) % t->count];
		if (!strcmp(s->name, name)) {
			t->next = (size_t)(s - t->all) + 1;
			return s;
		}
	}
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 256;
		t->all = mem_resized(t->all, t->room * sizeof *t->all);
	}
	t->all[t->count] = (struct series){.name = mem_copy_text(name, strlen(name)), .done = buf_of(1 << 20)};
	return &t->all[t->count++];
}

static void table_write(struct table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		series_flush(&t->all[i]);
		printf("      - series: '%s'\n        values: '%s'\n", t->all[i].name, buf_text(&t->all[i].done) + 1);
	}
}

static void table_fini(struct table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->all[i].name);
		buf_fini(&t->all[i].done);
	}
	free(t->all);
	*t = (struct table){0};
}
