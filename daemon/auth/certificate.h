/* Reads the expiry of a client certificate with GnuTLS, which libmicrohttpd already links. */
#pragma once

#include "base/units.h"

/* The notAfter time of the first certificate in `pem`; WALL_UNKNOWN if none can be read. */
wall_ms certificate_expiry(const char *pem);
