#include "fetch/fetch_peer.h"

#include "base/mem.h"

#include <curl/curl.h>
#include <stdlib.h>

struct fetch_peer {
	CURLSH *share;
	int servers;
};

/* So many TLS sessions are kept in one place by libcurl. */
enum { SERVERS_OF_A_PEER = 8 };

struct fetch_peer *fetch_peer_join(struct fetch_peer *last)
{
	if (last && last->servers < SERVERS_OF_A_PEER) {
		last->servers++;
		return last;
	}
	struct fetch_peer *peer = mem_zeroed(1, sizeof *peer);
	CURLSH *share = peer->share = curl_share_init();
	peer->servers = 1;
	if (!share)
		mem_end();
	const curl_lock_data kept[] = {CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_DNS, CURL_LOCK_DATA_SSL_SESSION};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (curl_share_setopt(share, CURLSHOPT_SHARE, kept[i]) != CURLSHE_OK)
			mem_end();
	return peer;
}

void fetch_peer_free(struct fetch_peer **peer)
{
	struct fetch_peer *p = *peer;
	*peer = NULL;
	if (!p || --p->servers > 0)
		return;
	curl_share_cleanup(p->share);
	free(p);
}

void *fetch_peer_share(const struct fetch_peer *peer)
{
	return peer->share;
}
