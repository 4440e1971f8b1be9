#define _POSIX_C_SOURCE 200809L /* access */
#include "cli/client.h"

#include "api.h"
#include "base/mem.h"
#include "base/url.h"
#include "os/files.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_MAX_BYTES = 4 << 20, ADDRESS_MAX_BYTES = 4096, USER_MAX_BYTES = 4096, PEM_MAX_BYTES = 1 << 20 };

/* A URL with a password is rejected, so later messages may contain the URL. */
static bool set_address(struct client *client, struct err *e)
{
	bool has_secret = client->token_file || client->user_file;
	struct err fault;
	return url_normal(
		   has_secret ? URL_DAEMON_WITH_CREDENTIAL : URL_DAEMON, client->url, &client->address, &fault) ||
	    err_set(e, "--url, HAWATCH_URL: %s", fault.text);
}

bool client_choose(struct client *client, struct err *e)
{
	if (client->url && client->socket)
		return err_set(e, "both a URL and a socket are given; expected one of them");
	if (client->token_file && client->user_file)
		return err_set(e, "both --token-file and --user-file are given; expected one of them");
	if (client->key_file && !client->cert_file)
		return err_set(e, "--key without --cert; set the file of the key's certificate with --cert");
	if (!client->url && !client->socket && access(API_CONTROL_SOCKET, W_OK) == 0)
		client->socket = API_CONTROL_SOCKET;
	else if (!client->url && !client->socket)
		client->url = API_URL;
	if (!client->socket && !set_address(client, e))
		return false;
	return !client->cert_file || (client->url && strncmp(client->address, "https:", 6) == 0) ||
	    err_set(e, "--cert is for TLS; set the https:// URL of hawatchd with --url");
}

void client_fini(struct client *client)
{
	free(client->address);
	client->address = NULL;
}

void client_put_place(const struct client *client, struct buf *out)
{
	if (client->socket)
		buf_puts(out, "unix:");
	buf_puts(out, client->socket ? client->socket : client->address);
}

/* `path` is appended to the path of the address, so that hawatchd can run behind a proxy. */
static bool set_path(CURLU *url, const struct client *client, const char *path)
{
	struct buf full = buf_of(ADDRESS_MAX_BYTES);
	buf_printf(&full, "%s%s", client->socket ? "http://localhost" : client->address, path);
	bool set = !full.overflow && !curl_url_set(url, CURLUPART_URL, buf_text(&full), 0);
	buf_fini(&full);
	return set;
}

static bool set_query(CURLU *url, const struct client_param *param)
{
	const unsigned escape = CURLU_APPENDQUERY | CURLU_URLENCODE; /* escape everything after the first '=' */
	bool set = true;
	for (; set && param && param->name; param++) {
		struct buf part = buf_of(ADDRESS_MAX_BYTES);
		buf_printf(&part, "%s=%s", param->name, param->value ? param->value : "");
		set = !part.overflow && (!param->value || !curl_url_set(url, CURLUPART_QUERY, buf_text(&part), escape));
		buf_fini(&part);
	}
	return set;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *to)
{
	struct buf *body = to;
	buf_put(body, bytes, size * count);
	return body->overflow ? 0 : size * count;
}

/* Cause and fix when no connection was possible. */
static bool not_connected(const char *place, long os_errno, struct err *e)
{
	const char *remedy = os_errno == EACCES ? "this user has no permission: join the group that `ls -l` shows, "
						  "or use --url " API_URL
						: "is hawatchd running? set its address with --url or --socket";
	return err_set(e, "cannot reach hawatchd at %s: %s; %s", place,
	    os_errno ? strerror((int)os_errno) : "no connection", remedy);
}

/*
 * A server that wants another certificate of the client sends an alert, here in OpenSSL's words (RFC 8446 section 6.2),
 * or only closes the connection. With TLS 1.3 it sees the certificate after the client has sent its request.
 */
static bool may_refuse_certificate(const struct client *client, CURLcode rc, const char *detail)
{
	static const char *const words[] = {"certificate", "unknown ca", "access denied", "handshake failure"};
	bool is_tls = client->address && strncmp(client->address, "https:", 6) == 0;
	bool may = rc == CURLE_GOT_NOTHING || rc == CURLE_SEND_ERROR || rc == CURLE_RECV_ERROR;
	for (size_t i = 0; strstr(detail, "alert") && i < sizeof words / sizeof *words; i++)
		may = may || strstr(detail, words[i]);
	return is_tls && may;
}

static bool explain(
    const struct client *client, CURL *curl, CURLcode rc, const char *detail, bool too_large, struct err *e)
{
	struct buf at = buf_of(ADDRESS_MAX_BYTES);
	long os_errno = 0;
	client_put_place(client, &at);
	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &os_errno);
	const char *place = buf_text(&at);
	if (rc == CURLE_COULDNT_CONNECT)
		not_connected(place, os_errno, e);
	else if (rc == CURLE_OPERATION_TIMEDOUT)
		err_set(e,
		    "no answer from hawatchd at %s within %" PRId64 "ms; "
		    "is it overloaded or stopped? --timeout sets a longer wait",
		    place, client->timeout_ms);
	else if (rc == CURLE_ABORTED_BY_CALLBACK)
		err_set(e, "interrupted while waiting for %s", place);
	else if (rc == CURLE_PEER_FAILED_VERIFICATION)
		err_set(e, "cannot verify %s: %s; set the CA's file with --cacert", place,
		    *detail ? detail : curl_easy_strerror(rc));
	else if (rc == CURLE_SSL_CERTPROBLEM)
		err_set(e,
		    "cannot use the client certificate %s with the key %s: %s; expected PEM files, and the key of this "
		    "certificate, without a password",
		    client->cert_file, client->key_file ? client->key_file : "in the same file", detail);
	else if (may_refuse_certificate(client, rc, detail))
		err_set(e,
		    "%s gave no answer to %s: %s; set a client certificate that it accepts with --cert and --key",
		    place, client->cert_file ? client->cert_file : "a client without a certificate", detail);
	else if (too_large)
		err_set(e, "the answer from %s is larger than %d MiB; is it hawatchd?", place, BODY_MAX_BYTES >> 20);
	else
		err_set(e, "request to hawatchd at %s failed: %s; check --url or --socket", place,
		    *detail ? detail : curl_easy_strerror(rc));
	buf_fini(&at);
	return false;
}

