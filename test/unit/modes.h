/* modes.h -- the ways each endpoint type is used, with the parameters of each: one
 * table for the fuzzer, the conversations and the vendors' parsers. A type that is
 * not in it fails all three; a row whose type is not built is passed over. */
#ifndef UNIT_MODES_H
#define UNIT_MODES_H

#include "endpoint/endpoint.h"

enum follow { /* what a release does to the message of its engage */
    CHANGES,  /* edits it */
    ANSWERS,  /* a message in its thread */
    FOLLOWS,  /* a message of its own */
    ENDS,     /* resolves it */
};

struct mode {
    const char *name; /* "discord-role": the type's, and what is special */
    const char *type;
    const char *endpoint, *recipient; /* JSON objects, as the fakes want them */
    const char *handle; /* as the type's judge gives one; NULL: none */
    unsigned follows;   /* bits of enum follow; 0: no fake to talk to */
    bool repeats;       /* the same sent twice is kept once */
};

/* From `m` on, the first whose type is built; NULL: no more. Begin with modes. */
extern const struct mode modes[];
const struct mode *mode_built(const struct mode *m);
/* The same of those with a fake to talk to. */
const struct mode *mode_talking(const struct mode *m);
const struct endpoint_type *mode_type(const struct mode *m);

/* The structs of the type's tables, checked. */
bool mode_params(const struct mode *m, struct arena *a, const void **endpoint,
                 const void **recipient, struct error *err) must_check;

/* False: a type that is built has no mode. */
bool modes_complete(struct error *err) must_check;

#endif
