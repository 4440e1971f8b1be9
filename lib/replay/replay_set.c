#include "replay/replay_set.h"

#include "base/duration.h"
#include "config/conf.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define INTO(member) offsetof(struct side_policy, member)

/* Each is an int64_t of milliseconds or an int. */
static const struct key {
	const char *path;
	bool is_duration;
	size_t offset;
} keys[] = {
    {"poll.fall", false, INTO(fall)},
    {"poll.rise", false, INTO(rise)},
    {"poll.interval", true, INTO(interval_ms)},
    {"poll.spot_interval", true, INTO(spot_interval_ms)},
    {"poll.unreachable_for", true, INTO(unreachable_for_ms)},
    {"poll.own_network_window", true, INTO(own_network_window_ms)},
    {"poll.stale_after", true, INTO(stale_after_ms)},
};

enum { KEYS = sizeof keys / sizeof *keys };

static bool find_key(const char *text, size_t len, size_t *key, struct err *e)
{
	for (*key = 0; *key < KEYS; ++*key)
		if (strlen(keys[*key].path) == len && strncmp(keys[*key].path, text, len) == 0)
			return true;
	struct buf known = buf_of(sizeof e->text);
	for (size_t i = 0; i < KEYS; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", keys[i].path);
	err_set(e, "`%.60s`: not a setting that a replay can change; expected KEY=VALUE with one of %s", text,
	    buf_text(&known));
	buf_fini(&known);
	return false;
}

static const struct conf_key_doc *doc_of(const char *path)
{
	const struct conf_key_doc *docs;
	for (size_t i = conf_keys(&docs); i-- > 0;)
		if (strcmp(docs[i].path, path) == 0)
			return &docs[i];
	abort(); /* the table above names a key that there is not */
}

static bool parse(const struct key *key, const char *text, int64_t *value, struct err *e)
{
	const struct conf_key_doc *doc = doc_of(key->path);
	char *end;
	bool is_good = key->is_duration ? duration_parse(text, value) == DURATION_GOOD
					: (*value = strtoll(text, &end, 10), *text >= '0' && *text <= '9' && !*end);
	if (is_good && *value >= doc->min && *value <= doc->max)
		return true;
	if (!key->is_duration)
		return err_set(e, "%s: `%.40s`; expected a whole number from %lld to %lld", key->path, text,
		    (long long)doc->min, (long long)doc->max);
	struct buf bounds = buf_of(64);
	duration_put_exact(&bounds, doc->min);
	buf_puts(&bounds, " to ");
	duration_put_exact(&bounds, doc->max);
	err_set(e, "%s: `%.40s`; expected a duration such as 15s, from %s", key->path, text, buf_text(&bounds));
	buf_fini(&bounds);
	return false;
}

bool replay_set_add(struct replay_set *set, const char *text, struct err *e)
{
	size_t len = strcspn(text, "="), key;
	int64_t value;
	if (set->count == REPLAY_SETTINGS_MAX)
		return err_set(e, "more than %d settings", REPLAY_SETTINGS_MAX);
	if (!find_key(text, len, &key, e) || !parse(&keys[key], text[len] ? text + len + 1 : "", &value, e))
		return false;
	set->v[set->count].key = key;
	set->v[set->count++].value = value;
	return true;
}

static void apply(const struct replay_set *set, struct side_policy *policy)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct key *key = &keys[set->v[i].key];
		char *to = (char *)policy + key->offset;
		int number = (int)set->v[i].value;
		if (key->is_duration)
			memcpy(to, &set->v[i].value, sizeof set->v[i].value);
		else
			memcpy(to, &number, sizeof number);
	}
}

struct pair_policy replay_set_apply(const struct replay_set *set, const struct pair_policy *policy)
{
	struct pair_policy with = *policy;
	for (int id = 0; set && id < SIDES_MAX; id++)
		apply(set, &with.side[id]);
	return with;
}

bool replay_set_check(const struct replay_set *set, const struct pair_policy *policy, struct err *e)
{
	const struct pair_policy with = replay_set_apply(set, policy);
	const struct side_policy *p = &with.side[PRIMARY];
	const struct conf_poll poll = {.interval_ms = p->interval_ms,
	    .spot_interval_ms = p->spot_interval_ms,
	    .unreachable_for_ms = p->unreachable_for_ms,
	    .own_network_window_ms = p->own_network_window_ms,
	    .stale_after_ms = p->stale_after_ms};
	return !set->count || conf_check_poll(&poll, p->has_spot, e);
}
