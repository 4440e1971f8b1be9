/* Credentials of the field: which of them should have been renewed by now. */
#include "decide/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { HOUR = 1, DAY = 24, YEAR = 365 * DAY, NEVER = INT32_MIN };

/* Hours from now; NEVER: not known. */
static const struct row {
	const char *name; /* and where it comes from */
	int issued, expires;
	bool is_renewed;
	int renewal; /* expected */
	bool is_late;
} rows[] = {
    {"kubectl create token --duration=24h, just now", 0, 24 * HOUR, false, 18, false},
    {"the same, after 17 hours", -17, 7, false, 1, false},
    {"the same, after 18 hours", -18, 6, false, 0, true},
    {"the same, after 23 hours", -23, 1, false, -5, true},
    {"the same, ended an hour ago", -25, -1, false, -7, true},
    {"the same, ended long ago", -100, -76, false, -82, true},
    {"the token in Rackspace's kubeconfig, three days, just now", 0, 3 * DAY, false, 54, false},
    {"the same, on the last day", -56, 16, false, -2, true},
    {"a token of a year, half of it gone", -YEAR / 2, YEAR / 2, false, 2190, false},
    {"the same, eight days left: it should be renewed, but there is time", 8 * DAY - YEAR, 8 * DAY, false, -1998,
	false},
    {"the same, seven days left", 7 * DAY - YEAR, 7 * DAY, false, -2022, true},
    {"kubectl's default of one hour, 20 minutes of it left: whole hours here", 0, 1, false, 1, false},
    {"a client certificate of kubeadm, a year, a month left", 30 * DAY - YEAR, 30 * DAY, false, -1470, false},
    {"the same, a day left", DAY - YEAR, DAY, false, -2166, true},
    {"a certificate of cert-manager, 90 days, renewed at a third", -60 * DAY, 30 * DAY, false, 180, false},
    {"a certificate of Teleport, 12 hours, just now", 0, 12, false, 9, false},
    {"no iat, and no file that tells: two days left", NEVER, 48, false, 24, false},
    {"no iat, and no file that tells: a day left", NEVER, 24, false, 0, true},
    {"issued after its end, by a wrong clock: a day and an hour left", 30, 25, false, 1, false},
    {"issued in the future, by a clock that is ahead", 1, 25, false, 19, false},
    {"a pod's token, an hour, renewed by the kubelet at 80 %", -1, 1, true, NEVER, false},
    {"the same, the kubelet is dead", -3, -1, true, NEVER, true},
    {"a plugin's token of 15 minutes, as of EKS", 0, 1, true, NEVER, false},
    {"a plugin that does not come to an end", -2, 0, true, NEVER, true},
    {"no end: the secret of a service account", -YEAR, NEVER, false, NEVER, false},
    {"opaque", NEVER, NEVER, false, NEVER, false},
};

static wall_ms at(int hours)
{
	static const int64_t now_ms = INT64_C(1795510800000);
	return hours == NEVER ? WALL_UNKNOWN : (wall_ms){now_ms + (int64_t)hours * 3600000};
}

static void test_rows(void **state)
{
	int wrong = 0;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct credential c = credential_of(at(r->issued), at(r->expires), r->is_renewed);
		if (c.expires.ms == at(r->expires).ms && credential_is_late(c, at(0)) == r->is_late &&
		    (c.renewal.ms - at(r->renewal).ms) / 3600000 == 0)
			continue;
		print_error("%s: renewal after %lld min, %s\n", r->name, (long long)(c.renewal.ms - at(0).ms) / 60000,
		    credential_is_late(c, at(0)) ? "late" : "not late");
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
