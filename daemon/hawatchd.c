/* hawatchd: reads flags and configuration, starts the parts, and stops them in reverse order. */
#define _DEFAULT_SOURCE /* RLIMIT_CORE, prctl */
#include "base/mem.h"
#include "base/text.h"
#include "config/conf_shard.h"
#include "first.h"
#include "flags.h"
#include "loop/poller.h"
#include "os/files.h"
#include "os/log.h"
#include "os/mem_locked.h"
#include "os/notify.h"
#include "os/random.h"
#include "serve/listen_inherit.h"
#include "serve/server.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	CONFIG_MAX_BYTES = 8 << 20, /* of 10,000 pairs and more */
	DESCRIPTORS_ENOUGH = 65536, /* plugins inherit the limit, and some close every number below it */
	DESCRIPTORS_SPARE = 64,     /* for files, plugins, listeners and what waits for all of them */
};

/* Reads and checks the configuration and all files in it. NULL with the errors in `errs`. */
static struct poller *load(const char *path, struct shared shared, struct errs *errs)
{
	struct err e;
	size_t len;
	char *text = files_read(path, CONFIG_MAX_BYTES, &len, &e);
	if (!text) {
		errs_add(errs, (struct place){.file = "configuration"}, "%s", e.text);
		return NULL;
	}
	struct conf *conf = conf_parse(path, text, len, errs);
	free(text);
	if (conf && !conf_shard_split(conf, getenv(CONF_SHARD_VARIABLE), errs))
		conf_free(&conf);
	return conf ? poller_new_take(conf, shared, errs) : NULL;
}

static void log_shard(const struct poller *poller)
{
	const struct conf *conf = poller_conf(poller);
	char index[24], count[24], pairs[24], elsewhere[24];
	if (conf->shard.count == 1)
		return;
	snprintf(index, sizeof index, "%lld", (long long)conf->shard.index);
	snprintf(count, sizeof count, "%lld", (long long)conf->shard.count);
	snprintf(pairs, sizeof pairs, "%zu", conf->pair_count);
	snprintf(elsewhere, sizeof elsewhere, "%zu", conf->elsewhere_count);
	log_info("watching the pairs of one shard", "shard", index, "shards", count, "pairs", pairs,
	    "pairs_of_other_shards", elsewhere);
}

static size_t kept(const struct errs *errs)
{
	return errs->count < ERRS_KEPT ? errs->count : ERRS_KEPT;
}

/* SIGHUP or an order: the new configuration is fully loaded before the old one is dropped. */
static void reload(const char *path, struct shared shared, struct poller **poller, struct config_watch *watch)
{
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	struct reload_asker asker = poller_reload_asker(*poller);
	notify_send("RELOADING=1");
	config_watch_note_load(watch);
	struct poller *fresh = load(path, shared, errs);
	for (size_t i = 0; i < kept(errs); i++)
		log_error("configuration not reloaded, keeping the old one", "error", errs->kept[i].text);
	if (errs->count > ERRS_KEPT) {
		char more[24];
		snprintf(more, sizeof more, "%zu", errs->count - ERRS_KEPT);
		log_error("configuration not reloaded, keeping the old one", "more_errors", more);
	}
	if (fresh) {
		poller_check_files(fresh, path, *poller);
		poller_adopt(fresh, *poller);
		poller_free(poller);
		*poller = fresh;
		poller_note_reload(*poller, &asker, NULL);
		poller_publish(*poller);
		log_info("configuration reloaded", "file", path);
		log_shard(fresh);
	} else
		poller_note_reload(*poller, &asker, errs->kept[0].text);
	notify_send("READY=1");
	orders_answer_held(shared.orders, errs);
	free(errs);
}

/* What clients call the machine may be its own name. */
static void allow_own_name(struct web_hosts *hosts)
{
	char name[WEB_HOST_MAX_BYTES + 1] = "";
	struct err e;
	if (gethostname(name, sizeof name - 1) != 0 || !*name)
		return;
	(void)!web_hosts_add(hosts, name, &e);
	name[strcspn(name, ".")] = '\0';
	(void)!web_hosts_add(hosts, name, &e);
}

