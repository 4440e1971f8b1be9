/* A report as text and as JSON, and what hawatch's doctor says of a view. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_view.h"
#include "base/text.h"
#include "render/doctor.h"

static void add(struct report *r, enum report_result result, const char *side, const char *thing, const char *message,
    const char *remedy, const char *command)
{
	report_add(r,
	    &(struct report_line){result, side ? "prod" : NULL, (char *)(uintptr_t)side, (char *)(uintptr_t)thing,
		(char *)(uintptr_t)message, (char *)(uintptr_t)remedy, (char *)(uintptr_t)command});
}

static void is_text(const struct report *r, size_t width, const char *expected)
{
	struct buf out = buf_of(1 << 20);
	report_put_text(r, width, NULL, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_fini(&out);
}

static void words_are_broken_between_lines_and_commands_can_be_copied(void **state)
{
	struct report r = {0};
	(void)state;
	add(&r, REPORT_OK, NULL, "name", "one two three four five six seven eight nine", NULL, NULL);
	add(&r, REPORT_FAIL, "primary", "nodes", "denied", "It needs a right.", "kubectl --context a apply -k .");
	is_text(&r, 54,
	    "shared by all pairs\n"
	    "  ok   name   one two three four five six seven eight\n"
	    "              nine\n"
	    "\n"
	    "prod primary\n"
	    "  FAIL nodes  denied\n"
	    "              It needs a right.\n"
	    "       kubectl --context a apply -k .\n");
	/* On a narrow screen messages stand below, and no line is longer. */
	is_text(&r, 24,
	    "shared by all pairs\n"
	    "  ok   name\n"
	    "       one two three\n"
	    "       four five six\n"
	    "       seven eight nine\n"
	    "\n"
	    "prod primary\n"
	    "  FAIL nodes\n"
	    "       denied\n"
	    "       It needs a right.\n"
	    "       kubectl \\\n"
	    "       --context a \\\n"
	    "       apply -k .\n");
	assert_int_equal(report_worst(&r), REPORT_FAIL);
	report_fini(&r);
}

/* The backslash at the end of a line must not come into a quoted word, and no space may be lost. */
static void a_quoted_word_of_a_command_stays_whole(void **state)
{
	struct report r = {0};
	struct buf command = buf_of(200);
	(void)state;
	buf_puts(&command, "kubectl --context ");
	text_put_shell_word(&command, "it's  $(a) b c d");
	buf_puts(&command, " get nodes");
	add(&r, REPORT_FAIL, "primary", "nodes", "denied", NULL, buf_text(&command));
	is_text(&r, 24,
	    "prod primary\n"
	    "  FAIL nodes\n"
	    "       denied\n"
	    "       kubectl \\\n"
	    "       --context \\\n"
	    "       'it'\\''s  $(a) b c d' \\\n"
	    "       get nodes\n");
	buf_fini(&command);
	report_fini(&r);
}

static void what_is_skipped_is_no_failure(void **state)
{
	struct report r = {0};
	(void)state;
	assert_int_equal(report_worst(&r), REPORT_OK);
	add(&r, REPORT_SKIP, NULL, "prices", "not asked", NULL, NULL);
	assert_int_equal(report_worst(&r), REPORT_OK);
	add(&r, REPORT_WARN, NULL, "clock", "off", NULL, NULL);
	assert_int_equal(report_worst(&r), REPORT_WARN);
	report_fini(&r);
}

static void a_word_that_is_longer_than_a_line_is_broken_between_characters(void **state)
{
	struct report r = {0};
	(void)state;
	add(&r, REPORT_OK, NULL, "a", "abcdef\u00e4\u00e4xyz", NULL, NULL);
	is_text(&r, 14,
	    "shared by all pairs\n"
	    "  ok   a\n"
	    "       abcdef\u00e4\n"
	    "       \u00e4xyz\n");
	report_fini(&r);
}

/* A server may send anything in its error. */
static void what_must_not_be_shown_is_not(void **state)
{
	struct report r = {0};
	(void)state;
	add(&r, REPORT_FAIL, NULL, "a", "\033[2Jgone\nFAIL b", NULL, NULL);
	is_text(&r, 80,
	    "shared by all pairs\n"
	    "  FAIL a  ?[2Jgone FAIL b\n");
	report_fini(&r);
}

/* A scene that was reached over TLS. */
struct reached {
	struct scene *s;
	struct reach reach[SIDES];
	struct view_spot spot;
};

