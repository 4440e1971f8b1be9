/*
 * TLS of our own server: a certificate, who must show one, and what is spoken. One such set never changes; after a
 * reload new connections begin with another one, and those that are open keep theirs. Who must not connect is refused
 * in the handshake, so nothing of a request is read before. Only one thread at a time uses a set.
 */
#pragma once

#include "config/web_conf.h"
#include "os/certificate.h"

struct tls;

/*
 * Reads the files that `conf` names. `conf` is borrowed for the call. NULL with the first mistake in `e`, which names
 * the file.
 */
struct tls *tls_new(const struct web_conf_tls *conf, wall_ms now, struct err *e) __attribute__((warn_unused_result));

/* Another reference; NULL is allowed, here and below. */
struct tls *tls_hold(struct tls *tls);
void tls_release(struct tls *tls);

/* Of our own certificate. */
const struct certificate_facts *tls_facts(const struct tls *tls);

/*
 * Makes a server's gnutls_session_t, whose handshake has not begun, one of `tls`, which must be held as long as the
 * session is used. False if that fails: then the connection must be closed.
 */
bool tls_begin(struct tls *tls, void *session) __attribute__((warn_unused_result));
