#include "replay/tune_grid.h"

#include "base/duration.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const tune_grid_keys[TUNE_KEYS] = {
    [TUNE_INTERVAL] = "poll.interval",
    [TUNE_FALL] = "poll.fall",
    [TUNE_RISE] = "poll.rise",
    [TUNE_UNREACHABLE_FOR] = "poll.unreachable_for",
};

enum { SETTING_MAX_BYTES = 80 };

static bool is_duration(enum tune_key key)
{
	return key == TUNE_INTERVAL || key == TUNE_UNREACHABLE_FOR;
}

int64_t tune_grid_of(const struct pair_policy *policy, enum tune_key key)
{
	const struct side_policy *p = &policy->side[PRIMARY];
	switch (key) {
	case TUNE_INTERVAL: return p->interval_ms;
	case TUNE_FALL: return p->fall;
	case TUNE_RISE: return p->rise;
	case TUNE_UNREACHABLE_FOR: return p->unreachable_for_ms;
	default: abort();
	}
}

void tune_grid_put(enum tune_key key, int64_t value, struct buf *out)
{
	if (is_duration(key))
		duration_put_exact(out, value);
	else
		buf_put_int(out, value);
}

/* One value, `len` bytes of `text`. */
static bool add_value(struct tune_grid *grid, enum tune_key key, const char *text, size_t len, struct err *e)
{
	struct replay_set one = {0};
	struct buf setting = buf_of(SETTING_MAX_BYTES);
	buf_printf(&setting, "%s=", tune_grid_keys[key]);
	buf_put_fitting(&setting, text, len);
	bool is_good = replay_set_add(&one, buf_text(&setting), e);
	buf_fini(&setting);
	for (size_t i = 0; is_good && i < grid->key[key].count; i++)
		if (tune_grid_value(&grid->key[key].v[i]) == tune_grid_value(&one))
			return true;
	if (is_good && grid->key[key].count == TUNE_VALUES_MAX)
		return err_set(e, "%s: more than %d values", tune_grid_keys[key], TUNE_VALUES_MAX);
	if (is_good)
		grid->key[key].v[grid->key[key].count++] = one;
	return is_good;
}

bool tune_grid_add(struct tune_grid *grid, const char *text, struct err *e)
{
	size_t len = strcspn(text, "=");
	int key = 0;
	while (key < TUNE_KEYS && (strlen(tune_grid_keys[key]) != len || strncmp(tune_grid_keys[key], text, len) != 0))
		key++;
	if (key == TUNE_KEYS || !text[len])
		return err_set(e, "`%.60s`; expected KEY=VALUE,VALUE with one of %s, %s, %s, %s", text,
		    tune_grid_keys[0], tune_grid_keys[1], tune_grid_keys[2], tune_grid_keys[3]);
	for (const char *value = text + len; *value;) {
		size_t value_len = strcspn(++value, ",");
		if (!add_value(grid, (enum tune_key)key, value, value_len, e))
			return false;
		value += value_len;
	}
	return true;
}

/* A value that hawatch.yaml cannot have is left out. */
static void add_number(struct tune_grid *grid, enum tune_key key, int64_t value)
{
	struct buf text = buf_of(SETTING_MAX_BYTES);
	struct err ignored;
	if (value > 0)
		tune_grid_put(key, value, &text);
	(void)!add_value(grid, key, buf_text(&text), text.len, &ignored);
	buf_fini(&text);
}

/*
 * The longer intervals are multiples, so that each answer that is taken was asked for at about the right time.
 * Confirmations cost little, so one less is the only value below the present one.
 */
static void fill_key(struct tune_grid *grid, enum tune_key key, int64_t present)
{
	const int64_t whole = present < 10000 ? 1 : 1000; /* 1m7s, not 1m7s500ms */
	const int64_t values[TUNE_KEYS][4] = {
	    [TUNE_INTERVAL] = {present, 2 * present, 4 * present, present},
	    [TUNE_FALL] = {present - 1, present, present + 2, 2 * present},
	    [TUNE_RISE] = {present - 1, present, present + 2, present},
	    [TUNE_UNREACHABLE_FOR] = {present * 3 / 4 / whole * whole, present, present * 3 / 2 / whole * whole,
		2 * present},
	};
	for (size_t i = 0; i < sizeof values[0] / sizeof *values[0]; i++)
		add_number(grid, key, values[key][i]);
}

void tune_grid_fill(struct tune_grid *grid, const struct pair_policy *present)
{
	for (int key = 0; key < TUNE_KEYS; key++)
		if (!grid->key[key].count)
			fill_key(grid, (enum tune_key)key, tune_grid_of(present, (enum tune_key)key));
}
