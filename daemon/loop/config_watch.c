#include "loop/config_watch.h"

enum { LOOK_EVERY_MS = 1000 };

void config_watch_note_load(struct config_watch *watch)
{
	if (watch->path)
		watch->loaded = watch->seen = file_stamp_of(watch->path);
}

bool config_watch_run(struct config_watch *watch, mono_ms now)
{
	if (!watch->path || mono_since(watch->due, now) < 0)
		return false;
	struct file_stamp stamp = file_stamp_of(watch->path);
	bool is_still = file_stamp_is_same(&stamp, &watch->seen);
	watch->seen = stamp;
	watch->due = mono_plus(now, LOOK_EVERY_MS);
	return is_still && !file_stamp_is_same(&stamp, &watch->loaded);
}

mono_ms config_watch_due(const struct config_watch *watch)
{
	return watch->path ? watch->due : MONO_FAR;
}
