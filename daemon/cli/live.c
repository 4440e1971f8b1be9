#define _DEFAULT_SOURCE /* SIGWINCH */
#include "cli/live.h"

#include "cli/screen.h"
#include "cli/signals.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

/*
 * DEC private modes: the alternate screen with its own cursor; whether the cursor is seen; whether a long line goes on
 * in the next, which it would on a terminal narrower than a picture can be.
 */
static const char enter[] = "\033[?1049h\033[?25l\033[?7l\033[2J", leave[] = "\033[?7h\033[?25h\033[?1049l";

/* Of the one terminal of this process. */
static struct {
	struct termios usual;
	bool is_taken;
	int ends, changes; /* become readable by a signal that ends the program; by one that changes the screen */
	char key;
} live = {.ends = -1, .changes = -1};

static int signals_fd(const int signals[], size_t count)
{
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < count; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool take(void)
{
	if (tcgetattr(STDIN_FILENO, &live.usual) != 0)
		return false;
	struct termios raw = live.usual;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO); /* Ctrl-C and Ctrl-Z stay signals */
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	live.is_taken = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 && screen_say(enter) == FLUSHED;
	return live.is_taken;
}

bool live_open(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT}, changes[] = {SIGWINCH, SIGTSTP, SIGCONT};
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return false;
	signals_hold();
	live.ends = signals_fd(ends, sizeof ends / sizeof *ends);
	live.changes = signals_fd(changes, sizeof changes / sizeof *changes);
	return live.ends >= 0 && live.changes >= 0 && take();
}

void live_close(void)
{
	if (!live.is_taken)
		return;
	live.is_taken = false;
	(void)!screen_say(leave);
	tcsetattr(STDIN_FILENO, TCSANOW, &live.usual);
}

/* The shell gets its terminal while we are stopped. It may have set it anew meanwhile. */
static void stop(void)
{
	sigset_t set;
	live_close();
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	take();
}

static enum live_event take_change(void)
{
	struct signalfd_siginfo info;
	if (read(live.changes, &info, sizeof info) != sizeof info)
		return LIVE_TIME;
	if (info.ssi_signo == SIGTSTP)
		stop();
	else if (info.ssi_signo == SIGCONT) { /* stopped by a signal that cannot be held */
		live_close();
		take();
	}
	return LIVE_REDRAW;
}

static enum live_event take_key(void)
{
	char key;
	/* A terminal that has gone also sends SIGHUP, but not to every program. */
	if (read(STDIN_FILENO, &key, 1) != 1)
		return LIVE_END;
	live.key = key;
	return LIVE_KEY;
}

enum live_event live_wait(int64_t ms)
{
	struct pollfd fds[] = {{live.ends, POLLIN, 0}, {live.changes, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
	poll(fds, sizeof fds / sizeof *fds, (int)ms);
	return fds[0].revents ? LIVE_END : fds[1].revents ? take_change() : fds[2].revents ? take_key() : LIVE_TIME;
}

char live_key(void)
{
	char key = live.key;
	live.key = 0;
	return key;
}

bool live_is_asked(void)
{
	struct pollfd fds[] = {{live.ends, POLLIN, 0}, {live.changes, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
	return poll(fds, sizeof fds / sizeof *fds, 0) > 0;
}
