/* The exposition of a scene, and one value of it. */
#pragma once

#include "a_view.h"
#include "render/metrics.h"

#include <stdlib.h>
#include <string.h>

static inline struct buf render(struct scene *s, enum expo_format format)
{
	struct buf out = buf_of(1 << 20);

	scene_look(s);
	scene_metrics(s, format, &out);
	assert_false(out.overflow);
	return out;
}

/* The value of the sample that begins with `series`, or -1 when there is none. */
static inline double value_of(const struct buf *out, const char *series)
{
	size_t len = strlen(series);

	for (const char *line = buf_text(out); line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, series, len) == 0 && line[len] == ' ')
			return strtod(line + len, NULL);
	}
	return -1;
}

static inline void assert_value(struct scene *s, const char *series, double value)
{
	struct buf out = render(s, EXPO_TEXT);

	if (value_of(&out, series) != value)
		fail_msg("%s is %g, not %g", series, value_of(&out, series), value);
	buf_fini(&out);
}
