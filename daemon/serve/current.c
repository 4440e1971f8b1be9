#include "serve/current.h"

#include "os/log.h"
#include "os/process.h"

#include <gnutls/crypto.h>
#include <malloc.h>
#include <string.h>

enum {
	RENDER_EVERY_MS = 1000, /* while nothing changes: ages and counters of seconds go on */
	IDLE_MS = 5000,
};
/* What may be held of renderings that are no longer current: so much, or so many of the size of the current one. */
enum { HELD_MAX_BYTES = 64 << 20, HELD_MAX_COUNT = 4 };

/*
 * UMAC (RFC 4418): four bytes in a nanosecond, and without the key nobody finds two texts of one tag. Tags never leave
 * the process, so all have the same nonce. Where it may not be used, in FIPS mode, nothing is known to be the same.
 */
static bool tag(void *ctx, const char *bytes, size_t len, unsigned char out[GZIP_TAG_BYTES])
{
	static const unsigned char nonce[8];
	struct current *current = ctx;
	gnutls_hmac_hd_t umac;
	if (gnutls_hmac_init(&umac, GNUTLS_MAC_UMAC_128, current->key, sizeof current->key) != GNUTLS_E_SUCCESS)
		return false;
	gnutls_hmac_set_nonce(umac, nonce, sizeof nonce);
	bool is_good = gnutls_hmac(umac, bytes, len) == GNUTLS_E_SUCCESS;
	gnutls_hmac_deinit(umac, out);
	return is_good;
}

void current_init(struct current *current)
{
	*current = (struct current){0};
	bool is_keyed = gnutls_rnd(GNUTLS_RND_KEY, current->key, sizeof current->key) == GNUTLS_E_SUCCESS;
	for (int format = 0; format < EXPO_FORMATS; format++)
		current->parts[format] = (struct gzip_parts){.tag = is_keyed ? tag : NULL, .ctx = current};
}

/* Whoever is still being answered keeps what that takes. */
static void drop(struct current *current)
{
	for (int format = 0; format < EXPO_FORMATS; format++)
		for (int coding = 0; coding < CODINGS; coding++) {
			if (current->metrics[format][coding])
				MHD_destroy_response(current->metrics[format][coding]);
			current->metrics[format][coding] = NULL;
		}
	if (current->rendering)
		held_add_take(&current->held, current->rendering);
	current->rendering = NULL;
}

void current_fini(struct current *current)
{
	drop(current);
	held_fini(&current->held);
	for (int format = 0; format < EXPO_FORMATS; format++)
		gzip_parts_fini(&current->parts[format]);
	*current = (struct current){0};
}

struct rendering *current_rendering(struct current *current, struct publish *publish, const struct view_http *http)
{
	struct view self;
	struct snapshot *snapshot = publish_hold(publish, &self.now);
	struct rendering *r = current->rendering;
	bool is_current = r && r->snapshot == snapshot && mono_since(r->view.now.mono, self.now.mono) < RENDER_EVERY_MS;
	if (is_current || !snapshot) {
		snapshot_release(snapshot);
		return r;
	}
	self.http = *http;
	self.log_dropped = log_dropped();
	self.process = process_read();
	drop(current);
	current->rendering = rendering_new_take(snapshot, &self);
	current->rendering->parts = current->parts;
	current->rendering->serial = ++current->serial;
	return current->rendering;
}

uint64_t current_too_old(struct current *current)
{
	const struct rendering *r = current->rendering;
	size_t most = r ? HELD_MAX_COUNT * rendering_bytes(r) : 0;
	if (!current->held.count)
		return 0;
	held_prune(&current->held);
	return held_too_old(&current->held, most > HELD_MAX_BYTES ? most : HELD_MAX_BYTES);
}

void current_drop_idle(struct current *current, mono_ms now)
{
	struct rendering *r = current->rendering;
	if (!r || mono_since(r->view.now.mono, now) < IDLE_MS)
		return;
	rendering_forget_lines(r);
	drop(current);
	malloc_trim(0); /* glibc keeps pages between those in use, a fifth of the memory of a fleet */
}
