/* sqlite_query.c -- what the history is asked: a page of it, how many there are,
 * and one alert. Every question ends in bounded time. */
#include "store/sqlite.h"

#define HOUR_MS 3600000
#define TIME_END_MS 400000000000000 /* well past the year 9999, either way */

/* The query with what its filter insists on in the columns that can say it: the
 * statements leave out what they can, the filter is asked about the rest. */
static void narrow_text(const struct filter *f, const char *field,
                        struct str *into)
{
    const struct filter_value *v;
    size_t n;

    if (into->n == 0 && filter_needs(f, field, &v, &n) && n == 1 &&
        v->text.n <= STORE_TEXT_MAX)
        *into = v->text;
}

static void narrow_ip(const struct filter *f, const char *field,
                      struct str *into)
{
    const struct filter_value *v;
    size_t n;

    if (into->n == 0 && filter_needs(f, field, &v, &n) && n == 1 &&
        v->prefix.bits == (v->prefix.ip.v4 ? 32u : 128u))
        *into = v->text;
}

static void narrow_entity(const struct filter *f, int64_t *into)
{
    const struct filter_value *v;
    enum entity entity;
    size_t n;

    if (*into < 0 && filter_needs(f, "entity", &v, &n) && n == 1 &&
        entity_parse(v->text, &entity))
        *into = (int64_t)entity;
}

static struct store_query narrowed(const struct store_query *q)
{
    struct store_query to = *q;
    struct str words;

    if (q->filter == NULL)
        return to;
    to.minimum_severity = MAX(q->minimum_severity, filter_least(q->filter));
    narrow_entity(q->filter, &to.entity);
    narrow_text(q->filter, "type", &to.type);
    narrow_text(q->filter, "category", &to.category);
    narrow_text(q->filter, "source", &to.source);
    narrow_text(q->filter, "entity_value", &to.entity_value);
    narrow_ip(q->filter, "ip", &to.ip);
    narrow_ip(q->filter, "cli_ip", &to.ip);
    narrow_ip(q->filter, "srv_ip", &to.ip);
    words = filter_words(q->filter);
    if (to.text.n == 0 && words.n <= STORE_TEXT_MAX)
        to.text = words;
    return to;
}

/* A query with its ends closed and its texts as the statements want them. */
struct walk {
    const struct store_query *query;
    int64_t first_ms, last_ms; /* both included */
    struct str ip, pattern;    /* "" : any */
};

static const int64_t state_masks[] = {
    [STORE_ANY] = 1 << STATE_ENGAGED | 1 << STATE_RELEASED | 1 << STATE_STORED,
    [STORE_ENDED] = 1 << STATE_RELEASED | 1 << STATE_STORED,
    [STORE_ENGAGED] = 1 << STATE_ENGAGED,
};

/* "50%" -> "%50\%%": a wildcard in the text finds itself. */
static struct str like_pattern(struct str text, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(2 * STORE_TEXT_MAX + 2);

    if (text.n == 0)
        return STR_NONE;
    buf_char(&b, '%');
    for (size_t i = 0; i < text.n; i++) {
        if (strchr("%_\\", text.p[i]) != NULL)
            buf_char(&b, '\\');
        buf_char(&b, text.p[i]);
    }
    buf_char(&b, '%');
    assert(!b.over);
    return arena_str(a, buf_view(&b));
}

static bool text_check(struct str text, const char *name, struct error *err)
{
    if (text.n > STORE_TEXT_MAX)
        return error_set(err, "%s is %zu bytes long; at most %d are taken",
                         name, text.n, STORE_TEXT_MAX);
    if (str_find(text, '\0') < text.n)
        return error_set(err, "%s holds a NUL byte; take it out", name);
    return true;
}

static bool query_check(const struct store_query *q, struct error *err)
{
    return text_check(q->type, "type", err) &&
           text_check(q->category, "category", err) &&
           text_check(q->source, "source", err) &&
           text_check(q->entity_value, "entity_value", err) &&
           text_check(q->ip, "ip", err) && text_check(q->text, "text", err);
}

static int64_t time_between(int64_t ms)
{
    return MAX(-TIME_END_MS, MIN(ms, TIME_END_MS));
}

static void walk_make(const struct store_query *q, struct arena *a,
                      struct walk *out)
{
    *out = (struct walk){
        .query = q,
        .first_ms = q->since_ms != 0 ? time_between(q->since_ms) : INT64_MIN,
        .last_ms = q->until_ms != 0 ? time_between(q->until_ms) - 1 : INT64_MAX,
        .ip = address_plain(q->ip, a),
        .pattern = like_pattern(q->text, a),
    };
}

