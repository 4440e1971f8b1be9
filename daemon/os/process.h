/* The values of the process_* metrics, from /proc. */
#pragma once

#include "render/view.h"

/* Reads them. A value that cannot be read is negative. */
struct view_process process_read(void);
