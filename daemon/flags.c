#include "flags.h"

#include "api.h"
#include "base/buf.h"
#include "base/completion.h"
#include "base/text.h"
#include "serve/listen.h"
#include "serve/routes.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { GO_ON = -1, FIRST_ID = 256 /* above all letters */, COMPLETION_MAX_BYTES = 64 << 10 };

int flags_say(FILE *to, const char *format, ...)
{
	char line[2048];
	va_list args;
	va_start(args, format);
	text_mark_cut(line, sizeof line, vsnprintf(line, sizeof line, format, args));
	va_end(args);
	struct buf shown = buf_of(sizeof line * sizeof(struct text_code));
	text_put(&shown, line, NULL);
	buf_putc(&shown, '\n');
	int written = fputs(buf_text(&shown), to);
	buf_fini(&shown);
	return written;
}

void flags_say_mistakes(const struct errs *errs)
{
	for (size_t i = 0; i < errs->count && i < ERRS_KEPT; i++)
		flags_say(stderr, "%s", errs->kept[i].text);
	if (errs->count > ERRS_KEPT)
		flags_say(stderr, "and %zu more", errs->count - ERRS_KEPT);
}

/* What each flag does. GO_ON, or an exit status. */

static int take_config_file(struct flags *f, const char *argument)
{
	f->config_file = argument;
	return GO_ON;
}

static int take_config_check(struct flags *f, const char *argument)
{
	(void)argument;
	f->only_check = true;
	return GO_ON;
}

static int take_config_watch(struct flags *f, const char *argument)
{
	(void)argument;
	f->watches_config = true;
	return GO_ON;
}

static int take_config_probe(struct flags *f, const char *argument)
{
	(void)argument;
	f->only_probe = true;
	return GO_ON;
}

static int take_config_init(struct flags *f, const char *argument)
{
	(void)argument;
	f->only_init = true;
	return GO_ON;
}

static int take_init_token_file(struct flags *f, const char *argument)
{
	f->init_token_file = argument;
	return GO_ON;
}

static int take_init_organization(struct flags *f, const char *argument)
{
	f->init_organization = argument;
	return GO_ON;
}

static int take_init_ca_file(struct flags *f, const char *argument)
{
	f->init_ca_file = argument;
	return GO_ON;
}

static int refuse_value(const char *flag, const struct err *e)
{
	flags_say(stderr, "hawatchd: --%s: %s", flag, e->text);
	return EXIT_USAGE;
}

static int take_listen_address(struct flags *f, const char *argument)
{
	struct err e;
	if (f->address_count == FLAGS_ADDRESSES_MAX)
		err_set(&e, "at most %d addresses", FLAGS_ADDRESSES_MAX);
	else if (listen_check(argument, &e)) {
		f->addresses[f->address_count++] = argument;
		return GO_ON;
	}
	return refuse_value("web.listen-address", &e);
}

static int take_systemd_socket(struct flags *f, const char *argument)
{
	(void)argument;
	f->has_systemd_sockets = true;
	return GO_ON;
}

static int take_health_address(struct flags *f, const char *argument)
{
	struct err e;
	f->health_address = argument;
	return listen_check(argument, &e) ? GO_ON : refuse_value("web.health-listen-address", &e);
}

static int take_metrics_path(struct flags *f, const char *argument)
{
	f->metrics_path = argument;
	return GO_ON;
}

static int take_max_requests(struct flags *f, const char *argument)
{
	struct err e;
	size_t digits = strspn(argument, "0123456789");
	if (digits == 0 || digits > 6 || argument[digits]) {
		err_set(&e, "expected a number such as 40; 0 is no limit");
		return refuse_value("web.max-requests", &e);
	}
	f->max_requests = (unsigned)strtoul(argument, NULL, 10);
	return GO_ON;
}

static int take_allowed_host(struct flags *f, const char *argument)
{
	struct err e;
	return web_hosts_add(&f->hosts, argument, &e) ? GO_ON : refuse_value("web.allowed-host", &e);
}

