/* daemon/os/child.h without processes: a credential plugin that answers as the world wants it to, on its clock. */
#include "os/child.h"

#include "machine.h"
#include "process.h"
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CHILDREN_MAX = 32 };

static struct program {
	bool is_running, is_killed;
	size_t side;
	enum plugin does;
	int64_t ends_ms;
} programs[CHILDREN_MAX];

bool child_start(struct child *c, int epoll_fd, char **argv, char **env, struct err *e)
{
	(void)epoll_fd;
	(void)env;
	size_t i = 0;
	if (world.plugin == PLUGIN_ABSENT)
		return err_set(e, "cannot be started: No such file or directory");
	while (programs[i].is_running)
		if (++i == CHILDREN_MAX)
			machine_fail("too many programs run");
	programs[i] = (struct program){.is_running = true, .side = strtoul(argv[1], NULL, 10), .does = world.plugin};
	programs[i].ends_ms = world.plugin == PLUGIN_HANGS
	    ? INT64_MAX
	    : machine.at_ms + 20 + (int64_t)machine_pick(&machine.traffic, 3000);
	*c = (struct child){.pid = (pid_t)i + 1, -1, -1};
	return true;
}

static struct program *program_of(const struct child *c)
{
	return &programs[c->pid - 1];
}

bool child_read(struct child *c, struct buf *out, struct buf *complaint)
{
	const struct program *p = program_of(c);
	char expires[32];
	if (machine.at_ms < p->ends_ms)
		return false;
	time_t at = time(NULL) + (time_t)process_token_life_s();
	strftime(expires, sizeof expires, "%Y-%m-%dT%H:%M:%SZ", gmtime(&at));
	if (p->does == PLUGIN_FAILS)
		buf_puts(complaint, "error: you must be logged in\n");
	else if (p->does == PLUGIN_BABBLES)
		buf_puts(out, "{\"kind\":\"ExecCredential\",\"status\":");
	else
		buf_printf(out,
		    "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
		    "\"status\":{\"token\":\"%s\",\"expirationTimestamp\":\"%s\"}}",
		    world_token(CLOUDSPACE_AT + p->side), expires);
	return true;
}

void child_kill(const struct child *c)
{
	struct program *p = program_of(c);
	p->is_killed = machine.at_ms < p->ends_ms;
	if (p->is_killed)
		p->ends_ms = machine.at_ms;
}

int child_end(struct child *c)
{
	struct program *p = program_of(c);
	p->is_running = false;
	c->pid = 0;
	return p->is_killed ? SIGKILL : p->does == PLUGIN_FAILS ? 1 << 8 : 0;
}

void child_move(const struct child *c, int epoll_fd)
{
	(void)c;
	(void)epoll_fd;
}

int64_t child_next_ms(void)
{
	int64_t next_ms = INT64_MAX;
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (programs[i].is_running && programs[i].ends_ms < next_ms)
			next_ms = programs[i].ends_ms;
	return next_ms;
}
