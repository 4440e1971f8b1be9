#include "auth/certificate.h"

#include <gnutls/x509.h>
#include <string.h>

wall_ms certificate_expiry(const char *pem)
{
	gnutls_x509_crt_t certificate;
	gnutls_datum_t datum = {(unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem)};
	wall_ms expires = WALL_UNKNOWN;
	if (gnutls_x509_crt_init(&certificate) != GNUTLS_E_SUCCESS)
		return expires;
	if (gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_PEM) == GNUTLS_E_SUCCESS) {
		time_t ends = gnutls_x509_crt_get_expiration_time(certificate);
		if (ends > 0)
			expires = (wall_ms){(int64_t)ends * 1000};
	}
	gnutls_x509_crt_deinit(certificate);
	return expires;
}
