/* occurrence.h -- an alert as the history keeps it: the columns that are
 * filtered by, and the whole line. Made on the loop, stored by the historian. */
#ifndef STORE_OCCURRENCE_H
#define STORE_OCCURRENCE_H

#include "store/store.h"

enum { /* bits of a query's mask */
    STATE_ENGAGED = 0,
    STATE_RELEASED = 1,
    STATE_STORED = 2,
};

struct occurrence {
    int64_t id;         /* of the row: an engage and its release share it */
    int64_t release_id; /* 0: not a release */
    int state;
    int64_t tstamp_ms, tstamp_end_ms;
    enum entity entity;
    enum severity severity;
    int64_t score;
    struct str type, category, source, entity_value, message;
    struct str cli_ip, srv_ip, ip; /* as RFC 5952 has it; "": none */
    struct str json;
};

/* Copies all of it into the arena. False: the line is too long to keep. */
bool occurrence_make(const struct alert *a, struct arena *arena,
                     struct occurrence *out, struct error *err) must_check;

/* store_engine_put() of what is made already. */
bool store_engine_keep(struct store_engine *e, const struct occurrence *rows,
                       size_t n, int64_t now_ms, struct error *err) must_check;

/* One way to write an address, so that a filter finds it however it was
 * written; what is no address stays as it is. In the arena. */
struct str address_plain(struct str s, struct arena *arena);

#endif
