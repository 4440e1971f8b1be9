/* Checks of PEM texts in a configuration: is the text of this kind, and can we use it? */
#pragma once

enum pem_kind { PEM_CERTIFICATE, PEM_PRIVATE_KEY };

/* "a PEM certificate", "a PEM private key". */
const char *pem_kind_called(enum pem_kind kind);

/* What is wrong with `text` as this kind of PEM, and what was expected; NULL: nothing. */
const char *pem_mistake(enum pem_kind kind, const char *text);
