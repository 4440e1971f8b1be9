/* Snapshots own what they show and share what has not changed; bytes are made when they are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <zlib.h>

#include "a_view.h"
#include "base/gzip.h"
#include "render/rendering.h"

static struct rendering *rendering_of(struct scene *s, const struct snapshot *previous)
{
	scene_look(s);
	return rendering_new_take(snapshot_new(&s->view, true, previous), &s->view);
}

static const char *document_in(struct rendering *r, enum document document)
{
	return buf_text(rendering_document(r, r->snapshot->pairs[0], document));
}

static struct buf copy_of(const struct buf *bytes)
{
	struct buf copy = buf_of(bytes->len);

	buf_put(&copy, bytes->data, bytes->len);
	return copy;
}

static void pairs_by_name(void **state)
{
	struct scene s;
	struct view_pair other;

	(void)state;
	scene_fill(&s);
	other = s.vpair;
	other.name = "stage";
	struct rendering *r = rendering_of(&s, NULL);
	assert_true(r->snapshot->is_ready);
	assert_non_null(snapshot_pair(r->snapshot, NULL));
	assert_ptr_equal(snapshot_pair(r->snapshot, NULL), snapshot_pair(r->snapshot, "prod"));
	assert_null(snapshot_pair(r->snapshot, "pro"));
	rendering_release(r);
	rendering_release(NULL);

	s.view.pairs = (const struct view_pair *[]){&s.vpair, &other};
	s.view.pair_count = 2;
	r = rendering_of(&s, NULL);
	struct snapshot_pair *stage = snapshot_pair(r->snapshot, "stage");
	assert_null(snapshot_pair(r->snapshot, NULL));
	assert_non_null(strstr(buf_text(rendering_document(r, stage, DOC_SUMMARY)), "\"pair\":\"stage\""));
	const char *text = buf_text(rendering_metrics(r, EXPO_TEXT, CODING_IDENTITY));
	assert_non_null(strstr(text, "\nha_status{pair=\"prod\""));
	assert_non_null(strstr(text, "\nha_status{pair=\"stage\""));
	rendering_release(r);
}

/* Everything that a view points at may be gone or another one when the bytes are made. */
static void owns_what_it_shows(void **state)
{
	static struct scene s;
	struct unreadables lists[INVENTORY_PARTS] = {{0}}, of_spot[SPOT_LISTS] = {{0}};
	const struct unreadable lost = {"arc-runners", "broken", 3, "spec.replicas is no number"};
	struct buf expected[DOCUMENTS + 2];
	char texts[6][32] = {
	    "a context", "https://hcp-0.example", "no such file", "page", "base", "https://page.example"};

	(void)state;
	scene_fill(&s);
	unreadables_add(&lists[PART_RUNNERS], &lost);
	unreadables_add(&of_spot[LIST_CLOUDSPACES], &lost);
	s.inventory[PRIMARY].part[PART_RUNNERS].unreadable = 1;
	s.vpair.side[PRIMARY].unreadable = lists;
	s.vpair.side[PRIMARY].context = texts[0];
	s.vpair.side[PRIMARY].endpoint = texts[1];
	s.vpair.side[SECONDARY].credential_problem = texts[2];
	s.view.page_url = texts[3];
	s.view.link_base = texts[4];
	s.view.status_page_url = texts[5];
	s.view.spot_unreadable = of_spot;
	for (int gone = 0; gone < 2; gone++) {
		struct rendering *r = rendering_of(&s, NULL);
		if (gone) {
			memset(&s, 0x5a, sizeof s);
			memset(texts, 0x5a, sizeof texts);
			unreadables_fini(&lists[PART_RUNNERS]);
			unreadables_fini(&of_spot[LIST_CLOUDSPACES]);
			memset(lists, 0x5a, sizeof lists);
			memset(of_spot, 0x5a, sizeof of_spot);
		}
		for (int i = 0; i < DOCUMENTS + 2; i++) {
			const struct buf *is = i < DOCUMENTS
			    ? rendering_document(r, r->snapshot->pairs[0], (enum document)i)
			    : i == DOCUMENTS ? rendering_metrics(r, EXPO_OPENMETRICS, CODING_IDENTITY)
					     : rendering_page(r, CODING_IDENTITY);
			if (gone) {
				assert_string_equal(buf_text(is), buf_text(&expected[i]));
				buf_fini(&expected[i]);
			} else
				expected[i] = copy_of(is);
		}
		rendering_release(r);
	}
}

