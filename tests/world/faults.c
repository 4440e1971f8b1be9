/*
 * For LD_PRELOAD: makes calls of hawatchd fail, as the levers of TEST_LEVERS say: the n-th allocation, the n-th call of
 * a function of the table below; or makes fsync() hang. Its children, and other programs, are left alone. Without the
 * variable nothing changes.
 */
#define _GNU_SOURCE
#include "levers.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

/* FD: the call names a file by its descriptor, PATH: by its path, NONE: not at all. */
#define FUNCTIONS(FD, PATH, NONE)                                                                                      \
	PATH(int, access, (const char *path, int mode), (path, mode), -1)                                              \
	PATH(int, stat, (const char *restrict path, struct stat *restrict st), (path, st), -1)                         \
	PATH(FILE *, fopen, (const char *restrict path, const char *restrict how), (path, how), NULL)                  \
	PATH(DIR *, opendir, (const char *path), (path), NULL)                                                         \
	PATH(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), -1)                      \
	PATH(int, renameat, (int from, const char *path, int to, const char *name), (from, path, to, name), -1)        \
	FD(int, fstat, (int fd, struct stat *st), (fd, st), -1)                                                        \
	FD(int, fdatasync, (int fd), (fd), -1)                                                                         \
	FD(int, ftruncate, (int fd, off_t len), (fd, len), -1)                                                         \
	NONE(int, socket, (int family, int type, int protocol), (family, type, protocol), -1)                          \
	NONE(int, bind, (int fd, const struct sockaddr *to, socklen_t len), (fd, to, len), -1)                         \
	NONE(int, listen, (int fd, int backlog), (fd, backlog), -1)                                                    \
	NONE(int, connect, (int fd, const struct sockaddr *to, socklen_t len), (fd, to, len), -1)                      \
	NONE(int, accept4, (int fd, struct sockaddr *restrict from, socklen_t *restrict len, int flags),               \
	    (fd, from, len, flags), -1)                                                                                \
	NONE(ssize_t, sendto,                                                                                          \
	    (int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to, socklen_t size),             \
	    (fd, bytes, len, flags, to, size), -1)                                                                     \
	NONE(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags), -1)            \
	NONE(int, getsockopt, (int fd, int level, int name, void *restrict value, socklen_t *restrict len),            \
	    (fd, level, name, value, len), -1)                                                                         \
	NONE(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t len),                         \
	    (fd, level, name, value, len), -1)                                                                         \
	NONE(int, socketpair, (int family, int type, int protocol, int fds[2]), (family, type, protocol, fds), -1)     \
	NONE(int, pipe2, (int fds[2], int flags), (fds, flags), -1)                                                    \
	NONE(int, eventfd, (unsigned count, int flags), (count, flags), -1)                                            \
	NONE(int, signalfd, (int fd, const sigset_t *set, int flags), (fd, set, flags), -1)                            \
	NONE(int, epoll_create1, (int flags), (flags), -1)                                                             \
	NONE(int, epoll_wait, (int fd, struct epoll_event *events, int count, int ms), (fd, events, count, ms), -1)    \
	NONE(int, poll, (struct pollfd * fds, nfds_t count, int ms), (fds, count, ms), -1)                             \
	NONE(ssize_t, getrandom, (void *bytes, size_t len, unsigned flags), (bytes, len, flags), -1)                   \
	NONE(pid_t, waitpid, (pid_t pid, int *status, int flags), (pid, status, flags), -1)                            \
	NONE(int, waitid, (idtype_t type, id_t id, siginfo_t * end, int flags), (type, id, end, flags), -1)            \
	NONE(int, getaddrinfo,                                                                                         \
	    (const char *restrict name, const char *restrict port, const struct addrinfo *restrict hints,              \
		struct addrinfo **restrict found),                                                                     \
	    (name, port, hints, found), EAI_SYSTEM)                                                                    \
	NONE(int, pthread_create,                                                                                      \
	    (pthread_t *restrict thread, const pthread_attr_t *restrict how, void *(*run)(void *),                     \
		void *restrict ctx),                                                                                   \
	    (thread, how, run, ctx), errno)                                                                            \
	NONE(int, posix_spawn,                                                                                         \
	    (pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *files,                  \
		const posix_spawnattr_t *restrict how, char *const argv[restrict], char *const env[restrict]),         \
	    (pid, path, files, how, argv, env), errno)                                                                 \
	NONE(int, posix_spawn_file_actions_adddup2, (posix_spawn_file_actions_t * files, int fd, int to),              \
	    (files, fd, to), errno)

/* These take an argument more or less, or do half of it. */
#define OTHERS(NAME)                                                                                                   \
	NAME(epoll_ctl)                                                                                                \
	NAME(readdir)                                                                                                  \
	NAME(open) NAME(openat) NAME(fcntl) NAME(fsync) NAME(close) NAME(read) NAME(write) NAME(send) NAME(recv)

#define FUNCTION_ID(type, name, parameters, arguments, failed) IS_##name,
#define OTHER_ID(name) IS_##name,
enum { FUNCTIONS(FUNCTION_ID, FUNCTION_ID, FUNCTION_ID) OTHERS(OTHER_ID) COUNT };
#define FUNCTION_NAME(type, name, parameters, arguments, failed) #name,
#define OTHER_NAME(name) #name,
static const char *const names[COUNT] = {FUNCTIONS(FUNCTION_NAME, FUNCTION_NAME, FUNCTION_NAME) OTHERS(OTHER_NAME)};

static struct levers *levers;

