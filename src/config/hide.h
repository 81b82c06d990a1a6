/* hide.h -- a text that others had a hand in, fit for people: cleaned, every
 * secret taken out, cut. The one way on which requests, answers and the words of
 * a peer are shown: deliveries, tests, previews. */
#ifndef CONFIG_HIDE_H
#define CONFIG_HIDE_H

#include "config/config.h"
#include "config/redact.h"

struct hide { /* whose secrets; any of them may be NULL */
    const struct snapshot *was; /* in force when it was said */
    const struct config *now;   /* in force now */
    const struct redactor *own; /* that no configuration knows: a draft's, a link's */
    struct arena *arena;        /* where what is shown lives */
};

/* At most max bytes; what was cut ends in "…". */
struct str hide_text(const struct hide *h, struct str text, size_t max);

#endif
