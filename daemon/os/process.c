#define _DEFAULT_SOURCE /* strtok_r */
#include "os/process.h"

#include "os/clock.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Fields of /proc/self/stat after the command name, numbered as in proc(5). */
enum { STAT_FIRST = 3, STAT_UTIME = 14, STAT_STIME, STAT_THREADS = 20, STAT_START = 22, STAT_VSIZE, STAT_RSS };

static double count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	if (!dir)
		return -1;
	int n = -3; /* not counted: ".", ".." and the fd of this directory */
	errno = 0;
	while (readdir(dir))
		n++;
	bool is_whole = errno == 0;
	closedir(dir);
	return is_whole ? n : -1;
}

static void read_stat(double field[STAT_RSS + 1])
{
	char text[1024];
	FILE *f = fopen("/proc/self/stat", "re");
	size_t len = f ? fread(text, 1, sizeof text - 1, f) : 0;
	if (f)
		fclose(f);
	text[len] = '\0';
	/* The command name is in parentheses and may itself contain parentheses. */
	char *p = strrchr(text, ')'), *saved = NULL;
	char *word = p ? strtok_r(p + 1, " ", &saved) : NULL;
	for (int i = STAT_FIRST; word && i <= STAT_RSS; i++, word = strtok_r(NULL, " ", &saved))
		if (sscanf(word, "%lf", &field[i]) != 1)
			field[i] = -1;
}

struct view_process process_read(void)
{
	static wall_ms booted; /* read once: a wall clock step must not move the start time; server thread only */
	double field[STAT_RSS + 1], ticks = (double)sysconf(_SC_CLK_TCK);
	struct rlimit fds;
	for (int i = 0; i <= STAT_RSS; i++)
		field[i] = -1;
	read_stat(field);
	if (!wall_is_known(booted))
		booted = clock_booted();
	bool has_stat = field[STAT_RSS] >= 0;
	return (struct view_process){
	    .cpu_seconds = has_stat ? (field[STAT_UTIME] + field[STAT_STIME]) / ticks : -1,
	    .start_time_s = has_stat ? (double)booted.ms / 1000 + field[STAT_START] / ticks : -1,
	    .virtual_bytes = field[STAT_VSIZE],
	    .resident_bytes = has_stat ? field[STAT_RSS] * (double)sysconf(_SC_PAGESIZE) : -1,
	    .open_fds = count_fds(),
	    .max_fds = getrlimit(RLIMIT_NOFILE, &fds) == 0 ? (double)fds.rlim_cur : -1,
	    .threads = field[STAT_THREADS],
	};
}
