#define _GNU_SOURCE
#include "process.h"

#include "alone.h"
#include "ca.h"
#include "invariants.h"
#include "kept.h"
#include "machine.h"
#include "replayed.h"
#include "world.h"

#include "base/mem.h"
#include "loop/poller.h"
#include "loop/poller_state.h"
#include "loop/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
	const struct setup *setup;
	char folder[64];
	bool has_other_intervals; /* after a reload that changes them */
	int signals[2];           /* a pipe in place of signalfd(2) */
	struct config_watch no_watch;
	struct shared shared;
	struct web_url web;
	struct poller *poller;
	enum storm_act act; /* why SIGTERM came */
	int64_t number;
	struct order order; /* one at a time */
	bool is_ordering;
} process;

long process_token_life_s(void)
{
	return process.setup->token_life_s;
}

struct setup setup_of_seed(uint64_t seed)
{
	static const int intervals[] = {5, 5, 1, 2, 15, 30}, tempos[] = {1, 1, 6, 30, 120},
			 lives[] = {900, 900, 3600, 86400};
	uint64_t random = seed ^ 0x5e7095eed;
	struct setup s = {.side_count = 2};
	s.has_spot = machine_pick(&random, 5) != 0;
	s.has_ca = machine_pick(&random, 3);
	s.has_anchor = machine_pick(&random, 3) == 0;
	s.has_prices = s.has_spot && machine_pick(&random, 3) == 0;
	s.has_no_org_claim = machine_pick(&random, 3) == 0;
	s.organizations = (long)machine_pick(&random, 2) * 60;
	s.has_own_tokens = !s.has_spot || machine_pick(&random, 2);
	s.has_plugins = s.has_own_tokens && machine_pick(&random, 3) == 0;
	s.side_count += machine_pick(&random, 4) == 0;
	s.has_dull_stamps = machine_pick(&random, 2);
	s.nodes = 3;
	s.images = machine_pick(&random, 8) ? 1 : 45; /* reading these is most of the work where there are any */
	s.tempo = tempos[machine_pick(&random, 5)];
	s.interval_s = s.tempo * intervals[machine_pick(&random, 6)];
	s.inventory_s = s.interval_s * (int)(2 + machine_pick(&random, 20));
	if (s.interval_s == 5)
		s.inventory_s = 30;                                    /* the defaults */
	s.inventory_s = s.inventory_s < 43200 ? s.inventory_s : 43200; /* twice that is the most that may be said */
	s.spot_s = s.interval_s * (int)(1 + machine_pick(&random, 6));
	s.spot_s = s.spot_s < 3600 ? s.spot_s : 3600; /* as much as the configuration may say */
	s.token_life_s = (long)s.tempo * lives[machine_pick(&random, 4)];
	s.timeout_s = 2 + (int)machine_pick(&random, 10);
	s.unreachable_s = 2 * s.spot_s + s.tempo * (10 + (int)machine_pick(&random, 90));
	s.stale_s = s.unreachable_s + s.timeout_s + 3 * s.interval_s + s.tempo * (60 + (int)machine_pick(&random, 240));
	s.fall = 1 + (int)machine_pick(&random, 5);
	s.rise = 1 + (int)machine_pick(&random, 3);
	s.has_rotation = s.has_spot && machine_pick(&random, 3) == 0;
	return s;
}

/* Files. */

static void write_file(const char *name, const char *format, ...)
{
	char path[128], fresh[136];
	va_list ap;
	snprintf(path, sizeof path, "%s/%s", process.folder, name);
	snprintf(fresh, sizeof fresh, "%s.new", path);
	FILE *out = fopen(fresh, "w");
	if (!out)
		machine_fail("cannot write %s: %s", fresh, strerror(errno));
	va_start(ap, format);
	vfprintf(out, format, ap);
	va_end(ap);
	if (fclose(out) != 0 || rename(fresh, path) != 0)
		machine_fail("cannot write %s: %s", path, strerror(errno));
}

static void write_token(size_t side)
{
	char name[32];
	snprintf(name, sizeof name, "token-%zu", side);
	write_file(name, "%s\n", world_token(CLOUDSPACE_AT + side));
}

void process_mend_refresh_token(void)
{
	write_file("refresh-token", "%s\n", world_refresh_token());
}

static void write_kubeconfig(size_t side)
{
	char name[32], user[160];
	snprintf(name, sizeof name, "kubeconfig-%zu", side);
	if (process.setup->has_plugins)
		snprintf(user, sizeof user,
		    "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /plugin, "
		    "args: [\"%zu\"]}",
		    side);
	else
		snprintf(user, sizeof user, "tokenFile: %s/token-%zu", process.folder, side);
	write_file(name,
	    "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
	    "clusters: [{name: c, cluster: {server: \"https://127.0.0.1:%zu\", %s}}]\n"
	    "users: [{name: u, user: {%s}}]\n"
	    "contexts: [{name: c, context: {cluster: c, user: u}}]\n",
	    (size_t)WORLD_PORT + CLOUDSPACE_AT + side,
	    process.setup->has_ca ? "certificate-authority: ca.crt" : "insecure-skip-tls-verify: true", user);
}

