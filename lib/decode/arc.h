/*
 * Objects of the Actions Runner Controller, 0.9 to 0.14, to values: see ARC.md. Each reader takes one item of a list
 * and returns false when the item is not a valid object of its kind. Of a runner's status, the credential
 * (runnerJITConfig) and the content of the job are not kept.
 */
#pragma once

#include "base/err.h"
#include "decide/facts.h"
#include "decode/member.h"

/* What is read of each kind. */
extern const struct member arc_runner_members[], arc_runner_set_members[], arc_scale_set_members[],
    arc_listener_members[];

/* Reads one EphemeralRunner; one without a status is pending. */
bool arc_read_runner(const char *json, size_t len, struct runner_fact *out, struct err *e)
    __attribute__((warn_unused_result));

/* Reads one EphemeralRunnerSet. */
bool arc_read_runner_set(const char *json, size_t len, struct runner_set_fact *out, struct err *e)
    __attribute__((warn_unused_result));

/* Reads one AutoscalingRunnerSet. */
bool arc_read_scale_set(const char *json, size_t len, struct scale_set_fact *out, struct err *e)
    __attribute__((warn_unused_result));

/* Reads one AutoscalingListener. */
bool arc_read_listener(const char *json, size_t len, struct listener_fact *out, struct err *e)
    __attribute__((warn_unused_result));