/* A Date header has 1 s resolution. An invalid header leaves the date unknown. */
static wall_ms date_of(CURL *curl)
{
	struct curl_header *header;
	if (curl_easy_header(curl, "Date", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return WALL_UNKNOWN;
	time_t seconds = curl_getdate(header->value, NULL);
	return seconds > 0 ? (wall_ms){(int64_t)seconds * 1000} : WALL_UNKNOWN;
}

static int ask_whether_over(void *client, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return ((const struct client *)client)->is_over();
}

static void set_manners(CURL *curl, const struct client *client)
{
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* ignore http_proxy */
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)client->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)client->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "hawatch/" HAWATCH_VERSION);
	if (client->socket)
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, client->socket);
	if (client->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, client->ca_file);
	if (client->is_over) {
		curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
		curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_whether_over);
		curl_easy_setopt(curl, CURLOPT_XFERINFODATA, client);
	}
}

/* USER:PASSWORD on one line. The password may have spaces, and bytes of any encoding. NULL with the fix in `e`. */
static char *read_user(const char *path, struct err *e)
{
	size_t len;
	char *text = files_read(path, USER_MAX_BYTES, &len, e);
	if (!text)
		return NULL;
	while (len && strchr("\r\n", text[len - 1]))
		text[--len] = '\0';
	if (strcspn(text, "\r\n") == len && strchr(text, ':'))
		return text;
	err_set(e, "%s: expected USER:PASSWORD on one line", path);
	mem_free_secret_bytes(text, len);
	return NULL;
}

/* libcurl reads it itself, but does not say why it cannot. */
static bool is_pem(const char *path, struct err *e)
{
	size_t len;
	char *text = files_read(path, PEM_MAX_BYTES, &len, e);
	bool is_good = text && strstr(text, "-----BEGIN ");
	if (text && !is_good)
		err_set(e, "%s: no PEM (-----BEGIN ...) in it; openssl converts other formats", path);
	mem_free_secret_bytes(text, text ? len : 0);
	return is_good;
}

static bool set_certificate(CURL *curl, const struct client *client, struct err *e)
{
	const char *key = client->key_file ? client->key_file : client->cert_file;
	if (!client->cert_file)
		return true;
	if (!is_pem(client->cert_file, e) || !is_pem(key, e))
		return false;
	curl_easy_setopt(curl, CURLOPT_SSLCERT, client->cert_file);
	curl_easy_setopt(curl, CURLOPT_SSLKEY, key);
	curl_easy_setopt(curl, CURLOPT_KEYPASSWD, ""); /* an encrypted key is an error: without this, OpenSSL asks */
	return true;
}

/* Read for each request, so that a long wait uses a renewed file. libcurl copies the text. */
static bool set_credential(CURL *curl, const struct client *client, struct err *e)
{
	char *secret = client->token_file ? files_read_secret(client->token_file, e)
	    : client->user_file           ? read_user(client->user_file, e)
					  : NULL;
	if ((client->token_file || client->user_file) && !secret)
		return false;
	if (client->token_file) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, secret);
	} else if (client->user_file) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERPWD, secret);
	}
	mem_free_secret(&secret);
	return true;
}

static bool perform(CURL *curl, const struct client *client, struct client_reply *reply, struct err *e)
{
	char detail[CURL_ERROR_SIZE] = "";
	struct buf body = buf_of(BODY_MAX_BYTES);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
	CURLcode rc = curl_easy_perform(curl);
	if (rc) {
		explain(client, curl, rc, detail, body.overflow, e);
		buf_fini(&body);
		return false;
	}
	reply->body = body;
	reply->date = date_of(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->http_status);
	return true;
}

bool client_ask(
    const struct client *client, const struct client_question *question, struct client_reply *reply, struct err *e)
{
	CURL *curl = curl_easy_init();
	CURLU *url = curl_url();
	if (!curl || !url)
		abort();
	bool done = set_path(url, client, question->path) && set_query(url, question->params);
	if (!done)
		err_set(e, "cannot build a request URL from this URL and pair; are they too long?");
	curl_easy_setopt(curl, CURLOPT_CURLU, url);
	if (question->is_post) {
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
	}
	set_manners(curl, client);
	done = done && set_credential(curl, client, e) && set_certificate(curl, client, e) &&
	    perform(curl, client, reply, e);
	curl_easy_cleanup(curl);
	curl_url_cleanup(url);
	return done;
}

void client_reply_fini(struct client_reply *reply)
{
	buf_fini(&reply->body);
}
