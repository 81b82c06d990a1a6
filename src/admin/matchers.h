/* matchers.h -- inside the room: Alertmanager's matchers and our filters, each as the
 * other: `{alertname="Up", env=~"prod|lab"}`. */
#ifndef ADMIN_MATCHERS_H
#define ADMIN_MATCHERS_H

#include "base/json.h"

#define MATCHERS_MAX 64

struct matcher {
    struct str name, value;
    bool regex, equal;
};

/* `{a="b", c=~"d"}` of a list of {"name", "value", "isRegex", "isEqual"}. */
bool matchers_filter(const struct json *list, struct buf *to, struct error *err);
/* The other way; 0: the filter is none that could have come from matchers. */
size_t matchers_read(struct str filter, struct arena *a, struct matcher *out);

/* One as it is asked for: `a="b"`, or `a=b`. */
bool matcher_parse(struct str text, struct arena *a, struct matcher *out);
void matcher_text(const struct matcher *m, struct buf *to); /* a="b" */

#endif
