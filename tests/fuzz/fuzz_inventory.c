/*
 * Inventory rounds: each line of an input is an item, behind a letter that says of which part ('a' the
 * first); a line "-X" says that part X could not be read, an empty one ends the round. Whatever the items
 * say, each counts once, and nothing is known that was not read.
 */
#include "decide/inventory_judge.h"
#include "decide/inventory_step.h"
#include "decode/items.h"
#include "decode/object.h"
#include "decode/part.h"
#include "fuzz.h"

enum { FRESH_MS = 90000, ROUND_MS = 30000 };
static const struct inventory_fresh fresh = {FRESH_MS, FRESH_MS};

struct side {
	struct facts facts;
	struct inventory inventory;
	struct inventory_memory memory;
	struct now now;
};

static void check_text(const char *text, size_t size)
{
	PROMISE(memchr(text, '\0', size) != NULL);
}

struct kept {
	enum inventory_part part;
	struct facts facts;
	bool is_read;
};

static bool take_kept(void *ctx, const char *json, size_t len, struct err *e)
{
	struct kept *kept = ctx;
	kept->is_read = part_read_item(&kept->facts, kept->part, "arc-runners", json, len, e);
	return kept->is_read;
}

/* A fact as its table has it: what a runner's pod requests is not read. */
static bool is_same_fact(enum inventory_part part, const void *kept, const void *whole, size_t size)
{
	struct pod_fact pod;
	if (part != PART_RUNNER_PODS && part != PART_LISTENER_PODS)
		return memcmp(kept, whole, size) == 0;
	memcpy(&pod, whole, sizeof pod);
	pod.cpu_milli = 0;
	return memcmp(kept, &pod, size) == 0;
}

/* Of an object that is read well, nothing is lost when only the members of its table are kept. */
static void check_members(enum inventory_part part, const char *json, size_t len, const void *fact)
{
	static const char head[] = "{\"items\":[", tail[] = "]}";
	struct kept kept = {.part = part};
	struct items it;
	struct err e;
	facts_init(&kept.facts, NULL);
	items_init(&it, part_members(part), take_kept, &kept);
	/* What is no JSON for items.c, a control character for example, is not the matter here. */
	if (items_feed(&it, head, strlen(head), &e) && items_feed(&it, json, len, &e) &&
	    items_feed(&it, tail, strlen(tail), &e) && it.scan.at.depth == 0 && it.count == 1) {
		const struct facts_list *list = &kept.facts.list[part];
		PROMISE(kept.is_read && !it.unreadable.count);
		PROMISE(list->count == (fact != NULL));
		PROMISE(!fact || is_same_fact(part, facts_list_at(list, 0), fact, list->size));
	}
	items_fini(&it);
	unreadables_fini(&it.unreadable);
	facts_fini(&kept.facts);
}

static bool has_control(const char *json, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)json[i] < ' ')
			return true;
	return false;
}

static void check_item(struct side *side, enum inventory_part part, const char *json, size_t len)
{
	struct facts_list *list = &side->facts.list[part];
	struct err e = ERR_UNSET;
	size_t before = list->count;
	bool is_good = part_read_item(&side->facts, part, "arc-runners", json, len, &e);
	if (!is_good) {
		struct unreadable object = {.position = before};
		PROMISE_ERR(e);
		PROMISE(list->count == before);
		object_identify(json, len, &object);
		check_text(object.name, sizeof object.name);
		check_text(object.namespace, sizeof object.namespace);
		unreadables_add(&side->facts.unreadable[part], &object);
		return;
	}
	if (part != PART_PODS && len <= ITEM_MAX_BYTES && !has_control(json, len))
		check_members(part, json, len, list->count > before ? facts_list_at(list, before) : NULL);
	PROMISE(list->count <= before + 1);
	if (list->count > before) {
		const char *name = facts_list_at(list, before);
		check_text(name, FACT_NAME_MAX);
		PROMISE(*name);
	}
	side->facts.part[part].was_asked = side->facts.part[part].was_read = true;
	if (part == PART_NODES)
		facts_list_sort(list); /* pods of all namespaces are added to them */
}

static int sum(const int *counts, size_t n)
{
	int total = 0;
	for (size_t i = 0; i < n; i++) {
		PROMISE(counts[i] >= 0);
		total += counts[i];
	}
	return total;
}

