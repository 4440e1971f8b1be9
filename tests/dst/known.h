/*
 * Mistakes that are known, as storms in words: a file of them, each with the name of what the storm finds, the
 * setup of its daemon, and what befell it. They stay the same when the storms of the seeds become others.
 */
#pragma once

#include "process.h"
#include "storm.h"

#include <stdint.h>
#include <stdio.h>

struct known {
	char name[160];
	uint64_t seed; /* of what the daemon and the network draw */
	struct setup setup;
};

/* Reads the next one. False: there is no more. A line that is not understood ends the program. */
bool known_next(FILE *in, struct known *known, struct storm *storm);

/* Writes one as known_next() reads it. */
void known_print(const struct known *known, const struct storm *storm, FILE *out);
