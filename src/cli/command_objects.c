/* command_objects.c -- tocsin endpoint, recipient, pool, settings. */
#include "cli/commands.h"

#include <errno.h>
#include <unistd.h>

#include "base/limits.h"
#include "config/config.h"
#include "config/secret.h"

struct noun {
    const char *name; /* "endpoint" */
    const char *base; /* "/api/v1/endpoints" */
    rows_fn *table;
    bool has_test;
    /* The members beside params that options set: "--endpoint" ... */
    const char *const *texts, *const *lists;
    bool has_comment; /* a member, too: why it is there */
};

/* --- parameters: --set name=value -------------------------------------------- */

static bool read_all(FILE *from, struct buf *to)
{
    stream_read(from, to);
    while (to->n > 0 && (to->p[to->n - 1] == '\n' || to->p[to->n - 1] == '\r'))
        to->n--;
    return !to->over;
}

/* "@file", "-" (standard input) or the text itself. */
bool value_of(struct cli *c, const char *text, struct str *out)
{
    struct buf b freed_by(buf_release) = BUF(4 * PARAM_TEXT_MAX);
    FILE *f = NULL;
    bool ok = true;

    if (text[0] != '@' && strcmp(text, "-") != 0) {
        *out = str_of(text);
        return true;
    }
    f = text[0] == '@' ? fopen(text + 1, "re") : stdin;
    if (f == NULL || !read_all(f, &b) || b.n > PARAM_TEXT_MAX) {
        fprintf(stderr, "tocsin: cannot read %s: %s\n", text,
                f == NULL ? strerror(errno) : "too long");
        ok = false;
    }
    if (f != NULL && f != stdin)
        fclose(f);
    *out = arena_str(&c->arena, buf_view(&b));
    return ok;
}

/* The JSON Schema of one parameter, from the server's own table; NULL: unknown. */
static const struct json *param_schema(struct cli *c, const char *noun, struct str type,
                                       struct str name)
{
    struct answer a;
    const struct json *list;
    const char *side = strcmp(noun, "endpoint") == 0 ? "endpoint" : "recipient";

    if (client_get(c, "/api/v1/schema/endpoint-types", &a) != EXIT_OK)
        return NULL;
    list = json_get(a.json, "data");
    for (const struct json *t = list ? list->first : NULL; t; t = t->next)
        if (str_eq(json_text(json_get(t, "name")), type))
            return json_get(json_get(json_get(t, side), "properties"),
                            arena_c(&c->arena, name));
    return NULL;
}

void list_write(struct json_out *o, const char *name, struct str text)
{
    struct str rest = text;

    out_array(o, name);
    while (rest.n > 0)
        out_str(o, NULL, str_trim(str_until(&rest, ',')));
    out_array_end(o);
}

/* A secret's value, from where nobody else sees it; its reference; or none. */
static bool secret_of(struct cli *c, const char *member, const char *text,
                      struct str *out)
{
    if (text[0] == '@' || text[0] == '\0' || strcmp(text, "-") == 0 ||
        secret_is_reference(str_of(text)))
        return value_of(c, text, out);
    fprintf(stderr, "tocsin: %s is secret and would be seen in the process list; "
                    "give it as %s=@FILE or %s=- (standard input)\n",
            member, member, member);
    return false;
}

static bool param_write(struct cli *c, const struct json *schema, struct str name,
                        const char *text, struct json_out *o)
{
    struct str type = json_text(json_get(schema, "type"));
    bool secret = json_bool_or(json_get(schema, "writeOnly"), false);
    const char *member = arena_c(&c->arena, name);
    struct str value = str_of(text); /* "@ops" is a channel, if no secret */
    int64_t number;

    if (secret && !secret_of(c, member, text, &value))
        return false;
    if (str_is(type, "boolean") && (str_is(value, "true") || str_is(value, "false")))
        out_bool(o, member, str_is(value, "true"));
    else if (str_is(type, "integer") && str_to_i64(value, &number))
        out_i64(o, member, number);
    else if (str_is(type, "array"))
        list_write(o, member, value);
    else
        out_str(o, member, value);
    return true;
}

