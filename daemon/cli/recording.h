/* What hawatch says of a recording that is none or is damaged: for the commands that read one. */
#pragma once

#include "base/buf.h"
#include "replay/record_block.h"

/* Of all files that are read. From recording_damage_none(); buf_fini(&damage.lines) releases it. */
struct recording_damage {
	size_t places;
	struct buf lines; /* the first place of each file */
};

struct recording_damage recording_damage_none(void);

/* A file was read to its end: false if nothing in it is of a recording; notes what is damaged. */
bool recording_end(const struct record_reader *reader, const char *path, struct recording_damage *damage, struct err *e)
    __attribute__((warn_unused_result));

/* To stderr, a line a file. */
void recording_complain(const struct recording_damage *damage);
