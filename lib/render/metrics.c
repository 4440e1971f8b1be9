#include "render/metrics.h"

#include "base/mem.h"
#include "render/metrics_table.h"

#include <assert.h>
#include <stdlib.h>

/* Only a defect reaches them: a pair has some hundred lines. */
enum { LINES_MAX_BYTES = 4 << 20, FAMILY_MAX_BYTES = 256 << 20 };

enum scope { OF_PAIR, OF_SIDE, OF_MONITOR };

/* In the order of the exposition. */
static const struct {
	const struct metric_table *table;
	enum scope scope;
} tables[] = {
    {&metrics_of_pair, OF_PAIR},
    {&metrics_of_side, OF_SIDE},
    {&metrics_of_inventory, OF_SIDE},
    {&metrics_of_monitor, OF_MONITOR},
};

enum { TABLES = sizeof tables / sizeof *tables };

const struct labels metrics_no_labels;

struct labels metrics_labels_with(struct labels l, const char *name, const char *value)
{
	l.v[l.count++] = (struct expo_label){name, value};
	return l;
}

void metrics_put(struct expo *x, const struct metric *m, struct labels l, double v)
{
	expo_sample(x, m->name, "", l.v, l.count, v);
}

void metrics_put_counter(struct expo *x, const struct metric *m, struct labels l, double v, wall_ms began)
{
	metrics_put(x, m, l, v);
	expo_created(x, m->name, m->type, l.v, l.count, began);
}

static void render_subject(const struct metric *m, const struct subject *s, struct expo *x)
{
	double v;
	int now;
	if (m->samples)
		m->samples(m, s, x);
	else if (m->state && (now = m->state(s)) >= 0) {
		/* The label of a StateSet has the name of its family. */
		for (int i = 0; i < m->state_count; i++)
			metrics_put(x, m, metrics_labels_with(metrics_no_labels, m->name, m->states[i]), i == now);
	} else if (m->value && m->value(s, &v))
		metrics_put(x, m, metrics_no_labels, v);
}

/* The labels that say what a sample is about, rendered once for many rows: of the pair, then of each side. */
struct bases {
	struct buf text;
	size_t start[SIDES_MAX + 2];
};

static struct bases bases_of(const struct view_pair *pair)
{
	struct bases b = {.text = buf_of(LINES_MAX_BYTES)};
	struct expo_label labels[] = {{"pair", pair->name}, {"side", NULL}};
	expo_labels(&b.text, labels, 1);
	b.start[1] = b.text.len;
	for (int id = 0; id < view_sides(pair); id++) {
		labels[1].value = side_id_names[id];
		expo_labels(&b.text, labels, 2);
		b.start[id + 2] = b.text.len;
	}
	return b;
}

static struct expo_text base_at(const struct bases *b, int i)
{
	return (struct expo_text){buf_text(&b->text) + b->start[i], b->start[i + 1] - b->start[i]};
}

static void render_sides(
    const struct metric *m, enum scope scope, struct subject s, const struct bases *bases, struct expo *x)
{
	for (int id = 0; id < view_sides(s.vpair); id++) {
		x->base = base_at(bases, id + 1);
		s.id = (enum side_id)id;
		s.vside = &s.vpair->side[id];
		s.side = &s.pair->side[id];
		s.policy = &s.vpair->policy->side[id];
		if (scope == OF_SIDE)
			render_subject(m, &s, x);
		else if (m->of_side)
			m->of_side(m, &s, x);
	}
}

/* The samples of a row that are about one pair. */
static void render_pair(const struct metric *m, enum scope scope, const struct view *view,
    const struct view_pair *vpair, const struct figures *figures, const struct bases *bases, struct expo *x)
{
	x->base = base_at(bases, 0);
	struct subject s = {.view = view, .vpair = vpair, .pair = vpair->pair, .figures = figures};
	if (scope == OF_PAIR)
		render_subject(m, &s, x);
	else
		render_sides(m, scope, s, bases, x);
}

/* A walk over the rows of all tables: start with `{0}`. `number` counts them. */
struct walk {
	size_t table, i, number;
	const struct metric *row;
	enum scope scope;
};

static bool walk_on(struct walk *w)
{
	w->number += w->row != NULL;
	w->i += w->row != NULL;
	while (w->table < TABLES && w->i == tables[w->table].table->count) {
		w->table++;
		w->i = 0;
	}
	if (w->table == TABLES)
		return false;
	w->row = &tables[w->table].table->rows[w->i];
	w->scope = tables[w->table].scope;
	return true;
}