/* In a container the process id is mostly 1, and after a restart the host's name is the same. */
static struct peer_identity identify(void)
{
	struct peer_identity id = {0};
	if (gethostname(id.host, sizeof id.host - 1) != 0 || !*id.host || text_first_unshown(id.host))
		text_copy(id.host, sizeof id.host, "localhost");
	snprintf(id.instance, sizeof id.instance, "%s/%d/%08x", id.host, (int)getpid(), (unsigned)random_word());
	return id;
}

struct inherited {
	struct listen_inherited sockets[LISTEN_INHERITED_MAX];
	size_t count;
	bool has_control;
};

static bool take_inherited(const struct flags *flags, struct inherited *inherited)
{
	struct err e;
	if (!flags->has_systemd_sockets)
		return true;
	if (!listen_inherit(inherited->sockets, &inherited->count, &e)) {
		flags_say(stderr, "hawatchd: --web.systemd-socket: %s", e.text);
		return false;
	}
	for (size_t i = 0; i < inherited->count; i++)
		inherited->has_control |= inherited->sockets[i].kind == LISTENER_CONTROL;
	return true;
}

static bool open_control(struct server *server, const struct flags *flags, struct err *e)
{
	char address[1024];
	snprintf(address, sizeof address, "unix:%s", flags->control_socket);
	if (!flags->control_socket[0] || server_listen(server, LISTENER_CONTROL, address, e))
		return true;
	if (flags->has_control_socket)
		return false;
	log_warn(
	    "no control socket; use hawatch --url, or set another path with --web.control-socket", "error", e->text);
	return true;
}

static bool open_listeners(
    struct server *server, const struct flags *flags, const struct inherited *inherited, struct err *e)
{
	for (size_t i = 0; i < inherited->count; i++)
		if (!server_add_take(server, inherited->sockets[i].kind, inherited->sockets[i].fd, e))
			return false;
	for (size_t i = 0; i < flags->address_count; i++)
		if (!server_listen(server, LISTENER_WEB, flags->addresses[i], e))
			return false;
	if (flags->health_address && !server_listen(server, LISTENER_HEALTH, flags->health_address, e))
		return false;
	return (inherited->has_control && !flags->has_control_socket) || open_control(server, flags, e);
}

/* Signals arrive on a descriptor that only the poller reads. */
static int open_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(
	    SIGCHLD, SIG_DFL); /* ignored, as we may have inherited it, the kernel would not keep how a plugin ended */
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		log_fatal("cannot start: no descriptor for signals", strerror(errno));
	return fd;
}

/* The next file that is opened must not become our stderr, or a plugin's output. */
static void hold_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
			_exit(EXIT_RUNTIME); /* there is nothing to say why on */
}

/* What is large, as an exposition of many pairs, goes back to the system when it is freed, and leaves no hole. */
static void set_up_heap(void)
{
	enum { LARGE_BYTES = 1 << 20 };
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
}

/* Keeps tokens out of core files and away from other processes of the same user. */
static void guard_memory(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	prctl(PR_SET_DUMPABLE, 0);
}

/* The soft limit is often 1024, for programs that use select(). Nothing here does. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS_ENOUGH)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS_ENOUGH ? limit.rlim_max : DESCRIPTORS_ENOUGH;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* What a reload adds is not considered: by then connections may be there. */
static void fit_connections(struct server *server, const struct poller *poller)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		server_fit(server, limit.rlim_cur, poller_descriptors(poller) + DESCRIPTORS_SPARE);
}

