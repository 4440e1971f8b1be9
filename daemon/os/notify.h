/* sd_notify(3): sends a datagram to $NOTIFY_SOCKET. Does nothing if it is unset. */
#pragma once

#include <stdint.h>

/* Sends assignments such as "READY=1"; a constant text. A failure is logged once, and kept for notify_send_again(). */
void notify_send(const char *assignments);

/* Sends what could not be sent last time. Without READY=1 systemd would end us, or wait for the end of a reload. */
void notify_send_again(void);

/* How often WATCHDOG=1 must be sent, in ms: half of systemd's WatchdogSec. 0: no watchdog. */
int64_t notify_watchdog_ms(void);
