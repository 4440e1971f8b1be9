#define _DEFAULT_SOURCE /* explicit_bzero */
#include "serve/passwords.h"

#include "base/basic.h"
#include "base/mem.h"
#include "os/log.h"
#include "serve/password_queue.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { KEY_BYTES = 32, WRONG_MAX = 256 };

struct user {
	char *name, *hash;
	bool is_known;            /* its right password has been seen */
	struct password_tag good; /* of that: one for each user, so wrong ones never push it out */
};

struct passwords {
	struct view_http *http;
	struct user *users;
	size_t count;
	int cost_most; /* of their hashes */
	bool is_closed;
	unsigned char key[KEY_BYTES]; /* of all tags, made when the first one is */
	bool is_keyed;
	struct password_tag wrong[WRONG_MAX]; /* the last ones; all zero: none, as no tag is */
	size_t wrong_next;
	struct password_queue queue;
	struct hasher *hasher;
	int fd;

	bool is_hashing; /* and what, for whom */
	bool is_stale;   /* the users have changed since */
	struct password_tag tag;
	uint64_t address;
	struct user *user; /* NULL: there is none of that name */
};

struct passwords *passwords_new(struct view_http *http)
{
	struct passwords *p = mem_zeroed(1, sizeof *p);
	p->http = http;
	p->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->fd < 0)
		log_fatal("cannot start: no descriptor for passwords", strerror(errno));
	p->hasher = hasher_new(p->fd);
	return p;
}

static void forget_users(struct passwords *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->users[i].name);
		mem_free_secret(&p->users[i].hash);
	}
	free(p->users);
	p->users = NULL;
	p->count = 0;
	p->cost_most = 0;
	memset(p->wrong, 0, sizeof p->wrong);
}

void passwords_free(struct passwords **passwords)
{
	struct passwords *p = *passwords;
	if (!p)
		return;
	if (p->queue.waiting || p->queue.ended)
		abort(); /* a client would wait for ever */
	hasher_free(&p->hasher);
	forget_users(p);
	close(p->fd);
	mem_free_secret_bytes(p, sizeof *p);
	*passwords = NULL;
}

static void wake(struct passwords *p)
{
	if (eventfd_write(p->fd, 1) != 0)
		abort();
}

static bool are_same(const struct passwords *p, const struct passwords_user *users, size_t count)
{
	bool same = p->count == count;
	for (size_t i = 0; i < count && same; i++)
		same = !strcmp(p->users[i].name, users[i].name) && !strcmp(p->users[i].hash, users[i].hash);
	return same;
}

void passwords_set_users(struct passwords *p, const struct passwords_user *users, size_t count)
{
	if (are_same(p, users, count))
		return;
	forget_users(p);
	p->users = mem_zeroed(count, sizeof *p->users);
	p->count = count;
	for (size_t i = 0; i < count; i++) {
		p->users[i].name = mem_copy_text(users[i].name, strlen(users[i].name));
		p->users[i].hash = mem_copy_text(users[i].hash, strlen(users[i].hash));
		int cost = hasher_cost(users[i].hash);
		p->cost_most = cost > p->cost_most ? cost : p->cost_most;
	}
	p->is_stale = true;
	passwords_drop(p, NULL);
}

static struct user *find_user(const struct passwords *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->users[i].name, name) == 0)
			return &p->users[i];
	return NULL;
}

/*
 * False where random numbers or HMAC-SHA256 are not to be had. Each text ends with its NUL, so no two sets of them are
 * the same bytes.
 */
static bool tag_of(struct passwords *p, const char *name, const struct hasher_job *job, struct password_tag *tag)
{
	gnutls_hmac_hd_t mac;
	p->is_keyed = p->is_keyed || gnutls_rnd(GNUTLS_RND_KEY, p->key, sizeof p->key) == GNUTLS_E_SUCCESS;
	if (!p->is_keyed || gnutls_hmac_init(&mac, GNUTLS_MAC_SHA256, p->key, sizeof p->key) != GNUTLS_E_SUCCESS)
		return false;
	bool is_good = gnutls_hmac(mac, name, strlen(name) + 1) == GNUTLS_E_SUCCESS &&
	    gnutls_hmac(mac, job->hash, strlen(job->hash) + 1) == GNUTLS_E_SUCCESS &&
	    gnutls_hmac(mac, job->password, strlen(job->password) + 1) == GNUTLS_E_SUCCESS;
	gnutls_hmac_deinit(mac, tag->bytes);
	return is_good;
}

