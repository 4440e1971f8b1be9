/*
 * A program that runs beside the loop and writes its answer to stdout: without a shell, in a process group of its own,
 * with /dev/null as stdin and no descriptor of ours. Nothing here waits for it.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* Start from CHILD_NONE. */
struct child {
	pid_t pid;          /* 0: not running */
	int out_fd, err_fd; /* -1: closed */
};
#define CHILD_NONE ((struct child){0, -1, -1})

/*
 * Starts argv[0], a path. What it writes wakes `epoll_fd`. False with the cause in `e`: it does not run, and nothing is
 * left of it.
 */
bool child_start(struct child *child, int epoll_fd, char **argv, char **env, struct err *e)
    __attribute__((warn_unused_result));

/*
 * Reads what is there, as much as a pipe holds at most, so that a fast writer does not block the loop. A full buffer
 * drops the rest and sets `overflow`. True when the program has ended: then all that it wrote has been read.
 */
bool child_read(struct child *child, struct buf *out, struct buf *complaint) __attribute__((warn_unused_result));

/* SIGKILL to the program and all that it started. */
void child_kill(const struct child *child);

/* Collects one that has ended, or after child_kill() waits for its end. Returns its status as waitpid(2) has it. */
int child_end(struct child *child);

/* Another loop watches it from now on. If a pipe cannot be watched, it is read at the next turn all the same. */
void child_move(const struct child *child, int epoll_fd);
