/* replay_result.c -- what a replay counts, and what it says in the end. */
#include "admin/preview.h"
#include "admin/replay.h"
#include "admin/reply.h"
#include "config/render_input.h"

#define DAY_MS 86400000

static struct replay_day *day_of(struct replay *r, int64_t at_ms)
{
    int64_t day = at_ms / DAY_MS - (at_ms % DAY_MS < 0);

    /* In the order of time, but for those that begin while others end. */
    for (size_t i = r->day_count; i-- > 0 && r->days[i].day >= day;)
        if (r->days[i].day == day)
            return &r->days[i];
    r->days = mem_grow(r->days, r->day_count + 1, sizeof *r->days);
    r->days[r->day_count] = (struct replay_day){.day = day};
    return &r->days[r->day_count++];
}

void replay_alert(struct replay *r, const struct replay_event *e)
{
    r->alerts++;
    day_of(r, e->at_ms)->alerts++;
}

static void example_make(struct replay *r, const struct replay_event *e,
                         struct str recipient, struct replay_example *out)
{
    *out = (struct replay_example){
        .alert_id = e->alert.id,
        .at_ms = e->at_ms,
        .type = arena_str(&r->arena, e->alert.type),
        .recipient = arena_str(&r->arena, recipient),
    };
}

/* As it would read, where the words are ours. */
static void words_make(struct replay *r, const struct replay_event *e,
                       const struct recipient *to, struct replay_example *out)
{
    struct arena a freed_by(arena_release) = {0};
    struct render_input in;
    struct message m;

    if (!to->endpoint->type->own_words || to->fault.n > 0 ||
        to->endpoint->fault.n > 0)
        return;
    render_input_for(r->draft, to->endpoint, to, e->at_ms, &in);
    message_build(&e->alert,
                  e->change == CHANGE_RELEASED ? PHASE_RELEASE : PHASE_NEW,
                  &in.place, &a, &m);
    out->title = arena_str(&r->arena, m.title);
    out->text = arena_str(&r->arena, m.sentence);
}

/* The first of each type: ten times the same says less than ten types. */
static void example_take(struct replay *r, const struct replay_event *e,
                         const struct recipient *to)
{
    struct replay_example *out = &r->examples[r->example_count];

    if (r->example_count == REPLAY_EXAMPLES_MAX)
        return;
    for (size_t i = 0; i < r->example_count; i++)
        if (str_eq(r->examples[i].type, e->alert.type))
            return;
    example_make(r, e, to->name, out);
    words_make(r, e, to, out);
    r->example_count++;
}

void replay_message(struct replay *r, const struct replay_event *e,
                    const struct recipient *to)
{
    struct replay_counts *counts = &r->counts[to - r->draft->recipients];

    r->messages++;
    r->by_severity[e->alert.severity]++;
    day_of(r, e->at_ms)->messages++;
    counts->engaged += e->change == CHANGE_ENGAGED;
    counts->released += e->change == CHANGE_RELEASED;
    counts->stored += e->change == CHANGE_STORED;
    example_take(r, e, to);
}

void replay_differs(struct replay *r, struct replay_differences *d,
                    const struct replay_event *e, struct str recipient)
{
    d->count++;
    if (d->n < REPLAY_EXAMPLES_MAX)
        example_make(r, e, recipient, &d->v[d->n++]);
}

/* --- written ------------------------------------------------------------------ */

static void example_write(const struct replay *r, const struct replay_example *e,
                          bool with_words, struct json_out *o)
{
    out_object(o, NULL);
    out_i64(o, "alert_id", e->alert_id);
    out_time(o, "at", e->at_ms);
    out_str(o, "type", e->type);
    out_str(o, "recipient", e->recipient);
    if (with_words) {
        preview_text_write(r->draft, o, "title", e->title);
        preview_text_write(r->draft, o, "text", e->text);
    }
    out_object_end(o);
}

static void differences_write(const struct replay *r, const char *name,
                              const struct replay_differences *d,
                              struct json_out *o)
{
    out_object(o, name);
    out_i64(o, "count", d->count);
    out_array(o, "examples");
    for (size_t i = 0; i < d->n; i++)
        example_write(r, &d->v[i], false, o);
    out_array_end(o);
    out_object_end(o);
}

static int by_day(const void *x, const void *y)
{
    const struct replay_day *a = x, *b = y;

    return a->day < b->day ? -1 : a->day > b->day;
}

static void days_write(struct replay *r, struct json_out *o)
{
    char text[TIME_TEXT_MAX];

    if (r->day_count > 0)
        qsort(r->days, r->day_count, sizeof *r->days, by_day);
    out_array(o, "by_day");
    for (size_t i = 0; i < r->day_count; i++) {
        time_text(r->days[i].day * DAY_MS, false, text);
        out_object(o, NULL);
        out_str(o, "day", str_first(str_of(text), strlen("2020-11-23")));
        out_i64(o, "alerts", r->days[i].alerts);
        out_i64(o, "messages", r->days[i].messages);
        out_object_end(o);
    }
    out_array_end(o);
}

static void severities_write(const struct replay *r, struct json_out *o)
{
    out_array(o, "by_severity");
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        if (r->by_severity[i] == 0)
            continue;
        out_object(o, NULL);
        out_text(o, "severity", severity_name((enum severity)i));
        out_i64(o, "messages", r->by_severity[i]);
        out_object_end(o);
    }
    out_array_end(o);
}

static void recipients_write(const struct replay *r, struct json_out *o)
{
    out_array(o, "by_recipient");
    for (size_t i = 0; i < r->draft->recipient_count; i++) {
        const struct recipient *to = &r->draft->recipients[i];
        const struct replay_counts *c = &r->counts[i];

        if (to->builtin || (r->only != 0 && to->id != r->only))
            continue;
        out_object(o, NULL);
        out_str(o, "recipient", to->name);
        out_i64(o, "messages", c->engaged + c->released + c->stored);
        out_i64(o, "engaged", c->engaged);
        out_i64(o, "released", c->released);
        out_i64(o, "stored", c->stored);
        out_object_end(o);
    }
    out_array_end(o);
}

void replay_result(struct replay *r)
{
    struct json_out out = JSON_OUT(&r->job.result), *o = &out;

    out_object(o, NULL);
    out_time(o, "since", r->since_ms);
    out_time(o, "until", r->until_ms);
    out_i64(o, "alerts", r->alerts);
    out_i64(o, "messages", r->messages);
    days_write(r, o);
    severities_write(r, o);
    recipients_write(r, o);
    out_object(o, "differences");
    out_i64(o, "compared", r->compared);
    out_i64(o, "not_kept", r->not_kept);
    differences_write(r, "more", &r->more, o);
    differences_write(r, "less", &r->less, o);
    out_object_end(o);
    out_array(o, "examples");
    for (size_t i = 0; i < r->example_count; i++)
        example_write(r, &r->examples[i], true, o);
    out_array_end(o);
    out_object_end(o);
}
