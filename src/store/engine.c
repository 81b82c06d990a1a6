/* engine.c -- what is asked of an engine, checked before any of them sees it. */
#include "store/engine.h"

#include "base/limits.h"

#define TEXT_BYTES_MAX 512 /* of one filter */
#define TIME_MAX_MS 400000000000000

void store_engine_close(struct store_engine *e)
{
    if (e != NULL)
        e->type->close(e);
}

/* --- what was asked ----------------------------------------------------------------- */

static bool text_check(struct str text, const char *name, size_t max,
                       struct error *err)
{
    if (text.n > max)
        return error_set(err, "%s is %zu bytes long; at most %zu are taken",
                         name, text.n, max);
    if (str_find(text, '\0') < text.n)
        return error_set(err, "%s holds a NUL byte; take it out", name);
    return true;
}


static bool query_check(const struct store_query *q, struct error *err)
{
    const struct {
        const char *name;
        struct str text;
    } table[] = {
        {"type", q->type},     {"category", q->category},
        {"source", q->source}, {"entity_value", q->entity_value},
        {"ip", q->ip},         {"text", q->text},
    };

    assert(q->limit <= PAGE_MAX && q->id_count <= PAGE_MAX);
    assert(q->entity < ENTITY_COUNT);
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (!text_check(table[i].text, table[i].name, TEXT_BYTES_MAX, err))
            return false;
    return true;
}

static void begin(struct error *err)
{
    if (err != NULL)
        *err = (struct error){0};
}

/* --- writing -------------------------------------------------------------------------- */

static bool mark_check(const struct store_query *q, const struct store_mark *m,
                       struct error *err)
{
    assert(m->kind != MARK_DELETE || m->deletion > 0);
    assert((m->kind == MARK_UNDELETE) == (q->deletion != 0));
    if (m->kind == MARK_NOTE && str_trim(m->text).n == 0)
        return error_set(err, "a note needs a text");
    return text_check(m->by, "by", STORE_BY_MAX, err) &&
           text_check(m->text, "text", STORE_NOTE_MAX, err);
}

bool store_engine_mark(struct store_engine *e, const struct store_query *q,
                       const struct store_mark *m, struct store_marked *out,
                       struct error *err)
{
    return query_check(q, err) && mark_check(q, m, err) &&
           e->type->mark(e, q, m, out, err);
}

static bool is_mark(const struct occurrence *o)
{
    return o->update == UPDATE_ACKED || o->update == UPDATE_UNACKED;
}

static bool mark_keep(struct store_engine *e, const struct occurrence *o,
                      struct error *err)
{
    const struct store_query one = {.entity = -1, .ids = &o->id, .id_count = 1,
                                    .limit = 1};
    const struct store_mark mark = {
        .kind = o->update == UPDATE_ACKED ? MARK_ACK : MARK_UNACK,
        .at_ms = o->ack.at_ms,
        .until_ms = o->ack.until_ms,
        .by = o->ack.by,
        .text = o->ack.note,
    };
    struct store_marked marked;

    return store_engine_mark(e, &one, &mark, &marked, err);
}

bool store_engine_keep(struct store_engine *e, const struct occurrence *rows,
                       size_t n, int64_t now_ms, struct error *err)
{
    size_t from = 0;

    for (size_t i = 0; i <= n; i++) {
        if (i < n && !is_mark(&rows[i]))
            continue;
        if (i > from && !e->type->keep(e, &rows[from], i - from, now_ms, err))
            return false;
        if (i < n && !mark_keep(e, &rows[i], err))
            return false;
        from = i + 1;
    }
    return true;
}

bool store_engine_put(struct store_engine *e, const struct alert *const *alerts,
                      size_t n, int64_t now_ms, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct occurrence *rows = arena_array(&arena, MAX(n, 1u), sizeof *rows);

    for (size_t i = 0; i < n; i++)
        if (!occurrence_make(alerts[i], &arena, &rows[i], err))
            return false;
    return store_engine_keep(e, rows, n, now_ms, err);
}

bool store_engine_tidy(struct store_engine *e, int64_t now_ms, size_t at_most,
                       size_t *done, struct error *err)
{
    return e->type->tidy(e, now_ms, at_most, done, err);
}

bool store_engine_prune(struct store_engine *e, const struct store_class *classes,
                        size_t n, int64_t now_ms, size_t at_most,
                        size_t *pruned, struct error *err)
{
    assert(n <= STORE_CLASSES_MAX);
    return e->type->prune(e, classes, n, now_ms, at_most, pruned, err);
}

/* --- reading --------------------------------------------------------------------------- */

