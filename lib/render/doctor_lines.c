#include "render/doctor_lines.h"

#include "base/duration.h"
#include "base/mem.h"
#include "base/rfc3339.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLOCK_OFF_MS = 30000 /* as the alert HAClockSkew */ };

static char *text_of(const char *format, va_list args)
{
	char text[REPORT_TEXT_MAX_BYTES];
	vsnprintf(text, sizeof text, format, args);
	return mem_copy_text(text, strlen(text));
}

void doctor_say(const struct doctor *d, enum report_result result, const char *thing, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *message = text_of(format, args);
	va_end(args);
	report_add(d->report,
	    &(struct report_line){.result = result,
		.pair = (char *)(uintptr_t)d->pair,
		.side = (char *)(uintptr_t)d->side,
		.thing = (char *)(uintptr_t)thing,
		.message = message});
	free(message);
}

static void replace(char **to, const char *format, va_list args)
{
	free(*to);
	*to = text_of(format, args);
}

void doctor_remedy(const struct doctor *d, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	replace(&d->report->v[d->report->count - 1].remedy, format, args);
	va_end(args);
}

void doctor_command(const struct doctor *d, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	replace(&d->report->v[d->report->count - 1].command, format, args);
	va_end(args);
}

struct doctor_word doctor_word(const char *text)
{
	struct doctor_word word;
	struct buf quoted = buf_of(sizeof word.text - 1);
	text_put_shell_word(&quoted, text);
	text_copy(word.text, sizeof word.text, quoted.overflow ? "TOO_LONG" : buf_text(&quoted));
	buf_fini(&quoted);
	return word;
}

void doctor_put_end(struct buf *out, wall_ms expires, wall_ms now)
{
	char time[RFC3339_SIZE];
	int64_t left_ms = expires.ms - now.ms;
	rfc3339_render(expires, time);
	buf_printf(out, "%s %s (", left_ms > 0 ? "until" : "expired", time);
	duration_put_words(out, left_ms > 0 ? left_ms : -left_ms);
	buf_puts(out, left_ms > 0 ? " left)" : " ago)");
}

/* The steps of a connection. Each is a line. */

enum step { STEP_NAME, STEP_CONNECTION, STEP_TLS, STEP_ANSWER, STEPS };

/* The step at which the last request ended; STEPS: it was answered. */
static enum step failed_at(const struct reach *r)
{
	if (r->step == REACH_ANSWERED)
		return STEPS;
	if (r->answer.reason == POLL_DNS)
		return STEP_NAME;
	if (r->answer.reason == POLL_TLS)
		return STEP_TLS;
	if (r->step < REACH_CONNECTED)
		return r->step < REACH_NAME_FOUND ? STEP_NAME : STEP_CONNECTION;
	return r->connection.has_tls && r->step < REACH_SECURED ? STEP_TLS : STEP_ANSWER;
}

/* "example.com:443" of a URL. */
static void copy_authority(const char *url, char *out, size_t size)
{
	const char *at = strstr(url, "://"), *host = at ? at + 3 : url;
	size_t len = strcspn(host, "/?");
	const char *port = memchr(host, ']', len) ? strchr(host, ']') : host;
	bool has_port = memchr(port, ':', len - (size_t)(port - host));
	snprintf(out, size, "%.*s%s", (int)len, host, has_port ? "" : strncmp(url, "http:", 5) == 0 ? ":80" : ":443");
}

static void copy_host(const char *authority, char *out, size_t size)
{
	const char *end = strrchr(authority, ':');
	snprintf(out, size, "%.*s", end ? (int)(end - authority) : (int)strlen(authority), authority);
}

static void put_step(
    const struct doctor *d, const struct doctor_server *s, enum step step, enum report_result result, const char *text)
{
	static const char *const names[STEPS] = {"name", "connection", "TLS", "answer"};
	char thing[64];
	snprintf(thing, sizeof thing, "%s%s%s", s->of, *s->of ? " " : "", names[step]);
	doctor_say(d, result, thing, "%s", text);
}

/* There is nothing to look up then. */
static bool is_address(const char *host)
{
	return host[0] == '[' || host[strspn(host, "0123456789.")] == '\0';
}

static void put_good_name(const struct doctor *d, const struct doctor_server *s, const char *host)
{
	const struct connection *c = &s->reach->connection;
	struct buf text = buf_of(REPORT_TEXT_MAX_BYTES);
	if (is_address(host))
		return;
	buf_printf(&text, "%s is found", host);
	if (c->address[0])
		buf_printf(&text, " at %s", c->address);
	buf_printf(&text, ", in %" PRId64 " ms", c->lookup_ms);
	put_step(d, s, STEP_NAME, REPORT_OK, buf_text(&text));
	buf_fini(&text);
}

static void put_good_connection(const struct doctor *d, const struct doctor_server *s)
{
	char text[64];
	snprintf(text, sizeof text, "opened in %" PRId64 " ms", s->reach->connection.connect_ms);
	put_step(d, s, STEP_CONNECTION, REPORT_OK, text);
}

