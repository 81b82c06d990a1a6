/* replay_result.c -- examples of what a replay tells, and what it says in the end. */
#include "admin/preview.h"
#include "admin/replay.h"
#include "admin/reply.h"
#include "config/render_input.h"

#define DAY_MS 86400000

/* --- examples ------------------------------------------------------------------ */

struct replay_example *replay_example_add(struct replay *r, struct replay_examples *to,
                                          const struct replay_event *e,
                                          struct str recipient)
{
    struct replay_example *out = &to->v[to->n];

    to->count++;
    if (to->n == REPLAY_EXAMPLES_MAX)
        return NULL;
    *out = (struct replay_example){
        .alert_id = e->id,
        .at_ms = e->at_ms,
        .type = arena_str(&r->arena, e->type),
        .recipient = arena_str(&r->arena, recipient),
    };
    to->n++;
    return out;
}

static enum phase phase_of(const struct rehearsed *d)
{
    if (d->of->change == CHANGE_RELEASED)
        return PHASE_RELEASE;
    return d->of->change == CHANGE_WORSENED && d->closes ? PHASE_WORSENED : PHASE_NEW;
}

/* As it would read, where the words are ours. */
void replay_words(struct replay *r, const struct rehearsed *d, int64_t at_ms,
                  struct replay_example *out)
{
    struct arena a freed_by(arena_release) = {0};
    const struct endpoint *endpoint = d->to->endpoint;
    struct render_input in;
    struct alert alert;
    struct message m;

    if (!endpoint->type->own_words || d->to->fault.n > 0 || endpoint->fault.n > 0 ||
        !replay_event_read(d->of, &a, &alert))
        return;
    render_input_for(r->draft, endpoint, d->to, at_ms, &in);
    message_build(&alert, phase_of(d), &in.place, &a, &m);
    out->title = arena_str(&r->arena, m.title);
    out->text = arena_str(&r->arena, m.sentence);
}

/* Whether there is one like it: ten times the same says less than ten types. */
static bool has_like(const struct replay_examples *x, struct str type,
                     enum hold_kind kind)
{
    for (size_t i = 0; i < x->n; i++)
        if (str_eq(x->v[i].type, type) && x->v[i].kind == kind)
            return true;
    return false;
}

static void example_told(struct replay *r, const struct rehearsed *d,
                         enum rehearsed_end end, int64_t at_ms)
{
    struct replay_example *out;

    if (r->examples.n == REPLAY_EXAMPLES_MAX ||
        has_like(&r->examples, d->of->type, d->hold.kind))
        return;
    out = replay_example_add(r, &r->examples, d->of, d->to->name);
    out->end = end;
    out->kind = d->hold.kind;
    replay_words(r, d, at_ms, out);
}

/* --- the rehearsal says ----------------------------------------------------------- */

void replay_held(void *replay, const struct rehearsed *d, struct str reason)
{
    struct replay *r = replay;
    struct replay_example *out;

    if (rehearsed_at_ms(d) < r->since_ms || reason.n == 0 ||
        r->held.n == REPLAY_EXAMPLES_MAX ||
        has_like(&r->held, d->of->type, d->hold.kind))
        return;
    out = replay_example_add(r, &r->held, d->of, d->to->name);
    out->kind = d->hold.kind;
    out->reason = arena_str(&r->arena, reason);
    out->end = d->state == DELIVERY_HELD ? REHEARSED_HELD : REHEARSED_WITHHELD;
}

void replay_ended(void *replay, const struct rehearsed *d, enum rehearsed_end end,
                  int64_t at_ms)
{
    struct replay *r = replay;

    if (rehearsed_at_ms(d) < r->since_ms)
        return;
    replay_sums_add(&r->sums, d, end, at_ms);
    if (is_told(end))
        example_told(r, d, end, at_ms);
    if (d->was_silenced)
        replay_silence_held(r, d, end);
    replay_compare(r, d, end);
}

/* --- written ------------------------------------------------------------------ */

static void example_write(const struct replay *r, const struct replay_example *e,
                          struct json_out *o)
{
    out_object(o, NULL);
    out_i64(o, "alert_id", e->alert_id);
    out_time(o, "at", e->at_ms);
    out_str(o, "type", e->type);
    out_str(o, "recipient", e->recipient);
    out_text(o, "outcome", rehearsed_end_name(e->end));
    if (e->kind != HOLD_NONE)
        out_text(o, "hold", hold_kind_name(e->kind));
    preview_text_write(r->draft, o, "title", e->title);
    preview_text_write(r->draft, o, "text", e->text);
    if (e->reason.n > 0)
        preview_text_write(r->draft, o, "reason", e->reason);
    out_object_end(o);
}

void replay_examples_write(const struct replay *r, const char *name,
                           const struct replay_examples *x, struct json_out *o)
{
    out_array(o, name);
    for (size_t i = 0; i < x->n; i++)
        example_write(r, &x->v[i], o);
    out_array_end(o);
}

