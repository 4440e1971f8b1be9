/* The words of the web configuration for versions, cipher suites and curves, as GnuTLS has them. */
#pragma once

#include "base/buf.h"
#include "config/web_conf.h"

enum { TLS_PRIORITY_MAX_BYTES = 1024 };

/*
 * Appends a priority string for the versions from `min` to `max` (enum web_tls_version). With `has_suites`, it has the
 * configured cipher suites that a certificate with such a key can serve, and no others; TLS 1.3 is then not among the
 * versions. GnuTLS chooses a cipher and its key exchange independently. As only one key exchange remains, what it can
 * combine is just what the file lists.
 */
void tls_priority_put(const struct web_conf_tls *conf, int min, int max, bool has_suites, bool is_rsa, struct buf *out);

/* True if at least one of the configured suites can be served with such a key. */
bool tls_priority_has_suite(const struct web_conf_tls *conf, bool is_rsa);

/* GnuTLS' number of a version: a gnutls_protocol_t. */
int tls_priority_version(int version);
