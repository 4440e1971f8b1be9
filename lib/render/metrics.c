#include "render/metrics.h"

#include "render/metrics_table.h"

/* In the order of the exposition. */
static const struct {
	const struct metric_table *table;
	enum { OF_PAIR, OF_SIDE, OF_MONITOR } scope;
} tables[] = {
    {&metrics_of_pair, OF_PAIR},
    {&metrics_of_side, OF_SIDE},
    {&metrics_of_inventory, OF_SIDE},
    {&metrics_of_monitor, OF_MONITOR},
};

enum { TABLES = sizeof tables / sizeof *tables };

struct labels metrics_labels_of(const struct subject *s)
{
	struct labels l = {0};
	if (s->vpair)
		l.v[l.count++] = (struct expo_label){"pair", s->vpair->name};
	if (s->vside)
		l.v[l.count++] = (struct expo_label){"side", side_id_names[s->id]};
	return l;
}

struct labels metrics_labels_with(struct labels l, const char *name, const char *value)
{
	l.v[l.count++] = (struct expo_label){name, value};
	return l;
}

void metrics_put(struct expo *x, const struct metric *m, struct labels l, double v)
{
	expo_sample(x, m->name, "", l.v, l.count, v);
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
			metrics_put(x, m, metrics_labels_with(metrics_labels_of(s), m->name, m->states[i]), i == now);
	} else if (m->value && m->value(s, &v))
		metrics_put(x, m, metrics_labels_of(s), v);
}

static void render_sides(const struct metric *m, struct subject s, struct expo *x)
{
	for (int id = 0; id < view_sides(s.vpair); id++) {
		s.id = (enum side_id)id;
		s.vside = &s.vpair->side[id];
		s.side = &s.pair->side[id];
		s.policy = &s.vpair->policy->side[id];
		render_subject(m, &s, x);
	}
}

static void render_pairs(
    const struct metric *m, bool is_of_side, const struct view *view, const struct figures *figures, struct expo *x)
{
	for (size_t i = 0; i < view->pair_count; i++) {
		const struct view_pair *vpair = &view->pairs[i];
		struct subject s = {.view = view, .vpair = vpair, .pair = vpair->pair, .figures = &figures[i]};
		if (is_of_side)
			render_sides(m, s, x);
		else
			render_subject(m, &s, x);
	}
}

void metrics_render(const struct view *view, const struct figures *figures, enum expo_format format, struct buf *out)
{
	struct expo x = {out, format};
	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t].table->count; i++) {
			const struct metric *m = &tables[t].table->rows[i];
			expo_family(&x, m->name, m->type, m->help);
			if (tables[t].scope == OF_MONITOR)
				render_subject(m, &(struct subject){.view = view}, &x);
			else
				render_pairs(m, tables[t].scope == OF_SIDE, view, figures, &x);
		}
	expo_end(&x);
}

size_t metrics_names(const char **names, size_t room)
{
	size_t n = 0;
	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t].table->count; i++, n++)
			if (n < room)
				names[n] = tables[t].table->rows[i].name;
	return n;
}
