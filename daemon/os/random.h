/* The only source of random numbers of the poll loop. They spread requests over time; they protect nothing. */
#pragma once

#include <stdint.h>

uint32_t random_word(void);

/* Uniform in [0, 1). */
double random_draw(void);
