/*
 * Between the services and the network: one libmicrohttpd daemon a target, a thread a connection.
 * Whatever a fault does to a connection is done here, on the real socket.
 */
#pragma once

#include "fault.h"

#include <stdint.h>

struct target;

/*
 * Takes a port for the target (0: any free one) and keeps it for the simulator's life, whether or
 * not somebody listens on it. Ends the program when the port cannot be had.
 */
void serve_reserve(struct target *t, uint16_t port);

/* Whether the fault is one of how connections are taken, such as another certificate. */
bool serve_is_door(enum fault_kind fault);

/* Opens or closes the target's listening socket, as its knobs want it. sim.change is held. */
void serve_sync(struct target *t);

/* Closes the listening socket and every connection, and lets go of the port. */
void serve_end(struct target *t);