static struct reach some_reach(void)
{
	struct reach r = {.at = at_nine, .answer = {POLL_OK, 200}, .step = REACH_ANSWERED};
	r.connection = (struct connection){.is_new = true,
	    .has_tls = true,
	    .step = REACH_SECURED,
	    .lookup_ms = 2,
	    .connect_ms = 11,
	    .tls_ms = 24,
	    .address = "203.0.113.7:443",
	    .issuer = "Example Root",
	    .expires = {at_nine.ms + 86400000LL * 40}};
	return r;
}

static void ends(struct reach *r, enum poll_reason reason, int status, enum reach_step step, const char *detail)
{
	r->answer = (struct answer){reason, status};
	r->step = status ? REACH_ANSWERED : step;
	snprintf(r->detail, sizeof r->detail, "%s", detail);
}

static struct reached *begin(void)
{
	struct reached *it = calloc(1, sizeof *it);
	it->s = calloc(1, sizeof *it->s);
	scene_fill(it->s);
	for (int id = 0; id < SIDES; id++) {
		it->reach[id] = some_reach();
		it->s->vpair.side[id].reach = &it->reach[id];
	}
	it->spot = (struct view_spot){.api_url = "https://spot.example.com",
	    .auth_url = "https://login.example.com",
	    .token_file = "/etc/hawatch/spot-token",
	    .namespace = "org-abc",
	    .whose = "ops@example.com",
	    .names = "matchpoint-runners\nmatchpoint-runners-2\n",
	    .name_count = 2,
	    .has_token = true,
	    .token = some_reach(),
	    .cloudspaces = some_reach(),
	    .nodepools = some_reach()};
	it->s->view.has_spot = true;
	it->s->view.spot = &it->spot;
	return it;
}

static void end(struct reached *it)
{
	free(it->s);
	free(it);
}

static struct report report_of(struct reached *it)
{
	struct report r = {0};
	it->s->figures = view_figures(&it->s->vpair);
	doctor_put_shared(&it->s->view, &r);
	doctor_put_pair(&it->s->view, &it->s->vpair, &it->s->figures, &r);
	return r;
}

#define WHOLE_PAIR ""

/* The line of a thing, of the side, or of the pair; NULL: of what is shared. */
static const struct report_line *line_of(const struct report *r, const char *side, const char *thing)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->v[i].thing, thing) == 0 && !side == !r->v[i].pair &&
		    (!side || strcmp(r->v[i].side ? r->v[i].side : WHOLE_PAIR, side) == 0))
			return &r->v[i];
	return NULL;
}

static void says(struct reached *it, const char *side, const char *thing, enum report_result result,
    const char *message, const char *remedy, const char *command)
{
	struct report r = report_of(it);
	const struct report_line *line = line_of(&r, side, thing);
	if (!line) {
		print_message("no line %s\n", thing);
		fail_msg("no such line");
	}
	assert_string_equal(line->message, message);
	assert_int_equal(line->result, result);
	assert_string_equal(line->remedy ? line->remedy : "", remedy);
	assert_string_equal(line->command ? line->command : "", command);
	report_fini(&r);
}

static void lacks(struct reached *it, const char *side, const char *thing)
{
	struct report r = report_of(it);
	assert_null(line_of(&r, side, thing));
	report_fini(&r);
}

static void what_is_well_has_no_remedy(void **state)
{
	struct reached *it = begin();
	(void)state;
	struct report r = report_of(it);
	for (size_t i = 0; i < r.count; i++) {
		assert_null(r.v[i].remedy);
		assert_null(r.v[i].command);
		assert_in_range(r.v[i].result, REPORT_OK, REPORT_SKIP);
	}
	report_fini(&r);
	says(it, NULL, "login name", REPORT_OK, "login.example.com is found at 203.0.113.7:443, in 2 ms", "", "");
	says(it, NULL, "login connection", REPORT_OK, "opened in 11 ms", "", "");
	says(it, NULL, "login TLS", REPORT_OK,
	    "the certificate is good, signed by Example Root, until 2027-01-02T21:00:00Z (40 d left)", "", "");
	says(it, NULL, "cloudspaces", REPORT_OK, "2: matchpoint-runners, matchpoint-runners-2", "", "");
	says(it, "primary", "nodes", REPORT_OK, "12, 10 of them available", "", "");
	end(it);
}

