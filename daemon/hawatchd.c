/* hawatchd: reads options and configuration, starts the parts, and stops them in reverse order. */
#define _DEFAULT_SOURCE /* RLIMIT_CORE, prctl */
#include "api.h"
#include "base/mem.h"
#include "base/text.h"
#include "loop/poller.h"
#include "os/files.h"
#include "os/log.h"
#include "os/notify.h"
#include "serve/listen.h"
#include "serve/server.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_CLEAN, EXIT_RUNTIME, EXIT_USAGE };
enum {
	ADDRESSES_MAX = 4,
	CONFIG_MAX_BYTES = 1 << 20,
	DESCRIPTORS_ENOUGH = 65536, /* plugins inherit the limit, and some close every number below it */
};

static const char default_config[] = "/etc/hawatch/hawatch.yaml";
static const char default_address[] = API_ADDRESS;
static const char default_socket[] = API_CONTROL_SOCKET;

struct options {
	const char *config_file;
	bool only_check;
	const char *addresses[ADDRESSES_MAX];
	size_t address_count;
	const char *external_url, *route_prefix;
	struct web_url web; /* read from both */
	const char *control_socket;
	bool has_control_socket; /* set by the user: then a failure to open it is fatal */
	enum log_level log_level;
	enum log_format log_format;
};

enum option_id {
	OPT_CONFIG_FILE = 256,
	OPT_CONFIG_CHECK,
	OPT_LISTEN,
	OPT_EXTERNAL_URL,
	OPT_ROUTE_PREFIX,
	OPT_CONTROL,
	OPT_LOG_LEVEL,
	OPT_LOG_FORMAT,
	OPT_VERSION,
	OPT_HELP,
};

#define NEXT_LINE "\n                               " /* below the first line of the help */

static const struct {
	const char *name;
	enum option_id id;
	const char *argument;
	const char *help;
} option_table[] = {
    {"config.file", OPT_CONFIG_FILE, "FILE", "configuration; default /etc/hawatch/hawatch.yaml"},
    {"config.check", OPT_CONFIG_CHECK, NULL, "check the configuration and its files, then exit"},
    {"web.listen-address", OPT_LISTEN, "ADDR", "HOST:PORT to serve on, repeatable; default" NEXT_LINE API_ADDRESS},
    {"web.external-url", OPT_EXTERNAL_URL, "URL",
	"URL behind a reverse proxy, under which people" NEXT_LINE "find the page"},
    {"web.route-prefix", OPT_ROUTE_PREFIX, "PATH",
	"prefix of all paths that are served; default:" NEXT_LINE "the path of --web.external-url"},
    {"web.control-socket", OPT_CONTROL, "PATH",
	"Unix socket for hawatch(1); empty: no socket;" NEXT_LINE "default " API_CONTROL_SOCKET},
    {"log.level", OPT_LOG_LEVEL, "LEVEL", "debug, info, warn or error; default info"},
    {"log.format", OPT_LOG_FORMAT, "FORMAT", "logfmt or json; default logfmt"},
    {"version", OPT_VERSION, NULL, "print the version and exit"},
    {"help", OPT_HELP, NULL, "print this help and exit"},
};
enum { OPTIONS = sizeof option_table / sizeof *option_table };

/* Appends a line to a stream that may be a terminal: arguments, names of files and what they contain may have control
 * characters. */
