#define _DEFAULT_SOURCE /* explicit_bzero */
#include "serve/hasher.h"

#include "base/mem.h"

#include <assert.h>
#include <crypt.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

enum hasher_does { IDLE, HASHING, DONE, ENDING };

struct hasher {
	pthread_t thread;
	pthread_mutex_t lock; /* held very briefly, for the following four */
	pthread_cond_t changed;
	enum hasher_does does;
	bool is_right; /* while DONE */
	bool is_left;  /* while ENDING: the thread frees all this */

	bool is_started; /* used by the server only */
	int fd;
	struct hasher_job job;  /* the thread's while HASHING, else the server's; the following is the thread's */
	struct crypt_data data; /* 32 KiB, with keys while a hash is computed */
};

int hasher_cost(const char *hash)
{
	static const char digits[] = "0123456789";
	bool looks_right = strncmp(hash, "$2", 2) == 0 && strnlen(hash, 7) == 7 && hash[3] == '$' && hash[6] == '$' &&
	    strspn(hash + 4, digits) == 2;
	return looks_right ? (hash[4] - '0') * 10 + hash[5] - '0' : 0;
}

/*
 * NULL if `setting` is none. This is the one of crypt(3) that fails so. The sanitizers replace crypt_r(), so libcrypt
 * would not be linked for it.
 */
static const char *hash_by(struct hasher *h, const char *setting)
{
	return crypt_rn(h->job.password, setting, &h->data, sizeof h->data);
}

/* The last digit of a salt has bits that mean nothing: crypt(3) clears them, some programs that make hashes do not. */
static bool is_same(const char *result, const char *hash)
{
	enum { SALT_LAST = 28 };
	return result && strlen(result) > SALT_LAST && strlen(hash) > SALT_LAST &&
	    strncmp(result, hash, SALT_LAST) == 0 && strcmp(result + SALT_LAST + 1, hash + SALT_LAST + 1) == 0;
}

/* A cost is a power of two. c and all of c, c+1 ... up to the one before the costliest are together the costliest. */
static bool is_right(struct hasher *h)
{
	char setting[HASHER_HASH_BYTES];
	int cost = hasher_cost(h->job.hash);
	bool is_right = *h->job.hash && is_same(hash_by(h, h->job.hash), h->job.hash);
	for (int c = cost ? cost : h->job.cost_most; c < h->job.cost_most + !cost; c++) {
		snprintf(setting, sizeof setting, "$2b$%02d$......................", c);
		(void)hash_by(h, setting);
	}
	explicit_bzero(&h->data, sizeof h->data);
	explicit_bzero(h->job.password, sizeof h->job.password);
	explicit_bzero(h->job.hash, sizeof h->job.hash);
	return is_right;
}

static void fini(struct hasher *h)
{
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	explicit_bzero(h, sizeof *h);
	free(h);
}

static void *work(void *ctx)
{
	struct hasher *h = ctx;
	pthread_mutex_lock(&h->lock);
	while (h->does != ENDING) {
		if (h->does != HASHING) {
			pthread_cond_wait(&h->changed, &h->lock);
			continue;
		}
		pthread_mutex_unlock(&h->lock);
		bool verdict = is_right(h);
		pthread_mutex_lock(&h->lock);
		if (h->does == ENDING)
			break;
		h->is_right = verdict;
		h->does = DONE;
		if (eventfd_write(h->fd, 1) != 0)
			abort();
	}
	bool is_left = h->is_left;
	pthread_mutex_unlock(&h->lock);
	if (is_left)
		fini(h);
	return NULL;
}

struct hasher *hasher_new(int fd)
{
	struct hasher *h = mem_zeroed(1, sizeof *h);
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	h->fd = fd;
	return h;
}

void hasher_free(struct hasher **hasher)
{
	struct hasher *h = *hasher;
	*hasher = NULL;
	if (!h)
		return;
	pthread_t thread = h->thread;
	bool is_started = h->is_started;
	pthread_mutex_lock(&h->lock);
	bool is_left = h->is_left = h->does == HASHING;
	h->does = ENDING;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
	if (is_left) /* it is no longer ours */
		pthread_detach(thread);
	else if (is_started)
		pthread_join(thread, NULL);
	if (!is_left)
		fini(h);
}

bool hasher_start(struct hasher *h)
{
	if (!h->is_started) {
		errno = pthread_create(&h->thread, NULL, work, h);
		h->is_started = !errno;
	}
	return h->is_started;
}

void hasher_begin(struct hasher *h, const struct hasher_job *job)
{
	pthread_mutex_lock(&h->lock);
	assert(h->is_started && h->does == IDLE);
	h->job = *job;
	h->does = HASHING;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

bool hasher_take(struct hasher *h, bool *is_right)
{
	pthread_mutex_lock(&h->lock);
	bool is_done = h->does == DONE;
	*is_right = is_done && h->is_right;
	if (is_done)
		h->does = IDLE;
	pthread_mutex_unlock(&h->lock);
	return is_done;
}
