#include "decide/peer.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

const char *const peer_result_names[PEER_RESULTS] = {
    [PEER_DONE] = "done",
    [PEER_REFUSED] = "refused",
    [PEER_NOT_WATCHED] = "not_watched",
    [PEER_OTHER_SIDES] = "other_sides",
    [PEER_STARTING] = "starting",
};

const char *const peer_word_names[PEER_WORDS] = {
    [PEER_AGREES] = "agrees",
    [PEER_DISAGREES] = "disagrees",
    [PEER_WATCHES_OTHERS] = "watches_others",
    [PEER_UNREACHABLE] = "unreachable",
    [PEER_NOT_ASKED] = "starting",
};

void peer_answer_fini(struct peer_answer *answer)
{
	free(answer->pairs);
	free(answer->windows);
	*answer = (struct peer_answer){0};
}

static bool is_held_by_another(const struct peer_hold *hold, const char *by, mono_ms now)
{
	return *hold->by && strcmp(hold->by, by) != 0 && mono_since(hold->until, now) < 0;
}

bool peer_ask(
    struct peer_hold *hold, const struct pair *pair, const struct peer_wish *wish, struct now now, struct err *e)
{
	struct pair after = *pair;
	if (is_held_by_another(hold, wish->by, now.mono))
		return err_set(e, "at another hawatchd a window of the %s is being begun; try again in %d s",
		    side_id_names[hold->side], PEER_HOLD_MS / 1000);
	if (!pair_begin_maintenance(&after, wish->side, wish->for_ms, wish->reason, wish->is_forced, now, e))
		return false;
	hold->side = wish->side;
	hold->until = mono_plus(now.mono, PEER_HOLD_MS);
	text_copy(hold->by, sizeof hold->by, wish->by);
	return true;
}

bool peer_begin(struct peer_hold *hold, struct pair *pair, const struct peer_wish *wish, struct now now, struct err *e)
{
	bool is_held =
	    strcmp(hold->by, wish->by) == 0 && hold->side == wish->side && mono_since(hold->until, now.mono) < 0;
	if (!is_held && !wish->is_forced)
		return err_set(e, "the peers were not asked before, or too long ago; try again");
	if (!pair_begin_maintenance(pair, wish->side, wish->for_ms, wish->reason, wish->is_forced, now, e))
		return false;
	*hold = (struct peer_hold){0};
	return true;
}

void peer_release(struct peer_hold *hold, const char *by)
{
	if (strcmp(hold->by, by) == 0)
		*hold = (struct peer_hold){0};
}

static int compare_pairs(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int compare_windows(const void *a, const void *b)
{
	const struct peer_window *first = a, *second = b;
	int order = strcmp(first->pair, second->pair);
	return order ? order : (int)first->side - (int)second->side;
}

void peer_answer_sort(struct peer_answer *answer)
{
	if (answer->pair_count)
		qsort(answer->pairs, answer->pair_count, sizeof *answer->pairs, compare_pairs);
	if (answer->window_count)
		qsort(answer->windows, answer->window_count, sizeof *answer->windows, compare_windows);
}

static bool watches(const struct peer_answer *answer, const char *name)
{
	return answer->pair_count &&
	    bsearch(name, answer->pairs, answer->pair_count, sizeof *answer->pairs, compare_pairs);
}

static const struct peer_window *window_of(const struct peer_answer *answer, const char *name, enum side_id side)
{
	struct peer_window wanted = {.side = side};
	text_copy(wanted.pair, sizeof wanted.pair, name);
	return answer->window_count
	    ? bsearch(&wanted, answer->windows, answer->window_count, sizeof *answer->windows, compare_windows)
	    : NULL;
}

/* Sides may be configured the other way round there: then it is a window of our other side. */
static bool is_of_ours(const struct peer_window *theirs, const struct peer_pair *ours)
{
	return text_is_same(theirs->cloudspace, ours->cloudspaces[theirs->side]);
}

/* Without a window it is as if one ended now. */
static bool is_same(const struct peer_window *theirs, const struct maintenance *ours, mono_ms at, mono_ms now)
{
	mono_ms their_end = theirs ? mono_max(mono_plus(at, theirs->left_ms), now) : now;
	mono_ms our_end = ours->is_declared ? ours->ends.mono : now;
	int64_t apart_ms = mono_since(their_end, our_end);
	return apart_ms < PEER_ENDS_APART_MS && apart_ms > -PEER_ENDS_APART_MS;
}

enum peer_word peer_compare(const struct peer_answer *answer, const struct peer_pair *ours, mono_ms at, mono_ms now)
{
	if (!answer->is_settled)
		return PEER_NOT_ASKED;
	if (!watches(answer, ours->name))
		return PEER_WATCHES_OTHERS;
	for (int id = 0; id < SIDES + ours->pair->extra_count; id++) {
		const struct peer_window *theirs = window_of(answer, ours->name, (enum side_id)id);
		if ((theirs && !is_of_ours(theirs, ours)) || !is_same(theirs, &ours->pair->maintenance[id], at, now))
			return PEER_DISAGREES;
	}
	return PEER_AGREES;
}

static struct maintenance adopted(const struct peer_window *theirs, struct now now)
{
	struct maintenance m = {
	    .is_declared = true,
	    .began = now_was(now, (wall_ms){now.wall.ms - theirs->age_ms}),
	    .ends = {mono_plus(now.mono, theirs->left_ms), {now.wall.ms + theirs->left_ms}},
	};
	text_copy(m.reason, sizeof m.reason, theirs->reason);
	return m;
}

struct pair peer_adopt(const struct peer_answer *answer, const struct peer_pair *ours, struct now now)
{
	struct pair pair = *ours->pair;
	bool replaces = answer->is_settled && watches(answer, ours->name), has_any = false;
	for (int id = 0; id < SIDES + pair.extra_count; id++)
		has_any |= pair.maintenance[id].is_declared;
	if (has_any && !answer->is_settled)
		return pair;
	for (int id = 0; id < SIDES + pair.extra_count; id++) {
		const struct peer_window *theirs = window_of(answer, ours->name, (enum side_id)id);
		if (theirs && !is_of_ours(theirs, ours))
			continue;
		bool is_ours =
		    pair.maintenance[id].is_declared && is_same(theirs, &pair.maintenance[id], now.mono, now.mono);
		if (theirs && !is_ours)
			pair.maintenance[id] = adopted(theirs, now);
		else if (!theirs && replaces)
			pair.maintenance[id] = (struct maintenance){0};
	}
	return pair;
}
