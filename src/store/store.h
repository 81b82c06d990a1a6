/* store.h -- the alert store's question: history, for the explorer. Any engine of
 * engine.h answers it; test_store_conformance.c asks them all and compares. A row
 * is one occurrence: an engage and its release share it. What cannot be answered
 * is false with err ("too slow: ..."); no answer is cut without saying so. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "routing/filter.h"

#define STORE_BUCKETS_MAX 2000 /* of one histogram */
#define STORE_TOP_MAX 1000     /* values of one answer */
#define STORE_BY_MAX 128       /* bytes: who marked */
#define STORE_NOTE_MAX 2000    /* bytes of one note */
#define STORE_NOTES_MAX 100    /* of one alert */
#define STORE_CLASSES_MAX 16
#define STORE_DISTINCT_MAX 1000000 /* values that a top looks through */
#define STORE_DELETED (-1)
enum store_state { STORE_ANY, STORE_ENDED, STORE_ENGAGED };
enum store_acked { STORE_ACKED_OR_NOT, STORE_NOT_ACKED, STORE_ACKED };

struct store_query {
    enum store_state state;
    int64_t since_ms, until_ms; /* since <= tstamp < until; 0: open */
    enum severity minimum_severity;
    int64_t entity;             /* -1: any */
    struct str type, category, source, entity_value; /* exact; "": any */
    struct str text;            /* a part of the message or the entity value */
    struct str ip;              /* cli_ip, srv_ip or ip; "" : any */
    enum store_acked acked;
    int64_t acked_ms;           /* with STORE_ACKED: by the mark of this time; 0: by any */
    const int64_t *ids;         /* of engages or their releases; NULL: any */
    size_t id_count;            /* at most PAGE_MAX */
    int64_t deletion; /* what it deleted; 0: what is not; STORE_DELETED: all */
    const struct filter *filter; /* NULL: none; an unsure answer is shown */
    const struct pools *pools;   /* that the filter's pools are looked up in */
    int64_t before_tstamp_ms, before_id; /* keyset: newest first; 0,0: from the top */
    bool oldest_first; /* the other way round; the keyset is then what came last */
    size_t limit;                /* rows of a list, or of a mark */
};

struct store_row {
    int64_t id;        /* the engage's for engage+release */
    int64_t tstamp_ms; /* with the id: where the next page begins */
    int64_t stored_ms;
    struct str json;   /* the alert's line; the release's once released */
    int64_t acked_ms, acked_until_ms; /* 0: not acknowledged; for good */
    struct str acked_by, acked_note;
    int64_t notes;     /* how many */
};

struct store_page {
    struct store_row *rows; /* in the arena */
    size_t n;
    int64_t total; /* of the whole query, whatever the cursor ... */
    bool exact;    /* ... or, when false, at least that many */
    bool more;     /* with a filter: perhaps; a page may be short, or empty */
    int64_t last_tstamp_ms, last_id; /* the last looked at: the next cursor */
};

struct store_note {
    int64_t at_ms;
    struct str by, text;
};

/* The rest answers for the whole query; its cursor and limit do not count. */
struct store_facets {
    int64_t n[ENTITY_COUNT][SEVERITY_COUNT];
    int64_t total, engaged, acked;
};

struct store_histogram { /* bucket i begins at first_ms + i * bucket_ms */
    int64_t first_ms, bucket_ms;
    size_t n;
    int64_t (*counts)[SEVERITY_COUNT]; /* in the arena */
};

struct store_value {
    struct str value; /* as filters write it: "warning", "10.0.0.1", "443" */
    int64_t n;        /* alerts that have it */
    int64_t score;    /* their scores together */
};

struct store_top {
    struct store_value *values; /* most alerts first, then by value bytewise */
    size_t n;
    int64_t distinct; /* how many there are, of which these are the first */
};

enum store_mark_kind { MARK_ACK, MARK_UNACK, MARK_NOTE, MARK_DELETE, MARK_UNDELETE };
struct store_mark {
    enum store_mark_kind kind;
    int64_t at_ms;
    int64_t until_ms;   /* an ack's end, 0: for good; when a delete is final */
    int64_t deletion;   /* a delete's number, for its undo: the caller's, not 0 */
    struct str by, text; /* a note's text, or an ack's */
};
struct store_marked {
    int64_t changed; /* rows that were not so before */
    bool more;       /* go on at last_*, as with a page */
    int64_t last_tstamp_ms, last_id;
};

/* The first class that fits an alert says how long it is kept. */
struct store_class {
    uint32_t entities;          /* a bit each; 0: any */
    enum severity least, most;  /* NONE, EMERGENCY: any */
    int64_t keep_ms;            /* by tstamp; 0: for ever */
    int64_t max_bytes;          /* of its alerts; the oldest go; 0: any */
};

struct store_stats {
    const char *engine;
    int64_t alerts, deleted, acked; /* deleted: not final yet */
    int64_t bytes;       /* of the alerts, as classes count them */
    int64_t file_bytes, free_bytes; /* on disk; of these unused, for new ones */
    int64_t oldest_ms, newest_ms;   /* tstamp; 0: there are none */
    int schema;
};

#endif
