/* store_oracle.c -- what an alert store must answer, by looking at every alert. */
#include "store_oracle.h"

const char *const oracle_fields[ORACLE_FIELDS] = {
    "type", "ip", "port", "severity", "country", "alertname", "fact.proto.ndpi",
    "vlan",
};

bool oracle_is_acked(int64_t id)
{
    return id % 11 == 3 && id % 20 != 17; /* a release's id names another row */
}

bool oracle_is_deleted(int64_t id)
{
    return id % 13 == 5 && id % 20 != 17;
}

bool oracle_alert(const struct many *m, int64_t i, int64_t count,
                  struct arena *a, struct alert *out)
{
    many_alert(m, i, a, out);
    if (out->action == ACTION_RELEASE)
        return false;
    if (out->action == ACTION_ENGAGE && i + 10 <= count)
        many_alert(m, i + 10, a, out);
    return true;
}

/* --- one alert, one query ------------------------------------------------------------ */

static bool holds(struct str where, struct str what)
{
    for (size_t at = 0; at + what.n <= where.n; at++)
        if (strncasecmp(where.p + at, what.p, what.n) == 0)
            return true;
    return false;
}

static bool is_or_any(struct str wanted, struct str have)
{
    return wanted.n == 0 || str_eq(wanted, have);
}

static struct str host_of(const struct alert *a)
{
    struct str rest = a->entity_value, said = alert_fact_text(a, "ip");

    if (said.n > 0 || a->entity != ENTITY_HOST)
        return said;
    return str_until(&rest, '@');
}

static bool ip_fits(struct str wanted, const struct alert *a, struct arena *arena)
{
    struct str plain = address_plain(wanted, arena);

    return wanted.n == 0 ||
           str_eq(plain, address_plain(alert_fact_text(a, "cli_ip"), arena)) ||
           str_eq(plain, address_plain(alert_fact_text(a, "srv_ip"), arena)) ||
           str_eq(plain, address_plain(host_of(a), arena));
}

static bool filter_fits(const struct store_query *q, const struct alert *a)
{
    struct filter_subject s;
    enum filter_answer answer;

    if (q->filter == NULL)
        return true;
    filter_subject_init(&s, a, q->pools);
    answer = filter_ask(q->filter, &s);
    filter_subject_release(&s);
    return answer != FILTER_NO;
}

static bool marks_fit(const struct store_query *q, int64_t id)
{
    return (q->deletion != 0) == oracle_is_deleted(id) &&
           (q->acked == STORE_ACKED_OR_NOT ||
            oracle_is_acked(id) == (q->acked == STORE_ACKED)) &&
           (q->acked_ms == 0 || q->acked_ms == ORACLE_T0);
}

static bool fits(const struct store_query *q, const struct alert *a, int64_t id,
                 struct arena *arena)
{
    bool engaged = a->action == ACTION_ENGAGE;

    return marks_fit(q, id) &&
           (q->state == STORE_ANY || engaged == (q->state == STORE_ENGAGED)) &&
           (q->since_ms == 0 || a->tstamp_ms >= q->since_ms) &&
           (q->until_ms == 0 || a->tstamp_ms < q->until_ms) &&
           a->severity >= q->minimum_severity &&
           (q->entity < 0 || (int64_t)a->entity == q->entity) &&
           is_or_any(q->type, a->type) && is_or_any(q->category, a->category) &&
           is_or_any(q->source, a->source) &&
           is_or_any(q->entity_value, a->entity_value) &&
           ip_fits(q->ip, a, arena) &&
           (q->text.n == 0 || holds(a->message, q->text) ||
            holds(a->entity_value, q->text)) &&
           filter_fits(q, a);
}

/* --- what it adds to the answer --------------------------------------------------------- */

static void value_add(struct oracle_answer *o, size_t field, struct str value,
                      const struct alert *a, int64_t id)
{
    struct oracle_value *v = hash_get(&o->values[field], value);

    if (v == NULL) {
        v = arena_new(&o->arena, sizeof *v);
        v->value = arena_str(&o->arena, value);
        hash_put(&o->values[field], v->value, v);
    }
    if (v->row == id)
        return;
    v->row = id;
    v->n++;
    v->score += a->score;
}

