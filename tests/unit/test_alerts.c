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
	struct alerts alerts = alerts_of(pair, is_starting);
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
	    cmocka_unit_test(the_rules_have_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
