/*
 * Rounds of questions to the peers. A round looks up the addresses of all configured hosts, unless it follows another
 * one directly, and asks every address the same, at the same time; it ends when all have answered or had their time.
 */
#pragma once

#include "auth/watched_file.h"
#include "base/buf.h"
#include "config/conf.h"
#include "decide/peer.h"
#include "fetch/poll_env.h"

enum {
	PEER_TIMEOUT_MS = 2000, /* of one question; a lookup has the same limit of its own */
	PEER_NOT_SHOWN = -1,
};

struct peer_poll;

/* One address of a configured host. Or, while it has none, the host itself. */
struct peer {
	struct peer_poll *poll;
	const char *base;               /* the configured URL, borrowed */
	char address[PEER_ADDRESS_MAX]; /* with port and path: behind one address may be several */
	bool is_host;                   /* without an address: it cannot be asked */
	bool is_listed, is_running;
	struct fetch_job *job;
	struct buf url, body;
	char *server_name;                  /* of its certificate */
	bool has_answer;                    /* to the last question that has ended */
	struct peer_answer answer;          /* then; or an older one */
	mono_ms answered_at;                /* never: it has never answered */
	char problem[256];                  /* why it has not answered; "" */
	bool is_logged_good, is_logged_bad; /* what the log was told last */
	int shown;                          /* its index in what is shown, or PEER_NOT_SHOWN; for the caller */
};

/* A configured URL. */
struct peer_host {
	struct peer_poll *poll;
	const char *url;
	struct fetch_job *job;
	char problem[256]; /* of the lookup; "" */
};

struct peer_poll {
	struct poll_env env;
	const struct conf_peers *conf;
	const struct peer_identity *self;
	struct watched_file token, ca;
	char *secret;       /* of the last token file that could be used */
	bool is_token_told; /* the log was told that it cannot be */
	struct peer_host *hosts;
	size_t host_count;
	struct peer *peers[PEERS_MAX];
	size_t count;
	bool has_too_many;   /* addresses, and not all were asked */
	bool is_excess_told; /* the log was told that there are */
	struct buf question; /* the query of this round */
	size_t waits_for;    /* lookups, then questions */
	void (*on_round)(void *ctx);
	void *ctx;
};

/* For the peers of `conf`, may be none. False with the mistakes in `errs`. */
bool peer_poll_init(struct peer_poll *poll, struct poll_env env, const struct conf_peers *conf,
    const struct peer_identity *self, struct errs *errs) __attribute__((warn_unused_result));
void peer_poll_fini(struct peer_poll *poll);

/* The secret, as its file had it when it could last be used at the begin of a round; NULL: there are no peers.
 * Borrowed. */
const char *peer_poll_token(struct peer_poll *poll);

/*
 * Begins a round with this query ("action=status&..."). One that is under way is broken off, and its on_round() does
 * not come.
 */
void peer_poll_start(struct peer_poll *poll, const char *query, bool looks_up);
bool peer_poll_is_running(const struct peer_poll *poll);

/* Whether the address is this process, or one that another address before it has reached, too. */
bool peer_poll_is_double(const struct peer_poll *poll, size_t index);
