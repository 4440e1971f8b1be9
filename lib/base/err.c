#include "base/err.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

bool err_set(struct err *e, const char *format, ...)
{
	if (e) {
		va_list ap;
		va_start(ap, format);
		int n = vsnprintf(e->text, sizeof e->text, format, ap);
		va_end(ap);
		text_mark_cut(e->text, sizeof e->text, n);
	}
	return false;
}

bool errs_add(struct errs *errs, struct place place, const char *format, ...)
{
	if (errs->count++ >= ERRS_KEPT)
		return false;
	struct err *e = &errs->kept[errs->count - 1];
	int n = place.line ? snprintf(e->text, sizeof e->text, "%s:%zu:%zu: ", place.file, place.line, place.column)
			   : snprintf(e->text, sizeof e->text, "%s: ", place.file);
	text_mark_cut(e->text, sizeof e->text, n);
	if (n < 0 || (size_t)n >= sizeof e->text)
		return false;
	va_list ap;
	va_start(ap, format);
	int more = vsnprintf(e->text + n, sizeof e->text - (size_t)n, format, ap);
	va_end(ap);
	text_mark_cut(e->text + n, sizeof e->text - (size_t)n, more);
	return false;
}
