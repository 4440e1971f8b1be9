#include "serve/tls.h"

#include "base/mem.h"
#include "os/files.h"
#include "os/log.h"
#include "serve/tls_priority.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	PEM_BYTES_MAX = 4 << 20,
	EXTENSION_VERSIONS = 43, /* supported_versions (RFC 8446, 4.2.1) */
};
static const unsigned char tls13[] = {3, 4};

struct tls {
	size_t references;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priority;
	gnutls_priority_t classic; /* of clients without TLS 1.3; NULL: the same */
	int client_auth;           /* enum web_client_auth */
	bool has_own_ca;
	char **sans; /* a client's certificate must have one of these names; NULL: no matter */
	size_t san_count;
	struct certificate_facts facts;
};

struct tls_session {
	struct tls *tls;
	gnutls_session_t gnutls;
	int fd;
	uint64_t *moves;
};

static gnutls_datum_t datum_of(const char *text)
{
	return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

/* Reading. */

/* The caller frees it with mem_free_secret(). */
static char *read_pem(
    const struct web_pem *pem, enum certificate_use use, wall_ms now, struct certificate_facts *facts, struct err *e)
{
	struct err why;
	size_t len = pem->text ? strlen(pem->text) : 0;
	char *bytes = pem->text ? mem_copy_text(pem->text, len) : files_read(pem->file, PEM_BYTES_MAX, &len, e);
	if (!bytes)
		return NULL;
	char *read = certificate_read(use, bytes, len, now, facts, &why);
	mem_free_secret_bytes(bytes, len);
	if (!read)
		err_set(e, "%.200s: %.300s", pem->name, why.text);
	return read;
}

static bool use_certificate(struct tls *tls, const struct web_conf_tls *conf, wall_ms now, struct err *e)
{
	char *chain = read_pem(&conf->cert, CERTIFICATE_SERVER, now, &tls->facts, e), *key = NULL;
	bool is_good = chain && (key = read_pem(&conf->key, CERTIFICATE_KEY, now, NULL, e));
	if (is_good && !certificate_has_key(chain, key))
		is_good =
		    err_set(e, "%.200s is not the key of the certificate in %.200s", conf->key.name, conf->cert.name);
	if (is_good) {
		gnutls_datum_t chain_pem = datum_of(chain), key_pem = datum_of(key);
		int code = gnutls_certificate_set_x509_key_mem2(
		    tls->credentials, &chain_pem, &key_pem, GNUTLS_X509_FMT_PEM, NULL, 0);
		if (code < 0)
			is_good = err_set(e, "%.300s: %s", conf->cert.name, gnutls_strerror(code));
	}
	mem_free_secret(&chain);
	mem_free_secret(&key);
	return is_good;
}

static bool use_authorities(struct tls *tls, const struct web_conf_tls *conf, wall_ms now, struct err *e)
{
	tls->has_own_ca = conf->client_ca.name;
	bool verifies = conf->client_auth == WEB_VERIFY_CERT || conf->client_auth == WEB_REQUIRE_AND_VERIFY;
	if (!tls->has_own_ca) {
		int count = verifies ? gnutls_certificate_set_x509_system_trust(tls->credentials) : 1;
		return count > 0 ||
		    err_set(e, "tls_server_config: this machine has no CA certificates; expected client_ca_file");
	}
	char *authorities = read_pem(&conf->client_ca, CERTIFICATE_AUTHORITIES, now, NULL, e);
	if (!authorities)
		return false;
	gnutls_datum_t pem = datum_of(authorities);
	int count = gnutls_certificate_set_x509_trust_mem(tls->credentials, &pem, GNUTLS_X509_FMT_PEM);
	mem_free_secret(&authorities);
	return count > 0 ||
	    err_set(e, "%.300s: %s", conf->client_ca.name, count ? gnutls_strerror(count) : "no CA certificate");
}

static bool is_rsa(struct tls *tls)
{
	gnutls_x509_crt_t *chain;
	unsigned count = 0;
	if (gnutls_certificate_get_x509_crt(tls->credentials, 0, &chain, &count) != GNUTLS_E_SUCCESS)
		return false;
	int algorithm = count ? gnutls_x509_crt_get_pk_algorithm(chain[0], NULL) : GNUTLS_PK_UNKNOWN;
	for (unsigned i = 0; i < count; i++)
		gnutls_x509_crt_deinit(chain[i]);
	gnutls_free(chain);
	return algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_RSA_PSS;
}

/* False if GnuTLS, as this machine has set it up, leaves out one of the versions. */
static bool has_versions(gnutls_priority_t priority, int min, int max, struct err *e)
{
	const unsigned *list;
	int count = gnutls_priority_protocol_list(priority, &list);
	for (int version = min; version <= max; version++) {
		int i = 0;
		while (i < count && (int)list[i] != tls_priority_version(version))
			i++;
		if (i >= count)
			return err_set(e,
			    "tls_server_config: the GnuTLS of this machine does not offer %s; expected another "
			    "min_version or max_version",
			    web_conf_tls_versions[version]);
	}
	return true;
}

static bool set_priority(
    gnutls_priority_t *out, const struct web_conf_tls *conf, int min, int max, bool has_suites, bool rsa, struct err *e)
{
	struct buf text = buf_of(TLS_PRIORITY_MAX_BYTES);
	tls_priority_put(conf, min, max, has_suites, rsa, &text);
	int code = gnutls_priority_init(out, buf_text(&text), NULL);
	buf_fini(&text);
	return code == GNUTLS_E_SUCCESS
	    ? has_versions(*out, min, max, e)
	    : err_set(e, "tls_server_config: GnuTLS does not take these versions, suites and curves: %s",
		  gnutls_strerror(code));
}

/*
 * The configured suites are of TLS 1.2 and older. GnuTLS has one list of ciphers for all versions, so a client with TLS
 * 1.3 gets another set of priorities.
 */
static bool use_priorities(struct tls *tls, const struct web_conf_tls *conf, struct err *e)
{
	int min = conf->min_version, max = conf->max_version;
	bool rsa = is_rsa(tls), has_suites = conf->cipher_suites.count && min < WEB_TLS13;
	if (!has_suites)
		return set_priority(&tls->priority, conf, min, max, false, rsa, e);
	bool can_serve = tls_priority_has_suite(conf, rsa);
	if (!can_serve && max < WEB_TLS13)
		return err_set(e,
		    "tls_server_config: cipher_suites has none for the %s key of this certificate; expected one with "
		    "TLS_ECDHE_%s_",
		    rsa ? "RSA" : "ECDSA", rsa ? "RSA" : "ECDSA");
	if (max < WEB_TLS13)
		return set_priority(&tls->priority, conf, min, max, true, rsa, e);
	return set_priority(&tls->priority, conf, WEB_TLS13, max, false, rsa, e) &&
	    (!can_serve || set_priority(&tls->classic, conf, min, WEB_TLS12, true, rsa, e));
}

/* Refusing. */

static bool is_allowed(const struct tls *tls, unsigned type, const gnutls_datum_t *name)
{
	char address[INET6_ADDRSTRLEN] = "";
	const char *text = (const char *)name->data;
	size_t len = name->size;
	if (type == GNUTLS_SAN_IPADDRESS) {
		if ((len != 4 && len != 16) ||
		    !inet_ntop(len == 4 ? AF_INET : AF_INET6, name->data, address, sizeof address))
			return false;
		text = address;
		len = strlen(address);
	} else if (type != GNUTLS_SAN_DNSNAME && type != GNUTLS_SAN_RFC822NAME && type != GNUTLS_SAN_URI)
		return false;
	for (size_t i = 0; i < tls->san_count; i++)
		if (strlen(tls->sans[i]) == len && memcmp(tls->sans[i], text, len) == 0)
			return true;
	return false;
}

static bool has_allowed_name(const struct tls *tls, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t extension = {0}, name;
	gnutls_subject_alt_names_t names;
	bool is_found = false;
	unsigned type;
	if (gnutls_x509_crt_get_extension_by_oid2(certificate, GNUTLS_X509EXT_OID_SAN, 0, &extension, NULL) != 0)
		return false;
	if (gnutls_subject_alt_names_init(&names) == GNUTLS_E_SUCCESS) {
		if (gnutls_x509_ext_import_subject_alt_names(&extension, names, 0) == GNUTLS_E_SUCCESS)
			for (unsigned i = 0;
			     !is_found && gnutls_subject_alt_names_get(names, i, &type, &name, NULL) == 0; i++)
				is_found = is_allowed(tls, type, &name);
		gnutls_subject_alt_names_deinit(names);
	}
	gnutls_free(extension.data);
	return is_found;
}

/* The first certificate that a client sends is its own (RFC 8446, 4.4.2). */
static bool is_one_of_sans(const struct tls *tls, gnutls_session_t session)
{
	unsigned count = 0;
	gnutls_x509_crt_t certificate;
	const gnutls_datum_t *sent = gnutls_certificate_get_peers(session, &count);
	if (!sent || !count || gnutls_x509_crt_init(&certificate) != GNUTLS_E_SUCCESS)
		return false;
	bool is_good = gnutls_x509_crt_import(certificate, &sent[0], GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS &&
	    has_allowed_name(tls, certificate);
	gnutls_x509_crt_deinit(certificate);
	return is_good;
}

/* Tells the client, and whoever debugs the daemon, why. */
static int refuse(gnutls_session_t session, gnutls_alert_description_t alert, const char *why)
{
	log_debug("client certificate refused", "error", why);
	gnutls_alert_send(session, GNUTLS_AL_FATAL, alert);
	return GNUTLS_E_CERTIFICATE_ERROR;
}

/* GnuTLS calls it before the handshake ends; with TLS 1.2 also if the client has sent no certificate. */
static int verify(gnutls_session_t session)
{
	const struct tls *tls = ((struct tls_session *)gnutls_session_get_ptr(session))->tls;
	bool must_have = tls->client_auth == WEB_REQUIRE_CERT || tls->client_auth == WEB_REQUIRE_AND_VERIFY;
	gnutls_typed_vdata_st purpose = {
	    .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT};
	bool verifies = tls->client_auth == WEB_VERIFY_CERT || tls->client_auth == WEB_REQUIRE_AND_VERIFY;
	unsigned status = 0, count = 0;
	if (!gnutls_certificate_get_peers(session, &count) || !count)
		return must_have ? refuse(session, GNUTLS_A_BAD_CERTIFICATE, "none") : 0;
	int code = verifies ? gnutls_certificate_verify_peers(session, &purpose, 1, &status) : GNUTLS_E_SUCCESS;
	if (code != GNUTLS_E_SUCCESS)
		return refuse(session, GNUTLS_A_BAD_CERTIFICATE, gnutls_strerror(code));
	if (status & GNUTLS_CERT_EXPIRED)
		return refuse(session, GNUTLS_A_CERTIFICATE_EXPIRED, "expired");
	if (status & GNUTLS_CERT_SIGNER_NOT_FOUND)
		return refuse(session, GNUTLS_A_UNKNOWN_CA, "of another CA");
	if (status)
		return refuse(session, GNUTLS_A_BAD_CERTIFICATE,
		    status & GNUTLS_CERT_NOT_ACTIVATED          ? "not valid yet"
			: status & GNUTLS_CERT_PURPOSE_MISMATCH ? "not for clients"
								: "not valid");
	if (tls->sans && !is_one_of_sans(tls, session))
		return refuse(session, GNUTLS_A_BAD_CERTIFICATE, "none of its names is among client_allowed_sans");
	return 0;
}

/* Sessions. */

static int note_version(void *ctx, unsigned id, const unsigned char *bytes, unsigned len)
{
	bool *has_tls13 = ctx;
	for (unsigned i = 1; id == EXTENSION_VERSIONS && i + 1 < len; i += 2) /* behind the length of the list */
		*has_tls13 |= memcmp(bytes + i, tls13, sizeof tls13) == 0;
	return 0;
}

/* Before GnuTLS itself reads the client's first message. */
static int choose_priority(
    gnutls_session_t session, unsigned type, unsigned when, unsigned is_incoming, const gnutls_datum_t *hello)
{
	const struct tls *tls = ((struct tls_session *)gnutls_session_get_ptr(session))->tls;
	bool has_tls13 = false;
	(void)type;
	(void)when;
	(void)is_incoming;
	gnutls_ext_raw_parse(&has_tls13, note_version, hello, GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO);
	return has_tls13 ? 0 : gnutls_priority_set(session, tls->classic);
}

static ssize_t pull(gnutls_transport_ptr_t ctx, void *bytes, size_t size)
{
	struct tls_session *s = ctx;
	ssize_t got = recv(s->fd, bytes, size, 0);
	*s->moves += got >= 0;
	if (got < 0)
		gnutls_transport_set_errno(s->gnutls, errno);
	return got;
}

static ssize_t push(gnutls_transport_ptr_t ctx, const void *bytes, size_t len)
{
	struct tls_session *s = ctx;
	ssize_t sent = send(s->fd, bytes, len, MSG_NOSIGNAL);
	*s->moves += sent >= 0;
	if (sent < 0)
		gnutls_transport_set_errno(s->gnutls, errno);
	return sent;
}

struct tls_session *tls_begin(struct tls *tls, void *gnutls, int fd, uint64_t *moves)
{
	static const gnutls_certificate_request_t requests[WEB_CLIENT_AUTHS] = {
	    [WEB_NO_CERT] = GNUTLS_CERT_IGNORE,
	    [WEB_REQUEST_CERT] = GNUTLS_CERT_REQUEST,
	    [WEB_REQUIRE_CERT] = GNUTLS_CERT_REQUIRE,
	    [WEB_VERIFY_CERT] = GNUTLS_CERT_REQUEST,
	    [WEB_REQUIRE_AND_VERIFY] = GNUTLS_CERT_REQUIRE,
	};
	if (gnutls_credentials_set(gnutls, GNUTLS_CRD_CERTIFICATE, tls->credentials) != GNUTLS_E_SUCCESS ||
	    gnutls_priority_set(gnutls, tls->priority) != GNUTLS_E_SUCCESS)
		return NULL;
	struct tls_session *s = mem_zeroed(1, sizeof *s);
	*s = (struct tls_session){tls, gnutls, fd, moves};
	tls->references++;
	gnutls_session_set_ptr(gnutls, s);
	gnutls_transport_set_ptr(gnutls, s);
	gnutls_transport_set_pull_function(gnutls, pull);
	gnutls_transport_set_push_function(gnutls, push);
	gnutls_certificate_server_set_request(gnutls, requests[tls->client_auth]);
	if (!tls->has_own_ca) /* the system's would be too many to name */
		gnutls_certificate_send_x509_rdn_sequence(gnutls, 1);
	if (tls->classic)
		gnutls_handshake_set_hook_function(
		    gnutls, GNUTLS_HANDSHAKE_CLIENT_HELLO, GNUTLS_HOOK_PRE, choose_priority);
	return s;
}

void tls_end(struct tls_session *session)
{
	if (session)
		tls_release(session->tls);
	free(session);
}

size_t tls_pending(const struct tls_session *session)
{
	return gnutls_record_check_pending(session->gnutls);
}

struct tls *tls_new(const struct web_conf_tls *conf, wall_ms now, struct err *e)
{
	struct tls *tls = mem_zeroed(1, sizeof *tls);
	tls->references = 1;
	tls->client_auth = conf->client_auth;
	if (gnutls_certificate_allocate_credentials(&tls->credentials) != GNUTLS_E_SUCCESS)
		mem_end();
	gnutls_certificate_set_verify_function(tls->credentials, verify);
	tls->san_count = conf->client_allowed_sans.count;
	tls->sans = tls->san_count ? mem_zeroed(tls->san_count, sizeof *tls->sans) : NULL;
	for (size_t i = 0; i < tls->san_count; i++)
		tls->sans[i] = mem_copy_text(conf->client_allowed_sans.v[i], strlen(conf->client_allowed_sans.v[i]));
	if (!use_certificate(tls, conf, now, e) || !use_authorities(tls, conf, now, e) ||
	    !use_priorities(tls, conf, e)) {
		tls_release(tls);
		return NULL;
	}
	return tls;
}

void tls_release(struct tls *tls)
{
	if (!tls || --tls->references)
		return;
	gnutls_certificate_free_credentials(tls->credentials);
	if (tls->priority)
		gnutls_priority_deinit(tls->priority);
	if (tls->classic)
		gnutls_priority_deinit(tls->classic);
	for (size_t i = 0; i < tls->san_count; i++)
		free(tls->sans[i]);
	free(tls->sans);
	free(tls);
}

const struct certificate_facts *tls_facts(const struct tls *tls)
{
	return &tls->facts;
}