/* A pair of the same generation is the same copy, with its lines; another one is copied and rendered. */
static void shares_what_stays(void **state)
{
	struct scene s;
	struct view_pair other;

	(void)state;
	scene_fill(&s);
	other = s.vpair;
	other.name = "stage";
	s.view.pairs = (const struct view_pair *[]){&s.vpair, &other};
	s.view.pair_count = 2;
	struct rendering *one = rendering_of(&s, NULL);
	rendering_metrics(one, EXPO_TEXT, CODING_IDENTITY);
	other.generation++;
	other.is_enabled = false;
	struct rendering *two = rendering_of(&s, one->snapshot);
	assert_ptr_equal(two->snapshot->pairs[0], one->snapshot->pairs[0]);
	assert_ptr_not_equal(two->snapshot->pairs[1], one->snapshot->pairs[1]);
	assert_ptr_equal(two->snapshot->pairs[1]->past, one->snapshot->pairs[1]->past);
	assert_non_null(two->snapshot->pairs[0]->lines);
	assert_null(two->snapshot->pairs[1]->lines);
	rendering_release(one);
	rendering_metrics(two, EXPO_TEXT, CODING_IDENTITY);
	assert_non_null(two->snapshot->pairs[1]->lines);
	/* In another order, the copies are the same. */
	s.view.pairs = (const struct view_pair *[]){&other, &s.vpair};
	struct rendering *three = rendering_of(&s, two->snapshot);
	assert_ptr_equal(three->snapshot->pairs[0], two->snapshot->pairs[1]);
	assert_ptr_equal(three->snapshot->pairs[1], two->snapshot->pairs[0]);
	rendering_release(two);
	rendering_release(three);
}

/* Shared until one is added, and alive for as long as any snapshot shows them. */
static void events_are_shared(void **state)
{
	struct scene s;
	struct events events = {0};

	(void)state;
	scene_fill(&s);
	s.vpair.events = &events;
	events_add(&events, &s.ring[0]);
	struct rendering *one = rendering_of(&s, NULL);
	s.vpair.generation++;
	struct rendering *two = rendering_of(&s, one->snapshot);
	assert_ptr_equal(one->snapshot->pairs[0]->past, two->snapshot->pairs[0]->past);
	rendering_release(one);
	events_add(&events, &s.ring[1]);
	s.vpair.generation++;
	struct rendering *three = rendering_of(&s, two->snapshot);
	assert_non_null(strstr(document_in(two, DOC_EVENTS), "\"kept\":1"));
	assert_non_null(strstr(document_in(three, DOC_EVENTS), "\"kept\":2"));
	/* Another list of the same length, as after a reload. */
	events.v[1].at.mono.ms += 1;
	events.v[1].note[0] = 'x';
	s.vpair.generation++;
	struct rendering *anew = rendering_of(&s, three->snapshot);
	assert_non_null(strstr(document_in(anew, DOC_EVENTS), "\"note\":\"x"));
	rendering_release(three);
	rendering_release(two);
	rendering_release(anew);
	events_fini(&events);
}

