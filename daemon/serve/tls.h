/*
 * TLS of our own server: a certificate, who must show one, and what is spoken. One such set never changes; after a
 * reload new connections begin with another one, and those that are open keep theirs. Who must not connect is refused
 * in the handshake, so nothing of a request is read before. Only one thread at a time uses a set.
 */
#pragma once

#include "config/web_conf.h"
#include "os/certificate.h"

#include <stdint.h>

struct tls;

/*
 * Reads the files that `conf` names. `conf` is borrowed for the call. NULL with the first mistake in `e`, which names
 * the file.
 */
struct tls *tls_new(const struct web_conf_tls *conf, wall_ms now, struct err *e) __attribute__((warn_unused_result));

/* Gives up the reference of the caller; sessions have their own. NULL is allowed. */
void tls_release(struct tls *tls);

/* Of our own certificate. */
const struct certificate_facts *tls_facts(const struct tls *tls);

/* One connection's session. */
struct tls_session;

/*
 * Makes a server's gnutls_session_t, whose handshake has not begun, one of `tls` on the socket `fd`. What it reads and
 * writes is counted in `moves`, which stays in its place. NULL if that fails: then the connection must be closed. Call
 * tls_end() when the gnutls_session_t is not used any more; it keeps `tls` until then.
 */
struct tls_session *tls_begin(struct tls *tls, void *session, int fd, uint64_t *moves)
    __attribute__((warn_unused_result));
void tls_end(struct tls_session *session); /* NULL is allowed */

/* Bytes that were read from the socket, and not yet by the server. */
size_t tls_pending(const struct tls_session *session);
