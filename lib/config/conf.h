/*
 * hawatch.yaml as a value. Reading is strict: all mistakes are reported in one pass, each with its place, and a file
 * with a mistake gives no configuration.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of texts, such as taint keys. */
struct conf_list {
	char **v;
	size_t count;
};

/* The Rackspace Spot control plane. */
struct conf_spot {
	char *api_url; /* without a slash at the end, like auth_url */
	char *auth_url;
	char *client_id;
	char *ca_file;            /* NULL: the system's CAs */
	char *refresh_token_file; /* NULL: see auth/spot_env.h for the other places */
	char *organization;       /* name, id or namespace; NULL: the token's own */
	char *price_url;          /* the market price file; NULL: prices are not polled */
	char *status_page_url;    /* Spot's status page, for people; NULL: not configured */
	/* Which of the above the file sets; the others may come from the environment. */
	bool has_api_url, has_auth_url, has_client_id;
	bool is_spot_config; /* refresh_token_file is a ~/.spot_config; never set by conf_parse() */
};

/* Where people look further; the status page links them. NULL: not configured. */
struct conf_links {
	char *grafana_url; /* of the pair's dashboard */
	char *alertmanager_url;
};

/* The other daemons that watch the same pairs. */
struct conf_peers {
	struct conf_list urls; /* a host may have several addresses; none: there are no peers */
	char *token_file;      /* the secret that all of them have; set if there are urls */
	char *ca_file;         /* NULL: the system's CAs */
};

/* Timing and thresholds, with the names and defaults of SEMANTICS.md. Durations in ms. */
struct conf_poll {
	int64_t interval_ms;
	int64_t inventory_interval_ms;
	int64_t pod_interval_ms; /* 0: pods of all namespaces are not listed */
	int64_t spot_interval_ms;
	int64_t price_interval_ms;
	int64_t confirm_interval_ms;
	int64_t timeout_ms;
	int64_t unreachable_for_ms;
	int64_t own_network_window_ms;
	int64_t stale_after_ms;
	int64_t provisioning_late_ms, provisioning_stuck_ms;
	int64_t fall;
	int64_t rise;
	int64_t max_in_flight;    /* requests */
	struct conf_list anchors; /* URLs of independent endpoints; an answer confirms our own network */
};

/* One side of a pair: a cloudspace and how to reach its Kubernetes API. */
struct conf_side {
	char *cloudspace;
	char *kubeconfig; /* paths, separated by colons. NULL: the endpoint and token of Spot */
	char *context;    /* NULL: the kubeconfig's current-context */
	char *token_file; /* NULL: the kubeconfig's credential */
	char *ca_file;    /* NULL: the kubeconfig's CA */
	bool insecure;    /* explicit opt-out of certificate verification */
	bool in_cluster;  /* use the service account of the pod that hawatchd runs in */
	bool verifies; /* asks for verification, whatever the kubeconfig says: `ca_file` is set, or `insecure: false` */
	bool allow_exec;   /* run the kubeconfig's credential plugin */
	int64_t max_nodes; /* 0: not configured, the pools' maxima count */
	int64_t min_available;
};

enum { EXTRAS_MAX = 4 };

struct conf_pair {
	char *name;
	bool enabled;
	struct conf_list ignore_taints; /* taint keys that runners tolerate */
	struct {
		char *namespace;
		char *controller_namespace;
	} runners;
	struct {
		char *namespace;
	} argocd;
	struct conf_side primary, secondary;
	struct conf_side *extras; /* watched, shown and counted in capacity; EXTRAS_MAX at most */
	size_t extra_count;
};

struct conf {
	bool has_spot; /* the file has `spot:` */
	struct conf_spot spot;
	struct conf_poll poll;
	struct conf_links links;
	struct conf_peers peers;
	char *state_directory; /* keeps verdicts and maintenance windows over a restart; NULL: they are lost */
	struct {
		int64_t max_age_ms; /* of the first line of a file */
		int64_t max_bytes;  /* of both files of a pair */
	} journal;
	struct {
		bool enabled;      /* keeps what the poll loop is told: replay/record.h */
		int64_t max_bytes; /* of both files of a pair */
	} record;
	struct {
		int64_t index, count; /* this daemon has `index` of the shards 0 to count - 1 */
		bool has_index;       /* the file sets it; else conf_shard_split() does */
	} shard;
	struct conf_pair *pairs;
	size_t pair_count;
	char *elsewhere; /* names of pairs of other shards, as conf_shard_has() reads them; NULL: there are none */
	size_t elsewhere_count;
};

/* A side of a pair; `index` counts primary, secondary, extras as enum side_id does. */
const struct conf_side *conf_pair_side(const struct conf_pair *pair, size_t index);

/* The number of sides: two and the extras. */
size_t conf_pair_sides(const struct conf_pair *pair);

/*
 * Parses `len` bytes of YAML. `name` is the file's name for messages. Relative paths in it are
 * resolved against the folder of `name`. Returns a configuration that the caller frees with
 * conf_free(), or NULL with every mistake in `errs`.
 */
struct conf *conf_parse(const char *name, const char *bytes, size_t len, struct errs *errs)
    __attribute__((warn_unused_result));

/* Frees a configuration and clears the caller's pointer; NULL inside is allowed. */
void conf_free(struct conf **conf);

/*
 * Whether these fit each other, as SEMANTICS.md sections 1 and 2 need; else the first rule that is broken. What is 0 is
 * not known, and breaks none.
 */
bool conf_check_poll(const struct conf_poll *poll, bool has_spot, struct err *e) __attribute__((warn_unused_result));

/* One row of the key table, the source of the manual. */
struct conf_key_doc {
	const char *path;     /* "poll.interval", "pairs[].primary.cloudspace" */
	const char *type;     /* duration, path, url, text, name, integer, boolean, list */
	const char *fallback; /* as written in YAML; "2 x spot_interval", "required", or "" */
	int64_t min, max;     /* durations in ms, integers, and the number of items of a list; max 0: no limit */
	const char *help;
};

/* The key table in file order, one row for each key. Returns the number of rows; `rows` is static. */
size_t conf_keys(const struct conf_key_doc **rows);
