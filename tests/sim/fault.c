#define _GNU_SOURCE
#include "fault.h"

#include "answer.h"
#include "encode.h"
#include "kube.h"
#include "state.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void spoil_status(const struct request *r, struct answer *a, long code)
{
	r->target->service->refuse(r, a, (unsigned)code);
}

static void spoil_truncate(const struct request *r, struct answer *a, long bytes)
{
	(void)r;
	a->cut_after = (size_t)bytes;
}

static void spoil_empty(const struct request *r, struct answer *a, long arg)
{
	(void)r, (void)arg;
	answer_printf(a, "%s", "");
}

/* Bytes that are neither JSON nor text, NULs among them, the same ones every time. */
static void spoil_garbage(const struct request *r, struct answer *a, long arg)
{
	(void)arg;
	enum { LEN = 4096 };
	char *noise = text_zeroed(LEN, 1);
	for (unsigned i = 0; i < LEN; i++)
		noise[i] = (char)text_hash(r->target->name, i);
	answer_body_take(a, noise, LEN);
}

static void spoil_huge(const struct request *r, struct answer *a, long arg)
{
	(void)r, (void)arg;
	a->endless = true;
}

/* A list of so many objects, which are one of any kind as far as it is read: with a long name, and a job. */
static void spoil_many(const struct request *r, struct answer *a, long count)
{
	struct text t;
	size_t len;
	(void)r;
	if (!a->items_at)
		return;
	text_open(&t);
	fwrite(a->body, 1, a->items_at, t.out);
	for (long i = 0; i < count; i++)
		text_put(t.out,
		    "%s{'metadata':{'name':'%0205ld','uid':'%ld'},"
		    "'spec':{'nodeName':'%0205ld','autoscalingRunnerSetName':'%0205ld','replicas':1},"
		    "'status':{'phase':'Running','jobId':'1'}}",
		    i ? "," : "", i, i, i, i);
	fwrite(a->body + a->items_end, 1, a->len - a->items_end, t.out);
	char *body = text_take(&t, &len);
	answer_body_take(a, body, len);
}

static void spoil_drip(const struct request *r, struct answer *a, long arg)
{
	(void)r, (void)arg;
	a->drip = true;
}

/* Every leaf of a tree gets a type that it never has; the shape stays. */
static void swap_types(cJSON *item)
{
	if (item->child) {
		for (cJSON *c = item->child; c; c = c->next)
			swap_types(c);
	} else if (cJSON_IsString(item)) {
		item->type = cJSON_Number;
		item->valuedouble = (double)strlen(item->valuestring);
		free(item->valuestring);
		item->valuestring = NULL;
	} else if (cJSON_IsNumber(item)) {
		item->valuestring = text_format("%.0f", item->valuedouble);
		item->type = cJSON_String;
	} else if (cJSON_IsBool(item)) {
		item->valuestring = text_copy(cJSON_IsTrue(item) ? "yes" : "no");
		item->type = cJSON_String;
	} else if (cJSON_IsObject(item)) {
		item->type = cJSON_Array | (item->type & ~0xff);
	} else if (cJSON_IsArray(item)) {
		item->type = cJSON_Object | (item->type & ~0xff);
	}
}

static void spoil_wrong_types(const struct request *r, struct answer *a, long arg)
{
	(void)r, (void)arg;
	cJSON *root = cJSON_ParseWithLength(a->body, a->len);
	if (!root)
		return; /* `ok` of /readyz has no types to be wrong */
	swap_types(root);
	char *body = cJSON_PrintUnformatted(root);
	answer_body_take(a, body, strlen(body));
	cJSON_Delete(root);
}

/* What a captive portal or a misconfigured proxy says, with the best of intentions. */
static void spoil_html(const struct request *r, struct answer *a, long arg)
{
	(void)r, (void)arg;
	answer_begin(a, 200);
	answer_header(a, "Content-Type", "text/html; charset=utf-8");
	answer_printf(a,
	    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n"
	    "<body><h1>Please sign in to continue</h1></body></html>\n");
}

/* To a path of this very server, so that a client that follows is seen in /stats. */
static void spoil_redirect(const struct request *r, struct answer *a, long arg)
{
	(void)arg;
	answer_begin(a, 302);
	answer_header(a, "Location", "https://%s:%u/redirected", r->sim->listen, r->target->port);
}

enum { SWOLLEN = 1 << 20 };

/* Blanks, which swell a thousandfold. */
static void spoil_bomb(const struct request *r, struct answer *a, long arg)
{
	(void)r, (void)arg;
	char *blanks = text_zeroed(1, SWOLLEN);
	memset(blanks, ' ', SWOLLEN);
	encode_endless(a, blanks, SWOLLEN);
	free(blanks);
}

/* Objects that swell a good hundredfold, as no list does, but not as far as to be taken for a bomb. */
static void spoil_swell(const struct request *r, struct answer *a, long arg)
{
	struct text t;
	size_t len;
	(void)r, (void)arg;
	text_open(&t);
	text_put(t.out, ",{'metadata':{'name':'n'},'status':{},'x':'");
	for (int i = 0; i < SWOLLEN / 64; i++)
		fputs("nO1fAb3KqXz7vLw9sYtR2mHc5eUj8pGd0iVkQx4BnT6oMaWlZyJrSuEhFCDgPI+/", t.out);
	text_put(t.out, "'}");
	char *more = text_take(&t, &len);
	encode_endless(a, more, len);
	free(more);
}

