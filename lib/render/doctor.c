#include "render/doctor.h"

#include "base/text.h"
#include "render/doctor_lines.h"
#include "render/message.h"
#include "render/sources.h"

#include <stdio.h>
#include <string.h>

#define CONSOLE "console: API Access"

/* Spot: what all pairs share. */

static void put_spot_credential(const struct doctor *d, const struct view *v)
{
	const struct view_spot *s = v->spot;
	const struct reach *r = &s->token;
	struct buf text = buf_of(REPORT_TEXT_MAX_BYTES);
	if (r->answer.reason == POLL_OK) {
		buf_puts(&text, "the refresh token is accepted; id_token");
		if (*s->whose)
			buf_printf(&text, " of %s", s->whose);
		if (wall_is_known(v->token_expires)) {
			buf_putc(&text, ' ');
			doctor_put_end(&text, v->token_expires, d->now);
		}
		doctor_say(d, s->is_rotated ? REPORT_WARN : REPORT_OK, "credential", "%s", buf_text(&text));
		if (s->is_rotated)
			doctor_remedy(d,
			    "Spot has replaced the refresh token, so that of %s is used up. Put a new one "
			    "there (" CONSOLE ") before the next start.",
			    s->token_file);
	} else {
		doctor_say(d, REPORT_FAIL, "credential", "%s", r->detail);
		if (r->answer.reason == POLL_AUTH) {
			doctor_remedy(
			    d, "Spot refuses the refresh token. Make a new one (" CONSOLE ") and paste it into:");
			doctor_command(
			    d, "sudo install -m 640 -g hawatch /dev/stdin %s", doctor_word(s->token_file).text);
		} else
			doctor_remedy(d, "Is spot.auth_url right? Spot's own trouble ends by itself.");
	}
	buf_fini(&text);
}

static void put_organization(const struct doctor *d, const struct view *v)
{
	const struct view_spot *s = v->spot;
	const struct reach *r = &s->organizations;
	if (v->has_organizations && wall_is_known(r->at) && r->answer.reason != POLL_OK) {
		doctor_say(d, REPORT_FAIL, "organization", "%s", r->detail);
		doctor_remedy(d, "Set spot.organization to the name, id or namespace of the organization.");
	} else if (*s->namespace)
		doctor_say(d, REPORT_OK, "organization", "%s%s%s", s->namespace,
		    s->organization ? ", from spot.organization " : ", from the token",
		    s->organization ? s->organization : "");
}

/* The first few names of a list. */
static void put_names(struct buf *out, const char *names)
{
	enum { NAMED_MAX = 8 };
	const char *name = names;
	for (int n = 0; n < NAMED_MAX && *name; n++) {
		size_t len = strcspn(name, "\n");
		buf_printf(out, "%s%.*s", n ? ", " : "", (int)len, name);
		name += len + 1;
	}
	if (*name)
		buf_puts(out, ", ...");
}

static void put_cloudspaces(const struct doctor *d, const struct view *v)
{
	const struct view_spot *s = v->spot;
	const struct reach *r = &s->cloudspaces;
	struct buf names = buf_of(REPORT_TEXT_MAX_BYTES);
	if (!wall_is_known(r->at))
		doctor_say(d, REPORT_SKIP, "cloudspaces", "not asked yet");
	else if (r->answer.reason != POLL_OK) {
		doctor_say(d, REPORT_FAIL, "cloudspaces", "%s", r->detail);
		if (r->answer.status == 401 || r->answer.status == 403)
			doctor_remedy(d,
			    "Is the refresh token of the organization that has the cloudspaces? See "
			    "spot.organization.");
		else if (r->answer.status == 404)
			doctor_remedy(d, "Are spot.api_url and spot.organization right?");
	} else if (s->name_count == 0) {
		doctor_say(d, REPORT_WARN, "cloudspaces", "the list is read, and is empty");
		doctor_remedy(d,
		    "Is the refresh token of the organization that has the cloudspaces? See "
		    "spot.organization.");
	} else {
		put_names(&names, s->names);
		doctor_say(d, REPORT_OK, "cloudspaces", "%zu: %s", s->name_count, buf_text(&names));
	}
	buf_fini(&names);
}

/* What Spot lists and hawatchd cannot read, by name. */
static void put_unreadable(const struct doctor *d, const struct view *v)
{
	const struct unreadables *list = v->spot_unreadable ? &v->spot_unreadable[LIST_CLOUDSPACES] : NULL;
	if (!list || !list->count)
		return;
	struct buf text = buf_of(REPORT_TEXT_MAX_BYTES);
	for (size_t i = 0; i < unreadables_kept(list); i++) {
		buf_puts(&text, i ? ", " : "");
		unreadable_put_name(&text, &list->v[i]);
		buf_printf(&text, " (%s)", list->v[i].why);
	}
	doctor_say(d, REPORT_WARN, "entries", "%zu that cannot be read, and are left out: %s%s", list->count,
	    buf_text(&text), list->count > unreadables_kept(list) ? ", ..." : "");
	buf_fini(&text);
}

static void put_nodepools(const struct doctor *d, const struct view *v)
{
	const struct reach *r = &v->spot->nodepools;
	if (!wall_is_known(r->at))
		return;
	doctor_say(d, r->answer.reason == POLL_OK ? REPORT_OK : REPORT_WARN, "node pools", "%s",
	    r->answer.reason == POLL_OK ? "both lists are read" : r->detail);
}

