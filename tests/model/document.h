/*
 * SEMANTICS.md sections 2 and 3 as they are printed, for the programs that hold the code against
 * them. Nothing here is taken from lib/decide but the names of things.
 */
#ifndef HAWATCH_TESTS_DOCUMENT_H
#define HAWATCH_TESTS_DOCUMENT_H

#include "decide/pair.h"

#include <string.h>

enum row { ROW_READY, ROW_NEW, ROW_AGAIN, ROW_ERROR, ROW_DELETING, ROW_ABSENT, ROW_NONE };

/* A letter per verdict, in the order of the enumeration; nothing ever says UNKNOWN. */
static const char verdict_letters[] = "?UDPM";

/*
 * A cell of the table: a verdict's letter; s: DOWN with footnote 2, soft; b: DOWN by a failed
 * probe, which section 4.2 lets count only while own network is good; a point: hold. The columns
 * are serving, cordoned, no_capacity, denied, unreachable, none.
 */
static inline char document_cell(enum row row, enum kube_word word)
{
	static const char *const table[] = {
	    [ROW_READY] = "UMDUs.",
	    [ROW_NEW] = "PPPPPP",
	    [ROW_AGAIN] = "UMD.s.",
	    [ROW_ERROR] = "UMDsbs",
	    [ROW_DELETING] = "DDDDDD",
	    [ROW_ABSENT] = "UMD.b.",
	    [ROW_NONE] = "UMD.s.",
	};
	static const int columns[KUBE_WORDS] = {
	    [KUBE_SERVING] = 0,
	    [KUBE_CORDONED] = 1,
	    [KUBE_NO_CAPACITY] = 2,
	    [KUBE_DENIED] = 3,
	    [KUBE_UNREACHABLE] = 4,
	    [KUBE_NONE] = 5,
	};
	return table[row][columns[word]];
}

/* `absent` only where it counts as such: section 1. */
static inline enum row document_row(enum spot_word word, bool was_ready)
{
	switch (word) {
	case SPOT_READY: return ROW_READY;
	case SPOT_PROVISIONING: return was_ready ? ROW_AGAIN : ROW_NEW;
	case SPOT_ERROR: return ROW_ERROR;
	case SPOT_DELETING: return ROW_DELETING;
	case SPOT_ABSENT: return ROW_ABSENT;
	default: return ROW_NONE;
	}
}

/* The verdict that a letter names. */
static inline enum verdict verdict_of(char letter)
{
	return (enum verdict)(strchr(verdict_letters, letter) - verdict_letters);
}

/* Section 3. Rows and columns: UP; DOWN, PROVISIONING, MAINTENANCE; UNKNOWN. */
static inline enum ha_status document_status(
    bool is_enabled, enum verdict primary, enum verdict secondary)
{
	static const enum ha_status grid[3][3] = {
	    {HA_ACTIVE, HA_BLOCKED_SECONDARY_UNAVAILABLE, HA_UNKNOWN},
	    {HA_BLOCKED_PRIMARY_UNAVAILABLE, HA_BLOCKED_BOTH_UNAVAILABLE,
		HA_BLOCKED_PRIMARY_UNAVAILABLE},
	    {HA_UNKNOWN, HA_BLOCKED_SECONDARY_UNAVAILABLE, HA_UNKNOWN},
	};
	int row = primary == UP ? 0 : primary == UNKNOWN ? 2 : 1;
	int column = secondary == UP ? 0 : secondary == UNKNOWN ? 2 : 1;
	return is_enabled ? grid[row][column] : HA_DISABLED;
}

/*
 * DOWN ends only on positive evidence, but for a DOWN that is held from before a restart; UNKNOWN is never
 * held.
 */
static inline bool document_bars(bool is_held, enum verdict from, enum verdict to)
{
	return is_held ? from == UNKNOWN : from == DOWN && to == UNKNOWN;
}

/* Can one side's change of verdict take the pair from one status to the other? */
static inline bool document_allows(enum ha_status from, enum ha_status to)
{
	for (int i = 0; i < VERDICTS * VERDICTS * VERDICTS; i++) {
		enum verdict old = (enum verdict)(i % VERDICTS);
		enum verdict now = (enum verdict)(i / VERDICTS % VERDICTS);
		enum verdict other = (enum verdict)(i / VERDICTS / VERDICTS);
		if (document_status(true, old, other) == from &&
		    document_status(true, now, other) == to)
			return true;
		if (document_status(true, other, old) == from &&
		    document_status(true, other, now) == to)
			return true;
	}
	return from == HA_DISABLED && to == HA_DISABLED;
}

#endif
