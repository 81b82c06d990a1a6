/* texts.h -- what our own tables say (labels, helps, units) in other languages.
 * The tables' English is the key, so it is written once, and a text that was
 * changed has no translation until somebody has looked at it: test_texts.c
 * fails. The catalogues are i18n/options.LANGUAGE.json, compiled in. */
#ifndef BASE_TEXTS_H
#define BASE_TEXTS_H

#include "base/str.h"

struct text {
    const char *english, *said;
};

struct texts {
    const char *language; /* "de" */
    const struct text *v; /* by `english`, in the order of strcmp */
    size_t n;
};

extern const struct texts texts_all[]; /* tools/texts.py; a NULL language ends */

/* NULL: English, and every language we do not have. */
const struct texts *texts_find(struct str language);

/* What `t` has for it; the English itself where it has nothing or is NULL. */
const char *texts_say(const struct texts *t, const char *english);

#endif
