/*
 * Every state that the real side_step() can get into, under every input, at every time: a
 * breadth-first search, with the invariants of SEMANTICS.md section 4 checked at each of the
 * steps. Above it the same for pair_step(), for declared windows, and for what drained means. A
 * violated invariant prints the shortest input sequence that leads there.
 *
 * Time is counted in units of one health interval and passes by itself, one unit a step, without a
 * call: so every input meets every threshold from below, at it, and above it, and after any
 * silence.
 */
#include "drains.h"
#include "pairs.h"
#include "progress.h"
#include "random.h"
#include "windows.h"

/* Small, and no two thresholds the same: what must differ is seen to differ. */
static const struct side_policy spot_policy = {
    .has_spot = true,
    .rise = 2,
    .fall = 3,
    .interval_ms = 1,
    .spot_interval_ms = 2,
    .own_network_window_ms = 3,
    .unreachable_for_ms = 5,
    .stale_after_ms = 6,
    .provisioning_late_ms = 4,
    .provisioning_stuck_ms = 6,
};

/* In another order, and with nothing to count. */
static const struct side_policy quick_policy = {
    .has_spot = true,
    .rise = 1,
    .fall = 2,
    .interval_ms = 1,
    .spot_interval_ms = 1,
    .own_network_window_ms = 4,
    .unreachable_for_ms = 5,
    .stale_after_ms = 3,
    .provisioning_late_ms = 3,
    .provisioning_stuck_ms = 4,
};

static const struct side_policy kube_policy = {
    .has_spot = false,
    .rise = 2,
    .fall = 3,
    .interval_ms = 1,
    .spot_interval_ms = 2,
    .own_network_window_ms = 3,
    .unreachable_for_ms = 5,
    .stale_after_ms = 7,
    .provisioning_late_ms = 4,
    .provisioning_stuck_ms = 6,
};

/* Out there every new cloudspace is another one. */
static wall_ms raw_created(const struct facts *f, wall_ms created)
{
	if (created.ms == another_one.ms)
		return (wall_ms){f->created.ms + 1};
	return wall_is_known(created) && wall_is_known(f->created) ? f->created : created;
}

/*
 * Walks at random with the real, unclamped side, and beside it with the one that is packed and
 * unpacked at every step. They must stay one, and never leave what the search has found.
 */
static void check_clamping(const struct search *s)
{
	enum { WALKS = 1500, STEPS = 150 };
	const struct side_policy *p = s->policy;
	uint64_t rng = 20261123;
	bool is_sound = true;

	for (int walk = 0; walk < WALKS && is_sound; walk++) {
		struct now now = present;
		struct node raw = node_start(now);
		uint8_t key[KEY_SIZE], raw_key[KEY_SIZE];
		const struct choice *c = &choices[0];
		pack(p, &raw, now.mono, key);
		for (int step = 0; step < STEPS && is_sound; step++) {
			struct node clamped = unpack(key, now.mono);
			if (random_bits(&rng) % 2)
				c = &choices[random_bits(&rng) % 3 ? random_bits(&rng) % choice_count : 0];
			if (!is_worth_it(p, &raw.facts, c))
				continue;
			if (c->what == WAIT) {
				now.mono.ms++;
				now.wall.ms++;
			} else if (c->what == RESTART) {
				if (is_old_news(&raw.side))
					raw.side.evidence_at = raw.facts.evidence = now.mono;
				raw = make_restart(p, &raw, now).to;
				clamped = make_restart(p, &clamped, now).to;
			} else {
				struct side_input input = input_of(p, &clamped.facts, c, now.mono);
				struct side_input raw_input = input;
				raw_input.spot.created = raw_created(&raw.facts, input.spot.created);
				raw = make_move(p, &raw, &raw_input, now).to;
				clamped = make_move(p, &clamped, &input, now).to;
			}
			pack(p, &raw, now.mono, raw_key);
			pack(p, &clamped, now.mono, key);
			is_sound = !memcmp(raw_key, key, KEY_SIZE) && space_find(&s->space, key) != SPACE_NOWHERE;
		}
	}
	report(is_sound, s->name, "clamped ages behave like true ones");
}

/* What can be said of a search that came to its end. */
static void check_whole(const struct search *s)
{
	printf("%s, the longest way from any state:\n", s->name);
	for (int goal = 0; goal < GOALS; goal++)
		if (s->policy->has_spot || goals[goal].spotless_count)
			check_goal(s, &goals[goal]);
	check_clamping(s);
}

int main(void)
{
	struct search searches[3];

	make_choices();
	search_side(&searches[0], "side with Spot", &spot_policy);
	search_side(&searches[1], "side with Spot, quick", &quick_policy);
	search_side(&searches[2], "side without Spot", &kube_policy);
	for (int i = 0; i < 3; i++)
		if (!searches[i].is_broken_off)
			check_whole(&searches[i]);
	if (!searches[0].is_broken_off) {
		check_pairs(&searches[0], true);
		check_pairs(&searches[0], false);
	}
	check_windows();
	check_drains();
	for (int i = 0; i < 3; i++)
		space_free(&searches[i].space);
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
