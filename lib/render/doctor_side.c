#include "base/text.h"
#include "render/doctor_lines.h"

#include <stdio.h>
#include <string.h>

/* Where `make install` puts what a watched cluster gets. */
#define APPLY HAWATCH_SHARE "/kubernetes/watched/apply.sh"

/* What each part is called by kubectl, and in which namespace it is. */
enum where { OF_CLUSTER, OF_LEASES, OF_RUNNERS, OF_CONTROLLER, OF_ARGOCD };
static const struct {
	const char *resource;
	enum where where;
} asked[INVENTORY_PARTS] = {
    [PART_NODES] = {"nodes", OF_CLUSTER},
    [PART_LEASES] = {"leases.coordination.k8s.io", OF_LEASES},
    [PART_RUNNER_PODS] = {"pods", OF_RUNNERS},
    [PART_RUNNERS] = {"ephemeralrunners.actions.github.com", OF_RUNNERS},
    [PART_RUNNER_SETS] = {"ephemeralrunnersets.actions.github.com", OF_RUNNERS},
    [PART_SCALE_SETS] = {"autoscalingrunnersets.actions.github.com", OF_RUNNERS},
    [PART_LISTENERS] = {"autoscalinglisteners.actions.github.com", OF_CONTROLLER},
    [PART_LISTENER_PODS] = {"pods", OF_CONTROLLER},
    [PART_CONTROLLER] = {"deployments.apps", OF_CONTROLLER},
    [PART_APPLICATIONS] = {"applications.argoproj.io", OF_ARGOCD},
    [PART_PODS] = {"pods", OF_CLUSTER},
};

static const char *namespace_of(const struct view_pair *pair, enum inventory_part part)
{
	const char *const names[] = {
	    [OF_CLUSTER] = NULL,
	    [OF_LEASES] = "kube-node-lease",
	    [OF_RUNNERS] = pair->runner_namespace,
	    [OF_CONTROLLER] = pair->controller_namespace,
	    [OF_ARGOCD] = pair->argocd_namespace,
	};
	return names[asked[part].where];
}

static bool has_said_command(const struct doctor *d, const char *command)
{
	for (size_t i = d->report->count; i-- > 0;) {
		const struct report_line *line = &d->report->v[i];
		if (!text_is_same(line->pair, d->pair) || !text_is_same(line->side, d->side))
			return false;
		if (text_is_same(line->command, command))
			return true;
	}
	return false;
}

/* The list that the account may not read, and who may. */
static void put_right(
    const struct doctor *d, const struct view_pair *pair, const struct view_side *side, enum inventory_part part)
{
	const char *namespace = namespace_of(pair, part), *resource = asked[part].resource;
	char command[REPORT_TEXT_MAX_BYTES];
	snprintf(command, sizeof command, APPLY "%s%s", side->context ? " --context " : "",
	    side->context ? doctor_word(side->context).text : "");
	if (has_said_command(d, command)) {
		doctor_remedy(d, "Needs list on %s; the command above gives it, too.", resource);
		return;
	}
	doctor_remedy(d, "This account needs the verb list on %s in %s%s. The account hawatch has it after:", resource,
	    namespace ? "the namespace " : "all of the cluster", namespace ? namespace : "");
	doctor_command(d, "%s", command);
}

static void put_cloudspace(const struct doctor *d, const struct view *view, const struct view_side *side)
{
	const struct view_spot *spot = view->spot;
	const struct cloudspace *c = side->cloudspace;
	if (!view->has_spot || !spot)
		return;
	if (c) {
		bool is_unknown = c->known_phase == PHASE_UNKNOWN;
		bool is_bad = is_unknown || c->word == SPOT_ERROR || c->word == SPOT_DELETING;
		doctor_say(d, is_bad ? REPORT_WARN : REPORT_OK, "cloudspace", "%s: %s%s%s%s%s", side->name,
		    *c->phase ? c->phase : "no phase yet", *c->health ? ", " : "", c->health, *c->reason ? ": " : "",
		    c->reason);
		if (is_unknown)
			doctor_remedy(d, "hawatchd does not know this phase, and decides without it.");
		return;
	}
	if (spot->cloudspaces.answer.reason != POLL_OK || !wall_is_known(spot->cloudspaces.at)) {
		doctor_say(d, REPORT_SKIP, "cloudspace", "%s: not known, Spot's list cannot be read", side->name);
		return;
	}
	if (view->spot_unreadable && unreadables_may_hide(&view->spot_unreadable[LIST_CLOUDSPACES], side->name)) {
		doctor_say(
		    d, REPORT_FAIL, "cloudspace", "%s: Spot may list it, but an entry cannot be read", side->name);
		return;
	}
	doctor_say(d, REPORT_FAIL, "cloudspace", "%s: not among the %zu that Spot lists", side->name, spot->name_count);
	doctor_put_likely(d, spot->names, side->name);
}

