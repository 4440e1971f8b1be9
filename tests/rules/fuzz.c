/*
 * Lives for the rules: fuzz.sh describes the whole. The series of a life are those of its daemons, as Prometheus would
 * have them, and beside them what its pages must be (fuzz_oracle.h).
 * usage: fuzz write STEP FROM COUNT METRIC...   those of the COUNT lives from seed FROM on that have this step
 * (seconds), as one test for `promtool test rules`, with these metrics of a daemon fuzz tell SEED a life in words
 */
#include "fuzz_oracle.h"
#include "fuzz_series.h"

enum { BEFORE_MS = MINUTE }; /* the daemons run before Prometheus looks at them */

/* The families that the rules read. */
struct wanted {
	char **names;
	int count;
};

static bool is_wanted(const struct wanted *wanted, const char *name)
{
	size_t len = strcspn(name, " ");
	for (int i = 0; i < wanted->count; i++)
		if (!strncmp(wanted->names[i], name, len) && !wanted->names[i][len])
			return true;
	return false;
}

struct story {
	struct life life;
	struct replica replicas[REPLICAS_MAX];
	struct oracle oracles[PAIRS_MAX];
	struct table series[REPLICAS_MAX], rulings;
	int pods[REPLICAS_MAX]; /* of the targets that Prometheus has */
	int starts;             /* of processes; the times of the last ones */
	int64_t started_ms[64];
	int64_t may_loop_ms, may_exporter_ms, may_missing_ms;
};

static void put_sample(
    struct story *s, int replica, int step, const char *name, size_t name_len, const char *labels, const char *value)
{
	char key[512];
	snprintf(key, sizeof key,
	    "%.*s{job=\"hawatch\",instance=\"10.0.%d.%d:29164\",pod=\"hawatch-%d-%d\",%senvironment=\"%llu\"}",
	    (int)name_len, name, replica, s->pods[replica], replica, s->pods[replica], labels,
	    (unsigned long long)s->life.seed);
	struct series *series = table_series(&s->series[replica], key);
	series_put(series, step, value);
	series->is_alive = true;
}

/* A scrape of one target: its samples, and the end of those that are gone. */
static void put_scrape(struct story *s, int replica, int step, char *text, const struct wanted *wanted)
{
	static const char help[] = "# HELP ";
	bool is_read = false;
	put_sample(s, replica, step, "up", 2, "", text ? "1" : "0");
	for (char *line = text, *end; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		*end = '\0';
		if (!strncmp(line, help, strlen(help)))
			is_read = is_wanted(wanted, line + strlen(help));
		if (*line == '#' || !is_read)
			continue;
		size_t len = strcspn(line, "{ ");
		char *value = strrchr(line, ' ');
		char labels[256] = "";
		if (line[len] == '{')
			snprintf(labels, sizeof labels, "%.*s,", (int)(value - line - (long)len - 2), line + len + 1);
		put_sample(s, replica, step, line, len, labels, value + 1);
	}
}

static void end_missing(struct table *t, int step, bool is_told)
{
	for (size_t i = 0; i < t->count; i++) {
		struct series *series = &t->all[i];
		if (!series->is_alive || series->length > step)
			continue;
		if (is_told)
			series_put(series, step, "stale");
		series->is_alive = false;
	}
}

static void scrape(struct story *s, int replica, int step, const struct wanted *wanted)
{
	static struct buf text = {.max = 1 << 20};
	const struct life *life = &s->life;
	const struct replica *r = &s->replicas[replica];
	int64_t ms = step * life->step_ms;
	bool is_away = going_on(life, AWAY, -1, ms);
	if (!is_away && is_target(life, replica, ms)) {
		s->pods[replica] = r->pod;
		bool is_answered = is_seen(life, r, ms);
		if (is_answered)
			replica_scrape(life, r, ms, &text);
		put_scrape(s, replica, step, is_answered ? text.data : NULL, wanted);
	}
	end_missing(&s->series[replica], step, !is_away);
}

static void put_ruling(struct story *s, int step, const char *what, const char *labels, bool value)
{
	char key[256];
	snprintf(key, sizeof key, "life_%s{%s,environment=\"%llu\"}", what, labels, (unsigned long long)s->life.seed);
	series_put(table_series(&s->rulings, key), step, value ? "1" : "0");
}

static void put_page(struct story *s, int step, const char *alert, int pair, const char *side, struct ruling ruling)
{
	char labels[160];
	snprintf(labels, sizeof labels, "alertname=\"%s\",pair=\"%s\"%s%s%s", alert, pair_name(pair),
	    side ? ",side=\"" : "", side ? side : "", side ? "\"" : "");
	put_ruling(s, step, "may", labels, ruling.may);
	put_ruling(s, step, "stands", labels, ruling.stands);
	put_ruling(s, step, "due", labels, ruling.due);
}

