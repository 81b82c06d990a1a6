/* recall.h -- after a start: who was told what lately, from the outbox's file. */
#ifndef RECALL_H
#define RECALL_H

#include "config/config.h"

/* Before anything new is accepted. What cannot be read is forgotten, with a warning:
 * then some things are told once more. */
void recall_told(struct told *t, const struct snapshot *now, const char *outbox_path,
                 int64_t now_ms);

#endif