static int take_web_config_file(struct flags *f, const char *argument)
{
	f->web_config_file = *argument ? argument : NULL;
	return GO_ON;
}

static int take_external_url(struct flags *f, const char *argument)
{
	f->external_url = argument;
	return GO_ON;
}

static int take_route_prefix(struct flags *f, const char *argument)
{
	f->route_prefix = argument;
	return GO_ON;
}

static int take_control_socket(struct flags *f, const char *argument)
{
	f->control_socket = argument;
	f->has_control_socket = true;
	return GO_ON;
}

/* The index of `text` in `names`; -1 with a message on stderr if it is not there. */
static int choose(const char *flag, const char *text, const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	struct buf expected = buf_of(256);
	for (int i = 0; i < count; i++)
		buf_printf(&expected, "%s %s", i ? "," : "", names[i]);
	flags_say(stderr, "hawatchd: --%s=%s: expected one of%s", flag, text, buf_text(&expected));
	buf_fini(&expected);
	return -1;
}

static int take_output(struct flags *f, const char *argument)
{
	static const char *const names[] = {"table", "json"};
	int chosen = choose("output", argument, names, 2);
	f->is_json = chosen == 1;
	return chosen < 0 ? EXIT_USAGE : GO_ON;
}

static int take_log_level(struct flags *f, const char *argument)
{
	int chosen = choose("log.level", argument, log_level_names, LOG_LEVELS);
	f->log_level = (enum log_level)chosen;
	f->has_log_level = true;
	return chosen < 0 ? EXIT_USAGE : GO_ON;
}

static int take_log_format(struct flags *f, const char *argument)
{
	int chosen = choose("log.format", argument, log_format_names, LOG_FORMATS);
	f->log_format = (enum log_format)chosen;
	return chosen < 0 ? EXIT_USAGE : GO_ON;
}

static int take_version(struct flags *f, const char *argument)
{
	(void)f;
	(void)argument;
	printf("hawatchd, version " HAWATCH_VERSION " (revision " HAWATCH_REVISION ", " __VERSION__ ")\n");
	return EXIT_CLEAN;
}

static int take_help(struct flags *f, const char *argument);

#define OUTPUT "output" /* the only one with a letter, as of hawatch(1) */
#define CONFIG_FILE "/etc/hawatch/hawatch.yaml"
#define NEXT_LINE "\n                               " /* below the first line of the help */

