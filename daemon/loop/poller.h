/*
 * The poll loop. It owns all changing state and makes all decisions. Deadlines control when each source is
 * polled, a finished round is a step of the core, and a turn that changed something publishes a snapshot.
 */
#pragma once

#include "config/conf.h"
#include "loop/config_watch.h"
#include "render/report.h"
#include "shared/shared.h"

struct poller;

/*
 * A poller for `conf`; takes ownership of it, also on failure. Reads every file that the configuration names.
 * NULL with the errors in `errs` if a file is missing or unusable.
 */
struct poller *poller_new_take(struct conf *conf, struct shared shared, struct errs *errs)
    __attribute__((warn_unused_result));

void poller_free(struct poller **poller);

/* The configuration that it watches by; the poller's. */
const struct conf *poller_conf(const struct poller *poller);

/*
 * A reload (SEMANTICS.md section 1, "Reload"). Takes from `old` all that is still valid under the new configuration: of
 * each cloudspace that is still watched state, window, counters, credentials and observations, of each pair of the same
 * name status, events and counters. What cannot be kept is logged. After this call `old` may only be freed.
 */
void poller_adopt(struct poller *poller, struct poller *old);

/* Restores the state files. Call at start, before the first poller_publish(). */
void poller_restore(struct poller *poller);

/* Checks that state can be kept in the configured directory. On false, `e` says how to fix it. */
bool poller_can_keep_state(const struct poller *poller, struct err *e) __attribute__((warn_unused_result));

/*
 * Looks which of the files that are read others can read or change (base/file_mode.h), and logs a warning for each that
 * `old` (NULL: none) has not told of; the health check repeats them. `config_file` is the configuration's.
 */
void poller_check_files(struct poller *poller, const char *config_file, const struct poller *old);

/* Who asked for the reload that poller_run() has returned for. Call before poller_adopt(). */
struct reload_asker poller_reload_asker(const struct poller *poller);

/* Records for the metrics and the journals that a configuration was loaded; `mistake`: why not, NULL: it was. */
void poller_note_reload(struct poller *poller, const struct reload_asker *asker, const char *mistake);

/* How many descriptors its polls may need at once. */
size_t poller_descriptors(const struct poller *poller);

/* Publishes the current state, so that the server has a snapshot. */
void poller_publish(struct poller *poller);

/*
 * Asks everything once that the loop would ask, all at the same time where the loop does it so, and appends what came
 * of it (render/doctor.h). Meanwhile `tell` (NULL: nobody) hears at most every second how many of the sides were asked.
 * Returns 0, or the signal that arrived on `signal_fd` before; then what is known so far is appended. With a poller
 * whose `shared` has no writer, nothing is kept of it.
 */
int poller_ask_once(struct poller *poller, int signal_fd, void (*tell)(size_t asked, size_t all), struct report *out)
    __attribute__((warn_unused_result));

/*
 * Runs the loop until a signal arrives on `signal_fd` (signalfd(2)); returns the signal's number. An order to reload is
 * held (orders_hold()) and counts as SIGHUP, and so does a change that `watch` (borrowed) finds. The state has then
 * been handed to the state writer.
 */
int poller_run(struct poller *poller, int signal_fd, struct config_watch *watch);
