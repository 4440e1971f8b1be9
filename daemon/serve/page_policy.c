#include "serve/page_policy.h"

#include "base/base64.h"
#include "os/log.h"
#include "render/page.h"

#include <gnutls/crypto.h>
#include <string.h>

enum { SHA256_BYTES = 32 };

void page_policy_render(struct buf *out)
{
	char hash[SHA256_BYTES];
	int failed = gnutls_hash_fast(GNUTLS_DIG_SHA256, page_css, strlen(page_css), hash);
	if (failed)
		log_fatal("cannot compute a checksum; hawatchd ends", gnutls_strerror(failed));
	buf_puts(out, "default-src 'none'; style-src 'sha256-");
	base64_encode(out, hash, sizeof hash);
	buf_puts(out, "'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}