/* The same snapshot, read later: only what grows with time is another one. */
static void time_goes_on(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	struct rendering *now = rendering_of(&s, NULL);
	struct view self = s.view;
	self.now.mono.ms += 2500;
	self.now.wall.ms += 2500;
	self.http.connections[HTTP_IDLE] = 9;
	struct rendering *later = rendering_new_take(snapshot_hold(now->snapshot), &self);
	const char *before = buf_text(rendering_metrics(now, EXPO_TEXT, CODING_IDENTITY));
	const char *after = buf_text(rendering_metrics(later, EXPO_TEXT, CODING_IDENTITY));
	assert_non_null(strstr(before, "ha_status_seconds_total{pair=\"prod\",ha_status=\"ACTIVE\"} 3600\n"));
	assert_non_null(strstr(after, "ha_status_seconds_total{pair=\"prod\",ha_status=\"ACTIVE\"} 3602.5\n"));
	assert_non_null(strstr(after, "ha_status_seconds_total{pair=\"prod\",ha_status=\"UNKNOWN\"} 1.5\n"));
	assert_non_null(strstr(after, "\nha_http_connections{state=\"idle\"} 9\n"));
	assert_non_null(strstr(document_in(now, DOC_SUMMARY), "\"timestamp\":\"2026-11-23T21:00:00Z\""));
	assert_non_null(strstr(document_in(later, DOC_SUMMARY), "\"timestamp\":\"2026-11-23T21:00:02Z\""));
	rendering_release(now);
	rendering_release(later);
}

static void made_once(void **state)
{
	struct scene s;

	(void)state;
	scene_fill(&s);
	struct rendering *r = rendering_of(&s, NULL);
	assert_null(r->page[CODING_IDENTITY].data);
	assert_null(r->metrics[EXPO_TEXT][CODING_GZIP].data);
	for (int coding = 0; coding < CODINGS; coding++) {
		const char *page = rendering_page(r, (enum coding)coding)->data;
		const char *text = rendering_metrics(r, EXPO_TEXT, (enum coding)coding)->data;
		assert_ptr_equal(rendering_page(r, (enum coding)coding)->data, page);
		assert_ptr_equal(rendering_metrics(r, EXPO_TEXT, (enum coding)coding)->data, text);
	}
	assert_null(r->metrics[EXPO_OPENMETRICS][CODING_IDENTITY].data);
	assert_ptr_equal(document_in(r, DOC_CHECK), document_in(r, DOC_CHECK));
	assert_ptr_equal(rendering_hold(r), r);
	rendering_release(r);
	assert_non_null(strstr(document_in(r, DOC_SUMMARY), "ACTIVE"));
	rendering_release(r);
}

