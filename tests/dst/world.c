#include "services.h"

#include "machine.h"
#include "process.h"

#include "../sim/knobs.h"
#include "../sim/serve.h"
#include "../sim/text.h"

#include <stdlib.h>
#include <string.h>

struct world world;
struct sim services;

const char *const truth_names[] = {"well", "broken", "deleted", "away", "planned", "new", "murky"};

static struct knobs base[TARGETS]; /* what the targets are when nothing befalls them */
static struct knobs well;          /* a cloudspace that is */
static bool lasts[STORM_MAX];      /* the items that have begun and not ended */

/* In place of tests/sim/serve.c: there are no sockets. */
bool serve_is_door(enum fault_kind fault)
{
	return fault >= FAULT_EXPIRED;
}
void serve_sync(struct target *t)
{
	(void)t;
}

/* Truth. */

static enum truth truth_of_nodes(const struct knobs *k)
{
	long left = k->nodes - (k->control_plane < k->nodes ? k->control_plane : k->nodes);
	long tainted = k->tainted < left ? k->tainted : left;
	left -= tainted;
	long not_ready = k->not_ready < left ? k->not_ready : left;
	left -= not_ready;
	long cordoned = k->cordoned < left ? k->cordoned : left;
	if (left - cordoned > 0)
		return TRUTH_WELL;
	return cordoned && !tainted ? TRUTH_PLANNED : TRUTH_BROKEN;
}

static enum truth truth_of(const struct knobs *k)
{
	bool is_all = !*k->on || strcmp(k->on, "/api/v1/nodes") == 0, is_readyz = strcmp(k->on, "/readyz$") == 0;
	bool is_5xx = k->fault == FAULT_STATUS && k->fault_arg >= 500;
	if (!k->first_ready)
		return TRUTH_NEW;
	if (k->deleting)
		return TRUTH_DELETED;
	if ((is_all &&
		(k->fault == FAULT_REFUSE || k->fault == FAULT_RESET || k->fault == FAULT_MUTE ||
		    k->fault == FAULT_STALL || is_5xx)) ||
	    (is_readyz && is_5xx && (k->token_revoked || k->rbac_none))) /* asked only because the nodes are denied */
		return TRUTH_AWAY;
	if ((is_all && k->fault != FAULT_NONE) || k->token_revoked || k->rbac_none)
		return TRUTH_MURKY;
	return truth_of_nodes(k);
}

static void settle_side(size_t i)
{
	struct target *t = services_target(CLOUDSPACE_AT + i);
	enum truth is = truth_of(&t->knobs);
	bool is_seen = world.link[CLOUDSPACE_AT + i] == LINK_GOOD;
	if (is != world.side[i].is)
		world.side[i].since_ms = machine.at_ms;
	world.side[i].is = is;
	world.side[i].is_spot_bad =
	    strcmp(t->knobs.phase, "Ready") != 0 || t->knobs.absent || t->knobs.no_status || t->knobs.deleting;
	if (!is_seen)
		world.side[i].seen_since_ms = INT64_MAX;
	else if (world.side[i].seen_since_ms == INT64_MAX)
		world.side[i].seen_since_ms = machine.at_ms;
}

/* What held until now; before and after each change. */
void world_note(void)
{
	bool is_network_lost = true;
	for (size_t i = 0; i < CLOUDSPACE_AT + world.side_count; i++)
		is_network_lost &= world.link[i] != LINK_GOOD;
	for (size_t i = 0; i < world.side_count; i++) {
		enum truth is = world.side[i].is;
		bool is_only_ours = is == TRUTH_WELL || is == TRUTH_PLANNED;
		if (!is_only_ours || (world.link[CLOUDSPACE_AT + i] != LINK_GOOD && !is_network_lost))
			world.side[i].reason_at_ms = machine.at_ms;
		if (world.side[i].is_spot_bad)
			world.side[i].spot_bad_at_ms = machine.at_ms;
	}
}

bool world_is_well(size_t target)
{
	const struct knobs *k = &services_target(target)->knobs;
	return world.link[target] == LINK_GOOD && k->fault == FAULT_NONE && !k->token_revoked;
}

/* Applying the storm. */

static void set(size_t target, const char *knobs)
{
	char why[512], *line = text_format("%s %s", services_target(target)->name, knobs);
	if (knobs_set_line(&services, line, why, sizeof why) != 200)
		fatal("%s: %s", line, why);
	free(line);
}

/* Answers are made anew only where something has changed. */
static void note_change(struct target *t, const struct knobs *was, uint64_t revision)
{
	t->revision = revision + (memcmp(&t->knobs, was, sizeof *was) != 0);
}

static void settle(void)
{
	static struct knobs was[TARGETS];
	uint64_t revisions[TARGETS];
	world_note();
	for (size_t i = 0; i < CLOUDSPACE_AT + world.side_count; i++) {
		struct target *t = services_target(i);
		memcpy(&was[i], &t->knobs, sizeof was[i]);
		revisions[i] = t->revision;
		memcpy(&t->knobs, &base[i], sizeof base[i]);
		t->knobs.generation = was[i].generation;
		t->knobs.storage_starts = was[i].storage_starts;
		memcpy(t->knobs.refresh_token, was[i].refresh_token, sizeof was[i].refresh_token);
		world.link[i] = LINK_GOOD;
	}
	for (size_t i = 0; i < world.next; i++) {
		const struct storm_item *item = &world.storm->v[i];
		if (!lasts[i])
			continue;
		if (item->kind->knobs)
			set(item->target, item->kind->knobs);
		if (item->kind->place == PLACE_WAY)
			world.link[item->target] = (enum link)item->kind->link;
		for (size_t to = 0; item->kind->place == PLACE_NETWORK && to < TARGETS; to++)
			world.link[to] = (enum link)item->kind->link;
	}
	for (size_t i = 0; i < CLOUDSPACE_AT + world.side_count; i++)
		note_change(services_target(i), &was[i], revisions[i]);
	for (size_t i = 0; i < world.side_count; i++)
		settle_side(i);
	if (!world_is_well(SPOT_AT) || !world_is_well(AUTH_AT))
		world.spot_seen_since_ms = INT64_MAX;
	else if (world.spot_seen_since_ms == INT64_MAX)
		world.spot_seen_since_ms = machine.at_ms;
	world_note();
}

