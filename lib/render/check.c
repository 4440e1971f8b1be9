#include "render/check.h"

#include "base/duration.h"
#include "base/json_out.h"
#include "render/balance_json.h"
#include "render/message.h"
#include "render/problem.h"
#include "render/sources.h"

const char *const check_result_names[CHECK_RESULTS] = {
    [CHECK_PASS] = "pass",
    [CHECK_UNKNOWN] = "unknown",
    [CHECK_FAIL] = "fail",
};

enum { NAMED_MAX = 3 };

struct subject {
	const struct view *view;
	const struct view_pair *pair;
	const struct figures *figures;
};

static enum check_result worse(enum check_result a, enum check_result b)
{
	return a > b ? a : b;
}

/* Items about the pair. Each appends its message. */

static enum check_result ha_active(const struct subject *s, struct buf *out)
{
	enum ha_status status = s->pair->pair->status;
	buf_printf(out, "%s is %s: ", s->pair->name, ha_status_names[status]);
	message_of_pair(s->pair->policy, s->pair->pair, s->figures->names, s->view->now, out);
	return status == HA_ACTIVE ? CHECK_PASS : status == HA_UNKNOWN ? CHECK_UNKNOWN : CHECK_FAIL;
}

static void put_available(const struct side_capacity *capacity, struct buf *out)
{
	if (capacity->has_available)
		buf_printf(out, "%d", capacity->available);
	else
		buf_puts(out, "not known");
}

static enum check_result node_balance(const struct subject *s, struct buf *out)
{
	const struct balance *b = &s->figures->balance;
	buf_puts(out, "available nodes: primary ");
	put_available(&s->figures->capacity[PRIMARY], out);
	buf_puts(out, ", secondary ");
	put_available(&s->figures->capacity[SECONDARY], out);
	return !b->has_imbalance ? CHECK_UNKNOWN : b->imbalance == 0 ? CHECK_PASS : CHECK_FAIL;
}

static enum check_result capacity_utilization(const struct subject *s, struct buf *out)
{
	const struct balance *b = &s->figures->balance;
	char text[16];
	if (!b->has_utilization) {
		buf_puts(out, "the node count or the maximum of primary or secondary is not known");
		return CHECK_UNKNOWN;
	}
	buf_printf(out, "%d of %d possible nodes of primary and secondary are in use, %s; should be below %d%%",
	    b->effective_total, b->max_possible, balance_json_utilization(s->figures, text), UTILIZATION_WATCH_PERCENT);
	return b->utilization_ratio * 100 < UTILIZATION_WATCH_PERCENT ? CHECK_PASS : CHECK_FAIL;
}

/* Items about each side. */

static enum check_result cloudspace_ready(const struct subject *s, enum side_id id, struct buf *out)
{
	const struct side *side = &s->pair->pair->side[id];
	buf_printf(out, "%s, ", verdict_names[side->verdict]);
	message_of_side(&s->pair->policy->side[id], side, s->view->now, out);
	if (side->verdict == UNKNOWN || (side->is_held && side->verdict == UP))
		return CHECK_UNKNOWN;
	return side->verdict == UP && !side->is_degraded ? CHECK_PASS : CHECK_FAIL;
}

static enum check_result not_known(const char *what, const char *problem, int more, struct buf *out)
{
	buf_printf(out, "%s not known", what);
	if (problem)
		buf_printf(out, " (%s", problem);
	if (problem && more > 0)
		buf_printf(out, "; and %d more", more);
	buf_puts(out, problem ? ")" : "");
	return CHECK_UNKNOWN;
}

static enum check_result runners_not_known(const char *what, const struct inventory *i, struct buf *out)
{
	return not_known(what, problem_of_runners(i), problem_more_of_runners(i), out);
}

static void put_unreadable(int count, struct buf *out)
{
	if (count)
		buf_printf(out, ", %d cannot be read", count);
}

