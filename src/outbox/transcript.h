/* transcript.h -- what was said in a try, as JSON without secrets: kept with the
 * failed tries of the deliveries it was for, which share it. */
#ifndef OUTBOX_TRANSCRIPT_H
#define OUTBOX_TRANSCRIPT_H

#include "base/str.h"

struct transcript;
struct transcript *transcript_new(struct str json); /* copied; the caller's share */
void transcript_drop(struct transcript *t);         /* t may be NULL */

#endif
