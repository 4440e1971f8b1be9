/* "Did you mean": the word of a list that is most like another. */
#ifndef HAWATCH_CLI_NEAREST_H
#define HAWATCH_CLI_NEAREST_H

#include <stddef.h>

enum { NEAREST_FAR = 1000 };

/* How unlike two words are, upper and lower case being one: 0 alike, NEAREST_FAR beyond resemblance. */
size_t nearest_distance(const char *a, const char *b, size_t b_len);

#endif
