/*
 * Runs a program under what hawatchd.service allows it: the system calls on standard input, sockets of three families,
 * and no memory that is both written and run. Where systemd would refuse a call, the kernel ends the program here, so
 * that no refusal stays unseen.
 * usage: test-filter PROGRAM [ARGUMENT]... <NAMES
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static scmp_filter_ctx filter;

static void allow(int call, unsigned n, const struct scmp_arg_cmp *only)
{
	int rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, n, only);
	if (rc)
		errx(2, "system call %d: %s", call, strerror(-rc));
}
static void allow_if(int call, struct scmp_arg_cmp only)
{
	allow(call, 1, &only);
}

/* RestrictAddressFamilies= and MemoryDenyWriteExecute= */
static void allow_named(int call)
{
	static const int FAMILIES[] = {AF_UNIX, AF_INET, AF_INET6};
	static const int PROTECTIONS[] = {0, PROT_WRITE, PROT_EXEC};
	switch (call) {
	case SCMP_SYS(socket):
		for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++)
			allow_if(call, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)FAMILIES[i]));
		return;
	case SCMP_SYS(mmap):
		for (size_t i = 0; i < sizeof PROTECTIONS / sizeof *PROTECTIONS; i++)
			allow_if(
			    call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, (scmp_datum_t)PROTECTIONS[i]));
		return;
	case SCMP_SYS(mprotect): allow_if(call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)); return;
	default: allow(call, 0, NULL);
	}
}

int main(int argc, char **argv)
{
	char name[128];
	int count = 0;
	if (argc < 2)
		errx(2, "usage: test-filter PROGRAM [ARGUMENT]... <NAMES");
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		errx(2, "seccomp_init");
	while (scanf("%127s", name) == 1) {
		int call = seccomp_syscall_resolve_name(name);
		if (call < 0)
			continue; /* of another architecture */
		allow_named(call);
		count++;
	}
	if (count < 100)
		errx(2, "only %d system calls are named", count);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		err(2, "/dev/null");
	int rc = seccomp_load(filter);
	if (rc)
		errx(2, "seccomp_load: %s", strerror(-rc));
	execv(argv[1], argv + 1);
	err(2, "%s", argv[1]);
}