static enum check_result runner_pods(const struct subject *s, enum side_id id, struct buf *out)
{
	const struct inventory *i = s->pair->side[id].inventory;
	if (!i->has_pods)
		return runners_not_known("runner pods are", i, out);
	buf_printf(out, "%d runner pods are Running", i->pods[POD_RUNNING]);
	if (i->pods[POD_RUNNING] > 0)
		return CHECK_PASS;
	if (i->part[PART_RUNNER_PODS].unreadable) {
		put_unreadable(i->part[PART_RUNNER_PODS].unreadable, out);
		return CHECK_UNKNOWN;
	}
	/* With a minimum of 0, an idle side has no runner pods. */
	if (i->has_sums && i->desired == 0 && i->min == 0) {
		buf_puts(out, ", and none is desired");
		return CHECK_PASS;
	}
	return CHECK_FAIL;
}

static enum check_result runners(const struct subject *s, enum side_id id, struct buf *out)
{
	const struct inventory *i = s->pair->side[id].inventory;
	if (!i->has_runners)
		return runners_not_known("runners are", i, out);
	buf_printf(out, "%d busy, %d idle, %d failed, %d stuck, %d zombies", i->runners[RUNNER_BUSY],
	    i->runners[RUNNER_IDLE], i->runners[RUNNER_FAILED], i->runners_stuck, i->runners_zombie);
	if (i->runners[RUNNER_FAILED] + i->runners_stuck + i->runners_zombie > 0)
		return CHECK_FAIL;
	if (i->runners[RUNNER_UNKNOWN] == 0)
		return CHECK_PASS;
	buf_printf(out, ", %d not known", i->runners[RUNNER_UNKNOWN]);
	return CHECK_UNKNOWN;
}

/* How many of `count` are not among the `named` ones. */
static void put_more(int named, int count, struct buf *out)
{
	if (count > named)
		buf_printf(out, ", and %d more", count - named);
}

/* The scale sets whose listener is down, the worst first. */
static void put_down(const struct inventory *i, struct buf *out)
{
	int named = 0;
	for (; named < i->sets_listed && named < NAMED_MAX && inventory_set_is_down(&i->set[named]); named++)
		buf_printf(out, "%s%s %s", named ? ", " : ": ", i->set[named].name,
		    listener_state_names[i->set[named].listener]);
	put_more(named, i->listeners_down, out);
}

static enum check_result listener(const struct subject *s, enum side_id id, struct buf *out)
{
	static const char *const texts[LISTENER_STATES] = {
	    [LISTENER_RUNNING] = "the listener runs",
	    [LISTENER_ABSENT] = "a scale set has no listener, so it takes no jobs",
	    [LISTENER_ENDED] = "a listener has terminated, so its scale set takes no jobs",
	    [LISTENER_CHURNING] = "a listener is recreated again and again",
	    [LISTENER_DEAD_SET] = "a listener belongs to a runner set that no longer exists",
	};
	const struct inventory *i = s->pair->side[id].inventory;
	if (!i->has_listener)
		return runners_not_known("listeners are", i, out);
	buf_puts(out, texts[i->listener]);
	if (i->has_scale)
		put_down(i, out);
	return i->listener == LISTENER_RUNNING ? CHECK_PASS : CHECK_FAIL;
}

static enum check_result controller(const struct subject *s, enum side_id id, struct buf *out)
{
	const struct inventory *i = s->pair->side[id].inventory;
	if (!i->has_controller)
		return runners_not_known("the controller is", i, out);
	buf_printf(out, "%d of %d controller replicas are available", i->controller_available, i->controller_desired);
	return inventory_controller_is_ready(i) ? CHECK_PASS : CHECK_FAIL;
}

static enum check_result applications(const struct subject *s, enum side_id id, struct buf *out)
{
	const struct inventory *i = s->pair->side[id].inventory;
	if (!i->has_apps)
		return not_known("applications are", problem_of_apps(i), 0, out);
	if (inventory_apps_total(i) == 0) {
		buf_printf(out, "there is no application in the namespace %s", s->pair->argocd_namespace);
		return CHECK_UNKNOWN;
	}
	buf_printf(out, "%d of %d applications are healthy", i->apps_healthy, inventory_apps_total(i));
	int named = 0;
	for (; named < i->apps_listed && named < NAMED_MAX && !inventory_app_is_well(&i->app[named]); named++) {
		const struct app *app = &i->app[named];
		buf_printf(out, "%s%s %s %s%s", named ? ", " : ": ", app->name, app_sync_names[app->sync],
		    app_health_names[app->health], app->is_frozen ? " (frozen)" : "");
	}
	put_more(named, i->app_count - i->apps_well, out);
	put_unreadable(i->part[PART_APPLICATIONS].unreadable, out);
	if (i->apps_well < i->app_count)
		return CHECK_FAIL;
	return i->part[PART_APPLICATIONS].unreadable ? CHECK_UNKNOWN : CHECK_PASS;
}

