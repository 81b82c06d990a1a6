/* batch.h -- what the decoders share: taking the alerts of a body one by one. */
#ifndef INTAKE_BATCH_H
#define INTAKE_BATCH_H

#include "intake/intake.h"

struct decoding {
    struct arena *arena;
    const struct decode_options *options;
    struct batch *out;
    int *status; /* what a failure is answered with */
    struct error *err;
    bool (*take)(struct arena *a, const struct json *j,
                 const struct decode_options *o, struct incoming *out,
                 struct error *err);
};

/* All elements; err's place is "/3/entity_value". */
bool batch_take_array(const struct decoding *d, const struct json *array);

/* One JSON value after another, as in NDJSON; a single one has no index in its
 * place. A body that is blank or not JSON is a 400. */
bool batch_take_values(const struct decoding *d, struct str body);

/* '[', '{', ... : what the body begins with after white space; '\0': nothing. */
char body_first(struct str body);

/* For senders who cannot be told: text cut to `max` bytes, with U+FFFD in place
 * of control characters (but those in `allowed`). */
struct str fit(struct arena *a, struct str s, size_t max, const char *allowed);

/* The text of an alert whose sender has none; never empty. */
struct str described(struct arena *a, const struct alert *alert);

/* Adds a fact; a name that is a member of alerts gets `prefix` before it, and
 * underscores after it as long as `all` has that name too. */
void fact_add(struct arena *a, struct json_list *facts, const char *prefix,
              const struct json *all, const struct json *fact);

#endif
