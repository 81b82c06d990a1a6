/* clickhouse_sql.c -- a query's conditions in ClickHouse's SQL. The server of 18.16
 * has no parameters, so texts go in as literals through one encoder, say_text().
 *
 * What columns cannot say (patterns, labels) is asked on the line later; here a
 * filter is widened to what may pass. Kleene's logic splits into two plain ones:
 * "may be yes", and, under a NOT, "is surely yes". */
#include "store/clickhouse_row.h"

#include "alert/ip.h"

#define TIME_END_MS 400000000000000 /* well past the year 9999, either way */

void say_table(struct buf *b, const struct clickhouse *e, const char *table,
               bool local)
{
    buf_printf(b, "%.*s.%s%s", STR_ARG(e->options.database), table,
               local && e->options.cluster.n > 0 ? "_local" : "");
}

void say_cluster(struct buf *b, const struct clickhouse *e)
{
    if (e->options.cluster.n > 0)
        buf_printf(b, " ON CLUSTER %.*s", STR_ARG(e->options.cluster));
}

void say_text(struct buf *b, struct str text)
{
    buf_char(b, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'' || text.p[i] == '\\')
            buf_char(b, '\\');
        if (text.p[i] != '\0')
            buf_char(b, text.p[i]);
        else
            buf_text(b, "\\0");
    }
    buf_char(b, '\'');
}

void say_number(struct buf *b, int64_t number)
{
    buf_int(b, number);
}

static long long day_second(int64_t ms)
{
    return MAX(0, MIN(ms / 1000, (int64_t)UINT32_MAX));
}

void say_days(struct buf *b, int64_t from_ms, int64_t to_ms)
{
    buf_printf(b, " AND (tstamp_s>=%lld AND tstamp_s<=%lld OR tstamp_s=%lld)",
               day_second(from_ms), day_second(to_ms),
               (long long)CLICKHOUSE_APART_S);
}

void say_places(struct buf *b, const struct place *places, size_t n)
{
    int64_t first_ms = INT64_MAX, last_ms = -TIME_END_MS;

    if (n == 0) {
        buf_text(b, "0");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        first_ms = MIN(first_ms, places[i].tstamp_ms);
        last_ms = MAX(last_ms, places[i].tstamp_ms);
    }
    buf_printf(b, "tstamp_ms >= %lld AND tstamp_ms <= %lld"
                  " AND (tstamp_ms, id) IN (", (long long)first_ms,
               (long long)last_ms);
    for (size_t i = 0; i < n; i++)
        buf_printf(b, "%s(%lld,%lld)", i > 0 ? "," : "",
                   (long long)places[i].tstamp_ms, (long long)places[i].id);
    buf_char(b, ')');
    say_days(b, first_ms, last_ms);
}

/* An address in a form that sorts as prefixes do: "4" or "6", then hex digits. */
static void key_of(const struct ip *ip, char out[40])
{
    size_t from = ip->v4 ? 12 : 0, n = 0;

    out[n++] = ip->v4 ? '4' : '6';
    for (size_t i = from; i < 16; i++) {
        snprintf(out + n, 3, "%02x", ip->b[i]);
        n += 2;
    }
}

const char *address_key(struct str address, char out[40])
{
    struct ip ip;

    out[0] = '\0';
    if (ip_parse(address, &ip))
        key_of(&ip, out);
    return out;
}

/* --- one comparison ------------------------------------------------------------------ */

static void say_column(struct buf *b, size_t at)
{
    buf_printf(b, "\"%s\"", columns[at].name);
}

static bool is_text(size_t at)
{
    return columns[at].type == COLUMN_TEXT || columns[at].type == COLUMN_ADDRESS;
}

static void say_values(struct buf *b, const struct condition *c, size_t at)
{
    buf_text(b, "ifNull(");
    say_column(b, at);
    buf_text(b, " IN (");
    for (size_t i = 0; i < c->count; i++) {
        buf_text(b, i > 0 ? "," : "");
        if (is_text(at))
            say_text(b, c->values[i].text);
        else
            say_number(b, (int64_t)c->values[i].number);
    }
    buf_text(b, "),0)");
}

