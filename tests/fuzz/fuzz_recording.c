/* Recordings: the bytes are a file, and also the entries of a block, which a checksum keeps from most mistakes. */
#include "fuzz.h"
#include "replay/record_block.h"
#include "replay/replay.h"
#include "replay/tune_score.h"

#include <stdlib.h>

static struct record_entry entry;
static struct replay replay;

static void replay_entries(struct wire wire)
{
	struct now at = {0};
	replay = (struct replay){0};
	while (wire.at < wire.len) {
		bool is_first = wire.at == 0;
		record_walk(&wire, &at, &entry);
		if (wire.is_bad || (is_first && !record_is_frame(entry.kind)))
			break;
		PROMISE(entry.side < SIDES_MAX && entry.kind < RECORD_KINDS);
		replay_step(&replay, &entry);
		PROMISE(replay.pair.status < HA_STATUSES && replay.pair.extra_count <= SIDES_MAX - SIDES);
	}
	replay_end(&replay);
}

static void replay_file(const char *bytes, size_t len)
{
	struct record_reader reader = {.bytes = bytes, .len = len};
	replay = (struct replay){0};
	while (record_reader_next(&reader, &entry))
		replay_step(&replay, &entry);
	replay_end(&replay);
	PROMISE(reader.blocks || reader.damages || !len);
	record_reader_fini(&reader);
}

/* With a few settings beside each other: intervals below and above what is recorded. */
static void tune_file(const char *bytes, size_t len)
{
	static const char *const sets[] = {
	    "poll.interval=10ms,1m", "poll.fall=1,4", "poll.rise=1", "poll.unreachable_for=2h"};
	static struct tune_grid grid;
	static struct tune tune;
	struct tune_references references = {0};
	struct err e;
	const struct pair_policy present = {.side[PRIMARY] = {.interval_ms = 10, .rise = 1, .fall = 1}};
	struct record_reader reader = {.bytes = bytes, .len = len};
	grid = (struct tune_grid){0};
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		PROMISE(tune_grid_add(&grid, sets[i], &e));
	PROMISE(tune_begin(&tune, &grid, &present, 0, &e) && tune.combinations == 4);
	while (record_reader_next(&reader, &entry))
		tune_step(&tune, &entry);
	tune_end(&tune);
	PROMISE(tune_references_settle(&references, &tune, &e));
	struct tune_score *scores = tune_scores(&tune, &references);
	for (size_t i = 1; i < tune.combinations; i++)
		PROMISE(scores[i - 1].missed <= scores[i].missed);
	free(scores);
	tune_references_fini(&references);
	tune_fini(&tune);
	record_reader_fini(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	replay_entries((struct wire){.in = (const char *)bytes, .len = len});
	replay_file((const char *)bytes, len);
	tune_file((const char *)bytes, len);
	return 0;
}
