/* secret_forms.h -- every form in which a secret may be seen: as it is, and as
 * whoever gets it may repeat it in an answer. The redactor's one list of them: a
 * transport or an endpoint that sends a secret in another form adds it here. */
#ifndef CONFIG_SECRET_FORMS_H
#define CONFIG_SECRET_FORMS_H

#include "base/arena.h"
#include "base/field.h"

#define FORM_BYTES_MIN 4 /* a shorter one would blank out half a text */

struct forms {
    struct arena *arena;
    struct str *v; /* in the arena, in no order, perhaps one twice */
    size_t n, max;
};

void forms_add(struct forms *f, const struct secret *s);

#endif
