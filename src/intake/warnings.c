/* warnings.c -- facts that look like a member of alerts with a typing error. */
#include "intake/answer.h"

#include "alert/alert.h"

#define WARNINGS_MAX 20 /* of one body */
#define NAME_SHOWN 40 /* bytes */

static void warning_write(const struct held *h, size_t i, struct str name,
                        const char *meant, struct json_out *o)
{
    struct arena *a = exchange_arena(h->x);
    struct str shown = str_first(name, utf8_cut(name, NAME_SHOWN));

    out_object(o, NULL);
    if (h->batch.n > 1)
        out_str(o, "place", arena_printf(a, "/%zu/%.*s", i, STR_ARG(shown)));
    else
        out_str(o, "place", arena_printf(a, "/%.*s", STR_ARG(shown)));
    out_str(o, "text",
            arena_printf(a, "was taken as a fact; did you mean \"%s\"?", meant));
    out_object_end(o);
}

/* The array is begun with the first: mostly there is none. */
void warnings_find(struct held *h)
{
    struct buf b freed_by(buf_release) = BUF(WARNINGS_MAX * 400);
    struct json_out o = JSON_OUT(&b);
    size_t n = 0;

    for (size_t i = 0; i < h->batch.n; i++) {
        const struct json *facts = h->batch.v[i].alert.facts;

        for (const struct json *f = facts ? facts->first : NULL; f; f = f->next) {
            const char *meant = alert_member_near(f->name);

            if (meant == NULL || n == WARNINGS_MAX)
                continue;
            if (n++ == 0)
                out_array(&o, NULL);
            warning_write(h, i, f->name, meant, &o);
        }
    }
    if (n == 0)
        return;
    out_array_end(&o);
    h->warnings = arena_str(exchange_arena(h->x), buf_view(&b));
}
