#include "render/badge.h"

#include "base/text.h"
#include "render/html.h"
#include "render/page_parts.h"

enum {
	LETTER = 7, /* the width that is kept for a letter: more than most need at this size */
	SPACE = 10, /* beside a text, on both sides together */
	HEIGHT = 20,
};

static int letters_of(const char *text)
{
	int letters = 0;
	int32_t code;
	for (; *text; text += text_next(text, &code))
		letters++;
	return letters;
}

static int width_of(const char *text)
{
	return letters_of(text) * LETTER + SPACE;
}

/* A text on a ground. Its length is set, so that it fits whatever font the reader has. */
static void put_field(struct buf *out, int x, const char *text, const char *ground, const char *colour)
{
	int width = width_of(text);
	buf_printf(out,
	    "<rect x=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>"
	    "<text x=\"%d\" y=\"14\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" fill=\"%s\">",
	    x, width, HEIGHT, ground, x + SPACE / 2, width - SPACE, colour);
	html_put(out, text);
	buf_puts(out, "</text>");
}

void badge_render(const struct view *view, const struct view_pair *pair, struct buf *out)
{
	const struct look *look = page_look_of(pair, view->now);
	const char *status = ha_status_names[pair->pair->status];
	int name_width = width_of(pair->name), width = name_width + width_of(status);
	buf_printf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"", width,
	    HEIGHT);
	html_put(out, pair->name);
	buf_printf(out, ": %s\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\"><title>", status);
	html_put(out, pair->name);
	buf_printf(out, ": %s</title>", status);
	put_field(out, 0, pair->name, "#4d4d4d", "#fff");
	put_field(out, name_width, status, look->colour, look->on);
	buf_puts(out, "</svg>\n");
}

void badge_render_icon(const struct view *view, struct buf *out)
{
	const struct view_pair *worst = page_worst(view);
	const struct look *look = worst ? page_look_of(worst, view->now) : &page_look_of_status[HA_UNKNOWN];
	buf_printf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" height=\"16\" rx=\"3\" "
	    "fill=\"%s\"/><text x=\"8\" y=\"13\" font-family=\"sans-serif\" font-size=\"13\" font-weight=\"bold\" "
	    "text-anchor=\"middle\" fill=\"%s\">%s</text></svg>\n",
	    look->colour, look->on, look->sign);
}
