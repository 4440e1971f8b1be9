#include "render/sources.h"

size_t sources_shared(const struct view *v, struct polled out[SHARED_SOURCES_MAX])
{
	const struct {
		const char *name;
		const struct poll_stats *stats;
		bool is_used;
	} all[SHARED_SOURCES_MAX] = {
	    {"token", &v->token, v->has_spot},
	    {"cloudspaces", &v->cloudspaces, v->has_spot},
	    {"nodepools", &v->nodepools, v->has_spot},
	    {"organizations", &v->organizations, v->has_organizations},
	    {"prices", &v->prices, v->has_prices},
	    {"anchors", &v->anchors, v->has_anchors},
	};
	size_t n = 0;
	for (size_t i = 0; i < SHARED_SOURCES_MAX; i++)
		if (all[i].is_used)
			out[n++] = (struct polled){all[i].name, all[i].stats, true};
	return n;
}

void sources_of_side(const struct view_side *side, struct polled out[SIDE_POLLS])
{
	out[0] = (struct polled){"readyz", &side->readyz, true};
	out[1] = (struct polled){"nodes", &side->kube_nodes, false};
	out[2] = (struct polled){"inventory", &side->inventory_polls, false};
}
