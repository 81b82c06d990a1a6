/* hide.c -- a text that others had a hand in, fit for people. */
#include "config/hide.h"

#include "config/proposal.h"
#include "message/escape.h"

#define GROWTH 3 /* the most that cleaning or hiding makes of a byte */

typedef void step_fn(const struct hide *h, struct buf *to, struct str text);

static void clean(const struct hide *h, struct buf *to, struct str text)
{
    (void)h;
    clean_text(to, text, true);
}

static void hide_own(const struct hide *h, struct buf *to, struct str text)
{
    if (h->own != NULL)
        redact(h->own, to, text);
    else
        buf_str(to, text);
}

static void hide_was(const struct hide *h, struct buf *to, struct str text)
{
    if (h->was != NULL)
        proposal_redact(h->was, to, text);
    else
        buf_str(to, text);
}

/* Nearly always nothing was changed meanwhile. */
static void hide_now(const struct hide *h, struct buf *to, struct str text)
{
    if (h->now != NULL && config_now(h->now) != h->was)
        config_redact(h->now, to, text);
    else
        buf_str(to, text);
}

/* Cleaned first: that could join a secret again. Cut before, for a text may be
 * long, and the mark of the cut lets the beginning of a secret be known; and cut
 * again after, when there is none left. */
struct str hide_text(const struct hide *h, struct str text, size_t max)
{
    static step_fn *const steps[] = {clean, hide_own, hide_was, hide_now};
    struct buf last = BUF(2 * max), next, cut freed_by(buf_release) = BUF(max);

    cut_bytes(&last, text, 2 * max);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        next = BUF(GROWTH * last.n);
        steps[i](h, &next, buf_view(&last));
        buf_release(&last);
        last = next;
    }
    cut_bytes(&cut, buf_view(&last), max);
    buf_release(&last);
    return arena_str(h->arena, buf_view(&cut));
}