/* Why nothing is sent, if so. */
static bool can_send(const struct doctor *d, const struct view_side *side)
{
	if (side->credential_problem) {
		doctor_say(d, REPORT_FAIL, "credential", "nothing is sent: %s", side->credential_problem);
		doctor_remedy(d, "See the files of this side in the configuration, and hawatchd --config.check.");
		return false;
	}
	if (!side->endpoint) {
		doctor_say(d, REPORT_FAIL, "endpoint", "not known: Spot has not told where the API server is");
		doctor_remedy(d, "Set kubeconfig and context, or wait until Spot has made the cloudspace.");
		return false;
	}
	return true;
}

static void put_life(struct buf *out, const char *what, struct credential life, wall_ms now)
{
	if (!wall_is_known(life.expires))
		return;
	buf_printf(out, ", %s ", what);
	doctor_put_end(out, life.expires, now);
}

static bool put_credential(const struct doctor *d, const struct view_side *side)
{
	bool is_late = credential_is_late(side->token, d->now) || credential_is_late(side->certificate, d->now);
	struct buf text = buf_of(REPORT_TEXT_MAX_BYTES);
	if (side->reach->answer.status == 401) {
		doctor_say(d, REPORT_FAIL, "credential", "refused: %s", side->reach->detail);
		doctor_remedy(d,
		    "It has expired, or is of another cluster. A token that renews itself: man hawatch-credentials. "
		    "For a day:");
		doctor_command(d, "kubectl%s%s -n hawatch create token hawatch --duration=24h",
		    side->context ? " --context " : "", side->context ? doctor_word(side->context).text : "");
		return false;
	}
	buf_puts(&text, "accepted");
	if (side->whose)
		buf_printf(&text, ": %s", side->whose);
	put_life(&text, "token", side->token, d->now);
	put_life(&text, "certificate", side->certificate, d->now);
	doctor_say(d, is_late ? REPORT_WARN : REPORT_OK, "credential", "%s", buf_text(&text));
	if (is_late)
		doctor_remedy(d, "It should have been renewed by now: see hawatch-tokens.timer.");
	buf_fini(&text);
	return true;
}

static void put_nodes(const struct doctor *d, const struct view_pair *pair, const struct view_side *side)
{
	const struct reach *r = side->reach;
	if (r->answer.reason == POLL_OK) {
		doctor_say(d, REPORT_OK, "nodes", "%d, %d of them available", side->nodes.total, side->nodes.available);
		return;
	}
	doctor_say(d, REPORT_FAIL, "nodes", "%s", r->detail);
	if (r->answer.status == 403)
		put_right(d, pair, side, PART_NODES);
	else if (r->answer.status == 404 || r->answer.status / 100 == 3)
		doctor_remedy(d, "Is %s the URL of a Kubernetes API server?", side->endpoint);
}

static void put_part(
    const struct doctor *d, const struct view_pair *pair, const struct view_side *side, enum inventory_part part)
{
	const struct part *p = &side->inventory->part[part];
	const char *name = inventory_part_names[part], *namespace = namespace_of(pair, part);
	if (p->is_off)
		doctor_say(d, REPORT_SKIP, name, "not asked: poll.pod_interval is 0");
	else if (p->is_not_installed)
		doctor_say(d, REPORT_SKIP, name, "not installed: the cluster has no %s", asked[part].resource);
	else if (p->problem[0]) {
		doctor_say(d, p->status ? REPORT_WARN : REPORT_SKIP, name, "%s", p->problem);
		if (p->status == 403)
			put_right(d, pair, side, part);
		else if (p->status == 404 && namespace)
			doctor_remedy(d,
			    "If yours has another name, set it for the pair: runners.namespace, "
			    "runners.controller_namespace, argocd.namespace.");
	} else if (p->unreadable)
		doctor_say(d, REPORT_WARN, name, "%d, %d of them cannot be read", p->count, p->unreadable);
	else
		doctor_say(d, REPORT_OK, name, "%d%s%s", p->count, namespace ? " in " : "", namespace ? namespace : "");
}

void doctor_put_side(
    const struct doctor *d, const struct view *view, const struct view_pair *pair, const struct view_side *side)
{
	put_cloudspace(d, view, side);
	if (!can_send(d, side) || !side->reach)
		return;
	const struct doctor_server server = {.url = side->endpoint,
	    .of = "",
	    .set_by = side->context ? "the kubeconfig's server" : "Spot's answer",
	    .ca_set_by = "ca_file of this side",
	    .is_insecure = side->is_insecure,
	    .reach = side->reach};
	if (!doctor_put_server(d, &server))
		return;
	bool is_accepted = put_credential(d, side);
	doctor_put_clock(d, "clock", &side->kube_nodes);
	if (!is_accepted)
		return;
	put_nodes(d, pair, side);
	for (int part = PART_NODES + 1; part < INVENTORY_PARTS; part++)
		put_part(d, pair, side, (enum inventory_part)part);
}