static bool params_write(struct cli *c, const char *noun, struct str type,
                         struct json_out *o)
{
    bool open = false;
    const char *word;
    bool ok = true;

    while (ok && (word = cli_take(c, "--set")) != NULL) {
        struct str rest = str_of(word);
        struct str name = str_until(&rest, '=');

        if (name.n == strlen(word)) {
            fprintf(stderr, "tocsin: --set takes name=value, not %s\n", word);
            return false;
        }
        if (!open)
            out_object(o, "params");
        open = true;
        ok = param_write(c, param_schema(c, noun, type, name), name, word + name.n + 1, o);
    }
    if (open)
        out_object_end(o);
    return ok;
}

/* --- the object of add and set ------------------------------------------------- */

static bool members_write(struct cli *c, const struct noun *n, struct json_out *o)
{
    struct str text;

    for (size_t i = 0; n->texts[i] != NULL; i++) {
        struct str option = arena_printf(&c->arena, "--%s", n->texts[i]);
        const char *value = cli_take(c, option.p);

        if (value == NULL)
            continue;
        if (!value_of(c, value, &text))
            return false;
        out_str(o, n->texts[i], text);
    }
    for (size_t i = 0; n->lists[i] != NULL; i++) {
        struct str option = arena_printf(&c->arena, "--%s", n->lists[i]);
        const char *value = cli_take(c, option.p);

        if (value == NULL)
            continue;
        if (strcmp(value, "any") == 0)
            out_null(o, n->lists[i]);
        else
            list_write(o, n->lists[i], str_of(strcmp(value, "none") == 0 ? "" : value));
    }
    return true;
}

/* Which endpoint type's parameters these are; the object that is being changed,
 * or for a new recipient its endpoint, knows. */
static struct str type_of(struct cli *c, const struct noun *n, const char *name,
                          const char *type, const char *endpoint)
{
    struct answer a;
    const struct json *object;

    if (type != NULL)
        return str_of(type);
    if (!n->has_test) /* and no type */
        return STR_NONE;
    if (endpoint == NULL) {
        if (client_get(c, client_path(c, n->base, name, ""), &a) != EXIT_OK)
            return STR_NONE;
        object = json_get(a.json, "data");
        if (strcmp(n->name, "endpoint") == 0)
            return json_text(json_get(object, "type"));
        endpoint = arena_c(&c->arena, json_text(json_get(object, "endpoint")));
    }
    if (client_get(c, client_path(c, "/api/v1/endpoints", endpoint, ""), &a) != EXIT_OK)
        return STR_NONE;
    return json_text(json_get(json_get(a.json, "data"), "type"));
}

static int object_send(struct cli *c, const struct noun *n, const char *name, bool add)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *type = cli_take(c, "--type");
    const char *endpoint = cli_take(c, "--endpoint");
    const char *comment = cli_take(c, "--comment");
    const char *path = add ? n->base : client_path(c, n->base, name, "");
    struct answer a;
    int status;

    out_object(&o, NULL);
    if (add)
        out_text(&o, "name", name);
    if (n->has_comment && comment != NULL)
        out_text(&o, "comment", comment);
    if (type != NULL)
        out_text(&o, "type", type);
    if (endpoint != NULL)
        out_text(&o, "endpoint", endpoint);
    if (!members_write(c, n, &o) ||
        !params_write(c, n->name, type_of(c, n, name, type, endpoint), &o))
        return EXIT_USAGE;
    out_object_end(&o);
    if (!cli_done(c))
        return EXIT_USAGE;
    status = client_send(c, add ? "POST" : "PATCH", client_signed(c, path, comment),
                         buf_view(&b), &a);
    if (status == EXIT_OK)
        printf("%s %s %s\n", n->name, name, add ? "added" : "changed");
    warnings_print(c, a.json);
    return status;
}

