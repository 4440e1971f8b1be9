#include "loop/fill_view.h"
#include "loop/peers.h"
#include "loop/poller.h"
#include "loop/poller_state.h"
#include "os/clock.h"
#include "render/doctor.h"

/* Nothing is spread over an interval, as the rounds of a daemon are. */
static void begin(struct poller *p)
{
	p->now = clock_now();
	for (size_t i = 0; i < p->side_count; i++)
		p->sides[i].health.due = p->sides[i].workload_schedule.due = p->now.mono;
	p->sides_due = p->now.mono;
}

/* An endpoint or a credential that has just come is used at once. */
static void hasten(struct poller *p)
{
	for (size_t i = 0; i < p->side_count; i++) {
		struct watched_side *side = &p->sides[i];
		if (side->kube.nodes.stats.polls || kube_poll_is_running(&side->kube) ||
		    !kube_auth_is_ready(&side->kube.auth))
			continue;
		side->health = schedule_ask_again(side->health, p->now.mono);
		p->sides_due = p->now.mono;
	}
}

/* It has ended an inventory round, or there is nobody to ask, or nothing to ask with. */
static bool is_asked(const struct poller *p, const struct watched_side *side)
{
	const struct kube_auth *auth = &side->kube.auth;
	if (kube_poll_is_running(&side->kube) || side->workload.is_running || !side->has_ended_a_round)
		return false;
	if (side->workload.stats.polls)
		return true;
	if (!auth->server)
		return !p->conf->has_spot || p->has_ended_spot_round;
	return !kube_auth_is_ready(auth) && kube_auth_problem(auth); /* without a problem, a plugin runs */
}

static size_t count_asked(const struct poller *p)
{
	size_t count = 0;
	for (size_t i = 0; i < p->side_count; i++)
		count += is_asked(p, &p->sides[i]);
	return count;
}

static bool has_asked_all(const struct poller *p)
{
	bool has = !p->conf->has_spot || p->has_ended_spot_round;
	has = has && (!p->spot.prices.url || p->spot.prices.source.stats.polls);
	has = has && peers_are_asked(p);
	has = has && (!p->anchors.count || p->anchors.stats.polls >= p->anchors.count);
	return has && count_asked(p) == p->side_count;
}

static void put_all(struct poller *p, struct report *out)
{
	fill_view(p);
	struct view view = p->view;
	view.now = p->now;
	doctor_put_shared(&view, out);
	for (size_t i = 0; i < view.pair_count; i++) {
		struct figures figures = view_figures(view.pairs[i]);
		doctor_put_pair(&view, view.pairs[i], &figures, out);
	}
}

int poller_ask_once(struct poller *p, int signal_fd, void (*tell)(size_t asked, size_t all), struct report *out)
{
	enum { TELL_EVERY_MS = 1000 };
	struct config_watch nothing = {0};
	int signal = 0;
	p->watch = &nothing;
	begin(p);
	for (mono_ms told = p->now.mono; !signal && !has_asked_all(p);) {
		hasten(p);
		signal = poller_pass(p, signal_fd, 0);
		if (!tell || mono_since(told, p->now.mono) < TELL_EVERY_MS)
			continue;
		tell(count_asked(p), p->side_count);
		told = p->now.mono;
	}
	p->watch = NULL;
	put_all(p, out);
	return signal;
}
