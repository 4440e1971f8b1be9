/*
 * Heap memory. When memory runs out the process ends, and systemd starts it again, in the state UNKNOWN. So callers
 * never check for NULL.
 */
#pragma once

#include <stdbool.h>
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

/*
 * Zeroed memory for a secret, and a NUL-terminated copy of `len` bytes in it. Only the two functions below release it:
 * free() must not get it, as it may be the program's own place for secrets, by the two functions behind them.
 */
void *mem_secret(size_t size) __attribute__((returns_nonnull));
char *mem_copy_secret(const char *text, size_t len) __attribute__((returns_nonnull));

/* Overwrites and frees `len` bytes that may hold a secret; NULL is allowed. */
void mem_free_secret_bytes(void *bytes, size_t len);

/* Overwrites and frees a text that may hold a secret, and clears the caller's pointer. */
void mem_free_secret(char **text);

/* A program's own place for secrets (os/mem_locked.h). Zeroed memory; NULL: take the heap's. */
void *mem_locked_take(size_t size) __attribute__((weak));

/* Overwrites and releases. False: it is not of that place. */
bool mem_locked_release(void *bytes) __attribute__((weak));
