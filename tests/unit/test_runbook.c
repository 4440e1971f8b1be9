/* The runbook as HTML: every anchor that is linked is there once, and Markdown of others becomes text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "a_view.h"
#include "render/markdown.h"
#include "render/runbook.h"
#include "render/runbook_page.h"

static void is_html(const char *markdown, const char *html)
{
	struct buf out = buf_of(100000);

	markdown_put(markdown, strlen(markdown), "x", &out);
	assert_string_equal(buf_text(&out), html);
	buf_fini(&out);
}

static void markdown(void **state)
{
	(void)state;
	is_html("", "");
	is_html("one\ntwo `a<b` [c d](#e-f)\n\nthree\n",
	    "<p>one two <code>a&lt;b</code> <a href=\"x#e-f\">c d</a></p>\n<p>three</p>\n");
	is_html("### Scale `up` & down\n", "<h4 id=\"scale-up--down\">Scale <code>up</code> &amp; down</h4>\n");
	is_html("- a\n  b\n- c\n", "<ul>\n<li>a b</li>\n<li>c</li>\n</ul>\n");
	is_html("3. a\n\n       x  <y\n         z\n\n       w\n\n   - b\n   - c\n\n4. d\n\nend",
	    "<ol>\n<li value=\"3\">a<pre>x  &lt;y\n  z\n\nw</pre>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>\n</li>\n"
	    "<li value=\"4\">d</li>\n</ol>\n<p>end</p>\n");
	is_html("    code # no heading\n", "<pre>code # no heading</pre>\n");
	is_html("| a | b |\n|---|---|\n| `c` | d |\n",
	    "<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td><code>c</code></td><td>d</td></tr>\n</table>\n");
	is_html("a ` b [c] [d](http://e) <script>", "<p>a ` b [c] [d](http://e) &lt;script&gt;</p>\n");
	is_html("- - - - - - - - - - - - x", "<ul>\n<li>- - - - - - - - - - - x</li>\n</ul>\n");
}

/* Nothing that stands in the file, cut anywhere, makes it read past its end or turn for ever. */
static void markdown_cut_anywhere(void **state)
{
	size_t len = strlen(runbook_text), step = 97;

	(void)state;
	for (size_t cut = 0; cut < len; cut += step) {
		size_t most = len - cut < 3000 ? len - cut : 3000;
		char *part = malloc(most);
		struct buf out = buf_of(1 << 20);

		assert_non_null(part);
		memcpy(part, runbook_text + cut, most);
		markdown_put(part, most, "", &out);
		assert_false(out.overflow);
		buf_fini(&out);
		free(part);
	}
}

static int count_of(const char *text, const char *what)
{
	int count = 0;

	for (const char *p = text; (p = strstr(p, what)); p++)
		count++;
	return count;
}

static void anchors(void **state)
{
	struct scene s;
	struct runbook_section section, before;
	struct buf page = buf_of(1 << 20), id = buf_of(1000);
	int links = 0;

	(void)state;
	scene_fill(&s);
	scene_look(&s);
	runbook_page_render(&s.view, &s.vpair, &page);
	assert_false(page.overflow);
	for (bool is_first = true; runbook_next(is_first ? NULL : &before, &section); is_first = false) {
		buf_reset(&id);
		buf_puts(&id, " id=\"");
		runbook_put_anchor(section.name, section.name_len, &id);
		buf_puts(&id, "\">");
		assert_int_equal(count_of(buf_text(&page), buf_text(&id)), 1);
		before = section;
	}
	for (const char *p = buf_text(&page); (p = strstr(p, "<a href=\"#")); links++) {
		p += strlen("<a href=\"#");
		buf_reset(&id);
		buf_puts(&id, " id=\"");
		buf_put(&id, p, strcspn(p, "\""));
		buf_putc(&id, '"');
		if (!strstr(buf_text(&page), buf_text(&id)))
			fail_msg("no heading has%s", buf_text(&id));
	}
	assert_true(links > 50);
	assert_non_null(strstr(buf_text(&page), " id=\"hacloudspacedown\">HACloudspaceDown</h4>"));
	buf_fini(&id);
	buf_fini(&page);
}

