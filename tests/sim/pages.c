#define _GNU_SOURCE
#include "pages.h"

#include "answer.h"
#include "state.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 60000, TIMEOUT_MAX_MS = 3600 * 1000 };

static const char *member(const cJSON *object, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
	return s ? s : "";
}

/* "PAGE firing HACloudspaceDown P1 pair=prod side=secondary: summary", always one line. */
static void print_page(const cJSON *alert)
{
	const cJSON *labels = cJSON_GetObjectItemCaseSensitive(alert, "labels");
	const cJSON *notes = cJSON_GetObjectItemCaseSensitive(alert, "annotations");
	const char *pair = member(labels, "pair"), *side = member(labels, "side");
	char *line = text_format("PAGE %s %s %s%s%s%s%s: %s", member(alert, "status"), member(labels, "alertname"),
	    member(labels, "priority"), *pair ? " pair=" : "", pair, *side ? " side=" : "", side,
	    member(notes, "summary"));
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20)
			*c = ' ';
	puts(line);
	fflush(stdout);
	free(line);
}

static void remember(struct sim *sim, cJSON *alert_take)
{
	char now[21];
	text_utc(now, time(NULL));
	cJSON_AddStringToObject(alert_take, "receivedAt", now);
	cJSON_AddNumberToObject(alert_take, "seq", (double)sim->page_count + 1);
	cJSON **slot = &sim->pages[sim->page_count++ % PAGES_KEPT];
	cJSON_Delete(*slot);
	*slot = alert_take;
}

void pages_take(const struct request *r, struct answer *a)
{
	cJSON *note = cJSON_ParseWithLength(r->body, r->body_len);
	cJSON *alerts = cJSON_GetObjectItemCaseSensitive(note, "alerts");
	if (!cJSON_IsArray(alerts)) {
		answer_begin(a, 400);
		answer_printf(a, "not a notification of Alertmanager: no array \"alerts\"\n");
		cJSON_Delete(note);
		return;
	}
	state_lock(r->sim);
	while (cJSON_GetArraySize(alerts)) {
		cJSON *alert = cJSON_DetachItemFromArray(alerts, 0);
		if (cJSON_IsObject(alert)) {
			print_page(alert);
			remember(r->sim, alert);
		} else {
			cJSON_Delete(alert);
		}
	}
	state_happened(r->sim);
	state_unlock(r->sim);
	cJSON_Delete(note);
	answer_begin(a, 200);
}

static void say_json(struct answer *a, const cJSON *json)
{
	char *body = cJSON_PrintUnformatted(json);
	answer_begin(a, 200);
	answer_header(a, "Content-Type", "application/json");
	answer_body_take(a, body, strlen(body));
}

void pages_list(const struct request *r, struct answer *a)
{
	cJSON *all = cJSON_CreateArray();
	state_lock(r->sim);
	for (size_t i = 0; i < PAGES_KEPT; i++) {
		cJSON *page = r->sim->pages[(r->sim->page_count + i) % PAGES_KEPT];
		if (page)
			cJSON_AddItemReferenceToArray(all, page);
	}
	say_json(a, all);
	state_unlock(r->sim);
	cJSON_Delete(all);
}

/* One page against the query of a wait. */
struct match {
	const cJSON *page;
	bool differs;
};

/* Every key but the wait's own is a label that must have this value. */
static enum MHD_Result compare(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct match *m = cls;
	(void)kind;
	if (strcmp(key, "timeout_ms") == 0)
		return MHD_YES;
	const cJSON *labels = cJSON_GetObjectItemCaseSensitive(m->page, "labels");
	const cJSON *seq = cJSON_GetObjectItemCaseSensitive(m->page, "seq");
	const char *wanted = value ? value : "";
	if (strcmp(key, "after") == 0)
		m->differs |= seq->valuedouble <= strtod(wanted, NULL);
	else if (strcmp(key, "status") == 0)
		m->differs |= strcmp(member(m->page, "status"), wanted) != 0;
	else
		m->differs |= strcmp(member(labels, key), wanted) != 0;
	return MHD_YES;
}

static const cJSON *newest_match(const struct request *r)
{
	for (size_t i = 1; i <= PAGES_KEPT; i++) {
		size_t slot = (r->sim->page_count + PAGES_KEPT - i) % PAGES_KEPT;
		struct match m = {.page = r->sim->pages[slot]};
		if (!m.page)
			return NULL;
		MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, compare, &m);
		if (!m.differs)
			return m.page;
	}
	return NULL;
}

void pages_await(const struct request *r, struct answer *a)
{
	const char *timeout = request_query(r, "timeout_ms");
	long timeout_ms = DEFAULT_TIMEOUT_MS;
	if (timeout && !text_number(timeout, 0, TIMEOUT_MAX_MS, &timeout_ms)) {
		answer_begin(a, 400);
		answer_printf(a, "timeout_ms=%s: expected a number from 0 to %d\n", timeout, TIMEOUT_MAX_MS);
		return;
	}
	struct timespec deadline = state_deadline(timeout_ms);
	const cJSON *page;
	state_lock(r->sim);
	while (!(page = newest_match(r)) && state_wait(r->sim, &deadline))
		;
	if (page) {
		say_json(a, page);
	} else {
		answer_begin(a, 504);
		answer_printf(a, "no such page within %ld ms\n", timeout_ms);
	}
	state_unlock(r->sim);
}
