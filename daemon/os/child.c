#define _GNU_SOURCE /* pipe2, posix_spawn_file_actions_addclosefrom_np */
#include "os/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READS_MAX = 16 };

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* What comes from `fd` wakes the loop. */
static bool watch(int epoll_fd, int fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* A pipe. Our read end is non-blocking and is watched. */
static bool open_pipe(int epoll_fd, int fd[2])
{
	if (pipe2(fd, O_CLOEXEC) != 0) {
		fd[0] = fd[1] = -1;
		return false;
	}
	return fcntl(fd[0], F_SETFL, O_NONBLOCK) == 0 && watch(epoll_fd, fd[0]);
}

/* The child inherits only the write ends of the pipes and /dev/null. Without one of these steps it would write its
 * credential into our log. Returns 0 or an errno. */
static int choose_files(posix_spawn_file_actions_t *files, int out, int err)
{
	int failed = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(files, out, STDOUT_FILENO);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(files, err, STDERR_FILENO);
	return failed ? failed : posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
}

/* Returns 0 or an errno. */
static int spawn(pid_t *pid, char **argv, char **env, int out, int err)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&how, 0);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	posix_spawn_file_actions_init(&files);
	int failed = choose_files(&files, out, err);
	if (!failed)
		failed = posix_spawn(pid, argv[0], &files, &how, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	return failed;
}

bool child_start(struct child *c, int epoll_fd, char **argv, char **env, struct err *e)
{
	int out[2] = {-1, -1}, err[2] = {-1, -1}, failed = 0;
	if (!open_pipe(epoll_fd, out) || !open_pipe(epoll_fd, err) ||
	    (failed = spawn(&c->pid, argv, env, out[1], err[1]))) {
		err_set(e, "cannot be started: %s", strerror(failed ? failed : errno));
		c->pid = 0;
		close_end(&out[0]);
		close_end(&err[0]);
	}
	close_end(&out[1]);
	close_end(&err[1]);
	c->out_fd = out[0];
	c->err_fd = err[0];
	return c->pid != 0;
}

static void read_pipe(int *fd, struct buf *to)
{
	char bytes[4096];
	ssize_t got = -1;
	for (int i = 0; i < READS_MAX && *fd >= 0 && (got = read(*fd, bytes, sizeof bytes)) > 0; i++)
		buf_put_fitting(to, bytes, (size_t)got);
	if (*fd >= 0 && got <= 0 && (got == 0 || (errno != EAGAIN && errno != EINTR)))
		close_end(fd);
	explicit_bzero(bytes, sizeof bytes);
}

bool child_read(struct child *c, struct buf *out, struct buf *complaint)
{
	siginfo_t end = {0};
	/* Checked before reading, so that everything an ended program wrote is read. */
	bool has_ended = waitid(P_PID, (id_t)c->pid, &end, WEXITED | WNOHANG | WNOWAIT) != 0 || end.si_pid;
	read_pipe(&c->out_fd, out);
	read_pipe(&c->err_fd, complaint);
	return has_ended;
}

/* The whole process group; the pid stays reserved until waitpid(). */
void child_kill(const struct child *c)
{
	kill(-c->pid, SIGKILL);
}

int child_end(struct child *c)
{
	int status = 0;
	waitpid(c->pid, &status, 0);
	close_end(&c->out_fd);
	close_end(&c->err_fd);
	c->pid = 0;
	return status;
}

void child_move(const struct child *c, int epoll_fd)
{
	if (c->out_fd >= 0)
		watch(epoll_fd, c->out_fd);
	if (c->err_fd >= 0)
		watch(epoll_fd, c->err_fd);
}