static void values_add(struct oracle_answer *o, const struct alert *a, int64_t id,
                       const struct column_value *values, struct arena *arena)
{
    for (size_t i = 0; i < ORACLE_FIELDS; i++) {
        struct field_columns f;

        if (!field_columns_of(str_of(oracle_fields[i]), &f))
            bug("no such field");
        for (size_t k = 0; k < f.n; k++) {
            const struct column *c = &columns[f.at[k]];
            const struct column_value *v = &values[f.at[k]];
            bool text = c->type == COLUMN_TEXT || c->type == COLUMN_ADDRESS;

            if (!v->absent)
                value_add(o, i, text ? v->text
                                     : column_number_text(c, v->number, arena),
                          a, id);
        }
    }
}

static void bucket_add(struct oracle_answer *o, const struct store_query *q,
                       const struct alert *a)
{
    int64_t first_ms = q->since_ms - q->since_ms % ORACLE_BUCKET_MS;

    if (o->buckets != NULL)
        o->buckets[(a->tstamp_ms - first_ms) / ORACLE_BUCKET_MS][a->severity]++;
}

static void row_add(struct oracle_answer *o, const struct alert *a, int64_t id)
{
    if (o->n == o->room) {
        o->room = MAX(2 * o->room, 64u);
        o->rows = mem_grow(o->rows, o->room, sizeof *o->rows);
    }
    o->rows[o->n++] = (struct oracle_row){a->tstamp_ms, id};
    o->facets.total++;
    o->facets.n[a->entity][a->severity]++;
    o->facets.engaged += a->action == ACTION_ENGAGE;
    o->facets.acked += oracle_is_acked(id);
}

static int newest_first(const void *a, const void *b)
{
    const struct oracle_row *x = a, *y = b;

    if (x->tstamp_ms != y->tstamp_ms)
        return x->tstamp_ms < y->tstamp_ms ? 1 : -1;
    return x->id < y->id ? 1 : -1;
}

void oracle_ask(const struct many *m, int64_t count,
                const struct store_query *queries, size_t n,
                struct oracle_answer *answers)
{
    struct column_value *values = mem_array(COLUMN_COUNT, sizeof *values);
    struct arena arena = {.keep = 1u << 20};
    struct alert a;

    for (size_t k = 0; k < n; k++)
        if (queries[k].since_ms != 0 && queries[k].until_ms != 0)
            answers[k].buckets = mem_array(STORE_BUCKETS_MAX,
                                           sizeof *answers[k].buckets);
    for (int64_t i = 1; i <= count; i++) {
        arena_reset(&arena);
        if (!oracle_alert(m, i, count, &arena, &a))
            continue;
        (void)!columns_read(&a, &arena, values);
        for (size_t k = 0; k < n; k++) {
            if (!fits(&queries[k], &a, i, &arena))
                continue;
            row_add(&answers[k], &a, i);
            bucket_add(&answers[k], &queries[k], &a);
            values_add(&answers[k], &a, i, values, &arena);
        }
    }
    for (size_t k = 0; k < n; k++)
        if (answers[k].n > 0)
            qsort(answers[k].rows, answers[k].n, sizeof *answers[k].rows,
                  newest_first);
    arena_release(&arena);
    free(values);
}

void oracle_release(struct oracle_answer *answers, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < ORACLE_FIELDS; i++)
            hash_release(&answers[k].values[i]);
        arena_release(&answers[k].arena);
        free(answers[k].rows);
        free(answers[k].buckets);
    }
}

static int most_first(const void *a, const void *b)
{
    const struct oracle_value *const *x = a, *const *y = b;

    if ((*x)->n != (*y)->n)
        return (*x)->n < (*y)->n ? 1 : -1;
    return str_cmp((*x)->value, (*y)->value);
}

size_t oracle_top(const struct oracle_answer *a, size_t field, size_t limit,
                  struct oracle_value *out, int64_t *distinct)
{
    const struct hash *h = &a->values[field];
    struct oracle_value **all = mem_array(h->count + 1, sizeof(void *));
    size_t n = 0, shown;
    void *v;

    for (size_t at = 0; (v = hash_next(h, &at)) != NULL;)
        all[n++] = v;
    qsort(all, n, sizeof(void *), most_first);
    *distinct = (int64_t)n;
    shown = MIN(n, limit);
    for (size_t i = 0; i < shown; i++)
        out[i] = *all[i];
    free(all);
    return shown;
}