static void names(void **state)
{
	struct scene s;
	struct buf page = buf_of(1 << 20);

	(void)state;
	scene_fill(&s);
	s.vpair.name = "ci";
	s.vpair.side[PRIMARY].name = "east";
	s.vpair.side[PRIMARY].context = "east-ctx";
	s.vpair.side[SECONDARY].name = "we;st";
	s.vpair.side[SECONDARY].context = NULL;
	runbook_page_render(&s.view, &s.vpair, &page);
	assert_non_null(strstr(buf_text(&page), "The primary, <code>east</code>, takes no work."));
	assert_non_null(strstr(buf_text(&page), "kubectl --context=east-ctx uncordon"));
	assert_non_null(strstr(buf_text(&page), "hawatch command"));
	assert_non_null(strstr(buf_text(&page), "mean something to a shell"));
	assert_null(strstr(buf_text(&page), "we;st"));
	assert_non_null(strstr(buf_text(&page), "kubectl --context=matchpoint-runners-2 uncordon"));
	buf_reset(&page);
	runbook_page_render(&s.view, NULL, &page);
	assert_non_null(strstr(buf_text(&page), "With the names of the examples"));
	assert_non_null(strstr(buf_text(&page), "The primary, <code>matchpoint-runners</code>, takes no work."));
	buf_fini(&page);
}

static void fills(const char *text, const char *filled)
{
	const struct runbook_names names = {.needs_pair = true, .v = {[NAME_PAIR] = "ci"}};
	struct buf out = buf_of(10000);

	runbook_names_fill(&names, text, strlen(text), &out);
	assert_string_equal(buf_text(&out), filled);
	buf_fini(&out);
}

/* Where several pairs are watched, each command can be pasted as it stands. */
static void commands_with_a_pair(void **state)
{
	(void)state;
	fills("    hawatch check\n", "    hawatch check --pair ci\n");
	fills("1. Run `hawatch runners` or\n   `hawatch apps`.\n",
	    "1. Run `hawatch runners --pair ci` or\n   `hawatch apps --pair ci`.\n");
	fills("       hawatch summary          # both sides\n       hawatch summary # both\n",
	    "       hawatch summary --pair ci  # both sides\n       hawatch summary --pair ci # both\n");
	fills("    hawatch summary -o json | jq .\n", "    hawatch summary -o json --pair ci | jq .\n");
	fills("    hawatch active && \\\n      hawatch apps >x\n",
	    "    hawatch active --pair ci && \\\n      hawatch apps --pair ci >x\n");
	fills("    hawatch cloudspaces -o json | \\\n      jq .\n",
	    "    hawatch cloudspaces -o json --pair ci | \\\n      jq .\n");
	fills("       hawatch maintenance begin primary --for 1h --reason \"why\" --force\n",
	    "       hawatch maintenance begin primary --for 1h --reason \"why\" --force \\\n         --pair ci\n");
	fills("`hawatch explain --pair NAME`\n", "`hawatch explain --pair NAME`\n");
	fills("hawatch prints `hawatchd` and `x` hawatch says\n   hawatch prints\n",
	    "hawatch prints `hawatchd` and `x` hawatch says\n   hawatch prints\n");
	fills("`hawatch", "`hawatch");
	fills("`hawatch a", "`hawatch a --pair ci");
}

static void a_step_for_a_reason(void **state)
{
	static const char *const all[] = {"red", "blue"};
	static const char text[] =
	    "1. Look:\n\n       command\n\n   - `red`: stop.\n     Now.\n   - `blue` or `red`: swim.\n"
	    "   - `green`: go.\n\n   For `red`:\n\n       paint\n\n   The end.\n";
	const struct runbook_part step = {text, sizeof text - 1};
	struct buf out = buf_of(1000);

	(void)state;
	runbook_put_for(&step, all, (const bool[]){false, true}, 2, &out);
	assert_string_equal(buf_text(&out),
	    "1. Look:\n\n       command\n\n   - `blue` or `red`: swim.\n   - `green`: go.\n\n   The end.\n");
	buf_reset(&out);
	runbook_put_for(&step, all, (const bool[]){true, false}, 2, &out);
	assert_string_equal(buf_text(&out), text);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(markdown),
	    cmocka_unit_test(markdown_cut_anywhere),
	    cmocka_unit_test(anchors),
	    cmocka_unit_test(names),
	    cmocka_unit_test(commands_with_a_pair),
	    cmocka_unit_test(a_step_for_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