static int say(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int say(FILE *to, const char *format, ...)
{
	char line[2048];
	va_list args;
	va_start(args, format);
	text_mark_cut(line, sizeof line, vsnprintf(line, sizeof line, format, args));
	va_end(args);
	text_clean(line);
	return fprintf(to, "%s\n", line);
}

static void print_help(void)
{
	printf("usage: hawatchd [--config.file=FILE] [option ...]\n\n"
	       "Watches pairs of Rackspace Spot cloudspaces and serves their HA status to\nPrometheus.\n\n");
	for (size_t i = 0; i < OPTIONS; i++) {
		char left[64];
		snprintf(left, sizeof left, "--%s%s%s", option_table[i].name, option_table[i].argument ? "=" : "",
		    option_table[i].argument ? option_table[i].argument : "");
		printf("  %-28s %s\n", left, option_table[i].help);
	}
	printf("\nSIGHUP reloads the configuration; on error the old one stays. SIGTERM stops.\n"
	       "Exit status: 0 success, 1 runtime failure, 2 wrong usage or configuration.\n");
}

/* The index of `text` in `names`; -1 with a message on stderr if it is not there. */
static int choose(const char *option, const char *text, const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	struct buf expected = buf_of(256);
	for (int i = 0; i < count; i++)
		buf_printf(&expected, "%s %s", i ? "," : "", names[i]);
	say(stderr, "hawatchd: --%s=%s: expected one of%s", option, text, buf_text(&expected));
	buf_fini(&expected);
	return -1;
}

/* Handles one option. Returns an exit status, or -1 to continue. */
static int take_option(struct options *o, enum option_id id, const char *argument)
{
	struct err e;
	int chosen;
	switch (id) {
	case OPT_CONFIG_FILE: o->config_file = argument; break;
	case OPT_CONFIG_CHECK: o->only_check = true; break;
	case OPT_LISTEN:
		if (o->address_count == ADDRESSES_MAX) {
			say(stderr, "hawatchd: --web.listen-address: at most %d addresses", ADDRESSES_MAX);
			return EXIT_USAGE;
		}
		if (!listen_check(argument, &e)) {
			say(stderr, "hawatchd: --web.listen-address: %s", e.text);
			return EXIT_USAGE;
		}
		o->addresses[o->address_count++] = argument;
		break;
	case OPT_EXTERNAL_URL: o->external_url = argument; break;
	case OPT_ROUTE_PREFIX: o->route_prefix = argument; break;
	case OPT_CONTROL:
		o->control_socket = argument;
		o->has_control_socket = true;
		break;
	case OPT_LOG_LEVEL:
		if ((chosen = choose("log.level", argument, log_level_names, LOG_LEVELS)) < 0)
			return EXIT_USAGE;
		o->log_level = (enum log_level)chosen;
		break;
	case OPT_LOG_FORMAT:
		if ((chosen = choose("log.format", argument, log_format_names, LOG_FORMATS)) < 0)
			return EXIT_USAGE;
		o->log_format = (enum log_format)chosen;
		break;
	case OPT_VERSION:
		printf("hawatchd, version " HAWATCH_VERSION " (revision " HAWATCH_REVISION ", " __VERSION__ ")\n");
		return EXIT_CLEAN;
	case OPT_HELP: print_help(); return EXIT_CLEAN;
	}
	return -1;
}

static int misused(void)
{
	fprintf(stderr, "Try 'hawatchd --help'.\n");
	return EXIT_USAGE;
}

/*
 * What getopt_long() cannot take: `:` no value, `?` a value too many (then optopt is a known option) or no such option.
 * An unknown letter may be one of several in an argument that is not yet done.
 */
static int refuse_option(int why, const char *given)
{
	bool is_letter = optopt > 0 && optopt < OPT_CONFIG_FILE;
	const char letter[] = {'-', (char)optopt, '\0'};
	const char *what = why == ':'   ? "requires an argument"
	    : optopt >= OPT_CONFIG_FILE ? "doesn't allow an argument"
					: "is not known, or stands for several";
	say(stderr, "hawatchd: option '%s' %s", is_letter ? letter : given, what);
	return EXIT_USAGE;
}

static int parse_options(int argc, char **argv, struct options *o)
{
	struct option longs[OPTIONS + 1] = {0};
	for (size_t i = 0; i < OPTIONS; i++)
		longs[i] = (struct option){option_table[i].name,
		    option_table[i].argument ? required_argument : no_argument, NULL, (int)option_table[i].id};
	opterr = 0; /* getopt would print the argument as it is */
	for (int id; (id = getopt_long(argc, argv, ":", longs, NULL)) != -1;) {
		int status = id == '?' || id == ':' ? refuse_option(id, argv[optind - 1])
						    : take_option(o, (enum option_id)id, optarg);
		if (status >= 0)
			return status == EXIT_USAGE ? misused() : status;
	}
	if (optind < argc) {
		say(stderr, "hawatchd: unexpected argument '%s'", argv[optind]);
		return misused();
	}
	if (!o->address_count)
		o->addresses[o->address_count++] = default_address;
	struct err e;
	if (!web_url_parse(o->external_url, o->route_prefix, &o->web, &e)) {
		say(stderr, "hawatchd: %s", e.text);
		return misused();
	}
	return -1;
}

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
	return conf ? poller_new_take(conf, shared, errs) : NULL;
}

static size_t kept(const struct errs *errs)
{
	return errs->count < ERRS_KEPT ? errs->count : ERRS_KEPT;
}

