#define _GNU_SOURCE /* strsep() */
#include "alone.h"

#include "machine.h"
#include "world.h"

#include "loop/poller_state.h"

#include <stdlib.h>
#include <string.h>

/* Nothing is asked of the daemon before all is settled, nor is a fault that changes nothing longer than `stale_after`.
 */
enum { FAULTS_MAX = 4 /* of a row */ };
enum { BEGINS_MS = 300000, LASTS_MS = 3300000, LASTS_SAME_MS = 150000, CALM_MS = 600000 };
enum { ONE_HOUR_AHEAD = 86400000 + 3600000 /* as process.c reads the number of a clock that is set */ };

static const struct setup usual = {.has_spot = true,
    .has_ca = true,
    .has_own_tokens = true,
    .side_count = 2,
    .nodes = 3,
    .images = 1,
    .token_life_s = 3600,
    .tempo = 1,
    .interval_s = 5,
    .inventory_s = 30,
    .spot_s = 15,
    .timeout_s = 5,
    .unreachable_s = 45,
    .stale_s = 240,
    .fall = 3,
    .rise = 2};

/* What the table says in one word, as in tests/e2e/catalogue/rows.sh. */
static const struct {
	const char *word, *expected;
} words[] = {
    {"same", "ACTIVE UP/serving UP/serving"}, /* not one transition */
    {"again", "ACTIVE UP/serving UP/serving"},
    {"held", "UNKNOWN UNKNOWN/no_evidence UP/serving"},
    {"blind", "UNKNOWN UNKNOWN/no_evidence UNKNOWN/no_evidence"},
    {"gone", "BLOCKED_PRIMARY_UNAVAILABLE DOWN/unreachable UP/serving"},
    {"denied", "ACTIVE UP/credential_denied UP/serving"},
};

struct moment {
	char stands[160]; /* as `expected` has it */
	uint64_t transitions;
	struct poll_stats nodes, cloudspaces, token;
};

static struct {
	char name[80], expected[160], told[160];
	bool is_same;
	int64_t begins_ms, ends_ms;
	struct moment before, met, after; /* the last turns before the fault begins, ends, and of all */
} row;

const char *alone_name(void)
{
	return row.name;
}

/* Reading the table. */

static char table[1 << 16], *rest; /* what was not read yet */

enum { NUMBER, GROUP, REAL, KIND, FAULT, INJECTED, EXPECTED, TOLD, COLUMNS };

static char *trimmed(char *text)
{
	text += strspn(text, " \t");
	for (size_t len = strlen(text); len && strchr(" \t", text[len - 1]);)
		text[--len] = '\0';
	return text;
}

static bool split(char *line, char *column[COLUMNS])
{
	if (*line == '#')
		return false;
	for (int i = 0; i < COLUMNS; i++)
		if (!(column[i] = strsep(&line, "|")))
			return false;
	for (int i = 0; i < COLUMNS; i++)
		column[i] = trimmed(column[i]);
	return true;
}

static void add(struct storm *storm, const struct storm_kind *kind, size_t target)
{
	storm->v[storm->count++] = (struct storm_item){
	    .kind = kind, .at_ms = row.begins_ms, .end_ms = row.ends_ms, .target = target, .number = ONE_HOUR_AHEAD};
}

/* Whom it befalls: the primary, or whom it is a fault of, where the table does not say. */
static const struct {
	const char *word;
	size_t first, last;
} whom[] = {
    {"secondary: ", CLOUDSPACE_AT + 1, CLOUDSPACE_AT + 1},
    {"both: ", CLOUDSPACE_AT, CLOUDSPACE_AT + 1},
    {"all: ", SPOT_AT, CLOUDSPACE_AT + 1},
    {"spot: ", SPOT_AT, SPOT_AT},
    {"auth: ", AUTH_AT, AUTH_AT},
    {"", CLOUDSPACE_AT, CLOUDSPACE_AT},
};

/* Of a storm, or what tests/sim is told: KEY=VALUE... */
static const struct storm_kind *kind_of(const char *name)
{
	static struct storm_kind set[FAULTS_MAX];
	static size_t count;
	const struct storm_kind *kind = storm_find(name);
	if (!kind && strchr(name, '=')) {
		set[count % FAULTS_MAX] = (struct storm_kind){.name = name, .place = PLACE_SIDE, .knobs = name};
		kind = &set[count++ % FAULTS_MAX];
	}
	if (!kind) {
		printf("%s: no storm has a fault of the name %s\n", row.name, name);
		exit(1);
	}
	return kind;
}

static void put_fault(struct storm *storm, const char *name)
{
	size_t i = 0;
	while (strncmp(name, whom[i].word, strlen(whom[i].word)) != 0)
		i++;
	const struct storm_kind *kind = kind_of(name + strlen(whom[i].word));
	size_t first = whom[i].first, last = whom[i].last;
	if (kind->place == PLACE_SPOT_API)
		first = last = SPOT_AT;
	if (kind->place == PLACE_TOKENS)
		first = last = AUTH_AT;
	for (size_t at = first; at <= last; at++)
		add(storm, kind, at);
}

