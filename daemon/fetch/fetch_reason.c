#include "fetch/fetch_reason.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* libcurl's codes as reasons. A code that is not listed is a problem of our own: POLL_INTERNAL. */
static const struct {
	CURLcode code;
	enum poll_reason reason;
} reasons[] = {
    {CURLE_OK, POLL_OK}, {CURLE_COULDNT_RESOLVE_HOST, POLL_DNS}, {CURLE_COULDNT_RESOLVE_PROXY, POLL_DNS},
    {CURLE_COULDNT_CONNECT, POLL_CONNECT}, {CURLE_GOT_NOTHING, POLL_CONNECT}, {CURLE_SEND_ERROR, POLL_CONNECT},
    {CURLE_RECV_ERROR, POLL_CONNECT}, {CURLE_HTTP2, POLL_CONNECT}, {CURLE_HTTP2_STREAM, POLL_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, POLL_TIMEOUT}, {CURLE_SSL_CONNECT_ERROR, POLL_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, POLL_TLS}, {CURLE_SSL_CACERT_BADFILE, POLL_TLS},
    {CURLE_SSL_ISSUER_ERROR, POLL_TLS}, {CURLE_SSL_INVALIDCERTSTATUS, POLL_TLS}, {CURLE_SSL_CERTPROBLEM, POLL_TLS},
    {CURLE_PARTIAL_FILE, POLL_PARSE}, {CURLE_BAD_CONTENT_ENCODING, POLL_PARSE}, {CURLE_WEIRD_SERVER_REPLY, POLL_PARSE},
    {CURLE_UNSUPPORTED_PROTOCOL, POLL_PARSE}, /* HTTP/0.9 and other non-HTTP answers */
};

/*
 * libcurl reports a connection lost during the TLS handshake as a TLS error. It means the same as a reset:
 * the server went away. It does not mean that the server is untrusted.
 */
static bool is_lost_in_handshake(const char *text)
{
	static const char *const words[] = {
	    "SSL_ERROR_SYSCALL", "unexpected eof", "Connection reset", "Broken pipe", "getpeername"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/*
 * Behind a proxy, a missing answer says nothing about the server; it is a problem of our own (POLL_INTERNAL).
 * Only a working proxy that reports "could not reach the server" says something about the server.
 */
static enum poll_reason reason_of_proxy(CURL *easy, const char *proxy, enum poll_reason reason)
{
	long connect_status = 0, socks = 0;
	curl_off_t handshake_us = 0;
	curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
	curl_easy_getinfo(easy, CURLINFO_PROXY_ERROR, &socks);
	curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &handshake_us);
	bool is_socks = strncmp(proxy, "socks", 5) == 0;
	bool is_ours = reason == POLL_CONNECT || reason == POLL_TIMEOUT || reason == POLL_INTERNAL;
	if (!is_ours || connect_status == 200 || (is_socks && handshake_us > 0))
		return reason;
	bool is_through = connect_status >= 502 && connect_status <= 504;
	is_through |= socks == CURLPX_REPLY_CONNECTION_REFUSED || socks == CURLPX_REPLY_HOST_UNREACHABLE ||
	    socks == CURLPX_REPLY_NETWORK_UNREACHABLE || socks == CURLPX_REPLY_TTL_EXPIRED;
	return is_through ? POLL_CONNECT : POLL_INTERNAL;
}

/* A local shortage says nothing about the server. */
static bool is_our_shortage(CURL *easy)
{
	static const int shortages[] = {ENOBUFS, ENOMEM, EADDRNOTAVAIL, EACCES, EPERM};
	long os_errno = 0;
	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
	for (size_t i = 0; i < sizeof shortages / sizeof *shortages; i++)
		if (shortages[i] == os_errno)
			return true;
	return false;
}

bool fetch_reason_is_long_header(CURLcode code, int status)
{
	return code == CURLE_OUT_OF_MEMORY && status;
}

enum poll_reason fetch_reason(CURL *easy, CURLcode code, int status, const char *text, const char *proxy)
{
	enum poll_reason reason = POLL_INTERNAL;
	if (fetch_reason_is_long_header(code, status))
		return POLL_TOO_LARGE;
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].code == code)
			reason = reasons[i].reason;
	if (code == CURLE_SSL_CONNECT_ERROR && is_lost_in_handshake(text))
		reason = POLL_CONNECT;
	if (code == CURLE_COULDNT_CONNECT && is_our_shortage(easy))
		reason = POLL_INTERNAL;
	/* In TLS 1.3 the server rejects a client certificate only after the handshake. */
	if (reason == POLL_CONNECT && strstr(text, " alert "))
		reason = POLL_TLS;
	if (code == CURLE_OPERATION_TIMEDOUT && strncmp(text, "Resolving", 9) == 0)
		reason = POLL_DNS;
	if (proxy && !status)
		reason = reason_of_proxy(easy, proxy, reason);
	return reason == POLL_CONNECT && status ? POLL_PARSE : reason; /* the answer started and then broke off */
}

void fetch_reason_put_file(CURLcode code, const char *ca, const char *client, char *detail, size_t size)
{
	bool is_unknown = code == CURLE_PEER_FAILED_VERIFICATION && strstr(detail, "certificate problem");
	bool is_ca = is_unknown || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ISSUER_ERROR;
	bool is_client = code == CURLE_SSL_CERTPROBLEM || (code != CURLE_OK && strstr(detail, " alert "));
	const char *name = is_client ? client : ca ? ca : "the system's";
	size_t room = sizeof "; client certificate: " + (name ? strlen(name) : 0), len = strlen(detail);
	if (!name || !(is_ca || is_client) || room >= size)
		return;
	len = len + room < size ? len : size - room;
	snprintf(detail + len, size - len, "; %s: %s", is_client ? "client certificate" : "CA", name);
}