static void print_mistakes(const struct errs *errs)
{
	for (size_t i = 0; i < kept(errs); i++)
		say(stderr, "%s", errs->kept[i].text);
	if (errs->count > ERRS_KEPT)
		say(stderr, "and %zu more", errs->count - ERRS_KEPT);
}

/* SIGHUP: the new configuration is fully loaded before the old one is dropped. */
static void reload(const char *path, struct shared shared, struct poller **poller)
{
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	notify_send("RELOADING=1");
	struct poller *fresh = load(path, shared, errs);
	for (size_t i = 0; i < kept(errs); i++)
		log_error("configuration not reloaded, keeping the old one", "error", errs->kept[i].text);
	if (errs->count > ERRS_KEPT) {
		char more[24];
		snprintf(more, sizeof more, "%zu", errs->count - ERRS_KEPT);
		log_error("configuration not reloaded, keeping the old one", "more_errors", more);
	}
	if (fresh) {
		poller_adopt(fresh, *poller);
		poller_free(poller);
		*poller = fresh;
		poller_publish(*poller);
		log_info("configuration reloaded", "file", path);
	} else
		poller_note_reload(*poller, false);
	notify_send("READY=1");
	free(errs);
}

/* Opens all listeners. The first failure is printed and ends the start. */
static bool open_listeners(struct server *server, const struct options *o)
{
	const char *prefix = *o->web.prefix ? o->web.prefix_encoded : NULL;
	struct err e;
	for (size_t i = 0; i < o->address_count; i++) {
		if (!server_listen(server, o->addresses[i], &e)) {
			say(stderr, "hawatchd: %s", e.text);
			return false;
		}
		log_info("listening", "address", o->addresses[i], "prefix", prefix, "url", o->web.page);
	}
	if (!o->control_socket[0] || server_listen_control(server, o->control_socket, &e))
		return true;
	if (o->has_control_socket) {
		say(stderr, "hawatchd: %s", e.text);
		return false;
	}
	log_warn(
	    "no control socket; use hawatch --url, or set another path with --web.control-socket", "error", e.text);
	return true;
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

static int run(const struct options *o, int signal_fd, struct shared shared, struct poller **poller)
{
	struct server *server = server_new(shared.publish, shared.orders, shared.web);
	if (!open_listeners(server, o)) {
		server_free(&server);
		return EXIT_RUNTIME;
	}
	poller_restore(*poller);
	poller_publish(*poller);
	server_start(server);
	log_info("hawatchd started", "version", HAWATCH_VERSION, "config", o->config_file);
	notify_send("READY=1");
	while (poller_run(*poller, signal_fd) == SIGHUP)
		reload(o->config_file, shared, poller);
	notify_send("STOPPING=1");
	log_info("hawatchd is stopping");
	server_free(&server);
	return EXIT_CLEAN;
}

/* An unusable state directory does not stop a start, but the check reports it. */
static int finish_check(const struct options *o, const struct poller *poller)
{
	struct err e;
	if (!poller_can_keep_state(poller, &e)) {
		say(stderr, "%s", e.text);
		return EXIT_USAGE;
	}
	return say(stdout, "%s: configuration is valid", o->config_file) > 0 ? EXIT_CLEAN : EXIT_RUNTIME;
}

int main(int argc, char **argv)
{
	struct options o = {.config_file = default_config,
	    .control_socket = default_socket,
	    .log_level = LOG_INFO,
	    .log_format = LOG_LOGFMT};
	hold_standard_files();
	setenv("TZ", "UTC0", 1); /* timegm() and gmtime_r() obey a zone with leap seconds (right/UTC) */
	int status = parse_options(argc, argv, &o);
	if (status >= 0)
		return status;
	guard_memory();
	set_up_heap();
	raise_descriptor_limit();
	log_setup(o.log_level, o.log_format);

	int signal_fd = open_signals(); /* before reading files: a SIGHUP may arrive at any time */
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	struct shared shared = {publish_new(), orders_new(), state_writer_new(), &o.web};
	struct poller *poller = load(o.config_file, shared, errs);
	print_mistakes(errs);
	if (!poller)
		status = EXIT_USAGE;
	else if (o.only_check)
		status = finish_check(&o, poller);
	else
		status = run(&o, signal_fd, shared, &poller);
	poller_free(&poller);
	state_writer_free(&shared.writer);
	orders_free(&shared.orders);
	publish_free(&shared.publish);
	close(signal_fd);
	web_url_fini(&o.web);
	free(errs);
	return status;
}