static void bind_filter(sqlite3_stmt *s, int at, struct str text)
{
    if (text.n > 0)
        bind_text(s, at, text); /* unbound is NULL: any */
}

/* ?1 to ?11 of FILTERS in sqlite_sql.c. */
static void bind_walk(sqlite3_stmt *s, const struct walk *w, int64_t first_ms,
                      int64_t last_ms)
{
    bind_i64(s, 1, first_ms);
    bind_i64(s, 2, last_ms);
    bind_i64(s, 3, state_masks[w->query->state]);
    bind_i64(s, 4, (int64_t)w->query->minimum_severity);
    bind_i64(s, 5, w->query->entity);
    bind_filter(s, 6, w->query->type);
    bind_filter(s, 7, w->query->category);
    bind_filter(s, 8, w->query->source);
    bind_filter(s, 9, w->query->entity_value);
    bind_filter(s, 10, w->ip);
    bind_filter(s, 11, w->pattern);
}

static bool fetch_i64(struct store_engine *e, sqlite3_stmt *s, int64_t *out,
                      struct error *err)
{
    if (sqlite3_step(s) != SQLITE_ROW)
        return engine_error(e, err);
    *out = sqlite3_column_int64(s, 0);
    return true;
}

/* Rows one by one, up to STORE_COUNT_MAX; then the total is not exact. */
static bool count_rows(struct store_engine *e, const struct walk *w,
                       int64_t first_ms, int64_t last_ms,
                       struct store_page *out)
{
    STATEMENT(s, e, SQL_COUNT);
    int64_t n = 0;

    if (first_ms > last_ms)
        return true;
    bind_walk(s, w, first_ms, last_ms);
    bind_i64(s, 12, STORE_COUNT_MAX + 1);
    if (!fetch_i64(e, s, &n, NULL))
        return false;
    out->exact = out->exact && n <= STORE_COUNT_MAX;
    out->total += MIN(n, STORE_COUNT_MAX);
    return true;
}

static bool count_hours(struct store_engine *e, const struct walk *w,
                        int64_t from, int64_t before, struct store_page *out)
{
    STATEMENT(s, e, SQL_COUNT_HOURS);
    int64_t n = 0;

    bind_i64(s, 1, from);
    bind_i64(s, 2, before);
    bind_i64(s, 3, state_masks[w->query->state]);
    bind_i64(s, 4, (int64_t)w->query->minimum_severity);
    bind_i64(s, 5, w->query->entity);
    bind_filter(s, 6, w->query->type);
    if (!fetch_i64(e, s, &n, NULL))
        return false;
    out->total += n;
    return true;
}

static int64_t hour_down(int64_t ms)
{
    return ms / HOUR_MS - (ms % HOUR_MS < 0);
}

/* The whole hours from the roll-up, what is left at both ends row by row. */
static bool count_walk(struct store_engine *e, const struct walk *w,
                       struct store_page *out)
{
    bool from_start = w->first_ms == INT64_MIN;
    bool to_end = w->last_ms == INT64_MAX;
    int64_t from = from_start ? INT64_MIN : hour_down(w->first_ms - 1) + 1;
    int64_t before = to_end ? INT64_MAX : hour_down(w->last_ms + 1);

    if (from >= before)
        return count_rows(e, w, w->first_ms, w->last_ms, out);
    return count_hours(e, w, from, before, out) &&
           (from_start ||
            count_rows(e, w, w->first_ms, from * HOUR_MS - 1, out)) &&
           (to_end || count_rows(e, w, before * HOUR_MS, w->last_ms, out));
}

static bool rolled_up(const struct store_query *q)
{
    return q->category.n == 0 && q->source.n == 0 && q->entity_value.n == 0 &&
           q->ip.n == 0 && q->text.n == 0;
}

/* A total is a convenience: when it cannot be had in time the page goes out
 * with what is known. */
static void count(struct store_engine *e, const struct walk *w,
                  struct store_page *out)
{
    bool from_top = w->query->before_id == 0;
    size_t seen = out->n;
    bool ok;

    out->total = (int64_t)seen;
    out->exact = from_top && !out->more;
    if (out->exact || w->query->filter != NULL)
        return;
    out->total = 0;
    out->exact = true;
    e->deadline_ms = MIN(e->deadline_ms,
                         clock_tick_ms(&clock_real) + STORE_COUNT_MS);
    ok = rolled_up(w->query) ? count_walk(e, w, out)
                             : count_rows(e, w, w->first_ms, w->last_ms, out);
    out->exact = out->exact && ok;
    out->total = MAX(out->total, (int64_t)seen);
}

static struct str column_text(sqlite3_stmt *s, int column, struct arena *a)
{
    const char *p = (const char *)sqlite3_column_text(s, column);

