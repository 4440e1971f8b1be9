#include "render/html.h"

#include "base/duration.h"
#include "base/rfc3339.h"
#include "base/text.h"

#include <string.h>

static bool escape(struct buf *out, int32_t code, bool is_shown)
{
	(void)is_shown;
	switch (code) {
	case '<': buf_puts(out, "&lt;"); return true;
	case '>': buf_puts(out, "&gt;"); return true;
	case '&': buf_puts(out, "&amp;"); return true;
	case '"': buf_puts(out, "&quot;"); return true;
	case '\'': buf_puts(out, "&#39;"); return true;
	default: return false;
	}
}

void html_put(struct buf *out, const char *text)
{
	text_put(out, text, escape);
}

void html_put_code(struct buf *out, const char *code)
{
	for (size_t part; *code; code += part) {
		part = strcspn(code, "_");
		part += code[part] == '_';
		buf_put(out, code, part);
		if (code[part])
			buf_puts(out, "<wbr>");
	}
}

void html_put_ago(struct buf *out, wall_ms t, wall_ms now)
{
	int64_t ago_ms = now.ms - t.ms;
	if (ago_ms < 0)
		buf_puts(out, "in ");
	duration_put_words(out, ago_ms < 0 ? -ago_ms : ago_ms);
	if (ago_ms >= 0)
		buf_puts(out, " ago");
}

void html_put_time(struct buf *out, wall_ms t, wall_ms now)
{
	char text[RFC3339_SIZE];
	rfc3339_render(t, text);
	if (!wall_is_known(t) || !text[0]) {
		buf_puts(out, "not known");
		return;
	}
	buf_printf(out, "<time datetime=\"%s\">%.10s %.8s UTC</time> (", text, text, text + 11);
	html_put_ago(out, t, now);
	buf_putc(out, ')');
}

void html_open_row(struct buf *out, const char *term)
{
	buf_printf(out, "<dt>%s</dt><dd>", term);
}

void html_close_row(struct buf *out)
{
	buf_puts(out, "</dd>\n");
}
