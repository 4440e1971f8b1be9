#define _GNU_SOURCE /* strptime */
#include "fetch/fetch_connection.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t time_of(CURL *easy, CURLINFO info)
{
	curl_off_t us = 0;
	curl_easy_getinfo(easy, info, &us);
	return us;
}

/* libcurl counts each from the start of the request; 0: it did not come so far. */
static void read_times(CURL *easy, struct connection *c)
{
	int64_t name_us = time_of(easy, CURLINFO_NAMELOOKUP_TIME_T),
		connect_us = time_of(easy, CURLINFO_CONNECT_TIME_T), tls_us = time_of(easy, CURLINFO_APPCONNECT_TIME_T);
	c->step = tls_us ? REACH_SECURED : connect_us ? REACH_CONNECTED : name_us ? REACH_NAME_FOUND : REACH_NOTHING;
	c->lookup_ms = name_us / 1000;
	c->connect_ms = connect_us > name_us ? (connect_us - name_us) / 1000 : 0;
	c->tls_ms = tls_us > connect_us ? (tls_us - connect_us) / 1000 : 0;
}

static void read_address(CURL *easy, struct connection *c)
{
	const char *ip = NULL;
	long port = 0;
	curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
	curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
	if (ip && *ip)
		snprintf(c->address, sizeof c->address, strchr(ip, ':') ? "[%s]:%ld" : "%s:%ld", ip, port);
}

/* As OpenSSL prints it: "Nov 23 19:00:00 2026 GMT". */
static wall_ms read_date(const char *text)
{
	struct tm t = {0};
	const char *end = strptime(text, "%b %d %H:%M:%S %Y", &t);
	return end ? (wall_ms){(int64_t)timegm(&t) * 1000} : WALL_UNKNOWN;
}

/* The value in "NAME:VALUE"; NULL: it is another name. */
static const char *value_of(const char *line, const char *name)
{
	size_t len = strlen(name);
	return strncmp(line, name, len) == 0 && line[len] == ':' ? line + len + 1 : NULL;
}

/* The name of an issuer such as "C = US, O = Example, CN = Example Root": the last part says it best. */
static void copy_issuer(const char *names, char *out, size_t size)
{
	const char *common = strstr(names, "CN = ");
	text_copy_shown(out, size, common ? common + strlen("CN = ") : names);
}

static void read_certificate(CURL *easy, struct connection *c)
{
	struct curl_certinfo *chain = NULL;
	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
		return;
	for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next) {
		const char *issuer = value_of(line->data, "Issuer"), *expires = value_of(line->data, "Expire date");
		if (issuer)
			copy_issuer(issuer, c->issuer, sizeof c->issuer);
		if (expires)
			c->expires = read_date(expires);
	}
}

struct connection fetch_connection_of(CURL *easy, const char *url)
{
	struct connection c = {.has_tls = strncmp(url, "https:", strlen("https:")) == 0};
	long opened = 0, status = 0;
	curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	c.is_new = opened || !status;
	read_times(easy, &c);
	read_address(easy, &c);
	if (c.address[0] && c.step < REACH_CONNECTED) /* TLS, which libcurl counts to connecting, has not ended */
		c.step = REACH_CONNECTED;
	read_certificate(easy, &c);
	return c;
}
