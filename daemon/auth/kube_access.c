#include "auth/kube_access.h"

#include "base/mem.h"

#include <string.h>

static char *copy(const char *text)
{
	return text ? mem_copy_text(text, strlen(text)) : NULL;
}

static char *copy_secret(const char *text)
{
	return text ? mem_copy_secret(text, strlen(text)) : NULL;
}

void kube_access_take(struct kube_access *access, const struct kube_auth *auth)
{
	struct fetch_tls tls = kube_auth_tls(auth);
	kube_access_fini(access);
	*access = (struct kube_access){
	    .peer = auth->peer,
	    .server = copy(auth->server),
	    .bearer = copy_secret(auth->bearer),
	    .ca_pem = copy(tls.ca_pem),
	    .ca_name = copy(tls.ca_name),
	    .server_name = copy(tls.server_name),
	    .cert_pem = copy(tls.cert_pem),
	    .cert_name = copy(tls.cert_name),
	    .key_pem = copy_secret(tls.key_pem),
	    .basic = copy_secret(tls.basic),
	    .headers = copy(tls.headers),
	    .proxy = copy_secret(tls.proxy),
	    .is_insecure = tls.insecure,
	    .is_uncompressed = tls.uncompressed,
	};
}

struct fetch_tls kube_access_tls(const struct kube_access *access)
{
	return (struct fetch_tls){
	    .peer = access->peer,
	    .ca_pem = access->ca_pem,
	    .ca_name = access->ca_name,
	    .server_name = access->server_name,
	    .insecure = access->is_insecure,
	    .cert_pem = access->cert_pem,
	    .cert_name = access->cert_name,
	    .key_pem = access->key_pem,
	    .basic = access->basic,
	    .headers = access->headers,
	    .proxy = access->proxy,
	    .uncompressed = access->is_uncompressed,
	};
}

void kube_access_fini(struct kube_access *access)
{
	char **const texts[] = {&access->server, &access->bearer, &access->ca_pem, &access->ca_name,
	    &access->server_name, &access->cert_pem, &access->cert_name, &access->key_pem, &access->basic,
	    &access->headers, &access->proxy};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		mem_free_secret(texts[i]);
}
