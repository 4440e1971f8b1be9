/*
 * What the daemon can reach and what not, and the remedy: a line for each thing that it asks, of the values in a view.
 * `hawatch doctor` shows it of a running daemon, `hawatchd --config.probe` before the first start.
 */
#pragma once

#include "render/report.h"
#include "render/view.h"

/* Appends what all pairs share: Spot, and what else is asked once. */
void doctor_put_shared(const struct view *view, struct report *report);

/* Appends the sides of a pair, and its verdict. */
void doctor_put_pair(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct report *report);

/* Appends both as a document. */
void doctor_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out);
