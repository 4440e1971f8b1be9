#define _GNU_SOURCE /* mlock2, explicit_bzero, MADV_DONTDUMP */
#include "os/mem_locked.h"

#include "base/mem.h"
#include "os/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Room for the secrets of a hundred sides. Only pages that were used take memory. */
enum { ARENA_BYTES = 4 << 20, UNIT_BYTES = 64, LARGEST_BYTES = 128 << 10 };

/* The arena is a row of blocks without a gap. Each begins with this. */
struct block {
	size_t bytes; /* with this header; a multiple of UNIT_BYTES */
	size_t is_used;
};

static struct {
	pthread_mutex_t lock;
	bool is_open; /* or cannot be opened: then `start` is NULL */
	unsigned char *start;
	size_t locked; /* bytes at the start */
	int error;     /* why not all is */
} arena = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* AddressSanitizer sees what is wrong with a block of the heap, and nothing of what is wrong in here. */
static bool is_wanted(void)
{
#if defined __SANITIZE_ADDRESS__
	return false;
#elif defined __has_feature
#if __has_feature(address_sanitizer)
	return false;
#endif
#endif
	return true;
}

/* The limit (RLIMIT_MEMLOCK) may be smaller. Blocks are taken from the start, so what is locked is used first. */
static void lock(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	for (size_t bytes = ARENA_BYTES; bytes >= page && !arena.locked; bytes /= 2) {
		if (mlock2(arena.start, bytes, MLOCK_ONFAULT) == 0)
			arena.locked = bytes;
		else if (!arena.error)
			arena.error = errno;
	}
}

/* A page before and a page behind the arena cannot be touched. */
static void open_arena(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	arena.is_open = true;
	if (!is_wanted())
		return;
	unsigned char *all =
	    mmap(NULL, ARENA_BYTES + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (all == MAP_FAILED || mprotect(all + page, ARENA_BYTES, PROT_READ | PROT_WRITE) != 0) {
		arena.error = errno;
		return;
	}
	arena.start = all + page;
	madvise(arena.start, ARENA_BYTES, MADV_DONTDUMP);
	lock();
	*(struct block *)(void *)arena.start = (struct block){ARENA_BYTES, false};
}

static struct block *next_of(struct block *b)
{
	unsigned char *next = (unsigned char *)b + b->bytes;
	return next < arena.start + ARENA_BYTES ? (struct block *)(void *)next : NULL;
}

/* The first free block of at least `bytes`; free neighbours become one on the way. NULL: there is none. */
static struct block *find(size_t bytes)
{
	struct block *b = arena.start ? (struct block *)(void *)arena.start : NULL;
	for (struct block *next; b; b = next) {
		while ((next = next_of(b)) && !b->is_used && !next->is_used) {
			b->bytes += next->bytes;
			*next = (struct block){0};
		}
		if (!b->is_used && b->bytes >= bytes)
			return b;
	}
	return NULL;
}

void *mem_locked_take(size_t size)
{
	if (size > LARGEST_BYTES)
		return NULL;
	size_t bytes = (size + sizeof(struct block) + UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES;
	pthread_mutex_lock(&arena.lock);
	if (!arena.is_open)
		open_arena();
	struct block *b = find(bytes);
	if (b) {
		size_t rest = b->bytes - bytes;
		*b = (struct block){bytes, true};
		if (rest)
			*next_of(b) = (struct block){rest, false};
	}
	pthread_mutex_unlock(&arena.lock);
	return b ? b + 1 : NULL; /* free blocks are all zero */
}

bool mem_locked_release(void *bytes)
{
	pthread_mutex_lock(&arena.lock);
	uintptr_t at = (uintptr_t)bytes, start = (uintptr_t)arena.start;
	bool is_here = start && at >= start && at < start + ARENA_BYTES;
	if (is_here) {
		struct block *b = (struct block *)bytes - 1;
		explicit_bzero(bytes, b->bytes - sizeof *b);
		b->is_used = false;
	}
	pthread_mutex_unlock(&arena.lock);
	return is_here;
}

void mem_locked_tell(void)
{
	char locked[24];
	mem_free_secret_bytes(mem_secret(1), 1); /* opens it */
	snprintf(locked, sizeof locked, "%zu", arena.locked);
	if (arena.locked == ARENA_BYTES)
		log_debug("secrets are kept in locked memory", "bytes", locked);
	else if (is_wanted())
		log_info("not all memory for secrets can be locked, so they may be swapped; allow it with "
			 "LimitMEMLOCK=8M",
		    "bytes", locked, "error", strerror(arena.error));
}