    return arena_str(
        a, (struct str){p, (size_t)sqlite3_column_bytes(s, column)});
}

static void row_read(sqlite3_stmt *s, struct arena *a, struct store_row *out)
{
    out->id = sqlite3_column_int64(s, 0);
    out->tstamp_ms = sqlite3_column_int64(s, 1);
    out->stored_ms = sqlite3_column_int64(s, 2);
    out->json = column_text(s, 3, a);
}

/* What is kept can be read; were it not, it is shown, and that says why. */
static bool row_passes(sqlite3_stmt *s, const struct store_query *q,
                       struct arena *scratch)
{
    const struct json *line;
    struct filter_subject asked;
    struct alert alert;
    bool passes;

    if (q->filter == NULL)
        return true;
    arena_reset(scratch);
    line = json_parse(scratch, column_text(s, 3, scratch), NULL);
    if (!alert_read(scratch, line, 0, &alert, NULL))
        return true;
    filter_subject_init(&asked, &alert, q->pools);
    passes = filter_ask(q->filter, &asked) != FILTER_NO;
    filter_subject_release(&asked);
    return passes;
}

static bool page_read(struct store_engine *e, sqlite3_stmt *s,
                      const struct store_query *q, struct arena *a,
                      struct store_page *out, struct error *err)
{
    struct arena scratch freed_by(arena_release) = {0};
    size_t bytes = 0, asked = 0;
    int code;

    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        if (out->n == q->limit || bytes > STORE_PAGE_BYTES_MAX ||
            asked++ == STORE_FILTER_ROWS_MAX) {
            out->more = true;
            return true;
        }
        out->last_id = sqlite3_column_int64(s, 0);
        out->last_tstamp_ms = sqlite3_column_int64(s, 1);
        if (!row_passes(s, q, &scratch))
            continue;
        row_read(s, a, &out->rows[out->n]);
        bytes += out->rows[out->n++].json.n;
    }
    return code == SQLITE_DONE || engine_error(e, err);
}

static bool list(struct store_engine *e, const struct walk *w, struct arena *a,
                 struct store_page *out, struct error *err)
{
    const struct store_query *q = w->query;
    bool from_top = q->before_id == 0;
    int64_t top = q->oldest_first ? INT64_MIN : INT64_MAX;
    int64_t before_ms = from_top ? top : q->before_tstamp_ms;
    int64_t before_id = from_top ? top : q->before_id;
    STATEMENT(s, e, q->oldest_first ? SQL_LIST_UP : SQL_LIST);

    if (q->oldest_first)
        bind_walk(s, w, MAX(w->first_ms, before_ms), w->last_ms);
    else
        bind_walk(s, w, w->first_ms, MIN(w->last_ms, before_ms));
    bind_i64(s, 12, before_ms);
    bind_i64(s, 13, before_id);
    bind_i64(s, 14, q->filter != NULL ? STORE_FILTER_ROWS_MAX + 1
                                      : (int64_t)q->limit + 1);
    out->rows = arena_array(a, MAX(q->limit, 1u), sizeof *out->rows);
    return page_read(e, s, q, a, out, err);
}

bool store_engine_list(struct store_engine *e, const struct store_query *q,
                       struct arena *a, struct store_page *out,
                       struct error *err)
{
    struct store_query asked = narrowed(q);
    struct walk w;
    bool ok;

    *out = (struct store_page){0};
    assert(q->limit <= PAGE_MAX);
    if (!query_check(q, err))
        return false;
    walk_make(&asked, a, &w);
    e->deadline_ms = clock_tick_ms(&clock_real) + e->read_limit_ms;
    ok = list(e, &w, a, out, err);
    if (ok)
        count(e, &w, out);
    e->deadline_ms = 0;
    return ok;
}

/* *found is untouched when there is no such row. */
static bool get(struct store_engine *e, enum sql which, int64_t id,
                struct arena *a, struct store_row *out, bool *found,
                struct error *err)
{
    STATEMENT(s, e, which);
    int code;

    bind_i64(s, 1, id);
    code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
        row_read(s, a, out);
        *found = true;
    }
    return code == SQLITE_ROW || code == SQLITE_DONE || engine_error(e, err);
}

bool store_engine_get(struct store_engine *e, int64_t id, struct arena *a,
                      struct store_row *out, struct error *err)
{
    bool found = false;

    if (err != NULL)
        *err = (struct error){0};
    if (!get(e, SQL_GET, id, a, out, &found, err))
        return false;
    if (!found && !get(e, SQL_GET_RELEASE, id, a, out, &found, err))
        return false;
    return found;
}
