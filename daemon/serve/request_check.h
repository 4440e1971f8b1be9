/* Requests that mean one thing to us and another to a proxy before us, or that nobody sends who means well. */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>

/* Is there a NUL in the path or the parameters? libmicrohttpd would end the path there. `uri` is as it was sent. */
bool request_check_nul(const char *uri);

/*
 * What is wrong with the header: a field that may stand there once (RFC 9110 section 5.3, RFC 9112 sections 3.2
 * and 6.3) and does not, or two lengths of the body. NULL if nothing is. A constant text.
 */
const char *request_check_header(struct MHD_Connection *connection);
