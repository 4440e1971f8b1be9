/*
 * Locked memory for the secrets that live long: it is neither swapped nor dumped, its ends are guarded, and what is
 * released is wiped. base/mem.h takes secrets from here; where it is full, or cannot be had, the heap has them.
 */
#pragma once

/* Logs how much is locked, or why nothing is, and the remedy. Call once, after log_setup(). */
void mem_locked_tell(void);