/* One fault, or several with a semicolon between. */
static void put_storm(struct storm *storm, char *faults)
{
	*storm = (struct storm){.calm_ms = row.ends_ms, .end_ms = row.ends_ms + CALM_MS};
	for (char *one; (one = strsep(&faults, ";"));)
		put_fault(storm, trimmed(one));
}

bool alone_open(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t len = file ? fread(table, 1, sizeof table - 1, file) : 0;
	bool is_whole = file && feof(file);
	if (file)
		fclose(file);
	table[len] = '\0';
	rest = table;
	return is_whole;
}

bool alone_next(struct setup *setup, struct storm *storm)
{
	char *column[COLUMNS];
	for (char *line; (line = strsep(&rest, "\n"));) {
		if (!split(line, column) || strcmp(column[KIND], "-") == 0)
			continue;
		memset(&row, 0, sizeof row);
		row.is_same = strcmp(column[EXPECTED], "same") == 0;
		row.begins_ms = BEGINS_MS;
		row.ends_ms = BEGINS_MS + (row.is_same ? LASTS_SAME_MS : LASTS_MS);
		snprintf(row.name, sizeof row.name, "%-4s %s", column[NUMBER], column[FAULT]);
		snprintf(row.told, sizeof row.told, "%s", column[TOLD]);
		snprintf(row.expected, sizeof row.expected, "%s", column[EXPECTED]);
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (strcmp(words[i].word, column[EXPECTED]) == 0)
				snprintf(row.expected, sizeof row.expected, "%s", words[i].expected);
		put_storm(storm, column[KIND]);
		*setup = usual;
		return true;
	}
	return false;
}

/* What comes of it. */

static struct moment moment_of(const struct poller *p)
{
	const struct pair *pair = &p->pairs->pair;
	const struct side *a = &pair->side[PRIMARY], *b = &pair->side[SECONDARY];
	struct moment m = {.nodes = p->sides[0].kube.nodes.stats,
	    .cloudspaces = p->spot.cloudspaces.stats,
	    .token = p->spot.auth.source.stats};
	snprintf(m.stands, sizeof m.stands, "%s %s/%s %s/%s", ha_status_names[pair->status], verdict_names[a->verdict],
	    side_reason_names[a->reason], verdict_names[b->verdict], side_reason_names[b->reason]);
	for (int i = 0; i < HA_STATUSES * HA_STATUSES; i++)
		m.transitions += pair->transitions[i / HA_STATUSES][i % HA_STATUSES];
	return m;
}

/* Nothing but what is expected is ever called BLOCKED; on the way to both, one side is DOWN before the other. */
static void check_honest(const struct moment *m)
{
	bool is_blocked = strncmp(m->stands, "BLOCKED", 7) == 0;
	if (is_blocked && strncmp(row.expected, "BLOCKED_BOTH", 12) != 0 &&
	    strncmp(m->stands, row.expected, strcspn(row.expected, " ")) != 0)
		machine_fail("false: %s", m->stands);
}

void alone_note(const struct poller *p)
{
	if (!*row.name)
		return;
	row.after = moment_of(p);
	if (machine.at_ms < row.ends_ms)
		row.met = row.after;
	if (machine.at_ms < row.begins_ms)
		row.before = row.after;
	else
		check_honest(&row.after);
}

/* `counted SOURCE REASON`: so many polls failed, and for no other reason. A slash stands between two reasons. */
static void check_counted(void)
{
	char source[16], reasons[64];
	const struct poll_stats *was = &row.before.nodes, *is = &row.met.nodes;
	uint64_t all = 0, expected = 0, least = row.is_same ? 1 : 3;
	if (sscanf(row.told, "counted %15s %63s", source, reasons) != 2)
		return;
	if (strcmp(source, "cloudspaces") == 0) {
		was = &row.before.cloudspaces;
		is = &row.met.cloudspaces;
	} else if (strcmp(source, "token") == 0) {
		was = &row.before.token;
		is = &row.met.token;
	}
	for (int i = 0; i < POLL_REASONS; i++) {
		uint64_t more = i == POLL_OK ? 0 : is->errors[i] - was->errors[i];
		all += more;
		expected += strstr(reasons, poll_reason_names[i]) ? more : 0;
	}
	if (expected < least || all != expected)
		machine_fail("%llu polls of %s failed, %llu of them as expected", (unsigned long long)all, source,
		    (unsigned long long)expected);
}

void alone_judge(void)
{
	if (!*row.name)
		return;
	if (strcmp(row.met.stands, row.expected) != 0)
		machine_fail("found %s, expected %s", row.met.stands, row.expected);
	if (row.is_same && row.after.transitions != row.before.transitions)
		machine_fail("the status changed");
	check_counted();
	if (strcmp(row.after.stands, words[0].expected) != 0)
		machine_fail("afterwards %s", row.after.stands);
}
