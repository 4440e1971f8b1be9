/*
 * The two tables of lib/decide/SEMANTICS.md, sections 2 and 3, read from the document itself, for the programs that
 * hold the code against them. Nothing here is taken from lib/decide but the names of things.
 */
#pragma once

#include "decide/pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum row { SAYS_READY, SAYS_NEW, SAYS_AGAIN, SAYS_ERROR, SAYS_DELETING, SAYS_ABSENT, SAYS_NONE, ROWS };

/* A letter per verdict, in the order of the enumeration; nothing ever says UNKNOWN. */
static const char verdict_letters[] = "?UDPM";

/*
 * A cell of section 2: a verdict's letter; s: DOWN with footnote 2, soft; b: DOWN with footnote 4, backed; a point:
 * hold. And of section 3: rows and columns are UP; DOWN, PROVISIONING, MAINTENANCE; UNKNOWN.
 */
static struct {
	char side[ROWS][KUBE_WORDS + 1];
	enum ha_status pair[3][3];
	bool is_read;
} document;

static inline void document_fail(const char *what, const char *line)
{
	fprintf(stderr, "lib/decide/SEMANTICS.md: %s: %s\n", what, line);
	exit(EXIT_FAILURE);
}

/* The cells of a table's row, blanks taken off: its title and what follows. Returns how many. */
static inline size_t document_cells(char *line, char *cells[], size_t most)
{
	size_t count = 0;
	for (char *cell = strtok(line, "|\n"); cell && count < most; cell = strtok(NULL, "|\n")) {
		cell += strspn(cell, " ");
		for (size_t len = strlen(cell); len && cell[len - 1] == ' '; len--)
			cell[len - 1] = '\0';
		cells[count++] = cell;
	}
	return count;
}

static inline char document_letter(const char *cell)
{
	static const struct {
		const char *text;
		char letter;
	} words[] = {{"UP", 'U'}, {"UP¹", 'U'}, {"UP³", 'U'}, {"MAINT", 'M'}, {"PROV", 'P'}, {"DOWN", 'D'},
	    {"DOWN²", 's'}, {"DOWN⁴", 'b'}, {"hold", '.'}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(cell, words[i].text) == 0)
			return words[i].letter;
	document_fail("no such cell", cell);
	return '\0';
}

static inline enum ha_status document_status_named(const char *name)
{
	for (int i = 0; i < HA_STATUSES; i++)
		if (strcmp(name, ha_status_names[i]) == 0)
			return (enum ha_status)i;
	document_fail("no such status", name);
	return HA_STATUSES;
}

/* Takes a row of either table; the heads of tables fix the order of rows and columns. */
static inline void document_take_row(char *line, int *next_side, int *next_pair)
{
	static const char *const titles[ROWS] = {"ready", "provisioning, never ready before",
	    "provisioning, was ready before", "error", "deleting", "absent", "none"};
	static const char *const groups[3] = {"UP", "DOWN, PROV, MAINT", "UNKNOWN"};
	static const char side_head[] =
	    "| Spot \\ Kubernetes | serving | cordoned | no_capacity | denied | unreachable | none |\n";
	static const char pair_head[] = "| primary \\ secondary | UP | DOWN, PROV, MAINT | UNKNOWN |\n";
	static const enum kube_word columns[] = {
	    KUBE_SERVING, KUBE_CORDONED, KUBE_NO_CAPACITY, KUBE_DENIED, KUBE_UNREACHABLE, KUBE_NONE};
	char *cells[8];
	if (strcmp(line, side_head) == 0)
		*next_side = 0;
	else if (strcmp(line, pair_head) == 0)
		*next_pair = 0;
	else if (strncmp(line, "|---", 4) == 0)
		return;
	else if (*next_side >= 0 && *next_side < ROWS) {
		if (document_cells(line, cells, 8) != 7 || strcmp(cells[0], titles[*next_side]) != 0)
			document_fail("this row of section 2 is not as expected", cells[0]);
		for (size_t i = 0; i < 6; i++)
			document.side[*next_side][columns[i]] = document_letter(cells[i + 1]);
		++*next_side;
	} else if (*next_pair >= 0 && *next_pair < 3) {
		if (document_cells(line, cells, 8) != 4 || strcmp(cells[0], groups[*next_pair]) != 0)
			document_fail("this row of section 3 is not as expected", cells[0]);
		for (size_t i = 0; i < 3; i++)
			document.pair[*next_pair][i] = document_status_named(cells[i + 1]);
		++*next_pair;
	}
}

static inline void document_read(void)
{
	char line[512];
	int next_side = -1, next_pair = -1;
	FILE *f = fopen("lib/decide/SEMANTICS.md", "r");
	if (!f)
		document_fail("cannot be read", "run this in the project's folder");
	while (fgets(line, sizeof line, f))
		if (*line == '|')
			document_take_row(line, &next_side, &next_pair);
	fclose(f);
	if (next_side != ROWS || next_pair != 3)
		document_fail("a table is missing, or not whole", "sections 2 and 3");
	document.is_read = true;
}

static inline char document_cell(enum row row, enum kube_word word)
{
	if (!document.is_read)
		document_read();
	return document.side[row][word];
}

/* `absent` only where it counts as such: section 1. */
static inline enum row document_row(enum spot_word word, bool was_ready)
{
	switch (word) {
	case SPOT_READY: return SAYS_READY;
	case SPOT_PROVISIONING: return was_ready ? SAYS_AGAIN : SAYS_NEW;
	case SPOT_ERROR: return SAYS_ERROR;
	case SPOT_DELETING: return SAYS_DELETING;
	case SPOT_ABSENT: return SAYS_ABSENT;
	default: return SAYS_NONE;
	}
}

/* The verdict that a letter names. */
static inline enum verdict verdict_of(char letter)
{
	return (enum verdict)(strchr(verdict_letters, letter) - verdict_letters);
}

/* Section 3. */
static inline enum ha_status document_status(bool is_enabled, enum verdict primary, enum verdict secondary)
{
	if (!document.is_read)
		document_read();
	int row = primary == UP ? 0 : primary == UNKNOWN ? 2 : 1;
	int column = secondary == UP ? 0 : secondary == UNKNOWN ? 2 : 1;
	return is_enabled ? document.pair[row][column] : HA_DISABLED;
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
		if (document_status(true, old, other) == from && document_status(true, now, other) == to)
			return true;
		if (document_status(true, other, old) == from && document_status(true, other, now) == to)
			return true;
	}
	return from == HA_DISABLED && to == HA_DISABLED;
}
