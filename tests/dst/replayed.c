#include "replayed.h"

#include "machine.h"

#include "base/rfc3339.h"
#include "replay/record_block.h"
#include "replay/replay.h"

#include <stdio.h>
#include <stdlib.h>

void replayed_leave(void)
{
	const struct buf *recording = machine_recording();
	const char *path = getenv("DST_RECORDING");
	FILE *out = path && recording ? fopen(path, "w") : NULL;
	if (!path || !recording)
		return;
	if (!out || fwrite(buf_text(recording), 1, recording->len, out) != recording->len || fclose(out) != 0)
		machine_fail("cannot write %s", path);
}

/* What is explained is what was decided: the last result that decided, and the one that made the verdict. */
static void judge_why(const struct replay *r)
{
	for (int id = 0; id < SIDES + r->pair.extra_count; id++) {
		const struct side_why *why = &r->why[id], *made = &r->made[id];
		enum verdict verdict = r->pair.side[id].verdict;
		bool is_last = why->is_judged && why->at.mono.ms == r->at.mono.ms &&
		    (why->effect == EFFECT_CHANGES || why->effect == EFFECT_CONFIRMS);
		if ((is_last && why->verdict != verdict) || (made->is_judged && made->verdict != verdict))
			machine_fail("%s is %s, and explained as %s, made as %s, at %lld ms", side_id_names[id],
			    verdict_names[verdict], verdict_names[why->verdict], verdict_names[made->verdict],
			    (long long)r->at.wall.ms);
	}
}

void replayed_judge(void)
{
	const struct buf *recording = machine_recording();
	static struct record_entry entry;
	static struct replay replay;
	if (!recording || !recording->len)
		machine_fail("nothing was recorded");
	replayed_leave();
	struct record_reader reader = {.bytes = buf_text(recording), .len = recording->len};
	replay.wants_why = true;
	while (record_reader_next(&reader, &entry)) {
		replay_step(&replay, &entry);
		judge_why(&replay);
	}
	replay_end(&replay);
	char at[RFC3339_SIZE];
	rfc3339_render(replay.differs_at.wall, at);
	if (reader.damages)
		machine_fail("a recording cannot be read: %s", reader.damage.text);
	if (replay.differs)
		machine_fail("a replay differs%s at %s, %lld ms", replay.differs_inside ? " inside" : "", at,
		    (long long)replay.differs_at.wall.ms);
	record_reader_fini(&reader);
}
