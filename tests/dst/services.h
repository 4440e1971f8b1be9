/* Inside of the world: tests/sim, of which no name reaches the rest of the program. */
#pragma once

#include "../sim/fault.h"
#include "../sim/state.h"
#include "world.h"

extern struct sim services;

static inline struct target *services_target(size_t i)
{
	return &services.targets[i];
}

/* Frees the answers that were kept. */
void services_forget(void);
