#define _POSIX_C_SOURCE 200809L /* sigaction, setenv */
#include "cli/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED_FROM = 126 }; /* the shell's exit status: 126 cannot be executed, 127 not found */

/* NULL: none. */
static const char *chosen(void)
{
	const char *pager = getenv("HAWATCH_PAGER");
	if (!pager)
		pager = getenv("PAGER");
	if (!pager)
		pager = "less";
	return *pager && strcmp(pager, "cat") != 0 ? pager : NULL;
}

static _Noreturn void become(const char *pager, const int fds[2])
{
	sigset_t none;
	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setenv("LESS", "FRX", 0);
	setenv("LESSCHARSET", "utf-8", 0); /* as screen_open() takes it: in every locale */
	if (dup2(fds[0], STDIN_FILENO) < 0)
		_exit(NOT_STARTED_FROM);
	close(fds[0]);
	close(fds[1]);
	execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
	_exit(NOT_STARTED_FROM);
}

/* The reader may end before it has all. */
static void feed(int fd, const struct buf *out)
{
	for (size_t done = 0; done < out->len;) {
		ssize_t n = write(fd, out->data + done, out->len - done);
		if (n < 0 && errno != EINTR)
			return;
		done += n > 0 ? (size_t)n : 0;
	}
}

/* False if it has not started. Ctrl-C is the pager's meanwhile. */
static bool run(const char *pager, const struct buf *out)
{
	int fds[2], status = 0;
	if (pipe(fds) != 0)
		return false;
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	pid_t child = fork();
	if (child == 0)
		become(pager, fds);
	close(fds[0]);
	if (child > 0)
		feed(fds[1], out);
	close(fds[1]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	return child > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) >= NOT_STARTED_FROM);
}

enum flush pager_flush(const struct cmd *cmd, const struct buf *out)
{
	const char *pager = chosen();
	bool is_paged = cmd->screen.has_cursor && !cmd->has_no_pager && pager && !out->overflow;
	return is_paged && run(pager, out) ? FLUSHED : screen_flush(out);
}
