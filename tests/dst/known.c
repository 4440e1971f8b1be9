#define _GNU_SOURCE /* strtok_r */
#include "known.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The members of a setup: whole numbers of several sizes. */
#define MEMBER(m)                                                                                                      \
	{                                                                                                              \
#m, offsetof(struct setup, m), sizeof((struct setup *)0)->m                                            \
	}
static const struct member {
	const char *name;
	size_t offset, size;
} members[] = {MEMBER(has_spot), MEMBER(has_ca), MEMBER(has_anchor), MEMBER(has_prices), MEMBER(has_no_org_claim),
    MEMBER(organizations), MEMBER(has_own_tokens), MEMBER(has_plugins), MEMBER(side_count), MEMBER(nodes),
    MEMBER(images), MEMBER(token_life_s), MEMBER(has_dull_stamps), MEMBER(tempo), MEMBER(interval_s),
    MEMBER(inventory_s), MEMBER(spot_s), MEMBER(timeout_s), MEMBER(unreachable_s), MEMBER(stale_s), MEMBER(fall),
    MEMBER(rise)};
enum { MEMBERS = sizeof members / sizeof *members };

static int64_t get(const struct setup *s, const struct member *m)
{
	const char *at = (const char *)s + m->offset;
	return m->size == sizeof(bool) ? *(const bool *)at
	    : m->size == sizeof(int)   ? *(const int *)at
				       : *(const int64_t *)at;
}

static void put(struct setup *s, const struct member *m, int64_t value)
{
	char *at = (char *)s + m->offset;
	if (m->size == sizeof(bool))
		*(bool *)at = value;
	else if (m->size == sizeof(int))
		*(int *)at = (int)value;
	else
		*(int64_t *)at = value;
}

_Noreturn static void give_up(const char *line)
{
	fprintf(stderr, "not understood: %s\n", line);
	exit(2);
}

/* Words NAME=NUMBER. */
static void read_setup(char *words, struct setup *s)
{
	for (char *word, *rest = words; (word = strtok_r(rest, " \n", &rest));) {
		size_t i = 0, len = strcspn(word, "=");
		while (i < MEMBERS && (strncmp(members[i].name, word, len) != 0 || members[i].name[len]))
			i++;
		if (i == MEMBERS || !word[len])
			give_up(word);
		put(s, &members[i], strtoll(word + len + 1, NULL, 10));
	}
}

bool known_next(FILE *in, struct known *k, struct storm *storm)
{
	char line[1024];
	bool is_begun = false;
	*k = (struct known){.seed = 1};
	storm->count = 0;
	while (fgets(line, sizeof line, in)) {
		double ends_s;
		if (*line == '#' || *line == '\n')
			continue;
		if (sscanf(line, "found: %159[^\n]", k->name) == 1)
			is_begun = true;
		else if (is_begun && sscanf(line, "seed %" SCNu64, &k->seed) == 1)
			continue;
		else if (is_begun && strncmp(line, "setup ", 6) == 0)
			read_setup(line + 6, &k->setup);
		else if (is_begun && sscanf(line, "ends at %lf s", &ends_s) == 1) {
			storm->end_ms = (int64_t)(ends_s * 1000 + 0.5);
			return true;
		} else if (!is_begun || !storm_read_item(storm, line))
			give_up(line);
	}
	return false;
}

void known_print(const struct known *k, const struct storm *storm, FILE *out)
{
	fprintf(out, "found: %s\nseed %" PRIu64 "\nsetup", k->name, k->seed);
	for (size_t i = 0; i < MEMBERS; i++)
		fprintf(out, " %s=%" PRId64, members[i].name, get(&k->setup, &members[i]));
	fputc('\n', out);
	storm_print(storm, out);
}