static void say_empty(struct buf *b, const struct condition *c)
{
    buf_text(b, "(1");
    for (size_t i = 0; i < c->columns.n; i++) {
        size_t at = c->columns.at[i];

        buf_text(b, is_text(at) ? " AND " : " AND isNull(");
        say_column(b, at);
        buf_text(b, is_text(at) ? "=''" : ")");
    }
    buf_text(b, ")");
}

static void say_text_of(struct buf *b, const struct condition *c)
{
    buf_text(b, "(0");
    for (size_t i = 0; c->count > 0 && i < c->columns.n; i++) {
        buf_text(b, " OR ");
        say_values(b, c, c->columns.at[i]);
    }
    if (c->empty) {
        buf_text(b, " OR ");
        say_empty(b, c);
    }
    buf_text(b, ")");
}

static void say_real(struct buf *b, double real)
{
    buf_printf(b, "toFloat64('%.17g')", real); /* also inf */
}

static void say_compared(struct buf *b, const struct condition *c)
{
    static const char *const signs[] = {
        [IS] = "=",     [BELOW] = "<",     [AT_MOST] = "<=",
        [ABOVE] = ">", [AT_LEAST] = ">=",
    };

    buf_text(b, "(0");
    for (size_t i = 0; i < c->columns.n; i++)
        for (size_t v = 0; v < c->count; v++) {
            buf_text(b, " OR ifNull(");
            say_column(b, c->columns.at[i]);
            buf_text(b, signs[c->how]);
            say_real(b, c->values[v].number);
            buf_text(b, ",0)");
        }
    buf_text(b, ")");
}

static void say_in_prefix(struct buf *b, size_t at, const struct prefix *p)
{
    struct ip first = p->ip, last = p->ip;
    char from[40] = "", to[40] = "";
    unsigned fixed = p->ip.v4 ? 96 + p->bits : p->bits;

    for (unsigned bit = fixed; bit < 128; bit++) {
        uint8_t mask = (uint8_t)(0x80u >> bit % 8);

        first.b[bit / 8] &= (uint8_t)~mask;
        last.b[bit / 8] |= mask;
    }
    key_of(&first, from);
    key_of(&last, to);
    buf_printf(b, " OR (\"%s_key\">='%s' AND \"%s_key\"<='%s')",
               columns[at].name, from, columns[at].name, to);
}

static void say_prefix(struct buf *b, const struct condition *c)
{
    buf_text(b, "(0");
    for (size_t i = 0; i < c->columns.n; i++)
        for (size_t v = 0; v < c->count; v++)
            say_in_prefix(b, c->columns.at[i], &c->values[v].prefix);
    buf_text(b, ")");
}

static void say_words(struct buf *b, const struct condition *c)
{
    buf_text(b, c->values[0].text.n == 0 ? "(1" : "(0");
    for (size_t i = 0; i < c->columns.n; i++) {
        buf_text(b, " OR positionCaseInsensitive(");
        say_column(b, c->columns.at[i]);
        buf_text(b, ",");
        say_text(b, c->values[0].text);
        buf_text(b, ")>0");
    }
    buf_text(b, ")");
}

static void say_one_of(struct buf *b, const struct condition *c)
{
    buf_text(b, "(0");
    for (unsigned i = 0; i < 32; i++)
        if ((c->mask >> i & 1) != 0) {
            buf_text(b, " OR ");
            say_column(b, c->columns.at[0]);
            buf_printf(b, "=%u", i);
        }
    buf_text(b, ")");
}

/* --- all of them --------------------------------------------------------------------- */

static void say(struct buf *b, const struct condition *c, bool may);

static void say_children(struct buf *b, const struct condition *c, bool may)
{
    buf_text(b, c->kind == WHEN_NOT ? "(NOT " : "(");
    for (const struct condition *i = c->first; i != NULL; i = i->next) {
        if (i != c->first)
            buf_text(b, c->kind == WHEN_ANY ? " OR " : " AND ");
        say(b, i, c->kind == WHEN_NOT ? !may : may);
    }
    buf_text(b, c->first == NULL ? "1)" : ")");
}