struct sum {
	bool may_both, may_down, may_blind, may_unwatched;
};

static void judge_pair(struct story *s, int pair, int step, struct sum *sum)
{
	struct oracle *o = &s->oracles[pair];
	struct moment m = {.life = &s->life, .ms = step * s->life.step_ms};
	char labels[64];
	m.is_away = going_on(&s->life, AWAY, -1, m.ms);
	m.crowd = listen(&s->life, o, s->replicas, pair, m.ms);
	m.knows = m.crowd.knowing || m.crowd.agrees_disabled;
	for (int id = 0; id < SIDES; id++)
		m.fault[id] = fault_of(&s->life, pair, id, m.ms);
	remember(o, &m);

	struct ruling both = rule_both(o, &m), blocked = rule_blocked(o, &m);
	bool stands = both.stands, due = both.due;
	put_page(s, step, "HABothCloudspacesDown", pair, NULL, both);
	put_page(s, step, "HABlockedStuck", pair, NULL, blocked);
	for (int id = 0; id < SIDES; id++) {
		struct ruling down = rule_down(o, &m, id);
		put_page(s, step, "HACloudspaceDown", pair, side_name(id), down);
		put_page(s, step, "HAProvisioningStuck", pair, side_name(id), rule_provisioning(o, &m, id));
		put_page(s, step, "HAMaintenanceTooLong", pair, side_name(id), rule_cordoned(o, &m, id));
		if (!m.crowd.side[id].is_known)
			o->side[id].may_blind_ms = m.ms + s->life.step_ms;
		bool may_blind = m.ms <= o->side[id].may_blind_ms + BLIND_HOLD_MS;
		put_page(s, step, "HASideBlind", pair, side_name(id), (struct ruling){.may = may_blind});
		sum->may_blind |= may_blind;
		stands |= down.stands;
		due |= down.due;
		sum->may_down |= down.may;
	}
	sum->may_both |= both.may;
	if (!m.knows)
		o->may_monitor_ms = m.ms + s->life.step_ms;
	bool may_blind = m.ms <= o->may_monitor_ms + BLIND_HOLD_MS;
	put_page(s, step, "HAMonitorBlind", pair, NULL, (struct ruling){.may = may_blind});
	sum->may_blind |= may_blind;
	bool may_unwatched = m.ms <= o->may_monitor_ms + UNWATCHED_HOLD_MS;
	put_page(s, step, "HAPairUnwatched", pair, NULL, (struct ruling){.may = may_unwatched});
	sum->may_unwatched |= may_unwatched;
	snprintf(labels, sizeof labels, "pair=\"%s\"", pair_name(pair));
	put_ruling(s, step, "open", labels, rule_open(o, &m, stands, due));
}

/* Pages of the whole environment. */
static void judge_environment(struct story *s, int step, const struct sum *sum)
{
	int64_t ms = step * s->life.step_ms;
	int seen = 0, told = 0, starts = 0;
	for (int r = 0; r < s->life.replica_count; r++) {
		bool is_answer = is_seen(&s->life, &s->replicas[r], ms);
		seen += is_answer;
		for (int pair = 0; pair < s->life.pair_count; pair++)
			told += is_answer && s->replicas[r].watch[pair].is_configured;
	}
	for (int i = 0; i < s->starts && i < 64; i++)
		starts += is_within(s->started_ms[i], ms, CRASHES_MS + s->life.step_ms);
	if (!seen)
		s->may_exporter_ms = ms + UNWATCHED_HOLD_MS + s->life.step_ms;
	if (seen ? !told : ms <= s->may_missing_ms - UNWATCHED_HOLD_MS)
		s->may_missing_ms = ms + UNWATCHED_HOLD_MS + s->life.step_ms;
	if (starts >= CRASHES)
		s->may_loop_ms = ms + CRASHES_MS + s->life.step_ms;
	put_ruling(s, step, "may", "alertname=\"HABothManyPairsDown\"", sum->may_both);
	put_ruling(s, step, "may", "alertname=\"HARegionDown\"", sum->may_down);
	put_ruling(s, step, "may", "alertname=\"HAManyPairsBlind\"", sum->may_blind);
	put_ruling(s, step, "may", "alertname=\"HAManyPairsUnwatched\"", sum->may_unwatched);
	put_ruling(s, step, "may", "alertname=\"HAExporterDown\"", ms <= s->may_exporter_ms);
	put_ruling(s, step, "may", "alertname=\"HAStatusMissing\"", ms <= s->may_missing_ms);
	put_ruling(s, step, "may", "alertname=\"HAExporterCrashLooping\"", ms <= s->may_loop_ms);
}

