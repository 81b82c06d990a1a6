/* numbered.c -- a page of a list in the order of its numbers. */
#include "admin/numbered.h"

#include "admin/params.h"
#include "admin/reply.h"

/* Writes what comes after *row, at most a page. Returns whether there is more;
 * *row is the last one written. */
static bool rows_write(const struct numbered *list, const struct people *p,
                       size_t limit, struct json_out *o, int64_t *row)
{
    size_t n = 0;

    for (size_t i = 0; i < list->count(p); i++) {
        if (list->id(p, i) <= *row)
            continue;
        if (n++ == limit)
            return true;
        list->write(p, i, o);
        *row = list->id(p, i);
    }
    return false;
}

void numbered_list(const struct numbered *list, struct admin *a,
                   struct exchange *x)
{
    static const char *const names[] = {"limit", "cursor", NULL};
    const struct people *p = a->with.people;
    struct reply reply freed_by(reply_release) = {0};
    struct str next = STR_NONE;
    struct page page;
    int64_t row;

    if (!params_known(a, x, names) || !params_page(a, x, &page) ||
        !params_cursor_id(a, x, &page, &row))
        return;
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "data");
    if (rows_write(list, p, page.limit, &reply.out, &row))
        next = arena_printf(exchange_arena(x), "%lld", (long long)row);
    out_array_end(&reply.out);
    reply_list_end(&reply, next, (int64_t)list->count(p), true);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}
