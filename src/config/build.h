/* build.h -- a snapshot being built: what the files of snapshot_build() share. */
#ifndef CONFIG_BUILD_H
#define CONFIG_BUILD_H

#include "config/snapshot.h"

struct build {
    const struct model *m;
    struct snapshot *s;
    struct arena *a; /* the snapshot's */
    struct hash endpoints; /* name -> struct endpoint of s */
    bool strict;
    struct blame *blame;
    struct error *err;
};

/* Says who is to blame for b->err. Returns false. */
bool build_failed(struct build *b, size_t edit, enum config_result result);

/* The same of an object as it is written; `member` may be NULL. */
bool build_refused(struct build *b, const struct object *o, const char *member);

/* "enabled" of an object; true when it is not there. */
bool build_enabled(struct build *b, const struct object *o, bool *out);

/* Parameters into a new struct of `size` bytes. False: an error (without a
 * blame). What was there before an edit and is no more readable is `fault`. */
struct params {
    const struct field *rows;
    const struct json *given;
    size_t size;
    bool touched;
    const void *out;
    struct str fault;
};
bool build_params(struct build *b, struct params *p);

/* After an error in something that no edit touched: it becomes a fault. */
bool build_fault(struct build *b, struct params *p);

/* The recipient's own templates; r->endpoint is there. `edit` is to blame. */
bool build_words(struct build *b, const struct object *o, size_t edit,
                 struct recipient *r);

/* A text of 1..max bytes; `why` it is asked for. */
bool build_text(struct build *b, const struct object *o, const char *member, size_t max,
                const char *why, struct str *out);

/* Deleted in this very change: then b->err says who uses it, and true is returned. */
bool build_is_gone(struct build *b, enum object_kind kind, struct str name);
/* Whether the pools that the filter in that member names are there. */
bool build_filter_pools(struct build *b, const struct object *o, const struct filter *f,
                        const char *member);

bool build_settings(struct build *b);
bool build_endpoints(struct build *b);
bool build_pools(struct build *b);
bool build_recipients(struct build *b); /* and the routing */
bool build_silences(struct build *b); /* after the pools and the recipients */
bool build_inhibitions(struct build *b); /* after the pools */

#endif
