#include "render/badge.h"

#include "base/text.h"
#include "render/html.h"
#include "render/page_parts.h"

enum {
	LETTER = 7, /* the width that is kept for a letter: more than most need at this size */
	SPACE = 10, /* beside a text, on both sides together */
	HEIGHT = 20,
	TEXT_MAX_BYTES = 512,
	GOAL_PERMILLE = 995, /* the service level: ACTIVE in 99.5 % of the time */
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

/* "NAME: VALUE", the value on the colours of `look`. */
static void put_badge(struct buf *out, const char *label, const char *value, const struct look *look)
{
	int label_width = width_of(label), width = label_width + width_of(value);
	buf_printf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"", width,
	    HEIGHT);
	html_put(out, label);
	buf_printf(out, ": %s\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\"><title>", value);
	html_put(out, label);
	buf_printf(out, ": %s</title>", value);
	put_field(out, 0, label, page_look_of_status[HA_UNKNOWN].colour, page_look_of_status[HA_UNKNOWN].on);
	put_field(out, label_width, value, look->colour, look->on);
	buf_puts(out, "</svg>\n");
}

void badge_render(const struct view *view, const struct view_pair *pair, struct buf *out)
{
	put_badge(out, pair->name, ha_status_names[pair->pair->status], page_look_of(pair, view->now));
}

void badge_render_availability(
    const struct view *view, const struct view_pair *pair, const struct availability_window *window, struct buf *out)
{
	struct availability a = incidents_availability(pair->incidents, window->ms, view->now.wall);
	struct buf label = buf_of(TEXT_MAX_BYTES), value = buf_of(TEXT_MAX_BYTES);
	bool is_known = pair->has_journal && a.is_covered && a.has_ratio;
	enum ha_status looks_like = !is_known         ? HA_UNKNOWN
	    : a.ratio >= (double)GOAL_PERMILLE / 1000 ? HA_ACTIVE
						      : HA_BLOCKED_BOTH_UNAVAILABLE;
	buf_put_fitting(&label, pair->name, strlen(pair->name));
	buf_printf(&label, " %s", window->name);
	if (is_known)
		page_put_ratio(&value, a.ratio);
	else
		buf_puts(&value, "not known");
	put_badge(out, buf_text(&label), buf_text(&value), &page_look_of_status[looks_like]);
	buf_fini(&label);
	buf_fini(&value);
}

void badge_render_icon(const struct view *view, struct buf *out)
{
	const struct view_pair *worst = page_worst(view);
	const struct look *look = worst ? page_look_of(worst, view->now) : &page_look_of_status[HA_UNKNOWN];
	buf_printf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" height=\"16\" rx=\"3\" "
	    "fill=\"%s\"/><text x=\"8\" y=\"13\" font-family=\"sans-serif\" font-size=\"%d\" font-weight=\"bold\" "
	    "text-anchor=\"middle\" fill=\"%s\">%s</text></svg>\n",
	    look->colour, letters_of(look->sign) > 1 ? 8 : 13, look->on, look->sign);
}
