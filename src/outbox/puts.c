/* puts.c -- writes a group's alerts, deliveries and engaged rows, many a statement. */
#include "outbox/puts.h"

#include "outbox/run.h"

struct row_kind {
    enum statement one, many; /* the latter takes PUT_ROWS rows */
    int columns;
    void (*bind)(sqlite3_stmt *s, int at, const struct row *row);
};

/* --- rows ---------------------------------------------------------------- */

static void bind_alert(sqlite3_stmt *s, int at, const struct row *row)
{
    const struct kept *k = row->op->put.kept;

    sqlite3_bind_int64(s, at + 1, k->id);
    sqlite3_bind_int64(s, at + 2, k->accepted_ms);
    sqlite3_bind_int(s, at + 3, (int)k->action);
    sqlite3_bind_int64(s, at + 4, k->began_id);
    sqlite3_bind_int64(s, at + 5, (int64_t)k->key_hash);
    sqlite3_bind_int64(s, at + 6, (int64_t)row->op->put.seen[0]);
    sqlite3_bind_int64(s, at + 7, (int64_t)row->op->put.seen[1]);
    database_bind_str(s, at + 8, k->json);
}

static void bind_delivery(sqlite3_stmt *s, int at, const struct row *row)
{
    sqlite3_bind_int64(s, at + 1, row->op->put.kept->id);
    sqlite3_bind_int64(s, at + 2, row->target->recipient_id);
    sqlite3_bind_int(s, at + 3, row->target->direct);
}

static void bind_engaged(sqlite3_stmt *s, int at, const struct row *row)
{
    const struct engaged_row *e = &row->op->put.engaged;

    sqlite3_bind_int64(s, at + 1, e->id);
    database_bind_str(s, at + 2, e->key);
    sqlite3_bind_int64(s, at + 3, e->tstamp_ms);
    sqlite3_bind_int64(s, at + 4, e->last_ms);
    sqlite3_bind_int64(s, at + 5, e->lease_ms);
    sqlite3_bind_int64(s, at + 6, e->repeats);
}

static const struct row_kind of_alert = {SQL_ALERT_INSERT, SQL_ALERT_INSERT_MANY,
                                         8, bind_alert};
static const struct row_kind of_delivery = {
    SQL_DELIVERY_INSERT, SQL_DELIVERY_INSERT_MANY, 3, bind_delivery};
static const struct row_kind of_engaged = {
    SQL_ENGAGED_INSERT, SQL_ENGAGED_INSERT_MANY, 6, bind_engaged};

static bool write_many(struct database *d, const struct rows *r)
{
    sqlite3_stmt *s = d->statements[r->kind->many];

    for (int i = 0; i < PUT_ROWS; i++)
        r->kind->bind(s, i * r->kind->columns, &r->v[i]);
    return database_step(d, r->kind->many) == SQLITE_DONE;
}

static bool write_each(struct database *d, const struct rows *r)
{
    for (size_t i = 0; i < r->n; i++) {
        r->kind->bind(d->statements[r->kind->one], 0, &r->v[i]);
        if (database_step(d, r->kind->one) != SQLITE_DONE)
            return false;
    }
    return true;
}

static bool rows_flush(struct database *d, struct rows *r)
{
    bool ok = r->n == PUT_ROWS ? write_many(d, r) : write_each(d, r);

    r->n = 0;
    return ok;
}

static bool rows_add(struct database *d, struct rows *r, const struct op *op,
                     const struct target *t)
{
    r->v[r->n++] = (struct row){op, t};
    return r->n < PUT_ROWS || rows_flush(d, r);
}

/* --- puts ---------------------------------------------------------------- */

struct puts puts_begin(struct database *d)
{
    return (struct puts){
        .database = d,
        .alerts.kind = &of_alert,
        .deliveries.kind = &of_delivery,
        .engaged.kind = &of_engaged,
    };
}

