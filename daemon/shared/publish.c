#include "shared/publish.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>

struct publish {
	pthread_mutex_t lock; /* held very briefly, to take or swap a pointer */
	struct snapshot *snapshot;
	atomic_llong beat_ms;
	atomic_ullong answers[HTTP_CODES];
	atomic_int connections;
};

struct publish *publish_new(void)
{
	struct publish *p = mem_zeroed(1, sizeof *p);
	pthread_mutex_init(&p->lock, NULL);
	atomic_init(&p->beat_ms, MONO_NEVER.ms);
	return p;
}

void publish_free(struct publish **publish)
{
	if (!*publish)
		return;
	snapshot_release((*publish)->snapshot);
	pthread_mutex_destroy(&(*publish)->lock);
	free(*publish);
	*publish = NULL;
}

void publish_swap_take(struct publish *p, struct snapshot *snapshot)
{
	pthread_mutex_lock(&p->lock);
	struct snapshot *old = p->snapshot;
	p->snapshot = snapshot;
	pthread_mutex_unlock(&p->lock);
	snapshot_release(old);
}

struct snapshot *publish_hold(struct publish *p)
{
	pthread_mutex_lock(&p->lock);
	struct snapshot *snapshot = p->snapshot ? snapshot_hold(p->snapshot) : NULL;
	pthread_mutex_unlock(&p->lock);
	return snapshot;
}

void publish_beat(struct publish *p, mono_ms now)
{
	atomic_store(&p->beat_ms, now.ms);
}

mono_ms publish_last_beat(const struct publish *p)
{
	return (mono_ms){atomic_load(&p->beat_ms)};
}

void publish_count_answer(struct publish *p, unsigned status)
{
	for (int i = 0; i < HTTP_CODES; i++)
		if ((unsigned)http_codes[i] == status)
			atomic_fetch_add(&p->answers[i], 1);
}

void publish_count_connection(struct publish *p, int change)
{
	atomic_fetch_add(&p->connections, change);
}

struct view_http publish_http(const struct publish *p)
{
	struct view_http http = {.connections = atomic_load(&p->connections)};
	for (int i = 0; i < HTTP_CODES; i++)
		http.answers[i] = atomic_load(&p->answers[i]);
	return http;
}
