/*
 * hawatch's whole loop on a virtual clock: seeded storms over a simulated world, and what must be true of every turn.
 * usage: dst [--seed N] [--seeds COUNT | --years YEARS] [--days DAYS] [--calm SECONDS] [--jobs COUNT] [--known FILE]
 *            [--first] [--verbose] [--left FOLDER]
 *        dst --alone TABLE     the fault catalogue's rows that the simulation shows
 * With --years there are as many seeds as that much simulated time needs. The storms of FILE (known.h) come first.
 *   --first   ends at the first seed that fails, and does not shrink its storm
 *   --left    where the recording of a shrunk storm is left, as seed-N.rec
 */
#define _GNU_SOURCE
#include "alone.h"
#include "known.h"
#include "machine.h"
#include "os/files.h"
#include "process.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRIES_MAX = 150, JOBS_MAX = 64, REPORTS = 20 };

static struct {
	uint64_t seed, seeds;
	double days, years;
	int64_t calm_s;
	int jobs;
	const char *known, *table, *left;
	bool ends_at_first, is_verbose;
} options = {1, 1, 2, 0, 3600, 1, NULL, NULL, NULL, false, false};

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
		alone_judge();
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

/* The storm of a seed. */
static struct known known_of_seed(uint64_t seed)
{
	struct known k = {.seed = seed, .setup = setup_of_seed(seed)};
	snprintf(k.name, sizeof k.name, "make dst SEED=%llu SEEDS=1 DAYS=%g", (unsigned long long)seed, options.days);
	storm_make(&storm, seed, (int64_t)(options.days * 86400000), options.calm_s * 1000, &k.setup);
	return k;
}

/* Of the next run. */
static void leave_recording(uint64_t seed)
{
	char path[512];
	snprintf(path, sizeof path, "%s/seed-%llu.rec", options.left ? options.left : "", (unsigned long long)seed);
	if (!options.left || setenv("DST_RECORDING", path, 1) != 0)
		return;
	printf("its recording, for hawatch replay: %s\n", path);
}

/* A storm that fails is shrunk, and printed so that it can be put among those that are known. */
static bool try_storm(const struct known *k)
{
	if (run(k->seed, &k->setup, false) == 0)
		return true;
	if (options.ends_at_first)
		return false;
	printf("fails: %s\nof %zu happenings are needed:\n", k->name, storm.count);
	shrink(k->seed, &k->setup);
	known_print(k, &storm, stdout);
	options.is_verbose = true;
	leave_recording(k->seed);
	run(k->seed, &k->setup, false);
	return false;
}

/* Seeds are tried by several processes at a time. What each of them says is kept until it ends, so that none mix. */

static struct job {
	pid_t pid; /* 0: free */
	FILE *says;
	int64_t lasts_ms; /* simulated */
} jobs[JOBS_MAX];

static struct {
	int running;
	unsigned long long passed, failed;
	int64_t begun_ms, passed_ms; /* simulated, of seeds that have begun, and of those that have ended */
	struct timespec started;
	int reports;
} all;

static double hours(int64_t ms)
{
	return (double)ms / 3600000;
}

static double seconds_gone(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - all.started.tv_sec) + (double)(now.tv_nsec - all.started.tv_nsec) / 1e9;
}