/* A second in the life of all. */
static void turn(struct story *s, int64_t ms)
{
	for (int r = 0; r < s->life.replica_count; r++) {
		bool was_running = s->replicas[r].is_running;
		replica_turn(&s->life, &s->replicas[r], ms);
		if (!was_running && s->replicas[r].is_running)
			s->started_ms[s->starts++ % 64] = ms;
	}
	for (int pair = 0; pair < s->life.pair_count; pair++)
		for (int id = 0; id < SIDES; id++)
			if (fault_of(&s->life, pair, id, ms))
				s->oracles[pair].side[id].down_ms = ms;
}

static void begin(struct story *s, uint64_t seed)
{
	*s = (struct story){
	    .life = life_of(seed), .may_loop_ms = never_ms, .may_exporter_ms = never_ms, .may_missing_ms = never_ms};
	for (int r = 0; r < s->life.replica_count; r++)
		s->replicas[r] = replica_of(r, -BEFORE_MS);
	for (int pair = 0; pair < s->life.pair_count; pair++)
		s->oracles[pair] = oracle_of();
	for (int64_t ms = -BEFORE_MS; ms < 0; ms += TURN_MS)
		turn(s, ms);
}

static void write_life(uint64_t seed, const struct wanted *wanted)
{
	static struct story s;
	int64_t ms = 0;
	begin(&s, seed);
	for (int step = 0; step <= STEPS; step++) {
		struct sum sum = {0};
		for (; ms <= step * s.life.step_ms; ms += TURN_MS)
			turn(&s, ms);
		for (int r = 0; r < s.life.replica_count; r++)
			scrape(&s, r, step, wanted);
		for (int pair = 0; pair < s.life.pair_count; pair++)
			judge_pair(&s, pair, step, &sum);
		judge_environment(&s, step, &sum);
	}
	for (int r = 0; r < s.life.replica_count; r++) {
		table_write(&s.series[r]);
		table_fini(&s.series[r]);
	}
	table_write(&s.rulings);
	table_fini(&s.rulings);
}

static void write_test(int64_t step_ms, uint64_t from, uint64_t count, const struct wanted *wanted)
{
	printf("  - interval: %ds\n    input_series:\n", (int)(step_ms / SECOND));
	for (uint64_t seed = from; seed < from + count; seed++)
		if (life_of(seed).step_ms == step_ms)
			write_life(seed, wanted);
	printf("    promql_expr_test:\n");
	for (int i = 0; i < 2; i++)
		printf("      - {expr: 'life:%s:first', eval_time: %ds}\n", i ? "fired" : "broken",
		    (int)(STEPS * step_ms / SECOND));
}

/* What each daemon told in the scrapes, where it changes. */
static void tell_words(struct story *s)
{
	enum ha_status told[REPLICAS_MAX][PAIRS_MAX];
	memset(told, -1, sizeof told);
	for (int64_t ms = 0; ms <= STEPS * s->life.step_ms; ms += TURN_MS) {
		turn(s, ms);
		for (int r = 0; r < s->life.replica_count && ms % s->life.step_ms == 0; r++)
			for (int pair = 0; pair < s->life.pair_count; pair++) {
				const struct pair *p = &s->replicas[r].watch[pair].pair;
				bool is_told =
				    is_seen(&s->life, &s->replicas[r], ms) && s->replicas[r].watch[pair].is_configured;
				enum ha_status status = is_told ? p->status : HA_STATUSES;
				if (status == told[r][pair])
					continue;
				told[r][pair] = status;
				printf("  ");
				tell_time(ms);
				printf(" = %d s  daemon %s tells of %s: %s\n", (int)(ms / SECOND), replica_name(r),
				    pair_name(pair), is_told ? ha_status_names[status] : "nothing");
			}
	}
}

int main(int argc, char **argv)
{
	static struct story s;
	const char *what = argc > 1 ? argv[1] : "";
	if (!strcmp(what, "tell") && argc == 3) {
		begin(&s, strtoull(argv[2], NULL, 10));
		tell_life(&s.life);
		tell_words(&s);
	} else if (!strcmp(what, "write") && argc > 5) {
		struct wanted wanted = {argv + 5, argc - 5};
		write_test(strtoll(argv[2], NULL, 10) * SECOND, strtoull(argv[3], NULL, 10),
		    strtoull(argv[4], NULL, 10), &wanted);
	} else {
		fprintf(stderr, "usage: fuzz write STEP FROM COUNT METRIC... | fuzz tell SEED\n");
		return 2;
	}
	return ferror(stdout) || fflush(stdout);
}
