/*
 * Everything that is shown, as values at one moment. The poller fills a view, a snapshot keeps a copy of it, and
 * render/ turns that into bytes. Every pointer is borrowed from whoever made the view.
 */
#pragma once

#include "decide/credential.h"
#include "decide/drain.h"
#include "decide/incidents.h"
#include "decide/inventory.h"
#include "decide/pair.h"
#include "decide/peer.h"
#include "decide/poll_stats.h"
#include "decide/reach.h"
#include "decide/unreadable.h"

#include <stddef.h>

struct view_side {
	const char *name;                    /* the cloudspace's */
	wall_ms counted_from;                /* its counters began */
	const char *context;                 /* of its kubeconfig; NULL where it has none */
	const char *endpoint;                /* the Kubernetes API's URL; NULL while unknown */
	const struct cloudspace *cloudspace; /* as Spot last reported it; NULL before the first report */
	bool has_nodes;
	struct node_counts nodes; /* the last node list, while it is fresh enough to show */
	bool has_pools;
	struct pool_counts pools;
	bool has_margin;
	struct price_margin margin;           /* of the bid nearest to being outbid */
	int max_nodes;                        /* configured; 0 where it is not */
	bool is_insecure;                     /* the API server's certificate is not verified */
	struct credential token, certificate; /* our bearer token and client certificate */
	const char *whose;                    /* whom they are for; NULL: not known */
	const char *credential_problem;       /* why nothing is sent: it cannot be read; NULL where it can */
	struct poll_stats readyz, kube_nodes;
	const struct reach *reach;            /* of its API server, by the last node list; NULL: not known */
	const struct inventory *inventory;    /* never NULL; all zero while nothing is known */
	const struct unreadables *unreadable; /* of each part of the inventory; NULL: there is no list yet */
	struct poll_stats inventory_polls;    /* one for each round: OK when every part that is installed was read */
	struct drain drain;
};

struct view_pair {
	const char *name;
	wall_ms counted_from; /* its counters began */
	uint64_t generation; /* grows with each change of the pair: of anything here but the time spent in its status */
	bool is_enabled;
	const struct pair_policy *policy;
	const struct pair *pair; /* its extra_count says how many sides there are */
	const struct events *events;
	const struct incidents *incidents;
	bool has_journal;                      /* both of these outlive a restart */
	uint64_t journal_errors, journal_lost; /* writes that failed; lines that are not in it */
	uint64_t journal_damaged;              /* lines that could not be read at the start */
	int64_t journal_bytes;                 /* of its files; 0: not known yet */
	const char *runner_namespace, *controller_namespace, *argocd_namespace;
	unsigned char peers[PEERS_MAX]; /* enum peer_word of each of view.peers */
	wall_ms state_saved;            /* last write of the state file, or the first attempt; unknown: there is none */
	struct view_side side[SIDES_MAX];
};

/* A daemon that watches the same pairs. Written into zeroed memory. */
struct view_peer {
	char address[PEER_ADDRESS_MAX], host[PEER_HOST_MAX]; /* host "": it has never answered */
	bool is_up;                                          /* it has answered the last question */
	char problem[256];                                   /* why not; "" */
};

/* The process itself; a value below zero could not be read and has no sample. */
struct view_process {
	double cpu_seconds, start_time_s;
	double virtual_bytes, resident_bytes;
	double open_fds, max_fds, threads;
};

/* The HTTP statuses that our own server answers with: a closed list. */
enum { HTTP_CODES = 12 };
extern const int http_codes[HTTP_CODES];

/* Why our own server refused a connection, or cut it. */
enum http_refusal {
	HTTP_REFUSED_LIMIT,         /* there was no room, and nobody who matters less */
	HTTP_REFUSED_ADDRESS_LIMIT, /* the same, of those of one address */
	HTTP_REFUSED_DISPLACED,     /* another one needed its room */
	HTTP_REFUSED_SLOW_REQUEST,
	HTTP_REFUSED_SLOW_READER,
	HTTP_REFUSED_BAD_REQUEST, /* not HTTP, too large, or broken off */
	HTTP_REFUSALS
};
extern const char *const http_refusal_names[HTTP_REFUSALS];

struct view_web_config {
	bool is_used;                /* there is a web configuration */
	bool is_good;                /* what stands in its files now is in use */
	wall_ms certificate_expires; /* of the server's own; unknown: it has none */
};

/* What an open connection does. */
enum http_state {
	HTTP_OPENED,    /* its first request is not complete */
	HTTP_IDLE,      /* was answered, and has not begun another request */
	HTTP_READING,   /* has begun another request */
	HTTP_ANSWERING, /* its answer is being decided or sent */
	HTTP_CLOSING,   /* it was cut */
	HTTP_STATES
};
extern const char *const http_state_names[HTTP_STATES];

