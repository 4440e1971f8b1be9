/* State files: what was read is written as the same, and a restart uses it or says why not. */
#include "decode/state.h"
#include "fuzz.h"
#include "render/state_json.h"

static void check_texts(const struct state *s)
{
	PROMISE(memchr(s->namespace, '\0', sizeof s->namespace));
	for (int id = 0; id < SIDES_MAX; id++) {
		const struct maintenance *m = &s->memory.maintenance[id];
		PROMISE(memchr(s->cloudspace[id], '\0', sizeof s->cloudspace[id]));
		PROMISE(memchr(m->reason, '\0', sizeof m->reason) && text_is_line(m->reason));
		PROMISE(s->cloudspace[id][0] || (!s->memory.has_side[id] && !m->is_declared));
		PROMISE(!s->memory.has_side[id] || s->memory.side[id].verdict < VERDICTS);
		PROMISE(s->memory.side[id].evidence_age_ms >= 0);
	}
}

static void check_side(const struct pair_memory *a, const struct pair_memory *b, int id)
{
	const struct side_memory *was = &a->side[id], *is = &b->side[id];
	const struct maintenance *window_was = &a->maintenance[id], *window_is = &b->maintenance[id];
	PROMISE(a->has_side[id] == b->has_side[id]);
	PROMISE(was->verdict == is->verdict && was->reason == is->reason && was->since.ms == is->since.ms);
	PROMISE(was->evidence_age_ms == is->evidence_age_ms && was->was_up == is->was_up);
	PROMISE(was->created.ms == is->created.ms);
	PROMISE(window_was->is_declared == window_is->is_declared && !strcmp(window_was->reason, window_is->reason));
	PROMISE(window_was->began.wall.ms == window_is->began.wall.ms);
	PROMISE(window_was->ends.wall.ms == window_is->ends.wall.ms);
}

static struct buf written(const struct state *s)
{
	struct buf json = buf_of(64 << 10);
	state_json_render(s, &json);
	PROMISE(!json.overflow);
	PROMISE_SHOWN(buf_text(&json));
	return json;
}

/* Used at a time an hour after it was saved, by a pair whose sides have changed places. */
static void check_use(struct state s)
{
	char names[2][CLOUDSPACE_NAME_MAX];
	memcpy(names, s.cloudspace, sizeof names);
	const char *const cloudspaces[SIDES_MAX] = {names[1], names[0], "another"};
	struct now now = {.mono = {7200000}, .wall = {s.saved_at.ms + 3600000}};
	struct err e = ERR_UNSET;
	if (!state_use(&s, cloudspaces, now, &e)) {
		PROMISE_ERR(e);
		return;
	}
	for (int id = EXTRA_2; id < SIDES_MAX; id++)
		PROMISE(!s.memory.has_side[id] && !s.memory.maintenance[id].is_declared);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct state s, again;
	struct err e = ERR_UNSET;
	memset(&s, UNTOUCHED, sizeof s);
	if (!state_read((const char *)bytes, len, &s, &e)) {
		PROMISE_ERR(e);
		PROMISE_UNTOUCHED(s);
		return 0;
	}
	check_texts(&s);
	struct buf first = written(&s);
	PROMISE(state_read(buf_text(&first), first.len, &again, &e));
	for (int id = 0; id < SIDES_MAX; id++)
		check_side(&s.memory, &again.memory, id);
	struct buf second = written(&again);
	PROMISE(strcmp(buf_text(&first), buf_text(&second)) == 0);
	buf_fini(&first);
	buf_fini(&second);
	check_use(s);
	return 0;
}
