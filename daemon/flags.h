/* The command line of hawatchd: its flags, as Prometheus calls them. */
#pragma once

#include "base/err.h"
#include "config/web_hosts.h"
#include "config/web_url.h"
#include "os/log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { FLAGS_ADDRESSES_MAX = 8 };

/* The exit status. */
enum { EXIT_CLEAN, EXIT_RUNTIME, EXIT_USAGE, EXIT_SIGNAL = 128 /* and its number, as shells show it */ };

struct flags {
	const char *config_file;
	bool only_check, only_probe, only_init;
	bool watches_config;
	bool is_json;                                                   /* what is asked for only to be shown */
	const char *init_token_file, *init_organization, *init_ca_file; /* NULL: not given */
	const char *addresses[FLAGS_ADDRESSES_MAX];
	size_t address_count;
	bool has_systemd_sockets;
	const char *health_address;  /* NULL: there is none */
	const char *web_config_file; /* NULL: none */
	const char *external_url, *route_prefix, *metrics_path;
	struct web_url url; /* read from these */
	struct web_hosts hosts;
	unsigned max_requests;
	const char *control_socket;
	bool has_control_socket; /* set by the user: then a failure to open it is fatal */
	enum log_level log_level;
	bool has_log_level;
	enum log_format log_format;
};

/*
 * Reads the command line into `flags`, which borrows its texts. Returns an exit status, with what there is to say on
 * stdout or stderr, or -1 to go on. flags_fini() frees in any case.
 */
int flags_parse(int argc, char **argv, struct flags *flags) __attribute__((warn_unused_result));
void flags_fini(struct flags *flags);

/*
 * Appends a line to a stream that may be a terminal: arguments, names of files and what they contain may have control
 * characters. Returns what fprintf() returns.
 */
int flags_say(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* All mistakes that are known, on stderr, each in its line. */
void flags_say_mistakes(const struct errs *errs);