/* What it says is laid over the rule of that name, if there is one. */
static int inhibition_preview(struct cli *c, const struct noun *n, const char *name)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);

    out_object(&o, NULL);
    out_text(&o, "name", name);
    if (!members_write(c, n, &o) || !cli_done(c))
        return EXIT_USAGE;
    out_object_end(&o);
    return mutes_show(c, buf_view(&b));
}

static int object_switch(struct cli *c, const struct noun *n, const char *name, bool on)
{
    struct str body = on ? STR("{\"enabled\":true}") : STR("{\"enabled\":false}");
    const char *comment = cli_take(c, "--comment");
    struct answer a;
    int status;

    if (!cli_done(c))
        return EXIT_USAGE;
    status = client_send(c, "PATCH",
                         client_signed(c, client_path(c, n->base, name, ""), comment), body,
                         &a);
    if (status == EXIT_OK)
        printf("%s %s %s\n", n->name, name, on ? "enabled" : "disabled");
    return status;
}

/* --- show, rm, test ---------------------------------------------------------------- */

static int object_show(struct cli *c, const struct noun *n, const char *name)
{
    struct answer a;
    int status = client_get(c, client_path(c, n->base, name, ""), &a);

    if (status == EXIT_OK)
        print_json(c, json_get(a.json, "data"));
    return status;
}

int delete_confirm(struct cli *c, const char *noun, const char *name)
{
    char line[8] = "";

    if (c->yes)
        return EXIT_OK;
    if (!isatty(STDIN_FILENO)) {
        fprintf(stderr, "tocsin: deleting needs --yes when nobody can be asked\n");
        return EXIT_USAGE;
    }
    fprintf(stderr, "delete %s %s? [y/N] ", noun, name);
    if (fgets(line, sizeof line, stdin) == NULL || line[0] != 'y')
        return EXIT_FAILED;
    return EXIT_OK;
}

/* The server refuses one with pending deliveries, without --force. */
static int object_remove(struct cli *c, const struct noun *n, const char *name)
{
    const char *after = cli_flag(c, "--force") ? "?force=true" : "";
    const char *comment = cli_take(c, "--comment");
    const char *path = client_signed(c, client_path(c, n->base, name, after), comment);
    struct answer a;
    int status;

    if (!cli_done(c))
        return EXIT_USAGE;
    status = delete_confirm(c, n->name, name);
    if (status != EXIT_OK)
        return status;
    status = client_call(c, "DELETE", path, "", STR_NONE, &a);
    if (a.status == 409 && strstr(arena_c(&c->arena, a.text), "force=true") != NULL)
        fprintf(stderr, "tocsin: that is: tocsin %s rm %s --force\n", n->name, name);
    if (status == EXIT_OK)
        printf("%s %s deleted\n", n->name, name);
    return status;
}

static int object_test(struct cli *c, const struct noun *n, const char *name)
{
    struct answer a;
    int status = client_send(c, "POST", client_path(c, n->base, name, "/test"), STR("{}"), &a);
    bool ok = json_bool_or(json_get(a.json, "ok"), false);

    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON)
        print_json(c, a.json);
    else
        transcript_print(c, a.json);
    return ok ? EXIT_OK : EXIT_FAILED;
}

static void choice_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"FIELD", "VALUE", "LABEL"}};

    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        table_cell(&t, cell_text(c, json_get(e, "field")));
        table_cell(&t, cell_text(c, json_get(e, "value")));
        table_cell(&t, cell_text(c, json_get(e, "label")));
    }
    table_print(&t);
}

/* Scripts that would not be run are said too, on stderr. */
static int endpoint_choices(struct cli *c, const struct noun *n, const char *name)
{
    struct answer a;
    int status = client_get(c, client_path(c, n->base, name, "/choices"), &a);
    const struct json *refused = json_get(a.json, "refused");

    if (status != EXIT_OK)
        return status;
    for (const struct json *e = refused ? refused->first : NULL; e; e = e->next)
        fprintf(stderr, "not offered: %.*s\n", STR_ARG(cell_text(c, json_get(e, "reason"))));
    return show_answer(c, a.json, "value", choice_rows);
}

