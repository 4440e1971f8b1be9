/*
 * Finds the blocks of a PEM text (RFC 7468) where kubectl and OpenSSL find them: a BEGIN line starts at the start of a
 * line, and text around blocks is skipped. What is inside a block is not looked at here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* One block. The bytes are borrowed. */
struct pem_block {
	const char *label; /* "CERTIFICATE": label_len bytes of A-Z, 0-9 and spaces */
	size_t label_len;
	const char *bytes; /* from BEGIN to the end of the END line; `len` bytes */
	size_t len;
	size_t line; /* of its BEGIN, from 1 */
};

/* What is left to read of a text. Set `bytes` and `len`, and the rest to zero. */
struct pem_rest {
	const char *bytes;
	size_t len;
	size_t lines; /* read so far */
};

enum pem_found { PEM_NONE, PEM_BLOCK, PEM_CUT_SHORT };

/* Finds the next block. PEM_CUT_SHORT: `block` has a BEGIN line and no END line; then only label and line are set. */
enum pem_found pem_next(struct pem_rest *rest, struct pem_block *block);

bool pem_is_labelled(const struct pem_block *block, const char *label);

/* The label is KIND, or anything and KIND: "RSA PRIVATE KEY" is a "PRIVATE KEY". */
bool pem_is_kind(const struct pem_block *block, const char *kind);

/* What `len` bytes without a block look like, and the remedy: for a message. NULL: like nothing in particular. */
const char *pem_guess(const char *bytes, size_t len);