/* Of each step that fails nothing behind it is said. */
static void a_connection_fails_at_its_step(void **state)
{
	struct reached *it = begin();
	(void)state;
	ends(&it->spot.token, POLL_DNS, 0, REACH_NOTHING, "Could not resolve host");
	it->spot.has_token = false;
	says(it, NULL, "login name", REPORT_FAIL, "Could not resolve host",
	    "Is login.example.com in spot.auth_url right, and can this machine look up names?",
	    "getent hosts login.example.com");
	lacks(it, NULL, "login connection");
	says(it, NULL, "cloudspaces", REPORT_SKIP, "not known: without a token Spot lists nothing", "", "");

	ends(&it->reach[0], POLL_CONNECT, 0, REACH_NAME_FOUND, "refused");
	says(it, "primary", "connection", REPORT_FAIL, "refused",
	    "Is hcp-0.spot.rackspace.com:443 in the kubeconfig's server right, and does a firewall let this machine "
	    "through?",
	    "curl -sv -o /dev/null https://hcp-0.spot.rackspace.com");
	lacks(it, "primary", "nodes");
	ends(&it->reach[0], POLL_TLS, 0, REACH_CONNECTED, "self-signed");
	says(it, "primary", "TLS", REPORT_FAIL, "self-signed",
	    "If the certificate is the right one, set ca_file of this side to a file with the CA that signed it.",
	    "openssl s_client -connect hcp-0.spot.rackspace.com:443 -showcerts </dev/null");
	ends(&it->reach[0], POLL_TIMEOUT, 0, REACH_CONNECTED, "too slow");
	says(it, "primary", "TLS", REPORT_FAIL, "too slow",
	    "The server takes connections and does not begin TLS. Is hcp-0.spot.rackspace.com:443 in the kubeconfig's "
	    "server right?",
	    "openssl s_client -connect hcp-0.spot.rackspace.com:443 -showcerts </dev/null");
	ends(&it->reach[0], POLL_TIMEOUT, 0, REACH_SECURED, "too slow");
	says(it, "primary", "answer", REPORT_FAIL, "too slow",
	    "The server takes connections and does not answer. If it is only slow, raise poll.timeout.",
	    "curl -sv -o /dev/null https://hcp-0.spot.rackspace.com");
	end(it);
}

static void a_refused_credential_hides_the_lists_behind_it(void **state)
{
	struct reached *it = begin();
	(void)state;
	ends(&it->reach[1], POLL_AUTH, 401, REACH_ANSWERED, "HTTP status 401: Unauthorized");
	says(it, "secondary", "credential", REPORT_FAIL, "refused: HTTP status 401: Unauthorized",
	    "It has expired, or is of another cluster. A token that renews itself: man hawatch-credentials. For a day:",
	    "kubectl --context matchpoint-runners-2 -n hawatch create token hawatch --duration=24h");
	lacks(it, "secondary", "nodes");
	ends(&it->spot.token, POLL_AUTH, 403, REACH_ANSWERED, "HTTP status 403: no");
	says(it, NULL, "credential", REPORT_FAIL, "HTTP status 403: no",
	    "Spot refuses the refresh token. Make a new one (console: API Access) and paste it into:",
	    "sudo install -m 640 -g hawatch /dev/stdin /etc/hawatch/spot-token");
	it->s->vpair.side[0].credential_problem = "/etc/hawatch/a.token: No such file or directory";
	says(it, "primary", "credential", REPORT_FAIL,
	    "nothing is sent: /etc/hawatch/a.token: No such file or directory",
	    "See the files of this side in the configuration, and hawatchd --config.check.", "");
	end(it);
}

static void deny(struct inventory *i, enum inventory_part part)
{
	i->part[part] = (struct part){.status = 403, .problem = "HTTP status 403: forbidden"};
}

