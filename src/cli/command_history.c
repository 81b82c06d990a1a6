/* command_history.c -- tocsin alerts count|histogram|top and ack|unack|note|delete|
 * undelete: the history in numbers, and marked. */
#include "cli/commands.h"

/* The options that a list takes too, as parameters of the request. */
void alert_filters(struct cli *c, struct buf *path)
{
    static const char *const filters[] = {
        "state", "since", "until", "severity", "entity", "type", "category",
        "source", "entity_value", "ip", "text", "filter", "acknowledged",
        "limit", "cursor",
    };

    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        struct str option = arena_printf(&c->arena, "--%s", filters[i]);

        client_query(path, filters[i], cli_take(c, option.p));
    }
}

static void count_rows(struct cli *c, const struct json *facets)
{
    static const char *const shown[] = {"info",  "notice",   "warning",
                                        "error", "critical", "emergency"};
    struct table t = {.titles = {"ENTITY", "INFO", "NOTICE", "WARNING", "ERROR",
                                 "CRITICAL", "EMERGENCY", "TOTAL"}};
    const struct json *entities = json_get(facets, "entities");

    for (const struct json *e = entities ? entities->first : NULL; e; e = e->next) {
        table_cell(&t, e->name);
        for (size_t i = 0; i < COUNT_OF(shown); i++)
            table_cell(&t, cell_text(c, json_get(e, shown[i])));
        table_cell(&t, cell_text(c, json_get(e, "total")));
    }
    table_print(&t);
    printf("%lld alerts, %lld engaged, %lld acknowledged\n",
           (long long)json_i64_or(json_get(facets, "total"), 0),
           (long long)json_i64_or(json_get(facets, "engaged"), 0),
           (long long)json_i64_or(json_get(facets, "acknowledged"), 0));
}

static int get_filtered(struct cli *c, struct buf *path, struct answer *out)
{
    alert_filters(c, path);
    return cli_done(c) ? client_get(c, buf_c(path), out) : EXIT_USAGE;
}

int alerts_count(struct cli *c)
{
    struct buf path freed_by(buf_release) = BUF(32768);
    struct answer a;
    int status;

    buf_text(&path, "/api/v1/alerts/facets");
    status = get_filtered(c, &path, &a);
    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON)
        print_json(c, a.json);
    else
        count_rows(c, a.json);
    return json_i64_or(json_get(a.json, "total"), 0) > 0 ? EXIT_OK : EXIT_NOTHING;
}

#define BAR_MAX 40

static int64_t bucket_total(const struct json *bucket)
{
    return json_i64_or(json_get(json_get(bucket, "severities"), "total"), 0);
}

static void histogram_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"FROM", "ALERTS", ""}};
    static const char bar[] = "########################################";
    int64_t most = 1;

    for (const struct json *b = list ? list->first : NULL; b; b = b->next)
        most = MAX(most, bucket_total(b));
    for (const struct json *b = list ? list->first : NULL; b; b = b->next) {
        int64_t n = bucket_total(b);

        table_cell(&t, cell_time(c, json_get(b, "from")));
        table_cell(&t, arena_printf(&c->arena, "%lld", (long long)n));
        table_cell(&t, (struct str){bar, (size_t)(n * BAR_MAX / most)});
    }
    table_print(&t);
}

int alerts_histogram(struct cli *c)
{
    struct buf path freed_by(buf_release) = BUF(32768);
    struct answer a;
    int status;

    buf_text(&path, "/api/v1/alerts/timeseries");
    client_query(&path, "bucket", cli_take(c, "--bucket"));
    status = get_filtered(c, &path, &a);
    return status != EXIT_OK ? status
                             : show_answer(c, a.json, "from", histogram_rows);
}

static void top_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"VALUE", "ALERTS", "SCORE"}};

    for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
        table_cell(&t, cell_text(c, json_get(v, "value")));
        table_cell(&t, cell_text(c, json_get(v, "count")));
        table_cell(&t, cell_text(c, json_get(v, "score")));
    }
    table_print(&t);
}

