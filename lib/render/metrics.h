/* The metrics table: every series that hawatch exposes, from one view. */
#pragma once

#include "base/buf.h"
#include "render/expo.h"
#include "render/view.h"

/* Appends the whole exposition of `view` to `out`. `figures` holds one element for each pair. */
void metrics_render(const struct view *view, const struct figures *figures, enum expo_format format, struct buf *out);

/* Writes the names of the families to `names`, at most `room` of them; returns how many families there are. */
size_t metrics_names(const char **names, size_t room);
