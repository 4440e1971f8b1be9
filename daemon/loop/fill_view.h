/* The poller's state as a view: the data to show, and whether it is recent enough to be shown. */
#pragma once

#include "loop/poller_state.h"
#include "render/view.h"

/* Fills `view`. It borrows from `poller` and is valid until the next turn. */
void fill_view(struct poller *poller, struct view *view);
