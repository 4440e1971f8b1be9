/* Every rule of the configuration, broken once, with the place and the words of its message. */
#include "base/mem.h"
#include "conf_text.h"
#include "config/conf_table.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *text, *mistakes;
} cases[] = {
    /* the file as a whole */
    {"", "1:1: nothing; expected a mapping with the keys spot, poll and pairs\n"},
    {"# only a comment\n", "1:1: nothing; expected a mapping with the keys spot, poll and pairs\n"},
    {"[a]", "1:1: a list; expected a mapping with the keys spot, poll and pairs\n"},
    {"spot", "1:1: a text; expected a mapping with the keys spot, poll and pairs\n"},
    {SPOT, "1:1: pairs: none; expected a list with at least one pair\n"},
    {SPOT "pairs:\n", "2:7: pairs: none; expected a list with at least one pair\n"},
    {SPOT "pairs: []\n", "2:8: pairs: none; expected a list with at least one pair\n"},
    {SPOT "pairs: {name: a}\n", "2:8: pairs: a mapping; expected a list, each item beginning with `-`\n"},
    {SPOT PAIRS "  - x\n", "6:5: pairs[]: a text; expected a mapping of keys to values\n"},
    {SPOT PAIRS "spot: {}\n", "6:1: `spot` is already in line 1; expected each key once\n"},
    {SPOT "poll: {rise: 1, rise: 1}\n" PAIRS, "2:17: `rise` is already in line 2; expected each key once\n"},
    {SPOT "poll: [1]\n" PAIRS, "2:7: poll: a list; expected a mapping of keys to values\n"},
    {SPOT PAIRS "---\nspot: {}\n", "7:1: a second document; expected one per file\n"},
    {"poll: {fall: *p}\n" PAIRS, "1:14: `*p` without a `&p` before it\n"},
    {"poll: &p {fall: *p}\n" PAIRS, "1:17: `*p` inside the value that it stands for\n"},
    {"poll: !x {rise: 1}\n" PAIRS, "1:7: an unknown tag (!); expected a value without it\n"},
    {"poll: {rise: !x 1}\n" PAIRS, "1:14: an unknown tag (!); expected a value without it\n"},
    {"poll: {rise: !!int x}\n" PAIRS, "1:14: `!!int` before a value of another kind\n"},
    {"poll: {<<: 1}\n" PAIRS, "1:12: `<<`: a number; expected a mapping, or a list of mappings\n"},
    {"poll: {<<: {fal: 1}}\n" PAIRS, "1:13: unknown key `fal`; did you mean `fall`?\n"},
    {"poll: {[a]: 1}\n" PAIRS, "1:8: a list as a key; expected a text\n"},
    {"poll: {~: 1}\n" PAIRS, "1:8: nothing as a key; expected a text\n"},
    {"poll: {rise: \"\\0\"}\n" PAIRS, "1:14: poll.rise: bytes that are no text; expected a whole number\n"},
    {"spot: a: b\n", "1:8: not valid YAML: mapping values are not allowed in this context\n"},
    {"spot: {\n",
	"2:1: not valid YAML: did not find expected node content (while parsing a flow "
	"node)\n"},
    {"spot:\n  a: \xff\n", "2:6: not UTF-8 text: invalid leading UTF-8 octet; expected YAML\n"},
    {"\tspot: {}\n",
	"1:1: not valid YAML: found character that cannot start any token (while "
	"scanning for the next token)\n"},

    /* peers */
    {"peers: {urls: [a]}\n" SPOT PAIRS,
	"1:15: urls without token_file; expected token_file, too: the same secret for all peers, such as 32 random "
	"bytes in hex\n"},
    {"peers: {token_file: t}\n" SPOT PAIRS, "1:8: peers without urls; expected urls, too\n"},
    {"peers: {urls: ['http://u:p@a'], token_file: t}\n" SPOT PAIRS,
	"1:15: peers.urls: item 1: a user or password in a URL; credentials come from files; expected "
	"http[s]://host[:port][/path]\n"},

    /* unknown and missing keys */
    {SPOT "pols: {}\n" PAIRS, "2:1: unknown key `pols`; did you mean `poll`?\n"},
    {POLL("intervall: 5s"), "2:8: unknown key `intervall`; did you mean `interval`?\n"},
    {POLL("frequency: 5s"),
	"2:8: unknown key `frequency`; expected one of: interval, inventory_interval, "
	"pod_interval, spot_interval, price_interval, confirm_interval, timeout, fall, rise, unreachable_for, "
	"own_network_window, stale_after, provisioning_late, provisioning_stuck, max_in_flight, anchors\n"},
    {SPOT "interval: 5s\n" PAIRS, "2:1: unknown key `interval` here; it belongs under `poll`\n"},
    {POLL("state_directory: /s"),
	"2:8: unknown key `state_directory` here; it belongs at the top "
	"level, like `pairs`\n"},
    {IN_PAIR("max_nodes: 5"), "6:5: unknown key `max_nodes` here; it belongs under `pairs[].primary`\n"},
    {PRIMARY("cloudspace: a, kubeconfig: /k, tokenfile: x"),
	"4:46: unknown key `tokenfile`; did you mean `token_file`?\n"},
    {SPOT "spot: {}\n" PAIRS, "2:1: `spot` is already in line 1; expected each key once\n"},
    {PRIMARY("cloudspace: a, kubeconfig: '/a:/b:/c:/d:/e:/f:/g:/h:/i:/j:/k:/l:/m:/n:/o:/p:/q'"),
	"4:42: pairs[].primary.kubeconfig: too many files; expected at most 16\n"},
    {"spot: {price_url: 'http://prices/'}\n" PAIRS,
	"1:19: spot.price_url: http:// to another machine would send credentials unencrypted; expected "
	"https:// (http:// is for loopback addresses only)\n"},
    {"spot: {organization: ''}\n" PAIRS,
	"1:22: spot.organization: an empty text; expected a value, or the key left out\n"},
    {SPOT "pairs:\n  - primary: {cloudspace: a, kubeconfig: /k}\n" SIDE_B,
	"3:5: pairs[].name is missing; it is required here\n"},
    {SPOT "pairs:\n  - name: p\n" SIDE_B, "3:5: pairs[].primary is missing; it is required here\n"},
    {SPOT "pairs:\n  - name: p\n    primary: {cloudspace: a, kubeconfig: /k}\n",
	"3:5: pairs[].secondary is missing; it is required here\n"},
    {PRIMARY("kubeconfig: /k"), "4:14: pairs[].primary.cloudspace is missing; it is required here\n"},

    /* values */
    {POLL("interval: 15"), "2:18: poll.interval: `15` has no unit; expected a duration such as 15s\n"},
    {POLL("interval: 1h30"), "2:18: poll.interval: `1h30` has no unit; expected a duration such as 15s\n"},
    {POLL("interval: 5 s"),
	"2:18: poll.interval: `5 s` is not a duration; expected numbers with "
	"units, such as 1h30m or 500ms\n"},
    {POLL("interval: 1m1h"),
	"2:18: poll.interval: `1m1h` is not a duration; expected numbers with "
	"units, such as 1h30m or 500ms\n"},
    {POLL("interval: 1.5s"),
	"2:18: poll.interval: `1.5s` is not a duration; expected numbers with "
	"units, such as 1h30m or 500ms\n"},
    {POLL("interval: -5s"),
	"2:18: poll.interval: `-5s` is not a duration; expected numbers with "
	"units, such as 1h30m or 500ms\n"},
    {POLL("interval: ''"),
	"2:18: poll.interval: `` is not a duration; expected numbers with "
	"units, such as 1h30m or 500ms\n"},
    {POLL("interval: 1us"),
	"2:18: poll.interval: `1us` is not a duration; expected numbers with "
	"units, such as 1h30m or 500ms\n"},
    {SPOT "poll:\n  interval:\n" PAIRS, "3:12: poll.interval: nothing; expected a duration such as 15s\n"},
    {POLL("interval: [5s]"), "2:18: poll.interval: a list; expected a duration such as 15s\n"},
    {POLL("interval: 0s"), "2:18: poll.interval: `0s` is out of range; expected 10ms to 1h\n"},
    {POLL("stale_after: 2d"), "2:21: poll.stale_after: `2d` is out of range; expected 10ms to 1d\n"},
    {POLL("stale_after: 9999999999d"), "2:21: poll.stale_after: `9999999999d` is too long\n"},
    {POLL("fall: 0"), "2:14: poll.fall: `0` is out of range; expected 1 to 100\n"},
    {POLL("fall: 101"), "2:14: poll.fall: `101` is out of range; expected 1 to 100\n"},
    {POLL("rise: -1"), "2:14: poll.rise: `-1` is out of range; expected 1 to 100\n"},
    {POLL("rise: two"), "2:14: poll.rise: `two` is not a number; expected a whole number\n"},
    {POLL("rise: 2.0"), "2:14: poll.rise: `2.0` is not a number; expected a whole number\n"},
    {POLL("rise: 99999999999999999999"), "2:14: poll.rise: `99999999999999999999` is too large\n"},
    {POLL("rise: '2'"), "2:14: poll.rise: a text in quotes; expected a whole number, without quotes\n"},
    {POLL("rise: 010"), "2:14: poll.rise: `010` is octal in YAML; expected a number without a leading zero\n"},
    {POLL("rise: yes"), "2:14: poll.rise: `yes` is not a number; expected a whole number\n"},
    {IN_PAIR("enabled: perhaps"), "6:14: pairs[].enabled: `perhaps` is not a boolean; expected true or false\n"},
    {IN_PAIR("enabled: 1"), "6:14: pairs[].enabled: `1` is not a boolean; expected true or false\n"},
    {SPOT "pairs:\n  - name: 2024\n" SIDES,
	"3:11: pairs[].name: `2024` is a number in YAML; expected a name, in quotes\n"},
    {PRIMARY("cloudspace: a, kubeconfig: /k, context: no"),
	"4:55: pairs[].primary.context: `no` is a boolean in YAML; expected a text, in quotes\n"},
    {IN_PAIR("ignore_taints: [a, on]"),
	"6:20: pairs[].ignore_taints: a boolean as item 2; expected a text, in quotes\n"},
    {IN_PAIR("enabled: \"true\""), "6:14: pairs[].enabled: a text in quotes; expected true or false, without quotes\n"},
    {POLL("anchors: https://a"),
	"2:17: poll.anchors: a text; expected a list of URLs, such as "
	"[https://host/path]\n"},
    {POLL("anchors: ['https://a', b]"),
	"2:17: poll.anchors: item 2: a URL without a scheme; expected https://host[:port][/path]\n"},
    {POLL("anchors: ['https://1', 'https://2', 'https://3', 'https://4', 'https://5', 'https://6', "
	  "'https://7', 'https://8', 'https://9']"),
	"2:17: poll.anchors: 9 items; expected at most 8\n"},
    {SPOT PAIRS "state_directory: ''\n",
	"6:18: state_directory: not a usable path; expected the path of a file, on one line\n"},

    /* extra sides */
    {IN_PAIR("extra: {cloudspace: c}"),
	"6:12: pairs[].extra: a mapping; expected a list, each item beginning with `-`\n"},
    {IN_PAIR("extra: [c]"), "6:13: pairs[].extra[]: a text; expected a mapping of keys to values\n"},
    {IN_PAIR("extra: [{kubeconfig: /l}]"), "6:13: pairs[].extra[].cloudspace is missing; it is required here\n"},
    {IN_PAIR("extra: [{cloudspace: c, kubeconfig: /l, nodes: 3}]"),
	"6:45: unknown key `nodes`; expected one of: cloudspace, kubeconfig, context, token_file, ca_file, "
	"insecure, in_cluster, allow_exec, max_nodes, min_available\n"},
    {IN_PAIR("extra: [{cloudspace: c, kubeconfig: /l, max_nodes: 1, min_available: 2}]"),
	"6:56: max_nodes is 1; expected at least min_available, which is 2\n"},
    {IN_PAIR("extra: [{cloudspace: c}]"),
	"6:13: no way to verify this cluster; expected kubeconfig, "
	"ca_file or insecure: true\n"},
    {IN_PAIR("extra: [{cloudspace: c, kubeconfig: /1}, {cloudspace: d, kubeconfig: /2}, {cloudspace: e, "
	     "kubeconfig: /3}, {cloudspace: f, kubeconfig: /4}, {cloudspace: g, kubeconfig: /5}]"),
	"6:145: pairs[].extra: 5 items; expected at most 4 sides\n"},
    {IN_PAIR("extra: [{cloudspace: b, kubeconfig: /l}]"),
	"6:26: cloudspace `b` is already the secondary, in line 5; expected another one\n"},
    {IN_PAIR("extra: [{cloudspace: c, kubeconfig: /l}, {cloudspace: c, kubeconfig: /m}]"),
	"6:59: cloudspace `c` is already an extra side, in line 6; expected another one\n"},
    {IN_PAIR("extra: [{cloudspace: c, kubeconfig: /k, context: a}]"),
	"6:41: the same kubeconfig and context as in line 4; expected another cluster\n"},
    {IN_PAIR("ignore_taints: spot"), "6:20: pairs[].ignore_taints: a text; expected a list of texts, such as [a, b]\n"},
    {IN_PAIR("ignore_taints: [a, {}]"), "6:20: pairs[].ignore_taints: a mapping as item 2; expected a text\n"},
    {IN_PAIR("ignore_taints: [a, '']"),
	"6:20: pairs[].ignore_taints: item 2: an empty text; expected a value, or the key left out\n"},
    {IN_PAIR("runners: {namespace: Arc}"),
	"6:26: pairs[].runners.namespace: `Arc` is not a namespace name; expected 1 to 63 lower-case "
	"letters, digits or `-`\n"},
    {IN_PAIR("argocd: {namespace: a.b}"),
	"6:25: pairs[].argocd.namespace: `a.b` is not a namespace name; expected 1 to 63 lower-case "
	"letters, digits or `-`\n"},
    {SPOT "pairs:\n  - name: a b\n" SIDES,
	"3:11: pairs[].name: `a b` is not a usable name; expected 1 to 63 letters, digits, `.`, `_` "
	"or `-`\n"},
    {SPOT "pairs:\n  - name: " A63 "a\n" SIDES,
	"3:11: pairs[].name: `(64 characters, not shown)` is not a usable name; expected 1 to 63 "
	"letters, digits, `.`, `_` or `-`\n"},
    {IN_PAIR("argocd: {namespace: " A63 "a}"),
	"6:25: pairs[].argocd.namespace: `(64 characters, not shown)` is not a namespace name; expected 1 "
	"to 63 lower-case letters, digits or `-`\n"},
    {PRIMARY("cloudspace: a." A63 "a, kubeconfig: /k"),
	"4:27: pairs[].primary.cloudspace: `a." A63 "a` is not a cloudspace name; "
	"expected a-z, 0-9, `-` and `.`\n"},
    {PRIMARY("cloudspace: " A63 "." A63 "." A63 "." A63 ", kubeconfig: /k"),
	"4:27: pairs[].primary.cloudspace: `" A63
	".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa... (255 bytes)` is not a cloudspace name; "
	"expected a-z, 0-9, `-` and `.`\n"},
    {PRIMARY("cloudspace: -a, kubeconfig: /k"),
	"4:27: pairs[].primary.cloudspace: `-a` is not a cloudspace name; expected a-z, 0-9, `-` "
	"and `.`\n"},
    {PRIMARY("cloudspace: a..b, kubeconfig: /k"),
	"4:27: pairs[].primary.cloudspace: `a..b` is not a cloudspace name; expected a-z, 0-9, `-` "
	"and `.`\n"},
    {PRIMARY("cloudspace: a, kubeconfig: ~/.kube/config"),
	"4:42: pairs[].primary.kubeconfig: `~` is not expanded; expected the whole path\n"},
    {PRIMARY("cloudspace: a, kubeconfig: \"a\\nb\""),
	"4:42: pairs[].primary.kubeconfig: not a usable path; expected the path of a file, on one "
	"line\n"},
    {PRIMARY("cloudspace: a, kubeconfig: /k, max_nodes: 2, min_available: 3"),
	"4:57: max_nodes is 2; expected at least min_available, which is 3\n"},

    /* how a side is reached */
    {PAIRS "  - name: q\n    primary: {cloudspace: a, insecure: true}\n" SIDE_B,
	"6:14: no way to reach this cluster; expected kubeconfig or in_cluster: true here, or `spot:` in the file\n"},
    {PRIMARY("cloudspace: a"), "4:14: no way to verify this cluster; expected kubeconfig, ca_file or insecure: true\n"},
    {PRIMARY("cloudspace: a, in_cluster: true, kubeconfig: /k, ca_file: /c, insecure: false"),
	"4:48: kubeconfig together with in_cluster: true; expected only one of them\n"
	"4:64: ca_file together with in_cluster: true; expected only one of them\n"},
    {SPOT "pairs:\n  - name: p\n    primary: {cloudspace: a, in_cluster: true}\n"
	  "    secondary: {cloudspace: b, in_cluster: true}\n",
	"5:44: in_cluster as in line 4; expected another cluster\n"},
    {PRIMARY("cloudspace: a, allow_exec: true, insecure: true"),
	"4:30: allow_exec without kubeconfig; expected a kubeconfig, too\n"},
    {PRIMARY("cloudspace: a, kubeconfig: '/k:~/.kube/config'"),
	"4:42: pairs[].primary.kubeconfig: `~` is not expanded; expected the whole path\n"},
    {PRIMARY("cloudspace: a, insecure: false"),
	"4:40: no way to verify this cluster; expected kubeconfig, ca_file or insecure: true\n"},
    {PRIMARY("cloudspace: a, ca_file: /c, insecure: true"),
	"4:53: insecure: true contradicts ca_file in line 4; expected one of them\n"},
    {PRIMARY("cloudspace: a, ca_file: /c, token_file: /t"),
	"4:43: token_file without kubeconfig; expected a kubeconfig, too\n"},
    {PRIMARY("cloudspace: a, ca_file: /c, context: x"),
	"4:43: context without kubeconfig; expected a kubeconfig, too\n"},

    /* between keys */
    {SPOT PAIRS "  - name: q\n" SIDES "  - name: prod\n" SIDES,
	"9:11: pair `prod` is already in line 3; expected each name once\n"},
    {PRIMARY("cloudspace: b, kubeconfig: /k"),
	"5:29: cloudspace `b` is already the primary, in line 4; expected another one\n"},
    {PRIMARY("cloudspace: a, kubeconfig: /k, context: b"),
	"5:44: the same kubeconfig and context as in line 4; expected another cluster\n"},
    {POLL("confirm_interval: 6s"),
	"2:26: poll.interval is 5s; expected at least poll.confirm_interval, which is 6s: "
	"a confirmation comes sooner than the next regular probe\n"},
    {POLL("interval: 500ms"),
	"2:18: poll.interval is 500ms; expected at least poll.confirm_interval, which is 1s: "
	"a confirmation comes sooner than the next regular probe\n"},
    {POLL("interval: 31s"),
	"2:18: poll.spot_interval is 30s; expected at least poll.interval, which is 31s: a side's "
	"health must be polled at least as often as Spot\n"},
    {POLL("unreachable_for: 60s"),
	"2:25: poll.unreachable_for is 1m; expected more than poll.own_network_window, which is "
	"1m: otherwise one early answer would confirm our own network for the whole time\n"},
    {POLL("spot_interval: 45s"),
	"2:23: poll.unreachable_for is 1m30s; expected more than poll.own_network_window, which is "
	"1m30s: otherwise one early answer would confirm our own network for the whole time\n"},
    {POLL("own_network_window: 29s"),
	"2:28: poll.own_network_window is 29s; expected at least poll.spot_interval, which is 30s: "
	"otherwise Spot cannot confirm our own network without gaps\n"},
    {"poll: {own_network_window: 4s}\n" PAIRS,
	"1:28: poll.own_network_window is 4s; expected at least poll.interval, which is 5s: "
	"otherwise the other side cannot confirm our own network without gaps\n"},
    {POLL("interval: 30s, unreachable_for: 61s, stale_after: 89s"),
	"2:58: poll.stale_after is 1m29s; expected at least 3 x poll.interval, which is 30s: two "
	"lost probes must not make a side UNKNOWN\n"},
    {POLL("spot_interval: 1m, own_network_window: 1m, unreachable_for: 90s, stale_after: 119s"),
	"2:86: poll.stale_after is 1m59s; expected at least 2 x poll.spot_interval, which is 1m: "
	"one lost round at Spot must not make a side UNKNOWN\n"},
    {POLL("timeout: 5m"),
	"2:17: poll.stale_after is 5m; expected more than poll.timeout, which is 5m: one slow "
	"probe must not make a side UNKNOWN\n"},
    {POLL("unreachable_for: 5m"),
	"2:25: poll.stale_after is 5m; expected more than poll.unreachable_for, which is 5m: "
	"otherwise a side becomes UNKNOWN before it can become DOWN\n"},
};

