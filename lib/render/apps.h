/* A side's ArgoCD applications for people: how many are healthy, and the worst first. */
#pragma once

#include "decide/inventory.h"

/* How many there are, listed or not. */
int apps_total(const struct inventory *inventory);

/* How many are Healthy and Synced, or OutOfSync only because of resources that a sync would prune. */
int apps_healthy(const struct inventory *inventory);

/* True when it is in sync (or benign), Healthy, and its status is fresh. */
bool apps_is_well(const struct app *app);

/* How many are listed, the worst first. */
int apps_listed(const struct inventory *inventory);
