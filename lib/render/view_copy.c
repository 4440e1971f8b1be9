#include "render/view_copy.h"

#include "base/mem.h"

#include <stdalign.h>
#include <string.h>

/* Each copy is made twice: the first time only to see how much memory it needs. */
struct block {
	char *base; /* NULL the first time */
	size_t len;
};

/* Copies `size` bytes to the end of the block. NULL for nothing, and the first time. */
static void *keep(struct block *b, const void *from, size_t size)
{
	void *to = b->base ? b->base + b->len : NULL;
	if (!from || !size)
		return NULL;
	if (to)
		memcpy(to, from, size);
	b->len += (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
	return to;
}

static const char *keep_text(struct block *b, const char *text)
{
	return text ? keep(b, text, strlen(text) + 1) : NULL;
}

static const struct unreadables *keep_unreadables(struct block *b, const struct unreadables *lists, size_t count)
{
	struct unreadables copy[INVENTORY_PARTS];
	_Static_assert((int)SPOT_LISTS <= (int)INVENTORY_PARTS, "the lists of a side are more");
	for (size_t i = 0; lists && i < count; i++) {
		copy[i] = lists[i];
		copy[i].v = keep(b, lists[i].v, unreadables_kept(&lists[i]) * sizeof *lists[i].v);
	}
	return lists ? keep(b, copy, count * sizeof *copy) : NULL;
}

static const struct inventory *keep_inventory(struct block *b, const struct inventory *inventory)
{
	struct inventory copy = *inventory;
	copy.set = keep(b, inventory->set, (size_t)inventory->sets_listed * sizeof *inventory->set);
	copy.app = keep(b, inventory->app, (size_t)inventory->apps_listed * sizeof *inventory->app);
	return keep(b, &copy, sizeof copy);
}

static void keep_side(struct block *b, struct view_side *side)
{
	side->name = keep_text(b, side->name);
	side->context = keep_text(b, side->context);
	side->endpoint = keep_text(b, side->endpoint);
	side->credential_problem = keep_text(b, side->credential_problem);
	side->whose = keep_text(b, side->whose);
	side->reach = keep(b, side->reach, sizeof *side->reach);
	side->cloudspace = keep(b, side->cloudspace, sizeof *side->cloudspace);
	side->inventory = keep_inventory(b, side->inventory);
	side->unreadable = keep_unreadables(b, side->unreadable, INVENTORY_PARTS);
}

static void keep_of_pair(struct block *b, struct view_pair *pair)
{
	for (int id = 0; id < view_sides(pair); id++)
		keep_side(b, &pair->side[id]);
	pair->name = keep_text(b, pair->name);
	pair->policy = keep(b, pair->policy, sizeof *pair->policy);
	pair->runner_namespace = keep_text(b, pair->runner_namespace);
	pair->controller_namespace = keep_text(b, pair->controller_namespace);
	pair->argocd_namespace = keep_text(b, pair->argocd_namespace);
	pair->pair = keep(b, pair->pair, sizeof *pair->pair);
}

static const struct view_spot *keep_spot(struct block *b, const struct view_spot *spot)
{
	if (!spot)
		return NULL;
	struct view_spot copy = *spot;
	copy.api_url = keep_text(b, spot->api_url);
	copy.auth_url = keep_text(b, spot->auth_url);
	copy.token_file = keep_text(b, spot->token_file);
	copy.organization = keep_text(b, spot->organization);
	copy.namespace = keep_text(b, spot->namespace);
	copy.whose = keep_text(b, spot->whose);
	copy.names = keep_text(b, spot->names);
	return keep(b, &copy, sizeof copy);
}

static void keep_of_view(struct block *b, struct view *view)
{
	view->version = keep_text(b, view->version);
	view->revision = keep_text(b, view->revision);
	view->status_page_url = keep_text(b, view->status_page_url);
	view->grafana_url = keep_text(b, view->grafana_url);
	view->alertmanager_url = keep_text(b, view->alertmanager_url);
	view->page_url = keep_text(b, view->page_url);
	view->unsafe_files = keep_text(b, view->unsafe_files);
	view->link_base = keep_text(b, view->link_base);
	view->metrics_link = keep_text(b, view->metrics_link);
	view->spot = keep_spot(b, view->spot);
	view->elsewhere = keep_text(b, view->elsewhere);
	view->peers = keep(b, view->peers, view->peer_count * sizeof *view->peers);
	view->spot_unreadable = keep_unreadables(b, view->spot_unreadable, SPOT_LISTS);
}

/* Most pairs have two sides of the six that there is room for. */
static size_t size_of(const struct view_pair *pair)
{
	return offsetof(struct view_pair, side) + (size_t)view_sides(pair) * sizeof *pair->side;
}

struct view_pair *view_pair_copy(const struct view_pair *pair)
{
	struct block b = {0};
	for (;;) {
		struct view_pair copy = *pair, *root = keep(&b, pair, size_of(pair));
		keep_of_pair(&b, &copy);
		if (root) {
			memcpy(root, &copy, size_of(&copy));
			return root;
		}
		b = (struct block){mem_resized(NULL, b.len), 0};
	}
}

struct view *view_copy(const struct view *view)
{
	struct block b = {0};
	for (;;) {
		struct view copy = *view, *root = keep(&b, view, sizeof *view);
		keep_of_view(&b, &copy);
		if (root) {
			*root = copy;
			return root;
		}
		b = (struct block){mem_resized(NULL, b.len), 0};
	}
}
