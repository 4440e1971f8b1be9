#include "loop/fill_view.h"

#include "loop/peers.h"
#include "loop/persist.h"

#include <string.h>

/* A node list is shown for two poll intervals; while the side is UP, for stale_after. */
static bool shows_nodes(const struct poller *p, const struct watched_side *side)
{
	int64_t age_ms = mono_since(side->kube.read_at, p->now.mono);
	bool is_held = side->pair->pair.side[side->id].verdict == UP;
	return age_ms < (is_held ? p->conf->poll.stale_after_ms : 2 * p->conf->poll.interval_ms);
}

/*
 * What was filled is compared with what was filled before, byte by byte. So each member is written into zeroed memory:
 * a literal would leave anything in the holes between them.
 */

static void fill_spot(const struct poller *p, const struct spot_watch *spot, struct view_side *view)
{
	int64_t fresh_ms = 2 * p->conf->poll.spot_interval_ms;
	if (mono_since(spot->cloudspace_at, p->now.mono) <= fresh_ms)
		view->cloudspace = &spot->cloudspace;
	view->pools = spot->pools;
	view->has_pools = mono_since(spot->pools_at, p->now.mono) < p->conf->poll.stale_after_ms;
	view->has_margin =
	    view->has_pools && price_poll_margin(&p->spot.prices, spot->cloudspace.region, &spot->bids, &view->margin);
}

struct view_spot fill_view_of_spot(const struct spot_poll *spot)
{
	return (struct view_spot){
	    .api_url = spot->conf->api_url,
	    .auth_url = spot->conf->auth_url,
	    .token_file = spot->conf->refresh_token_file,
	    .organization = spot->conf->organization,
	    .namespace = spot->namespace,
	    .whose = spot->auth.token.whose,
	    .names = buf_text(&spot->names),
	    .name_count = spot->name_count,
	    .has_token = spot->auth.token.id_token,
	    .is_rotated = spot->auth.rotated,
	    .token = spot->auth.source.reach,
	    .cloudspaces = spot->cloudspaces.reach,
	    .nodepools = spot->nodepools.reach,
	    .organizations = spot->org.source.reach,
	};
}

static void fill_side(const struct poller *p, const struct watched_side *side, struct view_side *view)
{
	const struct conf_side *conf = side->kube.auth.conf;
	const struct kube_poll *kube = &side->kube;
	const struct inventory_poll *workload = &side->workload;
	view->name = conf->cloudspace;
	view->counted_from = side->counted_from;
	view->context = conf->context;
	view->endpoint = kube->auth.server;
	view->max_nodes = (int)conf->max_nodes;
	view->has_nodes = shows_nodes(p, side);
	view->nodes = kube->obs.nodes;
	view->is_insecure = kube_auth_tls(&kube->auth).insecure;
	view->token = kube_auth_bearer_life(&kube->auth);
	view->certificate = kube_auth_certificate_life(&kube->auth);
	view->whose = kube_auth_whose(&kube->auth);
	view->credential_problem = kube_auth_problem(&kube->auth);
	view->readyz = kube->readyz.stats;
	view->kube_nodes = kube->nodes.stats;
	view->reach = &kube->nodes.reach;
	view->inventory = &workload->inventory;
	view->unreadable = workload->memory.unreadable;
	view->inventory_polls = workload->stats;
	view->drain = workload->drain;
	if (side->spot)
		fill_spot(p, side->spot, view);
}

static void fill_journal(const struct watched_pair *pair, struct view_pair *view)
{
	view->incidents = &pair->incidents;
	view->has_journal = pair->slot;
	view->journal_damaged = pair->journal_damaged;
	if (!pair->slot)
		return;
	struct state_journal journal = state_writer_journal(pair->poller->shared.writer, pair->slot);
	view->journal_errors = journal.errors;
	view->journal_lost = journal.lost;
	view->journal_bytes = journal.bytes;
}

