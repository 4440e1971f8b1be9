/* Which alerts' conditions are true, by what the pair is; and that config/prometheus has these alerts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decide/alerts.h"

enum { P = PRIMARY, S = SECONDARY };

static struct pair pair_at(enum ha_status status)
{
	struct pair pair = {.status = status, .extra_count = 1};
	for (int id = 0; id < SIDES_MAX; id++)
		pair.side[id].verdict = UP;
	return pair;
}

/* The conditions that are true, as "HACloudspaceDown/1 ". */
static const char *told(const struct pair *pair, bool is_starting)
{
	static char text[512];
	struct alerts alerts = alerts_of(NULL, pair, (mono_ms){0}, is_starting);
	size_t len = 0;
	text[0] = '\0';
	for (int alert = 0; alert < ALERTS; alert++)
		for (int id = 0; id < SIDES_MAX; id++)
			if (alerts.is_on[alert][id])
				len +=
				    (size_t)snprintf(text + len, sizeof text - len, "%s/%d ", alert_names[alert], id);
	return text;
}

static void by_status(void **state)
{
	static const struct {
		enum ha_status status;
		bool is_starting;
		const char *told;
	} rows[] = {
	    {HA_ACTIVE, false, ""},
	    {HA_DISABLED, false, ""},
	    {HA_BLOCKED_PRIMARY_UNAVAILABLE, false, "HACloudspaceDown/0 "},
	    {HA_BLOCKED_SECONDARY_UNAVAILABLE, false, "HACloudspaceDown/1 "},
	    {HA_BLOCKED_BOTH_UNAVAILABLE, false, "HABothCloudspacesDown/0 "},
	    {HA_UNKNOWN, false, "HAMonitorBlind/0 "},
	    {HA_UNKNOWN, true, ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair pair = pair_at(rows[i].status);
		assert_string_equal(told(&pair, rows[i].is_starting), rows[i].told);
	}
}

/* Maintenance is silent for its own side, declared or not, and never for both. */
static void maintenance_is_silent(void **state)
{
	struct pair pair = pair_at(HA_BLOCKED_SECONDARY_UNAVAILABLE);
	(void)state;
	pair.maintenance[P].is_declared = true;
	assert_string_equal(told(&pair, false), "HACloudspaceDown/1 ");
	pair.maintenance[S].is_declared = true;
	assert_string_equal(told(&pair, false), "");
	pair.maintenance[S].is_declared = false;
	pair.side[S].verdict = MAINTENANCE;
	assert_string_equal(told(&pair, false), "");
	pair.status = HA_BLOCKED_BOTH_UNAVAILABLE;
	assert_string_equal(told(&pair, false), "HABothCloudspacesDown/0 ");
}

static void by_side(void **state)
{
	struct pair pair = pair_at(HA_ACTIVE);
	(void)state;
	pair.side[P].is_degraded = true;
	pair.side[EXTRA_1].flap.is_flapping = true;
	pair.side[EXTRA_2].flap.is_flapping = true; /* the pair has no such side */
	assert_string_equal(told(&pair, false), "HACloudspaceDegraded/0 HACloudspaceFlapping/2 ");
	pair.status = HA_DISABLED;
	assert_string_equal(told(&pair, false), "");
	pair.status = HA_ACTIVE;
	pair.maintenance[EXTRA_1].is_declared = pair.maintenance[P].is_declared = true;
	assert_string_equal(told(&pair, false), "");
}

/* Whether the secondary's HACloudspaceDown holds `seconds` after 0, what was before kept in `alerts`. */
static bool is_down(struct alerts *alerts, const struct pair *pair, int seconds)
{
	*alerts = alerts_of(alerts, pair, (mono_ms){seconds * 1000}, false);
	return alerts->is_on[ALERT_SIDE_DOWN][S];
}

/* A side that flaps stays unavailable for five minutes; one that does not is well at once. */
static void flapping_holds(void **state)
{
	struct pair blocked = pair_at(HA_BLOCKED_SECONDARY_UNAVAILABLE), well = pair_at(HA_ACTIVE);
	struct alerts alerts = alerts_of(NULL, &well, (mono_ms){0}, false);
	(void)state;
	assert_true(is_down(&alerts, &blocked, 1));
	assert_false(is_down(&alerts, &well, 2));
	well.side[S].flap.is_flapping = true;
	assert_true(is_down(&alerts, &well, 300));
	assert_false(is_down(&alerts, &well, 301));
	blocked.status = HA_BLOCKED_BOTH_UNAVAILABLE;
	assert_false(is_down(&alerts, &blocked, 400)); /* the alert of both mutes it */
	assert_true(is_down(&alerts, &well, 699));
	well.maintenance[S].is_declared = true;
	assert_false(is_down(&alerts, &well, 699));
	alerts = alerts_of(NULL, &well, (mono_ms){0}, false);
	well.maintenance[S].is_declared = false;
	assert_false(is_down(&alerts, &well, 1)); /* it never was BLOCKED */
}

/* Behind its window a side is silent for 15 minutes, unless its state has changed since. */
static void a_window_holds(void **state)
{
	struct pair pair = pair_at(HA_BLOCKED_SECONDARY_UNAVAILABLE);
	struct alerts alerts = alerts_of(NULL, &pair, (mono_ms){0}, false);
	(void)state;
	pair.side[S].since.mono = (mono_ms){-1};
	pair.maintenance[S].is_declared = true;
	assert_false(is_down(&alerts, &pair, 10));
	pair.maintenance[S].is_declared = false;
	assert_false(is_down(&alerts, &pair, 909));
	assert_true(is_down(&alerts, &pair, 910));
	pair.maintenance[S].is_declared = true;
	assert_false(is_down(&alerts, &pair, 1000));
	pair.maintenance[S].is_declared = false;
	pair.side[S].since.mono = (mono_ms){1001000};
	assert_true(is_down(&alerts, &pair, 1001));
}

/* The file in which `alert` stands, with its priority behind it. */
static bool has_alert(const char *rules, const char *alert, const char *priority)
{
	char name[128], label[64];
	snprintf(name, sizeof name, "- alert: %s\n", alert);
	snprintf(label, sizeof label, "priority: %s\n", priority);
	const char *at = strstr(rules, name);
	const char *next = at ? strstr(at + 1, "- alert: ") : NULL, *found = at ? strstr(at, label) : NULL;
	return found && (!next || found < next);
}

static void the_rules_have_them(void **state)
{
	static char rules[1 << 20];
	FILE *file = fopen("config/prometheus/hawatch.rules.yml", "r");
	(void)state;
	assert_non_null(file);
	rules[fread(rules, 1, sizeof rules - 1, file)] = '\0';
	fclose(file);
	for (int i = 0; i < ALERTS; i++)
		if (!has_alert(rules, alert_names[i], alert_priorities[i]))
			fail_msg(
			    "config/prometheus/hawatch.rules.yml has no %s of %s", alert_names[i], alert_priorities[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_status),
	    cmocka_unit_test(maintenance_is_silent),
	    cmocka_unit_test(by_side),
	    cmocka_unit_test(flapping_holds),
	    cmocka_unit_test(a_window_holds),
	    cmocka_unit_test(the_rules_have_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