/* Puts a comma between problems; without a problem the list stays empty. */
static void begin_trouble(struct buf *out, size_t start)
{
	if (out->len > start)
		buf_puts(out, ", ");
}

/* A credential with a short life that is renewed again and again is a problem only once its renewal is late. */
static enum check_result lateness(
    const char *name, struct credential credential, wall_ms now, struct buf *out, size_t start)
{
	int64_t left_ms = credential.expires.ms - now.ms;
	if (!credential_is_late(credential, now))
		return CHECK_PASS;
	begin_trouble(out, start);
	buf_printf(out, "the %s %s ", name, left_ms > 0 ? "expires in" : "expired");
	duration_put_words(out, left_ms > 0 ? left_ms : -left_ms);
	buf_puts(out, left_ms > 0 ? " and should have been renewed by now" : " ago");
	return CHECK_FAIL;
}

static void put_last_ok(const struct poll_stats *stats, wall_ms now, struct buf *out)
{
	if (!wall_is_known(stats->last_success))
		return;
	buf_puts(out, ", last OK ");
	duration_put_words(out, now.ms - stats->last_success.ms);
	buf_puts(out, " ago");
}

/*
 * A server may refuse a credential before it expires, and who has not answered since has not taken it back. Only a good
 * answer says that a credential is good: of a side that cannot be reached this is not known.
 */
static enum check_result acceptance(
    const char *name, const struct poll_stats *stats, wall_ms now, struct buf *out, size_t start)
{
	if (stats->polls > 0 && stats->last == POLL_OK)
		return CHECK_PASS;
	begin_trouble(out, start);
	if (stats->is_refused) {
		buf_printf(out, "the %s is refused", name);
		return CHECK_FAIL;
	}
	buf_printf(out, "whether the %s is accepted is not known (%s", name, sources_problem(stats));
	put_last_ok(stats, now, out);
	buf_puts(out, ")");
	return CHECK_UNKNOWN;
}

static enum check_result spot_credential(const struct subject *s, struct buf *out)
{
	const struct view *v = s->view;
	size_t start = out->len;
	if (!v->has_spot)
		return CHECK_PASS;
	enum check_result refresh = acceptance("Spot refresh token", &v->token, v->now.wall, out, start);
	enum check_result accepted = acceptance("Spot token", &v->cloudspaces, v->now.wall, out, start);
	struct credential token = credential_of(WALL_UNKNOWN, v->token_expires, true);
	enum check_result end = lateness("Spot token", token, v->now.wall, out, start);
	return worse(worse(refresh, accepted), end);
}

/* What cannot be read is not sent, so nobody has refused it, although its polls count as such. */
static enum check_result kube_acceptance(const struct view_side *v, wall_ms now, struct buf *out, size_t start)
{
	if (!v->credential_problem)
		return acceptance("Kubernetes credential", &v->kube_nodes, now, out, start);
	begin_trouble(out, start);
	buf_printf(out, "the Kubernetes credential cannot be read, so nothing is sent: %s", v->credential_problem);
	return CHECK_FAIL;
}

static enum check_result side_credentials(const struct subject *s, enum side_id id, struct buf *out)
{
	const struct view_side *v = &s->pair->side[id];
	wall_ms now = s->view->now.wall;
	size_t start = out->len;
	enum check_result accepted = kube_acceptance(v, now, out, start);
	enum check_result token = lateness("Kubernetes token", v->token, now, out, start);
	enum check_result certificate = lateness("client certificate", v->certificate, now, out, start);
	if (out->len == start)
		buf_puts(out, "no credential is refused, and none is late to be renewed");
	return worse(accepted, worse(token, certificate));
}

