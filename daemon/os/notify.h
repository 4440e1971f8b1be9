/* sd_notify(3): sends a datagram to $NOTIFY_SOCKET. Does nothing if it is unset. */
#pragma once

#include <stdint.h>

/* Sends assignments such as "READY=1". Best effort: failures are ignored. */
void notify_send(const char *assignments);

/* How often WATCHDOG=1 must be sent, in ms: half of systemd's WatchdogSec. 0: no watchdog. */
int64_t notify_watchdog_ms(void);
