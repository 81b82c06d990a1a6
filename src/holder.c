/* holder.c -- ends holds: one question at a time to the outbox, one bite a time. */
#include "holder.h"

#include "base/limits.h"
#include "base/log.h"
#include "config/telling.h"
#include "outbox/held.h"
#include "routing/hold_look.h"

#define ROOM "holder"
#define LOOK_MS 1000
#define RESOLVE_BITE 500 /* engaged alerts looked at in one turn */
#define PRUNE_MS 3600000 /* how often silences long over are looked for */
#define PRUNE_BITE 100   /* of them in one change of the configuration */
#define WANTED_MAX 1000  /* looks remembered; past it all is looked at */

struct holder {
    struct loop *loop;
    const struct clock *clock;
    struct holder_options with;
    struct timer look;
    struct held_query query; /* the one that is asked */
    bool asking;
    bool all_wanted;  /* everything is to be looked at once more */
    bool due_wanted;
    struct held_query *wanted; /* ours: what else is to be looked at */
    size_t wanted_count;
    int64_t prune_ms; /* tick: when silences long over are looked for */
    struct arena arena; /* of one bite */
    bool resolve_wanted; /* a silence may have nothing left to hit */
    int64_t resolve_before; /* engaged alerts below are still to be looked at */
    bool *hit; /* ours: one a silence, while the engaged ones are looked at */
    size_t hit_count;
};

/* --- one delivery ------------------------------------------------------------ */

/* An update tells of another one. */
static int64_t engaged_id(const struct held_row *row)
{
    return row->action == ACTION_ENGAGE && row->began_id != 0 ? row->began_id
                                                             : row->id.alert_id;
}

static enum change change_of(enum action action)
{
    return action == ACTION_ENGAGE    ? CHANGE_ENGAGED
           : action == ACTION_RELEASE ? CHANGE_RELEASED
                                      : CHANGE_STORED;
}

/* False: the alert as kept cannot be read. `changed`: it is another hold now, or none. */
static bool decide(struct holder *h, const struct held_row *row, bool *changed,
                   struct hold_end *out, struct error *err)
{
    const struct snapshot *now = config_now(h->with.config);
    const struct json *line = json_parse(&h->arena, row->json, err);
    struct filter_subject subject;
    struct alert alert;
    struct hold_question q = {
        .alert = &alert,
        .subject = &subject,
        .change = change_of(row->action),
        .now_ms = clock_wall_ms(h->clock),
        .rules = &now->holds,
        .state = pipeline_hold_state(h->with.pipeline),
        .arena = &h->arena,
    };

    if (line == NULL || !alert_read(&h->arena, line, row->accepted_ms, &alert, err))
        return error_in(err, "alert %lld as kept", (long long)row->id.alert_id);
    alert.id = engaged_id(row);
    q.key_hash = alert_key_hash(alert.key);
    telling_asks(&q, now, row->id.recipient_id);
    filter_subject_init(&subject, &alert, now->holds.pools);
    *changed = hold_look(
        &q, &row->hold, registry_find_id(h->with.registry, alert.id) != NULL,
        pipeline_told(h->with.pipeline), out);
    filter_subject_release(&subject);
    return true;
}

/* False: it stays as it is. */
static bool look_at(struct holder *h, const struct held_row *row, struct unhold *out)
{
    struct hold_end end = {0};
    bool changed = true;
    struct error err;

    if (hold_waits(&row->hold, clock_wall_ms(h->clock)))
        return false;
    if (!decide(h, row, &changed, &end, &err))
        log_error(ROOM, "delivery %lld.%lld is sent although it was held: %s",
                  (long long)row->id.alert_id, (long long)row->id.recipient_id,
                  err.text);
    *out = (struct unhold){.id = row->id, .to = end.to, .together = end.together};
    return changed;
}

/* --- bites --------------------------------------------------------------------- */

static void ask(struct holder *h);

static void bite(void *arg, const struct held_row *rows, size_t n)
{
    struct holder *h = arg;
    struct unhold ends[HELD_BITE];
    size_t count = 0;

    arena_reset(&h->arena);
    for (size_t i = 0; i < n; i++)
        count += look_at(h, &rows[i], &ends[count]);
    if (count > 0)
        outbox_unhold(h->with.outbox, ends, count, NULL, NULL);
    if (n > 0)
        h->query.after = rows[n - 1].id;
    h->asking = false;
    if (n < HELD_BITE)
        h->query = (struct held_query){0};
    else
        h->due_wanted = h->due_wanted || h->query.by == HELD_DUE;
    ask(h);
}

