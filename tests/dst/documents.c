#define _GNU_SOURCE /* memrchr */
#include "documents.h"

#include "machine.h"
#include "world.h"

#include "base/mem.h"
#include "loop/poller_state.h"
#include "render/metrics.h"
#include "render/rendering.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_MAX = 1 << 14, EVERY = 1000 /* turns at tempo 1 */, COPY_EVERY = 16 };

/* The series of the last exposition by their names and labels: a hash table. */
static struct series {
	char *name; /* with the labels */
	double value;
	uint64_t rendering;
} series[SERIES_MAX];

static enum ha_status status;
static uint64_t until_next;
static struct snapshot *seen; /* the last one that was published */
static bool has_news;         /* since then */
static bool is_copy_due;      /* something has come since the last look at the copy */

void documents_begin(void)
{
	for (size_t i = 0; i < SERIES_MAX; i++) {
		free(series[i].name);
		series[i] = (struct series){0};
	}
	status = HA_STATUSES;
	snapshot_release(seen);
	seen = NULL;
}

void documents_note_news(void)
{
	has_news = is_copy_due = true;
}

static struct series *find(const char *name, size_t len)
{
	uint32_t hash = 5381;
	for (size_t i = 0; i < len; i++)
		hash = hash * 33 + (unsigned char)name[i];
	for (size_t n = 0; n < SERIES_MAX; n++, hash++) {
		struct series *s = &series[hash % SERIES_MAX];
		if (s->name && strncmp(s->name, name, len) == 0 && !s->name[len])
			return s;
		if (!s->name) {
			s->name = mem_copy_text(name, len);
			return s;
		}
	}
	machine_fail("too many series");
}

static bool is_counter(const char *name)
{
	size_t len = strcspn(name, "{");
	return (len > 6 && strncmp(name + len - 6, "_total", 6) == 0) ||
	    (len > 7 && strncmp(name + len - 7, "_bucket", 7) == 0) ||
	    (len > 6 && strncmp(name + len - 6, "_count", 6) == 0);
}

static void read_sample(const char *line, size_t len)
{
	const char *blank = memrchr(line, ' ', len);
	char *end;
	if (!blank)
		machine_fail("no sample: %.*s", (int)len, line);
	double value = strtod(blank + 1, &end);
	struct series *s = find(line, (size_t)(blank - line));
	if (end != line + len)
		machine_fail("no number: %.*s", (int)len, line);
	if (s->rendering == machine.renderings)
		machine_fail("a series twice: %s", s->name);
	if (s->rendering && is_counter(s->name) && value < s->value && strncmp(s->name, "process_", 8) != 0)
		machine_fail("a counter falls from %g: %.*s", s->value, (int)len, line);
	s->value = value;
	s->rendering = machine.renderings;
}

static void read_metrics(const struct buf *text)
{
	for (const char *line = buf_text(text); *line;) {
		size_t len = strcspn(line, "\n");
		if (line[len] != '\n')
			machine_fail("the exposition does not end with a line");
		if (*line != '#')
			read_sample(line, len);
		line += len + 1;
	}
}

/* The one member of a set of states that is 1. */
static void expect(const char *name, const char *label, const char *more, const char *word)
{
	char text[512];
	snprintf(text, sizeof text, "%s{pair=\"prod\"%s,%s=\"%s\"}", name, more, label, word);
	struct series *s = find(text, strlen(text));
	if (s->rendering != machine.renderings || s->value != 1)
		machine_fail("%s is %g", text, s->rendering == machine.renderings ? s->value : -1);
}

static void expect_word(const cJSON *document, const char *name, const char *word)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(document, name);
	if (!cJSON_IsString(member) || strcmp(member->valuestring, word) != 0)
		machine_fail("%s of the summary is %s, expected %s", name,
		    cJSON_IsString(member) ? member->valuestring : "no text", word);
}

static void check_bytes(struct rendering *r, const struct pair *pair)
{
	machine.renderings++;
	read_metrics(rendering_metrics(r, EXPO_TEXT, CODING_IDENTITY));
	expect("ha_status", "ha_status", "", ha_status_names[pair->status]);
	for (int i = 0; i < view_sides(r->view.pairs[0]); i++) {
		char side[64];
		snprintf(side, sizeof side, ",side=\"%s\"", side_id_names[i]);
		expect("ha_cloudspace_state", "ha_cloudspace_state", side, verdict_names[pair->side[i].verdict]);
	}
	for (int doc = 0; doc < DOCUMENTS; doc++) {
		const struct buf *text = rendering_document(r, r->snapshot->pairs[0], (enum document)doc);
		cJSON *json = cJSON_Parse(buf_text(text));
		if (!json)
			machine_fail("the document %s is not JSON", document_names[doc]);
		if (doc == DOC_SUMMARY)
			expect_word(json, "ha_status", ha_status_names[pair->status]);
		cJSON_Delete(json);
	}
	const char *page = buf_text(rendering_page(r, CODING_IDENTITY));
	if (!strstr(page, ha_status_names[pair->status]) || !strstr(page, "</html>"))
		machine_fail("the page does not say %s", ha_status_names[pair->status]);
}