/* The whole text of a stream, which ends where its bytes do. The caller frees. */
static char *unzipped(const struct buf *gzip, size_t len)
{
	char *back = test_malloc(len + 1);
	z_stream z = {.next_in = (Bytef *)gzip->data, .avail_in = (uInt)gzip->len, .next_out = (Bytef *)back};

	z.avail_out = (uInt)len + 1;
	assert_int_equal(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	assert_int_equal(z.total_out, len);
	inflateEnd(&z);
	back[len] = '\0';
	return back;
}

static bool cannot_tell;

/* Good enough where nobody looks for two texts of one tag. */
static bool tag(void *ctx, const char *bytes, size_t len, unsigned char out[GZIP_TAG_BYTES])
{
	uint64_t sum = 14695981039346656037u;

	++*(int *)ctx;
	for (size_t i = 0; i < len; i++)
		sum = (sum ^ (unsigned char)bytes[i]) * 1099511628211u;
	memset(out, 0, GZIP_TAG_BYTES);
	memcpy(out, &sum, sizeof sum);
	return !cannot_tell;
}

static void check_stream(struct gzip_parts *parts, const char *const *texts, size_t count)
{
	struct buf out = buf_of(1 << 20), plain = buf_of(1 << 20);
	struct gzip *gzip = gzip_new(parts, &out);

	for (size_t i = 0; i < count; i++) {
		gzip_put(gzip, texts[i], strlen(texts[i]));
		buf_puts(&plain, texts[i]);
	}
	gzip_end(&gzip);
	char *back = unzipped(&out, plain.len);
	assert_string_equal(back, buf_text(&plain));
	test_free(back);
	buf_fini(&out);
	buf_fini(&plain);
}

/* More memory than a part of the test needs, which is gone when it is made anew. */
static void mark(struct buf *deflated)
{
	static const char many[1000];
	size_t len = deflated->len;

	buf_put(deflated, many, sizeof many);
	buf_cut(deflated, len);
}

static bool is_marked(const struct gzip_parts *parts, size_t i)
{
	return parts->v[i].deflated.cap > 1000;
}

/* A part that is the same as before is not compressed again, and what it is compressed to is right wherever it stands.
 */
static void gzip_of_parts(void **state)
{
	const char *texts[] = {"the same words, the same words, ", "the same words, and others", "", "the same words"};
	int calls = 0;
	struct gzip_parts parts = {.tag = tag, .ctx = &calls};

	(void)state;
	check_stream(&parts, texts, 4);
	for (size_t i = 0; i < 4; i++)
		mark(&parts.v[i].deflated);
	texts[1] = "The same words, and others"; /* of the same length */
	check_stream(&parts, texts, 4);
	assert_true(is_marked(&parts, 0) && is_marked(&parts, 2) && is_marked(&parts, 3));
	assert_false(is_marked(&parts, 1));
	check_stream(&parts, texts + 1, 2);
	check_stream(&parts, texts, 4);
	assert_int_equal(calls, 14);
	assert_int_equal(parts.count, 4);
	cannot_tell = true;
	mark(&parts.v[0].deflated);
	check_stream(&parts, texts, 4);
	assert_false(is_marked(&parts, 0));
	cannot_tell = false;
	check_stream(&parts, texts, 4); /* nothing is known of what was made without a tag */
	parts.tag = NULL;
	check_stream(&parts, texts, 4);
	check_stream(NULL, texts, 4);
	gzip_parts_fini(&parts);
	assert_null(parts.v);
}

/* Of one snapshot and of the next: the same text, plain and compressed, in both formats. */
static void gzip_of_metrics(void **state)
{
	struct scene s;
	int calls = 0;
	struct gzip_parts parts[EXPO_FORMATS] = {{.tag = tag, .ctx = &calls}, {.tag = tag, .ctx = &calls}};

	(void)state;
	scene_fill(&s);
	for (int i = 0; i < 3; i++) {
		s.pair.transitions[HA_ACTIVE][HA_UNKNOWN] = (uint64_t)i;
		s.view.log_dropped = (uint64_t)i;
		struct rendering *r = rendering_of(&s, NULL);
		r->parts = parts;
		for (int format = 0; format < EXPO_FORMATS; format++) {
			const struct buf *zipped = rendering_metrics(r, (enum expo_format)format, CODING_GZIP);
			const struct buf *plain = rendering_metrics(r, (enum expo_format)format, CODING_IDENTITY);
			char *back = unzipped(zipped, plain->len);
			assert_string_equal(back, buf_text(plain));
			test_free(back);
		}
		rendering_release(r);
	}
	for (int format = 0; format < EXPO_FORMATS; format++)
		gzip_parts_fini(&parts[format]);
}

static void gzip_is_gzip(void **state)
{
	const size_t sizes[] = {0, 1, 65535, 65536, 1 << 20};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *text = test_malloc(sizes[i] + 1);
		struct buf out = buf_of(2 << 20);
		uint32_t random = 1;
		for (size_t k = 0; k < sizes[i]; k++)
			text[k] = (char)(random = random * 1664525 + 1013904223);
		struct gzip *gzip = gzip_new(NULL, &out);
		gzip_put(gzip, text, sizes[i]);
		gzip_end(&gzip);
		assert_null(gzip);
		char *back = unzipped(&out, sizes[i]);
		assert_memory_equal(back, text, sizes[i]);
		buf_fini(&out);
		test_free(text);
		test_free(back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pairs_by_name),
	    cmocka_unit_test(owns_what_it_shows),
	    cmocka_unit_test(shares_what_stays),
	    cmocka_unit_test(events_are_shared),
	    cmocka_unit_test(time_goes_on),
	    cmocka_unit_test(made_once),
	    cmocka_unit_test(gzip_is_gzip),
	    cmocka_unit_test(gzip_of_parts),
	    cmocka_unit_test(gzip_of_metrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
