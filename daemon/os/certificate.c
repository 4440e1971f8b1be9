#define _GNU_SOURCE /* memmem, explicit_bzero */
#include "os/certificate.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "config/pem.h"

#include <gnutls/x509.h>
#include <string.h>

enum { PEM_MAX_BYTES = 4 << 20, KEY_ID_BYTES = 64, ENDING_NAMED = 3 };
static const int64_t SOON_MS = INT64_C(30) * 24 * 3600 * 1000;

#define KEY "PRIVATE KEY"

/* By use: the block that is wanted, and its name in messages. */
static const struct {
	const char *label, *called;
} uses[CERTIFICATE_USES] = {
    [CERTIFICATE_AUTHORITIES] = {"CERTIFICATE", "a CA certificate"},
    [CERTIFICATE_CLIENT] = {"CERTIFICATE", "a client certificate"},
    [CERTIFICATE_SERVER] = {"CERTIFICATE", "a certificate"},
    [CERTIFICATE_KEY] = {KEY, "a private key"},
};

static gnutls_datum_t datum_of(const char *bytes, size_t len)
{
	return (gnutls_datum_t){(unsigned char *)(uintptr_t)bytes, (unsigned)len};
}

static void free_datum(gnutls_datum_t *datum)
{
	if (datum->data)
		explicit_bzero(datum->data, datum->size);
	gnutls_free(datum->data);
	datum->data = NULL;
}

/* The same block, written as everybody reads it: other programs are stricter about line lengths and blanks. */
static int rewrite(const struct pem_block *block, struct buf *out)
{
	gnutls_datum_t pem = datum_of(block->bytes, block->len), der = {0}, fresh = {0};
	char *label = mem_copy_text(block->label, block->label_len);
	int code = gnutls_pem_base64_decode2(label, &pem, &der);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_pem_base64_encode2(label, &der, &fresh);
	if (code == GNUTLS_E_SUCCESS)
		buf_put(out, (const char *)fresh.data, fresh.size);
	free_datum(&der);
	free_datum(&fresh);
	mem_free_secret(&label);
	return code;
}

static wall_ms wall_of(time_t seconds)
{
	return seconds > 0 ? (wall_ms){(int64_t)seconds * 1000} : WALL_UNKNOWN;
}

static void put_subject(gnutls_x509_crt_t certificate, char *out, size_t size)
{
	gnutls_datum_t name = {0};
	bool has_name = gnutls_x509_crt_get_dn3(certificate, &name, 0) == GNUTLS_E_SUCCESS && name.size;
	text_copy_shown(out, size, has_name ? (const char *)name.data : "without a subject");
	gnutls_free(name.data);
}

/* What is gathered while the blocks are read. */
struct reading {
	struct buf pem, ending;
	size_t ending_count;
	wall_ms now;
	const char *weakness; /* of the last certificate; NULL: none */
	struct certificate_facts facts;
};

static void note_next(struct certificate_facts *facts, wall_ms at)
{
	if (!wall_is_known(facts->ending_until) || at.ms < facts->ending_until.ms)
		facts->ending_until = at;
}

static void note_ending(struct reading *r, const char *subject, wall_ms expires)
{
	char date[RFC3339_SIZE];
	wall_ms soon = {expires.ms - SOON_MS};
	if (!wall_is_known(expires))
		return;
	if (r->now.ms < expires.ms)
		note_next(&r->facts, r->now.ms < soon.ms ? soon : expires);
	if (r->now.ms < soon.ms)
		return;
	rfc3339_render(expires, date);
	if (++r->ending_count <= ENDING_NAMED)
		buf_printf(&r->ending, "%s%s %s %s", r->ending.len ? "; " : "", subject,
		    expires.ms > r->now.ms ? "expires" : "expired", date);
}

