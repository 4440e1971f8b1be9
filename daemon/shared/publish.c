#include "shared/publish.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>

struct publish {
	pthread_mutex_t lock; /* held very briefly, to take or swap a pointer */
	struct snapshot *snapshot;
	struct now turn; /* the poll loop's last */
	mono_ms serving; /* the server's last */
	bool are_rounds_stuck;
};

struct publish *publish_new(void)
{
	struct publish *p = mem_zeroed(1, sizeof *p);
	pthread_mutex_init(&p->lock, NULL);
	p->turn.mono = p->serving = MONO_NEVER;
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

void publish_swap_take(struct publish *p, struct snapshot *snapshot, struct now now)
{
	pthread_mutex_lock(&p->lock);
	struct snapshot *old = p->snapshot;
	p->snapshot = snapshot;
	p->turn = now;
	pthread_mutex_unlock(&p->lock);
	snapshot_release(old);
}

void publish_turn(struct publish *p, struct now now, bool are_rounds_stuck)
{
	pthread_mutex_lock(&p->lock);
	p->turn = now;
	p->are_rounds_stuck = are_rounds_stuck;
	pthread_mutex_unlock(&p->lock);
}

struct snapshot *publish_hold(struct publish *p, struct now *turn)
{
	pthread_mutex_lock(&p->lock);
	*turn = p->turn;
	struct snapshot *snapshot = p->snapshot ? snapshot_hold(p->snapshot) : NULL;
	pthread_mutex_unlock(&p->lock);
	return snapshot;
}

mono_ms publish_last_turn(struct publish *p)
{
	pthread_mutex_lock(&p->lock);
	mono_ms at = p->turn.mono;
	pthread_mutex_unlock(&p->lock);
	return at;
}

bool publish_are_rounds_stuck(struct publish *p)
{
	pthread_mutex_lock(&p->lock);
	bool are_stuck = p->are_rounds_stuck;
	pthread_mutex_unlock(&p->lock);
	return are_stuck;
}

void publish_serving(struct publish *p, mono_ms now)
{
	pthread_mutex_lock(&p->lock);
	p->serving = now;
	pthread_mutex_unlock(&p->lock);
}

mono_ms publish_last_serving(struct publish *p)
{
	pthread_mutex_lock(&p->lock);
	mono_ms at = p->serving;
	pthread_mutex_unlock(&p->lock);
	return at;
}
