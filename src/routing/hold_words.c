/* hold_words.c -- what the judges of hold_pace.c say, with both values: what the alert
 * and its recipient have, and what would be told at once. */
#include "routing/hold_judges.h"
#include "routing/pace.h"

#define ANY STR("any")

/* Without a memory of who was told what, that is all there is to say. */
static bool is_forgotten(const struct hold_question *q, struct hold_reason *out)
{
    out->unknown = q->state->told == NULL;
    if (out->unknown)
        out->have = STR("who had been told what then is not known");
    return out->unknown;
}

static struct str span(int64_t ms, struct arena *a)
{
    char text[DURATION_TEXT_MAX];

    duration_text(ms, text);
    return arena_str(a, str_of(text));
}

static const struct told_alert *told_of(const struct hold_question *q)
{
    return told_alert(q->state->told, q->recipient_id, q->key_hash);
}

void words_flapping(const struct hold_question *q, const struct hold *h,
                    struct hold_reason *out)
{
    const struct pace *p = q->pace;
    const struct told_alert *was;
    long long n = 1;

    out->want = ANY;
    if (p == NULL || p->flapping_count == 0)
        return;
    out->want = arena_printf(q->arena, "fewer than %lld engages in %.*s",
                             (long long)p->flapping_count,
                             STR_ARG(span(p->flapping_ms, q->arena)));
    if (q->change != CHANGE_ENGAGED) {
        out->have = STR("it does not engage");
        return;
    }
    if (is_forgotten(q, out))
        return;
    was = told_of(q);
    for (size_t i = 0; was != NULL && i < was->engage_count; i++)
        n += was->engaged_ms[i] > q->now_ms - p->flapping_ms;
    out->have = arena_printf(q->arena, "%lld with this one%s", n,
                             h != NULL ? ", and it has not settled" : "");
}

void words_repeat(const struct hold_question *q, const struct hold *h unused,
                  struct hold_reason *out)
{
    const struct told_alert *was;

    out->want = ANY;
    if (q->pace == NULL || q->pace->repeat_ms == 0)
        return;
    out->want = arena_printf(q->arena, "at most every %.*s, unless more severe",
                             STR_ARG(span(q->pace->repeat_ms, q->arena)));
    if (q->change == CHANGE_RELEASED) {
        out->have = STR("it ends what was told");
        return;
    }
    if (is_forgotten(q, out))
        return;
    was = told_of(q);
    out->have =
        was == NULL || was->told_ms == 0
            ? STR("not told in the last 7 days")
            : arena_printf(q->arena, "%s; told as %s %.*s ago",
                           severity_name(q->alert->severity),
                           severity_name(was->severity),
                           STR_ARG(message_duration(
                               MAX(q->now_ms - was->told_ms, 0), q->arena)));
}

/* "warning, Tue 22:13": what the clocks of its zone show. */
static struct str moment(const struct hold_question *q)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    int64_t wall_s = zone_wall_s(q->pace->zone, q->now_ms / 1000);
    int64_t day = wall_s / 86400, minute = wall_s % 86400 / 60;

    return arena_printf(q->arena, "%s, %s %02lld:%02lld",
                        severity_name(q->alert->severity), days[day % 7],
                        (long long)(minute / 60), (long long)(minute % 60));
}

static struct str unless_urgent(const struct hold_question *q)
{
    return q->pace->urgent == SEVERITY_NONE
               ? STR_NONE
               : arena_printf(q->arena, ", or %s and higher",
                              severity_name(q->pace->urgent));
}

void words_quiet(const struct hold_question *q, const struct hold *h unused,
                 struct hold_reason *out)
{
    out->want = ANY;
    if (q->pace == NULL || q->pace->quiet == NULL)
        return;
    out->want = arena_printf(q->arena, "outside %.*s%.*s",
                             STR_ARG(q->pace->as_written.quiet_hours),
                             STR_ARG(unless_urgent(q)));
    out->have = moment(q);
}

void words_digest(const struct hold_question *q, const struct hold *h unused,
                  struct hold_reason *out)
{
    out->want = ANY;
    if (q->pace == NULL || q->pace->digest == NULL)
        return;
    out->want = arena_printf(q->arena, "together %.*s%.*s",
                             STR_ARG(q->pace->as_written.digest),
                             STR_ARG(unless_urgent(q)));
    out->have = moment(q);
}

void words_storm(const struct hold_question *q, const struct hold *h unused,
                 struct hold_reason *out)
{
    const struct told_recipient *was;
    int64_t from_ms;

    out->want = ANY;
    if (q->pace == NULL || q->pace->storm_limit == 0)
        return;
    out->want = arena_printf(q->arena, "at most %lld messages in %.*s",
                             (long long)q->pace->storm_limit,
                             STR_ARG(span(q->pace->storm_ms, q->arena)));
    if (is_forgotten(q, out))
        return;
    was = told_recipient(q->state->told, q->recipient_id);
    from_ms = was != NULL ? was->from_ms : 0;
    out->have = arena_printf(
        q->arena, "%lld in this window%s",
        from_ms != 0 && q->now_ms < from_ms + q->pace->storm_ms ? (long long)was->count
                                                                : 0LL,
        was != NULL && was->storm ? ", after a storm" : "");
}
