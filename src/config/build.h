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

bool build_settings(struct build *b);
bool build_endpoints(struct build *b);
bool build_pools(struct build *b);
bool build_silences(struct build *b); /* after the pools */
bool build_recipients(struct build *b); /* and the routing */

#endif
