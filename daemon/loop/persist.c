#include "loop/persist.h"

#include "os/log.h"
#include "os/state_file.h"
#include "shared/state_writer.h"

#include <stdio.h>

enum { SAVE_EVERY_MS = 60000 };

#define MONO_FAR ((mono_ms){INT64_MAX / 4})

static void restore(struct watched_pair *pair, struct now now, const char *directory)
{
	const char *name = pair->conf->name;
	char fingerprint[STATE_FINGERPRINT_SIZE], age[24];
	struct state state = {0};
	struct err e;
	enum state_found found = state_file_load(directory, name, &state, &e);
	if (found == STATE_NONE)
		return;
	state_file_fingerprint(pair->conf, fingerprint);
	if (found == STATE_UNUSABLE || !state_use(&state, fingerprint, now, &e)) {
		log_warn("state file ignored; starting without saved state, declare maintenance windows again", "pair",
		    name, "directory", directory, "error", e.text);
		return;
	}
	pair->pair = pair_restore(&pair->policy, &state.memory, now);
	snprintf(age, sizeof age, "%lld", (long long)(now.wall.ms - state.saved_at.ms) / 1000);
	if (now.wall.ms - state.saved_at.ms >= pair->policy.side[PRIMARY].stale_after_ms)
		log_warn("state file too old; only maintenance windows are restored", "pair", name, "directory",
		    directory, "age_seconds", age);
	else
		log_info(
		    "state restored", "pair", name, "status", ha_status_names[pair->pair.status], "age_seconds", age);
}

void persist_restore(struct poller *p)
{
	for (size_t i = 0; p->conf->state_directory && i < p->pair_count; i++)
		restore(&p->pairs[i], p->now, p->conf->state_directory);
}

static void save(struct watched_pair *pair, struct poller *p)
{
	struct state state = {.saved_at = p->now.wall, .memory = pair_remember(&pair->pair, p->now)};
	struct buf bytes = buf_of(STATE_FILE_MAX_BYTES);
	state_file_fingerprint(pair->conf, state.fingerprint);
	state_file_render(&state, &bytes);
	state_writer_put_take(p->shared.writer, pair->slot, &bytes);
	pair->save_due = mono_plus(p->now.mono, SAVE_EVERY_MS);
}

mono_ms persist_run(struct poller *p)
{
	mono_ms next = MONO_FAR;
	for (size_t i = 0; p->conf->state_directory && i < p->pair_count; i++) {
		struct watched_pair *pair = &p->pairs[i];
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
	for (size_t i = 0; p->conf->state_directory && i < p->pair_count; i++)
		save(&p->pairs[i], p);
}
