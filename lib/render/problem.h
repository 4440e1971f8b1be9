/* Why something of a side's inventory is not known, for people. */
#ifndef HAWATCH_RENDER_PROBLEM_H
#define HAWATCH_RENDER_PROBLEM_H

#include "decide/inventory.h"

/* The first problem that leaves part of it blank; NULL where there is none. */
const char *problem_of_runners(const struct inventory *inventory);
const char *problem_of_apps(const struct inventory *inventory);

#endif