int alerts_top(struct cli *c)
{
    struct buf path freed_by(buf_release) = BUF(32768);
    const char *field = cli_word(c);
    struct answer a;
    int status;

    if (field == NULL)
        return EXIT_USAGE;
    buf_text(&path, client_path(c, "/api/v1/alerts/top", field, ""));
    status = get_filtered(c, &path, &a);
    return status != EXIT_OK ? status : show_answer(c, a.json, "value", top_rows);
}

/* --- marks ------------------------------------------------------------------------- */

static bool ids_write(struct cli *c, struct json_out *o)
{
    const char *word = cli_word(c);
    int64_t id;

    if (word == NULL)
        return true;
    out_array(o, "ids");
    for (; word != NULL; word = cli_word(c)) {
        if (!str_to_i64(str_of(word), &id)) {
            fprintf(stderr, "tocsin alerts: \"%s\" is no id\n", word);
            return false;
        }
        out_i64(o, NULL, id);
    }
    out_array_end(o);
    return true;
}

static void text_option(struct cli *c, const char *name, struct json_out *o)
{
    const char *value = cli_take(c, arena_printf(&c->arena, "--%s", name).p);

    if (value != NULL)
        out_text(o, name, value);
}

static void note_option(struct cli *c, struct json_out *o)
{
    const char *note = cli_take(c, "-m");

    if (note != NULL)
        out_text(o, "note", note);
    else
        text_option(c, "note", o);
}

/* --for 2h says the same as --until 2h. */
static void until_option(struct cli *c, struct json_out *o)
{
    const char *lasts = cli_take(c, "--for");

    if (lasts != NULL)
        out_text(o, "until", lasts);
    else
        text_option(c, "until", o);
}

/* Before the options of a list: --until ends an acknowledgement, --text is a note's. */
static bool options_write(struct cli *c, const char *verb, struct json_out *o)
{
    const char *deletion = cli_take(c, "--deletion");
    int64_t number;

    text_option(c, "by", o);
    if (strcmp(verb, "ack") == 0) {
        note_option(c, o);
        until_option(c, o);
    } else if (strcmp(verb, "note") == 0) {
        text_option(c, "text", o);
    }
    if (deletion == NULL)
        return true;
    if (!str_to_i64(str_of(deletion), &number)) {
        fprintf(stderr, "tocsin alerts: \"%s\" is no deletion's number\n",
                deletion);
        return false;
    }
    out_i64(o, "deletion", number);
    return true;
}

int alerts_mark(struct cli *c, const char *verb)
{
    struct buf path freed_by(buf_release) = BUF(32768);
    struct buf body freed_by(buf_release) = BUF(1u << 20);
    struct json_out o = JSON_OUT(&body);
    struct answer a;
    int status;

    buf_printf(&path, "/api/v1/alerts/%s", verb);
    out_object(&o, NULL);
    if (!options_write(c, verb, &o))
        return EXIT_USAGE;
    alert_filters(c, &path);
    if (!ids_write(c, &o) || !cli_done(c))
        return EXIT_USAGE;
    out_object_end(&o);
    status = client_send(c, "POST", buf_c(&path), buf_view(&body), &a);
    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON) {
        print_json(c, a.json);
        return EXIT_OK;
    }
    printf("%lld alerts changed\n",
           (long long)json_i64_or(json_get(a.json, "changed"), 0));
    if (json_i64_or(json_get(a.json, "engaged"), 0) > 0)
        printf("%lld of them are engaged\n",
               (long long)json_i64_or(json_get(a.json, "engaged"), 0));
    if (json_get(a.json, "deletion") != NULL)
        printf("taken back until %.*s by: tocsin alerts undelete --deletion %lld\n",
               STR_ARG(cell_time(c, json_get(a.json, "final"))),
               (long long)json_i64_or(json_get(a.json, "deletion"), 0));
    return EXIT_OK;
}