static bool query_next(struct holder *h)
{
    if (h->query.after.alert_id != 0 && !h->all_wanted &&
        (h->query.by == HELD_ALL || h->query.by == HELD_REF ||
         h->query.by == HELD_ALERT))
        return true; /* goes on where it was */
    h->query = (struct held_query){.by = HELD_ALL};
    if (h->all_wanted) {
        h->all_wanted = false;
        h->wanted_count = 0;
        return true;
    }
    if (h->wanted_count > 0) {
        h->query = h->wanted[--h->wanted_count];
        return true;
    }
    if (!h->due_wanted)
        return false;
    h->due_wanted = false;
    h->query.by = HELD_DUE;
    h->query.a = clock_wall_ms(h->clock);
    return true;
}

static void ask(struct holder *h)
{
    if (h->asking || !query_next(h))
        return;
    h->asking = true;
    outbox_held(h->with.outbox, &h->query, bite, h);
}

/* --- silences that last until what they hit is resolved ---------------------------- */

static const struct silences *silences_now(const struct holder *h)
{
    return &config_now(h->with.config)->holds.silences;
}

static bool lasts_until_resolved(const struct silence *s, int64_t now_ms)
{
    int64_t until_ms;

    return s->until_resolved && silence_state(s, now_ms, &until_ms) == SILENCE_ACTIVE;
}

static void silence_end(struct holder *h, const struct silence *s)
{
    struct arena arena freed_by(arena_release) = {0};
    char now_text[TIME_TEXT_MAX];
    struct error err = {0};
    struct edit edit = {.kind = OBJECT_SILENCE, .verb = EDIT_PATCH, .name = s->name,
                        .author = s->managed_by};

    time_text(clock_wall_ms(h->clock), true, now_text);
    edit.object = json_parse(&arena, arena_printf(&arena, "{\"ends\":\"%s\"}", now_text),
                             &err);
    log_info(ROOM, "silence %.*s ends: what it silenced is resolved", STR_ARG(s->name));
    if (edit.object == NULL ||
        config_edit(h->with.config, &edit, &err) != CONFIG_OK)
        log_error(ROOM, "silence %.*s cannot be ended: %s", STR_ARG(s->name), err.text);
}

static void engaged_look(struct holder *h, const struct engaged *e,
                         const struct silences *all)
{
    const struct snapshot *now = config_now(h->with.config);
    struct filter_subject subject;
    struct alert alert;
    struct error err;
    const struct json *line = json_parse(&h->arena, e->json, &err);

    if (line == NULL || !alert_read(&h->arena, line, e->tstamp_ms, &alert, &err))
        return;
    filter_subject_init(&subject, &alert, now->holds.pools);
    for (size_t i = 0; i < all->n; i++)
        h->hit[i] = h->hit[i] || (all->v[i].until_resolved &&
                                  silence_hits(&all->v[i], &subject));
    filter_subject_release(&subject);
}

/* The first that has nothing left to hit; another look follows its change. */
static void resolved_end(struct holder *h, const struct silences *all)
{
    int64_t now_ms = clock_wall_ms(h->clock);

    h->resolve_wanted = false;
    for (size_t i = 0; i < all->n; i++)
        if (!h->hit[i] && lasts_until_resolved(&all->v[i], now_ms)) {
            silence_end(h, &all->v[i]);
            return;
        }
}

static bool any_until_resolved(const struct holder *h)
{
    const struct silences *all = silences_now(h);
    int64_t now_ms = clock_wall_ms(h->clock);

    for (size_t i = 0; i < all->n; i++)
        if (lasts_until_resolved(&all->v[i], now_ms))
            return true;
    return false;
}

static void resolve_restart(struct holder *h)
{
    h->resolve_wanted = any_until_resolved(h);
    h->resolve_before = 0;
    h->hit_count = silences_now(h)->n;
    h->hit = mem_grow(h->hit, MAX(h->hit_count, 1u), sizeof *h->hit);
    memset(h->hit, 0, h->hit_count * sizeof *h->hit);
}

