/* Listening sockets that systemd has opened: socket activation. */
#pragma once

#include "serve/listen.h"

#include <stddef.h>

enum { LISTEN_INHERITED_MAX = 8 };
struct listen_inherited {
	int fd;
	enum listener_kind kind;
};

/*
 * Takes the sockets that systemd has opened for us (sd_listen_fds(3)): children do not inherit them, and the
 * environment no longer tells of them. A socket's name, FileDescriptorName= in its unit, says what it is for:
 * "health", "control", and every other name is for the web. Call it once, at the start.
 * False with `e` if there are none, or if one is no listening stream socket.
 */
bool listen_inherit(struct listen_inherited inherited[LISTEN_INHERITED_MAX], size_t *count, struct err *e)
    __attribute__((warn_unused_result));
