#include "fetch/fetch_options.h"

#include "base/base64.h"
#include "base/buf.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_MAX_MS = 5000, URL_MAX_BYTES = 16 << 10, AUTHORIZATION_MAX_BYTES = 256 << 10 };

static struct curl_slist *append(struct curl_slist *list, const char *text)
{
	struct curl_slist *longer = curl_slist_append(list, text);
	if (!longer)
		mem_end();
	return longer;
}

/* The interface that an IPv6 zone names, by its name or by its number. CURLOPT_CONNECT_TO cannot contain a zone. */
static void set_zone(CURL *easy, const char *zone, size_t len)
{
	char name[IF_NAMESIZE];
	snprintf(name, sizeof name, "%.*s", (int)len, zone);
	unsigned number = if_nametoindex(name);
	set_option(easy, CURLOPT_ADDRESS_SCOPE, number ? (long)number : strtol(name, NULL, 10));
}

/*
 * tls-server-name of a kubeconfig: the URL gets this name, for SNI and verification. The connection and the Host header
 * keep the URL's host, as in kubectl. `url` is as url_normal() makes it.
 */
static void set_server_name(CURL *easy, struct fetch_lists *lists, const char *url, const char *name)
{
	struct buf renamed = buf_of(URL_MAX_BYTES), rule = buf_of(URL_MAX_BYTES), header = buf_of(URL_MAX_BYTES);
	const char *host = strstr(url, "://") + 3;
	size_t len = strcspn(host, *host == '[' ? "%]" : ":/");
	const char *bracket = *host == '[' ? "]" : "", *zone = host + len, *rest = zone + strcspn(zone, ":/");
	if (*zone == '%')
		set_zone(easy, zone + strlen("%25"), (size_t)(rest - zone) - strlen("%25]"));
	buf_printf(&renamed, strchr(name, ':') ? "%.*s[%s]%s" : "%.*s%s%s", (int)(host - url), url, name, rest);
	buf_printf(&rule, "::%.*s%s:", (int)len, host, bracket); /* any name, any port: this host, the same port */
	buf_printf(&header, "Host: %.*s%s%.*s", (int)len, host, bracket, (int)strcspn(rest, "/"), rest);
	lists->connect_to = append(NULL, buf_text(&rule));
	lists->headers = append(lists->headers, buf_text(&header));
	set_option(easy, CURLOPT_URL, buf_text(&renamed));
	buf_fini(&renamed);
	buf_fini(&rule);
	buf_fini(&header);
}

static struct curl_blob blob_of(const char *pem)
{
	return (struct curl_blob){(void *)(uintptr_t)pem, strlen(pem), CURL_BLOB_COPY};
}

static void set_identity(CURL *easy, const struct fetch_tls *tls)
{
	if (tls->cert_pem && tls->key_pem) {
		struct curl_blob cert = blob_of(tls->cert_pem), key = blob_of(tls->key_pem);
		set_option(easy, CURLOPT_SSLCERT_BLOB, &cert);
		set_option(easy, CURLOPT_SSLKEY_BLOB, &key);
		set_option(easy, CURLOPT_KEYPASSWD, ""); /* without it OpenSSL prompts at the terminal */
	}
}

/*
 * RFC 6750 section 2.1 and RFC 7617 section 2. As a header, because libcurl would keep a copy of CURLOPT_XOAUTH2_BEARER
 * and CURLOPT_USERPWD with each open connection.
 */
static void add_authorization(struct fetch_lists *lists, const struct fetch_request *r)
{
	struct buf header = buf_of_secret(AUTHORIZATION_MAX_BYTES);
	if (r->tls.basic) {
		buf_puts(&header, "Authorization: Basic ");
		base64_encode(&header, r->tls.basic, strlen(r->tls.basic));
	} else if (r->bearer)
		buf_printf(&header, "Authorization: Bearer %s", r->bearer);
	if (header.overflow)
		mem_end(); /* what reads credentials has a smaller limit */
	if (header.len)
		lists->headers = append(lists->headers, buf_text(&header));
	buf_fini(&header);
}

