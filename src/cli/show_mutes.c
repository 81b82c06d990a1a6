/* show_mutes.c -- tocsin inhibition preview: what one would mute now. */
#include "cli/commands.h"

static void count_print(struct cli *c, const struct json *list, const char *what)
{
    printf("%s: %s%.*s\n", what,
           json_bool_or(json_get(list, "exact"), true) ? "" : "at least ",
           STR_ARG(cell_text(c, json_get(list, "count"))));
}

static void alert_cells(struct cli *c, struct table *t, const struct json *alert)
{
    table_cell(t, cell_text(c, json_get(alert, "id")));
    table_cell(t, cell_time(c, json_get(alert, "tstamp")));
    table_cell(t, cell_text(c, json_get(alert, "severity")));
    table_cell(t, cell_text(c, json_get(alert, "type")));
    table_cell(t, cell_text(c, json_get(alert, "entity_value")));
}

static void sources_print(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"ID", "SINCE", "SEVERITY", "TYPE", "ON"}};
    const struct json *alerts = json_get(list, "alerts");

    count_print(c, list, "engaged, and would mute others");
    for (const struct json *a = alerts ? alerts->first : NULL; a; a = a->next)
        alert_cells(c, &t, a);
    if (alerts != NULL && alerts->count > 0)
        table_print(&t);
}

static void targets_print(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"ID", "SINCE", "SEVERITY", "TYPE", "ON", "BY"}};
    const struct json *alerts = json_get(list, "alerts");

    count_print(c, list, "engaged since, and would have been muted");
    for (const struct json *a = alerts ? alerts->first : NULL; a; a = a->next) {
        alert_cells(c, &t, json_get(a, "alert"));
        table_cell(&t, arena_printf(&c->arena, "%.*s, %.*s",
                                    STR_ARG(cell_text(c, json_get(a, "muted_by"))),
                                    STR_ARG(cell_text(c, json_get(a, "source")))));
    }
    if (alerts != NULL && alerts->count > 0)
        table_print(&t);
}

int mutes_show(struct cli *c, struct str inhibition)
{
    struct answer a;
    int status = client_send(c, "POST", "/api/v1/inhibitions/preview", inhibition, &a);

    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON) {
        print_json(c, a.json);
        return EXIT_OK;
    }
    sources_print(c, json_get(a.json, "sources"));
    targets_print(c, json_get(a.json, "targets"));
    if (json_i64_or(json_get(a.json, "told_before"), 0) > 0)
        printf("%.*s more engaged before what would mute them, and stay told\n",
               STR_ARG(cell_text(c, json_get(a.json, "told_before"))));
    return EXIT_OK;
}
