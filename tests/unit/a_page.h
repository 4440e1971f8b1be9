/* The page of a scene, and what must stand on it. */
#pragma once

#include "a_view.h"
#include "render/page.h"

static inline struct buf page_of(struct scene *s)
{
	struct buf out = buf_of(1 << 20);

	scene_look(s);
	page_render(&s->view, &s->figures, &out);
	assert_false(out.overflow);
	return out;
}

static inline void says(struct scene *s, const char *text)
{
	struct buf out = page_of(s);

	if (!strstr(buf_text(&out), text))
		fail_msg("the page does not say %s", text);
	buf_fini(&out);
}

static inline void is_silent_of(struct scene *s, const char *text)
{
	struct buf out = page_of(s);

	if (strstr(buf_text(&out), text))
		fail_msg("the page says %s", text);
	buf_fini(&out);
}

/* Below the utilization that is reported. */
static inline void scene_widen(struct scene *s)
{
	for (int id = 0; id < SIDES; id++)
		s->vpair.side[id].max_nodes = s->vpair.side[id].pools.max = 14;
}

static inline void is_down(struct scene *s, enum side_reason reason)
{
	s->pair.status = HA_BLOCKED_SECONDARY_UNAVAILABLE;
	s->pair.side[SECONDARY].verdict = DOWN;
	s->pair.side[SECONDARY].reason = reason;
}
