/* Which names a request's Host may have. tests/e2e/sockets.sh asks a daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/web_hosts.h"

#include <stdio.h>
#include <string.h>

static void may_ask(const struct web_hosts *hosts, const char *host, bool is_right)
{
	if (web_hosts_allow(hosts, host) != is_right)
		fail_msg("%s: %s", host, is_right ? "refused" : "allowed");
}

static void test_names(void **state)
{
	static const char *const allowed[] = {"", "localhost", "LocalHost.", "localhost:29164", "0.0.0.0", "10.1.2.3:1",
	    "[::]", "[2001:DB8::1]:65535", "[::ffff:10.0.0.1]", "[fe80::1%eth0]:1", "mon.example", "MON.example.:443",
	    "a_b"};
	static const char *const refused[] = {"mon.example.evil.example", "evil.example", "xmon.example",
	    "mon.example/", "mon.example@evil", "localhost:x", "localhost:1:1", "[::1", "[::1]evil", "[evil]", "[]",
	    "[", "]", ":", ":80", ".", "..", " localhost", "localhost ", "127.1", "0x7f000001", "2130706433",
	    "127.0.0.1.evil.example", "::1", "256.0.0.1", "01.2.3.4.5"};
	struct web_hosts hosts = {0};
	struct err e;
	(void)state;
	assert_true(web_hosts_add(&hosts, "mon.example:443", &e));
	assert_true(web_hosts_add(&hosts, "a_b", &e));
	assert_true(web_hosts_allow(&hosts, NULL));
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		may_ask(&hosts, allowed[i], true);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		may_ask(&hosts, refused[i], false);
	assert_true(web_hosts_add(&hosts, "*", &e));
	may_ask(&hosts, "evil.example", true);
}

/* An address with many places, and a name that has no end. */
static void test_lengths(void **state)
{
	struct web_hosts hosts = {0};
	struct err e;
	char name[1000];
	(void)state;
	for (size_t len = 1; len < sizeof name; len++) {
		memset(name, 'a', len);
		name[len] = '\0';
		may_ask(&hosts, name, false);
		*name = '[';
		may_ask(&hosts, name, false);
		name[len - 1] = ']';
		may_ask(&hosts, name, false);
		name[len - 1] = ':';
		*name = 'a';
		may_ask(&hosts, name, false);
	}
	memset(name, 'a', WEB_HOST_MAX_BYTES);
	name[WEB_HOST_MAX_BYTES] = '\0';
	assert_true(web_hosts_add(&hosts, name, &e));
	may_ask(&hosts, name, true);
	name[WEB_HOST_MAX_BYTES] = 'a';
	name[WEB_HOST_MAX_BYTES + 1] = '\0';
	assert_false(web_hosts_add(&hosts, name, &e));
}

static void test_add(void **state)
{
	static const char *const bad[] = {"", "http://h", "a b", "h/", "ü", "*.example", "[h]", ":1", "."};
	struct web_hosts hosts = {0};
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (web_hosts_add(&hosts, bad[i], &e))
			fail_msg("added: %s", bad[i]);
	assert_true(web_hosts_add(&hosts, "127.0.0.1:29164", &e) && web_hosts_add(&hosts, "localhost", &e));
	assert_int_equal(hosts.count, 0);
	for (int i = 0; i < WEB_HOSTS_MAX; i++) {
		char name[16];
		snprintf(name, sizeof name, "h%d", i);
		assert_true(web_hosts_add(&hosts, name, &e) && web_hosts_add(&hosts, name, &e));
	}
	assert_false(web_hosts_add(&hosts, "one-more", &e));
	assert_string_equal(e.text, "at most 32 names");
	assert_false(web_hosts_allow(&hosts, "one-more"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_lengths),
	    cmocka_unit_test(test_add),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
