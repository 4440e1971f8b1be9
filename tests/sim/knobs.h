/*
 * Changing what the simulator plays: the keys of POST /set and of --set.
 */
#pragma once

#include <stddef.h>

struct sim;

struct setting {
	const char *key, *value;
};

/*
 * Applies all settings to every target that `name` means, or none to any. Returns 200, or 404 for
 * an unknown target and 400 for a setting that is wrong, with `why` telling. On return the sockets
 * are as the settings want them.
 */
unsigned knobs_set(
    struct sim *sim, const char *name, const struct setting *settings, size_t count, char *why, size_t why_size);

/* The same for "TARGET KEY=VALUE ..."; a word without = belongs to the value before it. */
unsigned knobs_set_line(struct sim *sim, const char *line, char *why, size_t why_size);