static bool is_same(const struct password_tag *a, const struct password_tag *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static bool is_known_wrong(const struct passwords *p, const struct password_tag *tag)
{
	for (size_t i = 0; i < WRONG_MAX; i++)
		if (is_same(&p->wrong[i], tag))
			return true;
	return false;
}

/* Gives the thread the next password, if it has none. */
static void begin_next(struct passwords *p)
{
	const struct password_waiter *next = p->is_hashing ? NULL : password_queue_next(&p->queue);
	if (!next)
		return;
	p->is_hashing = true;
	p->is_stale = false;
	p->tag = next->tag;
	p->address = next->address;
	p->user = next->user;
	hasher_begin(p->hasher, &next->job);
}

static enum passwords_answer wait_for(struct passwords *p, const struct password_waiter *waiter)
{
	if (!hasher_start(p->hasher)) {
		log_error("cannot check passwords: no thread", "error", strerror(errno));
		return PASSWORDS_BUSY;
	}
	bool waits = password_queue_add(&p->queue, waiter);
	begin_next(p);
	if (p->queue.ended) /* another one had to make room */
		wake(p);
	return waits ? PASSWORDS_WAIT : PASSWORDS_BUSY;
}

static enum passwords_answer ask_for(struct passwords *p, const struct basic *given, uint64_t address, void *request)
{
	struct user *user = find_user(p, given->user);
	struct password_waiter w = {
	    .request = request, .address = address, .user = user, .job = {.cost_most = p->cost_most}};
	if (user)
		strncpy(w.job.hash, user->hash, sizeof w.job.hash - 1);
	strncpy(w.job.password, given->password, sizeof w.job.password - 1); /* no more counts for bcrypt */
	enum passwords_answer answer = PASSWORDS_WRONG;
	if (!tag_of(p, given->user, &w.job, &w.tag))
		log_error("cannot check passwords: no random numbers, or no HMAC-SHA256");
	else if (user && user->is_known && is_same(&user->good, &w.tag))
		answer = PASSWORDS_GOOD;
	else if (!is_known_wrong(p, &w.tag))
		answer = wait_for(p, &w);
	explicit_bzero(&w, sizeof w);
	return answer;
}

enum passwords_answer passwords_ask(struct passwords *p, const char *header, uint64_t address, void *request)
{
	struct basic given;
	if (!p->count)
		return PASSWORDS_GOOD;
	if (p->is_closed)
		return PASSWORDS_CLOSED;
	if (!header || !basic_parse(header, &given))
		return PASSWORDS_WRONG;
	enum passwords_answer answer = ask_for(p, &given, address, request);
	basic_fini(&given);
	return answer;
}

int passwords_fd(const struct passwords *p)
{
	return p->fd;
}

/* The verdict is there. It is not kept if the users are others by now. */
static void keep_verdict(struct passwords *p, bool is_right)
{
	p->is_hashing = false;
	p->http->passwords[is_right]++;
	if (p->is_stale)
		return;
	if (is_right) {
		p->user->good = p->tag;
		p->user->is_known = true;
	} else {
		p->wrong[p->wrong_next++ % WRONG_MAX] = p->tag;
		password_queue_failed(&p->queue, p->address);
	}
	password_queue_hashed(&p->queue, &p->tag);
}

void *passwords_take_ended(struct passwords *p)
{
	eventfd_t count;
	bool is_right;
	eventfd_read(p->fd, &count); /* first: what comes later makes it readable again */
	if (p->is_hashing && hasher_take(p->hasher, &is_right))
		keep_verdict(p, is_right);
	begin_next(p);
	return password_queue_take_ended(&p->queue);
}

void passwords_drop(struct passwords *p, bool (*is_gone)(void *request))
{
	password_queue_drop(&p->queue, is_gone);
	if (p->queue.ended)
		wake(p);
}

void passwords_close(struct passwords *p)
{
	p->is_closed = true;
	passwords_drop(p, NULL);
}
