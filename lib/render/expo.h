/*
 * The two exposition formats of Prometheus: text 0.0.4 and OpenMetrics 1.0.0. Both have the same series. They differ
 * in the words of TYPE, in the place of `_total` and `_info`, in escapes and in the last line. Only OpenMetrics says
 * when counters and histograms began (`_created`).
 */
#pragma once

#include "base/buf.h"
#include "base/units.h"

#include <stddef.h>

/* EXPO_KEPT is no format that is served: samples for both, which expo_put_kept() writes as one of them. */
enum expo_format { EXPO_TEXT, EXPO_OPENMETRICS, EXPO_FORMATS, EXPO_KEPT = EXPO_FORMATS };

/* The Content-Type of each format. */
extern const char *const expo_content_types[EXPO_FORMATS];

enum expo_type { EXPO_GAUGE, EXPO_COUNTER, EXPO_INFO, EXPO_STATESET, EXPO_HISTOGRAM, EXPO_TYPES };

/* As OpenMetrics calls them. */
extern const char *const expo_type_names[EXPO_TYPES];

struct expo_label {
	const char *name;
	const char *value; /* valid UTF-8; escaped here */
};

struct expo_text {
	const char *text;
	size_t len;
};

/* One exposition being written. */
struct expo {
	struct buf *out;
	enum expo_format format;
	struct expo_text base; /* the labels that every sample has before its own, as expo_labels() writes them */
};

/* Opens a family. `name` is the sample's name, with `_total` on counters and `_info` on infos. */
void expo_family(struct expo *x, const char *name, enum expo_type type, const char *help);

/* Appends labels as they stand between the braces: many samples begin with the same ones. */
void expo_labels(struct buf *out, const struct expo_label *labels, size_t label_count);

/* One sample. `suffix` is "" or a histogram's "_bucket", "_sum", "_count". */
void expo_sample(struct expo *x, const char *name, const char *suffix, const struct expo_label *labels,
    size_t label_count, double value);

/*
 * When the counter or histogram of these labels began to count: to be called after its last sample. `name` is the
 * family's, as of expo_family(). An unknown time says nothing.
 */
void expo_created(struct expo *x, const char *name, enum expo_type type, const struct expo_label *labels,
    size_t label_count, wall_ms began);

/* Appends samples that were written as EXPO_KEPT. */
void expo_put_kept(struct expo *x, const char *text, size_t len);

/* Ends the exposition: OpenMetrics' `# EOF`. */
void expo_end(struct expo *x);
