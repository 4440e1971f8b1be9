/* What is kept of a few servers for the next request: connections, addresses, TLS sessions. */
#pragma once

struct fetch_peer;

/*
 * For one of very many servers: libcurl walks over all that is kept again and again, in every request, and each place
 * for that takes 7 kB. Returns `last` (NULL: none; else the one that was returned last) while it has room for another
 * server, else a new one. Each server frees it after all jobs that have used it for it; clears the caller's pointer,
 * `*peer` may be NULL.
 */
struct fetch_peer *fetch_peer_join(struct fetch_peer *last);
void fetch_peer_free(struct fetch_peer **peer);

/* A CURLSH, borrowed, for the transfers to its servers. */
void *fetch_peer_share(const struct fetch_peer *peer);
