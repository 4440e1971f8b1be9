/* The last 24 hours and 30 days as strips, for the pair and each side, in SVG: it needs no script. */
#include "base/duration.h"
#include "base/rfc3339.h"
#include "render/history.h"
#include "render/html.h"
#include "render/page_parts.h"

#include <inttypes.h>

/* A cell shows the worst that was in it, so that a short outage is seen. */
enum { HEIGHT = 12, BEHIND_THE_END = HISTORY_NOT_KNOWN - 1 };

/* The worst is 0. */
static const int rank_of_use[SPAN_USES] = {
    [SPAN_BLOCKED] = 0, [SPAN_UNKNOWN] = 1, [SPAN_PLANNED] = 2, [SPAN_DISABLED] = 3, [SPAN_ACTIVE] = 4};
static const int rank_of_verdict[VERDICTS] = {
    [DOWN] = 0, [UNKNOWN] = 1, [PROVISIONING] = 2, [MAINTENANCE] = 3, [UP] = 4};

static const char *const use_words[SPAN_USES] = {
    [SPAN_ACTIVE] = "ACTIVE",
    [SPAN_BLOCKED] = "BLOCKED",
    [SPAN_UNKNOWN] = "UNKNOWN",
    [SPAN_PLANNED] = "BLOCKED in declared maintenance",
    [SPAN_DISABLED] = "DISABLED",
};

/* What is drawn in a row: a history, and how its states are named, ranked and shown. */
struct row {
	const char *name;
	const struct history *history;
	const struct strips *strips; /* of a side: what the history no longer has; NULL: of the pair */
	enum side_id side;
	const char *const *names;
	const struct look *const *looks;
	const int *rank;
};

/* "11-23 20:05" */
static void put_time(struct buf *out, wall_ms t)
{
	char text[RFC3339_SIZE];
	rfc3339_render(t, text);
	if (text[0])
		buf_printf(out, "%.5s %.5s", text + 5, text + 11);
}

/* A run of equal cells. The height tells apart what the colour may not: style sheet, class "strip". */
static void put_run(struct buf *out, const struct row *row, int state, int from, int to, wall_ms begin, wall_ms end)
{
	static const struct {
		const char *class;
		int top;
	} shapes[] = {{"good", 0}, {"bad", 0}, {"wait", 4}, {"blind", 8}, {"off", 10}};
	const char *class = state == HISTORY_NOT_KNOWN ? "none" : row->looks[state]->class;
	int top = HEIGHT - 1;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (class[0] == shapes[i].class[0] && class[1] == shapes[i].class[1])
			top = shapes[i].top;
	buf_printf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>%s: ", class, from, top,
	    to - from, HEIGHT - top, state == HISTORY_NOT_KNOWN ? "not known" : row->names[state]);
	put_time(out, begin);
	buf_puts(out, "–");
	put_time(out, end);
	buf_puts(out, " UTC</title></rect>");
}

static int worst_of(const struct row *row, const struct strip_size *strip, wall_ms from, wall_ms to)
{
	enum strip_scale scale = (enum strip_scale)(strip - strip_sizes);
	int worst = history_worst(row->history, from, to, row->rank);
	int of_cell = row->strips ? strips_worst(row->strips, scale, row->side, from, row->rank) : STRIPS_NOT_KNOWN;
	if (of_cell == STRIPS_NOT_KNOWN)
		return worst;
	return worst == HISTORY_NOT_KNOWN || row->rank[of_cell] < row->rank[worst] ? of_cell : worst;
}

/* The cells end at full multiples of their length, so that they stay where they are while time goes on. */
static void put_cells(struct buf *out, const struct row *row, const struct strip_size *strip, wall_ms now)
{
	int64_t end = (now.ms / strip->cell_ms + 1) * strip->cell_ms, begin = end - strip->cells * strip->cell_ms;
	int from = 0, state = HISTORY_NOT_KNOWN;
	for (int i = 0; i <= strip->cells; i++) {
		wall_ms cell = {begin + i * strip->cell_ms}, next = {cell.ms + strip->cell_ms};
		int is = i < strip->cells ? worst_of(row, strip, cell, next) : BEHIND_THE_END;
		if (i > 0 && is != state) {
			wall_ms run_end = {cell.ms < now.ms ? cell.ms : now.ms};
			put_run(out, row, state, from, i, (wall_ms){begin + from * strip->cell_ms}, run_end);
			from = i;
		}
		state = is;
	}
}

static void put_strip(struct buf *out, const struct row *row, const struct strip_size *strip, wall_ms now)
{
	html_open_row(out, row->name);
	buf_printf(out,
	    "<svg class=\"strip\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" "
	    "aria-label=\"%s over the last %s\">",
	    strip->cells, HEIGHT, row->name, strip->name);
	put_cells(out, row, strip, now);
	buf_puts(out, "</svg>");
	html_close_row(out);
}

/* Cut, not rounded: 99.999 % is not 100. The millionth is for numbers that no float is equal to, such as 0.975. */
void page_put_ratio(struct buf *out, double ratio)
{
	int64_t hundredths = (int64_t)(ratio * 10000 + 1e-6);
	buf_printf(out, "%" PRId64 ".%02" PRId64 " %%", hundredths / 100, hundredths % 100);
}