static void resolve_bite(struct holder *h)
{
    const struct engaged *list[RESOLVE_BITE];
    size_t n;

    if (!h->resolve_wanted)
        return;
    arena_reset(&h->arena);
    n = registry_list(h->with.registry, h->resolve_before, RESOLVE_BITE, list);
    for (size_t i = 0; i < n; i++)
        engaged_look(h, list[i], silences_now(h));
    if (n == RESOLVE_BITE)
        h->resolve_before = list[n - 1]->id;
    else
        resolved_end(h, silences_now(h));
}

/* --- silences that are long over ------------------------------------------------- */

static bool is_long_over(const struct silence *s, int64_t now_ms)
{
    return s->ends_ms != 0 && !str_starts(s->managed_by, "file:") &&
           s->ends_ms < now_ms - SILENCE_KEPT_DAYS * 86400000LL;
}

/* A file's own are the file's: they are there again at the next apply. */
static size_t long_over_find(const struct silences *all, int64_t now_ms,
                             struct edit *out)
{
    size_t n = 0;

    for (size_t i = 0; i < all->n && n < PRUNE_BITE; i++)
        if (is_long_over(&all->v[i], now_ms))
            out[n++] = (struct edit){.kind = OBJECT_SILENCE, .verb = EDIT_DELETE,
                                     .name = all->v[i].name,
                                     .author = all->v[i].managed_by};
    return n;
}

static void prune(struct holder *h)
{
    int64_t tick_ms = clock_tick_ms(h->clock);
    struct edit edits[PRUNE_BITE];
    struct error err = {0};
    size_t n, failed;

    if (tick_ms < h->prune_ms)
        return;
    n = long_over_find(silences_now(h), clock_wall_ms(h->clock), edits);
    if (n < PRUNE_BITE)
        h->prune_ms = tick_ms + PRUNE_MS;
    if (n == 0)
        return;
    if (config_edit_all(h->with.config, edits, n, &failed, &err) == CONFIG_OK) {
        log_info(ROOM, "%zu silences that ended more than %d days ago are deleted", n,
                 SILENCE_KEPT_DAYS);
    } else {
        h->prune_ms = tick_ms + PRUNE_MS;
        log_error(ROOM, "silences long over cannot be deleted: %s", err.text);
    }
}

/* --- from outside ------------------------------------------------------------------- */

static void look(void *arg)
{
    struct holder *h = arg;
    struct outbox_counts n;

    outbox_counts(h->with.outbox, &n);
    h->due_wanted = h->due_wanted || n.held > 0;
    ask(h);
    resolve_bite(h);
    prune(h);
    loop_timer_set(h->loop, &h->look, LOOK_MS, look, h);
}

void holder_changed(struct holder *h)
{
    h->all_wanted = true;
    resolve_restart(h);
}

static void want(struct holder *h, struct held_query what)
{
    if (h->all_wanted)
        return;
    if (h->wanted_count == WANTED_MAX) {
        h->all_wanted = true;
    } else {
        h->wanted[h->wanted_count++] = what;
        ask(h);
    }
}

/* What it muted is looked at: another one may mute it now. */
static void source_changed(struct holder *h, int64_t id)
{
    want(h, (struct held_query){.by = HELD_REF, .a = HOLD_INHIBITED, .b = id});
}

void holder_released(struct holder *h, const struct alert *release, bool muted)
{
    if (muted)
        source_changed(h, release->began_id);
    if (any_until_resolved(h))
        resolve_restart(h);
}

void holder_worsened(struct holder *h, const struct alert *alert, bool muted)
{
    if (muted)
        source_changed(h, alert->id);
    want(h, (struct held_query){.by = HELD_ALERT, .a = alert->id});
}

struct holder *holder_new(struct loop *l, const struct holder_options *o)
{
    struct holder *h = mem_new(sizeof *h);

    h->loop = l;
    h->clock = loop_clock(l);
    h->with = *o;
    h->wanted = mem_array(WANTED_MAX, sizeof *h->wanted);
    holder_changed(h); /* whatever happened while we were not there */
    loop_timer_set(l, &h->look, 1, look, h);
    return h;
}

void holder_free(struct holder *h)
{
    if (h == NULL)
        return;
    loop_timer_clear(h->loop, &h->look);
    arena_release(&h->arena);
    free(h->hit);
    free(h->wanted);
    free(h);
}
