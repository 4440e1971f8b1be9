/* Objects that could not be read, for the documents and the page. */
#pragma once

#include "base/json_out.h"
#include "render/view.h"

/* The lists behind a document, empty ones left out. */
struct unreadable_lists {
	struct unreadable_list {
		const char *resource; /* as in the label of ha_inventory_unreadable_objects */
		const struct unreadables *objects;
	} v[INVENTORY_PARTS + SPOT_LISTS];
	size_t count;
};

/* Adds the parts `from` to `to` of a side, or what Spot lists of all cloudspaces. */
void unreadable_lists_add_parts(
    struct unreadable_lists *lists, const struct view_side *side, enum inventory_part from, enum inventory_part to);
void unreadable_lists_add_spot(struct unreadable_lists *lists, const struct view *view);

/* How many objects they have. */
size_t unreadable_lists_count(const struct unreadable_lists *lists);

/*
 * The next of the objects that are known by name, from the place {0, 0} on; NULL behind the last. The first of each
 * list come before the second of any: whoever shows only some has seen every list that has one.
 */
struct unreadable_place {
	size_t object, list;
};
const struct unreadable *unreadable_lists_next(
    const struct unreadable_lists *lists, struct unreadable_place *at, const char **resource);

/* Writes the members "unreadable" (how many) and "unreadable_objects" (the first of each list). */
void unreadable_lists_put_json(struct json_out *j, const struct unreadable_lists *lists);
