/* sqlite_where.c -- a query's conditions written as SQL. SQL's NULL is Kleene's
 * unsure, so a filter keeps its logic; what columns cannot say is NULL too. */
#include "store/sqlite_where.h"

#define TIME_END_MS 400000000000000 /* well past the year 9999, either way */

void where_release(struct where *w)
{
    buf_release(&w->sql);
    free(w->bindings);
}

void where_say(struct where *w, const char *sql)
{
    buf_text(&w->sql, sql);
}

static void where_bind(struct where *w, struct binding b)
{
    if (w->n == w->room) {
        w->room = MAX(2 * w->room, 16u);
        w->bindings = mem_grow(w->bindings, w->room, sizeof *w->bindings);
    }
    w->bindings[w->n++] = b;
    where_say(w, "?");
}

void where_number(struct where *w, int64_t number)
{
    where_bind(w, (struct binding){.kind = BIND_NUMBER, .number = number});
}

static void where_text(struct where *w, struct str text)
{
    where_bind(w, (struct binding){.kind = BIND_TEXT, .text = text});
}

static void where_pointer(struct where *w, const void *pointer)
{
    where_bind(w, (struct binding){.kind = BIND_POINTER, .pointer = pointer});
}

sqlite3_stmt *where_statement(struct where *w, struct sqlite *e,
                              struct error *err)
{
    sqlite3_stmt *s;

    if (w->sql.over) {
        error_set(err, "the filter is too long for the history; use fewer "
                       "values");
        return NULL;
    }
    s = statement_new(e, buf_c(&w->sql), err);
    for (size_t i = 0; s != NULL && i < w->n; i++) {
        const struct binding *b = &w->bindings[i];
        int at = (int)i + 1, code = SQLITE_OK;

        switch (b->kind) {
        case BIND_NUMBER:
            bind_i64(s, at, b->number);
            break;
        case BIND_REAL:
            code = sqlite3_bind_double(s, at, b->real);
            break;
        case BIND_TEXT:
            bind_text(s, at, b->text);
            break;
        case BIND_POINTER:
            code = sqlite3_bind_pointer(s, at, (void *)(uintptr_t)b->pointer,
                                        "ours", NULL);
            break;
        }
        assert(code == SQLITE_OK);
    }
    return s;
}

/* --- tests ---------------------------------------------------------------------- */

void where_column(struct where *w, size_t at)
{
    buf_printf(&w->sql, "%c.\"%s\"", at < COLUMN_HOT_COUNT ? 'o' : 'd',
               columns[at].name);
}

static void say_values(struct where *w, const struct condition *c, bool number)
{
    where_say(w, " IN (");
    for (size_t i = 0; i < c->count; i++) {
        where_say(w, i > 0 ? "," : "");
        if (number)
            where_number(w, (int64_t)c->values[i].number);
        else
            where_text(w, c->values[i].text);
    }
    where_say(w, ")");
}

static void say_empty(struct where *w, const struct condition *c)
{
    where_say(w, "(1");
    for (size_t i = 0; i < c->columns.n; i++) {
        where_say(w, " AND coalesce(");
        where_column(w, c->columns.at[i]);
        where_say(w, ",'')=''");
    }
    where_say(w, ")");
}

static void say_text(struct where *w, const struct condition *c)
{
    where_say(w, "(0");
    for (size_t i = 0; c->count > 0 && i < c->columns.n; i++) {
        bool number = columns[c->columns.at[i]].type == COLUMN_NUMBER;

        where_say(w, " OR coalesce(");
        where_column(w, c->columns.at[i]);
        say_values(w, c, number);
        where_say(w, ",0)");
    }
    if (c->empty) {
        where_say(w, " OR ");
        say_empty(w, c);
    }
    where_say(w, ")");
}

static void where_real(struct where *w, double real)
{
    where_bind(w, (struct binding){.kind = BIND_REAL, .real = real});
}

static void say_reals(struct where *w, const struct condition *c)
{
    static const char *const signs[] = {
        [IS] = " IN (",
        [BELOW] = " < (",
        [AT_MOST] = " <= (",
        [ABOVE] = " > (",
        [AT_LEAST] = " >= (",
    };

    where_say(w, signs[c->how]); /* of several there are only IS */
    for (size_t i = 0; i < c->count; i++) {
        where_say(w, i > 0 ? "," : "");
        where_real(w, c->values[i].number);
    }
    where_say(w, ")");
}

static void say_number(struct where *w, const struct condition *c)
{
    where_say(w, "(0");
    for (size_t i = 0; i < c->columns.n; i++) {
        where_say(w, " OR coalesce(");
        where_column(w, c->columns.at[i]);
        say_reals(w, c);
        where_say(w, ",0)");
    }
    where_say(w, ")");
}

