/*
 * How a Kubernetes API server writes an answer down for this client: gzipped above 128 KiB for
 * those who take it, indented for people with a curl.
 */
#pragma once

#include "answer.h"

void encode_answer(const struct request *r, struct answer *a);

/* Makes the answer a gzip stream that never ends: `more` behind its items, over and over. */
void encode_endless(struct answer *a, const char *more, size_t more_len);