static void put_good_tls(const struct doctor *d, const struct doctor_server *s)
{
	const struct connection *c = &s->reach->connection;
	struct buf text = buf_of(REPORT_TEXT_MAX_BYTES);
	if (!c->has_tls) {
		put_step(d, s, STEP_TLS, REPORT_SKIP, "none: the URL begins with http://");
		return;
	}
	buf_puts(&text, "the certificate is ");
	buf_puts(&text, s->is_insecure ? "not verified" : "good");
	if (c->issuer[0])
		buf_printf(&text, ", signed by %s", c->issuer);
	if (wall_is_known(c->expires)) {
		buf_puts(&text, ", ");
		doctor_put_end(&text, c->expires, d->now);
	}
	put_step(d, s, STEP_TLS, s->is_insecure ? REPORT_WARN : REPORT_OK, buf_text(&text));
	if (s->is_insecure)
		doctor_remedy(d,
		    "Anyone on the network path can read the token. Set %s to the cluster's CA, and remove "
		    "insecure.",
		    s->ca_set_by);
	buf_fini(&text);
}

static void put_failed(const struct doctor *d, const struct doctor_server *s, enum step step, const char *authority)
{
	char host[300];
	copy_host(authority, host, sizeof host);
	const char *detail = s->reach->detail;
	put_step(d, s, step, REPORT_FAIL, *detail ? detail : poll_reason_names[s->reach->answer.reason]);
	switch (step) {
	case STEP_NAME:
		doctor_remedy(d, "Is %s in %s right, and can this machine look up names?", host, s->set_by);
		doctor_command(d, "getent hosts %s", doctor_word(host).text);
		break;
	case STEP_CONNECTION:
		doctor_remedy(
		    d, "Is %s in %s right, and does a firewall let this machine through?", authority, s->set_by);
		doctor_command(d, "curl -sv -o /dev/null %s", doctor_word(s->url).text);
		break;
	case STEP_TLS:
		if (s->reach->answer.reason != POLL_TLS)
			doctor_remedy(d, "The server takes connections and does not begin TLS. Is %s in %s right?",
			    authority, s->set_by);
		else
			doctor_remedy(d,
			    "If the certificate is the right one, set %s to a file with the CA that signed it.",
			    s->ca_set_by);
		doctor_command(d, "openssl s_client -connect %s -showcerts </dev/null", doctor_word(authority).text);
		break;
	default:
		doctor_remedy(
		    d, "The server takes connections and does not answer. If it is only slow, raise poll.timeout.");
		doctor_command(d, "curl -sv -o /dev/null %s", doctor_word(s->url).text);
		break;
	}
}

bool doctor_put_server(const struct doctor *d, const struct doctor_server *s)
{
	char authority[300], host[300];
	copy_authority(s->url, authority, sizeof authority);
	copy_host(authority, host, sizeof host);
	if (!wall_is_known(s->reach->at)) {
		put_step(d, s, STEP_ANSWER, REPORT_SKIP, "not asked yet");
		return false;
	}
	enum step failed = failed_at(s->reach);
	if (failed > STEP_NAME)
		put_good_name(d, s, host);
	if (failed > STEP_CONNECTION)
		put_good_connection(d, s);
	if (failed > STEP_TLS)
		put_good_tls(d, s);
	if (failed < STEPS)
		put_failed(d, s, failed, authority);
	return failed == STEPS;
}

void doctor_put_clock(const struct doctor *d, const char *thing, const struct poll_stats *stats)
{
	if (!stats->has_clock_offset)
		return;
	int64_t ms = stats->clock_offset_ms, off_ms = ms < 0 ? -ms : ms;
	struct buf text = buf_of(REPORT_TEXT_MAX_BYTES);
	bool is_good = off_ms <= CLOCK_OFF_MS;
	if (off_ms < 1500) /* a Date header has whole seconds */
		buf_puts(&text, "this machine's and the server's agree");
	else {
		buf_puts(&text, "this machine's is ");
		duration_put_words(&text, off_ms);
		buf_puts(&text, ms < 0 ? " behind the server's" : " ahead of the server's");
	}
	doctor_say(d, is_good ? REPORT_OK : REPORT_WARN, thing, "%s", buf_text(&text));
	if (!is_good) {
		doctor_remedy(d, "Ages and expiry times are wrong by as much. Set the clock by NTP.");
		doctor_command(d, "timedatectl timesync-status || chronyc tracking");
	}
	buf_fini(&text);
}

void doctor_put_likely(const struct doctor *d, const char *names, const char *name)
{
	size_t best = TEXT_UNLIKE, best_len = 0;
	const char *likely = NULL;
	for (size_t len; *names; names += len + 1) {
		len = strcspn(names, "\n");
		size_t distance = text_distance(name, names, len);
		if (distance >= best)
			continue;
		best = distance;
		best_len = len;
		likely = names;
	}
	if (likely)
		doctor_remedy(d, "Did you mean %.*s? Set cloudspace of this side.", (int)best_len, likely);
	else
		doctor_remedy(d, "Set cloudspace of this side to one of them, or spot.organization to the right one.");
}
