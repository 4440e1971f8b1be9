/*
 * Inventory rounds made by hand or of the recordings, for the judges. Objects are written as the API server
 * writes them, so that readers and judges are tested as one. Include below <cmocka.h>.
 */
#pragma once

#include "decide/inventory_step.h"
#include "decode/items.h"
#include "decode/part.h"
#include "recording.h"

#include <stdarg.h>

enum { FRESH_MS = 90000, POD_FRESH_MS = 900000, ROUND_MS = 30000 };

/* The server's clock at the first round: 2026-11-23T10:17:00Z. */
static const wall_ms first_date = {1795429020000};

static const struct inventory_fresh rounds_fresh = {POD_FRESH_MS, FRESH_MS};

/* One side over its rounds. */
struct rounds {
	struct facts facts; /* of the round that is being put together */
	struct inventory_memory memory;
	struct inventory inventory;
	struct now now;
	wall_ms date;
};

static inline void rounds_begin(struct rounds *r)
{
	*r = (struct rounds){.now = {{1000000}, first_date}, .date = first_date};
	inventory_memory_init(&r->memory, NULL);
	facts_init(&r->facts, NULL);
}

static inline void rounds_end(struct rounds *r)
{
	inventory_memory_fini(&r->memory);
	facts_fini(&r->facts);
}

static inline void rounds_pass(struct rounds *r, int64_t ms)
{
	r->now.mono.ms += ms;
	r->now.wall.ms += ms;
	r->date.ms += ms;
}

/* Says that `part` was read, with as many items as there are by now. */
static inline void rounds_read(struct rounds *r, enum inventory_part part)
{
	r->facts.part[part] = (struct part_fact){.was_asked = true, .was_read = true, .date = r->date};
	facts_list_sort(&r->facts.list[part]);
}

static inline void rounds_fail(struct rounds *r, enum inventory_part part, const char *problem)
{
	r->facts.part[part] = (struct part_fact){.was_asked = true};
	snprintf(r->facts.part[part].problem, sizeof r->facts.part[part].problem, "%s", problem);
	part_forget(&r->facts, part);
}

/* Judges what was put together, `ROUND_MS` after the round before, and begins the next. */
static inline const struct inventory *rounds_judge(struct rounds *r)
{
	inventory_step(&r->inventory, &r->memory, &r->facts, r->now, rounds_fresh);
	facts_fini(&r->facts);
	facts_init(&r->facts, NULL);
	rounds_pass(r, ROUND_MS);
	return &r->inventory;
}

/* Adds one object; ' stands for ". */
static inline void rounds_add(struct rounds *r, enum inventory_part part, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static inline void rounds_add(struct rounds *r, enum inventory_part part, const char *format, ...)
{
	char json[4096];
	struct err e;
	va_list ap;

	va_start(ap, format);
	vsnprintf(json, sizeof json, format, ap);
	va_end(ap);
	for (char *p = json; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	if (!part_read_item(&r->facts, part, "arc-runners", json, strlen(json), &e))
		fail_msg("%s: %s", json, e.text);
	rounds_read(r, part);
}
