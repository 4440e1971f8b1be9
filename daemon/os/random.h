/* The only source of random numbers of the poll loop. They spread requests over time; they protect nothing. */
#pragma once

#include <stdint.h>

/* Any of the 2^32 numbers. Never blocks: without entropy, early at boot, it is the middle one. */
uint32_t random_word(void);

/* Uniform in [0, 1). Like random_word(). */
double random_draw(void);
