/* texts.c -- finds a text's translation. */
#include "base/texts.h"

#include <stdlib.h>

const struct texts *texts_find(struct str language)
{
    for (const struct texts *t = texts_all; t->language != NULL; t++)
        if (str_is(language, t->language))
            return t;
    return NULL;
}

static int by_english(const void *english, const void *text)
{
    return strcmp(english, ((const struct text *)text)->english);
}

const char *texts_say(const struct texts *t, const char *english)
{
    const struct text *found =
        t ? bsearch(english, t->v, t->n, sizeof(*t->v), by_english) : NULL;

    return found ? found->said : english;
}
