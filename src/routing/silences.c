/* silences.c -- what a silence is now, and what it holds back. */
#include "routing/silences.h"

#include "base/clock.h"
#include "base/limits.h"
#include "routing/hold_judges.h"

const char *silence_state_name(enum silence_state s)
{
    static const char *const names[] = {
        [SILENCE_PENDING] = "pending",
        [SILENCE_ACTIVE] = "active",
        [SILENCE_EXPIRED] = "expired",
    };

    return names[s];
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a == 0 ? b : b == 0 ? a : MIN(a, b);
}

enum silence_state silence_state(const struct silence *s, int64_t now_ms,
                                 int64_t *until_ms)
{
    int64_t next_ms;

    *until_ms = 0;
    if (s->ends_ms != 0 && s->ends_ms <= now_ms)
        return SILENCE_EXPIRED;
    if (s->starts_ms > now_ms) {
        *until_ms = s->starts_ms;
        return SILENCE_PENDING;
    }
    *until_ms = s->ends_ms;
    if (s->schedule == NULL)
        return SILENCE_ACTIVE;
    if (schedule_inside(s->schedule, s->zone, now_ms)) {
        *until_ms = sooner(s->ends_ms,
                           schedule_end_ms(s->schedule, s->zone, now_ms));
        return SILENCE_ACTIVE;
    }
    next_ms = schedule_next_ms(s->schedule, s->zone, now_ms);
    *until_ms = sooner(s->ends_ms, next_ms == INT64_MAX ? 0 : next_ms);
    return SILENCE_PENDING;
}

/* In doubt it tells: a silence must not hide what it was not meant for. */
bool silence_hits(const struct silence *s, struct filter_subject *subject)
{
    return filter_ask(s->filter, subject) == FILTER_YES;
}

void silences_release(struct silences *s)
{
    for (size_t i = 0; i < s->n; i++)
        zone_free(s->v[i].zone);
    *s = (struct silences){0};
}

/* --- the judge ------------------------------------------------------------- */

static struct str until_words(const struct silence *s, int64_t until_ms,
                              struct arena *a)
{
    char when[TIME_TEXT_MAX];

    if (until_ms == 0)
        return s->until_resolved ? STR("until it is resolved") : STR("until it is ended");
    time_text(until_ms, false, when);
    return arena_printf(a, "until %s", when);
}

static void silence_words(const struct silence *s, struct arena *a, struct hold *out)
{
    struct str until = until_words(s, out->until_ms, a);
    struct str text = arena_printf(
        a, "silenced by %.*s (#%lld, %.*s) %.*s: %.*s", STR_ARG(s->name),
        (long long)s->id, STR_ARG(s->author), STR_ARG(until), STR_ARG(s->comment));

    out->reason = str_first(text, utf8_cut(text, REASON_MAX));
}

/* Of several the one that lasts longest: it is looked at again less often. */
static bool lasts_longer(int64_t until_ms, int64_t than_ms)
{
    return than_ms != 0 && (until_ms == 0 || until_ms > than_ms);
}

static const struct silence *silence_find(const struct silences *all,
                                          struct filter_subject *subject,
                                          int64_t now_ms, int64_t *until_ms)
{
    const struct silence *found = NULL;

    for (size_t i = 0; i < all->n; i++) {
        int64_t ends_ms;

        if (silence_state(&all->v[i], now_ms, &ends_ms) != SILENCE_ACTIVE ||
            (found != NULL && !lasts_longer(ends_ms, *until_ms)) ||
            !silence_hits(&all->v[i], subject))
            continue;
        found = &all->v[i];
        *until_ms = ends_ms;
    }
    return found;
}

static bool silenced(const struct hold_question *q, struct hold *out)
{
    const struct silence *s;

    if (q->rules->silences.n == 0)
        return false;
    s = silence_find(&q->rules->silences, q->subject, q->now_ms, &out->until_ms);
    if (s == NULL)
        return false;
    out->ref = s->id;
    /* What is over already can never be engaged when the silence ends. */
    out->final = q->change == CHANGE_STORED;
    silence_words(s, q->arena, out);
    return true;
}

static void words(const struct hold_question *q, const struct hold *h,
                  struct hold_reason *out)
{
    size_t n = q->rules->silences.n;

    out->want = STR("no silence that is on");
    if (h != NULL)
        out->have = h->reason;
    else if (n == 0)
        out->have = STR("there are none");
    else
        out->have = arena_printf(q->arena, "none of %zu is on and hits it", n);
}

const struct hold_judge hold_judge_silenced = {HOLD_SILENCED, silenced, words};
