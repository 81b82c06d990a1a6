/* redact.h -- every secret value in force, taken out of texts for people. */
#ifndef CONFIG_REDACT_H
#define CONFIG_REDACT_H

#include "config/secret_forms.h"

#define REDACT_BYTES_MIN FORM_BYTES_MIN
#define REDACTED "•••"

struct redactor {
    struct str *values; /* sorted, each once; borrowed with their arena */
    size_t n;
};

/* From the secrets, in any order: each in every form of secret_forms.h. */
void redactor_init(struct redactor *r, const struct secret *secrets, size_t n,
                   struct arena *a);

/* The text with each longest match replaced. Texts get cut before they come here
 * (a reason, an error): so the beginning of a value is replaced, too, where "…"
 * or "..." stands for its end. */
void redact(const struct redactor *r, struct buf *to, struct str text);

#endif