static void say_prefix(struct where *w, const struct condition *c)
{
    where_say(w, "(0");
    for (size_t i = 0; i < c->columns.n; i++) {
        where_say(w, " OR in_prefix(");
        where_pointer(w, c);
        where_say(w, ",");
        where_column(w, c->columns.at[i]);
        where_say(w, ")");
    }
    where_say(w, ")");
}

static void say_pattern(struct where *w, const struct condition *c)
{
    where_say(w, "(0");
    for (size_t i = 0; i < c->columns.n; i++) {
        where_say(w, " OR fits_pattern(");
        where_pointer(w, c->pattern);
        where_say(w, ",");
        where_column(w, c->columns.at[i]);
        where_say(w, ")");
    }
    where_say(w, " OR CASE WHEN ");
    say_empty(w, c);
    where_say(w, " THEN fits_pattern(");
    where_pointer(w, c->pattern);
    where_say(w, ",'') ELSE 0 END)");
}

static void say_words(struct where *w, const struct condition *c)
{
    where_say(w, "(0");
    for (size_t i = 0; i < c->columns.n; i++) {
        where_say(w, " OR holds_words(");
        where_text(w, c->values[0].text);
        where_say(w, ",");
        where_column(w, c->columns.at[i]);
        where_say(w, ")");
    }
    where_say(w, ")");
}

static void say_one_of(struct where *w, const struct condition *c)
{
    where_say(w, "(");
    where_number(w, (int64_t)c->mask);
    where_say(w, " >> ");
    where_column(w, c->columns.at[0]);
    where_say(w, " & 1)");
}

static void say(struct where *w, const struct condition *c);

static void say_children(struct where *w, const struct condition *c)
{
    const char *between = c->kind == WHEN_ANY ? " OR " : " AND ";

    where_say(w, c->kind == WHEN_NOT ? "(NOT " : "(");
    for (const struct condition *i = c->first; i != NULL; i = i->next) {
        where_say(w, i != c->first ? between : "");
        say(w, i);
    }
    where_say(w, c->first == NULL ? "1)" : ")");
}

static void say(struct where *w, const struct condition *c)
{
    switch (c->kind) {
    case WHEN_ALL:
    case WHEN_ANY:
    case WHEN_NOT:
        say_children(w, c);
        return;
    case WHEN_ONE_OF:
        say_one_of(w, c);
        return;
    case WHEN_NUMBER:
        say_number(w, c);
        return;
    case WHEN_TEXT:
        say_text(w, c);
        return;
    case WHEN_PREFIX:
        say_prefix(w, c);
        return;
    case WHEN_PATTERN:
        say_pattern(w, c);
        return;
    case WHEN_WORDS:
        say_words(w, c);
        return;
    case WHEN_ASKED:
        where_say(w, "NULL");
        return;
    }
}

/* --- the whole query ------------------------------------------------------------- */

static int64_t time_between(int64_t ms)
{
    return MAX(-TIME_END_MS, MIN(ms, TIME_END_MS));
}

static bool row_of(struct sqlite *e, int64_t id, int64_t *out, struct error *err)
{
    STATEMENT(s, e, SQL_OF_RELEASE);
    int code;

    *out = id;
    bind_i64(s, 1, id);
    code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(s, 0);
    return code == SQLITE_ROW || code == SQLITE_DONE || engine_error(e, err);
}

bool ask_make(struct sqlite *e, const struct store_query *q, struct arena *a,
              struct ask *out, struct error *err)
{
    int64_t *rows = NULL;

    *out = (struct ask){
        .query = q,
        .first_ms = q->since_ms != 0 ? time_between(q->since_ms) : INT64_MIN,
        .last_ms = q->until_ms != 0 ? time_between(q->until_ms) - 1 : INT64_MAX,
    };
    conditions_make(q, a, &out->conditions);
    if (q->ids != NULL)
        rows = arena_array(a, MAX(q->id_count, 1u), sizeof *rows);
    for (size_t i = 0; q->ids != NULL && i < q->id_count; i++)
        if (!row_of(e, q->ids[i], &rows[i], err))
            return false;
    out->rows = rows;
    return true;
}

static void say_acked(struct where *w, const struct store_query *q)
{
    if (q->acked != STORE_ACKED_OR_NOT)
        where_say(w, q->acked == STORE_ACKED ? " AND o.acked = 1"
                                             : " AND o.acked = 0");
    if (q->state != STORE_ANY)
        where_say(w, q->state == STORE_ENGAGED ? " AND o.action = 0"
                                               : " AND o.action <> 0");
}

