#include "loop/fill_view.h"

#include "loop/persist.h"

#include <string.h>

/* A node list is shown for two poll intervals; while the side is UP, for stale_after. */
static bool shows_nodes(const struct poller *p, const struct watched_side *side)
{
	int64_t age_ms = mono_since(side->kube.read_at, p->now.mono);
	bool is_held = side->pair->pair.side[side->id].verdict == UP;
	return age_ms < (is_held ? p->conf->poll.stale_after_ms : 2 * p->conf->poll.interval_ms);
}

static struct view_side view_of_side(const struct poller *p, const struct watched_side *side)
{
	const struct conf_side *conf = side->kube.auth.conf;
	const struct kube_poll *kube = &side->kube;
	const struct spot_watch *spot = side->spot;
	int64_t stale_ms = p->conf->poll.stale_after_ms, spot_ms = 2 * p->conf->poll.spot_interval_ms;
	struct price_margin margin;
	bool has_pools = spot && mono_since(spot->pools_at, p->now.mono) < stale_ms;
	bool has_margin =
	    has_pools && price_poll_margin(&p->spot.prices, spot->cloudspace.region, &spot->bids, &margin);
	return (struct view_side){
	    .name = conf->cloudspace,
	    .endpoint = kube->auth.server,
	    .cloudspace = spot && mono_since(spot->cloudspace_at, p->now.mono) <= spot_ms ? &spot->cloudspace : NULL,
	    .has_nodes = shows_nodes(p, side),
	    .nodes = kube->obs.nodes,
	    .has_pools = has_pools,
	    .pools = spot ? spot->pools : (struct pool_counts){0},
	    .has_margin = has_margin,
	    .margin = has_margin ? margin : (struct price_margin){0},
	    .max_nodes = (int)conf->max_nodes,
	    .is_insecure = kube_auth_tls(&kube->auth).insecure,
	    .token = kube_auth_bearer_life(&kube->auth),
	    .certificate = kube_auth_certificate_life(&kube->auth),
	    .credential_problem = kube_auth_problem(&kube->auth),
	    .context = conf->context,
	    .inventory = &side->workload.inventory,
	    .unreadable = side->workload.memory.unreadable,
	    .inventory_polls = side->workload.stats,
	    .drain = side->workload.drain,
	    .readyz = kube->readyz.stats,
	    .kube_nodes = kube->nodes.stats,
	};
}

/* True if the pair shows anything else than before: a value of its own, or what it points at. */
static bool fill_pair(struct watched_pair *pair, struct view_pair *shown)
{
	struct view_pair is = {
	    .name = pair->conf->name,
	    .generation = shown->generation,
	    .is_enabled = pair->conf->enabled,
	    .policy = &pair->policy,
	    .pair = &pair->pair,
	    .events = &pair->events,
	    .runner_namespace = pair->conf->runners.namespace,
	    .controller_namespace = pair->conf->runners.controller_namespace,
	    .argocd_namespace = pair->conf->argocd.namespace,
	    .state_saved = persist_saved_at(pair),
	};
	for (size_t id = 0; id < pair->side_count; id++)
		is.side[id] = view_of_side(pair->poller, &pair->side[id]);
	bool has_changed = pair->has_changed || memcmp(&is, shown, sizeof is) != 0;
	is.generation += has_changed;
	*shown = is;
	pair->has_changed = false;
	return has_changed;
}

static struct view view_of(const struct poller *p)
{
	const struct conf *conf = p->conf;
	return (struct view){
	    .version = HAWATCH_VERSION,
	    .revision = HAWATCH_REVISION,
	    .interval_ms = conf->poll.interval_ms,
	    .has_spot = conf->has_spot,
	    .status_page_url = conf->spot.status_page_url,
	    .page_url = p->shared.web->page,
	    .link_base = p->shared.web->is_rewritten ? p->shared.web->page_path : NULL,
	    .keeps_state = conf->state_directory,
	    .has_organizations =
		conf->has_spot && (conf->spot.organization || spot_org_is_asked(&p->spot.org, &p->spot.auth.token)),
	    .has_prices = conf->has_spot && conf->spot.price_url,
	    .token = p->spot.auth.source.stats,
	    .organizations = p->spot.org.source.stats,
	    .prices = p->spot.prices.source.stats,
	    .cloudspaces = p->spot.cloudspaces.stats,
	    .nodepools = p->spot.nodepools.stats,
	    .spot_unreadable = conf->has_spot ? p->spot.unreadable : NULL,
	    .has_anchors = p->anchors.count > 0,
	    .anchors = p->anchors.stats,
	    .token_expires = p->spot.auth.token.expires,
	    .is_reload_good = p->is_reload_good,
	    .reloaded = p->reloaded,
	    .pairs = p->views,
	    .pair_count = p->pair_count,
	};
}

bool fill_view(struct poller *p)
{
	struct view is = view_of(p);
	bool has_changed = memcmp(&is, &p->view, sizeof is) != 0;
	p->view = is;
	for (size_t i = 0; i < p->pair_count; i++) {
		p->views[i] = &p->view_pairs[i];
		has_changed |= fill_pair(&p->pairs[i], &p->view_pairs[i]);
	}
	return has_changed;
}
