/* replay_sums.h -- inside the room: what a rehearsal comes to, counted: deliveries by
 * what becomes of them, and the messages these make. */
#ifndef ADMIN_REPLAY_SUMS_H
#define ADMIN_REPLAY_SUMS_H

#include "admin/rehearsal.h"

struct replay_day {
    int64_t day; /* since 1970, UTC */
    int64_t alerts, messages;
};

struct replay_summary { /* that is being gathered: all are told in the same moment */
    enum hold_kind kind;
    int64_t at_ms, count;
    enum severity worst;
};

struct replay_counts { /* of one recipient */
    int64_t engaged, worsened, released, stored; /* it is told so, in whatever way */
    int64_t messages, summaries;       /* of the messages, so many summaries */
    int64_t ends[REHEARSED_ENDS];
    int64_t by_hold[HOLD_KINDS][REHEARSED_ENDS]; /* what was held, by what did last */
    struct replay_summary open;
};

struct replay_sums {
    const struct snapshot *by;
    int64_t since_ms;             /* alerts before it only prepare */
    struct replay_counts *counts; /* ours: of each recipient of the snapshot */
    int64_t messages, by_severity[SEVERITY_COUNT];
    struct replay_day *days; /* ours */
    size_t day_count;
};

void replay_sums_init(struct replay_sums *t, const struct snapshot *by, int64_t since_ms);
void replay_sums_release(struct replay_sums *t);

struct replay_day *replay_sums_day(struct replay_sums *t, int64_t at_ms);
void replay_sums_add(struct replay_sums *t, const struct rehearsed *d,
               enum rehearsed_end end, int64_t at_ms);
void replay_sums_close(struct replay_sums *t); /* after the last */

/* Sent, alone or with others. */
bool is_told(enum rehearsed_end end);
const char *rehearsed_end_name(enum rehearsed_end end); /* "at_once" */

/* The members that say what became of deliveries, into an open object; of counts. */
void ends_write(const int64_t ends[REHEARSED_ENDS], struct json_out *o);
void holds_write(const struct replay_counts *c, struct json_out *o, const char *name);

#endif