static void set_tls(CURL *easy, const struct fetch_tls *tls)
{
	set_option(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	set_option(easy, CURLOPT_CERTINFO, 1L); /* of a new connection: fetch_connection.c shows who signed it */
	if (tls->insecure) {
		set_option(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		set_option(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	} else if (tls->ca_pem) {
		/* Trust these CAs only. Without the next two lines the system's CAs would be trusted too. */
		set_option(easy, CURLOPT_CAINFO, NULL);
		set_option(easy, CURLOPT_CAPATH, NULL);
		struct curl_blob blob = blob_of(tls->ca_pem);
		set_option(easy, CURLOPT_CAINFO_BLOB, &blob);
	}
}

/* Always a CONNECT tunnel, so that an answer of the proxy is never taken for the server's. */
static void set_proxy(CURL *easy, const struct fetch_tls *tls)
{
	set_option(easy, CURLOPT_PROXY, tls->proxy ? tls->proxy : ""); /* ignore http_proxy and https_proxy */
	if (!tls->proxy)
		return;
	set_option(easy, CURLOPT_NOPROXY, ""); /* ignore no_proxy */
	set_option(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
	set_option(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	/* An https:// proxy is verified as the server is, with the same CAs or not at all, as kubectl does. */
	if (tls->insecure) {
		set_option(easy, CURLOPT_PROXY_SSL_VERIFYPEER, 0L);
		set_option(easy, CURLOPT_PROXY_SSL_VERIFYHOST, 0L);
	} else if (tls->ca_pem) {
		struct curl_blob blob = blob_of(tls->ca_pem);
		set_option(easy, CURLOPT_PROXY_CAINFO, NULL);
		set_option(easy, CURLOPT_PROXY_CAPATH, NULL);
		set_option(easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
	}
}

static void add_headers(struct fetch_lists *lists, const char *headers)
{
	struct buf header = buf_of(URL_MAX_BYTES);
	for (size_t len; headers && *headers; headers += len + 1) {
		len = strcspn(headers, "\n");
		buf_reset(&header);
		buf_put(&header, headers, len);
		lists->headers = append(lists->headers, buf_text(&header));
	}
	buf_fini(&header);
}

void fetch_options_set(CURL *easy, const struct fetch_request *r, struct fetch_lists *lists)
{
	lists->headers = append(NULL, "Accept: application/json");
	if (!r->tls.uncompressed) /* fetch_inflate.c inflates it, so not CURLOPT_ACCEPT_ENCODING */
		lists->headers = append(lists->headers, "Accept-Encoding: gzip");
	add_headers(lists, r->tls.headers);
	add_authorization(lists, r);
	set_option(easy, CURLOPT_HTTPHEADER, lists->headers);
	set_option(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* a proxy gets none of them */
	set_option(easy, CURLOPT_USERAGENT, "hawatch/" HAWATCH_VERSION);
	/* With HTTP/1.1 a request that times out closes its connection. HTTP/2 would keep a dead connection,
	 * and every request to the host would time out on it until TCP gives up. */
	set_option(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	set_option(easy, CURLOPT_PROTOCOLS_STR, "https,http");
	set_option(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	set_option(easy, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
	set_option(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MAX_MS);
	set_option(easy, CURLOPT_NOSIGNAL, 1L);
	set_option(easy, CURLOPT_QUICK_EXIT, 1L); /* otherwise a hanging resolver blocks the loop */
	set_option(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	if (r->form)
		set_option(easy, CURLOPT_POSTFIELDS, r->form);
	if (r->wants_head)
		set_option(easy, CURLOPT_NOBODY, 1L);
	set_identity(easy, &r->tls);
	set_tls(easy, &r->tls);
	set_proxy(easy, &r->tls);

	set_option(easy, CURLOPT_URL, r->url);
	if (r->tls.server_name)
		set_server_name(easy, lists, r->url, r->tls.server_name);
	set_option(easy, CURLOPT_CONNECT_TO, lists->connect_to);
}

void fetch_lists_fini(struct fetch_lists *lists)
{
	curl_slist_free_all(lists->headers);
	curl_slist_free_all(lists->connect_to);
	*lists = (struct fetch_lists){0};
}