static enum check_result source_answers(
    const struct view *view, const struct polled *source, struct buf *out, size_t start)
{
	const struct poll_stats *stats = source->stats;
	if (stats->polls > 0 && stats->last == POLL_OK)
		return CHECK_PASS;
	begin_trouble(out, start);
	buf_printf(out, "%s: %s", source->name, sources_problem(stats));
	put_last_ok(stats, view->now.wall, out);
	return stats->polls ? CHECK_FAIL : CHECK_UNKNOWN;
}

static enum check_result sources_answer(
    const struct view *view, const struct polled *sources, size_t count, struct buf *out)
{
	enum check_result result = CHECK_PASS;
	size_t start = out->len;
	for (size_t i = 0; i < count; i++)
		result = worse(result, source_answers(view, &sources[i], out, start));
	if (out->len == start)
		buf_puts(out, "every source answers");
	return result;
}

static enum check_result shared_sources(const struct subject *s, struct buf *out)
{
	struct polled sources[SHARED_SOURCES_MAX];
	size_t count = sources_shared(s->view, sources);
	if (!s->view->is_reload_good) {
		buf_puts(out, "the last reload of the configuration failed");
		return CHECK_FAIL;
	}
	/* A warning fails nothing: whether HA works does not depend on it. */
	if (s->view->unsafe_files)
		buf_printf(out, "warning: %s; ", s->view->unsafe_files);
	buf_puts(out, "shared: ");
	return sources_answer(s->view, sources, count, out);
}

/* The peers must have the same windows: alerts of a side are silent only if all say so. */
static enum check_result peers_agree(const struct subject *s, struct buf *out)
{
	enum check_result result = CHECK_PASS;
	size_t start = out->len;
	for (size_t i = 0; i < s->view->peer_count; i++) {
		const struct view_peer *peer = &s->view->peers[i];
		enum peer_word word = (enum peer_word)s->pair->peers[i];
		if (word == PEER_AGREES || word == PEER_WATCHES_OTHERS)
			continue;
		buf_printf(out, "%s%s: %s", out->len > start ? "; " : "", peer->address,
		    word == PEER_DISAGREES       ? "has other maintenance windows"
			: word == PEER_NOT_ASKED ? "is starting"
			: *peer->problem         ? peer->problem
						 : "no answer");
		result = worse(result, word == PEER_NOT_ASKED ? CHECK_UNKNOWN : CHECK_FAIL);
	}
	if (out->len == start)
		buf_printf(out, "%zu peer%s, all with the same maintenance windows", s->view->peer_count,
		    s->view->peer_count == 1 ? "" : "s");
	return result;
}

static enum check_result side_sources(const struct subject *s, enum side_id id, struct buf *out)
{
	struct polled sources[SIDE_POLLS];
	sources_of_side(&s->pair->side[id], sources);
	return sources_answer(s->view, sources, SIDE_POLLS_SHOWN, out);
}

/* The runbook's list. An item checks the pair, each side, or both; the worst result counts. */
static const struct check {
	const char *name;
	enum check_result (*of_pair)(const struct subject *, struct buf *);
	enum check_result (*of_side)(const struct subject *, enum side_id, struct buf *);
	bool needs_both;                                  /* primary and secondary UP: it compares or adds them */
	bool is_asked;                                    /* of the side's API server */
	const char *(*problem)(const struct inventory *); /* why a side's part of it is not known */
} table[] = {
    {"ha_active", ha_active, NULL, false, false, NULL},
    {"cloudspaces_ready", NULL, cloudspace_ready, false, false, NULL},
    {"node_balance", node_balance, NULL, true, false, NULL},
    {"capacity_utilization", capacity_utilization, NULL, true, false, NULL},
    {"runner_pods", NULL, runner_pods, false, true, problem_of_runners},
    {"runners", NULL, runners, false, true, problem_of_runners},
    {"listeners", NULL, listener, false, true, problem_of_runners},
    {"controllers", NULL, controller, false, true, problem_of_runners},
    {"applications", NULL, applications, false, true, problem_of_apps},
    {"credentials", spot_credential, side_credentials, false, true, NULL},
    {"monitor", shared_sources, side_sources, false, false, NULL},
    {"peers", peers_agree, NULL, false, false, NULL}, /* the last: only if there are any */
};

