/* The list of many pairs, and the pictures of their statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_page.h"
#include "render/badge.h"
#include "render/html.h"
#include "render/page_parts.h"

/* All at a glance, the worst first; each has a page of its own. */
static void several_pairs(void **state)
{
	static struct scene s;
	struct pair blocked, planned;
	struct view_pair pairs[4];
	struct figures figures[4];
	struct buf out = buf_of(1 << 20);
	const char *at = NULL;

	(void)state;
	scene_fill(&s);
	is_silent_of(&s, "class=\"fleet\"");
	blocked = planned = s.pair;
	blocked.status = HA_BLOCKED_BOTH_UNAVAILABLE;
	blocked.side[SECONDARY].verdict = DOWN;
	blocked.side[SECONDARY].reason = REASON_ABSENT;
	planned.status = HA_BLOCKED_PRIMARY_UNAVAILABLE;
	planned.maintenance[PRIMARY].is_declared = true;
	for (int i = 0; i < 4; i++)
		pairs[i] = s.vpair;
	pairs[1].name = "stage";
	pairs[2].name = "planned";
	pairs[2].pair = &planned;
	pairs[3].name = "lost";
	pairs[3].pair = &blocked;
	s.view.pairs = (const struct view_pair *[]){&pairs[0], &pairs[1], &pairs[2], &pairs[3]};
	s.view.pair_count = 4;
	for (int i = 0; i < 4; i++)
		figures[i] = view_figures(&pairs[i]);
	page_render(&s.view, figures, &out);
	assert_non_null(strstr(buf_text(&out),
	    "<title>1 BLOCKED_BOTH_UNAVAILABLE, 1 BLOCKED_PRIMARY_UNAVAILABLE, 2 ACTIVE - hawatch</title>"));
	assert_non_null(strstr(buf_text(&out), "<small>for 1 h, secondary DOWN (absent)</small>"));
	/* Relative, so that they hold behind a proxy that adds a prefix to the path. */
	assert_null(strstr(buf_text(&out), "href=\"/"));
	static const char *const lines[] = {"<li class=\"bad\"><a href=\"./?pair=lost\">",
	    "<li class=\"wait\"><a href=\"./?pair=planned\">", "<li class=\"good\"><a href=\"./?pair=prod\">",
	    "<li class=\"good\"><a href=\"./?pair=stage\">"};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		const char *line = strstr(buf_text(&out), lines[i]);
		assert_true(line && (!at || line > at));
		at = line;
	}
	assert_null(strstr(buf_text(&out), "class=\"verdict"));
	buf_reset(&out);
	page_render_pair(&s.view, &pairs[3], &figures[3], &out);
	assert_non_null(strstr(buf_text(&out), "<title>BLOCKED_BOTH_UNAVAILABLE lost - hawatch</title>"));
	assert_non_null(strstr(buf_text(&out), "href=\"api/v1/summary?pair=lost"));
	assert_non_null(strstr(buf_text(&out), "<a href=\"./\">All 4 pairs</a>"));
	buf_reset(&out);
	blocked.status = HA_BLOCKED_SECONDARY_UNAVAILABLE;
	page_render_pair(&s.view, &pairs[3], &figures[3], &out);
	assert_non_null(strstr(buf_text(&out), "<pre>hawatch cloudspace primary --pair lost"));
	blocked.status = HA_BLOCKED_BOTH_UNAVAILABLE;
	buf_reset(&out);
	badge_render_icon(&s.view, &out);
	assert_non_null(strstr(buf_text(&out), "font-size=\"8\"")); /* two signs fit as well */
	assert_non_null(strstr(buf_text(&out), page_look_of_status[HA_BLOCKED_BOTH_UNAVAILABLE].colour));
	buf_fini(&out);
}

/* A large fleet in one page that a phone loads. */
static void five_hundred_pairs(void **state)
{
	static struct scene s;
	static struct view_pair pairs[500];
	static const struct view_pair *listed[500];
	static char names[500][32];
	struct buf out = buf_of(1 << 20);

	(void)state;
	scene_fill(&s);
	is_down(&s, REASON_NO_CAPACITY);
	for (int i = 0; i < 500; i++) {
		snprintf(names[i], sizeof names[i], "a-rather-long-pair-%03d", i);
		pairs[i] = s.vpair;
		pairs[i].name = names[i];
		listed[i] = &pairs[i];
	}
	s.view.pairs = listed;
	s.view.pair_count = 500;
	page_render(&s.view, NULL, &out);
	assert_non_null(strstr(buf_text(&out), "a-rather-long-pair-499"));
	if (out.len >= 200000)
		fail_msg("%zu bytes", out.len);
	buf_fini(&out);
}

static void badges(void **state)
{
	static const char evil[] = "<script>\"a\"&'b'</script>";
	struct scene s;
	struct buf out = buf_of(10000);

	(void)state;
	scene_fill(&s);
	badge_render(&s.view, &s.vpair, &out);
	assert_non_null(strstr(buf_text(&out), "<title>prod: ACTIVE</title>"));
	assert_non_null(strstr(buf_text(&out), page_look_of_status[HA_ACTIVE].colour));
	buf_reset(&out);
	badge_render_availability(&s.view, &s.vpair, &availability_windows[0], &out);
	assert_non_null(strstr(buf_text(&out), "<title>prod 24h: 100.00 %</title>"));
	buf_reset(&out);
	badge_render_availability(&s.view, &s.vpair, &availability_windows[1], &out); /* six hours of seven days */
	assert_non_null(strstr(buf_text(&out), "<title>prod 7d: 96.42 %</title>"));
	assert_non_null(strstr(buf_text(&out), page_look_of_status[HA_BLOCKED_BOTH_UNAVAILABLE].colour));
	buf_reset(&out);
	badge_render_availability(&s.view, &s.vpair, &availability_windows[2], &out); /* ten days are known */
	assert_non_null(strstr(buf_text(&out), "<title>prod 30d: not known</title>"));
	s.vpair.name = evil;
	buf_reset(&out);
	badge_render(&s.view, &s.vpair, &out);
	assert_null(strstr(buf_text(&out), "<script"));
	assert_non_null(strstr(buf_text(&out), "&lt;script&gt;&quot;a"));
	/* The style sheet has the same colours. */
	for (int i = 0; i < HA_STATUSES; i++) {
		assert_non_null(strstr(page_css, page_look_of_status[i].colour));
		assert_non_null(strstr(page_css, page_look_of_status[i].on));
	}
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(several_pairs),
	    cmocka_unit_test(five_hundred_pairs),
	    cmocka_unit_test(badges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
