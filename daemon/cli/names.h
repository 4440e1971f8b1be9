/* The names of a pair, as its summary gives them. */
#pragma once

#include "render/runbook_names.h"

struct cJSON;

/* Borrowed from `summary`; all NULL where it is NULL. */
struct runbook_names names_of(const struct cJSON *summary);