__attribute__((constructor)) static void begin(void)
{
	_Static_assert((int)COUNT <= (int)FAULT_FUNCTIONS, "room for all functions");
	if (strcmp(program_invocation_short_name, "hawatchd") != 0)
		return;
	struct levers *mapped = levers_map(getenv("TEST_LEVERS"));
	for (int i = 0; mapped && i < COUNT; i++) {
		snprintf(mapped->functions[i], FAULT_NAME_BYTES, "%s", names[i]);
		mapped->calls[i] = 0;
	}
	levers = mapped;
}

static void *next_of(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);
	if (!found)
		abort();
	return found;
}

static int names_file(const char *only, int fd, const char *path)
{
	char link[64], name[512];
	if (fd >= 0) {
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		ssize_t len = readlink(link, name, sizeof name - 1);
		name[len > 0 ? len : 0] = '\0';
		path = name;
	}
	return path && strstr(path, only);
}

/* Whether this call fails; then errno is set. */
static int fails(int function, int fd, const char *path)
{
	if (!levers)
		return 0;
	int before = errno;
	struct fault *f = &levers->fault;
	atomic_fetch_add(&levers->calls[function], 1);
	if (!f->is_set || strcmp(f->function, names[function]) != 0)
		return 0;
	int is_meant = !f->only[0] || names_file(f->only, fd, path);
	errno = before;
	if (!is_meant)
		return 0;
	long n = atomic_fetch_add(&f->seen, 1) + 1;
	if (n < f->at || (n - f->at) % f->every != 0 || atomic_fetch_add(&f->hits, 1) >= f->times)
		return 0;
	errno = f->error;
	return 1;
}

#define DEFINE(type, name, parameters, arguments, failed, fd, path)                                                    \
	type name parameters                                                                                           \
	{                                                                                                              \
		static type(*_Atomic real) parameters;                                                                 \
		if (fails(IS_##name, fd, path))                                                                        \
			return failed;                                                                                 \
		if (!real)                                                                                             \
			real = (__typeof__(&name))next_of(#name);                                                      \
		return real arguments;                                                                                 \
	}
#define DEFINE_FD(type, name, parameters, arguments, failed) DEFINE(type, name, parameters, arguments, failed, fd, NULL)
#define DEFINE_PATH(type, name, parameters, arguments, failed)                                                         \
	DEFINE(type, name, parameters, arguments, failed, -1, path)
#define DEFINE_NONE(type, name, parameters, arguments, failed)                                                         \
	DEFINE(type, name, parameters, arguments, failed, -1, NULL)
FUNCTIONS(DEFINE_FD, DEFINE_PATH, DEFINE_NONE)

/* Only what takes memory or a place is refused: the kernel always takes a descriptor out. */
int epoll_ctl(int fd, int how, int of, struct epoll_event *event)
{
	if (how != EPOLL_CTL_DEL && fails(IS_epoll_ctl, -1, NULL))
		return -1;
	return (int)syscall(SYS_epoll_ctl, fd, how, of, event);
}

struct dirent *readdir(DIR *folder)
{
	static struct dirent *(*_Atomic real)(DIR *);
	if (fails(IS_readdir, dirfd(folder), NULL))
		return NULL;
	if (!real)
		real = (__typeof__(&readdir))next_of("readdir");
	return real(folder);
}

static int open_at(int function, int folder, const char *path, int flags, va_list more)
{
	int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;
	return fails(function, -1, path) ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	int fd = open_at(IS_open, AT_FDCWD, path, flags, more);
	va_end(more);
	return fd;
}

int openat(int folder, const char *path, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	int fd = open_at(IS_openat, folder, path, flags, more);
	va_end(more);
	return fd;
}

int fcntl(int fd, int what, ...)
{
	va_list more;
	va_start(more, what);
	long value = va_arg(more, long);
	va_end(more);
	return fails(IS_fcntl, fd, NULL) ? -1 : (int)syscall(SYS_fcntl, fd, what, value);
}

int fsync(int fd)
{
	while (levers && levers->held_saves)
		syscall(SYS_nanosleep, &(struct timespec){0, 10000000}, NULL);
	return fails(IS_fsync, fd, NULL) ? -1 : (int)syscall(SYS_fsync, fd);
}

/* As on Linux, the descriptor is closed all the same. */
int close(int fd)
{
	int has_failed = fails(IS_close, fd, NULL), why = errno;
	int result = (int)syscall(SYS_close, fd);
	if (has_failed)
		errno = why;
	return has_failed ? -1 : result;
}

/* How many bytes are read or written: half of them when the error is 0; -1: it fails. */
static ssize_t part_of(int function, int fd, size_t len)
{
	if (!fails(function, fd, NULL))
		return (ssize_t)len;
	return errno ? -1 : (ssize_t)(len + 1) / 2;
}

ssize_t read(int fd, void *bytes, size_t len)
{
	ssize_t part = part_of(IS_read, fd, len);
	return part < 0 ? -1 : syscall(SYS_read, fd, bytes, part);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	ssize_t part = part_of(IS_write, fd, len);
	return part < 0 ? -1 : syscall(SYS_write, fd, bytes, part);
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
	ssize_t part = part_of(IS_send, fd, len);
	return part < 0 ? -1 : syscall(SYS_sendto, fd, bytes, part, flags, NULL, 0);
}

ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
	ssize_t part = part_of(IS_recv, fd, len);
	return part < 0 ? -1 : syscall(SYS_recvfrom, fd, bytes, part, flags, NULL, NULL);
}

static int is_out_of_memory(void)
{
	if (!levers || atomic_fetch_add(&levers->allocations, 1) + 1 != levers->fail_at)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return is_out_of_memory() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_out_of_memory() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return is_out_of_memory() ? NULL : __libc_realloc(old, size);
}
