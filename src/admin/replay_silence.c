/* replay_silence.c -- a draft silence replayed: what it would have held back, and what
 * would have been sent without it. The second is a rehearsal of its own, beside. */
#include "admin/reply.h"
#include "admin/replay.h"
#include "config/silence.h"

/* --- when it is on ---------------------------------------------------------------- */

/* A silence that is about another time is tried out on this one: on from the first
 * moment to the last, or in its windows. What it holds at the end is sent then, if
 * there is still something to tell. */
static void times_set(struct replay *r, struct silence *s)
{
    struct replay_silence *x = &r->silence;

    x->is_moved = s->starts_ms >= r->until_ms ||
                  (s->ends_ms != 0 && s->ends_ms <= r->since_ms);
    if (x->is_moved)
        s->starts_ms = s->ends_ms = 0;
    x->from_ms = MAX(s->starts_ms, r->since_ms);
    x->to_ms = s->ends_ms == 0 ? r->until_ms : MIN(s->ends_ms, r->until_ms);
    if (s->starts_ms == 0)
        s->starts_ms = x->from_ms;
    s->ends_ms = x->to_ms;
    s->until_resolved = false; /* so that its whole effect is seen */
}

static void silences_split(struct replay *r, int64_t id)
{
    const struct silences *all = &r->draft->holds.silences;
    struct replay_silence *x = &r->silence;

    x->with.v = mem_array(MAX(all->n, 1u), sizeof *x->with.v);
    x->without.v = mem_array(MAX(all->n, 1u), sizeof *x->without.v);
    for (size_t i = 0; i < all->n; i++) {
        x->with.v[x->with.n++] = all->v[i];
        if (all->v[i].id == id)
            times_set(r, &x->with.v[i]);
        else
            x->without.v[x->without.n++] = all->v[i];
    }
}

/* --- without it -------------------------------------------------------------------- */

static void other_held(void *replay unused, const struct rehearsed *d unused,
                       struct str reason unused)
{
}

static void other_ended(void *replay, const struct rehearsed *d, enum rehearsed_end end,
                        int64_t at_ms)
{
    struct replay *r = replay;

    replay_sums_add(&r->silence.sums, d, end, at_ms);
}

void replay_silence_begin(struct replay *r, struct str name)
{
    struct replay_silence *x = &r->silence;
    const struct silence *s = snapshot_silence(r->draft, name);
    struct rehearsal_options o = {
        .by = r->draft,
        .silences = &x->without,
        .only = r->only,
        .held = other_held,
        .ended = other_ended,
        .arg = r,
    };

    x->id = s->id;
    silences_split(r, s->id);
    x->victims = mem_array(MAX(r->draft->recipient_count, 1u), sizeof *x->victims);
    replay_sums_init(&x->sums, r->draft, r->since_ms);
    x->other = rehearsal_new(&o);
}

void replay_silence_release(struct replay *r)
{
    struct replay_silence *x = &r->silence;

    rehearsal_free(x->other);
    replay_sums_release(&x->sums);
    free(x->with.v);
    free(x->without.v);
    free(x->victims);
}

/* --- counted ---------------------------------------------------------------------- */

static void type_count(struct replay *r, struct str type)
{
    struct replay_silence *x = &r->silence;

    for (size_t i = 0; i < x->type_count; i++)
        if (str_eq(x->types[i].type, type)) {
            x->types[i].count++;
            return;
        }
    if (x->type_count == REPLAY_TYPES_MAX)
        x->other_types++;
    else
        x->types[x->type_count++] =
            (struct replay_type){arena_str(&r->arena, type), 1};
}

void replay_silence_held(struct replay *r, const struct rehearsed *d,
                         enum rehearsed_end end)
{
    struct replay_silence *x = &r->silence;
    struct replay_victims *v = &x->victims[d->to - r->draft->recipients];
    struct replay_example *example;

    v->held++;
    v->sent += is_told(end);
    v->withheld += end == REHEARSED_WITHHELD || end == REHEARSED_JOINED;
    type_count(r, d->of->type);
    example = replay_example_add(r, &x->examples, d->of, d->to->name);
    if (example == NULL)
        return;
    example->end = end;
    example->kind = d->hold.kind;
    replay_words(r, d, d->of->at_ms, example);
}

/* --- written ---------------------------------------------------------------------- */

static void victims_write(const struct replay_victims *v, struct json_out *o)
{
    out_i64(o, "held_back", v->held);
    out_i64(o, "sent", v->sent);
    out_i64(o, "withheld", v->withheld);
    out_i64(o, "still_held", v->held - v->sent - v->withheld);
}

static void recipients_write(const struct replay *r, struct json_out *o)
{
    const struct replay_silence *x = &r->silence;
    size_t shown = 0;

    out_array(o, "by_recipient");
    for (size_t i = 0; i < r->draft->recipient_count; i++) {
        if (x->victims[i].held == 0 || ++shown > REPLAY_RECIPIENTS_MAX)
            continue;
        out_object(o, NULL);
        out_str(o, "recipient", r->draft->recipients[i].name);
        victims_write(&x->victims[i], o);
        out_i64(o, "messages", r->sums.counts[i].messages);
        out_i64(o, "messages_without", x->sums.counts[i].messages);
        out_object_end(o);
    }
    out_array_end(o);
}

static int by_count(const void *x, const void *y)
{
    const struct replay_type *a = x, *b = y;

    return a->count > b->count ? -1 : a->count < b->count;
}

static void types_write(struct replay_silence *x, struct json_out *o)
{
    qsort(x->types, x->type_count, sizeof *x->types, by_count);
    out_array(o, "by_type");
    for (size_t i = 0; i < x->type_count; i++) {
        out_object(o, NULL);
        out_str(o, "type", x->types[i].type);
        out_i64(o, "held_back", x->types[i].count);
        out_object_end(o);
    }
    out_array_end(o);
    out_i64(o, "other_types", x->other_types);
}

void replay_silence_write(struct replay *r, struct json_out *o)
{
    struct replay_silence *x = &r->silence;
    struct replay_victims all = {0};

    if (x->id == 0)
        return;
    replay_sums_close(&x->sums);
    for (size_t i = 0; i < r->draft->recipient_count; i++) {
        all.held += x->victims[i].held;
        all.sent += x->victims[i].sent;
        all.withheld += x->victims[i].withheld;
    }
    out_object(o, "silence");
    out_time(o, "from", x->from_ms);
    out_time(o, "to", x->to_ms);
    out_bool(o, "moved", x->is_moved);
    victims_write(&all, o);
    out_i64(o, "messages", r->sums.messages);
    out_i64(o, "messages_without", x->sums.messages);
    recipients_write(r, o);
    types_write(x, o);
    replay_examples_write(r, "examples", &x->examples, o);
    out_object_end(o);
}
