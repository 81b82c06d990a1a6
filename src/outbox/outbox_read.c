/* outbox_read.c -- read-only questions to the outbox, with bound parameters. */
#include "outbox/outbox_read.h"

#include "base/json.h"

#include <sqlite3.h>

#define COUNT_LIMIT 100000 /* a total beyond this is not counted */

struct outbox_reader {
    sqlite3 *db;
    sqlite3_stmt *list, *count, *list_of_alert, *count_of_alert;
    sqlite3_stmt *alert, *told, *handles, *attempts;
};

/* A value of 0 (state: -1, a list: NULL) means any. Newest first, below the keyset. Those
 * of alerts are asked for by another statement: SQLite uses no index for what may be any. */
#define OF_ANY " WHERE TRUE"
#define OF_ALERT                                                               \
    " WHERE d.alert_id IN (SELECT value FROM json_each(?1) UNION ALL"          \
    " SELECT id FROM alert WHERE ?4 AND update_kind <> 0"                      \
    " AND began_id IN (SELECT value FROM json_each(?1)))"
#define WANTED                                                                 \
    " AND (?2 = 0 OR d.recipient_id = ?2) AND (?3 < 0 OR d.state = ?3)"        \
    " AND (?8 IS NULL OR d.recipient_id IN (SELECT value FROM json_each(?8)))" \
    " AND (?9 = 0 AND ?10 = 0 OR EXISTS (SELECT 1 FROM alert t"                \
    "   WHERE t.id = d.alert_id AND t.accepted_ms >= ?9"                       \
    "   AND (?10 = 0 OR t.accepted_ms < ?10)))"
#define LIST(of)                                                               \
    "SELECT d.alert_id, d.recipient_id, d.state, d.attempts, d.status,"        \
    " a.accepted_ms, d.due_ms, d.settled_ms, d.reason, d.handle,"              \
    " d.hold_kind, d.hold_ref, d.hold_until_ms, d.freed_ms, a.update_kind,"    \
    " a.json ->> '$.type', a.json ->> '$.severity', a.json ->> '$.entity_value'" \
    " FROM delivery d JOIN alert a ON a.id = d.alert_id" of WANTED             \
    " AND (?6 = 0 OR (d.alert_id, d.recipient_id) < (?6, ?7))"                 \
    " ORDER BY d.alert_id DESC, d.recipient_id DESC LIMIT ?5"
#define COUNT(of) "SELECT count(*) FROM (SELECT 1 FROM delivery d" of WANTED " LIMIT ?5)"

static bool prepare(struct outbox_reader *r, const char *sql, sqlite3_stmt **out)
{
    return sqlite3_prepare_v3(r->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) ==
           SQLITE_OK;
}

struct outbox_reader *outbox_reader_open(const char *path, struct error *err)
{
    struct outbox_reader *r = mem_new(sizeof *r);
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;

    if (sqlite3_open_v2(path, &r->db, flags, NULL) == SQLITE_OK &&
        sqlite3_exec(r->db, "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;",
                     NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_busy_timeout(r->db, 1000) == SQLITE_OK &&
        prepare(r, LIST(OF_ANY), &r->list) && prepare(r, COUNT(OF_ANY), &r->count) &&
        prepare(r, LIST(OF_ALERT), &r->list_of_alert) &&
        prepare(r, COUNT(OF_ALERT), &r->count_of_alert) &&
        prepare(r, "SELECT json, accepted_ms FROM alert WHERE id = ?", &r->alert) &&
        prepare(r,
                "SELECT d.recipient_id, count(*) OVER () FROM alert a JOIN delivery d"
                " ON d.alert_id = CASE a.began_id WHEN 0 THEN a.id ELSE a.began_id END"
                " WHERE a.id = ? ORDER BY 1",
                &r->told) &&
        prepare(r,
                "SELECT e.id, d.handle FROM engaged e JOIN delivery d"
                " ON d.alert_id = e.id AND d.recipient_id = ? AND d.state = 1"
                " AND d.handle <> ''",
                &r->handles) &&
        prepare(r,
                "SELECT a.at_ms, a.status, a.reason, t.json FROM attempt a"
                " LEFT JOIN attempt_transcript x ON x.alert_id = a.alert_id"
                "   AND x.recipient_id = a.recipient_id AND x.n = a.n"
                " LEFT JOIN transcript t ON t.id = x.transcript_id"
                " WHERE a.alert_id = ? AND a.recipient_id = ? ORDER BY a.n",
                &r->attempts))
        return r;
    error_set(err, "outbox %s: %s", path, sqlite3_errmsg(r->db));
    outbox_reader_close(r);
    return NULL;
}

void outbox_reader_close(struct outbox_reader *r)
{
    if (r == NULL)
        return;
    sqlite3_finalize(r->list);
    sqlite3_finalize(r->count);
    sqlite3_finalize(r->list_of_alert);
    sqlite3_finalize(r->count_of_alert);
    sqlite3_finalize(r->alert);
    sqlite3_finalize(r->told);
    sqlite3_finalize(r->handles);
    sqlite3_finalize(r->attempts);
    sqlite3_close(r->db);
    free(r);
}

static struct str column(sqlite3_stmt *s, int at, struct arena *a)
{
    const char *p = (const char *)sqlite3_column_text(s, at);

