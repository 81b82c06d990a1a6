/* command_token.c -- tocsin token list|add|revoke. */
#include "cli/commands.h"

#include "base/limits.h"

#define BASE_PATH "/api/v1/tokens"
#define LIST_PATH BASE_PATH "?limit=1000" /* all there can be */

static void token_rows(struct cli *c, const struct json *list)
{
    struct table t = {
        .titles = {"NAME", "BEGINS", "SCOPES", "EXPIRES", "LAST USED", "AUTHOR"}};

    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        table_cell(&t, cell_text(c, json_get(e, "name")));
        table_cell(&t, cell_text(c, json_get(e, "prefix")));
        table_cell(&t, cell_text(c, json_get(e, "scopes")));
        table_cell(&t, cell_time(c, json_get(e, "expires")));
        table_cell(&t, cell_time(c, json_get(e, "last_used")));
        table_cell(&t, cell_text(c, json_get(e, "author")));
    }
    table_print(&t);
}

static bool token_body(struct cli *c, struct json_out *o)
{
    const char *scopes = cli_take(c, "--scopes");
    const char *name;

    out_object(o, NULL);
    if (!end_write(c, "expires", o))
        return false;
    name = cli_name(c, "add");
    if (name == NULL)
        return false;
    if (scopes == NULL) {
        fputs("tocsin token add: --scopes says what it lets its program do\n", stderr);
        return false;
    }
    out_text(o, "name", name);
    list_write(o, "scopes", str_of(scopes));
    out_object_end(o);
    return true;
}

/* The token alone on standard output, for TOKEN=$(tocsin token add ...). */
static int token_add(struct cli *c)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    struct answer a;
    int status;

    if (!token_body(c, &o))
        return EXIT_USAGE;
    status = client_send(c, "POST", BASE_PATH, buf_view(&b), &a);
    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON)
        print_json(c, json_get(a.json, "data"));
    else
        print_text(cell_text(c, json_get(json_get(a.json, "data"), "token")));
    fputs("This is the token. It is not shown again: of it only a hash is kept.\n", stderr);
    return EXIT_OK;
}

/* 0: there is none of that name. */
static int64_t token_id(const struct json *list, const char *name)
{
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(json_text(json_get(e, "name")), name))
            return json_i64_or(json_get(e, "id"), 0);
    return 0;
}

/* The API knows tokens by number, for a revoked one's name may be given again. */
static int token_revoke(struct cli *c)
{
    const char *name = cli_name(c, "revoke");
    struct answer a;
    struct str path;
    int64_t id;
    int status;

    if (name == NULL)
        return EXIT_USAGE;
    status = client_get(c, LIST_PATH, &a);
    if (status != EXIT_OK)
        return status;
    id = token_id(json_get(a.json, "data"), name);
    if (id == 0) {
        fprintf(stderr, "tocsin token revoke: there is no token \"%s\"\n", name);
        return EXIT_NOTHING;
    }
    path = arena_printf(&c->arena, BASE_PATH "/%lld", (long long)id);
    status = client_send(c, "DELETE", path.p, STR_NONE, &a);
    if (status == EXIT_OK)
        printf("token %s revoked\n", name);
    return status;
}

int command_token(struct cli *c)
{
    const char *verb = cli_word(c);

    if (verb == NULL || strcmp(verb, "list") == 0)
        return cli_done(c) ? show_list(c, LIST_PATH, "name", token_rows) : EXIT_USAGE;
    if (strcmp(verb, "add") == 0)
        return token_add(c);
    if (strcmp(verb, "revoke") == 0)
        return token_revoke(c);
    fprintf(stderr, "tocsin token: there is no verb \"%s\"\n", verb);
    return EXIT_USAGE;
}