static void put_spot(const struct doctor *d, const struct view *v)
{
	const struct view_spot *s = v->spot;
	if (doctor_put_server(d,
		&(struct doctor_server){.url = s->auth_url,
		    .of = "login",
		    .set_by = "spot.auth_url",
		    .ca_set_by = "spot.ca_file",
		    .reach = &s->token}))
		put_spot_credential(d, v);
	if (!wall_is_known(s->cloudspaces.at) && wall_is_known(s->organizations.at))
		doctor_put_server(d,
		    &(struct doctor_server){.url = s->api_url,
			.of = "Spot",
			.set_by = "spot.api_url",
			.ca_set_by = "spot.ca_file",
			.reach = &s->organizations});
	if (wall_is_known(s->cloudspaces.at) &&
	    !doctor_put_server(d,
		&(struct doctor_server){.url = s->api_url,
		    .of = "Spot",
		    .set_by = "spot.api_url",
		    .ca_set_by = "spot.ca_file",
		    .reach = &s->cloudspaces}))
		return;
	if (s->has_token) {
		put_organization(d, v);
		put_cloudspaces(d, v);
		put_unreadable(d, v);
		put_nodepools(d, v);
	} else
		doctor_say(d, REPORT_SKIP, "cloudspaces", "not known: without a token Spot lists nothing");
	doctor_put_clock(d, "clock", &v->cloudspaces);
}

static void put_source(const struct doctor *d, const char *name, const struct poll_stats *stats)
{
	enum report_result result = !stats->polls ? REPORT_SKIP : stats->last == POLL_OK ? REPORT_OK : REPORT_WARN;
	doctor_say(d, result, name, "%s", sources_problem(stats));
}

/* The other daemons. They decide nothing, but a maintenance window is begun at all of them. */
static void put_peers(const struct doctor *d, const struct view *v)
{
	if (v->peer_count == 0)
		doctor_say(d, REPORT_SKIP, "peers", "no other daemon than this one at peers.urls");
	for (size_t i = 0; i < v->peer_count; i++) {
		const struct view_peer *peer = &v->peers[i];
		char host[sizeof peer->host + sizeof " ()"] = "";
		if (*peer->host)
			snprintf(host, sizeof host, " (%s)", peer->host);
		if (peer->is_up) {
			doctor_say(d, REPORT_OK, "peer", "%s%s answers", peer->address, host);
			continue;
		}
		doctor_say(d, REPORT_WARN, "peer", "%s%s: %s", peer->address, host,
		    *peer->problem ? peer->problem : "no answer");
		doctor_remedy(d,
		    "Does it run, and has it the same peers.token_file? Until it answers, maintenance windows are "
		    "refused without --force.");
	}
}

/* How those that answer stand to a pair. */
static void put_peers_of_pair(const struct doctor *d, const struct view *v, const struct view_pair *pair)
{
	static const struct {
		enum report_result result;
		const char *message;
	} words[PEER_WORDS] = {
	    [PEER_AGREES] = {REPORT_OK, "has the same maintenance windows"},
	    [PEER_DISAGREES] = {REPORT_WARN, "has other maintenance windows"},
	    [PEER_WATCHES_OTHERS] = {REPORT_SKIP, "does not watch this pair"},
	    [PEER_NOT_ASKED] = {REPORT_SKIP, "is starting"},
	};
	for (size_t i = 0; i < v->peer_count; i++) {
		enum peer_word word = (enum peer_word)pair->peers[i];
		if (!words[word].message) /* no answer, which is said above */
			continue;
		doctor_say(d, words[word].result, "peer windows", "%s %s", v->peers[i].address, words[word].message);
		if (word == PEER_DISAGREES) {
			doctor_remedy(d, "End the window that is wrong. What this daemon has:");
			doctor_command(d, "hawatch maintenance status --pair %s", doctor_word(pair->name).text);
		}
	}
}

void doctor_put_shared(const struct view *v, struct report *report)
{
	const struct doctor d = {report, v->now.wall, NULL, NULL};
	if (v->unsafe_files)
		doctor_say(&d, REPORT_WARN, "files", "%s", v->unsafe_files);
	if (v->has_spot && v->spot)
		put_spot(&d, v);
	else
		doctor_say(&d, REPORT_SKIP, "Spot", "not configured; Kubernetes alone decides");
	if (v->has_prices)
		put_source(&d, "prices", &v->prices);
	if (v->has_anchors)
		put_source(&d, "anchors", &v->anchors);
	if (v->has_peers)
		put_peers(&d, v);
}

static void put_verdict(
    const struct doctor *d, const struct view *v, const struct view_pair *pair, const struct figures *f)
{
	enum ha_status status = pair->pair->status;
	struct buf text = buf_of(MESSAGE_MAX_BYTES);
	message_of_pair(pair->policy, pair->pair, f->names, v->now, &text);
	doctor_say(d,
	    status == HA_ACTIVE || status == HA_DISABLED ? REPORT_OK
		: status == HA_UNKNOWN                   ? REPORT_FAIL
							 : REPORT_WARN,
	    "verdict", "%s: %s", ha_status_names[status], buf_text(&text));
	buf_fini(&text);
}

void doctor_put_pair(
    const struct view *v, const struct view_pair *pair, const struct figures *figures, struct report *report)
{
	struct doctor d = {report, v->now.wall, pair->name, NULL};
	for (int id = 0; id < view_sides(pair); id++) {
		d.side = side_id_names[id];
		doctor_put_side(&d, v, pair, &pair->side[id]);
	}
	d.side = NULL;
	if (v->has_peers)
		put_peers_of_pair(&d, v, pair);
	put_verdict(&d, v, pair, figures);
}

void doctor_render(
    const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	struct report report = {0};
	doctor_put_shared(view, &report);
	doctor_put_pair(view, pair, figures, &report);
	report_put_json(&report, pair->name, out);
	report_fini(&report);
}
