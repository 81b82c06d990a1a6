/* clickhouse_row.c -- the columns of a version of an alert, and one as a line of
 * JSONEachRow. 18.16 does not fill in defaults there, so all are always written. */
#include "store/clickhouse_row.h"

const struct row_column row_columns[ROW_COLUMNS] = {
    {"tstamp_ms", "Int64"},      {"id", "Int64"},
    {"tstamp_s", "UInt32"},      {"version", "UInt64"},
    {"gone", "UInt8"},           {"odd", "UInt8"},
    {"release_id", "Int64"},     {"stored_ms", "Int64"},
    {"tstamp_end_ms", "Int64"},  {"bytes", "Int64"},
    {"acked_ms", "Int64"},       {"acked_until_ms", "Int64"},
    {"acked_by", "String"},      {"acked_note", "String"},
    {"deletion", "Int64"},       {"final_ms", "Int64"},
    {"json", "String"},
};

const char *column_clickhouse_type(size_t at)
{
    switch (columns[at].type) {
    case COLUMN_TEXT:
    case COLUMN_ADDRESS:
        return "String";
    case COLUMN_SEVERITY:
    case COLUMN_ENTITY:
    case COLUMN_ACTION:
        return "UInt8";
    case COLUMN_NUMBER:
        return "Nullable(Int64)";
    }
    bug("a type of column nobody thought of");
}

void say_names(struct buf *b)
{
    for (size_t i = 0; i < ROW_COLUMNS; i++)
        buf_printf(b, "%s%s", i > 0 ? "," : "", row_columns[i].name);
    say_alert_names(b);
}

void say_alert_names(struct buf *b)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        buf_printf(b, ",\"%s\"", columns[i].name);
        if (columns[i].type == COLUMN_ADDRESS)
            buf_printf(b, ",\"%s_key\"", columns[i].name);
    }
}

void say_insert(struct buf *b, const struct clickhouse *e)
{
    buf_text(b, "INSERT INTO ");
    say_table(b, e, "alert", false);
    buf_text(b, " (");
    say_names(b);
    buf_text(b, ") FORMAT JSONEachRow\n");
}

/* What is out of a DateTime's range lies in its first or last day. */
int64_t clickhouse_tstamp_s(const struct clickhouse *e, int64_t tstamp_ms,
                            bool engaged)
{
    int64_t tstamp_s = MAX(0, MIN(tstamp_ms / 1000, (int64_t)UINT32_MAX));

    return engaged && tstamp_s < e->since_s ? CLICKHOUSE_APART_S : tstamp_s;
}

static void value_write(struct json_out *o, const struct column *c,
                        const struct column_value *v)
{
    static const struct column_value none = {.absent = true};
    char name[80], key[40];

    if (v == NULL)
        v = &none;
    switch (c->type) {
    case COLUMN_ADDRESS:
        snprintf(name, sizeof name, "%s_key", c->name);
        out_text(o, name, address_key(v->text, key));
        out_str(o, c->name, v->text);
        return;
    case COLUMN_TEXT:
        out_str(o, c->name, v->text);
        return;
    case COLUMN_NUMBER:
        if (v->absent)
            out_null(o, c->name);
        else
            out_i64(o, c->name, v->number);
        return;
    case COLUMN_SEVERITY:
    case COLUMN_ENTITY:
    case COLUMN_ACTION:
        out_i64(o, c->name, v->number);
        return;
    }
}

static void extra_write(struct json_out *o, const struct row_extra *x)
{
    out_i64(o, "version", x->version);
    out_i64(o, "stored_ms", x->stored_ms);
    out_i64(o, "acked_ms", x->acked_ms);
    out_i64(o, "acked_until_ms", x->acked_until_ms);
    out_str(o, "acked_by", x->acked_by);
    out_str(o, "acked_note", x->acked_note);
    out_i64(o, "deletion", x->deletion);
    out_i64(o, "final_ms", x->final_ms);
}

void row_write(struct buf *to, const struct place *at,
               const struct occurrence *o, const struct row_extra *x)
{
    struct json_out out = JSON_OUT(to);

    out_object(&out, NULL);
    out_i64(&out, "tstamp_ms", at->tstamp_ms);
    out_i64(&out, "id", at->id);
    out_i64(&out, "tstamp_s", at->tstamp_s);
    extra_write(&out, x);
    out_i64(&out, "gone", o == NULL);
    out_i64(&out, "odd", o != NULL && o->odd);
    out_i64(&out, "release_id", o != NULL ? o->release_id : 0);
    out_i64(&out, "tstamp_end_ms", o != NULL ? o->tstamp_end_ms : 0);
    out_i64(&out, "bytes", o != NULL ? occurrence_bytes(o) : 0);
    out_str(&out, "json", o != NULL ? o->json : STR_NONE);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        value_write(&out, &columns[i], o != NULL ? &o->values[i] : NULL);
    out_object_end(&out);
    buf_char(to, '\n');
}