/* What OpenSSL's security level 2, which is Debian's, does not let a client use. */
static const char *weakness_of(gnutls_x509_crt_t certificate)
{
	unsigned bits = 0;
	int algorithm = gnutls_x509_crt_get_pk_algorithm(certificate, &bits);
	int signature = gnutls_x509_crt_get_signature_algorithm(certificate);
	bool is_self_signed = gnutls_x509_crt_check_issuer(certificate, certificate);
	if (algorithm >= 0 &&
	    gnutls_pk_bits_to_sec_param((gnutls_pk_algorithm_t)algorithm, bits) < GNUTLS_SEC_PARAM_MEDIUM)
		return "a key that is too short for TLS";
	if (!is_self_signed && signature >= 0 &&
	    !gnutls_sign_is_secure2((gnutls_sign_algorithm_t)signature, GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS))
		return "a signature that is too weak for TLS";
	return NULL;
}

static int take_certificate(struct reading *r, const struct pem_block *block)
{
	gnutls_x509_crt_t certificate;
	gnutls_datum_t pem = datum_of(block->bytes, block->len);
	int code = gnutls_x509_crt_init(&certificate);
	if (code != GNUTLS_E_SUCCESS)
		return code;
	code = gnutls_x509_crt_import(certificate, &pem, GNUTLS_X509_FMT_PEM);
	if (code == GNUTLS_E_SUCCESS) {
		char subject[sizeof r->facts.subject];
		wall_ms expires = wall_of(gnutls_x509_crt_get_expiration_time(certificate));
		put_subject(certificate, subject, sizeof subject);
		if (!r->facts.count) {
			text_copy(r->facts.subject, sizeof r->facts.subject, subject);
			r->facts.starts = wall_of(gnutls_x509_crt_get_activation_time(certificate));
			r->facts.expires = expires;
		}
		note_ending(r, subject, expires);
		r->weakness = weakness_of(certificate);
		code = rewrite(block, &r->pem);
	}
	gnutls_x509_crt_deinit(certificate);
	return code;
}

