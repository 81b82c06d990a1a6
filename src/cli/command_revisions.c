/* command_revisions.c -- tocsin config revisions|show|diff|rollback|export: the
 * configuration's past, and all of it as a file. */
#include "cli/commands.h"

static void changes_print(struct cli *c, const struct json *changes,
                          struct table *t, const struct json *r)
{
    bool first = true;

    for (const struct json *m = changes ? changes->first : NULL; m; m = m->next) {
        table_cell(t, first ? cell_text(c, json_get(r, "revision")) : STR(""));
        table_cell(t, first ? cell_time(c, json_get(r, "at")) : STR(""));
        table_cell(t, first ? cell_text(c, json_get(r, "author")) : STR(""));
        table_cell(t, arena_printf(&c->arena, "%.*s %.*s: %.*s",
                                   STR_ARG(cell_text(c, json_get(m, "kind"))),
                                   STR_ARG(cell_text(c, json_get(m, "name"))),
                                   STR_ARG(cell_text(c, json_get(m, "summary")))));
        table_cell(t, first ? json_text(json_get(r, "comment")) : STR(""));
        first = false;
    }
}

static void revision_rows(struct cli *c, const struct json *list)
{
    struct table t = {
        .titles = {"REVISION", "WHEN", "WHO", "WHAT", "WHY"}};

    for (const struct json *r = list ? list->first : NULL; r; r = r->next)
        changes_print(c, json_get(r, "changes"), &t, r);
    table_print(&t);
}

static int revisions(struct cli *c)
{
    static const char *const names[] = {"limit", "cursor"};
    struct buf path freed_by(buf_release) = BUF(1024);

    buf_text(&path, "/api/v1/config/revisions");
    for (size_t i = 0; i < COUNT_OF(names); i++)
        client_query(&path, names[i],
                     cli_take(c, arena_printf(&c->arena, "--%s", names[i]).p));
    if (!cli_done(c))
        return EXIT_USAGE;
    return show_list(c, buf_c(&path), "revision", revision_rows);
}

static int revision_show(struct cli *c)
{
    const char *n = cli_word(c);
    struct answer a;
    int status;

    if (n == NULL || !cli_done(c))
        return EXIT_USAGE;
    status = client_get(c, client_path(c, "/api/v1/config/revisions", n, ""), &a);
    if (status == EXIT_OK)
        print_json(c, a.json);
    return status;
}

/* --- diff --------------------------------------------------------------------- */

static void line_print(struct cli *c, char sign, const struct json *path,
                       const struct json *value)
{
    struct buf b freed_by(buf_release) = BUF(64u << 10);
    struct json_out o = JSON_OUT(&b);

    out_tree(&o, NULL, value);
    print_text(arena_printf(&c->arena, "  %c %.*s: %.*s", sign,
                            STR_ARG(json_text(path)), STR_ARG(buf_view(&b))));
}

static void member_print(struct cli *c, const struct json *m)
{
    static const struct {
        const char *name;
        char sign;
    } sides[] = {{"before", '-'}, {"after", '+'}, {"removed", '-'}, {"added", '+'}};
    const struct json *path = json_get(m, "path");

    if (json_get(m, "secret") != NULL) {
        print_text(arena_printf(&c->arena, "  ~ %.*s: changed (a secret)",
                                STR_ARG(json_text(path))));
        return;
    }
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        const struct json *value = json_get(m, sides[i].name);

        if (value != NULL && !json_is(value, JSON_NULL) &&
            (i < 2 || value->count > 0))
            line_print(c, sides[i].sign, path, value);
    }
}

static void object_print(struct cli *c, const struct json *d)
{
    const struct json *members = json_get(d, "members");
    struct str was = json_text(json_get(d, "was_name"));

    print_text(arena_printf(&c->arena, "%.*s %.*s: %.*s%s%.*s",
                            STR_ARG(cell_text(c, json_get(d, "kind"))),
                            STR_ARG(cell_text(c, json_get(d, "name"))),
                            STR_ARG(cell_text(c, json_get(d, "change"))),
                            was.n > 0 ? ", was " : "", STR_ARG(was)));
    for (const struct json *m = members ? members->first : NULL; m; m = m->next)
        member_print(c, m);
}

void differences_print(struct cli *c, const struct json *list)
{
    for (const struct json *d = list ? list->first : NULL; d; d = d->next)
        object_print(c, d);
    if (list == NULL || list->count == 0)
        fputs("nothing differs\n", stderr);
}

static int diff(struct cli *c)
{
    struct buf path freed_by(buf_release) = BUF(1024);
    const char *from = cli_word(c), *to = cli_word(c);
    struct answer a;
    int status;

    if (!cli_done(c))
        return EXIT_USAGE;
    buf_text(&path, "/api/v1/config/diff");
    client_query(&path, "from", from);
    client_query(&path, "to", to);
    status = client_get(c, buf_c(&path), &a);
    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON)
        print_json(c, a.json);
    else
        differences_print(c, json_get(a.json, "data"));
    return EXIT_OK;
}

/* --- back, and out ------------------------------------------------------------ */

static int rollback(struct cli *c)
{
    const char *comment = cli_take(c, "--comment"), *to = cli_word(c);
    const struct json *left;
    struct answer a;
    int64_t n;
    int status;

    if (to == NULL || !cli_done(c) || !str_to_i64(str_of(to), &n))
        return EXIT_USAGE;
    status = client_send(c, "POST", client_signed(c, "/api/v1/config/rollback", comment),
                         arena_printf(&c->arena, "{\"to\":%lld}", (long long)n), &a);
    if (status != EXIT_OK)
        return status;
    printf("revision %lld is as %lld was\n",
           (long long)json_i64_or(json_get(a.json, "revision"), 0), (long long)n);
    left = json_get(a.json, "left");
    for (const struct json *e = left ? left->first : NULL; e; e = e->next)
        print_text(arena_printf(&c->arena, "left as it is, a file declares it: %.*s",
                                STR_ARG(cell_text(c, e))));
    return EXIT_OK;
}

static int export(struct cli *c)
{
    struct buf path freed_by(buf_release) = BUF(1024);
    const char *revision = cli_take(c, "--revision");
    struct answer a;
    int status;

    if (!cli_done(c))
        return EXIT_USAGE;
    buf_text(&path, "/api/v1/config/export");
    client_query(&path, "revision", revision);
    status = client_get(c, buf_c(&path), &a);
    if (status == EXIT_OK)
        fwrite(a.text.p, 1, a.text.n, stdout);
    return status;
}

int command_configuration(struct cli *c)
{
    static const struct {
        const char *name;
        int (*run)(struct cli *c);
    } verbs[] = {
        {"revisions", revisions}, {"show", revision_show}, {"diff", diff},
        {"rollback", rollback},   {"export", export},
    };
    const char *verb = cli_word(c);

    for (size_t i = 0; verb != NULL && i < COUNT_OF(verbs); i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return verbs[i].run(c);
    if (verb != NULL)
        fprintf(stderr, "tocsin config: there is no verb \"%s\"\n", verb);
    return EXIT_USAGE;
}