enum { CHECKS = sizeof table / sizeof *table };

/* One item. Without a cause that other items can share, `cause` is empty. */
struct finding {
	enum check_result result;
	struct buf message, cause;
	bool has_other; /* a part that does not pass for a reason of its own */
};

static void put_side(const struct subject *s, int id, struct buf *out)
{
	buf_printf(out, "%s%s (%s)", out->len ? "; " : "", side_id_names[id], s->figures->names[id]);
}

/* A side that takes no work has no nodes to compare, and of the maximum only a part. */
static void judge_both(const struct subject *s, struct finding *f)
{
	for (int id = 0; id < SIDES; id++) {
		enum verdict verdict = s->pair->pair->side[id].verdict;
		if (verdict == UP)
			continue;
		put_side(s, id, &f->cause);
		buf_printf(&f->cause, " is %s", verdict_names[verdict]);
		f->result = worse(f->result, CHECK_UNKNOWN);
	}
}

static void judge_side(const struct check *check, const struct subject *s, int id, struct finding *f)
{
	const struct view_side *v = &s->pair->side[id];
	bool is_silent = check->is_asked && v->kube_nodes.polls > 0 && v->kube_nodes.last != POLL_OK;
	put_side(s, id, &f->message);
	buf_puts(&f->message, ": ");
	enum check_result result = check->of_side(s, (enum side_id)id, &f->message);
	/* What it said before is no evidence of now. */
	if (is_silent && result == CHECK_PASS) {
		buf_printf(&f->message, " in its last answer; now: %s", sources_problem(&v->kube_nodes));
		result = CHECK_UNKNOWN;
	}
	const char *problem = is_silent ? sources_problem(&v->kube_nodes)
	    : check->problem            ? check->problem(v->inventory)
					: NULL;
	if (result == CHECK_UNKNOWN && problem) {
		put_side(s, id, &f->cause);
		buf_printf(&f->cause, ": %s", problem);
	} else
		f->has_other = f->has_other || result != CHECK_PASS;
	f->result = worse(f->result, result);
}

static struct finding judge(const struct check *check, const struct subject *s)
{
	enum { SIDE_MAX_BYTES = 4096 };
	struct finding f = {.message = buf_of(SIDES_MAX * SIDE_MAX_BYTES), .cause = buf_of(SIDES_MAX * SIDE_MAX_BYTES)};
	if (check->needs_both)
		judge_both(s, &f);
	if (check->of_pair) {
		enum check_result result = check->of_pair(s, &f.message);
		/* Of sides that are not UP only that is said. */
		f.has_other = result != CHECK_PASS && !f.cause.len;
		f.result = f.cause.len ? f.result : worse(f.result, result);
	}
	for (int id = 0; check->of_side && id < view_sides(s->pair); id++)
		judge_side(check, s, id, &f);
	return f;
}

static void put_finding(struct json_out *j, const char *name, const struct finding *f)
{
	bool is_caused = f->cause.len && !f->has_other;
	json_open(j, NULL, '{');
	json_put_text(j, "name", name);
	json_put_text(j, "result", check_result_names[f->result]);
	json_put_text(j, "message", buf_text(&f->message));
	json_put_text(j, "cause", is_caused ? buf_text(&f->cause) : NULL);
	json_close(j, '}');
}

void check_render(const struct view *view, const struct view_pair *pair, const struct figures *figures, struct buf *out)
{
	const struct subject s = {view, pair, figures};
	struct finding findings[CHECKS];
	enum check_result whole = CHECK_PASS;
	size_t count = CHECKS - !view->has_peers;
	for (size_t i = 0; i < count; i++) {
		findings[i] = judge(&table[i], &s);
		whole = worse(whole, findings[i].result);
	}
	struct json_out j = {out, false};
	json_open(&j, NULL, '{');
	json_put_text(&j, "pair", pair->name);
	json_put_text(&j, "result", check_result_names[whole]);
	json_open(&j, "checks", '[');
	for (size_t i = 0; i < count; i++) {
		put_finding(&j, table[i].name, &findings[i]);
		buf_fini(&findings[i].message);
		buf_fini(&findings[i].cause);
	}
	json_close(&j, ']');
	json_close(&j, '}');
}
