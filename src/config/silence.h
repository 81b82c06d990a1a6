/* silence.h -- silences as objects of the configuration. Members: "name", "comment"
 * and "author" (both required), "matcher" (a filter, required), "starts", "ends"
 * (RFC 3339), "until_resolved", "schedule" (windows that come again), "time_zone"
 * of the schedule, and "recipients" (names: only they are told nothing). */
#ifndef CONFIG_SILENCE_H
#define CONFIG_SILENCE_H

#include "config/config.h"

const struct silence *snapshot_silence(const struct snapshot *s, struct str name);
/* As the API shows it at now_ms. */
void silence_write(const struct silence *s, int64_t now_ms, struct json_out *o,
                   const char *name);

#endif