/* A server that says in its error what it was told in confidence. */
static void spoil_echo(const struct request *r, struct answer *a, long arg)
{
	(void)arg;
	const char *bearer = request_bearer(r);
	char *message = text_format("no entry for %s", bearer ? bearer : r->body);
	kube_status(a, 403, "Forbidden", message, NULL);
	free(message);
}

/* The bytes of a file, for whatever no other fault says. */
static void spoil_body(const struct request *r, struct answer *a, long arg)
{
	(void)arg;
	char path[sizeof r->target->knobs.body];
	struct text t;
	size_t len;
	state_lock(r->sim);
	memcpy(path, r->target->knobs.body, sizeof path);
	state_unlock(r->sim);
	FILE *in = fopen(path, "re");
	if (!in)
		fatal("body=%s: %s", path, strerror(errno));
	text_open(&t);
	for (int c; (c = getc(in)) != EOF;)
		putc(c, t.out);
	fclose(in);
	char *body = text_take(&t, &len);
	answer_begin(a, 200);
	answer_header(a, "Content-Type", "application/json");
	answer_body_take(a, body, len);
}

static void spoil_headers(const struct request *r, struct answer *a, long count)
{
	(void)r;
	a->more_headers = count;
}

static const struct {
	const char *name;
	bool takes_number;
	long lo, hi;
	void (*spoil)(const struct request *r, struct answer *a, long arg);
} FAULTS[FAULT_KINDS] = {
    [FAULT_NONE] = {.name = "none"},
    [FAULT_REFUSE] = {.name = "refuse"},
    [FAULT_RESET] = {.name = "reset"},
    [FAULT_STALL] = {.name = "stall"},
    [FAULT_STATUS] = {"status", true, 200, 599, spoil_status},
    [FAULT_TRUNCATE] = {"truncate", true, 0, INT32_MAX, spoil_truncate},
    [FAULT_EMPTY] = {.name = "empty", .spoil = spoil_empty},
    [FAULT_GARBAGE] = {.name = "garbage", .spoil = spoil_garbage},
    [FAULT_HUGE] = {.name = "huge", .spoil = spoil_huge},
    [FAULT_MANY] = {"many", true, 0, INT32_MAX, spoil_many},
    [FAULT_DRIP] = {.name = "drip", .spoil = spoil_drip},
    [FAULT_WRONG_TYPES] = {.name = "wrong_types", .spoil = spoil_wrong_types},
    [FAULT_HTML] = {.name = "html", .spoil = spoil_html},
    [FAULT_REDIRECT] = {.name = "redirect", .spoil = spoil_redirect},
    [FAULT_MUTE] = {.name = "mute"}, /* connects, and says not even hello */
    [FAULT_BOMB] = {.name = "bomb", .spoil = spoil_bomb},
    [FAULT_SWELL] = {.name = "swell", .spoil = spoil_swell},
    [FAULT_ECHO] = {.name = "echo", .spoil = spoil_echo},
    [FAULT_BODY] = {.name = "body", .spoil = spoil_body},
    [FAULT_HEADERS] = {"headers", true, 1, 200000, spoil_headers},
    [FAULT_EXPIRED] = {.name = "expired"},
    [FAULT_WRONG_NAME] = {.name = "wrong_name"},
    [FAULT_FOREIGN_CA] = {.name = "foreign_ca"},
    [FAULT_OLD_TLS] = {.name = "old_tls"},
};

static bool explain(const char *text, char *why, size_t why_size)
{
	size_t n = (size_t)snprintf(why, why_size, "\"%s\" is no fault; there are:", text);
	for (size_t i = 0; i < FAULT_KINDS && n < why_size; i++)
		n += (size_t)snprintf(
		    why + n, why_size - n, " %s%s", FAULTS[i].name, FAULTS[i].takes_number ? ":NUMBER" : "");
	return false;
}

bool fault_parse(const char *text, enum fault_kind *kind, long *arg, char *why, size_t why_size)
{
	size_t len = strcspn(text, ":");
	for (size_t i = 0; i < FAULT_KINDS; i++) {
		if (strlen(FAULTS[i].name) != len || strncmp(FAULTS[i].name, text, len) != 0)
			continue;
		if (FAULTS[i].takes_number != (text[len] == ':'))
			break;
		long n = 0;
		if (text[len] && !text_number(text + len + 1, FAULTS[i].lo, FAULTS[i].hi, &n)) {
			snprintf(why, why_size, "\"%s\" takes a number from %ld to %ld", FAULTS[i].name, FAULTS[i].lo,
			    FAULTS[i].hi);
			return false;
		}
		*kind = (enum fault_kind)i;
		*arg = n;
		return true;
	}
	return explain(text, why, why_size);
}

bool fault_is_meant(const char *path, const char *on)
{
	size_t len = strlen(on);
	bool is_whole = len && on[len - 1] == '$';
	return is_whole ? strlen(path) == len - 1 && memcmp(path, on, len - 1) == 0 : text_starts(path, on);
}

void fault_spoil(enum fault_kind kind, long arg, const struct request *r, struct answer *a)
{
	if (FAULTS[kind].spoil)
		FAULTS[kind].spoil(r, a, arg);
}