static size_t row_count(void)
{
	size_t count = 0;
	for (size_t t = 0; t < TABLES; t++)
		count += tables[t].table->count;
	return count;
}

struct metrics_lines *metrics_lines_new(const struct view_pair *pair, const struct figures *figures)
{
	struct metrics_lines *lines = mem_zeroed(1, sizeof *lines + row_count() * sizeof *lines->end);
	lines->text = buf_of(LINES_MAX_BYTES);
	struct expo x = {.out = &lines->text, .format = EXPO_KEPT};
	struct bases bases = bases_of(pair);
	for (struct walk w = {0}; walk_on(&w); lines->end[w.number] = lines->text.len)
		if (!w.row->is_live)
			render_pair(w.row, w.scope, NULL, pair, figures, &bases, &x);
	buf_fini(&bases.text);
	assert(!lines->text.overflow);
	return lines;
}

void metrics_lines_free(struct metrics_lines **lines)
{
	if (*lines)
		buf_fini(&(*lines)->text);
	free(*lines);
	*lines = NULL;
}

static void render_live(
    const struct walk *w, const struct view *view, size_t pair, const struct figures *figures, struct expo *x)
{
	struct bases bases = bases_of(view->pairs[pair]);
	render_pair(w->row, w->scope, view, view->pairs[pair], &figures[pair], &bases, x);
	buf_fini(&bases.text);
}

static void put_lines(const struct metrics_lines *lines, size_t row, struct expo *x)
{
	size_t start = row ? lines->end[row - 1] : 0;
	expo_put_kept(x, buf_text(&lines->text) + start, lines->end[row] - start);
}

/* What an exposition is made of. */
struct source_of_lines {
	const struct view *view;
	const struct figures *figures;
	const struct metrics_lines *const *lines;
};

static void render_family(const struct walk *w, const struct source_of_lines *of, struct expo *x)
{
	expo_family(x, w->row->name, w->row->type, w->row->help);
	x->base = (struct expo_text){0};
	if (w->scope == OF_MONITOR)
		render_subject(w->row, &(struct subject){.view = of->view}, x);
	for (size_t i = 0; i < of->view->pair_count; i++)
		if (w->row->is_live)
			render_live(w, of->view, i, of->figures, x);
		else
			put_lines(of->lines[i], w->number, x);
}

void metrics_render(const struct view *view, const struct figures *figures, const struct metrics_lines *const *lines,
    enum expo_format format, struct buf *out)
{
	struct expo x = {.out = out, .format = format};
	for (struct walk w = {0}; walk_on(&w);)
		render_family(&w, &(struct source_of_lines){view, figures, lines}, &x);
	expo_end(&x);
}

void metrics_each(const struct view *view, const struct figures *figures, const struct metrics_lines *const *lines,
    enum expo_format format, metrics_take *take, void *ctx)
{
	struct buf family = buf_of(FAMILY_MAX_BYTES);
	struct expo x = {.out = &family, .format = format};
	for (struct walk w = {0}; walk_on(&w); buf_reset(&family)) {
		render_family(&w, &(struct source_of_lines){view, figures, lines}, &x);
		assert(!family.overflow);
		take(ctx, &family);
	}
	expo_end(&x);
	take(ctx, &family);
	buf_fini(&family);
}

size_t metrics_names(const char **names, size_t room)
{
	for (struct walk w = {0}; walk_on(&w);)
		if (w.number < room)
			names[w.number] = w.row->name;
	return row_count();
}

bool metrics_describe(size_t number, struct metrics_doc *doc)
{
	static const char *const subjects[] = {[OF_PAIR] = "pair", [OF_SIDE] = "pair, side", [OF_MONITOR] = ""};
	struct walk w = {0};
	do
		if (!walk_on(&w))
			return false;
	while (w.number < number);
	*doc = (struct metrics_doc){
	    .name = w.row->name,
	    .type = expo_type_names[w.row->type],
	    .help = w.row->help,
	    .subject = w.row->of_side ? "pair, side" : subjects[w.scope],
	    .labels = w.row->state ? w.row->name
		: w.row->labels    ? w.row->labels
				   : "",
	};
	return true;
}
