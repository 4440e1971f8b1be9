#include "base/rfc3339.h"
#include "decide/pair.h"

bool pair_is_in_maintenance(const struct pair *pair, enum side_id id)
{
	return pair->maintenance[id].is_declared || pair->side[id].verdict == MAINTENANCE;
}

static bool can_stand_in(const struct pair *pair, enum side_id id)
{
	return pair->side[id].verdict == UP && !pair->maintenance[id].is_declared;
}

/* Why `other` cannot take the work of the pair, and what to do about it. */
static bool refuse(const struct pair *pair, enum side_id other, struct err *e)
{
	const struct side *s = &pair->side[other];
	char ends[RFC3339_SIZE];
	if (s->verdict != UP)
		return err_set(e,
		    "the %s is %s (%s), so no side would take work; fix it first, or use "
		    "--force",
		    side_id_names[other], verdict_names[s->verdict], side_reason_names[s->reason]);
	rfc3339_render(pair->maintenance[other].ends.wall, ends);
	return err_set(e,
	    "the %s is under maintenance until %s, so no side would take work; end that "
	    "first, or use --force",
	    side_id_names[other], ends);
}

bool pair_begin_maintenance(struct pair *pair, enum side_id id, int64_t for_ms, const char *reason, bool is_forced,
    struct now now, struct err *e)
{
	if (for_ms <= 0 || for_ms > MAINTENANCE_LONGEST_MS)
		return err_set(
		    e, "a maintenance window lasts more than 0 s and at most %d h", MAINTENANCE_LONGEST_MS / 3600000);
	bool has_stand_in = false;
	for (int other = 0; other < SIDES; other++)
		has_stand_in |= other != (int)id && can_stand_in(pair, (enum side_id)other);
	if (!has_stand_in && !is_forced)
		return refuse(pair, id == PRIMARY ? SECONDARY : PRIMARY, e);
	pair->maintenance[id] = maintenance_begin(pair->maintenance[id], for_ms, reason, now);
	return true;
}

bool pair_end_maintenance(struct pair *pair, enum side_id id, struct err *e)
{
	if (!pair->maintenance[id].is_declared)
		return err_set(e, "no maintenance window is declared for the %s", side_id_names[id]);
	pair->maintenance[id] = (struct maintenance){0};
	return true;
}
