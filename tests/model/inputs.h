/*
 * Everything that can happen to a side at one moment, as a numbered list.
 */
#pragma once

#include "canon.h"

#include <stdio.h>

/* When somebody else last answered, as seen from this run of failures and from now. */
enum witness { WITNESS_NOW, WITNESS_FIRST, WITNESS_TOO_EARLY, WITNESS_OLD, WITNESS_TOO_OLD, WITNESS_NEVER, WITNESSES };
static const char *const witness_names[WITNESSES] = {"just answered", "answered right after this began",
    "answered when this began", "answered one window ago", "answered more than a window ago", "never answered"};

struct choice {
	/* WAIT: one unit passes, nothing is called. RESTART: only what is remembered is left. */
	enum { WAIT, RESTART, CALL } what;
	struct side_input input;
	enum witness witness;
};

static struct choice choices[256];
static uint8_t choice_count;

/* What is listed has a creationTimestamp; what is not may be there all the same, with a phase
 * unheard of. */
static struct choice spot_choice(enum spot_word word, bool was_ready, bool is_another, int witness)
{
	bool is_listed = word != SPOT_NONE && word != SPOT_ABSENT;
	wall_ms created = is_another ? another_one : is_listed ? this_one : WALL_UNKNOWN;
	wall_ms served_at = {is_listed ? created.ms + 3 : 0};
	return (struct choice){.what = CALL,
	    .witness = (enum witness)witness,
	    .input = {.kind = SIDE_SPOT, .spot = {word, was_ready, created, served_at}}};
}

/* firstReadyTimestamp matters to `provisioning`; that it does not to others, one tells. */
static void make_choices(void)
{
	choices[choice_count++] = (struct choice){.what = WAIT};
	choices[choice_count++] = (struct choice){.what = RESTART};
	choices[choice_count++] = (struct choice){.what = CALL, .input.kind = SIDE_TICK};
	choices[choice_count++] = (struct choice){.what = CALL, .input.kind = SIDE_GRACE};
	for (int witness = 0; witness < WITNESSES; witness++) {
		for (int word = 0; word < SPOT_WORDS; word++)
			for (int i = 0; i < 4; i++)
				if (!(i & 1) || word == SPOT_PROVISIONING || word == SPOT_READY)
					choices[choice_count++] =
					    spot_choice((enum spot_word)word, i & 1, i & 2, witness);
		for (int word = 0; word < KUBE_WORDS; word++)
			choices[choice_count++] = (struct choice){.what = CALL,
			    .witness = (enum witness)witness,
			    .input = {.kind = SIDE_KUBE, .kube.word = (enum kube_word)word}};
	}
}

static mono_ms witness_at(const struct side_policy *p, const struct facts *f, enum witness witness, mono_ms now)
{
	mono_ms began = mono_is_set(f->failing) ? f->failing : now;
	switch (witness) {
	case WITNESS_NOW: return now;
	case WITNESS_FIRST: return mono_min(mono_plus(began, 1), now);
	case WITNESS_TOO_EARLY: return began;
	case WITNESS_OLD: return mono_plus(now, -p->own_network_window_ms);
	case WITNESS_TOO_OLD: return mono_plus(now, -p->own_network_window_ms - 1);
	default: return MONO_NEVER;
	}
}

static void print_choice(const struct choice *c)
{
	if (c->what != CALL) {
		printf(c->what == WAIT ? "wait" : "restart");
		return;
	}
	switch (c->input.kind) {
	case SIDE_TICK: printf("tick"); return;
	case SIDE_GRACE: printf("grace"); return;
	case SIDE_SPOT:
		printf("Spot %s%s%s", spot_word_names[c->input.spot.word],
		    c->input.spot.was_ready ? " (was ready)" : "",
		    c->input.spot.created.ms == another_one.ms ? " (made anew)" : "");
		break;
	case SIDE_KUBE: printf("Kubernetes %s", kube_word_names[c->input.kube.word]); break;
	}
	if (c->witness != WITNESS_NEVER)
		printf(" [%s]", witness_names[c->witness]);
}
