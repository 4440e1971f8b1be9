#include "config/pem.h"

#include <string.h>

static const struct {
	const char *begins, *called;
} pem_kinds[] = {
    [PEM_CERTIFICATE] = {"-----BEGIN CERTIFICATE-----", "a PEM certificate"},
    [PEM_PRIVATE_KEY] = {"PRIVATE KEY-----", "a PEM private key"},
};

const char *pem_mistake(enum pem_kind kind, const char *text)
{
	static const char *const missing[] = {
	    [PEM_CERTIFICATE] = "no PEM certificate inside; expected one",
	    [PEM_PRIVATE_KEY] = "no PEM private key inside; expected one",
	};
	if (!strstr(text, pem_kinds[kind].begins))
		return missing[kind];
	if (kind == PEM_PRIVATE_KEY && strstr(text, "ENCRYPTED"))
		return "an encrypted key; expected one without a passphrase";
	return NULL;
}

const char *pem_kind_called(enum pem_kind kind)
{
	return pem_kinds[kind].called;
}
