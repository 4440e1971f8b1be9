#define _DEFAULT_SOURCE /* arc4random */
#include "os/random.h"

#include <stdlib.h>

uint32_t random_word(void)
{
	return arc4random();
}

double random_draw(void)
{
	return (double)random_word() / 4294967296.0;
}
