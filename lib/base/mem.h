/*
 * Heap memory. When memory runs out the process ends, and systemd starts it again, in the state UNKNOWN. So callers
 * never check for NULL.
 */
#pragma once

#include <stddef.h>

/*
 * The end: calls mem_exhausted() if the program has one, which says why and does not return; else aborts. For
 * libraries' allocations, too.
 */
_Noreturn void mem_end(void);
void mem_exhausted(void) __attribute__((weak));

/* `count` zeroed elements of `size` bytes. The caller owns them; free() releases. */
void *mem_zeroed(size_t count, size_t size) __attribute__((returns_nonnull, malloc));

/* realloc() that never returns NULL. */
void *mem_resized(void *old, size_t size) __attribute__((returns_nonnull));

/* A NUL-terminated copy of `len` bytes. The caller owns it. */
char *mem_copy_text(const char *text, size_t len) __attribute__((returns_nonnull, malloc));

/* Overwrites and frees `len` bytes that may hold a secret; NULL is allowed. */
void mem_free_secret_bytes(void *bytes, size_t len);

/* Overwrites and frees a text that may hold a secret, and clears the caller's pointer. */
void mem_free_secret(char **text);
