/* retention.c -- which alerts go next, whatever the engine. */
#include "store/retention.h"

int64_t retention_cut_ms(const struct retention *r)
{
    int64_t keep_ms = r->classes[r->at].keep_ms;

    return keep_ms != 0 ? r->now_ms - keep_ms : INT64_MIN;
}

static void say_fits(struct buf *to, const struct store_class *c)
{
    buf_printf(to, "(severity >= %d AND severity <= %d", (int)c->least,
               (int)c->most);
    for (unsigned i = 0, any = 0; c->entities != 0 && i < 32; i++)
        if ((c->entities >> i & 1) != 0)
            buf_printf(to, "%s%u", any++ > 0 ? "," : " AND entity IN (", i);
    buf_text(to, c->entities != 0 ? "))" : ")");
}

void retention_say(struct buf *to, const struct store_class *classes, size_t at)
{
    buf_text(to, "action <> 0 AND ");
    say_fits(to, &classes[at]);
    for (size_t i = 0; i < at; i++) {
        buf_text(to, " AND NOT ");
        say_fits(to, &classes[i]);
    }
}

bool retention_takes(struct retention *r, int64_t tstamp_ms, int64_t bytes)
{
    r->kept = r->kept || (tstamp_ms >= retention_cut_ms(r) && r->excess <= 0);
    if (!r->kept)
        r->excess -= bytes;
    return !r->kept;
}
