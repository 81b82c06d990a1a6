/* command_config.c -- tocsin check-config and tocsin apply: YAML files. */
#include "cli/commands.h"

#include "base/limits.h"
#include "config/declare.h"

static void problem_print(const struct declared_problem *p, const char *kind)
{
    fprintf(stderr, "%.*s:%zu:%zu: %s: %.*s\n", STR_ARG(p->file), p->line, p->column, kind,
            STR_ARG(p->text));
    if (p->source_line.n == 0)
        return;
    fprintf(stderr, "%5zu | %.*s\n", p->line, STR_ARG(p->source_line));
    fprintf(stderr, "      | %*s^\n", (int)(p->column > 0 ? p->column - 1 : 0), "");
}

/* Reads and checks; everything that is wrong is said. `secrets`: also whether the
 * files that hold them can be read, here. */
static int files_read(struct cli *c, const char *const *paths, size_t n, bool secrets,
                      struct declared *d)
{
    struct error err;

    if (!declare_read(paths, n, &c->arena, d, &err)) {
        fprintf(stderr, "tocsin: %s\n", err.text);
        return EXIT_FAILED;
    }
    declare_check(NULL, d, &c->arena);
    if (secrets)
        declare_check_secrets(d, &c->arena);
    declare_warn(d, &c->arena);
    for (size_t i = 0; i < d->problem_count; i++)
        problem_print(&d->problems[i], "error");
    for (size_t i = 0; i < d->warning_count; i++)
        problem_print(&d->warnings[i], "warning");
    return d->problem_count > 0 ? EXIT_INVALID : EXIT_OK;
}

int command_check_config(struct cli *c)
{
    const char **paths = arena_array(&c->arena, (size_t)c->argc, sizeof *paths);
    bool secrets = !cli_flag(c, "--no-secrets");
    struct declared d = {0};
    size_t n = 0;
    const char *word;
    int status;

    while ((word = cli_word(c)) != NULL)
        paths[n++] = word;
    if (n == 0 || !cli_done(c))
        return EXIT_USAGE;
    status = files_read(c, paths, n, secrets, &d);
    if (status == EXIT_OK)
        printf("ok: %zu objects\n", d.n);
    return status;
}

/* The files go as they are: the server reads them as `serve --config` would. */
static bool file_write(struct cli *c, const char *path, struct json_out *o)
{
    struct buf text freed_by(buf_release) = BUF(DECLARE_FILE_MAX);
    char *whole = realpath(path, NULL);
    bool ok = text_read("apply", path, fopen(path, "re"), &text);

    out_object(o, NULL);
    out_str(o, "name", arena_str(&c->arena, str_of(whole ? whole : path)));
    out_str(o, "text", buf_view(&text));
    out_object_end(o);
    free(whole);
    return ok;
}

static void applied_print(struct cli *c, const struct json *answer, bool dry_run)
{
    if (c->output == OUTPUT_JSON) {
        print_json(c, answer);
        return;
    }
    if (dry_run)
        differences_print(c, json_get(answer, "changes"));
    printf("%lld new, %lld changed, %lld deleted, %lld as before%s\n",
           (long long)json_i64_or(json_get(answer, "created"), 0),
           (long long)json_i64_or(json_get(answer, "changed"), 0),
           (long long)json_i64_or(json_get(answer, "deleted"), 0),
           (long long)json_i64_or(json_get(answer, "same"), 0),
           dry_run ? "; nothing was changed" : "");
}

struct applying {
    const char *const *paths;
    size_t n;
    bool prune, dry_run;
    const char *comment; /* NULL: none */
};

static int files_send(struct cli *c, const struct applying *how)
{
    struct buf path freed_by(buf_release) = BUF(1u << 20);
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    struct answer a;
    bool read = true;
    int status;

    out_object(&o, NULL);
    out_bool(&o, "prune", how->prune);
    out_array(&o, "files");
    for (size_t i = 0; i < how->n; i++)
        read = file_write(c, how->paths[i], &o) && read;
    out_array_end(&o);
    out_object_end(&o);
    if (!read)
        return EXIT_FAILED;
    buf_text(&path, "/api/v1/config/apply");
    client_query(&path, "dry_run", how->dry_run ? "true" : NULL);
    client_query(&path, "comment", how->comment);
    status = client_send(c, "POST", buf_c(&path), buf_view(&b), &a);
    if (status == EXIT_OK)
        applied_print(c, a.json, how->dry_run);
    return status;
}

int command_apply(struct cli *c)
{
    const char **paths = arena_array(&c->arena, (size_t)c->argc, sizeof *paths);
    struct declared d = {0};
    struct applying how = {
        .paths = paths,
        .prune = cli_flag(c, "--prune"),
        .dry_run = cli_flag(c, "--dry-run"),
        .comment = cli_take(c, "--comment"),
    };
    int status;

    while ((paths[how.n] = cli_take(c, "-f")) != NULL)
        how.n++;
    if (how.n == 0 || !cli_done(c))
        return EXIT_USAGE;
    status = files_read(c, paths, how.n, false, &d); /* the server has the secrets */
    return status == EXIT_OK ? files_send(c, &how) : status;
}
