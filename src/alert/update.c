/* update.c -- names of updates, copies of acknowledgements. */
#include "alert/update.h"

const char *update_name(enum update u)
{
    static const char *const names[] = {
        [UPDATE_NONE] = "",
        [UPDATE_ACKED] = "acknowledged",
        [UPDATE_UNACKED] = "unacknowledged",
        [UPDATE_WORSENED] = "worsened",
    };

    assert(u < COUNT_OF(names));
    return names[u];
}

struct ack *ack_copy(const struct ack *a)
{
    struct ack *copy;
    char *bytes;

    if (a->at_ms == 0)
        return NULL;
    copy = mem_new(sizeof *copy + a->by.n + a->note.n);
    bytes = (char *)(copy + 1);
    *copy = *a;
    copy->by.p = bytes;
    copy->note.p = bytes + a->by.n;
    if (a->by.n > 0)
        memcpy(bytes, a->by.p, a->by.n);
    if (a->note.n > 0)
        memcpy(bytes + a->by.n, a->note.p, a->note.n);
    return copy;
}
