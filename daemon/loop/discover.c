#include "loop/discover.h"

#include "auth/spot_env.h"
#include "loop/fill_view.h"
#include "os/clock.h"
#include "poll/spot_poll.h"
#include "render/doctor.h"

#include <string.h>

struct discovery {
	struct now now;
	struct spot_poll spot;
	bool is_over;
};

static void on_round(void *ctx, bool is_answered)
{
	(void)is_answered; /* the report says it */
	((struct discovery *)ctx)->is_over = true;
}

static void on_token(void *ctx)
{
	(void)ctx; /* there is no side that needs it */
}

/* False: a signal came. */
static bool ask(struct discovery *d, struct fetch *fetch, int signal_fd)
{
	enum { TURN_MS = 1000 };
	struct pollfd fd = {.fd = signal_fd, .events = POLLIN};
	spot_poll_start(&d->spot);
	while (!d->is_over && !fd.revents) {
		fetch_wait(fetch, &fd, 1, TURN_MS);
		d->now = clock_now();
		fetch_perform(fetch, d->now.mono);
	}
	return d->is_over;
}

static void put_report(const struct discovery *d, struct report *report)
{
	const struct spot_poll *spot = &d->spot;
	struct view_spot shown = fill_view_of_spot(spot);
	const struct view view = {
	    .now = d->now,
	    .has_spot = true,
	    .spot = &shown,
	    .spot_unreadable = spot->unreadable,
	    .has_organizations = spot->conf->organization || spot_org_is_asked(&spot->org, &spot->auth.token),
	    .cloudspaces = spot->cloudspaces.stats,
	    .token_expires = spot->auth.token.expires,
	};
	doctor_put_shared(&view, report);
}

bool discover(struct conf *conf, int signal_fd, struct buf *names, struct report *report, struct errs *errs)
{
	struct discovery d = {.now = clock_now()};
	if (!spot_env_apply(&conf->spot, errs))
		return false;
	struct fetch *fetch = fetch_new((int)conf->poll.max_in_flight);
	struct poll_env env = {.fetch = fetch, .now = &d.now, .timeout_ms = conf->poll.timeout_ms};
	bool is_good = spot_poll_init(&d.spot, env, conf, 0, errs);
	d.spot.names = d.spot.listed_names = buf_of(DISCOVER_NAMES_MAX_BYTES);
	d.spot.on_round = on_round;
	d.spot.on_token = on_token;
	d.spot.ctx = &d;
	if (is_good && ask(&d, fetch, signal_fd)) {
		buf_puts(names, buf_text(&d.spot.names));
		put_report(&d, report);
	}
	spot_poll_fini(&d.spot);
	fetch_free(&fetch);
	return is_good;
}
