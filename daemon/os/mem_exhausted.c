#include "base/mem.h"
#include "os/log.h"

void mem_exhausted(void)
{
	log_fatal("out of memory; hawatchd ends, and begins anew if it is restarted", "Cannot allocate memory");
}
