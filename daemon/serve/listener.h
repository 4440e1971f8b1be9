/* One listening socket, its connections, and the daemon of libmicrohttpd that reads and answers on them. */
#pragma once

#include "base/err.h"
#include "base/units.h"
#include "os/file_stamp.h"
#include "serve/clients.h"
#include "serve/listen.h"
#include "serve/serving.h"

struct MHD_Daemon;

/* Only the server thread uses it after it was opened. */
struct listener {
	struct serving *serving;
	enum listener_kind kind;
	struct MHD_Daemon *mhd;
	struct clients clients;
	int epoll_fd;                  /* readable: listener_run() has something to do */
	char *socket_path;             /* of a Unix socket of ours, removed at the end; NULL: there is none */
	struct file_stamp socket_file; /* what stands there, while it is ours */
	int fd;                        /* the listening socket; readable: listener_accept() has */
	mono_ms accept_from;           /* a pause ends */
	bool has_tls;
	uint64_t moves; /* of bytes in TLS sessions, and of requests */
	struct {
		uint64_t moves;
		size_t pending;
	} seen;        /* by the last listener_timeout_ms() */
	int still;     /* how often in a row nothing has moved since */
	bool is_short; /* the last connection could not be accepted, and that is logged */
};

/*
 * Answers on the listening socket `fd`, which is the listener's, also after an error. `socket_path` is removed when it
 * is closed, if that is still its file; NULL: nothing is. `serving` is borrowed.
 */
bool listener_open_take(struct listener *listener, int fd, enum listener_kind kind, const char *socket_path,
    struct serving *serving, struct err *e) __attribute__((warn_unused_result));

/* False while new connections wait in the kernel's queue: in a pause, or while there is no place for them. */
bool listener_accepts(const struct listener *listener, mono_ms now);

/* How long there is nothing to do if no descriptor becomes readable; INT_MAX: no limit. */
int listener_timeout_ms(struct listener *listener, mono_ms now);

/* Accepts those who wait. Reads, answers and sends, on all connections that are ready. */
void listener_accept(struct listener *listener);
void listener_run(struct listener *listener);

/* True if a suspended connection (struct MHD_Connection) was cut meanwhile: it waits in vain, and is to be resumed. */
bool listener_has_cut(void *connection);

/* Gives a suspended connection (struct MHD_Connection) what was read for it. */
void listener_give(void *connection, struct journal_read *read);

/* Sends what is ready, and closes the socket and all connections. */
void listener_close(struct listener *listener);