/* --- tables ------------------------------------------------------------------------ */

static void endpoint_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"NAME", "TYPE", "ENABLED", "MANAGED BY"}};

    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        table_cell(&t, cell_text(c, json_get(e, "name")));
        table_cell(&t, cell_text(c, json_get(e, "type")));
        table_cell(&t, cell_text(c, json_get(e, "enabled")));
        table_cell(&t, cell_text(c, json_get(e, "managed_by")));
    }
    table_print(&t);
}

static struct str any_or(struct cli *c, const struct json *j)
{
    return j == NULL || json_is(j, JSON_NULL) ? STR("any") : cell_text(c, j);
}

static void recipient_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"NAME", "ENDPOINT", "SEVERITY", "CATEGORIES", "ENTITIES",
                                 "POOLS", "ENABLED"}};

    for (const struct json *r = list ? list->first : NULL; r; r = r->next) {
        table_cell(&t, cell_text(c, json_get(r, "name")));
        table_cell(&t, cell_text(c, json_get(r, "endpoint")));
        table_cell(&t, any_or(c, json_get(r, "minimum_severity")));
        table_cell(&t, any_or(c, json_get(r, "categories")));
        table_cell(&t, any_or(c, json_get(r, "entities")));
        table_cell(&t, any_or(c, json_get(r, "host_pools")));
        table_cell(&t, cell_text(c, json_get(r, "enabled")));
    }
    table_print(&t);
}

static void pool_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"NAME", "MEMBERS"}};

    for (const struct json *p = list ? list->first : NULL; p; p = p->next) {
        table_cell(&t, cell_text(c, json_get(p, "name")));
        table_cell(&t, cell_text(c, json_get(p, "members")));
    }
    table_print(&t);
}

static void inhibition_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"NAME", "SOURCE", "TARGET", "RELATION"}};

    for (const struct json *i = list ? list->first : NULL; i; i = i->next) {
        const struct json *equal = json_get(i, "equal");

        table_cell(&t, cell_text(c, json_get(i, "name")));
        table_cell(&t, cell_text(c, json_get(i, "source")));
        table_cell(&t, cell_text(c, json_get(i, "target")));
        table_cell(&t, equal == NULL       ? cell_text(c, json_get(i, "relation"))
                       : equal->count == 0 ? STR("equal nothing: all of them")
                                           : arena_printf(&c->arena, "equal %.*s",
                                                          STR_ARG(cell_text(c, equal))));
    }
    table_print(&t);
}

static int objects_show(struct cli *c, const struct noun *n)
{
    struct buf path freed_by(buf_release) = BUF(8192);

    buf_text(&path, n->base);
    client_query(&path, "limit", cli_take(c, "--limit"));
    client_query(&path, "cursor", cli_take(c, "--cursor"));
    return cli_done(c) ? show_list(c, buf_c(&path), "name", n->table) : EXIT_USAGE;
}

static int noun_run(struct cli *c, const struct noun *n)
{
    const char *verb = cli_word(c);
    const char *name;

    if (verb == NULL || strcmp(verb, "list") == 0)
        return objects_show(c, n);
    name = cli_word(c);
    if (strcmp(verb, "types") == 0 && strcmp(n->name, "endpoint") == 0)
        return endpoint_types_show(c, name);
    if (name == NULL) {
        fprintf(stderr, "tocsin %s %s: a name is missing\n", n->name, verb);
        return EXIT_USAGE;
    }
    if (strcmp(verb, "add") == 0)
        return object_send(c, n, name, true);
    if (strcmp(verb, "set") == 0)
        return object_send(c, n, name, false);
    if (strcmp(verb, "preview") == 0 && strcmp(n->name, "recipient") == 0)
        return recipient_preview(c, name);
    if (strcmp(verb, "preview") == 0 && strcmp(n->name, "inhibition") == 0)
        return inhibition_preview(c, n, name);
    if (strcmp(verb, "rm") == 0)
        return object_remove(c, n, name);
    if (n->has_test && (strcmp(verb, "enable") == 0 || strcmp(verb, "disable") == 0))
        return object_switch(c, n, name, strcmp(verb, "enable") == 0);
    if (!cli_done(c))
        return EXIT_USAGE;
    if (strcmp(verb, "show") == 0)
        return object_show(c, n, name);
    if (strcmp(verb, "test") == 0 && n->has_test)
        return object_test(c, n, name);
    if (strcmp(verb, "choices") == 0 && strcmp(n->name, "endpoint") == 0)
        return endpoint_choices(c, n, name);
    fprintf(stderr, "tocsin %s: there is no verb \"%s\"\n", n->name, verb);
    return EXIT_USAGE;
}