/* What answers a request: a closed list, so that no path of a client becomes a label. */
enum http_handler {
	HTTP_METRICS,
	HTTP_PAGE, /* and what redirects to it */
	HTTP_API,
	HTTP_HEALTH,
	HTTP_CONTROL, /* what changes something */
	HTTP_ERROR,   /* whatever is not found, not allowed or not understood */
	HTTP_HANDLERS
};
extern const char *const http_handler_names[HTTP_HANDLERS];

enum { HTTP_BUCKETS = 9 };
/* Upper bounds of ha_http_request_duration_seconds, as labels and as milliseconds. */
extern const char *const http_bucket_labels[HTTP_BUCKETS];
extern const int64_t http_bucket_ms[HTTP_BUCKETS];

/* Requests whose answer was sent. */
struct http_served {
	uint64_t count;
	uint64_t buckets[HTTP_BUCKETS]; /* not cumulative */
	int64_t duration_ms;            /* sum over all of them: from the complete head to the end of the answer */
	uint64_t bytes;                 /* of the bodies of their answers */
};

struct view_http {
	uint64_t answers[HTTP_CODES], refused[HTTP_REFUSALS];
	uint64_t passwords[2];        /* that were hashed: the wrong ones, the right ones */
	int connections[HTTP_STATES]; /* open now */
	struct http_served served[HTTP_HANDLERS];
	struct view_web_config web_config;
};

/* Counts one request whose answer was sent. */
void view_http_served(struct http_served *served, int64_t duration_ms, uint64_t bytes);

/* How Spot is reached, and what it lists. */
struct view_spot {
	const char *api_url, *auth_url;
	const char *token_file;   /* the refresh token's */
	const char *organization; /* as configured; NULL: the token's own */
	const char *namespace;    /* in which Spot was asked last; "": not yet */
	const char *whose;        /* whom the id_token is for; "": not known */
	const char *names;        /* of the cloudspaces that Spot lists, each ended by \n */
	size_t name_count;        /* how many there are: not all of very many are named */
	bool has_token;           /* an id_token, with which the lists are asked */
	bool is_rotated;          /* Spot has replaced the refresh token of the file */
	struct reach token, cloudspaces, nodepools;
	struct reach organizations;
};

struct view {
	struct now now; /* of this, and of the process itself, the reader says when; the rest is the poller's */
	struct view_process process;
	struct view_http http;
	uint64_t log_dropped; /* lines that nobody read */
	const char *version, *revision;
	wall_ms counted_from, spot_counted_from; /* the monitor's own counters began, and those of Spot's sources */
	int64_t interval_ms;
	bool has_spot;
	const char *status_page_url;                /* Spot's, for people; NULL when not configured */
	const char *grafana_url, *alertmanager_url; /* the pairs' dashboard, and the alerts; NULL: not configured */
	const char *page_url;                       /* this page's, as people reach it; NULL when not configured */
	const char *link_base;                      /* what its links begin with; NULL: they are relative */
	const char *metrics_link;                   /* the metrics, below that */
	bool keeps_state;                           /* a restart keeps verdicts and maintenance windows */
	bool has_organizations, has_prices, has_anchors; /* the configuration asks for them */
	const struct view_spot *spot;                    /* NULL without Spot, or while nothing is known */
	const struct unreadables *spot_unreadable;       /* of each list of Spot; NULL without Spot */
	struct poll_stats token, organizations, cloudspaces, nodepools, prices, anchors;
	struct poll_lateness lateness;
	wall_ms token_expires;
	bool is_reload_good;
	const char *unsafe_files;      /* which others can read or change, and the remedy; NULL: none */
	wall_ms reloaded;              /* last successful load of the configuration */
	bool has_peers;                /* they are configured */
	const struct view_peer *peers; /* without ourselves */
	size_t peer_count;
	uint64_t peers_version; /* grows with each change of them */
	const struct view_pair *const *pairs;
	size_t pair_count;
	int64_t shard_index, shard_count; /* which of how many shards these pairs are; one shard is all pairs */
	const char *elsewhere;            /* the pairs of the other shards, see config/conf_shard.h; NULL: none */
};

/* How many sides a pair has: primary, secondary and the extras. */
int view_sides(const struct view_pair *pair);

/* Numbers computed from a pair's view, once for all renderers. */
struct figures {
	struct side_capacity capacity[SIDES_MAX];
	struct balance balance;
	bool has_drift[SIDES_MAX];    /* configured max_nodes and the pools' maxima differ */
	const char *names[SIDES_MAX]; /* of the cloudspaces */
};

struct figures view_figures(const struct view_pair *pair);

/* Busy runners divided by the maximum of runners; false while one is not known or there is no maximum. */
bool view_runner_utilization(const struct inventory *inventory, double *ratio);
