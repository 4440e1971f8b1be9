/* The poller's state as a view: the data to show, and whether it is recent enough to be shown. */
#pragma once

#include "loop/poller_state.h"
#include "render/view.h"

/*
 * Brings poller->view up to date; true if it shows anything else than before. It borrows from `poller` and is valid
 * until the next turn. It has no time, and not what the process knows of itself: who reads it adds them.
 */
bool fill_view(struct poller *poller);

/* What is shown of Spot. Borrows from `spot`, until its next round. */
struct view_spot fill_view_of_spot(const struct spot_poll *spot);