    return arena_str(a, (struct str){p, (size_t)sqlite3_column_bytes(s, at)});
}

static void row_read(sqlite3_stmt *s, struct arena *a, struct delivery_row *row)
{
    *row = (struct delivery_row){
        .id = {sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1)},
        .state = (enum delivery_state)sqlite3_column_int(s, 2),
        .attempts = sqlite3_column_int(s, 3),
        .status = sqlite3_column_int(s, 4),
        .accepted_ms = sqlite3_column_int64(s, 5),
        .due_ms = sqlite3_column_int64(s, 6),
        .settled_ms = sqlite3_column_int64(s, 7),
        .reason = column(s, 8, a),
        .handle = column(s, 9, a),
        .hold = {.kind = (enum hold_kind)sqlite3_column_int(s, 10),
                 .ref = sqlite3_column_int64(s, 11),
                 .until_ms = sqlite3_column_int64(s, 12)},
        .freed_ms = sqlite3_column_int64(s, 13),
        .update = (enum update)sqlite3_column_int(s, 14),
        .type = column(s, 15, a),
        .severity = column(s, 16, a),
        .entity_value = column(s, 17, a),
    };
}

/* As a JSON list, the only list that a parameter can be. */
static void bind_ids(sqlite3_stmt *s, int at, const int64_t *ids, size_t n)
{
    struct buf list freed_by(buf_release) = BUF(32 * n + 8);
    struct json_out o = JSON_OUT(&list);

    if (ids == NULL) {
        sqlite3_bind_null(s, at);
        return;
    }
    out_array(&o, NULL);
    for (size_t i = 0; i < n; i++)
        out_i64(&o, NULL, ids[i]);
    out_array_end(&o);
    sqlite3_bind_text(s, at, buf_c(&list), (int)list.n, SQLITE_TRANSIENT);
}

static bool is_of_alerts(const struct delivery_query *q)
{
    return q->alert_id != 0 || q->alert_ids != NULL;
}

static void bind_wanted(sqlite3_stmt *s, const struct delivery_query *q, int64_t limit)
{
    if (q->alert_ids != NULL)
        bind_ids(s, 1, q->alert_ids, q->alert_count);
    else
        bind_ids(s, 1, &q->alert_id, 1);
    sqlite3_bind_int64(s, 2, q->recipient_id);
    sqlite3_bind_int(s, 3, q->state);
    sqlite3_bind_int(s, 4, q->with_updates);
    sqlite3_bind_int64(s, 5, limit);
    bind_ids(s, 8, q->recipient_ids, q->recipient_count);
    sqlite3_bind_int64(s, 9, q->since_ms);
    sqlite3_bind_int64(s, 10, q->until_ms);
}

static bool count(sqlite3_stmt *s, const struct delivery_query *q, int64_t *total)
{
    bool ok;

    bind_wanted(s, q, COUNT_LIMIT + 1);
    ok = sqlite3_step(s) == SQLITE_ROW;
    if (ok)
        *total = sqlite3_column_int64(s, 0);
    if (*total > COUNT_LIMIT)
        *total = -1;
    sqlite3_reset(s);
    return ok;
}

bool outbox_read_deliveries(struct outbox_reader *r, const struct delivery_query *q,
                            struct arena *a, struct delivery_row **out, size_t *n,
                            int64_t *total, struct error *err)
{
    struct delivery_row *rows = arena_array(a, MAX(q->limit, 1u), sizeof *rows);
    sqlite3_stmt *list = is_of_alerts(q) ? r->list_of_alert : r->list;
    size_t found = 0;
    int64_t counted = 0;
    int code;

    bind_wanted(list, q, (int64_t)q->limit);
    sqlite3_bind_int64(list, 6, q->before.alert_id);
    sqlite3_bind_int64(list, 7, q->before.recipient_id);
    while ((code = sqlite3_step(list)) == SQLITE_ROW)
        row_read(list, a, &rows[found++]);
    sqlite3_reset(list);
    if (code != SQLITE_DONE ||
        !count(is_of_alerts(q) ? r->count_of_alert : r->count, q, &counted))
        return error_set(err, "reading deliveries: %s", sqlite3_errmsg(r->db));
    *out = rows;
    *n = found;
    *total = counted;
    return true;
}

bool outbox_read_alert(struct outbox_reader *r, int64_t id, struct arena *a,
                       struct str *json, int64_t *accepted_ms, struct error *err)
{
    int code;

    sqlite3_bind_int64(r->alert, 1, id);
    code = sqlite3_step(r->alert);
    if (code == SQLITE_ROW) {
        *json = column(r->alert, 0, a);
        *accepted_ms = sqlite3_column_int64(r->alert, 1);
    } else if (code == SQLITE_DONE) {
        err->text[0] = '\0';
    } else {
        error_set(err, "reading alert %lld: %s", (long long)id, sqlite3_errmsg(r->db));
    }
    sqlite3_reset(r->alert);
    return code == SQLITE_ROW;
}

