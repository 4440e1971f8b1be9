/* The poller's state as a view: what is shown of it, and whether it is recent enough to be shown. */
#ifndef HAWATCH_LOOP_FILL_VIEW_H
#define HAWATCH_LOOP_FILL_VIEW_H

#include "loop/poller_state.h"
#include "render/view.h"

/* Fills `view`, which borrows from `poller` until its next turn. */
void fill_view(struct poller *poller, struct view *view);

#endif
