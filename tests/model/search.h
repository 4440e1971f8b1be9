/*
 * The breadth-first search over one side: every state, every input, every invariant.
 */
#pragma once

#include "inputs.h"
#include "invariants.h"
#include "space.h"

#include <inttypes.h>

/* The moment at which every state is looked at; what a state holds is ages. */
static const struct now present = {{1000}, {1795464001000}};

static int passed, failed;

static void report(bool is_good, const char *where, const char *name)
{
	passed += is_good;
	failed += !is_good;
	if (!is_good)
		printf("FAILED %s: %s\n", where, name);
}

struct search {
	const char *name;
	const struct side_policy *policy;
	struct space space;
	uint64_t transitions;
	bool is_violated[INVARIANTS], is_broken_off; /* by a violation: the first is the nearest */
	bool is_held_met[VERDICTS][VERDICTS];        /* changes of what was held from before a restart */
	/* For each change of verdict, the first step that made it. */
	bool is_met[VERDICTS][VERDICTS];
	uint32_t example[VERDICTS][VERDICTS];
	uint8_t example_via[VERDICTS][VERDICTS];
};

static void print_path(const struct space *s, uint32_t at)
{
	if (s->parent[at] == SPACE_NOWHERE) {
		printf("start");
		return;
	}
	print_path(s, s->parent[at]);
	printf("; ");
	print_choice(&choices[s->via[at]]);
}

/* Who else answered, and when, matters to a failed probe; that it does not to others, two cases
 * tell. */
static bool is_worth_it(const struct side_policy *p, const struct facts *f, const struct choice *c)
{
	bool is_plain = c->witness == WITNESS_NOW || c->witness == WITNESS_NEVER;
	enum kube_word word = c->input.kind == SIDE_KUBE ? c->input.kube.word : f->kube;
	bool is_answer = word == KUBE_SERVING || word == KUBE_CORDONED || word == KUBE_NO_CAPACITY;
	if (c->what != CALL || c->input.kind == SIDE_TICK || c->input.kind == SIDE_GRACE)
		return true;
	if (c->input.kind == SIDE_SPOT && !p->has_spot)
		return false;
	if (c->input.kind == SIDE_SPOT && f->is_decided)
		return c->witness == WITNESS_NOW;
	return is_plain || !is_answer;
}

static struct side_input input_of(
    const struct side_policy *p, const struct facts *f, const struct choice *c, mono_ms now)
{
	struct side_input input = c->input;
	input.witness_at = witness_at(p, f, c->witness, now);
	return input;
}

static void check_move(struct search *s, uint32_t at, uint8_t via, const struct move *m)
{
	bool is_restart = choices[via].what == RESTART;
	for (int i = 0; i < INVARIANTS; i++) {
		if (s->is_violated[i] || invariants[i].is_of_restart != is_restart || invariants[i].holds(m))
			continue;
		s->is_violated[i] = s->is_broken_off = true;
		printf("  %s: violated: %s\n    ", s->name, invariants[i].name);
		print_path(&s->space, at);
		printf("; ");
		print_choice(&choices[via]);
		printf("\n    %s becomes %s, where the table says %c, meaning %c\n",
		    verdict_names[m->from->side.verdict], verdict_names[m->to.side.verdict], m->meaning.cell,
		    m->meaning.says);
	}
	enum verdict old = m->from->side.verdict, new = m->to.side.verdict;
	if (is_restart)
		return;
	s->is_held_met[old][new] |= m->from->side.is_held;
	if (!s->is_met[old][new] && !m->from->side.is_held) {
		s->is_met[old][new] = true;
		s->example[old][new] = at;
		s->example_via[old][new] = via;
	}
}

static void expand(struct search *s, uint32_t at)
{
	const struct side_policy *p = s->policy;
	struct node from = unpack(space_key(&s->space, at), present.mono);
	uint8_t key[KEY_SIZE];

	for (uint8_t via = 0; via < choice_count; via++) {
		const struct choice *c = &choices[via];
		if (!is_worth_it(p, &from.facts, c))
			continue;
		if (c->what == WAIT) {
			pack(p, &from, mono_plus(present.mono, 1), key);
		} else {
			struct side_input input = input_of(p, &from.facts, c, present.mono);
			struct move m =
			    c->what == RESTART ? make_restart(p, &from, present) : make_move(p, &from, &input, present);
			check_move(s, at, via, &m);
			pack(p, &m.to, present.mono, key);
		}
		space_add(&s->space, key, at, via);
		s->transitions++;
	}
}

static void search_side(struct search *s, const char *name, const struct side_policy *p)
{
	uint8_t key[KEY_SIZE];
	struct node start = node_start(present);

	*s = (struct search){.name = name, .policy = p, .space = space_of(KEY_SIZE)};
	pack(p, &start, present.mono, key);
	space_add(&s->space, key, SPACE_NOWHERE, 0);
	for (uint32_t at = 0; at < s->space.n && !s->is_broken_off; at++)
		expand(s, at);
	printf("%s: %" PRIu32 " states, %" PRIu64 " transitions\n", name, s->space.n, s->transitions);
	for (int i = 0; i < INVARIANTS; i++)
		report(!s->is_violated[i], name, invariants[i].name);
	if (s->is_broken_off)
		return;

	bool is_all_met = true;
	for (int from = 0; from < VERDICTS; from++)
		for (int to = 0; to < VERDICTS; to++) {
			bool is_new = !p->has_spot && (from == PROVISIONING || to == PROVISIONING);
			bool is_barred = is_new || document_bars(false, (enum verdict)from, (enum verdict)to);
			bool is_held_barred = is_new || document_bars(true, (enum verdict)from, (enum verdict)to);
			if (s->is_met[from][to] == is_barred || s->is_held_met[from][to] == is_held_barred) {
				printf("  %s: %s to %s\n", name, verdict_names[from], verdict_names[to]);
				is_all_met = false;
			}
		}
	report(is_all_met, name, "every change that the document allows is met, and no other");
}
