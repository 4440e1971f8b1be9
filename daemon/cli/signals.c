#define _POSIX_C_SOURCE 200809L /* sigtimedwait */
#define _DEFAULT_SOURCE         /* SIGWINCH */
#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

static const int endings[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { ENDINGS = sizeof endings / sizeof *endings };

static sigset_t ending_set(void)
{
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < ENDINGS; i++)
		sigaddset(&set, endings[i]);
	return set;
}

static void ignore(int signal)
{
	(void)signal;
}

void signals_hold(void)
{
	sigset_t set = ending_set();
	signal(SIGWINCH, ignore); /* without a handler the kernel drops it and the sleep goes on */
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* The pending signal, or 0. */
static int waiting(void)
{
	sigset_t set;
	sigpending(&set);
	for (size_t i = 0; i < ENDINGS; i++)
		if (sigismember(&set, endings[i]))
			return endings[i];
	return 0;
}

bool signals_came(void)
{
	return waiting() != 0;
}

bool signals_sleep(int64_t ms)
{
	const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	sigset_t set = ending_set();
	sigaddset(&set, SIGWINCH);
	if (signals_came())
		return true;
	int signal = sigtimedwait(&set, NULL, &time);
	if (signal > 0 && signal != SIGWINCH)
		raise(signal); /* sigtimedwait() removed it; keep it pending */
	return signals_came();
}

void signals_die_of(int which)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, which);
	signal(which, SIG_DFL);
	raise(which);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	abort(); /* not reached */
}

void signals_die(void)
{
	int which = waiting();
	signals_die_of(which ? which : SIGTERM);
}