static bool is_being_built(size_t target)
{
	for (size_t i = 0; i < world.next; i++)
		if (lasts[i] && world.storm->v[i].kind->place == PLACE_BUILD && world.storm->v[i].target == target)
			return true;
	return false;
}

/* A cloudspace of the same name, which is another one. */
static void begin_building(size_t target)
{
	struct knobs *k = &base[target];
	*k = (struct knobs){
	    .fault = FAULT_REFUSE, .images = well.images, .max = 12, .min = 2, .desired = 3, .created = time(NULL)};
	strcpy(k->phase, "Provisioning");
	strcpy(k->bid, "0.350");
}

static void end_building(size_t target)
{
	time_t created = base[target].created;
	base[target] = well;
	base[target].created = created;
	base[target].first_ready_at = time(NULL);
}

static void set_plugin(enum plugin plugin)
{
	world.plugin = plugin;
	world.plugin_since_ms = plugin == PLUGIN_ANSWERS ? machine.at_ms : INT64_MAX;
}

static const struct storm_item *begin(size_t i)
{
	const struct storm_item *item = &world.storm->v[i];
	bool is_daemons = item->kind->place == PLACE_DAEMON;
	lasts[i] = !is_daemons || item->kind->act == ACT_DISK || item->kind->act == ACT_PLUGIN;
	if (item->kind->place == PLACE_BUILD)
		begin_building(item->target);
	if (item->kind->act == ACT_REVOKE)
		set(AUTH_AT, "issued=revoked");
	machine.is_disk_full |= item->kind->act == ACT_DISK;
	if (item->kind->act == ACT_PLUGIN)
		set_plugin((enum plugin)(1 + item->number % (PLUGINS - 1)));
	return is_daemons ? item : NULL;
}

static void end(size_t i)
{
	const struct storm_item *item = &world.storm->v[i];
	lasts[i] = false;
	if (item->kind->place == PLACE_BUILD && !is_being_built(item->target))
		end_building(item->target);
	if (item->kind->act == ACT_DISK)
		machine.is_disk_full = false;
	if (item->kind->act == ACT_PLUGIN)
		set_plugin(PLUGIN_ANSWERS);
}

const struct storm_item *world_advance(void)
{
	bool has_changed = false;
	const struct storm_item *for_daemon = NULL;
	world_note();
	for (size_t i = 0; i < world.next; i++)
		if (lasts[i] && world.storm->v[i].end_ms <= machine.at_ms) {
			end(i);
			has_changed = true;
		}
	if (world.next < world.storm->count && world.storm->v[world.next].at_ms <= machine.at_ms) {
		for_daemon = begin(world.next++);
		has_changed = true;
	}
	if (has_changed)
		settle();
	if (!for_daemon && world.next < world.storm->count && world.storm->v[world.next].at_ms <= machine.at_ms)
		return world_advance();
	return for_daemon;
}

int64_t world_next_ms(void)
{
	int64_t next_ms = world.next < world.storm->count ? world.storm->v[world.next].at_ms : INT64_MAX;
	for (size_t i = 0; i < world.next; i++)
		if (lasts[i] && world.storm->v[i].end_ms < next_ms)
			next_ms = world.storm->v[i].end_ms;
	return next_ms;
}

bool world_is_calm(void)
{
	for (size_t i = 0; i < world.next; i++)
		if (lasts[i])
			return false;
	return true;
}

void world_init(const struct setup *setup, const struct storm *storm)
{
	memset(lasts, 0, sizeof lasts);
	services = (struct sim){0};
	world = (struct world){.side_count = setup->side_count, .tempo = setup->tempo, .storm = storm};
	services.listen = "127.0.0.1";
	state_init(&services, (unsigned)(setup->side_count + 1) / 2, setup->nodes);
	for (size_t i = 0; i < services.target_count; i++) {
		struct target *t = services_target(i);
		t->port = (uint16_t)(1000 + i);
		t->knobs.images = setup->images;
		base[i] = t->knobs;
		machine_guard_secret(t->token);
	}
	base[AUTH_AT].id_token_ttl_s = services_target(AUTH_AT)->knobs.id_token_ttl_s = setup->token_life_s;
	base[AUTH_AT].no_org_claim = services_target(AUTH_AT)->knobs.no_org_claim = setup->has_no_org_claim;
	base[AUTH_AT].rotates = services_target(AUTH_AT)->knobs.rotates = setup->has_rotation;
	base[SPOT_AT].organizations = services_target(SPOT_AT)->knobs.organizations = setup->organizations;
	well = base[CLOUDSPACE_AT];
	machine_guard_secret(services.refresh_token);
	for (size_t i = 0; i < setup->side_count; i++)
		world.side[i].reason_at_ms = world.side[i].spot_bad_at_ms = INT64_MIN / 4;
}

void world_fini(void)
{
	services_forget();
	state_fini(&services);
}
