/*
 * URLs from configurations, kubeconfigs and Spot answers, brought into one form: scheme and host in lower case, the
 * port in decimal, no slash at the end. Nothing is looked up. An error names the fault that it found. It never repeats
 * the text, because a URL may contain a password.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

/* Where a URL comes from. Host, port and path follow the same rule for all; the rest depends on this. */
enum url_kind {
	URL_CONFIGURED, /* the configuration: https://, or http:// to this machine */
	URL_SERVER,     /* `server` of a kubeconfig. As in kubectl, no scheme means http://, and a query is dropped */
	URL_ENDPOINT,   /* the endpoint in a Spot answer: only https://, which may be left out */
	URL_PROXY,      /* `proxy-url` of a kubeconfig: may contain user:password@; gets its port, loses its path */
	URL_DAEMON,     /* hawatchd's, for the command: no scheme means http://, to any machine */
	URL_DAEMON_WITH_CREDENTIAL, /* the same, and a credential is sent: https://, or http:// to this machine */
	URL_PEER, /* another hawatchd, in the configuration: no scheme means http://, to any machine */
	URL_KINDS
};

/* False with the fault and what was expected in `e`. The caller owns `*out`; that of a proxy may be a secret. */
bool url_normal(enum url_kind kind, const char *text, char **out, struct err *e) __attribute__((warn_unused_result));

/* Checks a host name or address without port; makes it lower case without brackets. The caller owns `*out`. */
bool url_host(const char *text, char **out, struct err *e) __attribute__((warn_unused_result));
