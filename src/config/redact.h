/* redact.h -- every secret value in force, taken out of texts for people. */
#ifndef CONFIG_REDACT_H
#define CONFIG_REDACT_H

#include "base/arena.h"

#define REDACT_BYTES_MIN 4 /* a shorter secret would blank out half a text */
#define REDACTED "•••"

struct redactor {
    struct str *values; /* sorted, each once; borrowed with their arena */
    size_t n;
};

/* From secret values, in any order. Of one that is a URL the part behind the
 * host counts too: that is how error texts show it; and so does each long piece of
 * a path, a query, or a "number:token": an endpoint may build another URL of it;
 * and, of one that JSON has to escape, that form: an answer may repeat it so. */
void redactor_init(struct redactor *r, const struct str *values, size_t n,
                   struct arena *a);

/* The text with each longest match replaced. */
void redact(const struct redactor *r, struct buf *to, struct str text);

#endif