static const struct {
	const char *name;
	const char *argument; /* NULL: it has none */
	int (*take)(struct flags *f, const char *argument);
	const char *help;
} table[] = {
    {"config.file", "FILE", take_config_file, "configuration; default " CONFIG_FILE},
    {"config.check", NULL, take_config_check, "check the configuration and its files, then exit"},
    {"config.watch", NULL, take_config_watch, "reload when the file of the configuration has" NEXT_LINE "changed"},
    {"config.probe", NULL, take_config_probe,
	"ask everything once, as the daemon would, and" NEXT_LINE "show what answers, and the remedy for the rest"},
    {"config.init", NULL, take_config_init,
	"write a first --config.file with the cloudspaces" NEXT_LINE "that Spot lists, in pairs; replaces none"},
    {"config.init.token-file", "FILE", take_init_token_file,
	"its refresh token; default: $RXTSPOT_TOKEN_FILE," NEXT_LINE "else refreshToken in ~/.spot_config"},
    {"config.init.organization", "ORG", take_init_organization, "name, id or namespace; default: the token's own"},
    {"config.init.ca-file", "FILE", take_init_ca_file, "CAs for Spot; default: the system's"},
    {OUTPUT, "FORMAT", take_output, "-o FORMAT: what --config.probe shows: table or" NEXT_LINE "json; default table"},
    {"web.listen-address", "ADDR", take_listen_address,
	"HOST:PORT or unix:PATH to serve on, repeatable;" NEXT_LINE "default " API_ADDRESS},
    {"web.systemd-socket", NULL, take_systemd_socket, "serve on the sockets that systemd passes"},
    {"web.health-listen-address", "ADDR", take_health_address,
	"a further address, which only answers probes:" NEXT_LINE "/healthz, /readyz"},
    {"web.config.file", "FILE", take_web_config_file,
	"TLS, users and headers of the server, in the" NEXT_LINE "format of Prometheus' exporters; default: none"},
    {"web.external-url", "URL", take_external_url,
	"URL behind a reverse proxy, under which people" NEXT_LINE "find the page"},
    {"web.route-prefix", "PATH", take_route_prefix,
	"prefix of all paths that are served; default:" NEXT_LINE "the path of --web.external-url"},
    {"web.telemetry-path", "PATH", take_metrics_path, "path of the metrics; default /metrics"},
    {"web.max-requests", "N", take_max_requests,
	"requests for metrics at the same time; default 0," NEXT_LINE "no limit"},
    {"web.allowed-host", "NAME", take_allowed_host,
	"name in the Host header of requests, repeatable;" NEXT_LINE
	"addresses, localhost and the names in the" NEXT_LINE "options above are allowed; *: every name"},
    {"web.control-socket", "PATH", take_control_socket,
	"Unix socket for hawatch(1); empty: no socket;" NEXT_LINE "default " API_CONTROL_SOCKET},
    {"log.level", "LEVEL", take_log_level, "debug, info, warn or error; default info"},
    {"log.format", "FORMAT", take_log_format, "logfmt or json; default logfmt"},
    {"version", NULL, take_version, "print the version and exit"},
    {"help", NULL, take_help, "print this help and exit"},
};
enum { FLAGS = sizeof table / sizeof *table };

static int take_help(struct flags *f, const char *argument)
{
	(void)f;
	(void)argument;
	printf("usage: hawatchd [--config.file=FILE] [option ...]\n\n"
	       "Watches pairs of Rackspace Spot cloudspaces and serves their HA status to\nPrometheus.\n\n");
	for (size_t i = 0; i < FLAGS; i++) {
		char left[64];
		snprintf(left, sizeof left, "--%s%s%s", table[i].name, table[i].argument ? "=" : "",
		    table[i].argument ? table[i].argument : "");
		printf("  %-28s %s\n", left, table[i].help);
	}
	printf("\nSIGHUP reloads the configuration; on error the old one stays. SIGTERM stops.\n"
	       "Exit status: 0 success, 1 runtime failure, 2 wrong usage or configuration.\n");
	return EXIT_CLEAN;
}

/* The number of the flag that getopt has found: by its letter, too. */
static int index_of(int id)
{
	for (int i = 0; id == 'o' && i < (int)FLAGS; i++)
		if (strcmp(table[i].name, OUTPUT) == 0)
			return i;
	return id - FIRST_ID;
}

/* Completion. */

/* The flag of "--name" or "--name=value" that has an argument; FLAGS if there is none. */
static size_t find_with_argument(const char *word)
{
	const char *name = strncmp(word, "--", 2) == 0 ? word + 2 : "";
	size_t len = strcspn(name, "="), i = 0;
	while (
	    i < FLAGS && (!table[i].argument || strlen(table[i].name) != len || strncmp(table[i].name, name, len) != 0))
		i++;
	return i;
}

static void put_values(const struct completion *c, size_t i)
{
	if (table[i].take == take_log_level)
		for (int k = 0; k < LOG_LEVELS; k++)
			completion_put(c, log_level_names[k], "");
	else if (table[i].take == take_log_format)
		for (int k = 0; k < LOG_FORMATS; k++)
			completion_put(c, log_format_names[k], "");
	else if (table[i].take == take_output) {
		completion_put(c, "table", "");
		completion_put(c, "json", "");
	} else if (strcmp(table[i].argument, "FILE") == 0 || strcmp(table[i].argument, "DIR") == 0)
		completion_put_files(c);
}

static void put_names(const struct completion *c)
{
	for (size_t i = 0; i < FLAGS; i++) {
		char name[64];
		snprintf(name, sizeof name, "--%s", table[i].name);
		completion_put(c, name, table[i].help);
	}
}