static void a_missing_right_is_named_with_the_command_that_gives_it(void **state)
{
	struct reached *it = begin();
	struct inventory *i = &it->s->inventory[PRIMARY];
	(void)state;
	it->s->vpair.runner_namespace = "arc-runners";
	it->s->vpair.argocd_namespace = "argocd";
	deny(i, PART_RUNNERS);
	deny(i, PART_APPLICATIONS);
	says(it, "primary", "ephemeralrunners", REPORT_WARN, "HTTP status 403: forbidden",
	    "This account needs the verb list on ephemeralrunners.actions.github.com in the namespace arc-runners. The "
	    "account hawatch has it after:",
	    HAWATCH_SHARE "/kubernetes/watched/apply.sh --context matchpoint-runners");
	says(it, "primary", "applications", REPORT_WARN, "HTTP status 403: forbidden",
	    "Needs list on applications.argoproj.io; the command above gives it, too.", "");
	i->part[PART_PODS] = (struct part){.is_off = true};
	says(it, "primary", "pods", REPORT_SKIP, "not asked: poll.pod_interval is 0", "", "");
	i->part[PART_RUNNERS] = (struct part){.is_not_installed = true, .status = 404, .problem = "404"};
	says(it, "primary", "ephemeralrunners", REPORT_SKIP,
	    "not installed: the cluster has no ephemeralrunners.actions.github.com", "", "");
	i->part[PART_RUNNERS] = (struct part){.status = 404, .problem = "namespace arc-runners does not exist"};
	says(it, "primary", "ephemeralrunners", REPORT_WARN, "namespace arc-runners does not exist",
	    "If yours has another name, set it for the pair: runners.namespace, runners.controller_namespace, "
	    "argocd.namespace.",
	    "");
	ends(&it->reach[0], POLL_AUTH, 403, REACH_ANSWERED, "HTTP status 403: forbidden");
	says(it, "primary", "nodes", REPORT_FAIL, "HTTP status 403: forbidden",
	    "This account needs the verb list on nodes in all of the cluster. The account hawatch has it after:",
	    HAWATCH_SHARE "/kubernetes/watched/apply.sh --context matchpoint-runners");
	end(it);
}

/* A context may have any name, and commands are pasted into a shell. */
static void names_in_a_command_are_quoted(void **state)
{
	struct reached *it = begin();
	(void)state;
	it->s->vpair.side[0].context = "a b;`reboot`";
	ends(&it->reach[0], POLL_AUTH, 403, REACH_ANSWERED, "HTTP status 403: forbidden");
	says(it, "primary", "nodes", REPORT_FAIL, "HTTP status 403: forbidden",
	    "This account needs the verb list on nodes in all of the cluster. The account hawatch has it after:",
	    HAWATCH_SHARE "/kubernetes/watched/apply.sh --context 'a b;`reboot`'");
	it->s->vpair.side[0].endpoint = "https://[::1]:6443/$(reboot)";
	ends(&it->reach[0], POLL_CONNECT, 0, REACH_NAME_FOUND, "refused");
	says(it, "primary", "connection", REPORT_FAIL, "refused",
	    "Is [::1]:6443 in the kubeconfig's server right, and does a firewall let this machine through?",
	    "curl -sv -o /dev/null 'https://[::1]:6443/$(reboot)'");
	end(it);
}

static void a_wrong_name_gets_the_likely_one(void **state)
{
	struct reached *it = begin();
	(void)state;
	it->s->vpair.side[SECONDARY].cloudspace = NULL;
	it->s->vpair.side[SECONDARY].name = "matchpoint-runner-2";
	says(it, "secondary", "cloudspace", REPORT_FAIL, "matchpoint-runner-2: not among the 2 that Spot lists",
	    "Did you mean matchpoint-runners-2? Set cloudspace of this side.", "");
	it->s->vpair.side[SECONDARY].name = "something-else";
	says(it, "secondary", "cloudspace", REPORT_FAIL, "something-else: not among the 2 that Spot lists",
	    "Set cloudspace of this side to one of them, or spot.organization to the right one.", "");
	it->spot.names = "";
	it->spot.name_count = 0;
	says(it, NULL, "cloudspaces", REPORT_WARN, "the list is read, and is empty",
	    "Is the refresh token of the organization that has the cloudspaces? See spot.organization.", "");
	ends(&it->spot.cloudspaces, POLL_HTTP_5XX, 503, REACH_ANSWERED, "HTTP status 503");
	says(it, "secondary", "cloudspace", REPORT_SKIP, "something-else: not known, Spot's list cannot be read", "",
	    "");
	end(it);
}

