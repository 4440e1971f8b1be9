#include "storm.h"

#include "machine.h"
#include "process.h"
#include "world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define H 3600

static const struct storm_kind kinds[] = {
    /* An API server that is away. */
    {"api refuses", PLACE_SIDE, ACT_NONE, "fault=refuse", 0, 4, 1, 6 * H},
    {"api resets", PLACE_SIDE, ACT_NONE, "fault=reset", 0, 2, 1, 2 * H},
    {"api is mute", PLACE_SIDE, ACT_NONE, "fault=mute", 0, 2, 1, 2 * H},
    {"api stalls", PLACE_SIDE, ACT_NONE, "fault=stall", 0, 2, 1, 2 * H},
    {"api 500", PLACE_SIDE, ACT_NONE, "fault=status:500", 0, 2, 1, 2 * H},
    {"api 503, later", PLACE_SIDE, ACT_NONE, "fault=status:503 retry_after=120", 0, 4, 1, H},
    {"readyz 500", PLACE_SIDE, ACT_NONE, "fault=status:500 on=/readyz$", 0, 1, 1, H},
    {"no rights, readyz 500", PLACE_SIDE, ACT_NONE, "rbac=none fault=status:500 on=/readyz$", 0, 1, 1, H},
    /* One that tells nothing. */
    {"api 429", PLACE_SIDE, ACT_NONE, "fault=status:429 retry_after=30", 0, 4, 1, H},
    {"api 302", PLACE_SIDE, ACT_NONE, "fault=redirect", 0, 1, 1, H},
    {"api 401", PLACE_SIDE, ACT_NONE, "fault=status:401", 0, 1, 1, H},
    {"no rights", PLACE_SIDE, ACT_NONE, "rbac=none", 0, 1, 1, 2 * H},
    {"token revoked", PLACE_SIDE, ACT_NONE, "token=revoked", 0, 1, 1, 2 * H},
    {"api cut off", PLACE_SIDE, ACT_NONE, "fault=truncate:500", 0, 1, 1, H},
    {"api empty", PLACE_SIDE, ACT_NONE, "fault=empty", 0, 1, 1, H},
    {"api garbage", PLACE_SIDE, ACT_NONE, "fault=garbage", 0, 1, 1, H},
    {"api html", PLACE_SIDE, ACT_NONE, "fault=html", 0, 1, 1, H},
    {"api huge", PLACE_SIDE, ACT_NONE, "fault=huge", 0, 1, 1, H},
    {"api drips", PLACE_SIDE, ACT_NONE, "fault=drip", 0, 1, 1, H},
    {"wrong types", PLACE_SIDE, ACT_NONE, "fault=wrong_types", 0, 1, 1, H},
    {"certificate ended", PLACE_SIDE, ACT_NONE, "fault=expired", 0, 1, 1, 2 * H},
    {"foreign certificate", PLACE_SIDE, ACT_NONE, "fault=foreign_ca", 0, 1, 1, H},
    {"nodes 500", PLACE_SIDE, ACT_NONE, "fault=status:500 on=/api/v1/nodes", 0, 1, 1, H},
    {"inventory 500", PLACE_SIDE, ACT_NONE, "fault=status:500 on=/apis", 0, 1, 1, 2 * H},
    {"slow", PLACE_SIDE, ACT_NONE, "fault=none delay_ms=1500", 0, 1, 60, 2 * H},
    /* Its nodes. */
    {"no nodes", PLACE_SIDE, ACT_NONE, "nodes=0 won=0", 0, 3, 1, 6 * H},
    {"nodes not ready", PLACE_SIDE, ACT_NONE, "not_ready=100", 0, 3, 1, 2 * H},
    {"nodes tainted", PLACE_SIDE, ACT_NONE, "tainted=100", 0, 1, 1, 2 * H},
    {"one node lost", PLACE_SIDE, ACT_NONE, "not_ready=1", 0, 2, 1, 2 * H},
    {"cordoned", PLACE_SIDE, ACT_NONE, "cordoned=all", 0, 3, 60, 4 * H},
    {"runners busy", PLACE_SIDE, ACT_NONE, "busy=4 idle=1", 0, 2, 60, 4 * H},
    {"no CRDs", PLACE_SIDE, ACT_NONE, "crds=none", 0, 1, 60, H},
    /* What Spot says of it. */
    {"Failed", PLACE_SIDE, ACT_NONE, "phase=Failed health=Unhealthy", 0, 2, 1, 2 * H},
    {"Upgrading", PLACE_SIDE, ACT_NONE, "phase=Upgrading", 0, 1, 1, H},
    {"NoWinningBids", PLACE_SIDE, ACT_NONE, "phase=NoWinningBids won=0 nodes=0", 0, 1, 60, 4 * H},
    {"odd phase", PLACE_SIDE, ACT_NONE, "phase=Meditating", 0, 1, 1, H},
    {"no status", PLACE_SIDE, ACT_NONE, "status=none", 0, 1, 1, H},
    {"absent", PLACE_SIDE, ACT_NONE, "absent=on", 0, 1, 1, H},
    {"deleting", PLACE_SIDE, ACT_NONE, "deleting=on", 0, 1, 1, H},
    {"built anew", PLACE_BUILD, ACT_NONE, NULL, 0, 2, 30 * 60, 3 * H},
    /* Spot and its tokens. */
    {"Spot refuses", PLACE_SPOT_API, ACT_NONE, "fault=refuse", 0, 2, 1, 6 * H},
    {"Spot stalls", PLACE_SPOT_API, ACT_NONE, "fault=stall", 0, 1, 1, 2 * H},
    {"Spot 500", PLACE_SPOT_API, ACT_NONE, "fault=status:500", 0, 2, 1, 6 * H},
    {"Spot 429", PLACE_SPOT_API, ACT_NONE, "fault=status:429 retry_after=60", 0, 1, 1, 2 * H},
    {"Spot 401", PLACE_SPOT_API, ACT_NONE, "fault=status:401", 0, 1, 1, 2 * H},
    {"Spot cut off", PLACE_SPOT_API, ACT_NONE, "fault=truncate:900", 0, 1, 1, 2 * H},
    {"Spot html", PLACE_SPOT_API, ACT_NONE, "fault=html", 0, 1, 1, 2 * H},
    {"Spot wrong types", PLACE_SPOT_API, ACT_NONE, "fault=wrong_types", 0, 1, 1, H},
    {"Spot revokes us", PLACE_SPOT_API, ACT_NONE, "token=revoked", 0, 1, 1, 2 * H},
    {"no tokens", PLACE_TOKENS, ACT_NONE, "fault=refuse", 0, 1, 1, 4 * H},
    {"tokens 500", PLACE_TOKENS, ACT_NONE, "fault=status:500", 0, 1, 1, 4 * H},
    {"tokens 403", PLACE_TOKENS, ACT_NONE, "fault=status:403", 0, 1, 1, 2 * H},
    {"tokens garbage", PLACE_TOKENS, ACT_NONE, "fault=garbage", 0, 1, 1, 2 * H},
    {"tokens short", PLACE_TOKENS, ACT_NONE, "id_token_ttl_s=300", 0, 1, 60, 6 * H},
    /* Between them and us. */
    {"way refused", PLACE_WAY, ACT_NONE, NULL, LINK_REFUSED, 3, 1, 2 * H},
    {"way dead", PLACE_WAY, ACT_NONE, NULL, LINK_DEAD, 4, 1, 2 * H},
    {"no name", PLACE_WAY, ACT_NONE, NULL, LINK_NO_NAME, 2, 1, 2 * H},
    {"network dead", PLACE_NETWORK, ACT_NONE, NULL, LINK_DEAD, 4, 1, 2 * H},
    {"network refuses", PLACE_NETWORK, ACT_NONE, NULL, LINK_REFUSED, 2, 1, 2 * H},
    {"no DNS", PLACE_NETWORK, ACT_NONE, NULL, LINK_NO_NAME, 2, 1, 2 * H},
    /* Us. */
    {"restart", PLACE_DAEMON, ACT_RESTART, NULL, 0, 5, 0, 0},
    {"crash", PLACE_DAEMON, ACT_CRASH, NULL, 0, 3, 0, 0},
    {"forgetful restart", PLACE_DAEMON, ACT_FORGET, NULL, 0, 1, 0, 0},
    {"reload", PLACE_DAEMON, ACT_RELOAD, NULL, 0, 10, 0, 0},
    {"reload, changed", PLACE_DAEMON, ACT_CHANGE, NULL, 0, 4, 0, 0},
    {"loop hangs", PLACE_DAEMON, ACT_LATE, NULL, 0, 2, 1, 120},
    {"suspended", PLACE_DAEMON, ACT_SUSPEND, NULL, 0, 2, 1, 8 * H},
    {"clock set", PLACE_DAEMON, ACT_STEP, NULL, 0, 2, 0, 0},
    {"maintenance begins", PLACE_DAEMON, ACT_BEGIN, NULL, 0, 4, 0, 0},
    {"maintenance ends", PLACE_DAEMON, ACT_END, NULL, 0, 4, 0, 0},
    {"token rotated", PLACE_DAEMON, ACT_TOKEN, NULL, 0, 8, 0, 0},
    {"id_tokens revoked", PLACE_DAEMON, ACT_REVOKE, NULL, 0, 2, 0, 0},
    {"plugin fails", PLACE_DAEMON, ACT_PLUGIN, NULL, 0, 4, 1, H},
    {"disk full", PLACE_DAEMON, ACT_DISK, NULL, 0, 1, 60, 4 * H},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

const struct storm_kind *storm_find(const char *name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static const struct storm_kind *pick_kind(uint64_t *random, bool has_spot)
{
	int sum = 0;
	for (size_t i = 0; i < KINDS; i++)
		sum += kinds[i].weight;
	for (;;) {
		int at = (int)machine_pick(random, (uint64_t)sum);
		const struct storm_kind *kind = kinds;
		while ((at -= kind->weight) >= 0)
			kind++;
		bool is_spot = kind->place == PLACE_SPOT_API || kind->place == PLACE_TOKENS || kind->act == ACT_REVOKE;
		if (has_spot || !is_spot)
			return kind;
	}
}

/* Short ones are as many as long ones: the logarithm is uniform. */
static int64_t pick_length_ms(uint64_t *random, const struct storm_kind *kind, int tempo)
{
	double low = log((double)(kind->least_s * 1000 + 1)), high = log((double)(kind->most_s * 1000 + 1));
	double at = (double)machine_pick(random, 1 << 30) / (1 << 30);
	return (int64_t)(exp(low + (high - low) * at) * tempo);
}

/* Most items come together with others. */
static int64_t pick_gap_ms(uint64_t *random, int tempo)
{
	static const int64_t gaps_ms[] = {100, 3000, 30000, 300000, 1800000, 7200000};
	return (int64_t)machine_pick(random, (uint64_t)(gaps_ms[machine_pick(random, 6)] * tempo));
}

static size_t pick_target(uint64_t *random, enum storm_place place, size_t side_count, bool has_spot)
{
	switch (place) {
	case PLACE_SPOT_API: return SPOT_AT;
	case PLACE_TOKENS: return AUTH_AT;
	case PLACE_WAY:
		if (has_spot)
			return (size_t)machine_pick(random, CLOUDSPACE_AT + side_count);
		/* fallthrough */
	default: return CLOUDSPACE_AT + (size_t)machine_pick(random, side_count);
	}
}

void storm_make(struct storm *s, uint64_t seed, int64_t lasting_ms, int64_t calm_ms, const struct setup *setup)
{
	uint64_t random = seed;
	int tempo = setup->tempo;
	*s = (struct storm){.calm_ms = 0};
	for (int64_t at_ms = 120000 * tempo; s->count < STORM_MAX; at_ms += pick_gap_ms(&random, tempo)) {
		const struct storm_kind *kind = pick_kind(&random, setup->has_spot);
		struct storm_item item = {.kind = kind, .at_ms = at_ms};
		item.end_ms = at_ms + pick_length_ms(&random, kind, tempo);
		item.target = pick_target(&random, kind->place, setup->side_count, setup->has_spot);
		item.number = (int64_t)machine_pick(&random, INT64_MAX);
		if (at_ms > lasting_ms * tempo)
			break;
		s->v[s->count++] = item;
		if (item.end_ms > s->calm_ms)
			s->calm_ms = item.end_ms;
	}
	s->end_ms = s->calm_ms + calm_ms * tempo;
}

void storm_print(const struct storm *s, FILE *out)
{
	for (size_t i = 0; i < s->count; i++)
		fprintf(out, "at %.3f s for %.3f s: %s; target %zu, number %lld\n", (double)s->v[i].at_ms / 1000,
		    (double)(s->v[i].end_ms - s->v[i].at_ms) / 1000, s->v[i].kind->name, s->v[i].target,
		    (long long)s->v[i].number);
	fprintf(out, "ends at %.3f s\n", (double)s->end_ms / 1000);
}

static int64_t ms_of(double s)
{
	return (int64_t)(s * 1000 + 0.5);
}

bool storm_read_item(struct storm *s, const char *line)
{
	double at_s, for_s;
	char name[64];
	size_t target;
	long long number;
	if (s->count == STORM_MAX ||
	    sscanf(line, "at %lf s for %lf s: %63[^;]; target %zu, number %lld", &at_s, &for_s, name, &target,
		&number) != 5)
		return false;
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0) {
			int64_t at_ms = ms_of(at_s);
			s->v[s->count++] = (struct storm_item){&kinds[i], at_ms, at_ms + ms_of(for_s), target, number};
			return true;
		}
	return false;
}
