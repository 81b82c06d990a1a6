/* preview_request.c -- a request as JSON that people may see: whole, for it was
 * never sent. */
#include "admin/preview.h"

#include "base/limits.h"
#include "courier/shown.h"

static struct shown whole(const struct snapshot *s, struct arena *a)
{
    return (struct shown){
        .hide = {.was = s, .arena = a},
        .text_max = REQUEST_MAX,
        .left = 2 * REQUEST_MAX,
    };
}

void preview_text_write(const struct snapshot *s, struct json_out *o,
                        const char *name, struct str text)
{
    struct arena a freed_by(arena_release) = {0};
    struct shown shown = whole(s, &a);

    text_show(&shown, o, name, text);
}

void preview_request_write(const struct request *r, const struct snapshot *s,
                           struct json_out *o)
{
    struct arena a freed_by(arena_release) = {0};
    struct shown shown = whole(s, &a);

    request_show(&shown, r, o);
}
