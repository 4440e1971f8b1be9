/* Reads the modes of files, and of the folders above them, for base/file_mode.h. */
#pragma once

#include "base/file_mode.h"

/*
 * Appends to `found` what is not safe about the file at `path`; for FILE_MODE_CONFIG and FILE_MODE_STATE about the
 * folders above it, too. Symbolic links are followed. A file in a folder that others cannot enter is safe, and so is
 * one on a memory file system that is mounted read-only, as Kubernetes mounts secrets: its modes mean the containers of
 * the pod. What cannot be looked at is left out: reading it says why. The same is appended once.
 */
void file_modes_check(enum file_mode_use use, const char *path, struct errs *found);
