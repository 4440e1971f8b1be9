/*
 * Errors with their place. A function that can fail returns bool (or a pointer) and takes a `struct err *` as its last
 * argument. On failure it fills it and leaves its outputs unchanged, unless its header says otherwise. Texts name the
 * place and the remedy, and never contain a secret.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct err {
	char text[512];
};

/* Fills `e` (NULL is allowed) and returns false, so that `return err_set(e, ...)` reads well. */
bool err_set(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A place in a file. Line and column count from 1; line 0 means the whole file. */
struct place {
	const char *file;
	size_t line, column;
};

enum { ERRS_KEPT = 32 };

/*
 * All mistakes of one configuration, so that a person can fix them in one pass. Zero-initialise before use. The first
 * ERRS_KEPT texts are kept ("file:line:column: what, and what was expected"); `count` counts all.
 */
struct errs {
	size_t count;
	struct err kept[ERRS_KEPT];
};

/* Appends one mistake at `place`. Returns false always. */
bool errs_add(struct errs *errs, struct place place, const char *format, ...) __attribute__((format(printf, 3, 4)));
