/*
 * --config.watch: when the file of the configuration has changed. It is looked at once a second, and a change counts
 * when the next look finds the same: an editor may still write. Looking is one stat(). inotify would need a watch on
 * every folder on the way to the file, because the kubelet swaps a symlink there, and sees no change that another
 * machine makes in a network file system.
 */
#pragma once

#include "base/units.h"
#include "os/file_stamp.h"

#include <stdbool.h>

/* Zero: nothing is watched. */
struct config_watch {
	const char *path;         /* borrowed; NULL: nothing is watched */
	struct file_stamp loaded; /* of what was last loaded, or refused */
	struct file_stamp seen;   /* by the last look */
	mono_ms due;              /* of the next look */
};

/* Call it directly before each load: what changes from then on is a change. A load that fails is not repeated. */
void config_watch_note_load(struct config_watch *watch);

/* Looks if a look is due. True when the file is to be loaded. Then the caller loads it, with the call above. */
bool config_watch_run(struct config_watch *watch, mono_ms now);

/* When config_watch_run() must be called next. */
mono_ms config_watch_due(const struct config_watch *watch);