static void say_deletion(struct where *w, int64_t deletion)
{
    if (deletion == 0) {
        where_say(w, " AND o.deletion = 0");
        return;
    }
    where_say(w, " AND o.deletion <> 0");
    if (deletion != STORE_DELETED) {
        where_say(w, " AND o.deletion = ");
        where_number(w, deletion);
    }
}

static bool looks_at_details(const struct ask *k)
{
    for (size_t i = COLUMN_HOT_COUNT; i < COLUMN_COUNT; i++)
        if (k->conditions.columns[i / 64] >> i % 64 & 1)
            return true;
    return false;
}

#define JOIN_DETAIL                                                            \
    " CROSS JOIN detail AS d ON d.tstamp_ms = o.tstamp_ms AND d.id = o.id"

static void say_ids(struct where *w, const struct ask *k)
{
    where_say(w, " AND l.id IN (NULL");
    for (size_t i = 0; i < k->query->id_count; i++) {
        where_say(w, ",");
        where_number(w, k->rows[i]);
    }
    where_say(w, ")");
}

static void say_from(struct where *w, const struct ask *k)
{
    if (k->query->acked_ms != 0) /* few marks have that time: they lead */
        where_say(w, " FROM mark AS m CROSS JOIN line AS l ON l.id = m.id"
                     " CROSS JOIN occurrence AS o"
                     " ON o.tstamp_ms = l.tstamp_ms AND o.id = l.id");
    else if (k->loose)
        where_say(w, " FROM loose AS x CROSS JOIN occurrence AS o"
                     " ON o.tstamp_ms = x.tstamp_ms AND o.id = x.id");
    else if (k->rows != NULL)
        where_say(w, " FROM line AS l CROSS JOIN occurrence AS o"
                     " ON o.tstamp_ms = l.tstamp_ms AND o.id = l.id");
    else
        where_say(w, k->query->deletion != 0
                         ? " FROM occurrence AS o INDEXED BY occurrence_deletion"
                         : " FROM occurrence AS o");
    if (looks_at_details(k))
        where_say(w, JOIN_DETAIL);
    where_say(w, " WHERE 1");
    if (k->rows != NULL)
        say_ids(w, k);
    if (k->query->acked_ms != 0) {
        where_say(w, " AND m.at_ms = ");
        where_number(w, k->query->acked_ms);
    }
}

void where_rows(struct where *w, const struct ask *k, int64_t first_ms,
                int64_t last_ms)
{
    const char *where = k->loose ? " AND x.tstamp_ms" : " AND o.tstamp_ms";

    say_from(w, k);
    where_say(w, where);
    where_say(w, " >= ");
    where_number(w, first_ms);
    where_say(w, where);
    where_say(w, " <= ");
    where_number(w, last_ms);
    say_deletion(w, k->query->deletion);
    say_acked(w, k->query);
    where_say(w, " AND ");
    say(w, k->conditions.members);
    if (k->conditions.filter == NULL)
        return;
    where_say(w, " AND (o.odd OR (");
    say(w, k->conditions.filter);
    where_say(w, ") IS NOT 0)");
}

void where_hours(struct where *w, const struct ask *k, int64_t from,
                 int64_t before)
{
    where_say(w, " FROM hourly AS o WHERE o.hour >= ");
    where_number(w, from);
    where_say(w, " AND o.hour < ");
    where_number(w, before);
    say_acked(w, k->query);
    where_say(w, " AND ");
    say(w, k->conditions.members);
    if (k->conditions.filter == NULL)
        return;
    where_say(w, " AND (");
    say(w, k->conditions.filter);
    where_say(w, ") IS NOT 0");
}

bool ask_has_conditions(const struct ask *k)
{
    return k->conditions.members->first != NULL ||
           k->conditions.filter != NULL ||
           k->query->acked != STORE_ACKED_OR_NOT || k->query->state != STORE_ANY;
}

static bool ask_needs_line(const struct ask *k, bool odd)
{
    return k->conditions.filter != NULL && (k->conditions.asked || odd);
}

static bool line_asked(struct sqlite *e, const struct ask *k, int64_t id,
                     struct arena *scratch, bool *passes, struct error *err)
{
    STATEMENT(s, e, SQL_LINE);
    struct str line;

    bind_i64(s, 1, id);
    if (sqlite3_step(s) != SQLITE_ROW)
        return engine_error(e, err);
    line.p = (const char *)sqlite3_column_text(s, 0);
    line.n = (size_t)sqlite3_column_bytes(s, 0);
    *passes = line_passes(k->query, line, scratch);
    return true;
}

bool ask_passes(struct sqlite *e, const struct ask *k, int64_t id, bool odd,
                struct arena *scratch, bool *passes, struct error *err)
{
    *passes = true;
    return !ask_needs_line(k, odd) ||
           line_asked(e, k, id, scratch, passes, err);
}
