/* command_types.c -- tocsin endpoint types: what there is, and one with its
 * parameters, as the server's own tables have it. */
#include "cli/commands.h"

#define TYPES_PATH "/api/v1/schema/endpoint-types"
#define WIDTH 79
#define INDENT 4
#define KIND_MAX 4096 /* bytes of one parameter's kind in words */

/* --- all of them --------------------------------------------------------- */

static void type_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"TYPE", "TITLE", "WHAT IT IS"}};

    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        table_cell(&t, cell_text(c, json_get(e, "name")));
        table_cell(&t, cell_text(c, json_get(e, "title")));
        table_cell(&t, cell_text(c, json_get(e, "help")));
    }
    table_print(&t);
}

/* --- one ----------------------------------------------------------------- */

/* A paragraph, broken between words. */
static void print_wrapped(struct str text, size_t indent)
{
    size_t column = 0;

    while (text.n > 0) {
        struct str word = str_until(&text, ' ');

        if (column > 0 && column + 1 + word.n > WIDTH) {
            putchar('\n');
            column = 0;
        }
        if (column == 0)
            column = (size_t)printf("%*s%.*s", (int)indent, "", STR_ARG(word));
        else
            column += (size_t)printf(" %.*s", STR_ARG(word));
    }
    putchar('\n');
}

static void put_choices(struct cli *c, const struct json *schema, struct buf *to)
{
    const struct json *choices = json_get(schema, "enum");

    if (choices != NULL)
        buf_printf(to, "%.*s", STR_ARG(cell_text(c, choices)));
}

/* "text", "number", "one of starttls, tls, none" */
static void put_kind(struct cli *c, const struct json *schema, struct buf *to)
{
    struct str type = json_text(json_get(schema, "type"));

    if (json_get(schema, "x-duration") != NULL) {
        buf_text(to, "duration, as 90s or 5m");
    } else if (str_is(type, "array")) {
        buf_text(to, json_get(json_get(schema, "items"), "enum") != NULL
                         ? "list of " : "list, with commas between");
        put_choices(c, json_get(schema, "items"), to);
    } else if (str_is(type, "boolean")) {
        buf_text(to, "true or false");
    } else if (json_get(schema, "enum") != NULL) {
        buf_text(to, "one of ");
        put_choices(c, schema, to);
    } else {
        buf_text(to, str_is(type, "integer") ? "number" : "text");
    }
}

static void put_limits(struct cli *c, const struct json *schema, struct buf *to)
{
    const struct json *least = json_get(schema, "minimum");
    const struct json *most = json_get(schema, "maximum");
    const struct json *bytes = json_get(schema, "maxLength");
    struct str unit = json_text(json_get(schema, "x-unit"));

    if (least != NULL && most != NULL)
        buf_printf(to, " %.*s..%.*s", STR_ARG(cell_text(c, least)),
                   STR_ARG(cell_text(c, most)));
    if (unit.n > 0)
        buf_printf(to, " %.*s", STR_ARG(unit));
    if (json_bool_or(json_get(schema, "x-secret"), false))
        buf_text(to, ", secret");
    if (bytes != NULL && json_get(schema, "enum") == NULL)
        buf_printf(to, ", at most %.*s bytes", STR_ARG(cell_text(c, bytes)));
}

static bool is_required(const struct json *side, struct str name)
{
    const struct json *required = json_get(side, "required");

    for (const struct json *e = required ? required->first : NULL; e; e = e->next)
        if (str_eq(json_text(e), name))
            return true;
    return false;
}

static void param_print(struct cli *c, const struct json *side,
                        const struct json *schema)
{
    struct buf kind freed_by(buf_release) = BUF(KIND_MAX);
    const struct json *fallback = json_get(schema, "default");

    put_kind(c, schema, &kind);
    put_limits(c, schema, &kind);
    printf("  %.*s  (%.*s)\n", STR_ARG(schema->name),
           STR_ARG(cell_text(c, json_get(schema, "title"))));
    if (is_required(side, schema->name))
        buf_text(&kind, "; required");
    else if (fallback != NULL)
        buf_printf(&kind, "; unless set: %.*s", STR_ARG(cell_text(c, fallback)));
    print_wrapped(buf_view(&kind), INDENT);
    print_wrapped(cell_text(c, json_get(schema, "description")), INDENT);
}

static void side_print(struct cli *c, const struct json *type, const char *side,
                       const char *title)
{
    const struct json *schema = json_get(type, side);
    const struct json *params = json_get(schema, "properties");

    if (params == NULL || params->count == 0) {
        printf("\n%s: none\n", title);
        return;
    }
    printf("\n%s:\n", title);
    for (const struct json *p = params->first; p != NULL; p = p->next)
        param_print(c, schema, p);
}

static void rate_print(struct cli *c, const struct json *rate, const char *whose)
{
    double per_s;

    if (!json_double(json_get(rate, "per_s"), &per_s))
        return;
    printf("Rate of %s: %.3g requests a %s, %.*s at once.\n", whose,
           per_s < 1 ? per_s * 60 : per_s, per_s < 1 ? "minute" : "second",
           STR_ARG(cell_text(c, json_get(rate, "burst"))));
}

static void type_print(struct cli *c, const struct json *type)
{
    const struct json *why = json_get(type, "unavailable");

    printf("%.*s -- %.*s\n", STR_ARG(cell_text(c, json_get(type, "title"))),
           STR_ARG(cell_text(c, json_get(type, "help"))));
    if (why != NULL)
        printf("Not available here: %.*s\n", STR_ARG(cell_text(c, why)));
    printf("\nAlerts in one request: at most %.*s.\n",
           STR_ARG(cell_text(c, json_get(type, "batch_max"))));
    rate_print(c, json_get(type, "rate"), "an endpoint");
    rate_print(c, json_get(type, "recipient_rate"), "a recipient");
    side_print(c, type, "endpoint", "Parameters of the endpoint");
    side_print(c, type, "recipient", "Parameters of a recipient");
}

static int one_show(struct cli *c, const char *name)
{
    struct answer a;
    int status = client_get(c, TYPES_PATH, &a);
    const struct json *list = json_get(a.json, "data");

    if (status != EXIT_OK)
        return status;
    for (const struct json *type = list ? list->first : NULL; type; type = type->next) {
        if (!str_is(json_text(json_get(type, "name")), name))
            continue;
        if (c->output == OUTPUT_JSON)
            print_json(c, type);
        else
            type_print(c, type);
        return EXIT_OK;
    }
    fprintf(stderr, "tocsin: there is no endpoint type \"%s\"; see tocsin endpoint types\n",
            name);
    return EXIT_NOTHING;
}

int endpoint_types_show(struct cli *c, const char *name)
{
    if (!cli_done(c))
        return EXIT_USAGE;
    return name == NULL ? show_list(c, TYPES_PATH, "name", type_rows)
                        : one_show(c, name);
}
