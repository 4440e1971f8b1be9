/* The values of the process_* metrics, from /proc. */
#ifndef HAWATCH_OS_PROCESS_H
#define HAWATCH_OS_PROCESS_H

#include "render/view.h"

/* Reads them. A value that cannot be read is negative. */
struct view_process process_read(void);

#endif
