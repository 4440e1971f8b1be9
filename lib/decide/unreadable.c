#include "decide/unreadable.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

size_t unreadables_kept(const struct unreadables *list)
{
	return list->count < UNREADABLE_KEPT ? list->count : UNREADABLE_KEPT;
}

void unreadables_add(struct unreadables *list, const struct unreadable *object)
{
	if (list->count < UNREADABLE_KEPT) {
		list->v = mem_resized(list->v, (list->count + 1) * sizeof *list->v);
		list->v[list->count] = *object;
	}
	list->count++;
}

bool unreadables_may_hide(const struct unreadables *list, const char *name)
{
	for (size_t i = 0; i < unreadables_kept(list); i++)
		if (!list->v[i].name[0] || strcmp(list->v[i].name, name) == 0)
			return true;
	return list->count > UNREADABLE_KEPT;
}

void unreadables_copy(struct unreadables *list, const struct unreadables *from)
{
	unreadables_fini(list);
	for (size_t i = 0; i < unreadables_kept(from); i++)
		unreadables_add(list, &from->v[i]);
	list->count = from->count;
}

void unreadables_fini(struct unreadables *list)
{
	free(list->v);
	*list = (struct unreadables){0};
}

void unreadable_put_name(struct buf *out, const struct unreadable *object)
{
	if (object->name[0])
		buf_printf(out, "%s%s%s", object->namespace, object->namespace[0] ? "/" : "", object->name);
	else
		buf_printf(out, "items[%zu]", object->position);
}
