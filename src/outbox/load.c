/* load.c -- what the loop's side takes over from the file at the start. */
#include "outbox/own.h"

static struct str column(sqlite3_stmt *s, int at)
{
    const char *p = (const char *)sqlite3_column_text(s, at);

    return (struct str){p, (size_t)sqlite3_column_bytes(s, at)};
}

/* The severity and entity of an engaged alert are in its line. */
static bool engaged_line(struct arena *a, struct engaged *e, struct error *err)
{
    const struct json *j = json_parse(a, e->json, err);
    struct alert alert;

    if (j == NULL || !alert_read(a, j, e->tstamp_ms, &alert, err))
        return error_in(err, "engaged alert %lld", (long long)e->id);
    e->entity = alert.entity;
    e->severity = alert.severity;
    e->severities = alert.severities;
    return true;
}

static bool load_engaged(sqlite3 *db, struct registry *r, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(db,
                                 "SELECT e.id, e.key, e.tstamp_ms, e.last_ms,"
                                 " e.lease_ms, e.repeats, a.json, e.ack_ms,"
                                 " e.ack_until_ms, e.ack_by, e.ack_note FROM engaged e"
                                 " JOIN alert a ON a.id = e.id ORDER BY e.id",
                                 -1, &s, NULL) == SQLITE_OK;
    int code = SQLITE_ROW;

    while (ok && (code = sqlite3_step(s)) == SQLITE_ROW) {
        struct ack ack = {
            .at_ms = sqlite3_column_int64(s, 7),
            .until_ms = sqlite3_column_int64(s, 8),
            .by = column(s, 9),
            .note = column(s, 10),
        };
        struct engaged e = {
            .id = sqlite3_column_int64(s, 0),
            .key = column(s, 1),
            .tstamp_ms = sqlite3_column_int64(s, 2),
            .last_ms = sqlite3_column_int64(s, 3),
            .lease_ms = sqlite3_column_int64(s, 4),
            .repeats = sqlite3_column_int64(s, 5),
            .json = column(s, 6),
            .ack = ack.at_ms != 0 ? &ack : NULL,
        };

        ok = engaged_line(&arena, &e, err) && registry_load(r, &e, err);
        arena_reset(&arena);
    }
    sqlite3_finalize(s);
    return ok && (code == SQLITE_DONE || error_set(err, "%s", sqlite3_errmsg(db)));
}

typedef void row_fn(void *arg, sqlite3_stmt *s);

static bool rows_each(sqlite3 *db, const char *sql, row_fn *fn, void *arg,
                      struct error *err)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        fn(arg, s);
        code = SQLITE_OK;
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE || error_set(err, "%s", sqlite3_errmsg(db));
}

struct told_load { /* the recipients of one alert come together */
    struct registry *registry;
    int64_t id; /* of that alert; 0: none yet */
    struct id_array recipients;
};

static void told_flush(struct told_load *t)
{
    if (t->recipients.n > 0)
        registry_load_told(t->registry, t->id, t->recipients.v, t->recipients.n);
    t->recipients.n = 0;
}

static void told_row(void *told_load, sqlite3_stmt *s)
{
    struct told_load *t = told_load;
    int64_t id = sqlite3_column_int64(s, 0);

    if (id != t->id)
        told_flush(t);
    t->id = id;
    id_array_add(&t->recipients, sqlite3_column_int64(s, 1));
}

/* Who hears how it goes on with what is engaged. */
static bool load_told(sqlite3 *db, struct registry *r, struct error *err)
{
    struct told_load t = {.registry = r};
    bool ok = rows_each(db, "SELECT e.id, d.recipient_id FROM engaged e"
                            " JOIN delivery d ON d.alert_id = e.id ORDER BY e.id",
                        told_row, &t, err);

    told_flush(&t);
    free(t.recipients.v);
    return ok;
}