static void differences_write(const char *name, const struct replay_examples *d,
                              struct json_out *o)
{
    out_object(o, name);
    out_i64(o, "count", d->count);
    out_array(o, "examples");
    for (size_t i = 0; i < d->n; i++) {
        out_object(o, NULL);
        out_i64(o, "alert_id", d->v[i].alert_id);
        out_time(o, "at", d->v[i].at_ms);
        out_str(o, "type", d->v[i].type);
        out_str(o, "recipient", d->v[i].recipient);
        out_object_end(o);
    }
    out_array_end(o);
    out_object_end(o);
}

static int by_day(const void *x, const void *y)
{
    const struct replay_day *a = x, *b = y;

    return a->day < b->day ? -1 : a->day > b->day;
}

static void days_write(struct replay_sums *t, struct json_out *o)
{
    char text[TIME_TEXT_MAX];

    if (t->day_count > 0)
        qsort(t->days, t->day_count, sizeof *t->days, by_day);
    out_array(o, "by_day");
    for (size_t i = 0; i < t->day_count; i++) {
        time_text(t->days[i].day * DAY_MS, false, text);
        out_object(o, NULL);
        out_str(o, "day", str_first(str_of(text), strlen("2020-11-23")));
        out_i64(o, "alerts", t->days[i].alerts);
        out_i64(o, "messages", t->days[i].messages);
        out_object_end(o);
    }
    out_array_end(o);
}

static void severities_write(const struct replay_sums *t, struct json_out *o)
{
    out_array(o, "by_severity");
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        if (t->by_severity[i] == 0)
            continue;
        out_object(o, NULL);
        out_text(o, "severity", severity_name((enum severity)i));
        out_i64(o, "messages", t->by_severity[i]);
        out_object_end(o);
    }
    out_array_end(o);
}

static void counts_write(const struct recipient *to, const struct replay_counts *c,
                            struct json_out *o)
{
    out_object(o, NULL);
    out_str(o, "recipient", to->name);
    out_i64(o, "messages", c->messages);
    out_i64(o, "summaries", c->summaries);
    out_i64(o, "engaged", c->engaged);
    out_i64(o, "worsened", c->worsened);
    out_i64(o, "released", c->released);
    out_i64(o, "stored", c->stored);
    ends_write(c->ends, o);
    holds_write(c, o, "by_hold");
    out_object_end(o);
}

/* Of very many only those who would have got something. */
static bool is_shown(const struct replay *r, size_t i)
{
    const struct recipient *to = &r->draft->recipients[i];
    const int64_t *ends = r->sums.counts[i].ends;
    bool any = r->draft->recipient_count <= REPLAY_RECIPIENTS_MAX;

    for (int k = 0; k < REHEARSED_ENDS; k++)
        any = any || ends[k] > 0;
    return any && !to->builtin && (r->only == 0 || to->id == r->only);
}

static void recipients_write(const struct replay *r, struct json_out *o)
{
    size_t shown = 0;

    out_array(o, "by_recipient");
    for (size_t i = 0; i < r->draft->recipient_count; i++)
        if (is_shown(r, i) && ++shown <= REPLAY_RECIPIENTS_MAX)
            counts_write(&r->draft->recipients[i], &r->sums.counts[i], o);
    out_array_end(o);
    out_i64(o, "more_recipients",
            (int64_t)(shown - MIN(shown, (size_t)REPLAY_RECIPIENTS_MAX)));
}

static void sums_write(const struct replay *r, struct json_out *o)
{
    struct replay_counts all = {0};

    for (size_t i = 0; i < r->draft->recipient_count; i++) {
        all.summaries += r->sums.counts[i].summaries;
        for (int k = 0; k < REHEARSED_ENDS; k++)
            all.ends[k] += r->sums.counts[i].ends[k];
    }
    out_i64(o, "summaries", all.summaries);
    ends_write(all.ends, o);
}

void replay_result(struct replay *r)
{
    struct json_out out = JSON_OUT(&r->job.result), *o = &out;

    replay_sums_close(&r->sums);
    out_object(o, NULL);
    out_time(o, "since", r->since_ms);
    out_time(o, "until", r->until_ms);
    out_i64(o, "alerts", r->alerts);
    out_i64(o, "messages", r->sums.messages);
    sums_write(r, o);
    out_i64(o, "sources_that_mute_nothing", (int64_t)rehearsal_unmuting(r->rehearsal));
    days_write(&r->sums, o);
    severities_write(&r->sums, o);
    recipients_write(r, o);
    out_object(o, "differences");
    out_i64(o, "compared", r->compared);
    out_i64(o, "not_kept", r->not_kept);
    differences_write("more", &r->more, o);
    differences_write("less", &r->less, o);
    out_object_end(o);
    replay_examples_write(r, "examples", &r->examples, o);
    replay_examples_write(r, "held_examples", &r->held, o);
    replay_silence_write(r, o);
    out_object_end(o);
}
