/* clickhouse_put.c -- alerts into the store: what is there is looked at first, then
 * only what is new is inserted, so that a batch sent again changes nothing. */
#include "store/clickhouse_engine.h"
#include "store/clickhouse_row.h"

#include "base/hash.h"

struct known { /* an id, and the newest of it */
    int64_t id;
    struct place place;
    bool there;
    enum row_state state;
    struct row_extra extra;
    const struct occurrence *o; /* of this batch: to be written; or NULL */
    bool moved;                 /* the release lies elsewhere ... */
    struct place from;          /* ... than the engage, which goes */
    int64_t from_version;
};

struct putting {
    struct clickhouse *e;
    struct arena arena;
    struct hash by_id;
    struct known **order; /* of the batch, each once */
    size_t n;
    int64_t now_ms;
};

static struct str id_key(const int64_t *id)
{
    return (struct str){(const char *)id, sizeof *id};
}

static struct known *known_of(struct putting *p, int64_t id)
{
    struct known *k = hash_get(&p->by_id, id_key(&id));

    if (k != NULL)
        return k;
    k = arena_new(&p->arena, sizeof *k);
    k->id = id;
    hash_put(&p->by_id, id_key(&k->id), k);
    p->order[p->n++] = k;
    return k;
}

/* --- what is there ------------------------------------------------------------------- */

#define KNOWN_COLUMNS                                                          \
    "SELECT tstamp_ms,id,version,gone,action,acked_ms,acked_until_ms,acked_by," \
    "acked_note,deletion,final_ms,tstamp_s FROM "

static bool known_read(void *putting, const struct str *c, size_t n,
                       struct error *err unused)
{
    struct putting *p = putting;
    struct known *k = known_of(p, cell_number(c[1]));

    assert(n == 12);
    k->extra.version = MAX(k->extra.version, cell_number(c[2]));
    if (cell_number(c[3]) != 0)
        return true; /* gone: what comes now is new, but a later version */
    k->there = true;
    k->place = (struct place){cell_number(c[0]), k->id, cell_number(c[11])};
    k->state = (enum row_state)cell_number(c[4]);
    k->extra = (struct row_extra){
        .version = k->extra.version,
        .acked_ms = cell_number(c[5]),
        .acked_until_ms = cell_number(c[6]),
        .acked_by = arena_str(&p->arena, c[7]),
        .acked_note = arena_str(&p->arena, c[8]),
        .deletion = cell_number(c[9]),
        .final_ms = cell_number(c[10]),
    };
    return true;
}

static bool ids_look_up(struct putting *p, const int64_t *ids, size_t n,
                        struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    struct place *places;
    size_t count;

    if (!clickhouse_places(p->e, ids, n, &p->arena, &places, &count, err))
        return false;
    if (count == 0)
        return true;
    buf_text(&b, KNOWN_COLUMNS);
    say_table(&b, p->e, "alert", false);
    buf_text(&b, " FINAL WHERE ");
    say_places(&b, places, count);
    say_since(&b, p->e);
    return clickhouse_rows(p->e, &b, known_read, p, err);
}

/* An id above all that were ever put needs no look. */
static bool look_up(struct putting *p, struct error *err)
{
    int64_t *ids = arena_array(&p->arena, MAX(p->n, 1u), sizeof *ids);
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        if (p->order[i]->id <= p->e->highest_id)
            ids[n++] = p->order[i]->id;
    return n == 0 || ids_look_up(p, ids, n, err);
}

/* --- what becomes of it -------------------------------------------------------------- */

static bool replaces(const struct known *k, const struct occurrence *o)
{
    bool takes_over = o->state == STATE_RELEASED || o->update == UPDATE_WORSENED;

    return !k->there || (takes_over && k->state == STATE_ENGAGED);
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a->tstamp_ms == b->tstamp_ms && a->tstamp_s == b->tstamp_s;
}

static void put_one(struct putting *p, const struct occurrence *o)
{
    struct known *k = known_of(p, o->id);
    int64_t base = o->state == STATE_RELEASED ? CLICKHOUSE_RELEASED : 0;
    struct place at = {
        .tstamp_ms = o->tstamp_ms,
        .id = o->id,
        .tstamp_s = clickhouse_tstamp_s(p->e, o->tstamp_ms,
                                        o->state == STATE_ENGAGED),
    };

    if (!replaces(k, o))
        return;
    if (k->there && k->o == NULL && !same_place(&k->place, &at)) {
        k->moved = true;
        k->from = k->place;
        k->from_version = k->extra.version + 1;
    }
    k->o = o;
    k->there = true;
    k->state = o->state;
    k->place = at;
    k->extra.version = MAX(base, k->extra.version) + 1;
    k->extra.stored_ms = o->stored_ms != 0 ? o->stored_ms : p->now_ms;
}

/* --- writing ------------------------------------------------------------------------- */

static void say_place(struct buf *b, const struct known *k, int64_t id)
{
    buf_printf(b, "%lld\t%lld\t%lld\t%lld\n", (long long)id, (long long)k->id,
               (long long)k->place.tstamp_ms, (long long)k->place.tstamp_s);
}

static bool places_write(struct putting *p, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_BODY_MAX);

    buf_text(&b, "INSERT INTO ");
    say_table(&b, p->e, "place", false);
    buf_text(&b, " (id,row_id,tstamp_ms,tstamp_s) FORMAT TabSeparated\n");
    for (size_t i = 0; i < p->n; i++) {
        const struct known *k = p->order[i];

        if (k->o == NULL)
            continue;
        say_place(&b, k, k->id);
        if (k->o->release_id != 0 && k->o->release_id != k->id)
            say_place(&b, k, k->o->release_id);
    }
    return clickhouse_run(p->e, &b, err);
}

static bool rows_write(struct putting *p, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_BODY_MAX);

    say_insert(&b, p->e);
    for (size_t i = 0; i < p->n; i++) {
        const struct known *k = p->order[i];

        if (k->moved)
            row_write(&b, &k->from, NULL,
                      &(struct row_extra){.version = k->from_version});
        if (k->o != NULL)
            row_write(&b, &k->place, k->o, &k->extra);
    }
    return clickhouse_run(p->e, &b, err);
}

static bool put_all(struct putting *p, struct error *err)
{
    bool any = false;

    for (size_t i = 0; i < p->n; i++) {
        any = any || p->order[i]->o != NULL;
        /* Before it is tried: what came of a try is not known. */
        p->e->highest_id = MAX(p->e->highest_id, p->order[i]->id);
        for (size_t c = 0; p->order[i]->o != NULL && c < STORE_CLASSES_MAX; c++)
            p->e->pruned_ms[c] = MIN(p->e->pruned_ms[c],
                                     p->order[i]->place.tstamp_ms);
    }
    return !any || (places_write(p, err) && rows_write(p, err));
}

bool clickhouse_keep(struct store_engine *engine, const struct occurrence *rows,
                     size_t n, int64_t now_ms, struct error *err)
{
    struct putting p = {.e = clickhouse_of(engine), .now_ms = now_ms};
    bool ok = clickhouse_ready(p.e, err);

    p.order = arena_array(&p.arena, MAX(n, 1u), sizeof *p.order);
    for (size_t i = 0; i < n; i++)
        known_of(&p, rows[i].id);
    ok = ok && look_up(&p, err);
    for (size_t i = 0; ok && i < n; i++)
        put_one(&p, &rows[i]);
    ok = ok && put_all(&p, err);
    hash_release(&p.by_id);
    arena_release(&p.arena);
    return ok;
}