static void put_side(struct buf *text, const char *key, size_t side)
{
	buf_printf(text, "%s{cloudspace: %s, ", key, world_name(CLOUDSPACE_AT + side));
	if (process.setup->has_own_tokens)
		buf_printf(text, "kubeconfig: %s/kubeconfig-%zu, allow_exec: %s}\n", process.folder, side,
		    process.setup->has_plugins ? "true" : "false");
	else if (process.setup->has_ca)
		buf_printf(text, "ca_file: %s/ca.crt}\n", process.folder);
	else
		buf_puts(text, "insecure: true}\n");
}

static void put_configuration(struct buf *text)
{
	const struct setup *s = process.setup;
	int more = process.has_other_intervals ? 2 : 1;
	if (s->has_spot)
		buf_printf(text,
		    "spot:\n  api_url: https://127.0.0.1:%d\n  auth_url: https://127.0.0.1:%d\n"
		    "  refresh_token_file: %s/refresh-token\n",
		    WORLD_PORT + SPOT_AT, WORLD_PORT + AUTH_AT, process.folder);
	if (s->has_spot && s->organizations)
		buf_printf(text, "  organization: %s\n", world_organization());
	if (s->has_prices)
		buf_printf(text, "  price_url: https://127.0.0.1:%d/percentiles.json\n", WORLD_PORT + SPOT_AT);
	buf_printf(text,
	    "poll:\n  interval: %ds\n  inventory_interval: %ds\n  spot_interval: %ds\n  timeout: %ds\n"
	    "  unreachable_for: %ds\n  own_network_window: %ds\n  stale_after: %ds\n  fall: %d\n  rise: %d\n",
	    s->interval_s, s->inventory_s * more, s->spot_s, s->timeout_s, s->unreachable_s, 2 * s->spot_s, s->stale_s,
	    s->fall, s->rise);
	if (s->has_anchor)
		buf_printf(text, "  anchors: [\"https://127.0.0.1:%d\"]\n", WORLD_PORT + AUTH_AT);
	buf_printf(text, "state_directory: %s\nrecord:\n  enabled: true\npairs:\n  - name: prod\n", process.folder);
	put_side(text, "    primary: ", 0);
	put_side(text, "    secondary: ", 1);
	for (size_t i = 2; i < s->side_count; i++)
		put_side(text, i == 2 ? "    extra:\n      - " : "      - ", i);
}

/* Starts and ends, as hawatchd.c. */

static struct poller *load(void)
{
	struct buf text = buf_of(1 << 16);
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	char name[128];
	snprintf(name, sizeof name, "%s/hawatch.yaml", process.folder);
	put_configuration(&text);
	struct conf *conf = conf_parse(name, buf_text(&text), text.len, errs);
	struct poller *poller = conf ? poller_new_take(conf, process.shared, errs) : NULL;
	if (!poller)
		machine_fail("the configuration is refused: %s\n%s", errs->kept[0].text, buf_text(&text));
	buf_fini(&text);
	free(errs);
	return poller;
}

static void start(void)
{
	process.shared = (struct shared){
	    .publish = publish_new(), .orders = orders_new(), .writer = state_writer_new(), .web = &process.web};
	process.poller = load();
	poller_restore(process.poller);
	invariants_begin(process.poller);
	poller_publish(process.poller);
}

static void stop(void)
{
	orders_close(process.shared.orders);
	while (orders_next_answered(process.shared.orders))
		process.is_ordering = false;
	poller_free(&process.poller);
	orders_free(&process.shared.orders);
	publish_free(&process.shared.publish);
}

/*
 * What a start finds: the state file, or none, or one that is damaged; or that of a pair which is no longer configured
 * and had these cloudspaces, which is as good as its own.
 */
static void put_state_files(void)
{
	bool is_forgetful = process.act == ACT_FORGET;
	char own[128], others[128];
	snprintf(own, sizeof own, "%s/prod.state", process.folder);
	snprintf(others, sizeof others, "%s/was.state", process.folder);
	unlink(others);
	machine_put_state_files(!is_forgetful);
	if (is_forgetful && process.number % 2)
		write_file("prod.state", "{\"version\":1,");
	else if (!is_forgetful && process.number % 4 == 1)
		rename(own, others); /* there is none after a crash that came before the first was saved */
}

static void restart(void)
{
	bool is_saved = process.act == ACT_RESTART && !machine.is_disk_full;
	kept_note_stop(process.poller);
	stop();
	put_state_files();
	machine.at_ms += 100 + process.number % 5000;
	while (world_advance())
		; /* a signal to nobody */
	start();
	if (is_saved)
		kept_check_restart(process.poller);
}

static void reload(void)
{
	struct poller *fresh = load();
	invariants_before_reload(process.poller);
	poller_adopt(fresh, process.poller);
	poller_free(&process.poller);
	process.poller = fresh;
	poller_note_reload(fresh, &(struct reload_asker){.by = "signal"}, NULL);
	invariants_after_reload(fresh);
	poller_publish(fresh);
}

