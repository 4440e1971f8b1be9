/* The combinations of a grid as a picture: SVG without scripts, readable on a light ground and on a dark one. Pure. */
#pragma once

#include "replay/tune_score.h"

/*
 * Appends it: how late an outage is seen, against what that costs. That is how often it was BLOCKED for nothing, or,
 * where it never was, how many requests are made. False if no outage is timed: there is nothing to draw.
 */
bool tune_plot_render(const struct tune_score *scores, size_t count, struct buf *out)
    __attribute__((warn_unused_result));

/* Appends the settings of a run: "interval 5s, fall 3, rise 2, unreachable_for 1m30s". */
void tune_plot_put_settings(const struct tune_run *run, struct buf *out);
