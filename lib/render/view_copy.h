/*
 * Copies of views that own all that they show, each in one piece of memory. So a snapshot outlives the configuration,
 * the polls and the memories that a view borrows from.
 */
#pragma once

#include "render/view.h"

/*
 * Everything of `pair` except its events, whose pointer is copied, and except the sides that it does not have. The
 * caller frees with free().
 */
struct view_pair *view_pair_copy(const struct view_pair *pair) __attribute__((returns_nonnull));

/* Everything of `view` except its pairs, whose pointer is copied. The caller frees with free(). */
struct view *view_copy(const struct view *view) __attribute__((returns_nonnull));
