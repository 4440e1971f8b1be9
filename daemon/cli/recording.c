#include "cli/recording.h"

#include "cli/screen.h"

#include <string.h>

enum { LINES_MAX_BYTES = 1 << 16 };

struct recording_damage recording_damage_none(void)
{
	return (struct recording_damage){.lines = buf_of(LINES_MAX_BYTES)};
}

bool recording_end(const struct record_reader *reader, const char *path, struct recording_damage *damage, struct err *e)
{
	if (!reader->blocks)
		return err_set(e, "%s: not a recording of hawatchd%s%s", path, reader->damages ? ": " : ": it is empty",
		    reader->damage.text);
	damage->places += reader->damages;
	if (reader->damages)
		buf_printf(&damage->lines, "%s: %s; passed over, with %zu whole blocks read\n", path,
		    reader->damage.text, reader->blocks);
	return true;
}

void recording_complain(const struct recording_damage *damage)
{
	for (const char *line = buf_text(&damage->lines), *end; (end = strchr(line, '\n')); line = end + 1)
		screen_complain("%.*s", (int)(end - line), line);
}