/* What was judged in this round, by how many there were. */
static void check_round(const struct side *side, const size_t *counts, const bool *was_read)
{
	const struct inventory *i = &side->inventory;
	size_t runners = counts[PART_RUNNERS] + side->facts.unreadable[PART_RUNNERS].count;
	if (was_read[PART_RUNNER_PODS]) {
		PROMISE(i->has_pods && (size_t)sum(i->pods, POD_PHASES) == counts[PART_RUNNER_PODS]);
		PROMISE(i->pods_stuck >= 0 && i->pods_stuck <= i->pods[POD_PENDING]);
	}
	if (was_read[PART_NODES])
		PROMISE(i->has_nodes && i->nodes_cordoned <= i->nodes_total &&
		    (size_t)i->nodes_total <= counts[PART_NODES]);
	if (was_read[PART_NODES] && was_read[PART_RUNNER_PODS] && was_read[PART_RUNNERS]) {
		PROMISE(i->has_runners && (size_t)sum(i->runners, RUNNER_ACTIVITIES) == runners);
		PROMISE((size_t)i->runners_stuck <= counts[PART_RUNNERS]);
		PROMISE((size_t)i->runners_zombie <= counts[PART_RUNNERS]);
	}
	if (was_read[PART_APPLICATIONS]) {
		PROMISE(
		    i->has_apps && (size_t)sum(&i->apps[0][0], APP_SYNCS * APP_HEALTHS) == counts[PART_APPLICATIONS]);
		PROMISE((size_t)i->app_count == counts[PART_APPLICATIONS]);
		PROMISE(i->apps_listed == (i->app_count < APPS_MAX ? i->app_count : APPS_MAX));
		PROMISE(i->apps_well >= 0 && i->apps_well <= i->apps_healthy && i->apps_healthy <= i->app_count);
		for (int k = 0; k < i->apps_listed; k++) {
			check_text(i->app[k].name, sizeof i->app[k].name);
			PROMISE(k == 0 || inventory_compare_apps(&i->app[k - 1], &i->app[k]) <= 0);
		}
	}
	if (was_read[PART_SCALE_SETS] && was_read[PART_RUNNER_SETS]) {
		PROMISE(i->has_scale);
		PROMISE((size_t)i->set_count == counts[PART_SCALE_SETS]);
		PROMISE(i->sets_listed == (i->set_count < SCALE_SETS_MAX ? i->set_count : SCALE_SETS_MAX));
		for (int k = 1; k < i->sets_listed; k++)
			PROMISE(inventory_compare_sets(&i->set[k - 1], &i->set[k]) <= 0);
	}
	PROMISE(!i->has_cpu || (i->cpu_requested_milli >= 0 && i->cpu_allocatable_milli >= 0));
	PROMISE(!i->has_sums || (i->min >= 0 && i->max >= 0 && i->desired >= 0));
	PROMISE(!i->has_listener || (unsigned)i->listener < LISTENER_STATES);
	if (was_read[PART_NODES] && was_read[PART_LEASES])
		PROMISE(i->has_leases && i->nodes_silent >= 0 && i->nodes_silent <= i->nodes_total);
}

static void end_round(struct side *side)
{
	size_t counts[INVENTORY_PARTS];
	bool was_read[INVENTORY_PARTS];
	for (int k = 0; k < INVENTORY_PARTS; k++) {
		struct part_fact *part = &side->facts.part[k];
		part->date = side->now.wall;
		if (!part->was_read)
			part_forget(&side->facts, (enum inventory_part)k);
		facts_list_sort(&side->facts.list[k]);
		counts[k] = side->facts.list[k].count;
		was_read[k] = part->was_read;
	}
	inventory_step(&side->inventory, &side->memory, &side->facts, side->now, fresh);
	for (int k = 0; k < INVENTORY_PARTS; k++)
		PROMISE(!was_read[k] ||
		    (side->inventory.part[k].is_known &&
			(size_t)side->inventory.part[k].unreadable == side->facts.unreadable[k].count));
	check_round(side, counts, was_read);
	facts_fini(&side->facts);
	facts_init(&side->facts, NULL);
	side->now.mono.ms += ROUND_MS;
	side->now.wall.ms += ROUND_MS;
}

static void take_line(struct side *side, const char *line, size_t len)
{
	bool has_failed = len > 1 && *line == '-';
	unsigned part = len > has_failed ? (unsigned)(unsigned char)line[has_failed] - 'a' : INVENTORY_PARTS;
	if (len == 0)
		end_round(side);
	else if (part >= INVENTORY_PARTS)
		return;
	else if (has_failed)
		side->facts.part[part] = (struct part_fact){.was_asked = true, .problem = "it failed"};
	else {
		char *json = fuzz_text((const uint8_t *)line + 1, len - 1);
		check_item(side, (enum inventory_part)part, json, len - 1);
		free(json);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct side side = {.now = {{1000000}, {1795429020000}}}; /* 2026-11-23T10:17:00Z */
	const char *at = (const char *)bytes, *end = at + len;
	inventory_memory_init(&side.memory, NULL);
	facts_init(&side.facts, NULL);
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t line = (size_t)((stop ? stop : end) - at);
		take_line(&side, at, line);
		at += line + 1;
	}
	end_round(&side);
	mono_ms later = {side.now.mono.ms + FRESH_MS};
	inventory_expire(&side.inventory, &side.memory, later, fresh);
	PROMISE(!side.inventory.has_runners && !side.inventory.has_pods && !side.inventory.has_listener);
	PROMISE(!side.inventory.has_apps && !side.inventory.has_nodes && !side.inventory.has_scale);
	facts_fini(&side.facts);
	inventory_memory_fini(&side.memory);
	return 0;
}