static const char *const nothing[] = {NULL};

int command_endpoint(struct cli *c)
{
    static const struct noun endpoint = {
        "endpoint", "/api/v1/endpoints", endpoint_rows, true, nothing, nothing, false};

    return noun_run(c, &endpoint);
}

int command_recipient(struct cli *c)
{
    static const char *const texts[] = {
        "minimum_severity", "filter",          "title_template", "text_template",
        "repeat_interval",  "flapping_count",  "storm_limit",    "storm_window",
        "digest",           "quiet_hours",     "urgent_severity", "time_zone",
        "escalate_to",      "escalate_after",  NULL};
    static const char *const lists[] = {"categories", "entities", "types",
                                        "host_pools", "am_hosts", NULL};
    static const struct noun recipient = {
        "recipient", "/api/v1/recipients", recipient_rows, true, texts, lists, false};

    return noun_run(c, &recipient);
}

int command_pool(struct cli *c)
{
    static const char *const lists[] = {"members", NULL};
    static const struct noun pool = {"pool",  "/api/v1/pools", pool_rows, false,
                                     nothing, lists,           false};

    return noun_run(c, &pool);
}

int command_inhibition(struct cli *c)
{
    static const char *const texts[] = {"source", "target", "relation", NULL};
    static const char *const lists[] = {"equal", NULL};
    static const struct noun inhibition = {
        "inhibition", "/api/v1/inhibitions", inhibition_rows, false, texts, lists, true};

    return noun_run(c, &inhibition);
}

/* "name=value" by its row of the table; one there is none of, the server refuses. */
static bool setting_write(struct cli *c, const char *word, struct json_out *o)
{
    struct str value = str_of(word);
    struct str name = str_until(&value, '=');
    const char *member = arena_c(&c->arena, name);
    const struct field *row = field_find(settings_fields, name);
    int64_t number;

    if (name.n == strlen(word)) {
        fprintf(stderr, "tocsin settings set: takes name=value, not %s\n", word);
        return false;
    }
    if (row != NULL && row->secret && !secret_of(c, member, value.p, &value))
        return false;
    if (row != NULL && row->type == FIELD_NUMBER && str_to_i64(value, &number))
        out_i64(o, member, number);
    else
        out_str(o, member, value);
    return true;
}

static int settings_set(struct cli *c)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *comment = cli_take(c, "--comment"), *word;
    struct answer a;
    int status;

    out_object(&o, NULL);
    while ((word = cli_take(c, "--set")) != NULL || (word = cli_word(c)) != NULL)
        if (!setting_write(c, word, &o))
            return EXIT_USAGE;
    out_object_end(&o);
    if (!cli_done(c))
        return EXIT_USAGE;
    status = client_send(c, "PATCH", client_signed(c, "/api/v1/settings", comment),
                         buf_view(&b), &a);
    if (status == EXIT_OK)
        puts("settings changed");
    return status;
}

int command_settings(struct cli *c)
{
    const char *verb = cli_word(c);
    struct answer a;
    int status;

    if (verb != NULL && strcmp(verb, "set") == 0)
        return settings_set(c);
    if (verb != NULL && strcmp(verb, "show") != 0) {
        fprintf(stderr, "tocsin settings: there is no verb \"%s\"\n", verb);
        return EXIT_USAGE;
    }
    status = client_get(c, "/api/v1/settings", &a);
    print_json(c, json_get(a.json, "data"));
    return status;
}