bool outbox_read_told(struct outbox_reader *r, int64_t alert_id, struct arena *a,
                      struct told_to *out, struct error *err)
{
    int64_t *v = NULL;
    size_t n = 0;
    int code;

    sqlite3_bind_int64(r->told, 1, alert_id);
    while ((code = sqlite3_step(r->told)) == SQLITE_ROW) {
        if (v == NULL)
            v = arena_array(a, (size_t)sqlite3_column_int64(r->told, 1), sizeof *v);
        v[n++] = sqlite3_column_int64(r->told, 0);
    }
    sqlite3_reset(r->told);
    *out = (struct told_to){v, n};
    return code == SQLITE_DONE ||
           error_set(err, "reading whom alert %lld was told: %s", (long long)alert_id,
                     sqlite3_errmsg(r->db));
}

bool outbox_read_handles(struct outbox_reader *r, int64_t recipient_id,
                         outbox_handle_fn *found, void *arg, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    int code;

    sqlite3_bind_int64(r->handles, 1, recipient_id);
    while ((code = sqlite3_step(r->handles)) == SQLITE_ROW) {
        found(arg, sqlite3_column_int64(r->handles, 0), column(r->handles, 1, &a));
        arena_reset(&a);
    }
    sqlite3_reset(r->handles);
    return code == SQLITE_DONE ||
           error_set(err, "reading handles: %s", sqlite3_errmsg(r->db));
}

bool outbox_read_attempts(struct outbox_reader *r, struct delivery_id id,
                          struct arena *a, struct attempt_row **out, size_t *n,
                          struct error *err)
{
    struct attempt_row *rows = arena_array(a, DELIVERY_TRIES_KEPT, sizeof *rows);
    size_t found = 0;
    int code;

    sqlite3_bind_int64(r->attempts, 1, id.alert_id);
    sqlite3_bind_int64(r->attempts, 2, id.recipient_id);
    while ((code = sqlite3_step(r->attempts)) == SQLITE_ROW &&
           found < DELIVERY_TRIES_KEPT)
        rows[found++] = (struct attempt_row){
            .at_ms = sqlite3_column_int64(r->attempts, 0),
            .status = sqlite3_column_int(r->attempts, 1),
            .reason = column(r->attempts, 2, a),
            .transcript = column(r->attempts, 3, a),
        };
    sqlite3_reset(r->attempts);
    *out = rows;
    *n = found;
    return code == SQLITE_ROW || code == SQLITE_DONE ||
           error_set(err, "reading tries: %s", sqlite3_errmsg(r->db));
}

/* --- what was put lately ------------------------------------------------------- */

static void lately_row(sqlite3_stmt *s, struct lately *l)
{
    const char *severity = (const char *)sqlite3_column_text(s, 8);

    *l = (struct lately){
        .id = {sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1)},
        .key_hash = (uint64_t)sqlite3_column_int64(s, 2),
        .action = (enum action)sqlite3_column_int(s, 3),
        .accepted_ms = sqlite3_column_int64(s, 4),
        .freed_ms = sqlite3_column_int64(s, 5),
        .state = (enum delivery_state)sqlite3_column_int(s, 6),
        .held = (enum hold_kind)sqlite3_column_int(s, 7),
        .update = (enum update)sqlite3_column_int(s, 9),
    };
    if (!severity_parse(str_of(severity), &l->severity))
        l->severity = SEVERITY_NONE;
}

bool outbox_read_lately(struct outbox_reader *r, int64_t since_ms, outbox_lately_fn *fn,
                        void *arg, struct error *err)
{
    sqlite3_stmt *s = NULL;
    struct lately l;
    int code = sqlite3_prepare_v2(
        r->db,
        "SELECT d.alert_id, d.recipient_id, a.key_hash, a.action, a.accepted_ms,"
        " d.freed_ms, d.state, d.hold_kind, json_extract(a.json, '$.severity'),"
        " a.update_kind"
        " FROM alert a JOIN delivery d ON d.alert_id = a.id"
        " WHERE a.id > (SELECT ifnull(max(id), 0) FROM alert) - ?1"
        " AND a.accepted_ms > ?2 AND a.action <> ?3"
        " AND a.update_kind IN (0, ?4) ORDER BY a.id",
        -1, &s, NULL);

    if (code == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, LATELY_MAX);
        sqlite3_bind_int64(s, 2, since_ms);
        sqlite3_bind_int(s, 3, ACTION_RELEASE);
        sqlite3_bind_int(s, 4, UPDATE_WORSENED);
        while ((code = sqlite3_step(s)) == SQLITE_ROW) {
            lately_row(s, &l);
            fn(arg, &l);
        }
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE || error_set(err, "%s", sqlite3_errmsg(r->db));
}
