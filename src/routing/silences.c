/* silences.c -- what a silence is now, and what it holds back. */
#include "routing/silences.h"

#include "base/clock.h"
#include "base/limits.h"
#include "routing/hold_judges.h"
#include "routing/rule_index.h"

static_assert(SILENCES_MAX <= RECIPIENTS_MAX, "an index takes no more rules");

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

/* Without the look ahead that says until when. */
static bool is_active(const struct silence *s, int64_t now_ms)
{
    return s->starts_ms <= now_ms && (s->ends_ms == 0 || s->ends_ms > now_ms) &&
           (s->schedule == NULL || schedule_inside(s->schedule, s->zone, now_ms));
}

bool silence_is_for(const struct silence *s, int64_t recipient_id)
{
    for (size_t i = 0; i < s->recipient_count; i++)
        if (s->recipients[i].id == recipient_id)
            return true;
    return s->recipient_count == 0;
}

/* In doubt it tells: a silence must not hide what it was not meant for. */
bool silence_hits(const struct silence *s, struct filter_subject *subject)
{
    return filter_ask(s->filter, subject) == FILTER_YES;
}

/* As rules of recipients who take what the silence hits. */
void silences_index(struct silences *s, struct arena *a)
{
    struct rule *rules = arena_array(a, MAX(s->n, 1u), sizeof *rules);
    const struct json_list nothing = {0};

    for (size_t i = 0; i < s->n; i++) {
        rules[i] = (struct rule){.recipient_id = s->v[i].id, .enabled = true};
        if (!criteria_read(json_new_object(a, &nothing), a, &rules[i].criteria, NULL))
            bug("no criteria are wrong");
        rules[i].criteria.filter = s->v[i].filter;
    }
    s->index = rule_index_new(rules, s->n);
}

void silences_release(struct silences *s)
{
    rule_index_free(s->index);
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

/* The first set bit from `at` on; n: there is none below. */
static size_t bit_next(const uint64_t *bits, size_t at, size_t n)
{
    for (; at < n; at = (at | 63) + 1) {
        uint64_t left = bits[at / 64] >> (at % 64);

        if (left != 0)
            return MIN(at + (size_t)__builtin_ctzll(left), n);
    }
    return n;
}

/* A bit for each that hits the alert now, whoever is told. */
static const uint64_t *hits_now(const struct hold_question *q)
{
    const struct silences *all = &q->rules->silences;
    size_t words = rule_words(all->n);
    uint64_t *bits = arena_array(q->arena, words, sizeof *bits);

    memset(bits, 0xff, words * sizeof *bits);
    if (all->index != NULL)
        rule_index_find(all->index, q->subject, bits);
    for (size_t i = bit_next(bits, 0, all->n); i < all->n; i = bit_next(bits, i + 1, all->n))
        if (!is_active(&all->v[i], q->now_ms) || !silence_hits(&all->v[i], q->subject))
            bits[i / 64] &= ~(1ULL << (i % 64));
    return bits;
}

static const struct silence *silence_find(const struct hold_question *q,
                                          int64_t *until_ms)
{
    const struct silences *all = &q->rules->silences;
    const struct silence *found = NULL;
    struct muted own = {0}, *m = q->muted != NULL ? q->muted : &own;

    if (m->silences == NULL)
        m->silences = hits_now(q);
    for (size_t i = bit_next(m->silences, 0, all->n); i < all->n;
         i = bit_next(m->silences, i + 1, all->n)) {
        const struct silence *s = &all->v[i];
        int64_t ends_ms;

        if (!silence_is_for(s, q->recipient_id))
            continue;
        silence_state(s, q->now_ms, &ends_ms);
        if (found != NULL && !lasts_longer(ends_ms, *until_ms))
            continue;
        found = s;
        *until_ms = ends_ms;
    }
    return found;
}

static bool silenced(const struct hold_question *q, struct hold *out)
{
    const struct silence *s;

    if (q->rules->silences.n == 0)
        return false;
    s = silence_find(q, &out->until_ms);
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
        out->have = STR("no silence");
    else
        out->have = arena_printf(q->arena, "none of %zu is on and hits it", n);
}

const struct hold_judge hold_judge_silenced = {HOLD_SILENCED, silenced, words};
