/* draft.h -- an endpoint that is not stored: what a form has so far, to ask the
 * other side with. */
#ifndef CONFIG_DRAFT_H
#define CONFIG_DRAFT_H

#include "config/config.h"

/* Fills `out` with an endpoint of that type, named as the type; all of it lives
 * in the arena. The parameters (NULL: none) are checked as those of a stored one,
 * references to secrets are read; but one of the format "script" may be absent,
 * for it is what is to be chosen. err->place is like "/params/url". */
bool endpoint_draft(const struct endpoint_type *type, const struct json *params,
                    struct arena *a, struct endpoint *out, struct error *err) must_check;

/* The type's parameter that is one of our scripts; NULL: it has none. */
const struct field *script_field(const struct endpoint_type *type);

#endif
