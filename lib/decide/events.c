#include "decide/events.h"

#include "base/mem.h"

#include <stdlib.h>

const char *const event_kind_names[EVENT_KINDS] = {
    [EVENT_STATUS] = "status",
    [EVENT_STATE] = "state",
    [EVENT_DEGRADED] = "degraded",
    [EVENT_FLAPPING] = "flapping",
    [EVENT_MAINTENANCE] = "maintenance",
};

void events_add(struct events *e, const struct event *event)
{
	if (e->count == e->room && e->room < EVENTS_KEPT) {
		size_t room = e->room ? 2 * e->room : 16;
		e->room = room < EVENTS_KEPT ? room : EVENTS_KEPT;
		e->ring = mem_resized(e->ring, e->room * sizeof *e->ring);
	}
	struct event *slot = &e->ring[e->count % e->room];
	*slot = *event;
	slot->number = ++e->count;
}

size_t events_kept(const struct events *e)
{
	return e->count < e->room ? (size_t)e->count : e->room;
}

const struct event *events_at(const struct events *e, size_t i)
{
	uint64_t first = e->count - events_kept(e);
	return &e->ring[(first + i) % e->room];
}

void events_fini(struct events *e)
{
	free(e->ring);
	*e = (struct events){0};
}
