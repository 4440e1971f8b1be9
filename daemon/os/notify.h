/* Words to systemd (sd_notify(3)): a datagram to $NOTIFY_SOCKET, nothing where that is unset. */
#ifndef HAWATCH_OS_NOTIFY_H
#define HAWATCH_OS_NOTIFY_H

#include <stdint.h>

/* Sends assignments such as "READY=1". Best effort, as sd_notify is. */
void notify_send(const char *assignments);

/* How often WATCHDOG=1 is due, in ms: half of what systemd asks for; 0 when it does not ask. */
int64_t notify_watchdog_ms(void);

#endif