/* hawatchd __complete WORD...: what the last word may be completed to, as base/completion.h says. */
static int complete(char **words, int count)
{
	struct buf out = buf_of(COMPLETION_MAX_BYTES);
	struct completion c = completion_of(words[count - 1], &out);
	const char *before = count > 1 && !strchr(words[count - 2], '=') ? words[count - 2] : "";
	size_t flag = find_with_argument(completion_is_value(&c) ? words[count - 1] : before);
	if (flag < FLAGS)
		put_values(&c, flag);
	else
		put_names(&c);
	fputs(buf_text(&out), stdout);
	buf_fini(&out);
	return EXIT_CLEAN;
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
static int refuse(int why, const char *given)
{
	bool is_letter = optopt > 0 && optopt < FIRST_ID;
	const char letter[] = {'-', (char)optopt, '\0'};
	const char *what = why == ':' ? "requires an argument"
	    : optopt >= FIRST_ID      ? "doesn't allow an argument"
				      : "is not known, or stands for several";
	flags_say(stderr, "hawatchd: option '%s' %s", is_letter ? letter : given, what);
	return EXIT_USAGE;
}

/* Names of hosts that other flags have. What is none, as in an address, is passed over. */
static void allow_hosts_of(struct flags *f)
{
	struct err e;
	for (size_t i = 0; i < f->address_count; i++)
		(void)!web_hosts_add(&f->hosts, f->addresses[i], &e);
	const char *authority = f->url.page ? strstr(f->url.page, "//") : NULL;
	if (authority) {
		char host[WEB_URL_MAX_BYTES];
		snprintf(host, sizeof host, "%.*s", (int)strcspn(authority + 2, "/"), authority + 2);
		(void)!web_hosts_add(&f->hosts, host, &e);
	}
}

static bool read_url(struct flags *f, struct err *e)
{
	if (!web_url_parse(f->external_url, f->route_prefix, &f->url, e))
		return false;
	if (!f->metrics_path)
		return true;
	return web_url_set_metrics_path(&f->url, f->metrics_path, e) &&
	    (!routes_has(f->url.metrics_path) ||
		err_set(e, "--web.telemetry-path: %s is another path of hawatchd", f->url.metrics_path));
}

/* What is checked when all are known. */
static int finish(struct flags *f)
{
	struct err e;
	if (!read_url(f, &e)) {
		flags_say(stderr, "hawatchd: %s", e.text);
		return misused();
	}
	if (!f->address_count && !f->has_systemd_sockets)
		f->addresses[f->address_count++] = API_ADDRESS;
	allow_hosts_of(f);
	return GO_ON;
}

int flags_parse(int argc, char **argv, struct flags *f)
{
	struct option longs[FLAGS + 1] = {0};
	for (int i = 0; i < FLAGS; i++)
		longs[i] = (struct option){
		    table[i].name, table[i].argument ? required_argument : no_argument, NULL, FIRST_ID + i};
	*f = (struct flags){.config_file = CONFIG_FILE,
	    .control_socket = API_CONTROL_SOCKET,
	    .log_level = LOG_INFO,
	    .log_format = LOG_LOGFMT};
	if (argc > 2 && strcmp(argv[1], "__complete") == 0)
		return complete(argv + 2, argc - 2);
	opterr = 0; /* getopt would print the argument as it is */
	for (int id; (id = getopt_long(argc, argv, ":o:", longs, NULL)) != -1;) {
		int status =
		    id == '?' || id == ':' ? refuse(id, argv[optind - 1]) : table[index_of(id)].take(f, optarg);
		if (status != GO_ON)
			return status == EXIT_USAGE ? misused() : status;
	}
	if (optind < argc) {
		flags_say(stderr, "hawatchd: unexpected argument '%s'", argv[optind]);
		return misused();
	}
	return finish(f);
}

void flags_fini(struct flags *f)
{
	web_url_fini(&f->url);
}
