/*
 * How a Kubernetes API server writes an answer down for this client: gzipped above 128 KiB for
 * those who take it, indented for people with a curl.
 */
#pragma once

#include "answer.h"

void encode_answer(const struct request *r, struct answer *a);

/* Makes the answer a gzip stream that swells a thousandfold and never ends: blanks behind its
 * items. */
void encode_bomb(struct answer *a);
