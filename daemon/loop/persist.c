#include "loop/persist.h"

#include "base/mem.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "loop/pair_journal.h"
#include "loop/recorder.h"
#include "os/log.h"
#include "os/state_file.h"
#include "shared/state_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAVE_EVERY_MS = 60000 };

/* The cloudspaces of a pair by side; NULL: there is no such side. */
static void name_sides(const struct watched_pair *pair, const char *names[SIDES_MAX])
{
	for (size_t id = 0; id < SIDES_MAX; id++)
		names[id] = id < pair->side_count ? conf_pair_side(pair->conf, id)->cloudspace : NULL;
}

/* What was saved of cloudspaces that the pair has no more. */
static void tell_lost(const struct watched_pair *pair, const struct state *saved, const char *const names[SIDES_MAX])
{
	for (int id = 0; id < SIDES_MAX; id++) {
		const struct maintenance *window = &saved->memory.maintenance[id];
		bool is_lost = saved->cloudspace[id][0];
		char ends[RFC3339_SIZE];
		for (int is = 0; is < SIDES_MAX; is++)
			is_lost = is_lost && !(names[is] && strcmp(names[is], saved->cloudspace[id]) == 0);
		rfc3339_render(window->ends.wall, ends);
		if (is_lost)
			log_warn("saved state of a cloudspace that the pair no longer has; not restored", "pair",
			    pair->conf->name, "side", side_id_names[id], "cloudspace", saved->cloudspace[id],
			    "maintenance_window_until", window->is_declared ? ends : NULL);
	}
}

static bool has_any(const struct state *saved, const char *const names[SIDES_MAX])
{
	for (int id = 0; id < SIDES_MAX; id++)
		for (int was = 0; names[id] && was < SIDES_MAX; was++)
			if (strcmp(names[id], saved->cloudspace[was]) == 0)
				return true;
	return false;
}

/*
 * Reads the pair's file; or, if it is newer, that of a pair which is no longer configured and had one of its
 * cloudspaces: then the pair had another name. `strays`: the names of those pairs.
 */
static enum state_found load(const struct watched_pair *pair, const char *directory, char **strays,
    const char *const names[SIDES_MAX], struct state *out, struct err *e)
{
	const char *name = pair->conf->name, *was = NULL;
	enum state_found own = state_file_load(directory, name, out, e), found = own;
	struct state state;
	struct err why;
	for (char **stray = strays; *stray; stray++) {
		bool is_its = state_file_load(directory, *stray, &state, &why) == STATE_READ && has_any(&state, names);
		if (!is_its || (found == STATE_READ && state.saved_at.ms <= out->saved_at.ms))
			continue;
		*out = state;
		found = STATE_READ;
		was = *stray;
	}
	if (was && own == STATE_UNUSABLE)
		log_warn("state file ignored", "pair", name, "directory", directory, "error", e->text);
	if (was)
		log_info("the pair had another name", "pair", name, "was_pair", was);
	return found;
}

/* Returns when the state was saved; unknown: none is known. */
static wall_ms restore(struct watched_pair *pair, struct now now, const char *directory, char **strays)
{
	const char *name = pair->conf->name, *names[SIDES_MAX];
	char age[24];
	struct state state = {0}, saved;
	struct err e;
	name_sides(pair, names);
	enum state_found found = load(pair, directory, strays, names, &state, &e);
	if (found == STATE_NONE)
		return WALL_UNKNOWN;
	saved = state;
	if (found == STATE_UNUSABLE || !state_use(&state, names, now, &e)) {
		log_warn("state file ignored; starting without saved state, declare maintenance windows again", "pair",
		    name, "directory", directory, "error", e.text);
		return WALL_UNKNOWN;
	}
	tell_lost(pair, &saved, names);
	memcpy(pair->namespace, state.namespace, sizeof pair->namespace);
	pair->pair = pair_restore(&pair->policy, &state.memory, now);
	snprintf(age, sizeof age, "%lld", (long long)(now.wall.ms - state.saved_at.ms) / 1000);
	if (now.wall.ms - state.saved_at.ms >= pair->policy.side[PRIMARY].stale_after_ms)
		log_warn("state file too old; only maintenance windows are restored", "pair", name, "directory",
		    directory, "age_seconds", age);
	else
		log_info(
		    "state restored", "pair", name, "status", ha_status_names[pair->pair.status], "age_seconds", age);
	return saved.saved_at;
}

/* Leaves only the names of pairs that are not configured. */
static void drop_configured(struct poller *p, char **names)
{
	char **kept = names;
	for (char **name = names; *name; name++) {
		if (poller_find_pair(p, *name))
			free(*name);
		else
			*kept++ = *name;
	}
	*kept = NULL;
}

/* The states of all pairs, and when each was saved. */
static void restore_all(struct poller *p, const char *directory, wall_ms *saved_at)
{
	struct err e;
	char **strays = state_file_names(directory, &e);
	if (*e.text)
		log_warn("cannot look for state files of other pairs; what pairs with another name had is not restored",
		    "error", e.text);
	drop_configured(p, strays);
	for (size_t i = 0; i < p->pair_count; i++)
		saved_at[i] = restore(&p->pairs[i], p->now, directory, strays);
	for (char **stray = strays; *stray; stray++)
		free(*stray);
	free(strays);
}

void persist_restore(struct poller *p)
{
	wall_ms *saved_at = mem_zeroed(p->pair_count, sizeof *saved_at); /* none: WALL_UNKNOWN */
	if (p->conf->state_directory)
		restore_all(p, p->conf->state_directory, saved_at);
	for (size_t i = 0; i < p->pair_count; i++) {
		if (p->conf->state_directory)
			pair_journal_read(&p->pairs[i]);
		pair_journal_start(&p->pairs[i], saved_at[i]);
		recorder_start(&p->pairs[i]);
	}
	free(saved_at);
}

static void save(struct watched_pair *pair, struct poller *p)
{
	struct state state = {.saved_at = p->now.wall, .memory = pair_remember(&pair->pair, p->now)};
	struct buf bytes = buf_of(STATE_FILE_MAX_BYTES);
	for (size_t id = 0; id < pair->side_count; id++)
		text_copy(
		    state.cloudspace[id], sizeof state.cloudspace[id], conf_pair_side(pair->conf, id)->cloudspace);
	memcpy(state.namespace, pair->namespace, sizeof state.namespace);
	state_file_render(&state, &bytes);
	state_writer_put_take(p->shared.writer, pair->slot, &bytes);
	pair->save_due = mono_plus(p->now.mono, SAVE_EVERY_MS);
}

mono_ms persist_run(struct poller *p)
{
	mono_ms next = MONO_FAR;
	for (size_t i = 0; i < p->pair_count; i++) {
		struct watched_pair *pair = &p->pairs[i];
		if (!pair->slot)
			continue;
		if (mono_since(pair->save_due, p->now.mono) >= 0)
			save(pair, p);
		next = mono_min(next, pair->save_due);
	}
	return next;
}

wall_ms persist_saved_at(const struct watched_pair *pair)
{
	return pair->slot ? state_writer_saved_at(pair->poller->shared.writer, pair->slot) : WALL_UNKNOWN;
}

void persist_all(struct poller *p)
{
	recorder_flush(p);
	for (size_t i = 0; i < p->pair_count; i++)
		if (p->pairs[i].slot)
			save(&p->pairs[i], p);
}
