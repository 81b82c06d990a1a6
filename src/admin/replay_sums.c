/* replay_sums.c -- deliveries become messages, and are counted. */
#include "admin/replay_sums.h"

#define DAY_MS 86400000

void replay_sums_init(struct replay_sums *t, const struct snapshot *by, int64_t since_ms)
{
    *t = (struct replay_sums){.by = by, .since_ms = since_ms};
    t->counts = mem_array(MAX(by->recipient_count, 1u), sizeof *t->counts);
}

void replay_sums_release(struct replay_sums *t)
{
    free(t->counts);
    free(t->days);
    *t = (struct replay_sums){0};
}

struct replay_day *replay_sums_day(struct replay_sums *t, int64_t at_ms)
{
    int64_t day = at_ms / DAY_MS - (at_ms % DAY_MS < 0);

    /* In the order of time, but for those that begin while others end. */
    for (size_t i = t->day_count; i-- > 0 && t->days[i].day >= day;)
        if (t->days[i].day == day)
            return &t->days[i];
    t->days = mem_grow(t->days, t->day_count + 1, sizeof *t->days);
    t->days[t->day_count] = (struct replay_day){.day = day};
    return &t->days[t->day_count++];
}

bool is_told(enum rehearsed_end end)
{
    return end == REHEARSED_AT_ONCE || end == REHEARSED_LATER ||
           end == REHEARSED_TOGETHER;
}

const char *rehearsed_end_name(enum rehearsed_end end)
{
    static const char *const names[REHEARSED_ENDS] = {
        [REHEARSED_AT_ONCE] = "at_once",
        [REHEARSED_LATER] = "later",
        [REHEARSED_TOGETHER] = "summarised",
        [REHEARSED_JOINED] = "joined",
        [REHEARSED_WITHHELD] = "withheld",
        [REHEARSED_HELD] = "held",
    };

    return names[end];
}

static void messages_add(struct replay_sums *t, struct replay_counts *c, int64_t n,
                         enum severity severity, int64_t at_ms)
{
    c->messages += n;
    t->messages += n;
    t->by_severity[severity] += n;
    replay_sums_day(t, at_ms)->messages += n;
}

/* One alone is a message like any other. */
static void summary_close(struct replay_sums *t, size_t at)
{
    struct replay_counts *c = &t->counts[at];
    int64_t max = (int64_t)t->by->recipients[at].endpoint->type->together_max;
    int64_t n = c->open.count;

    if (n == 0)
        return;
    if (n > 1) {
        c->summaries += (n + max - 1) / max;
    } else {
        c->ends[REHEARSED_TOGETHER]--;
        c->ends[REHEARSED_LATER]++;
        c->by_hold[c->open.kind][REHEARSED_TOGETHER]--;
        c->by_hold[c->open.kind][REHEARSED_LATER]++;
    }
    messages_add(t, c, (n + max - 1) / max, c->open.worst, c->open.at_ms);
    c->open = (struct replay_summary){0};
}

/* As the courier gathers them: what edits a message goes alone, and so does what
 * cannot be told together. */
static bool goes_alone(const struct rehearsed *d, enum rehearsed_end end)
{
    const struct endpoint_type *type = d->to->endpoint->type;

    return end != REHEARSED_TOGETHER || type->together_max == 0 ||
           (type->edits && d->closes);
}

static void summary_add(struct replay_sums *t, const struct rehearsed *d, size_t at,
                        int64_t at_ms)
{
    struct replay_summary *open = &t->counts[at].open;

    if (open->count > 0 && (open->at_ms != at_ms || open->kind != d->hold.kind))
        summary_close(t, at);
    open->kind = d->hold.kind;
    open->at_ms = at_ms;
    open->count++;
    open->worst = MAX(open->worst, d->of->severity);
}

static void told_add(struct replay_sums *t, const struct rehearsed *d,
                     enum rehearsed_end end, int64_t at_ms)
{
    size_t at = (size_t)(d->to - t->by->recipients);
    struct replay_counts *c = &t->counts[at];

    c->engaged += d->of->change == CHANGE_ENGAGED;
    c->worsened += d->of->change == CHANGE_WORSENED;
    c->released += d->of->change == CHANGE_RELEASED;
    c->stored += d->of->change == CHANGE_STORED;
    if (end != REHEARSED_TOGETHER)
        messages_add(t, c, 1, d->of->severity, at_ms);
    else
        summary_add(t, d, at, at_ms);
}

void replay_sums_add(struct replay_sums *t, const struct rehearsed *d,
               enum rehearsed_end end, int64_t at_ms)
{
    struct replay_counts *c = &t->counts[d->to - t->by->recipients];

    if (rehearsed_at_ms(d) < t->since_ms)
        return;
    if (end == REHEARSED_TOGETHER && goes_alone(d, end))
        end = REHEARSED_LATER;
    c->ends[end]++;
    if (end != REHEARSED_AT_ONCE)
        c->by_hold[d->hold.kind][end]++;
    if (is_told(end))
        told_add(t, d, end, at_ms);
}

void replay_sums_close(struct replay_sums *t)
{
    for (size_t i = 0; i < t->by->recipient_count; i++)
        summary_close(t, i);
}

/* --- written ------------------------------------------------------------------ */

static int64_t sum(const int64_t ends[REHEARSED_ENDS])
{
    int64_t n = 0;

    for (int i = 0; i < REHEARSED_ENDS; i++)
        n += ends[i];
    return n;
}

void ends_write(const int64_t ends[REHEARSED_ENDS], struct json_out *o)
{
    out_i64(o, "deliveries", sum(ends));
    for (int i = 0; i < REHEARSED_ENDS; i++)
        out_i64(o, rehearsed_end_name((enum rehearsed_end)i), ends[i]);
}

void holds_write(const struct replay_counts *c, struct json_out *o, const char *name)
{
    out_array(o, name);
    for (int k = 0; k < HOLD_KINDS; k++) {
        if (sum(c->by_hold[k]) == 0)
            continue;
        out_object(o, NULL);
        out_text(o, "kind", hold_kind_name((enum hold_kind)k));
        ends_write(c->by_hold[k], o);
        out_object_end(o);
    }
    out_array_end(o);
}
