/* What a client certificate says of itself: GnuTLS, which libmicrohttpd brings along. */
#ifndef HAWATCH_AUTH_CERTIFICATE_H
#define HAWATCH_AUTH_CERTIFICATE_H

#include "base/units.h"

/* When the first certificate in `pem` ends (notAfter); unknown when none can be read. */
wall_ms certificate_expiry(const char *pem);

#endif
