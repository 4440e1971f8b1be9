#include "cli/nearest.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX_BYTES = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The edit distance: letters to add, drop or change, row by row of the usual table. */
static size_t edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[WORD_MAX_BYTES + 1];
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t above = row[j];
			int differs = tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]);
			row[j] = least(least(above, row[j - 1]) + 1, diagonal + (size_t)differs);
			diagonal = above;
		}
	}
	return row[b_len];
}

size_t nearest_distance(const char *a, const char *b, size_t b_len)
{
	size_t a_len = strlen(a);
	if (!a_len || a_len > WORD_MAX_BYTES || b_len > WORD_MAX_BYTES)
		return NEAREST_FAR;
	size_t distance = edits(a, a_len, b, b_len);
	/* A beginning is what somebody types who remembers no more. */
	for (size_t len = a_len - 1; len <= a_len + 1 && len < b_len; len++)
		distance = least(distance, edits(a, a_len, b, len) + 1);
	return 3 * distance <= 2 * a_len ? distance : NEAREST_FAR;
}
