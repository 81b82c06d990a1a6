/* secret.h -- where a secret's value comes from: written as it is, or a
 * reference "file:/path", "env:NAME", "cred:NAME" that is read when a snapshot
 * is built. */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include "base/field.h"

bool secret_is_reference(struct str value);

/* The value itself, in the arena. The error names the reference, never more. */
bool secret_read(struct str value, struct arena *a, struct str *out,
                 struct error *err) must_check;

/* Parameters with their references read. A reference that cannot be read is
 * left out, and `missing` says why (of the first; else its text is ""); its
 * row in *rows is then optional, in a copy. */
const struct json *secrets_read(const struct field **rows,
                                const struct json *params, struct arena *a,
                                struct error *missing);

/* What of `stored` an API client gives back as it was shown, {"set":true}. */
const struct json *secrets_shown(const struct field *rows,
                                 const struct json *stored,
                                 const struct json *given, struct arena *a);

#endif
