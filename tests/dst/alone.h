/*
 * The fault catalogue (tests/e2e/catalogue/table) in the simulation: each fault that the table names here, alone, and
 * what must come of it.
 */
#pragma once

#include "process.h"

/* Reads the table. False: it cannot be read. */
bool alone_open(const char *path);

/*
 * The table's next row that the simulation shows: its storm, for a daemon of this setup. False: there is none. A name
 * that no kind of storm has is an error, and ends the process.
 */
bool alone_next(struct setup *setup, struct storm *storm);

/* The number and name of the row. */
const char *alone_name(void);

/* At the end of a turn. Does nothing when no row is played. */
void alone_note(const struct poller *poller);

/* After the run: what was to come has come, or machine_fail(). */
void alone_judge(void);
