/* command_import.c -- tocsin import: what another program's configuration says,
 * taken over. */
#include "cli/commands.h"

#include "base/limits.h"

static void line_print(struct cli *c, const struct json *e)
{
    struct str result = json_text(json_get(e, "result"));
    struct str kind = cell_text(c, json_get(e, "kind"));
    struct str name = cell_text(c, json_get(e, "name"));

    print_text(arena_printf(&c->arena, "%s %-9.*s %.*s%s%.*s",
                            str_is(result, "taken")      ? "+"
                            : str_is(result, "adjusted") ? "~"
                                                         : "!",
                            STR_ARG(kind), STR_ARG(name), name.n > 0 ? ": " : "",
                            STR_ARG(cell_text(c, json_get(e, "text")))));
}

static void report_print(struct cli *c, const struct json *answer)
{
    const struct json *report = json_get(answer, "report");

    for (const struct json *e = report ? report->first : NULL; e; e = e->next)
        line_print(c, e);
    printf("%lld taken, %lld adjusted, %lld not taken%s\n",
           (long long)json_i64_or(json_get(answer, "taken"), 0),
           (long long)json_i64_or(json_get(answer, "adjusted"), 0),
           (long long)json_i64_or(json_get(answer, "left"), 0),
           json_bool_or(json_get(answer, "dry_run"), false)
               ? "; nothing was changed"
               : "");
}

static bool is_kind(const char *word)
{
    static const char *const kinds[] = {"alertmanager", "apprise", "ntopng-backup",
                                        "ntopng-pools"};

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(word, kinds[i]) == 0)
            return true;
    return false;
}

int command_import(struct cli *c)
{
    struct buf file freed_by(buf_release) = BUF(INTAKE_BODY_MAX);
    struct buf path freed_by(buf_release) = BUF(1u << 20);
    bool dry_run = cli_flag(c, "--dry-run"), replace = cli_flag(c, "--replace");
    bool keep = cli_flag(c, "--keep-empty-pools");
    const char *comment = cli_take(c, "--comment");
    const char *what = cli_word(c);
    const char *name = cli_word(c);
    struct answer a;
    int status;

    if (what == NULL || name == NULL || !is_kind(what) || !cli_done(c))
        return EXIT_USAGE;
    if (!text_read("import", name,
                   strcmp(name, "-") == 0 ? stdin : fopen(name, "re"), &file))
        return EXIT_FAILED;
    buf_printf(&path, "/api/v1/import/%s", what);
    client_query(&path, "dry_run", dry_run ? "true" : NULL);
    client_query(&path, "replace", replace ? "true" : NULL);
    client_query(&path, "keep_empty_pools", keep ? "true" : NULL);
    client_query(&path, "comment", comment);
    status = client_send(c, "POST", buf_c(&path), buf_view(&file), &a);
    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON)
        print_json(c, a.json);
    else
        report_print(c, a.json);
    return json_i64_or(json_get(a.json, "left"), 0) > 0 ? EXIT_FAILED : EXIT_OK;
}