static void each_peer_has_a_line(void **state)
{
	static const char silent[] = "Does it run, and has it the same peers.token_file? Until it answers, maintenance "
				     "windows are refused without --force.";
	struct reached *it = begin();
	struct view_peer peers[] = {{.address = "10.0.0.7:29164", .host = "hawatch-1", .is_up = true}};
	(void)state;
	it->s->view.has_peers = true;
	it->s->view.peers = peers;
	it->s->view.peer_count = 1;
	it->s->vpair.peers[0] = PEER_AGREES;
	says(it, NULL, "peer", REPORT_OK, "10.0.0.7:29164 (hawatch-1) answers", "", "");
	says(it, WHOLE_PAIR, "peer windows", REPORT_OK, "10.0.0.7:29164 has the same maintenance windows", "", "");
	it->s->vpair.peers[0] = PEER_DISAGREES;
	says(it, WHOLE_PAIR, "peer windows", REPORT_WARN, "10.0.0.7:29164 has other maintenance windows",
	    "End the window that is wrong. What this daemon has:", "hawatch maintenance status --pair prod");
	it->s->vpair.peers[0] = PEER_UNREACHABLE;
	peers[0] = (struct view_peer){.address = "b:29164", .problem = "HTTP status 403"};
	says(it, NULL, "peer", REPORT_WARN, "b:29164: HTTP status 403", silent, "");
	it->s->view.peer_count = 0;
	says(it, NULL, "peers", REPORT_SKIP, "no other daemon than this one at peers.urls", "", "");
	end(it);
}

static void a_phase_that_is_not_known_is_a_warning(void **state)
{
	struct reached *it = begin();
	struct cloudspace c = *it->s->vpair.side[PRIMARY].cloudspace;
	(void)state;
	snprintf(c.phase, sizeof c.phase, "Paused");
	c.known_phase = PHASE_UNKNOWN;
	c.word = SPOT_NONE;
	it->s->vpair.side[PRIMARY].cloudspace = &c;
	says(it, "primary", "cloudspace", REPORT_WARN, "matchpoint-runners: Paused, Healthy",
	    "hawatchd does not know this phase, and decides without it.", "");
	end(it);
}

static void a_clock_that_is_off_is_a_warning(void **state)
{
	struct reached *it = begin();
	struct poll_stats *stats = &it->s->vpair.side[0].kube_nodes;
	(void)state;
	stats->has_clock_offset = true;
	stats->clock_offset_ms = -240000;
	says(it, "primary", "clock", REPORT_WARN, "this machine's is 4 min behind the server's",
	    "Ages and expiry times are wrong by as much. Set the clock by NTP.",
	    "timedatectl timesync-status || chronyc tracking");
	stats->clock_offset_ms = 20000;
	says(it, "primary", "clock", REPORT_OK, "this machine's is 20 s ahead of the server's", "", "");
	end(it);
}

static void a_rotated_token_and_an_unverified_certificate_are_warnings(void **state)
{
	struct reached *it = begin();
	(void)state;
	it->spot.is_rotated = true;
	it->s->view.token_expires = WALL_UNKNOWN;
	says(it, NULL, "credential", REPORT_WARN, "the refresh token is accepted; id_token of ops@example.com",
	    "Spot has replaced the refresh token, so that of /etc/hawatch/spot-token is used up. Put a new one there "
	    "(console: API Access) before the next start.",
	    "");
	it->s->vpair.side[0].is_insecure = true;
	says(it, "primary", "TLS", REPORT_WARN,
	    "the certificate is not verified, signed by Example Root, until 2027-01-02T21:00:00Z (40 d left)",
	    "Anyone on the network path can read the token. Set ca_file of this side to the cluster's CA, and remove "
	    "insecure.",
	    "");
	end(it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_are_broken_between_lines_and_commands_can_be_copied),
	    cmocka_unit_test(a_word_that_is_longer_than_a_line_is_broken_between_characters),
	    cmocka_unit_test(a_quoted_word_of_a_command_stays_whole),
	    cmocka_unit_test(names_in_a_command_are_quoted),
	    cmocka_unit_test(what_is_skipped_is_no_failure),
	    cmocka_unit_test(what_must_not_be_shown_is_not),
	    cmocka_unit_test(what_is_well_has_no_remedy),
	    cmocka_unit_test(a_connection_fails_at_its_step),
	    cmocka_unit_test(a_refused_credential_hides_the_lists_behind_it),
	    cmocka_unit_test(a_missing_right_is_named_with_the_command_that_gives_it),
	    cmocka_unit_test(a_wrong_name_gets_the_likely_one),
	    cmocka_unit_test(each_peer_has_a_line),
	    cmocka_unit_test(a_phase_that_is_not_known_is_a_warning),
	    cmocka_unit_test(a_clock_that_is_off_is_a_warning),
	    cmocka_unit_test(a_rotated_token_and_an_unverified_certificate_are_warnings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