static void test_mistakes(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		wrong += !has_mistakes(cases[i].text, cases[i].mistakes);
	assert_int_equal(wrong, 0);
}

static void test_urls(void **state)
{
	static const struct {
		const char *url, *mistake; /* NULL: fine */
	} urls[] = {
	    {"https://spot.rackspace.com", NULL},
	    {"HTTPS://10.0.0.1:6443/a/b/", NULL},
	    {"http://[::1]:80", NULL},
	    {"http://spot.rackspace.com", "unencrypted"},
	    {"https://me:hunter2@host", "a user or password"},
	    {"https://h:0", "a port that is not from 1 to 65535"},
	    {"https://h/?token=hunter2", "a query (`?`)"},
	    {"https://h/\\r\\nx", "a control character or line break"},
	    {"ftp://h", "the scheme `ftp`"},
	    {"spot.rackspace.com", "a URL without a scheme"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		char text[512];
		snprintf(text, sizeof text, "spot: {refresh_token_file: t, auth_url: \"%s\"}\n" PAIRS, urls[i].url);
		struct buf all = mistakes_in(text, strlen(text));
		const char *mistake = urls[i].mistake;
		if (mistake ? !strstr(buf_text(&all), mistake) : all.len > 0)
			fail_msg("%s: %s", urls[i].url, buf_text(&all));
		assert_null(strstr(buf_text(&all), "hunter2"));
		if (mistake)
			assert_memory_equal(buf_text(&all), "1:41: spot.auth_url: ", 21);
		buf_fini(&all);
	}
}

/* One pass names everything, each mistake once, with its own place. */
static void test_all_at_once(void **state)
{
	(void)state;
	assert_true(has_mistakes("spot:\n"
				 "  refresh_token_fil: /etc/hawatch/spot-token\n"
				 "  api_url: http://spot.rackspace.com\n"
				 "poll:\n"
				 "  interval: 15\n"
				 "  timeout: 10s\n"
				 "  timeout: 20s\n"
				 "  fall: \"3\"\n"
				 "  confirm_interval: 31s\n"
				 "pairs:\n"
				 "  - name: a\n"
				 "    primary: {cloudspace: Foo, kubeconfig: ~/x}\n"
				 "    enabled: maybe\n"
				 "  - name: a\n"
				 "    primary: {cloudspace: a, kubeconfig: k}\n"
				 "    secondary: {cloudspace: a, kubeconfig: k, insecure: true, ca_file: x}\n"
				 "  -\n",
	    "7:3: `timeout` is already in line 6; expected each key once\n"
	    "3:12: spot.api_url: http:// to another machine would send credentials unencrypted; "
	    "expected https:// (http:// is for loopback addresses only)\n"
	    "2:3: unknown key `refresh_token_fil`; did you mean `refresh_token_file`?\n"
	    "5:13: poll.interval: `15` has no unit; expected a duration such as 15s\n"
	    "8:9: poll.fall: a text in quotes; expected a whole number, without quotes\n"
	    "13:14: pairs[].enabled: `maybe` is not a boolean; expected true or false\n"
	    "12:27: pairs[].primary.cloudspace: `Foo` is not a cloudspace name; expected a-z, 0-9, "
	    "`-` and `.`\n"
	    "12:44: pairs[].primary.kubeconfig: `~` is not expanded; expected the whole path\n"
	    "11:5: pairs[].secondary is missing; it is required here\n"
	    "17:4: pairs[].name is missing; it is required here\n"
	    "17:4: pairs[].primary is missing; it is required here\n"
	    "17:4: pairs[].secondary is missing; it is required here\n"
	    "16:57: insecure: true contradicts ca_file in line 16; expected one of them\n"
	    "16:29: cloudspace `a` is already the primary, in line 15; expected another one\n"
	    "14:11: pair `a` is already in line 11; expected each name once\n"));
}

static void test_more_mistakes_than_room(void **state)
{
	(void)state;
	struct buf text = buf_of(1 << 16);
	struct errs errs = {0};
	buf_puts(&text, PAIRS);
	for (int i = 0; i < 100; i++)
		buf_printf(&text, "zz%d: 1\n", i);
	assert_null(conf_parse(FILE_NAME, text.data, text.len, &errs));
	assert_int_equal(errs.count, 100);
	buf_fini(&text);
}

/* Whatever is pasted wherever: a message never repeats it. */
static void test_secrets_are_not_repeated(void **state)
{
	static const char *const secrets[] = {
	    "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjB9.c2lnbmF0dXJl",
	    "eyJhbGci",
	    "v1.Mr0tT4vNAbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_abcdefghijk",
	    "Zx81AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdef",
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	    "-----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2VwBCIEIA",
	};
	(void)state;
	for (size_t s = 0; s < sizeof secrets / sizeof *secrets; s++) {
		char start[24]; /* nor a good part of it */
		snprintf(start, sizeof start, "%.*s", (int)sizeof start - 1, secrets[s]);
		for (size_t i = 0; i < conf_key_count; i++) {
			const char *path = conf_key_table[i].path;
			const char *dot = strrchr(path, '.'), *key = dot ? dot + 1 : path;
			char text[1024];
			/* Duplicate, misplaced or unknown as it comes: any message will do. */
			snprintf(text, sizeof text,
			    "spot: {%s: \"%s\"}\npoll: {%s: \"%s\", \"%s\": 1, \"%s\": 2}\n"
			    "pairs:\n  - {%s: \"%s\", primary: {%s: \"%s\", x: 1}, secondary: "
			    "{}}\n",
			    key, secrets[s], key, secrets[s], secrets[s], secrets[s], key, secrets[s], key, secrets[s]);
			struct buf all = mistakes_in(text, strlen(text));
			if (strstr(buf_text(&all), start))
				fail_msg("%s repeats a secret:\n%s", path, buf_text(&all));
			buf_fini(&all);
		}
	}
	assert_true(has_mistakes("spot: {refresh_token_file: eyJhbGciOi.J9.x}\n" PAIRS,
	    "1:28: spot.refresh_token_file: this looks like a secret (15 characters, not "
	    "shown); expected the path of the file with the secret, such as ./NAME\n"));
}

static void test_size_and_depth_are_bounded(void **state)
{
	(void)state;
	size_t len = YAML_BYTES_MAX + 1;
	char *text = mem_zeroed(len, 1);
	memset(text, '#', len);
	struct buf all = mistakes_in(text, len);
	assert_string_equal(buf_text(&all), " larger than 8 MiB; expected a YAML file\n");
	buf_fini(&all);
	all = mistakes_in(text, len - 1);
	assert_string_equal(buf_text(&all), "1:1: nothing; expected a mapping with the keys spot, poll and pairs\n");
	buf_fini(&all);
	memset(text, '[', len);
	all = mistakes_in(text, len - 1);
	assert_string_equal(buf_text(&all), "1:257: more than 256 levels deep\n");
	buf_fini(&all);
	free(text);

	struct buf keys = buf_of(1 << 20);
	for (int i = 0; i <= YAML_KEYS_MAX; i++)
		buf_printf(&keys, "k%d: 1\n", i);
	all = mistakes_in(keys.data, keys.len);
	assert_string_equal(buf_text(&all), "1025:1: a mapping with more than 1024 keys\n");
	buf_fini(&all);
	buf_fini(&keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mistakes),
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_all_at_once),
	    cmocka_unit_test(test_more_mistakes_than_room),
	    cmocka_unit_test(test_secrets_are_not_repeated),
	    cmocka_unit_test(test_size_and_depth_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