static void say(struct buf *b, const struct condition *c, bool may)
{
    switch (c->kind) {
    case WHEN_ALL:
    case WHEN_ANY:
    case WHEN_NOT:
        say_children(b, c, may);
        return;
    case WHEN_ONE_OF:
        say_one_of(b, c);
        return;
    case WHEN_NUMBER:
        say_compared(b, c);
        return;
    case WHEN_TEXT:
        say_text_of(b, c);
        return;
    case WHEN_PREFIX:
        say_prefix(b, c);
        return;
    case WHEN_WORDS:
        say_words(b, c);
        return;
    case WHEN_PATTERN:
    case WHEN_ASKED:
        buf_text(b, may ? "1" : "0");
        return;
    }
}

static bool has_pattern(const struct condition *c)
{
    bool has = c->kind == WHEN_PATTERN;

    for (const struct condition *i = c->first; i != NULL && !has; i = i->next)
        has = has_pattern(i);
    return has;
}

bool asking_make(struct clickhouse *e, const struct store_query *q,
                 struct arena *a, struct asking *out, struct error *err)
{
    struct place *places;

    *out = (struct asking){.query = q};
    conditions_make(q, a, &out->conditions);
    out->on_lines = q->filter != NULL && (out->conditions.asked ||
                                          has_pattern(out->conditions.filter));
    if (q->ids == NULL)
        return true;
    if (!clickhouse_places(e, q->ids, q->id_count, a, &places,
                           &out->place_count, err))
        return false;
    out->places = places;
    return true;
}

/* Days before are going: of an alert there, the newest version may go first. */
void say_since(struct buf *b, const struct clickhouse *e)
{
    if (e->since_s > 0)
        buf_printf(b, " AND tstamp_s>=%lld", (long long)e->since_s);
}

void say_from(struct buf *b, const struct clickhouse *e, const char *how)
{
    buf_text(b, " FROM ");
    say_table(b, e, "alert", false);
    buf_printf(b, "%s WHERE gone=0", how);
    say_since(b, e);
}

static void say_marks(struct buf *b, const struct store_query *q)
{
    if (q->acked != STORE_ACKED_OR_NOT)
        buf_text(b, q->acked == STORE_ACKED ? " AND acked_ms<>0"
                                            : " AND acked_ms=0");
    if (q->state != STORE_ANY)
        buf_text(b, q->state == STORE_ENGAGED ? " AND action=0"
                                              : " AND action<>0");
    if (q->deletion == STORE_DELETED)
        buf_text(b, " AND deletion<>0");
    else
        buf_printf(b, " AND deletion=%lld", (long long)q->deletion);
}

static long long time_between(int64_t ms)
{
    return MAX(-TIME_END_MS, MIN(ms, TIME_END_MS));
}

void say_where(struct buf *b, const struct asking *k)
{
    const struct store_query *q = k->query;

    if (q->since_ms != 0)
        buf_printf(b, " AND tstamp_ms>=%lld", time_between(q->since_ms));
    if (q->until_ms != 0)
        buf_printf(b, " AND tstamp_ms<%lld", time_between(q->until_ms));
    if (q->since_ms != 0 || q->until_ms != 0)
        say_days(b, q->since_ms != 0 ? q->since_ms : DAYS_FIRST_MS,
                 q->until_ms != 0 ? q->until_ms : DAYS_LAST_MS);
    if (q->ids != NULL) {
        buf_text(b, " AND ");
        say_places(b, k->places, k->place_count);
    }
    say_marks(b, q);
    buf_text(b, " AND ");
    say(b, k->conditions.members, true);
    if (k->conditions.filter == NULL)
        return;
    buf_text(b, " AND (odd=1 OR ");
    say(b, k->conditions.filter, true);
    buf_text(b, ")");
}
