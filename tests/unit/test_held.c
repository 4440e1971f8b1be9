/* Renderings that are no longer current: what they hold, until when, and which must go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_view.h"
#include "serve/held.h"

static struct scene scene;
static struct held held;
static uint64_t serial;

static int begin(void **state)
{
	(void)state;
	scene_fill(&scene);
	held = (struct held){0};
	serial = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	held_fini(&held);
	assert_int_equal(held.bytes, 0);
	return 0;
}

/* With its exposition rendered. The caller holds one reference. */
static struct rendering *a_rendering(void)
{
	scene_look(&scene);
	struct rendering *r = rendering_new_take(snapshot_new(&scene.view, true, NULL), &scene.view);
	r->serial = ++serial;
	assert_true(rendering_metrics(r, EXPO_TEXT, CODING_IDENTITY)->len > 0);
	return r;
}

static void test_nobody_reads_it(void **state)
{
	(void)state;
	held_add_take(&held, a_rendering());
	assert_int_equal(held.count, 0);
	assert_int_equal(held.bytes, 0);
	assert_int_equal(held_too_old(&held, 0), 0);
}

/* What is left are its bytes, as they were. */
static void test_it_is_sealed(void **state)
{
	(void)state;
	struct rendering *r = a_rendering();
	struct snapshot *snapshot = snapshot_hold(r->snapshot);
	const struct buf *bytes = rendering_metrics(r, EXPO_TEXT, CODING_IDENTITY);
	const struct buf *document = rendering_document(r, r->snapshot->pairs[0], DOC_SUMMARY);
	struct buf copy = buf_of(bytes->len);
	buf_put(&copy, bytes->data, bytes->len);
	size_t all = rendering_bytes(r), of_document = document->len;
	held_add_take(&held, rendering_hold(r));
	assert_int_equal(snapshot->references, 1); /* only ours */
	assert_int_equal(held.bytes, all);
	assert_int_equal(document->len, of_document);
	assert_int_equal(bytes->len, copy.len);
	assert_memory_equal(bytes->data, copy.data, copy.len);
	rendering_release(r);
	held_prune(&held);
	assert_int_equal(held.bytes, 0);
	snapshot_release(snapshot);
	buf_fini(&copy);
}

static void test_the_oldest_go(void **state)
{
	enum { COUNT = 20 };
	struct rendering *r[COUNT];
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		r[i] = a_rendering();
		held_add_take(&held, rendering_hold(r[i]));
	}
	size_t one = held.v[0].bytes;
	assert_int_equal(held.count, COUNT);
	assert_int_equal(held_too_old(&held, held.bytes), 0);
	assert_int_equal(held_too_old(&held, held.bytes - 1), 1);
	assert_int_equal(held_too_old(&held, held.bytes - one - 1), 2);
	assert_int_equal(held_too_old(&held, 0), COUNT);
	/* Some of the oldest have been read meanwhile. */
	for (size_t i = 0; i < COUNT; i += 2)
		rendering_release(r[i]);
	held_prune(&held);
	assert_int_equal(held.count, COUNT / 2);
	assert_int_equal(held_too_old(&held, held.bytes - 1), 2);
	for (size_t i = 1; i < COUNT; i += 2)
		rendering_release(r[i]);
	held_prune(&held);
	assert_int_equal(held.count, 0);
	assert_int_equal(held.bytes, 0);
}

/* The end of the server: who is still being answered keeps what that takes. */
static void test_it_ends_before_its_readers(void **state)
{
	(void)state;
	struct rendering *r = a_rendering();
	held_add_take(&held, rendering_hold(r));
	held_fini(&held);
	assert_int_equal(r->references, 1);
	assert_true(rendering_bytes(r) > 0);
	rendering_release(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_nobody_reads_it, begin, end),
	    cmocka_unit_test_setup_teardown(test_it_is_sealed, begin, end),
	    cmocka_unit_test_setup_teardown(test_the_oldest_go, begin, end),
	    cmocka_unit_test_setup_teardown(test_it_ends_before_its_readers, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