static int import_key(const char *bytes, size_t len, gnutls_x509_privkey_t *key)
{
	gnutls_datum_t pem = datum_of(bytes, len);
	int code = gnutls_x509_privkey_init(key);
	if (code != GNUTLS_E_SUCCESS)
		return code;
	code = gnutls_x509_privkey_import2(*key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (code != GNUTLS_E_SUCCESS)
		gnutls_x509_privkey_deinit(*key);
	return code;
}

static int take_key(struct reading *r, const struct pem_block *block)
{
	gnutls_x509_privkey_t key;
	int code = import_key(block->bytes, block->len, &key);
	if (code != GNUTLS_E_SUCCESS)
		return code;
	gnutls_x509_privkey_deinit(key);
	return rewrite(block, &r->pem);
}

static bool is_encrypted(const struct pem_block *block)
{
	return pem_is_labelled(block, "ENCRYPTED PRIVATE KEY") ||
	    memmem(block->bytes, block->len, "Proc-Type:", strlen("Proc-Type:"));
}

/* False with `e` if the block must not be here, or cannot be read. */
static bool take(struct reading *r, enum certificate_use use, const struct pem_block *block, struct err *e)
{
	bool is_key = pem_is_kind(block, KEY);
	if (use == CERTIFICATE_AUTHORITIES && is_key)
		return err_set(e, "a private key in line %zu; expected CA certificates only", block->line);
	if (!(use == CERTIFICATE_KEY ? is_key : pem_is_labelled(block, uses[use].label)))
		return true; /* nothing that is needed here */
	if (is_key && is_encrypted(block))
		return err_set(e, "an encrypted key; expected one without a passphrase");
	int code = is_key ? take_key(r, block) : take_certificate(r, block);
	if (code != GNUTLS_E_SUCCESS) {
		const char *cause = gnutls_strerror(code);
		return err_set(e, "the %.*s in line %zu cannot be read: %.*s; copy the file again",
		    (int)block->label_len, block->label, block->line, (int)strcspn(cause, "."), cause);
	}
	if (use != CERTIFICATE_AUTHORITIES && r->weakness)
		return err_set(e, "the CERTIFICATE in line %zu has %s; expected another one", block->line, r->weakness);
	r->facts.count++;
	return true;
}

static bool read_blocks(struct reading *r, enum certificate_use use, const char *bytes, size_t len, struct err *e)
{
	struct pem_rest rest = {bytes, len, 0};
	struct pem_block block = {0};
	enum pem_found found = PEM_NONE;
	bool is_key = use == CERTIFICATE_KEY, is_enough = false; /* of keys only the first is used */
	while (!is_enough && (found = pem_next(&rest, &block)) == PEM_BLOCK) {
		if (!take(r, use, &block, e))
			return false;
		is_enough = is_key && r->facts.count;
	}
	if (found == PEM_CUT_SHORT)
		return err_set(e, "cut short: the %.*s in line %zu has no END line; expected the whole file",
		    (int)block.label_len, block.label, block.line);
	if (r->facts.count)
		return true;
	if (block.label)
		return err_set(e, "a %.*s; expected %s in PEM", (int)block.label_len, block.label, uses[use].called);
	const char *guess = pem_guess(bytes, len);
	return guess ? err_set(e, "%s; expected %s in PEM", guess, uses[use].called)
		     : err_set(e, "no PEM %s inside; expected one", is_key ? "private key" : "certificate");
}

char *certificate_read(enum certificate_use use, const char *bytes, size_t len, wall_ms now,
    struct certificate_facts *facts, struct err *e)
{
	struct reading r = {
	    .pem = use == CERTIFICATE_KEY ? buf_of_secret(PEM_MAX_BYTES) : buf_of(PEM_MAX_BYTES),
	    .ending = buf_of(sizeof r.facts.ending - 1),
	    .now = now,
	    .facts.ending_until = WALL_UNKNOWN,
	};
	bool is_good = read_blocks(&r, use, bytes, len, e);
	if (is_good && r.pem.overflow)
		is_good = err_set(e, "larger than %d bytes", PEM_MAX_BYTES);
	if (r.ending_count > ENDING_NAMED)
		buf_printf(&r.ending, "; and %zu more", r.ending_count - ENDING_NAMED);
	text_copy(r.facts.ending, sizeof r.facts.ending, buf_text(&r.ending));
	buf_fini(&r.ending);
	if (!is_good)
		buf_fini(&r.pem);
	else if (facts)
		*facts = r.facts;
	return r.pem.data;
}

bool certificate_replace(
    char **pem, enum certificate_use use, wall_ms now, struct certificate_facts *facts, struct err *e)
{
	char *fresh = certificate_read(use, *pem, strlen(*pem), now, facts, e);
	if (!fresh)
		return false;
	mem_free_secret(pem);
	*pem = fresh;
	return true;
}

bool certificate_has_key(const char *chain, const char *key_pem)
{
	gnutls_x509_crt_t certificate;
	gnutls_x509_privkey_t key;
	gnutls_datum_t pem = datum_of(chain, strlen(chain));
	unsigned char of_certificate[KEY_ID_BYTES], of_key[KEY_ID_BYTES];
	size_t certificate_size = sizeof of_certificate, key_size = sizeof of_key;
	if (gnutls_x509_crt_init(&certificate) != GNUTLS_E_SUCCESS)
		return false;
	bool is_same = gnutls_x509_crt_import(certificate, &pem, GNUTLS_X509_FMT_PEM) == GNUTLS_E_SUCCESS &&
	    gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, of_certificate, &certificate_size) == 0;
	gnutls_x509_crt_deinit(certificate);
	if (!is_same || import_key(key_pem, strlen(key_pem), &key) != GNUTLS_E_SUCCESS)
		return false;
	is_same = gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, of_key, &key_size) == 0 &&
	    key_size == certificate_size && memcmp(of_key, of_certificate, key_size) == 0;
	gnutls_x509_privkey_deinit(key);
	return is_same;
}
