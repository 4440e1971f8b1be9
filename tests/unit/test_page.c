/* The status page: what a person must find on it, and that nobody else can write on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_view.h"
#include "render/page.h"

/* Words that others write reach the page as text. */
static void page_escapes(void **state)
{
	static const char evil[] = "<script>\"a\"&'b'</script>";
	struct scene s;
	struct buf out = buf_of(1 << 20);

	(void)state;
	scene_fill(&s);
	s.vpair.name = evil;
	s.vpair.side[PRIMARY].name = evil;
	s.pair.side[SECONDARY].verdict = DOWN;
	s.pair.status = HA_BLOCKED_SECONDARY_UNAVAILABLE;
	s.vpair.side[SECONDARY].name = evil; /* stands in the message as well */
	strcpy(s.cloudspace[PRIMARY].phase, evil);
	strcpy(s.cloudspace[PRIMARY].reason, evil);
	scene_look(&s);
	page_render(&s.view, &s.figures, &out);
	assert_null(strstr(buf_text(&out), "<script"));
	assert_null(strstr(buf_text(&out), "&'"));
	size_t escaped = 0;
	for (const char *p = buf_text(&out); (p = strstr(p, "&lt;script&gt;&quot;a&quot;&amp;"));
	     p++)
		escaped++;
	assert_int_equal(escaped, 7); /* pair and its link, both sides, the message, phase, reason */
	buf_fini(&out);
}

static void page_says_what_matters(void **state)
{
	struct scene s;
	struct buf out = buf_of(1 << 20);

	(void)state;
	scene_fill(&s);
	s.pair.side[PRIMARY].is_degraded = true;
	s.pair.side[PRIMARY].reason = REASON_SPOT_ERROR;
	s.vpair.side[SECONDARY].has_nodes = false;
	scene_look(&s);
	page_render(&s.view, &s.figures, &out);
	for (const char *const *word = (const char *const[]){"<!DOCTYPE html>", "ACTIVE",
		 "degraded", "spot_error", "matchpoint-runners-2", "not known",
		 "2026-11-23T20:00:00Z", "/metrics", "http-equiv=\"refresh\"", "</html>", NULL};
	     *word; word++)
		if (!strstr(buf_text(&out), *word))
			fail_msg("the page does not say %s", *word);
	assert_null(strstr(buf_text(&out), "<script"));
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(page_escapes),
	    cmocka_unit_test(page_says_what_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
