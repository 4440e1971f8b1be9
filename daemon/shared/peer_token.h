/*
 * The secret by which peers know each other. The poller reads its file and sets it here; the server compares what a
 * request has with it, before the request costs anything.
 */
#pragma once

#include <stdbool.h>

struct peer_token;

struct peer_token *peer_token_new(void);
void peer_token_free(struct peer_token **token);

/* Copies the secret; NULL: there is none, and nobody is a peer. */
void peer_token_set(struct peer_token *token, const char *secret);

/* Whether there is one. */
bool peer_token_is_set(struct peer_token *token);

/*
 * Whether an Authorization header (NULL: there is none) has it, as "Bearer SECRET" (RFC 6750). Takes the same time
 * whatever of it is wrong.
 */
bool peer_token_is_in(struct peer_token *token, const char *header);