/*
 * ACTIVE, of ACTIVE, BLOCKED and UNKNOWN; also of a window that is not covered whole. What was not watched says
 * nothing, and makes the rest weigh more: it is told.
 */
static void put_availability(struct buf *out, const struct view_pair *pair, const struct strip_size *strip, wall_ms now)
{
	int64_t window_ms = strip->cells * strip->cell_ms, watched_ms = 0;
	struct availability a = incidents_availability(pair->incidents, window_ms, now);
	int64_t counted_ms = a.ms[SPAN_ACTIVE] + a.ms[SPAN_BLOCKED] + a.ms[SPAN_UNKNOWN];
	for (int use = 0; use < SPAN_USES; use++)
		watched_ms += use == SPAN_UNWATCHED ? 0 : a.ms[use];
	html_open_row(out, "availability");
	if (counted_ms > 0) {
		page_put_ratio(out, (double)a.ms[SPAN_ACTIVE] / (double)counted_ms);
		if (watched_ms < window_ms) {
			buf_puts(out, " of the ");
			duration_put_words(out, watched_ms);
			buf_puts(out, " that were watched");
		}
	} else
		buf_puts(out, "not known");
	html_close_row(out);
}

static void put_incident(struct buf *out, const struct incidents *incidents, wall_ms now)
{
	buf_puts(out, "<p>Last incident: ");
	if (incidents->count) {
		struct incident last = incidents_at(incidents, incidents->count - 1, now);
		bool is_over = wall_is_known(last.to);
		html_put_code(out, ha_status_names[last.status]);
		buf_puts(out, ", began ");
		html_put_time(out, last.from, now);
		buf_puts(out, is_over ? ", lasted " : ", lasts for ");
		duration_put_words(out, (is_over ? last.to.ms : now.ms) - last.from.ms);
		buf_puts(out, last.is_declared ? ", in declared maintenance" : "");
		buf_puts(out, last.cause[0] ? ": " : "");
		html_put(out, last.cause);
	} else
		buf_puts(out, "none is known");
	buf_puts(out, "</p>\n");
}

static void put_legend(struct buf *out)
{
	buf_puts(out,
	    "<p><small>Full: ACTIVE, UP. Striped: BLOCKED, DOWN. Two thirds: PROVISIONING, MAINTENANCE. One third: "
	    "UNKNOWN. One sixth: DISABLED. A line: not known.</small></p>\n");
}

/* The stripes are of the whole page; they lie across, because a strip is stretched along. */
static void put_stripes(struct buf *out)
{
	buf_puts(out,
	    "<svg class=\"stripes\" aria-hidden=\"true\"><defs><pattern id=\"stripes\" width=\"8\" height=\"4\" "
	    "patternUnits=\"userSpaceOnUse\"><rect class=\"bad\" width=\"8\" height=\"4\"/>"
	    "<rect class=\"gap\" y=\"3\" width=\"8\" height=\"1\"/></pattern></defs></svg>\n");
}

static void put_strips(struct buf *out, const struct view_pair *pair, const struct strip_size *strip, wall_ms now)
{
	static const struct look *const looks[SPAN_USES] = {
	    [SPAN_ACTIVE] = &page_look_of_status[HA_ACTIVE],
	    [SPAN_BLOCKED] = &page_look_of_status[HA_BLOCKED_BOTH_UNAVAILABLE],
	    [SPAN_UNKNOWN] = &page_look_of_status[HA_UNKNOWN],
	    [SPAN_PLANNED] = &page_look_planned,
	    [SPAN_DISABLED] = &page_look_of_status[HA_DISABLED],
	};
	const struct look *verdicts[VERDICTS];
	struct history history;
	for (int i = 0; i < VERDICTS; i++)
		verdicts[i] = &page_look_of_verdict[i];
	history_of_pair(&history, pair);
	put_strip(out, &(struct row){"pair", &history, NULL, PRIMARY, use_words, looks, rank_of_use}, strip, now);
	history_fini(&history);
	for (int id = 0; id < view_sides(pair); id++) {
		history_of_side(&history, pair, (enum side_id)id);
		const struct row row = {side_id_names[id], &history, &pair->incidents->strips, (enum side_id)id,
		    verdict_names, verdicts, rank_of_verdict};
		put_strip(out, &row, strip, now);
		history_fini(&history);
	}
}

void page_put_history(struct buf *out, const struct view *view, const struct view_pair *pair)
{
	buf_puts(out, "<section><h4>History</h4>\n");
	put_stripes(out);
	put_incident(out, pair->incidents, view->now.wall);
	buf_puts(out, "<div class=\"sides\">\n");
	for (size_t i = 0; i < STRIP_SCALES; i++) {
		buf_printf(out, "<div><h5>Last %s</h5>\n<dl class=\"rows\">\n", strip_sizes[i].name);
		put_strips(out, pair, &strip_sizes[i], view->now.wall);
		put_availability(out, pair, &strip_sizes[i], view->now.wall);
		buf_puts(out, "</dl></div>\n");
	}
	buf_puts(out, "</div>\n");
	put_legend(out);
	buf_puts(out, "</section>\n");
}
