/* The metrics table: every series that hawatch exposes, from one view. */
#pragma once

#include "base/buf.h"
#include "render/expo.h"
#include "render/view.h"

/*
 * The lines of one pair that stay the same for as long as the pair does, for both formats. An exposition is put
 * together from those of all pairs, so that the lines of a pair are rendered once for each of its changes.
 */
struct metrics_lines {
	struct buf text;
	size_t end[]; /* in `text`, of the lines of each family */
};

/* The caller frees with metrics_lines_free(), which clears its pointer. */
struct metrics_lines *metrics_lines_new(const struct view_pair *pair, const struct figures *figures);
void metrics_lines_free(struct metrics_lines **lines);

/* Appends the whole exposition of `view` to `out`. `figures` and `lines` hold one element for each pair. */
void metrics_render(const struct view *view, const struct figures *figures, const struct metrics_lines *const *lines,
    enum expo_format format, struct buf *out);

/* The same, family by family, each in `family`, which is used again for the next; then what ends the exposition. */
typedef void metrics_take(void *ctx, const struct buf *family);
void metrics_each(const struct view *view, const struct figures *figures, const struct metrics_lines *const *lines,
    enum expo_format format, metrics_take *take, void *ctx);

/* Writes the names of the families to `names`, at most `room` of them; returns how many families there are. */
size_t metrics_names(const char **names, size_t room);

/* A family as a reader sees it. */
struct metrics_doc {
	const char *name, *type, *help;
	const char *subject; /* the labels that every sample begins with: "pair", "pair, side", "" */
	const char *labels;  /* the others, "from, to"; "" without any */
};

/* The family of this number, from 0; false behind the last one. */
bool metrics_describe(size_t number, struct metrics_doc *doc) __attribute__((warn_unused_result));
