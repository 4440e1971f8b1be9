/*
 * Where people find the daemon, and below which paths it answers: the options --web.external-url and
 * --web.route-prefix, with the meaning that Prometheus gives them (cmd/prometheus/main.go, computeExternalURL()), and
 * --web.telemetry-path, which exporters have.
 */
#pragma once

#include "base/err.h"

enum { WEB_URL_MAX_BYTES = 512 }; /* of one option */

struct web_url {
	char *prefix;         /* what the path of a request begins with, decoded: "/hawatch"; "" for the prefix `/` */
	char *prefix_encoded; /* the same, percent-encoded */
	char *page_path;      /* the path under which people find the page: "/hawatch/", "/"; percent-encoded */
	char *page;           /* its whole URL: "https://mon.example/hawatch/"; NULL without a host */
	char *metrics_path;   /* below the prefix, decoded: "/metrics" */
	char *metrics_link;   /* the same, from the page; percent-encoded: "metrics" */
	bool is_rewritten;    /* a proxy changes the path: the external URL has another one than the prefix */
};

/*
 * Reads both options; NULL or "" is one that was not given. The external URL is http:// or https://, or only a path:
 * without a scheme, all of it is a path. The prefix is the path of the external URL if it is not given itself.
 * Slashes count once, and those at the ends do not count. The external URL may be percent-encoded; in the prefix a %
 * is just a %. Refused are a user, password, query or fragment, and `.` or `..`, which clients resolve before they ask.
 * The error does not repeat the value. web_url_fini() frees, also after an error.
 */
bool web_url_parse(const char *external_url, const char *route_prefix, struct web_url *out, struct err *e)
    __attribute__((warn_unused_result));
void web_url_fini(struct web_url *url);

/*
 * Reads --web.telemetry-path, the path of the metrics below the prefix, into a URL that was parsed; without it, that is
 * /metrics. Refused are what no client would ask for, and `/`, which is the page. An error leaves `url` as it was.
 */
bool web_url_set_metrics_path(struct web_url *url, const char *path, struct err *e) __attribute__((warn_unused_result));

/*
 * The path below the prefix, which the caller frees: "/metrics" for the decoded `path` "/hawatch/metrics"; NULL outside
 * of the prefix. Slashes count once, and one at the end does not count: some proxies double them. Two paths only lead
 * to others: `/` above the prefix leads to the prefix, and the prefix without a slash at its end, where relative links
 * would lead astray, leads to page_path.
 */
#define WEB_URL_ABOVE "above the prefix"
#define WEB_URL_UNENDED "no slash at the end"
char *web_url_path(const struct web_url *url, const char *path) __attribute__((warn_unused_result));
