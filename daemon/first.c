#define _DEFAULT_SOURCE /* realpath */
#include "first.h"

#include "base/mem.h"
#include "base/text.h"
#include "loop/discover.h"
#include "os/files.h"
#include "render/starter.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A notice to systemd would be taken for the daemon's. */
void first_leave_service_alone(void)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
}

static bool print(FILE *to, const struct report *report, bool is_json)
{
	enum { WIDTH = 80, REPORT_MAX_BYTES = 256 << 20 };
	struct buf out = buf_of(REPORT_MAX_BYTES);
	if (is_json) {
		report_put_json(report, NULL, &out);
		buf_putc(&out, '\n');
	} else
		report_put_text(report, WIDTH, NULL, &out);
	bool is_said = fputs(buf_text(&out), to) >= 0 && fflush(to) == 0;
	buf_fini(&out);
	return is_said;
}

/* A line of a terminal, which the next one replaces. */
static void tell_progress(size_t asked, size_t all)
{
	fprintf(stderr, "\rasked %zu of %zu sides; Ctrl-C shows what is known so far ", asked, all);
}

static void erase_progress(void)
{
	fprintf(stderr, "\r%78s\r", "");
}

int first_probe(const struct flags *flags, struct poller *poller, int signal_fd)
{
	struct report report = {0};
	bool is_watched = isatty(STDERR_FILENO) == 1;
	int signal = poller_ask_once(poller, signal_fd, is_watched ? tell_progress : NULL, &report);
	if (is_watched)
		erase_progress();
	bool is_good = print(stdout, &report, flags->is_json) && report_worst(&report) != REPORT_FAIL;
	if (signal)
		flags_say(stderr, "interrupted: not everything was asked");
	report_fini(&report);
	return signal ? EXIT_SIGNAL + signal : is_good ? EXIT_CLEAN : EXIT_RUNTIME;
}

/* A copy of the path that does not depend on the present folder; NULL for NULL. */
static char *absolute(const char *path)
{
	char *whole = path ? realpath(path, NULL) : NULL;
	return whole || !path ? whole : mem_copy_text(path, strlen(path));
}

/* Everything by default, but what the options say of Spot. The pair is only there because there must be one. */
static struct conf *conf_to_discover(const struct flags *flags, struct errs *errs)
{
	static const char text[] =
	    "spot: {}\n"
	    "pairs: [{name: a, primary: {cloudspace: a, kubeconfig: /a}, secondary: {cloudspace: b, "
	    "kubeconfig: /b}}]\n";
	struct conf *conf = conf_parse("--config.init", text, sizeof text - 1, errs);
	if (!conf)
		return NULL;
	conf->spot.refresh_token_file = absolute(flags->init_token_file);
	conf->spot.ca_file = absolute(flags->init_ca_file);
	if (flags->init_organization)
		conf->spot.organization = mem_copy_text(flags->init_organization, strlen(flags->init_organization));
	return conf;
}

/* What differs from the default, or NULL. */
static const char *unusual(const char *text, const char *usual)
{
	return text_is_same(text, usual) ? NULL : text;
}

/* `kubeconfig` beside the configuration. There a relative path would start at the configuration's folder. */
static void put_kubeconfig(const char *config_file, struct buf *out)
{
	const char *slash = strrchr(config_file, '/');
	char *named = slash ? mem_copy_text(config_file, (size_t)(slash - config_file + 1)) : mem_copy_text(".", 1);
	char *folder = absolute(named);
	size_t len = strlen(folder);
	buf_printf(out, "%s%skubeconfig", folder, len && folder[len - 1] == '/' ? "" : "/");
	free(folder);
	free(named);
}

static int tell_next(const struct flags *flags, size_t pairs, const char *kubeconfig)
{
	flags_say(stdout, "%s: written, with %zu pair%s", flags->config_file, pairs, pairs == 1 ? "" : "s");
	if (!pairs)
		flags_say(stdout, "No two names belong together: say under pairs: which do.");
	flags_say(stdout, "Next:");
	flags_say(stdout, "1. Put a context for each cloudspace into %s.", kubeconfig);
	flags_say(stdout, "   Best with the tokens of a read-only account:");
	flags_say(stdout, "   " HAWATCH_SHARE "/kubernetes/watched/apply.sh --context NAME");
	flags_say(stdout, "2. hawatchd --config.file=%s --config.probe", flags->config_file);
	return EXIT_CLEAN;
}

static int write_first(const struct flags *flags, const struct conf *conf, const char *names)
{
	struct err e;
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	struct conf *usual = conf_to_discover(flags, errs);
	struct buf text = buf_of(STARTER_MAX_BYTES), kubeconfig = buf_of(STARTER_MAX_BYTES);
	put_kubeconfig(flags->config_file, &kubeconfig);
	size_t pairs = starter_render(
	    &(struct starter){
		.version = HAWATCH_VERSION,
		.names = names,
		.token_file = conf->spot.is_spot_config ? NULL : conf->spot.refresh_token_file,
		.organization = flags->init_organization,
		.api_url = unusual(conf->spot.api_url, usual->spot.api_url),
		.auth_url = unusual(conf->spot.auth_url, usual->spot.auth_url),
		.client_id = unusual(conf->spot.client_id, usual->spot.client_id),
		.ca_file = conf->spot.ca_file,
		.kubeconfig = buf_text(&kubeconfig),
	    },
	    &text);
	bool is_written = text.overflow ? err_set(&e, "%s: not written; it would be larger than %d MiB",
					      flags->config_file, STARTER_MAX_BYTES >> 20)
					: files_create(flags->config_file, 0640, buf_text(&text), text.len, &e);
	int status = is_written ? tell_next(flags, pairs, buf_text(&kubeconfig)) : EXIT_RUNTIME;
	if (!is_written)
		flags_say(stderr, "%s", e.text);
	buf_fini(&text);
	buf_fini(&kubeconfig);
	conf_free(&usual);
	free(errs);
	return status;
}

int first_init(const struct flags *flags, int signal_fd)
{
	struct errs *errs = mem_zeroed(1, sizeof *errs);
	struct report report = {0};
	struct buf names = buf_of(DISCOVER_NAMES_MAX_BYTES);
	struct conf *conf = conf_to_discover(flags, errs);
	int status = EXIT_USAGE;
	if (access(flags->config_file, F_OK) == 0)
		flags_say(stderr, "%s: is there already, and is not replaced", flags->config_file);
	else if (conf && discover(conf, signal_fd, &names, &report, errs))
		status = EXIT_RUNTIME;
	flags_say_mistakes(errs);
	if (status == EXIT_RUNTIME && names.len && report_worst(&report) >= REPORT_WARN)
		(void)!print(stderr, &report, false); /* it is written all the same; something may be missing in it */
	if (status == EXIT_RUNTIME && names.len)
		status = write_first(flags, conf, buf_text(&names));
	else if (status == EXIT_RUNTIME && !report.count)
		flags_say(stderr, "%s: not written; interrupted", flags->config_file);
	else if (status == EXIT_RUNTIME) {
		(void)!print(stderr, &report, false);
		flags_say(stderr, "%s: not written; --config.init.organization chooses another organization",
		    flags->config_file);
	}
	buf_fini(&names);
	report_fini(&report);
	conf_free(&conf);
	free(errs);
	return status;
}
