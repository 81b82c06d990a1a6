/* try_transcript.h -- what was said in a try that failed; private to the courier. */
#ifndef COURIER_TRY_TRANSCRIPT_H
#define COURIER_TRY_TRANSCRIPT_H

#include "courier/lane.h"

/* Of the parcel's request and its answer; the caller's share. NULL: it is not
 * kept, for there were too many of late, or it is our own store. */
struct transcript *try_transcript(const struct parcel *p, const struct response *r);

#endif
