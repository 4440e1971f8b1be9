/*
 * What the fuzz targets share. A target is one function that gets bytes from outside and checks
 * more than survival: what its parser's header promises, whatever the bytes. It runs in libFuzzer
 * (run.sh) and, over its committed seeds, in a plain program (replay.c).
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One input; libFuzzer's name for it. Returns 0, and aborts where a promise is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* A promise of a header. */
#define PROMISE(holds)                                                                                                 \
	do {                                                                                                           \
		if (!(holds)) {                                                                                        \
			fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #holds);                    \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* An error that a failed call has filled: some text, and it ends. Set `e` to ERR_UNSET before. */
#define ERR_UNSET ((struct err){""})
#define PROMISE_ERR(e) PROMISE((e).text[0] && memchr((e).text, '\0', sizeof(e).text))

/* A text that may be shown: valid UTF-8 without control, invisible or direction-changing characters. */
#define PROMISE_SHOWN(text) PROMISE(text_first_unshown(text) == 0)

/* What an output holds before a call, to see it untouched afterwards. */
enum { UNTOUCHED = 0xA5 };
#define PROMISE_UNTOUCHED(object) PROMISE(fuzz_is_filled(&(object), sizeof(object)))

static inline bool fuzz_is_filled(const void *object, size_t size)
{
	const unsigned char *p = object;
	for (size_t i = 0; i < size; i++)
		if (p[i] != UNTOUCHED)
			return false;
	return true;
}

/* The bytes with a NUL behind them, in memory of just that size. The caller frees. */
static inline char *fuzz_text(const uint8_t *bytes, size_t len)
{
	char *text = mem_zeroed(len + 1, 1);
	if (len)
		memcpy(text, bytes, len);
	return text;
}

static inline bool fuzz_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Mistakes of a configuration: each begins with the file's name and a colon, and ends. */
static inline void fuzz_check_errs(const struct errs *errs, const char *file)
{
	for (size_t i = 0; i < errs->count && i < ERRS_KEPT; i++) {
		const char *text = errs->kept[i].text;
		PROMISE_ERR(errs->kept[i]);
		PROMISE(strncmp(text, file, strlen(file)) == 0 && text[strlen(file)] == ':');
	}
}
