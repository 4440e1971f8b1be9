/*
 * hawatch's whole loop on a virtual clock: seeded storms over a simulated world, and what must be true of every turn.
 * usage: dst [--seed N] [--seeds COUNT] [--days DAYS] [--calm SECONDS] [--verbose]
 */
#define _GNU_SOURCE
#include "machine.h"
#include "process.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIES_MAX = 150 };

static struct {
	uint64_t seed, seeds;
	double days;
	int64_t calm_s;
	bool is_verbose;
} options = {1, 1, 2, 3600, false};

static struct storm storm;

/* One run in a process of its own, so that nothing is left and a crash is a failure too. Returns its exit status. */
static int run(uint64_t seed, const struct setup *setup, bool is_quiet)
{
	fflush(stdout);
	pid_t pid = fork();
	int status;
	if (pid < 0)
		abort();
	if (pid == 0) {
		if (is_quiet && (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)))
			_exit(2);
		machine =
		    (struct machine){.random = seed, .traffic = ~seed, .is_verbose = options.is_verbose && !is_quiet};
		process_run(setup, &storm);
		machine_forget();
		fflush(stdout);
		exit(0);
	}
	if (waitpid(pid, &status, 0) != pid)
		abort();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Leaves out what the failure does not need: halves first, then ever smaller parts. */
static void shrink(uint64_t seed, const struct setup *setup)
{
	static struct storm smaller, whole;
	size_t part = storm.count;
	for (int tries = 0; part > 0 && tries < TRIES_MAX;) {
		bool has_shrunk = false;
		for (size_t at = 0; at < storm.count && tries < TRIES_MAX; tries++) {
			size_t len = part < storm.count - at ? part : storm.count - at;
			whole = smaller = storm;
			memmove(&smaller.v[at], &smaller.v[at + len], (storm.count - at - len) * sizeof *smaller.v);
			smaller.count -= len;
			storm = smaller;
			if (run(seed, setup, true) != 0)
				has_shrunk = true;
			else {
				storm = whole;
				at += len;
			}
		}
		part = has_shrunk && part > 1 ? part : part / 2;
	}
}

static bool try_seed(uint64_t seed)
{
	struct setup setup = setup_of_seed(seed);
	storm_make(&storm, seed, (int64_t)(options.days * 86400000), options.calm_s * 1000, &setup);
	if (run(seed, &setup, false) == 0)
		return true;
	printf("seed %llu fails; of %zu happenings are needed:\n", (unsigned long long)seed, storm.count);
	shrink(seed, &setup);
	storm_print(&storm, stdout);
	options.is_verbose = true;
	printf("  interval %d s, inventory %d s, Spot %s %d s, timeout %d s, unreachable_for %d s, stale_after %d s, "
	       "fall %d, "
	       "rise %d, %zu sides, tokens %s\n",
	    setup.interval_s, setup.inventory_s, setup.has_spot ? "every" : "no", setup.spot_s, setup.timeout_s,
	    setup.unreachable_s, setup.stale_s, setup.fall, setup.rise, setup.side_count,
	    setup.has_own_tokens ? "of their own" : "of Spot");
	run(seed, &setup, false);
	return false;
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {{"seed", required_argument, NULL, 's'},
	    {"seeds", required_argument, NULL, 'n'}, {"days", required_argument, NULL, 'd'},
	    {"calm", required_argument, NULL, 'c'}, {"verbose", no_argument, NULL, 'v'}, {0}};
	for (int o; (o = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		switch (o) {
		case 's': options.seed = strtoull(optarg, NULL, 10); break;
		case 'n': options.seeds = strtoull(optarg, NULL, 10); break;
		case 'd': options.days = strtod(optarg, NULL); break;
		case 'c': options.calm_s = strtoll(optarg, NULL, 10); break;
		case 'v': options.is_verbose = true; break;
		default:
			fprintf(stderr,
			    "usage: dst [--seed N] [--seeds COUNT] [--days DAYS] [--calm SECONDS] [--verbose]\n");
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	unsigned long long passed = 0, failed = 0;
	double days = 0;
	setenv("TZ", "UTC0", 1);
	unsetenv("STATE_DIRECTORY");
	read_options(argc, argv);
	for (uint64_t i = 0; i < options.seeds; i++) {
		bool is_good = try_seed(options.seed + i);
		days += (double)storm.end_ms / 86400000;
		passed += is_good;
		failed += !is_good;
	}
	printf("%.1f simulated days\n%llu passed, %llu failed\n", days, passed, failed);
	return failed ? 1 : 0;
}
