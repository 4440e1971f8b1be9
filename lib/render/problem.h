/* Why a part of a side's inventory is not known, for people. */
#pragma once

#include "decide/inventory.h"
#include "render/view.h"

/* The first problem because of which a part is not known; NULL when there is none. */
const char *problem_of_runners(const struct inventory *inventory);
const char *problem_of_apps(const struct inventory *inventory);

/* How many other problems there are beside problem_of_runners(), equal texts counted once. */
int problem_more_of_runners(const struct inventory *inventory);

/* The problem, where it is the same of runners and applications; NULL: they are known, or differ. */
const char *problem_of_all(const struct inventory *inventory);

/*
 * Why a side's API server tells nothing, as a sentence without its end: "its API server accepts no connection". NULL
 * while it answers.
 */
const char *problem_of_side(const struct view_side *side);
