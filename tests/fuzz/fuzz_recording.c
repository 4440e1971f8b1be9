/* Recordings: the bytes are a file, and also the entries of a block, which a checksum keeps from most mistakes. */
#include "fuzz.h"
#include "replay/record_block.h"
#include "replay/replay.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	replay_entries((struct wire){.in = (const char *)bytes, .len = len});
	replay_file((const char *)bytes, len);
	return 0;
}
