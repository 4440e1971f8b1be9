/* What people and browsers look at: the status page, the runbook, the icon and the badge of a pair. */
#pragma once

#include "serve/exchange.h"

/* `/`: the only pair, the list of all pairs, or the pair of ?pair=. */
enum MHD_Result pages_status(struct exchange *x);

/* `/runbook`: with the names of the only pair, or of the pair of ?pair=; else with those of the examples. */
enum MHD_Result pages_runbook(struct exchange *x);

/* `/favicon`: in the colour of the worst status. */
enum MHD_Result pages_icon(struct exchange *x);

/* `/badge.svg?pair=`: the status of a pair, for READMEs and wikis; with `window=` its availability. */
enum MHD_Result pages_badge(struct exchange *x);