/* What befalls the daemon. */

static void send_signal(int number)
{
	struct signalfd_siginfo info = {.ssi_signo = (uint32_t)number};
	if (write(process.signals[1], &info, sizeof info) != sizeof info)
		machine_fail("too many signals");
}

static void give_order(const struct storm_item *item)
{
	if (process.is_ordering)
		return;
	process.order = (struct order){.pair = "prod", .side = (enum side_id)(item->target - CLOUDSPACE_AT)};
	process.order.is_begin = item->kind->act == ACT_BEGIN;
	process.order.is_forced = item->number % 3 == 0;
	process.order.for_ms = 1000 + item->number % (4 * 3600 * 1000);
	snprintf(process.order.reason, sizeof process.order.reason, "storm");
	process.is_ordering = orders_submit(process.shared.orders, &process.order);
}

/* True if the loop wakes. */
static bool befall(const struct storm_item *item)
{
	int64_t ends_ms = item->end_ms > machine.at_ms ? item->end_ms : machine.at_ms;
	process.number = item->number;
	invariants_note_act(item->kind->act);
	switch (item->kind->act) {
	case ACT_RESTART:
	case ACT_CRASH:
	case ACT_FORGET:
		process.act = item->kind->act;
		machine.is_crashing = item->kind->act == ACT_CRASH;
		send_signal(SIGTERM);
		return true;
	case ACT_CHANGE: process.has_other_intervals = !process.has_other_intervals; /* fallthrough */
	case ACT_RELOAD: send_signal(SIGHUP); return true;
	case ACT_SUSPEND: machine.asleep_ms += ends_ms - machine.at_ms; /* fallthrough */
	case ACT_LATE:
		machine.at_ms = ends_ms;
		invariants_note_act(item->kind->act);
		return true;
	case ACT_STEP: machine.wall_off_ms = item->number % (2 * 86400000) - 86400000; return false;
	case ACT_BEGIN:
	case ACT_END: give_order(item); return true;
	case ACT_TOKEN:
		world_change_token(item->target);
		if (process.setup->has_own_tokens)
			write_token(item->target - CLOUDSPACE_AT);
		return false;
	default: return false;
	}
}

bool process_sleep(int64_t ms)
{
	int64_t until_ms = machine.at_ms + (ms > 0 ? ms : 0), ends_ms = child_next_ms();
	if (ends_ms < until_ms) /* what it writes wakes the loop */
		until_ms = ends_ms > machine.at_ms ? ends_ms : machine.at_ms;
	bool wakes = false;
	while (process.is_ordering && orders_next_answered(process.shared.orders))
		process.is_ordering = false;
	invariants_check(process.poller);
	alone_note(process.poller);
	while (!wakes && machine.at_ms <= until_ms) {
		const struct storm_item *item;
		int64_t next_ms = world_next_ms();
		next_ms = next_ms < world.storm->end_ms ? next_ms : world.storm->end_ms;
		if (next_ms > until_ms) {
			machine.at_ms = until_ms;
			return false;
		}
		machine.at_ms = next_ms > machine.at_ms ? next_ms : machine.at_ms;
		while (!wakes && (item = world_advance()))
			wakes = befall(item);
		if (machine.at_ms >= world.storm->end_ms) {
			process.act = ACT_NONE;
			send_signal(SIGTERM);
			wakes = true;
		}
	}
	return wakes;
}

void process_leave_recording(void)
{
	machine.is_disk_full = machine.is_crashing = false;
	if (process.poller)
		recorder_flush(process.poller);
	replayed_leave();
}

static void open_world(const struct storm *storm)
{
	const char *tmp = getenv("TMPDIR");
	world_init(process.setup, storm);
	snprintf(process.folder, sizeof process.folder, "%s/hawatch-dst-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(process.folder))
		machine_fail("cannot make a folder in %s: %s", process.folder, strerror(errno));
	write_file("ca.crt", CA_PEM);
	process_mend_refresh_token();
	for (size_t i = 0; i < process.setup->side_count; i++) {
		write_token(i);
		write_kubeconfig(i);
	}
}

static void close_world(void)
{
	char command[128];
	world_fini();
	state_writer_free(&process.shared.writer);
	snprintf(command, sizeof command, "rm -r %s", process.folder);
	if (system(command) != 0)
		machine_fail("cannot remove %s", process.folder);
}

void process_run(const struct setup *setup, const struct storm *storm)
{
	struct err e;
	process.setup = setup;
	machine.has_dull_stamps = setup->has_dull_stamps;
	open_world(storm);
	if (pipe2(process.signals, O_NONBLOCK | O_CLOEXEC) != 0 || !web_url_parse(NULL, NULL, &process.web, &e))
		machine_fail("cannot start");
	start();
	for (;;) {
		int number = poller_run(process.poller, process.signals[0], &process.no_watch);
		machine.is_crashing = false;
		if (number == SIGHUP)
			reload();
		else if (machine.at_ms >= storm->end_ms)
			break;
		else
			restart();
	}
	stop();
	replayed_judge();
	web_url_fini(&process.web);
	close_world();
}