static bool is_same(const void *a, const void *b, size_t size)
{
	return a && b ? memcmp(a, b, size) == 0 : a == b;
}

/* The copy that is published, and what the poller knows: a change that is not noticed would never be shown. */
static void check_copy(const struct poller *p, const struct view_pair *shown)
{
	if (!pair_is_same(shown->pair, &p->pairs->pair) || p->pairs->events.count != shown->events->count ||
	    p->pairs->incidents.version != shown->incidents->version)
		machine_fail("the pair is published as it was");
	for (size_t i = 0; i < p->side_count; i++) {
		const struct watched_side *side = &p->sides[i];
		const struct view_side *s = &shown->side[i];
		struct inventory inventory = side->workload.inventory;
		inventory.set = s->inventory->set;
		inventory.app = s->inventory->app;
		if (!is_same(&inventory, s->inventory, sizeof inventory))
			machine_fail("the inventory of %s is published as it was", side_id_names[i]);
		if (s->cloudspace && !is_same(&side->spot->cloudspace, s->cloudspace, sizeof *s->cloudspace))
			machine_fail("the cloudspace of %s is published as it was", side_id_names[i]);
		if (!is_same(&side->kube.readyz.stats, &s->readyz, sizeof s->readyz) ||
		    !is_same(&side->kube.nodes.stats, &s->kube_nodes, sizeof s->kube_nodes) ||
		    strcmp(side->kube.auth.server ? side->kube.auth.server : "", s->endpoint ? s->endpoint : "") != 0)
			machine_fail("the polls of %s are published as they were", side_id_names[i]);
	}
}

static struct buf page_of(struct snapshot *s)
{
	struct rendering *r = rendering_new_take(snapshot_hold(s), &(struct view){.now = {{machine.at_ms}, {1}}});
	struct buf page = r->page[CODING_IDENTITY] = *rendering_page(r, CODING_IDENTITY);
	r->page[CODING_IDENTITY] = (struct buf){0};
	rendering_release(r);
	return page;
}

/* Time alone may hide what is too old, or end a wait; else nobody sees anything in a snapshot without news. */
static void check_need(struct snapshot *before, struct snapshot *after)
{
	const struct view_pair *a = before->pairs[0]->view, *b = after->pairs[0]->view;
	if (!pair_is_same(a->pair, b->pair) || a->state_saved.ms != b->state_saved.ms ||
	    a->incidents->version != b->incidents->version)
		return;
	struct metrics_lines *was = metrics_lines_new(before->pairs[0]->view, &before->pairs[0]->figures);
	struct metrics_lines *is = metrics_lines_new(after->pairs[0]->view, &after->pairs[0]->figures);
	struct buf page_was = page_of(before), page_is = page_of(after);
	if (strcmp(buf_text(&was->text), buf_text(&is->text)) == 0 &&
	    strcmp(buf_text(&page_was), buf_text(&page_is)) == 0)
		machine_fail("published although nothing has changed");
	metrics_lines_free(&was);
	metrics_lines_free(&is);
	buf_fini(&page_was);
	buf_fini(&page_is);
}

static void note_publication(struct snapshot *s)
{
	if (s == seen)
		return;
	machine.publications++;
	if (seen && !has_news)
		check_need(seen, s);
	snapshot_release(seen);
	seen = snapshot_hold(s);
	has_news = false;
}

void documents_check(struct poller *p)
{
	const struct pair *pair = &p->pairs->pair;
	struct view self = {.process = {.start_time_s = 1}};
	struct snapshot *s = publish_hold(p->shared.publish, &self.now);
	note_publication(s);
	/*
	 * A tick looks at everything, and is at the end of this turn only if there was nothing to wait for. Without
	 * news only time changes something; what it would leave behind in the copy stays there, so one look in some is
	 * enough.
	 */
	if (!p->is_dirty && mono_since(p->now.mono, p->tick_due) == p->tick_ms &&
	    (is_copy_due || machine_pick(&machine.traffic, COPY_EVERY) == 0)) {
		check_copy(p, s->pairs[0]->view);
		is_copy_due = false;
	}
	if (pair->status == status && until_next-- > 0) {
		snapshot_release(s);
		return;
	}
	struct rendering *r = rendering_new_take(s, &self);
	check_bytes(r, pair);
	rendering_release(r);
	status = pair->status;
	until_next = (uint64_t)(EVERY * world.tempo);
}
