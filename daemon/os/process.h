/* The figures behind process_*: this process as /proc shows it. */
#ifndef HAWATCH_OS_PROCESS_H
#define HAWATCH_OS_PROCESS_H

#include "render/view.h"

/* Reads them; a figure that cannot be read is negative. */
struct view_process process_read(void);

#endif
