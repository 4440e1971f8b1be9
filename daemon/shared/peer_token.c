#include "shared/peer_token.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct peer_token {
	pthread_mutex_t lock; /* held briefly */
	char *secret;         /* NULL: none */
};

struct peer_token *peer_token_new(void)
{
	struct peer_token *token = mem_zeroed(1, sizeof *token);
	pthread_mutex_init(&token->lock, NULL);
	return token;
}

void peer_token_free(struct peer_token **token)
{
	if (!*token)
		return;
	mem_free_secret(&(*token)->secret);
	pthread_mutex_destroy(&(*token)->lock);
	free(*token);
	*token = NULL;
}

void peer_token_set(struct peer_token *token, const char *secret)
{
	pthread_mutex_lock(&token->lock);
	mem_free_secret(&token->secret);
	token->secret = secret ? mem_copy_secret(secret, strlen(secret)) : NULL;
	pthread_mutex_unlock(&token->lock);
}

bool peer_token_is_set(struct peer_token *token)
{
	pthread_mutex_lock(&token->lock);
	bool is_set = token->secret;
	pthread_mutex_unlock(&token->lock);
	return is_set;
}

/* The time depends on the length of what is given, and on nothing of the secret but its length. */
static bool is_same(const char *given, const char *secret)
{
	size_t len = strlen(given), secret_len = strlen(secret);
	volatile unsigned char differs = len != secret_len;
	for (size_t i = 0; i < len; i++)
		differs |= (unsigned char)(given[i] ^ secret[i % secret_len]);
	return !differs;
}

bool peer_token_is_in(struct peer_token *token, const char *header)
{
	static const char scheme[] = "Bearer ";
	if (!header || strncasecmp(header, scheme, strlen(scheme)) != 0)
		return false;
	pthread_mutex_lock(&token->lock);
	bool is_in = token->secret && is_same(header + strlen(scheme), token->secret);
	pthread_mutex_unlock(&token->lock);
	return is_in;
}
