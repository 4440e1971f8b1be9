#include "replay/tune_plot.h"

#include "base/duration.h"

#include <string.h>

enum {
	WIDTH = 720,
	HEIGHT = 440,
	LEFT = 76,
	RIGHT = 40,
	TOP = 84,
	BOTTOM = 100,
	TICKS = 6,
	RADIUS = 5,
	SECTION = sizeof "poll." - 1
};

/* The colours of the page. */
static const char head[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 440\" width=\"720\" height=\"440\" role=\"img\" "
    "aria-labelledby=\"title\">\n"
    "<style>svg{color-scheme:light dark;font:14px system-ui,sans-serif}.ground{fill:#fff}text{fill:#1b1b1b}"
    ".faint{fill:#505050}.line{stroke:#c4c4c4}.axis{stroke:#505050}.other{fill:#00629b}"
    ".misses{fill:none;stroke:#a33c00;stroke-width:2}.now{fill:none;stroke:#1b1b1b;stroke-width:3}"
    "@media(prefers-color-scheme:dark){.ground{fill:#121417}text{fill:#ececec}.faint{fill:#b4b4b4}"
    ".line{stroke:#4a4f55}.axis{stroke:#b4b4b4}.other{fill:#5cb8f0}.misses{stroke:#ff9152}.now{stroke:#ececec}}"
    "</style>\n"
    "<rect class=\"ground\" width=\"720\" height=\"440\"/>\n";

static const int64_t numbers[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000};
static const int64_t seconds[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400};

/* An axis from 0; `step` is a round number. */
struct axis {
	int64_t step, end;
	int at, length; /* of 0, and to the end; a negative length goes up */
};

struct plot {
	struct axis x, y;
	bool is_of_requests;
};

/* The first step of which TICKS are enough. */
static struct axis axis_of(const int64_t *steps, size_t count, int64_t most, int at, int length)
{
	struct axis axis = {.step = steps[0], .at = at, .length = length};
	for (size_t i = 1; i < count && axis.step * TICKS < most; i++)
		axis.step = steps[i];
	while (axis.step * TICKS < most)
		axis.step *= 2;
	axis.end = (most / axis.step + 1) * axis.step;
	return axis;
}

static int place_of(const struct axis *axis, int64_t value)
{
	return axis->at + (int)(axis->length * (double)value / (double)axis->end);
}

void tune_plot_put_settings(const struct tune_run *run, struct buf *out)
{
	for (int key = 0; key < TUNE_KEYS; key++) {
		buf_printf(out, "%s%s ", key ? ", " : "", tune_grid_keys[key] + SECTION);
		tune_grid_put((enum tune_key)key, run->value[key], out);
	}
}

static int64_t cost_of(const struct plot *plot, const struct tune_score *score)
{
	return plot->is_of_requests ? score->requests : (int64_t)score->false_blocked;
}

static void put_grid(const struct plot *plot, struct buf *out)
{
	int right = plot->x.at + plot->x.length, top = plot->y.at + plot->y.length;
	for (int64_t value = 0; value <= plot->x.end; value += plot->x.step) {
		int x = place_of(&plot->x, value);
		buf_printf(out,
		    "<line class=\"line\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/><text class=\"faint\" x=\"%d\" "
		    "y=\"%d\" "
		    "text-anchor=\"middle\">",
		    x, plot->y.at, x, top, x, plot->y.at + 20);
		duration_put(out, value * 1000);
		buf_puts(out, "</text>\n");
	}
	for (int64_t value = 0; value <= plot->y.end; value += plot->y.step) {
		int y = place_of(&plot->y, value);
		buf_printf(out,
		    "<line class=\"line\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/><text class=\"faint\" x=\"%d\" "
		    "y=\"%d\" "
		    "text-anchor=\"end\">%lld</text>\n",
		    plot->x.at, y, right, y, plot->x.at - 8, y + 5, (long long)value);
	}
	buf_printf(
	    out, "<path class=\"axis\" fill=\"none\" d=\"M%d %dV%dH%d\"/>\n", plot->x.at, top, plot->y.at, right);
}

static void put_words(const struct plot *plot, struct buf *out)
{
	const char *cost = plot->is_of_requests ? "requests an hour" : "false BLOCKED";
	buf_printf(out,
	    "<text id=\"title\" x=\"%d\" y=\"28\" font-size=\"18\" font-weight=\"600\">How late an outage is seen, and "
	    "%s</text>\n"
	    "<circle class=\"other\" cx=\"%d\" cy=\"49\" r=\"%d\"/><text x=\"%d\" y=\"54\">settings that saw every "
	    "outage</text>\n"
	    "<circle class=\"misses\" cx=\"%d\" cy=\"49\" r=\"%d\"/><text x=\"%d\" y=\"54\">missed one</text>\n"
	    "<circle class=\"now\" cx=\"%d\" cy=\"49\" r=\"8\"/><text x=\"%d\" y=\"54\">the present ones</text>\n"
	    "<text class=\"faint\" x=\"%d\" y=\"76\">%s</text>\n"
	    "<text class=\"faint\" x=\"%d\" y=\"%d\" text-anchor=\"end\">until BLOCKED, median</text>\n",
	    20, cost, 26, RADIUS, 38, 290, RADIUS, 302, 420, 436, 20, cost, WIDTH - RIGHT, HEIGHT - BOTTOM + 40);
}

static void put_point(const struct plot *plot, const struct tune_score *score, struct buf *out)
{
	int x = place_of(&plot->x, score->median_ms / 1000), y = place_of(&plot->y, cost_of(plot, score));
	buf_printf(out, "<g><title>");
	tune_plot_put_settings(score->run, out);
	buf_puts(out, ": median ");
	duration_put(out, score->median_ms);
	buf_puts(out, ", worst ");
	duration_put(out, score->worst_ms);
	buf_printf(out,
	    ", false BLOCKED %zu, missed %zu, requests an hour %lld</title><circle class=\"%s\" cx=\"%d\" cy=\"%d\" "
	    "r=\"%d\"/>",
	    score->false_blocked, score->missed, (long long)score->requests, score->missed ? "misses" : "other", x, y,
	    RADIUS);
	if (score->is_present)
		buf_printf(out, "<circle class=\"now\" cx=\"%d\" cy=\"%d\" r=\"8\"/>", x, y);
	buf_puts(out, "</g>\n");
}

/* The settings of the best combination and of the present one in words. */
static void put_settings_line(const char *what, const struct tune_score *score, int y, struct buf *out)
{
	buf_printf(out, "<text x=\"20\" y=\"%d\">%s: ", y, what);
	tune_plot_put_settings(score->run, out);
	buf_puts(out, "</text>\n");
}

bool tune_plot_render(const struct tune_score *scores, size_t count, struct buf *out)
{
	struct plot plot = {.is_of_requests = true};
	int64_t latest_ms = -1, most = 1;
	for (size_t i = 0; i < count; i++) {
		plot.is_of_requests &= !scores[i].false_blocked;
		latest_ms = scores[i].is_timed && scores[i].median_ms > latest_ms ? scores[i].median_ms : latest_ms;
	}
	if (latest_ms < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		most = cost_of(&plot, &scores[i]) > most ? cost_of(&plot, &scores[i]) : most;
	plot.x = axis_of(seconds, sizeof seconds / sizeof *seconds, latest_ms / 1000 + 1, LEFT, WIDTH - LEFT - RIGHT);
	plot.y = axis_of(numbers, sizeof numbers / sizeof *numbers, most, HEIGHT - BOTTOM, TOP + BOTTOM - HEIGHT);
	buf_puts(out, head);
	put_words(&plot, out);
	put_grid(&plot, out);
	/* The present one last, so that it is in front. */
	for (size_t i = 0; i < 2 * count; i++)
		if (scores[i % count].is_timed && scores[i % count].is_present == (i >= count))
			put_point(&plot, &scores[i % count], out);
	for (size_t i = 0; i < count; i++)
		if (scores[i].is_present)
			put_settings_line("present", &scores[i], HEIGHT - 34, out);
	put_settings_line("best", &scores[0], HEIGHT - 14, out);
	buf_puts(out, "</svg>\n");
	return true;
}