static void lane_row(void *outbox, sqlite3_stmt *s)
{
    struct outbox *o = outbox;
    struct lane *l = lane_get(o, sqlite3_column_int64(s, 0));
    int state = sqlite3_column_int(s, 1);
    uint64_t n = (uint64_t)sqlite3_column_int64(s, 2);

    l->n[state] += n;
    l->newest_id = MAX(l->newest_id, sqlite3_column_int64(s, 3));
    if (state == DELIVERY_PENDING)
        l->last_put_id = MAX(l->last_put_id, sqlite3_column_int64(s, 3));
    if (state == DELIVERY_HELD)
        o->counts.held_by[sqlite3_column_int(s, 4)] += n;
}

static bool load_lanes(sqlite3 *db, struct outbox *o, struct error *err)
{
    return rows_each(db, "SELECT recipient_id, state, count(*), max(alert_id), hold_kind"
                         " FROM delivery GROUP BY 1, 2, 5",
                     lane_row, o, err);
}

/* When what each lane had last was accepted. */
static bool load_newest(sqlite3 *db, struct outbox *o, struct error *err)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(db, "SELECT accepted_ms FROM alert WHERE id = ?1", -1,
                                 &s, NULL) == SQLITE_OK;
    struct lane *l;

    for (size_t at = 0; ok && (l = hash_next(&o->lanes, &at)) != NULL;) {
        sqlite3_bind_int64(s, 1, l->newest_id);
        ok = sqlite3_step(s) == SQLITE_ROW;
        l->newest_ms = ok ? sqlite3_column_int64(s, 0) : 0;
        sqlite3_reset(s);
    }
    if (!ok)
        error_set(err, "%s", sqlite3_errmsg(db));
    sqlite3_finalize(s);
    return ok;
}

static bool load_counts(sqlite3 *db, struct outbox *o, struct error *err)
{
    struct outbox_counts *n = &o->counts;
    const struct {
        const char *sql;
        uint64_t *to;
    } wanted[] = {
        {"SELECT (SELECT count(*) FROM alert) + n -"
         " (SELECT count(*) FROM alert WHERE update_kind <> 0)"
         " FROM tally WHERE state = -1",
         &n->accepted_alerts},
        {"SELECT accepted FROM conservation", &n->accepted},
        {"SELECT delivered FROM conservation", &n->delivered},
        {"SELECT dead FROM conservation", &n->dead},
        {"SELECT pending FROM conservation", &n->pending},
        {"SELECT held FROM conservation", &n->held},
        {"SELECT withheld FROM conservation", &n->withheld},
    };
    int64_t found;

    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        if (!database_number(db, wanted[i].sql, &found, err))
            return false;
        *wanted[i].to = (uint64_t)found;
    }
    if (!database_number(db, "SELECT ifnull(max(id), 0) FROM alert", &found, err))
        return false;
    o->next_id = found + 1;
    return true;
}

/* The newest idempotency keys, oldest of them first. */
static bool load_seen(sqlite3 *db, struct outbox *o, struct error *err)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db,
                                  "SELECT id, accepted_ms, seen_a, seen_b FROM alert"
                                  " WHERE id > ?1 AND accepted_ms > ?2"
                                  " AND (seen_a <> 0 OR seen_b <> 0) ORDER BY id",
                                  -1, &s, NULL);

    if (code == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, o->next_id - (int64_t)SEEN_MAX);
        sqlite3_bind_int64(s, 2, clock_wall_ms(o->clock) - SEEN_MS);
    }
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        uint64_t hash[2] = {(uint64_t)sqlite3_column_int64(s, 2),
                            (uint64_t)sqlite3_column_int64(s, 3)};

        seen_add(o->seen, hash, sqlite3_column_int64(s, 0),
                 sqlite3_column_int64(s, 1));
        code = SQLITE_OK;
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE || error_set(err, "%s", sqlite3_errmsg(db));
}

bool database_load(struct database *d, struct registry *r, struct outbox *o,
                   struct error *err)
{
    return (load_engaged(d->db, r, err) && load_told(d->db, r, err) &&
            load_lanes(d->db, o, err) && load_newest(d->db, o, err) &&
            load_counts(d->db, o, err) && load_seen(d->db, o, err) &&
            pauses_load(d, o, err)) ||
           error_in(err, "reading the outbox");
}
