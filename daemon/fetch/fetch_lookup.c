#include "fetch/fetch_lookup.h"

#include "fetch/fetch_options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* libcurl has no timeout of its own for the lookup. */
enum { NAME_LOOKUP_MAX_MS = 2000 };

/* libcurl reports the start of a lookup (not for a cached name). Opening a socket means that the lookup ended. */
static int on_resolve(void *resolver, void *reserved, void *ctx)
{
	struct fetch_lookup *lookup = ctx;
	(void)resolver, (void)reserved;
	lookup->is_resolving = true;
	return 0;
}

/* Without a socket libcurl goes on to the next address. */
static curl_socket_t tell_address(struct fetch_lookup *lookup, const struct curl_sockaddr *to)
{
	char text[INET6_ADDRSTRLEN];
	const void *address = to->family == AF_INET6
	    ? (const void *)&((const struct sockaddr_in6 *)(const void *)&to->addr)->sin6_addr
	    : (const void *)&((const struct sockaddr_in *)(const void *)&to->addr)->sin_addr;
	if ((to->family == AF_INET || to->family == AF_INET6) && inet_ntop(to->family, address, text, sizeof text)) {
		lookup->has_address = true;
		lookup->request->on_address(lookup->request->ctx, text);
	}
	return CURL_SOCKET_BAD;
}

/* When socket() fails, libcurl only reports that it could not connect; the cause is read here. */
static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct fetch_lookup *lookup = ctx;
	(void)purpose;
	lookup->is_resolving = false;
	if (lookup->request->on_address)
		return tell_address(lookup, to);
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	/* Of a family that this machine lacks (EAFNOSUPPORT) another address may still do. */
	if (fd < 0 && errno != EAFNOSUPPORT && errno != EPROTONOSUPPORT)
		lookup->shortage = errno;
	return fd;
}

void fetch_lookup_begin(struct fetch_lookup *lookup, CURL *easy, const struct fetch_request *request)
{
	*lookup = (struct fetch_lookup){.request = request};
	set_option(easy, CURLOPT_RESOLVER_START_FUNCTION, on_resolve);
	set_option(easy, CURLOPT_RESOLVER_START_DATA, lookup);
	set_option(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	set_option(easy, CURLOPT_OPENSOCKETDATA, lookup);
	if (request->on_address)
		set_option(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
}

bool fetch_lookup_is_late(const struct fetch_lookup *lookup, int64_t total_ms, struct err *e)
{
	if (!lookup->is_resolving || total_ms < NAME_LOOKUP_MAX_MS)
		return false;
	return !err_set(e, "host name not resolved within %d ms", NAME_LOOKUP_MAX_MS);
}

/*
 * libcurl goes on to the host's next address when it gets no socket for one. If no address could be connected to, the
 * one that was not tried may be the one that answers: then the failure is ours, and says nothing about the host.
 */
bool fetch_lookup_lacks_socket(const struct fetch_lookup *lookup, CURL *easy, CURLcode code, struct err *e)
{
	curl_off_t connected_us = 0;
	curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	if (!lookup->shortage || code == CURLE_OK || connected_us)
		return false;
	return !err_set(e, "cannot open a socket: %s", strerror(lookup->shortage));
}