/* The storm was made. */
static void begin(const struct known *k)
{
	struct job *job = jobs;
	while (job->pid)
		job++;
	*job = (struct job){.says = tmpfile(), .lasts_ms = storm.end_ms};
	fflush(stdout);
	job->pid = job->says ? fork() : -1;
	if (job->pid < 0)
		abort();
	if (job->pid == 0) {
		if (dup2(fileno(job->says), STDOUT_FILENO) < 0 || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
			abort();
		exit(try_storm(k) ? 0 : 1);
	}
	all.running++;
	all.begun_ms += storm.end_ms;
}

/* Of long runs it is said how far they are. */
static void report(void)
{
	double share = hours(all.passed_ms) / (options.years * 365.25 * 24);
	if (options.years <= 0 || share * REPORTS < all.reports + 1)
		return;
	all.reports = (int)(share * REPORTS);
	printf("%.2f of %g years, %.0f simulated hours a second\n", share * options.years, options.years,
	    hours(all.passed_ms) / seconds_gone());
	fflush(stdout);
}

static void end_one(void)
{
	int status;
	pid_t pid = wait(&status);
	struct job *job = jobs;
	while (job->pid != pid)
		job++;
	bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	off_t at = 0;
	while (sendfile(STDOUT_FILENO, fileno(job->says), &at, 1 << 20) > 0)
		;
	fclose(job->says);
	job->pid = 0;
	all.running--;
	all.passed += is_good;
	all.failed += !is_good;
	all.passed_ms += job->lasts_ms;
	report();
}

static bool goes_on(void)
{
	return !options.ends_at_first || !all.failed;
}

static void try_one(const struct known *k)
{
	begin(k);
	if (all.running == options.jobs)
		end_one();
}

/* From memory: a file that is read is at one place for all processes, and a process that ends moves it. */
static void try_known(const char *path)
{
	struct known k;
	struct err e;
	size_t len;
	char *text = files_read(path, 1 << 20, &len, &e);
	FILE *in = text ? fmemopen(text, len, "r") : NULL;
	if (!in) {
		fprintf(stderr, "%s\n", text ? path : e.text);
		exit(2);
	}
	while (goes_on() && known_next(in, &k, &storm))
		try_one(&k);
	fclose(in);
	free(text);
}

static void try_seeds(void)
{
	double least_ms = options.years * 365.25 * 86400000 + (double)all.begun_ms;
	for (uint64_t i = 0; goes_on() && (options.years > 0 ? (double)all.begun_ms < least_ms : i < options.seeds);
	     i++) {
		struct known k = known_of_seed(options.seed + i);
		try_one(&k);
	}
}

/* Each fault of the catalogue that the simulation shows. */
static bool try_alone(const char *path)
{
	struct setup setup;
	int passed = 0, failed = 0;
	bool is_open = alone_open(path);
	while (is_open && alone_next(&setup, &storm)) {
		bool is_good = run(options.seed, &setup, false) == 0;
		printf("%s %s\n", is_good ? "ok     " : "FAILED ", alone_name());
		passed += is_good;
		failed += !is_good;
	}
	printf("%d passed, %d failed\n", passed, failed);
	return passed > 0 && failed == 0;
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {{"seed", required_argument, NULL, 's'},
	    {"seeds", required_argument, NULL, 'n'}, {"days", required_argument, NULL, 'd'},
	    {"years", required_argument, NULL, 'y'}, {"calm", required_argument, NULL, 'c'},
	    {"jobs", required_argument, NULL, 'j'}, {"known", required_argument, NULL, 'k'},
	    {"alone", required_argument, NULL, 'a'}, {"first", no_argument, NULL, 'f'},
	    {"left", required_argument, NULL, 'l'}, {"verbose", no_argument, NULL, 'v'}, {0}};
	for (int o; (o = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		switch (o) {
		case 's': options.seed = strtoull(optarg, NULL, 10); break;
		case 'n': options.seeds = strtoull(optarg, NULL, 10); break;
		case 'd': options.days = strtod(optarg, NULL); break;
		case 'y': options.years = strtod(optarg, NULL); break;
		case 'j': options.jobs = atoi(optarg); break;
		case 'k': options.known = optarg; break;
		case 'c': options.calm_s = strtoll(optarg, NULL, 10); break;
		case 'f': options.ends_at_first = true; break;
		case 'v': options.is_verbose = true; break;
		case 'l': options.left = optarg; break;
		case 'a': options.table = optarg; break;
		default:
			fprintf(stderr,
			    "usage: dst [--seed N] [--seeds COUNT | --years YEARS] [--days DAYS] "
			    "[--calm SECONDS] [--jobs COUNT] [--first] [--verbose] [--left FOLDER] [--alone TABLE]\n");
			exit(2);
		}
	}
	if (options.jobs < 1 || options.jobs > JOBS_MAX)
		options.jobs = 1;
}

int main(int argc, char **argv)
{
	setenv("TZ", "UTC0", 1);
	unsetenv("STATE_DIRECTORY");
	read_options(argc, argv);
	if (options.table)
		return try_alone(options.table) ? 0 : 1;
	clock_gettime(CLOCK_MONOTONIC, &all.started);
	if (options.known)
		try_known(options.known);
	try_seeds();
	while (all.running)
		end_one();
	printf("%.1f simulated days, %.0f simulated hours a second\n%llu passed, %llu failed\n",
	    hours(all.passed_ms) / 24, hours(all.passed_ms) / seconds_gone(), all.passed, all.failed);
	return all.failed ? 1 : 0;
}