/* True if the pair shows anything else than before: a value of its own, or what it points at. */
static bool fill_pair(struct watched_pair *pair, struct view_pair *shown)
{
	struct view_pair is;
	if (!pair->is_dirty && !pair->has_changed)
		return false;
	memset(&is, 0, sizeof is);
	is.name = pair->conf->name;
	is.counted_from = pair->counted_from;
	is.generation = shown->generation;
	is.is_enabled = pair->conf->enabled;
	is.policy = &pair->policy;
	is.pair = &pair->pair;
	is.events = &pair->events;
	is.runner_namespace = pair->conf->runners.namespace;
	is.controller_namespace = pair->conf->runners.controller_namespace;
	is.argocd_namespace = pair->conf->argocd.namespace;
	is.state_saved = persist_saved_at(pair);
	peers_fill_pair(pair, is.peers);
	fill_journal(pair, &is);
	for (size_t id = 0; id < pair->side_count; id++)
		fill_side(pair->poller, &pair->side[id], &is.side[id]);
	bool has_changed = pair->has_changed || memcmp(&is, shown, sizeof is) != 0;
	is.generation += has_changed;
	memcpy(shown, &is, sizeof is);
	pair->is_dirty = pair->has_changed = false;
	return has_changed;
}

static void fill_monitor(struct poller *p, struct view *view)
{
	const struct conf *conf = p->conf;
	const struct spot_poll *spot = &p->spot;
	view->version = HAWATCH_VERSION;
	view->revision = HAWATCH_REVISION;
	view->counted_from = p->counted_from;
	view->spot_counted_from = p->spot_counted_from;
	view->interval_ms = conf->poll.interval_ms;
	view->page_url = p->shared.web->page;
	view->link_base = p->shared.web->is_rewritten ? p->shared.web->page_path : NULL;
	view->metrics_link = p->shared.web->metrics_link;
	view->keeps_state = conf->state_directory;
	view->has_anchors = p->anchors.count > 0;
	view->anchors = p->anchors.stats;
	view->lateness = p->view.lateness; /* that a round starts is no news: it is shown with what comes of it */
	view->is_reload_good = p->is_reload_good;
	view->unsafe_files = p->unsafe_summary;
	view->reloaded = p->reloaded;
	view->has_peers = p->peers.poll.host_count > 0;
	view->peers = p->peers.view;
	view->peer_count = p->peers.view_count;
	view->peers_version = p->peers.version;
	view->pairs = p->views;
	view->pair_count = p->pair_count;
	view->shard_index = conf->shard.index;
	view->shard_count = conf->shard.count;
	view->elsewhere = conf->elsewhere;
	view->grafana_url = conf->links.grafana_url;
	view->alertmanager_url = conf->links.alertmanager_url;
	view->status_page_url = conf->spot.status_page_url;
	view->token = spot->auth.source.stats;
	view->token_expires = spot->auth.token.expires;
	view->organizations = spot->org.source.stats;
	view->cloudspaces = spot->cloudspaces.stats;
	view->nodepools = spot->nodepools.stats;
	view->prices = spot->prices.source.stats;
	if (!conf->has_spot)
		return;
	view->has_spot = true;
	view->has_prices = conf->spot.price_url;
	view->has_organizations = conf->spot.organization || spot_org_is_asked(&spot->org, &spot->auth.token);
	p->view_spot = fill_view_of_spot(spot); /* it changes only with a poll, and then the statistics do, too */
	view->spot = &p->view_spot;
	view->spot_unreadable = spot->unreadable;
}

bool fill_view(struct poller *p)
{
	struct view is;
	memset(&is, 0, sizeof is);
	fill_monitor(p, &is);
	bool has_changed = memcmp(&is, &p->view, sizeof is) != 0;
	memcpy(&p->view, &is, sizeof is);
	for (size_t i = 0; i < p->pair_count; i++) {
		p->views[i] = &p->view_pairs[i];
		has_changed |= fill_pair(&p->pairs[i], &p->view_pairs[i]);
	}
	if (has_changed)
		p->view.lateness = p->lateness;
	return has_changed;
}
