#include "render/unreadable_lists.h"

static void add(struct unreadable_lists *lists, const char *resource, const struct unreadables *objects)
{
	if (objects->count)
		lists->v[lists->count++] = (struct unreadable_list){resource, objects};
}

void unreadable_lists_add_parts(
    struct unreadable_lists *lists, const struct view_side *side, enum inventory_part from, enum inventory_part to)
{
	for (int i = (int)from; side->unreadable && i <= (int)to; i++)
		add(lists, inventory_part_names[i], &side->unreadable[i]);
}

void unreadable_lists_add_spot(struct unreadable_lists *lists, const struct view *view)
{
	for (int i = 0; view->spot_unreadable && i < SPOT_LISTS; i++)
		add(lists, spot_list_names[i], &view->spot_unreadable[i]);
}

size_t unreadable_lists_count(const struct unreadable_lists *lists)
{
	size_t count = 0;
	for (size_t i = 0; i < lists->count; i++)
		count += lists->v[i].objects->count;
	return count;
}

const struct unreadable *unreadable_lists_next(
    const struct unreadable_lists *lists, struct unreadable_place *at, const char **resource)
{
	for (; lists->count && at->object < UNREADABLE_KEPT; at->object++, at->list = 0)
		while (at->list < lists->count) {
			const struct unreadable_list *list = &lists->v[at->list++];
			*resource = list->resource;
			if (at->object < unreadables_kept(list->objects))
				return &list->objects->v[at->object];
		}
	return NULL;
}

static void put_object(struct json_out *j, const char *resource, const struct unreadable *object)
{
	struct buf name = buf_of(UNREADABLE_NAMESPACE_MAX + UNREADABLE_NAME_MAX);
	unreadable_put_name(&name, object);
	json_open(j, NULL, '{');
	json_put_text(j, "resource", resource);
	json_put_text(j, "name", buf_text(&name));
	json_put_text(j, "reason", object->why);
	json_close(j, '}');
	buf_fini(&name);
}

void unreadable_lists_put_json(struct json_out *j, const struct unreadable_lists *lists)
{
	json_put_int(j, "unreadable", (int64_t)unreadable_lists_count(lists));
	json_open(j, "unreadable_objects", '[');
	struct unreadable_place at = {0, 0};
	const char *resource;
	for (const struct unreadable *object; (object = unreadable_lists_next(lists, &at, &resource));)
		put_object(j, resource, object);
	json_close(j, ']');
}
