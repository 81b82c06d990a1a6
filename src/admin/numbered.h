/* numbered.h -- inside the room: a list of what has a number of its own, in that
 * order; the number of a page's last row is the cursor. */
#ifndef ADMIN_NUMBERED_H
#define ADMIN_NUMBERED_H

#include "admin/room.h"

struct numbered {
    size_t (*count)(const struct people *p);
    int64_t (*id)(const struct people *p, size_t i);
    void (*write)(const struct people *p, size_t i, struct json_out *o);
};

/* Answers with the page that ?limit= and ?cursor= ask for. */
void numbered_list(const struct numbered *list, struct admin *a,
                   struct exchange *x);

#endif
