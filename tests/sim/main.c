/*
 * hawatch-sim: a Rackspace Spot API, its token endpoint and the Kubernetes API servers of any
 * number of cloudspaces, on loopback and over TLS, to be played through a control endpoint.
 */
#define _GNU_SOURCE
#include "files.h"
#include "knobs.h"
#include "serve.h"
#include "state.h"
#include "text.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_MAX = 64 };

/* A repeatable option. */
struct lines {
	char *v[LINES_MAX];
	size_t count;
};

struct options {
	const char *dir, *listen;
	long pairs, nodes, control_port;
	struct lines poll, set;
};

static const char USAGE[] =
    "usage: hawatch-sim --dir=DIR [OPTION]...\n"
    "  --dir=DIR             where ca.crt, kubeconfig, tokens, hawatch.yaml and control.url go\n"
    "  --pairs=N             pairs of cloudspaces (1)\n"
    "  --nodes=N             nodes of each cloudspace (10)\n"
    "  --listen=ADDRESS      an IPv4 address (127.0.0.1), or [::1]\n"
    "  --control-port=PORT   of the control endpoint (any free one)\n"
    "  --poll='KEY: VALUE'   a line for the poll section of hawatch.yaml; repeatable\n"
    "  --set='TARGET KEY=VALUE ...'   as POST /set; repeatable\n";

static void keep(struct lines *lines, const char *option, char *value)
{
	if (lines->count == LINES_MAX)
		fatal("more than %d times --%s", LINES_MAX, option);
	lines->v[lines->count++] = value;
}

static long number_of(const char *option, const char *value, long lo, long hi)
{
	long n;
	if (!text_number(value, lo, hi, &n))
		fatal("--%s=%s: expected a number from %ld to %ld", option, value, lo, hi);
	return n;
}

static struct options read_options(int argc, char **argv)
{
	static const struct option OPTIONS[] = {
	    {"dir", required_argument, NULL, 'd'},
	    {"pairs", required_argument, NULL, 'p'},
	    {"nodes", required_argument, NULL, 'n'},
	    {"listen", required_argument, NULL, 'l'},
	    {"control-port", required_argument, NULL, 'c'},
	    {"poll", required_argument, NULL, 'o'},
	    {"set", required_argument, NULL, 's'},
	    {"help", no_argument, NULL, 'h'},
	    {0},
	};
	struct options o = {.listen = "127.0.0.1", .pairs = 1, .nodes = 10};
	for (int c; (c = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
		switch (c) {
		case 'd': o.dir = optarg; break;
		case 'p': o.pairs = number_of("pairs", optarg, 1, 5000); break;
		case 'n': o.nodes = number_of("nodes", optarg, 0, 5000); break;
		case 'l': o.listen = optarg; break;
		case 'c': o.control_port = number_of("control-port", optarg, 0, 65535); break;
		case 'o': keep(&o.poll, "poll", optarg); break;
		case 's': keep(&o.set, "set", optarg); break;
		case 'h': fputs(USAGE, stdout); exit(0);
		default: fputs(USAGE, stderr); exit(2);
		}
	}
	if (!o.dir || optind < argc) {
		fputs(USAGE, stderr);
		exit(2);
	}
	return o;
}

/* Ends with the parent, so that no test that dies leaves servers behind. */
static void follow_parent(void)
{
	pid_t parent = getppid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		exit(0); /* it was gone before the kernel knew that we care */
}

/* Every target takes a few descriptors, and every connection one. */
static void raise_file_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void start(struct sim *sim, const struct options *o)
{
	char why[1024];
	if (mkdir(o->dir, 0755) != 0 && errno != EEXIST)
		fatal("cannot make %s: %s", o->dir, strerror(errno));
	sim->dir = realpath(o->dir, NULL);
	if (!sim->dir)
		fatal("cannot use %s: %s", o->dir, strerror(errno));
	if (strpbrk(sim->dir, "\"\\\n"))
		fatal("--dir=%s: quotes, backslashes and newlines would need quoting in YAML", o->dir);
	sim->listen = o->listen;
	state_init(sim, (unsigned)o->pairs, o->nodes);
	files_forget(sim);
	files_make_pki(sim);
	serve_reserve(&sim->control, (uint16_t)o->control_port);
	for (size_t i = 0; i < sim->target_count; i++)
		serve_reserve(&sim->targets[i], 0);
	for (size_t i = 0; i < o->set.count; i++)
		if (knobs_set_line(sim, o->set.v[i], why, sizeof why) != 200)
			fatal("--set='%s': %s", o->set.v[i], why);
	for (size_t i = 0; i < sim->target_count; i++)
		serve_sync(&sim->targets[i]);
	serve_sync(&sim->control);
	files_write(sim, o->poll.v, o->poll.count);
}

static void stop(struct sim *sim)
{
	files_forget(sim);
	state_stop(sim);
	serve_end(&sim->control);
	for (size_t i = 0; i < sim->target_count; i++)
		serve_end(&sim->targets[i]);
	state_fini(sim);
}

int main(int argc, char **argv)
{
	static struct sim sim;
	struct options options = read_options(argc, argv);
	sigset_t ends;
	int signal_number;

	follow_parent();
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	/* Blocked before the first thread starts, so that every thread leaves them to sigwait(). */
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	raise_file_limit();

	start(&sim, &options);
	printf("hawatch-sim: ready, control at http://%s:%u, files in %s\n", sim.listen, sim.control.port, sim.dir);
	fflush(stdout);
	sigwait(&ends, &signal_number);
	stop(&sim);
	return 0;
}
