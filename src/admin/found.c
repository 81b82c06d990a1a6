/* found.c -- an alert looked for by its id, wherever it may be. */
#include "admin/found.h"

#include "admin/decisions.h"

static bool from_outbox(struct found *f, struct outbox_reader *r,
                        struct arena *a, struct error *err)
{
    *err = (struct error){0};
    return outbox_read_alert(r, f->id, a, &f->line, &f->accepted_ms, err) ||
           err->text[0] == '\0';
}

/* The row of an engage that has ended is its release's. */
static int64_t stored_ms(const struct found *f, const struct store_row *row,
                         struct arena *a)
{
    struct str action = json_text(json_get(json_parse(a, row->json, NULL), "action"));

    return f->id == row->id && str_is(action, "release") ? row->tstamp_ms
                                                         : row->stored_ms;
}

static bool from_history(struct found *f, struct store_engine *e,
                         struct arena *a, struct error *err)
{
    struct store_row row = {0};

    if (store_engine_get(e, f->id, a, &row, err))
        f->history = row.json;
    if (f->accepted_ms == 0 && f->history.n > 0)
        f->accepted_ms = stored_ms(f, &row, a);
    if (f->line.n == 0)
        f->line = f->history;
    return err->text[0] == '\0';
}

bool found_kept(struct found *f, const struct historian_view *view,
                struct arena *a, struct error *err)
{
    return from_outbox(f, view->outbox, a, err) &&
           from_history(f, view->engine, a, err);
}

static bool is_matched(const struct routing *one, const struct store_row *row,
                       struct arena *scratch)
{
    struct alert alert;
    struct routed q = {.alert = &alert};
    size_t matched;
    int64_t id;

    if (!alert_read(scratch, json_parse(scratch, row->json, NULL), 0, &alert, NULL))
        return false;
    q.change = change_of(&alert);
    return routing_match(one, &q, &id, &matched) > 0;
}

static bool newest_of(struct found *f, const struct routing *one, struct store_query *q,
                      const struct historian_view *view, struct arena *a,
                      struct error *err)
{
    struct arena scratch freed_by(arena_release) = {0};
    struct store_page page = {.more = true};

    for (size_t n = 0; n < FOUND_LOOKED_AT && page.more; n += q->limit) {
        arena_reset(&scratch);
        if (!store_engine_list(view->engine, q, &scratch, &page, err))
            return false;
        for (size_t i = 0; i < page.n; i++)
            if (is_matched(one, &page.rows[i], &scratch)) {
                f->id = page.rows[i].id;
                f->line = f->history = arena_str(a, page.rows[i].json);
                return true;
            }
        q->before_tstamp_ms = page.last_tstamp_ms;
        q->before_id = page.last_id;
    }
    return true;
}

bool found_newest(struct found *f, const struct snapshot *s, const struct recipient *r,
                  const struct historian_view *view, struct arena *a, struct error *err)
{
    const struct rule rule = {
        .recipient_id = r->id,
        .name = r->name,
        .criteria = r->criteria,
        .enabled = true,
    };
    struct store_query q = {
        .entity = -1,
        .minimum_severity = r->criteria.minimum_severity,
        .filter = r->criteria.filter,
        .pools = s->pools,
        .limit = 100,
    };
    struct routing *one = routing_new(&rule, 1, s->pools, err);
    bool ok = one != NULL && newest_of(f, one, &q, view, a, err);

    routing_free(one);
    return ok;
}

void found_engaged(struct found *f, const struct registry *r, struct arena *a)
{
    const struct engaged *e = registry_find_id(r, f->id);

    if (f->line.n == 0 && e != NULL)
        f->line = arena_str(a, e->json);
}

bool found_read(const struct found *f, struct arena *a, struct alert *out,
                struct error *err)
{
    const struct json *j = json_parse(a, f->line, err);

    return j != NULL && alert_read(a, j, 0, out, err);
}