bool store_engine_cancelled(struct store_engine *e)
{
    if (e->cancel == NULL || !atomic_load(e->cancel))
        return false;
    e->cancelled = true;
    return true;
}

static bool asked(struct store_engine *e, const struct store_query *q,
                  struct error *err)
{
    return query_check(q, err) && !store_engine_cancelled(e);
}

/* An engine that had to stop says anything, or half of what there is. */
static bool told(const struct store_engine *e, bool ok, struct error *err)
{
    return e->cancelled ? error_set(err, "cancelled: nobody waits for the "
                                         "answer any more")
                        : ok;
}

bool store_engine_list(struct store_engine *e, const struct store_query *q,
                       struct arena *a, struct store_page *out,
                       struct error *err)
{
    return told(e, asked(e, q, err) && e->type->list(e, q, a, out, err), err);
}

bool store_engine_get(struct store_engine *e, int64_t id, struct arena *a,
                      struct store_row *out, struct error *err)
{
    begin(err);
    return told(e, !store_engine_cancelled(e) && e->type->get(e, id, a, out, err),
                err);
}

bool store_engine_notes(struct store_engine *e, int64_t id, struct arena *a,
                        struct store_note **out, size_t *n, struct error *err)
{
    return told(e, !store_engine_cancelled(e) &&
                       e->type->notes(e, id, a, out, n, err), err);
}

bool store_engine_facets(struct store_engine *e, const struct store_query *q,
                         struct store_facets *out, struct error *err)
{
    return told(e, asked(e, q, err) && e->type->facets(e, q, out, err), err);
}

static int64_t bucket_down(int64_t ms, int64_t bucket_ms)
{
    int64_t rest = ms % bucket_ms;

    return ms - rest - (rest < 0 ? bucket_ms : 0);
}

static bool range_check(const struct store_query *q, int64_t bucket_ms,
                        struct error *err)
{
    if (q->since_ms == 0 || q->until_ms == 0)
        return error_set(err, "a histogram needs since and until");
    if (q->since_ms < -TIME_MAX_MS || q->until_ms > TIME_MAX_MS ||
        q->since_ms >= q->until_ms)
        return error_set(err, "since must be before until");
    if (bucket_ms < 1000 || bucket_ms > TIME_MAX_MS)
        return error_set(err, "a bucket is at least one second");
    return true;
}

bool store_engine_histogram(struct store_engine *e, const struct store_query *q,
                            int64_t bucket_ms, struct arena *a,
                            struct store_histogram *out, struct error *err)
{
    int64_t buckets;

    if (!asked(e, q, err) || !range_check(q, bucket_ms, err))
        return told(e, false, err);
    *out = (struct store_histogram){
        .first_ms = bucket_down(q->since_ms, bucket_ms),
        .bucket_ms = bucket_ms,
    };
    buckets = (q->until_ms - 1 - out->first_ms) / bucket_ms + 1;
    if (buckets > STORE_BUCKETS_MAX)
        return error_set(err, "that is %lld buckets; at most %d are counted, so "
                              "make them wider", (long long)buckets,
                         STORE_BUCKETS_MAX);
    out->n = (size_t)buckets;
    out->counts = arena_array(a, out->n, sizeof *out->counts);
    return told(e, e->type->histogram(e, q, out, err), err);
}

bool store_engine_top(struct store_engine *e, const struct store_query *q,
                      struct str field, struct str prefix, size_t limit,
                      struct arena *a, struct store_top *out,
                      struct error *err)
{
    struct field_columns columns_of;

    if (!asked(e, q, err) || !text_check(prefix, "prefix", TEXT_BYTES_MAX, err))
        return told(e, false, err);
    if (!field_columns_of(field, &columns_of))
        return error_set(err, "\"%.*s\" is no field that is counted; there are "
                              "type, ip, host, port ...", STR_ARG(field));
    if (limit == 0 || limit > STORE_TOP_MAX)
        return error_set(err, "limit must be 1 to %d", STORE_TOP_MAX);
    return told(e, e->type->top(e, q, &columns_of, prefix, limit, a, out, err),
                err);
}

/* --- as a whole -------------------------------------------------------------------------- */

bool store_engine_stats(struct store_engine *e, struct store_stats *out,
                        struct error *err)
{
    return e->type->stats(e, out, err);
}

bool store_engine_disk_bytes(struct store_engine *e, int64_t *out,
                             struct error *err)
{
    return e->type->disk_bytes(e, out, err);
}

bool store_engine_verify(struct store_engine *e, struct error *err)
{
    return e->type->verify(e, err);
}

bool store_engine_backup(struct store_engine *e, const char *path,
                         struct error *err)
{
    return e->type->backup(e, path, err);
}
