#include "os/random.h"

#include <sys/random.h>

uint32_t random_word(void)
{
	uint32_t word = 0;
	/* arc4random() would wait for entropy early at boot, and the loop with it. */
	if (getrandom(&word, sizeof word, GRND_NONBLOCK) != sizeof word)
		word = UINT32_MAX / 2;
	return word;
}

double random_draw(void)
{
	return (double)random_word() / 4294967296.0;
}