static int run(const struct flags *flags, const struct inherited *inherited, int signal_fd, struct shared shared,
    struct web_config *config, struct poller **poller, struct config_watch *watch)
{
	const struct web_options web = {&flags->url, &flags->hosts, flags->max_requests};
	struct server *server = server_new(shared, &web, config);
	struct err e;
	if (!open_listeners(server, flags, inherited, &e)) {
		flags_say(stderr, "hawatchd: %s", e.text);
		server_free(&server);
		return EXIT_RUNTIME;
	}
	fit_connections(server, *poller);
	poller_restore(*poller);
	poller_publish(*poller);
	server_start(server);
	log_info("hawatchd started", "version", HAWATCH_VERSION, "config", flags->config_file);
	log_shard(*poller);
	notify_send("READY=1");
	while (poller_run(*poller, signal_fd, watch) == SIGHUP) {
		server_reload(server);
		reload(flags->config_file, shared, poller, watch);
	}
	notify_send("STOPPING=1");
	log_info("hawatchd is stopping");
	server_free(&server);
	return EXIT_CLEAN;
}

static bool say_shard(const char *file, const struct conf *conf)
{
	return conf->shard.count == 1 ||
	    flags_say(stdout, "%s: shard %lld of %lld (counted from 0) watches %zu of %zu pairs", file,
		(long long)conf->shard.index, (long long)conf->shard.count, conf->pair_count,
		conf->pair_count + conf->elsewhere_count) > 0;
}

/* An unusable state directory does not stop a start, but the check reports it. */
static int finish_check(const struct flags *flags, const struct poller *poller)
{
	struct err e;
	if (!poller_can_keep_state(poller, &e)) {
		flags_say(stderr, "%s", e.text);
		return EXIT_USAGE;
	}
	bool is_said = flags_say(stdout, "%s: configuration is valid", flags->config_file) > 0;
	is_said &= say_shard(flags->config_file, poller_conf(poller));
	if (flags->web_config_file)
		is_said &= flags_say(stdout, "%s: web configuration is valid", flags->web_config_file) > 0;
	return is_said ? EXIT_CLEAN : EXIT_RUNTIME;
}

int main(int argc, char **argv)
{
	struct flags flags;
	hold_standard_files();
	setenv("TZ", "UTC0", 1); /* timegm() and gmtime_r() obey a zone with leap seconds (right/UTC) */
	int status = flags_parse(argc, argv, &flags);
	struct inherited inherited = {0};
	if (status < 0 && !flags.only_check && !flags.only_probe && !flags.only_init &&
	    !take_inherited(&flags, &inherited))
		status = EXIT_RUNTIME;
	if (status >= 0) {
		flags_fini(&flags);
		return status;
	}
	allow_own_name(&flags.hosts);
	guard_memory();
	set_up_heap();
	raise_descriptor_limit();
	bool is_quiet = flags.only_probe || flags.only_init;
	if (is_quiet)
		first_leave_service_alone();
	log_setup(is_quiet && !flags.has_log_level ? LOG_LEVELS : flags.log_level, flags.log_format);
	mem_locked_tell();

	int signal_fd = open_signals(); /* before reading files: a SIGHUP may arrive at any time */
	if (flags.only_init) {
		status = first_init(&flags, signal_fd);
		close(signal_fd);
		flags_fini(&flags);
		return status;
	}
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	const struct peer_identity identity = identify();
	struct shared shared = {publish_new(), orders_new(), flags.only_probe ? NULL : state_writer_new(), &flags.url,
	    peer_token_new(), &identity};
	struct config_watch watch = {.path = flags.watches_config ? flags.config_file : NULL};
	config_watch_note_load(&watch);
	struct poller *poller = load(flags.config_file, shared, errs);
	struct web_config config;
	bool has_config = web_config_open(&config, flags.web_config_file, errs);
	flags_say_mistakes(errs);
	if (poller)
		poller_check_files(poller, flags.config_file, NULL);
	if (!poller || !has_config)
		status = EXIT_USAGE;
	else if (flags.only_check)
		status = finish_check(&flags, poller);
	else if (flags.only_probe)
		status = first_probe(&flags, poller, signal_fd);
	else
		status = run(&flags, &inherited, signal_fd, shared, &config, &poller, &watch);
	web_config_close(&config);
	poller_free(&poller);
	state_writer_free(&shared.writer);
	orders_free(&shared.orders);
	publish_free(&shared.publish);
	peer_token_free(&shared.peer_token);
	close(signal_fd);
	flags_fini(&flags);
	free(errs);
	return status;
}
