#include "render/runbook_page.h"

#include "render/html.h"
#include "render/markdown.h"
#include "render/page_parts.h"
#include "render/runbook.h"

#include <string.h>

enum { RUNBOOK_MAX_BYTES = 1 << 20 };

struct runbook_names runbook_page_names(const struct view *view, const struct view_pair *pair)
{
	const struct view_side *primary = &pair->side[PRIMARY], *secondary = &pair->side[SECONDARY];
	return (struct runbook_names){.needs_pair = view->pair_count > 1,
	    .v = {
		[NAME_PRIMARY_CONTEXT] = primary->context ? primary->context : primary->name,
		[NAME_SECONDARY_CONTEXT] = secondary->context ? secondary->context : secondary->name,
		[NAME_PRIMARY] = primary->name,
		[NAME_SECONDARY] = secondary->name,
		[NAME_RUNNERS] = pair->runner_namespace,
		[NAME_CONTROLLER] = pair->controller_namespace,
		[NAME_ARGOCD] = pair->argocd_namespace,
		[NAME_PAIR] = pair->name,
	    }};
}

void runbook_page_put_path(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	if (view->link_base)
		html_put(out, view->link_base);
	buf_puts(out, "runbook");
	if (pair) {
		buf_puts(out, "?pair=");
		html_put(out, pair->name);
	}
}

static void put_note(struct buf *out, const struct view_pair *pair, const struct runbook_names *names)
{
	if (!pair) {
		buf_puts(
		    out, "<p>With the names of the examples. Add <code>?pair=NAME</code> for those of a pair.</p>\n");
		return;
	}
	buf_puts(out, "<p>With the names of pair <b>");
	html_put(out, pair->name);
	buf_puts(out, "</b>.");
	if (runbook_names_has_odd(names))
		buf_puts(out,
		    " A name of this pair has characters that mean something to a shell: the name of the examples "
		    "stands in its place.");
	buf_puts(out, "</p>\n");
}

void runbook_page_render(const struct view *view, const struct view_pair *pair, struct buf *out)
{
	struct buf text = buf_of(RUNBOOK_MAX_BYTES);
	struct runbook_names names =
	    pair ? runbook_page_names(view, pair) : (struct runbook_names){.needs_pair = false};
	runbook_names_fill(pair ? &names : NULL, runbook_text, strlen(runbook_text), &text);
	page_open(out, view, "Runbook", "");
	buf_puts(out, "<header><h1>hawatch</h1><a href=\"");
	page_put_path(out, view, view->pair_count > 1 ? pair : NULL);
	buf_puts(out, "\">Status page</a></header>\n<main class=\"runbook\">\n");
	put_note(out, pair, &names);
	markdown_put(buf_text(&text), text.len, "", out);
	buf_puts(out, "</main>\n</body></html>\n");
	buf_fini(&text);
}
