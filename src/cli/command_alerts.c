/* command_alerts.c -- tocsin alerts list|show|release; what else alerts can be
 * asked is in command_history.c. */
#include "cli/commands.h"

int show_list(struct cli *c, const char *path, const char *id_member, rows_fn *table)
{
    struct answer a;
    int status = client_get(c, path, &a);

    return status != EXIT_OK ? status : show_answer(c, a.json, id_member, table);
}

/* "4812" as "4,812". */
static struct str grouped(struct cli *c, int64_t n)
{
    return n < 1000 ? arena_printf(&c->arena, "%lld", (long long)n)
                    : arena_printf(&c->arena, "%.*s,%03lld",
                                   STR_ARG(grouped(c, n / 1000)), (long long)(n % 1000));
}

/* A page that is not all says so. */
static void more_print(struct cli *c, const struct json *answer, const struct json *list)
{
    const struct json *total = json_get(answer, "total");
    struct str next = json_text(json_get(answer, "next"));
    bool exact = json_bool_or(json_get(total, "exact"), true);

    if (next.n == 0 || list == NULL)
        return;
    fprintf(stderr, "%.*s of %s%.*s shown; --limit N, or --cursor %.*s for more\n",
            STR_ARG(grouped(c, (int64_t)list->count)), exact ? "" : "more than ",
            STR_ARG(grouped(c, json_i64_or(json_get(total, "value"), 0))),
            STR_ARG(cell_text(c, json_get(answer, "next"))));
}

int show_answer(struct cli *c, const struct json *answer, const char *id_member,
                rows_fn *table)
{
    const struct json *list = json_get(answer, "data");

    switch (c->output) {
    case OUTPUT_JSON:
        print_json(c, answer);
        break;
    case OUTPUT_IDS:
        for (const struct json *e = list ? list->first : NULL; e; e = e->next)
            print_text(cell_text(c, json_get(e, id_member)));
        break;
    case OUTPUT_TABLE:
        table(c, list);
        more_print(c, answer, list);
        break;
    }
    return list == NULL || list->count == 0 ? EXIT_NOTHING : EXIT_OK;
}

static void alert_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"ID", "WHEN", "SEVERITY", "ACTION", "TYPE", "ON", "MESSAGE"}};

    for (const struct json *a = list ? list->first : NULL; a; a = a->next) {
        table_cell(&t, cell_text(c, json_get(a, "id")));
        table_cell(&t, cell_time(c, json_get(a, "tstamp")));
        table_cell(&t, cell_text(c, json_get(a, "severity")));
        table_cell(&t, cell_text(c, json_get(a, "action")));
        table_cell(&t, cell_text(c, json_get(a, "type")));
        table_cell(&t, cell_text(c, json_get(a, "entity_value")));
        table_cell(&t, cell_text(c, json_get(a, "message")));
    }
    table_print(&t);
}

static int alerts_list(struct cli *c)
{
    struct buf path freed_by(buf_release) = BUF(32768);

    buf_text(&path, "/api/v1/alerts");
    alert_filters(c, &path);
    if (!cli_done(c))
        return EXIT_USAGE;
    return show_list(c, buf_c(&path), "id", alert_rows);
}

static void members_print(struct cli *c, const struct json *object)
{
    for (const struct json *m = object ? object->first : NULL; m; m = m->next)
        printf("%-16.*s %.*s\n", STR_ARG(m->name), STR_ARG(cell_text(c, m)));
}

static void delivery_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"DELIVERY", "RECIPIENT", "STATE", "TRIES", "REASON"}};

    for (const struct json *d = list ? list->first : NULL; d; d = d->next) {
        table_cell(&t, cell_text(c, json_get(d, "id")));
        table_cell(&t, cell_text(c, json_get(d, "recipient")));
        table_cell(&t, cell_text(c, json_get(d, "state")));
        table_cell(&t, cell_text(c, json_get(d, "attempts")));
        table_cell(&t, cell_text(c, json_get(d, "reason")));
    }
    table_print(&t);
}

static int alerts_show(struct cli *c)
{
    const char *id = cli_word(c);
    struct answer a;
    int status;

    if (id == NULL || !cli_done(c))
        return EXIT_USAGE;
    status = client_get(c, client_path(c, "/api/v1/alerts", id, ""), &a);
    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON) {
        print_json(c, a.json);
        return EXIT_OK;
    }
    members_print(c, json_get(a.json, "data"));
    putchar('\n');
    delivery_rows(c, json_get(a.json, "deliveries"));
    putchar('\n');
    decisions_print(c, json_get(a.json, "explanation"));
    return EXIT_OK;
}

static int alerts_release(struct cli *c)
{
    const char *id = cli_word(c);
    struct answer a;
    int status;

    if (id == NULL || !cli_done(c))
        return EXIT_USAGE;
    status = client_send(c, "POST", client_path(c, "/api/v1/alerts", id, "/release"),
                         STR("{}"), &a);
    if (status == EXIT_OK)
        printf("released alert %s\n", id);
    return status;
}

int command_alerts(struct cli *c)
{
    static const char *const marks[] = {"ack", "unack", "note", "delete",
                                        "undelete"};
    const char *verb = cli_word(c);

    if (verb == NULL || strcmp(verb, "list") == 0)
        return alerts_list(c);
    if (strcmp(verb, "show") == 0)
        return alerts_show(c);
    if (strcmp(verb, "release") == 0)
        return alerts_release(c);
    if (strcmp(verb, "count") == 0)
        return alerts_count(c);
    if (strcmp(verb, "histogram") == 0)
        return alerts_histogram(c);
    if (strcmp(verb, "top") == 0)
        return alerts_top(c);
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (strcmp(verb, marks[i]) == 0)
            return alerts_mark(c, verb);
    fprintf(stderr, "tocsin alerts: there is no verb \"%s\"\n", verb);
    return EXIT_USAGE;
}
