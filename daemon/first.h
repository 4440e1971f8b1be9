/* What hawatchd does before there is a daemon: --config.probe and --config.init. */
#pragma once

#include "flags.h"
#include "loop/poller.h"

/* Neither is the service: what it told systemd would be taken for the daemon's. */
void first_leave_service_alone(void);

/* Asks everything once and prints the report. Returns the exit status: 1 if something that decides is missing. */
int first_probe(const struct flags *flags, struct poller *poller, int signal_fd);

/* Writes a first configuration of what Spot lists. Returns the exit status, with what there is to say printed. */
int first_init(const struct flags *flags, int signal_fd);
