#include "render/sources.h"

size_t sources_shared(const struct view *v, struct polled out[SHARED_SOURCES_MAX])
{
	const struct {
		const char *name;
		const struct poll_stats *stats;
		wall_ms counted_from;
		bool is_used;
	} all[SHARED_SOURCES_MAX] = {
	    {"token", &v->token, v->spot_counted_from, v->has_spot},
	    {"cloudspaces", &v->cloudspaces, v->spot_counted_from, v->has_spot},
	    {"nodepools", &v->nodepools, v->spot_counted_from, v->has_spot},
	    {"organizations", &v->organizations, v->spot_counted_from, v->has_organizations},
	    {"prices", &v->prices, v->spot_counted_from, v->has_prices},
	    {"anchors", &v->anchors, v->counted_from, v->has_anchors},
	};
	size_t n = 0;
	for (size_t i = 0; i < SHARED_SOURCES_MAX; i++)
		if (all[i].is_used)
			out[n++] = (struct polled){all[i].name, all[i].stats, all[i].counted_from, true};
	return n;
}

void sources_of_side(const struct view_side *side, struct polled out[SIDE_POLLS])
{
	out[0] = (struct polled){"nodes", &side->kube_nodes, side->counted_from, true};
	out[1] = (struct polled){"inventory", &side->inventory_polls, side->counted_from, false};
	out[2] = (struct polled){"readyz", &side->readyz, side->counted_from, false};
}

const char *sources_problem(const struct poll_stats *stats)
{
	static const char *const texts[POLL_REASONS] = {
	    [POLL_OK] = "OK",
	    [POLL_DNS] = "DNS lookup failed",
	    [POLL_CONNECT] = "connection failed",
	    [POLL_TLS] = "TLS failed",
	    [POLL_TIMEOUT] = "timeout",
	    [POLL_AUTH] = "credential refused",
	    [POLL_RATE_LIMITED] = "rate limited",
	    [POLL_HTTP_3XX] = "HTTP 3xx",
	    [POLL_HTTP_4XX] = "HTTP 4xx",
	    [POLL_HTTP_5XX] = "HTTP 5xx",
	    [POLL_PARSE] = "unreadable answer",
	    [POLL_TOO_LARGE] = "answer too large",
	    [POLL_INTERNAL] = "internal error",
	};
	return stats->polls ? texts[stats->last] : "not asked yet";
}