static bool engaged_update(struct database *d, const struct engaged_row *row)
{
    sqlite3_stmt *s = d->statements[SQL_ENGAGED_UPDATE];

    sqlite3_bind_int64(s, 1, row->id);
    sqlite3_bind_int64(s, 2, row->last_ms);
    sqlite3_bind_int64(s, 3, row->lease_ms);
    sqlite3_bind_int64(s, 4, row->repeats);
    return database_step(d, SQL_ENGAGED_UPDATE) == SQLITE_DONE;
}

static bool engaged_delete(struct database *d, int64_t id)
{
    sqlite3_bind_int64(d->statements[SQL_ENGAGED_DELETE], 1, id);
    return database_step(d, SQL_ENGAGED_DELETE) == SQLITE_DONE;
}

/* What changes a row comes after the insert of it. */
static bool engaged_write(struct puts *p, const struct op *op)
{
    const struct engaged_row *row = &op->put.engaged;

    switch (row->op) {
    case ENGAGED_NONE:
        return true;
    case ENGAGED_INSERT:
        return rows_add(p->database, &p->engaged, op, NULL);
    case ENGAGED_UPDATE:
    case ENGAGED_REPLACE:
        return rows_flush(p->database, &p->engaged) &&
               engaged_update(p->database, row);
    case ENGAGED_DELETE:
        return rows_flush(p->database, &p->engaged) &&
               engaged_delete(p->database, row->id);
    }
    bug("no such engaged row");
}

/* Held ones are few: one a statement. */
static bool held_write(struct database *d, const struct op *op, const struct target *t)
{
    return delivery_write_as(d, &(struct delivery_new){
                                    .id = {op->put.kept->id, t->recipient_id},
                                    .state = t->state,
                                    .hold = t->hold,
                                    .remark = &t->remark,
                                    .at_ms = op->put.kept->accepted_ms,
                                });
}

bool remark_write(struct database *d, struct delivery_id id,
                  const struct message_remark *r)
{
    sqlite3_stmt *s = d->statements[SQL_REMARK];

    if (r->withheld == 0 && !r->flaps)
        return true;
    sqlite3_bind_int64(s, 1, id.alert_id);
    sqlite3_bind_int64(s, 2, id.recipient_id);
    sqlite3_bind_int64(s, 3, r->withheld);
    sqlite3_bind_int64(s, 4, r->since_ms);
    sqlite3_bind_int(s, 5, r->flaps);
    return database_step(d, SQL_REMARK) == SQLITE_DONE;
}

static bool delivery_write(struct puts *p, struct op *op, struct target *t)
{
    struct delivery_id id = {op->put.kept->id, t->recipient_id};
    bool remarks = t->remark.withheld > 0 || t->remark.flaps;
    bool ok;

    if (!fate_decide(p->database, op, t))
        return false;
    if (t->state == DELIVERY_PENDING)
        ok = rows_add(p->database, &p->deliveries, op, t);
    else
        ok = held_write(p->database, op, t);
    if (!ok || !remarks)
        return ok;
    /* It changes the row, so the row must be there. */
    return rows_flush(p->database, &p->deliveries) &&
           remark_write(p->database, id, &t->remark);
}

bool puts_add(struct puts *p, struct op *op)
{
    if (!engaged_write(p, op))
        return false;
    if (op->put.kept == NULL)
        return true;
    if (op->put.kept->update != UPDATE_NONE)
        return puts_flush(p) && run_worsened(p->database, op);
    if (!rows_add(p->database, &p->alerts, op, NULL))
        return false;
    /* A release looks at what became of its engage. */
    if (op->put.kept->began_id != 0 && !rows_flush(p->database, &p->deliveries))
        return false;
    if (op->put.engaged.op == ENGAGED_DELETE &&
        !escalations_end(p->database, op->put.kept->began_id,
                         op->put.kept->accepted_ms, STR("ended before it came"),
                         &op->put.ended))
        return false;
    for (size_t i = 0; i < op->put.count; i++)
        if (!delivery_write(p, op, &op->targets[i]))
            return false;
    return true;
}

bool puts_flush(struct puts *p)
{
    return rows_flush(p->database, &p->alerts) &&
           rows_flush(p->database, &p->deliveries) &&
           rows_flush(p->database, &p->engaged);
}
