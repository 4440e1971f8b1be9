/* A side's ArgoCD applications as people read them: how many are well, and the worst first. */
#ifndef HAWATCH_RENDER_APPS_H
#define HAWATCH_RENDER_APPS_H

#include "decide/inventory.h"

/* How many there are, listed or not. */
int apps_total(const struct inventory *inventory);

/* How many are Healthy and Synced, or OutOfSync in a way that does no harm. */
int apps_healthy(const struct inventory *inventory);

/* Nothing is wrong with it, and what it says is fresh. */
bool apps_is_well(const struct app *app);

/* How many are listed, the worst first. */
int apps_listed(const struct inventory *inventory);

#endif
