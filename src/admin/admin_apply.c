/* admin_apply.c -- POST /api/v1/config/apply: YAML files sent by `tocsin apply`,
 * read, checked and applied exactly as those of `serve --config` are. */
#include "admin/done_by.h"
#include "admin/params.h"
#include "admin/reply.h"
#include "config/declare.h"

#define APPLY_FILES_MAX 100

static bool file_read(struct exchange *x, const struct json *file, struct declared *d)
{
    struct arena *arena = exchange_arena(x);
    struct str name = json_text(json_get(file, "name"));
    const struct json *text = json_get(file, "text");

    if (name.n == 0 || !json_is(text, JSON_STRING))
        return false;
    declare_text(arena_str(arena, name), arena_str(arena, json_text(text)), arena, d);
    return true;
}

/* 422, with a line for each mistake: file:line:column and what is wrong. */
static void problems_answer(struct admin *a, struct exchange *x, const struct declared *d)
{
    struct reply reply freed_by(reply_release);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_text(&reply.out, "title", "Unprocessable Content");
    out_i64(&reply.out, "status", 422);
    out_str(&reply.out, "detail",
            arena_printf(exchange_arena(x), "%zu mistake%s; nothing was changed",
                         d->problem_count, d->problem_count == 1 ? "" : "s"));
    out_array(&reply.out, "errors");
    for (size_t i = 0; i < d->problem_count; i++) {
        const struct declared_problem *p = &d->problems[i];

        out_object(&reply.out, NULL);
        out_str(&reply.out, "source",
                arena_printf(exchange_arena(x), "%.*s:%zu:%zu", STR_ARG(p->file), p->line,
                             p->column));
        out_redacted(a, &reply.out, "message", p->text);
        out_object_end(&reply.out);
    }
    out_array_end(&reply.out);
    out_object_end(&reply.out);
    exchange_answer(x, 422, "application/problem+json", buf_view(&reply.body));
}

static void counts_write(struct json_out *o, const struct declared_result *r)
{
    out_i64(o, "created", (int64_t)r->created);
    out_i64(o, "changed", (int64_t)r->changed);
    out_i64(o, "same", (int64_t)r->same);
    out_i64(o, "deleted", (int64_t)r->deleted);
}

static void result_log(struct admin *a, struct exchange *x,
                       const struct declared_result *r)
{
    struct reply line freed_by(reply_release);

    reply_init(&line);
    out_object(&line.out, NULL);
    counts_write(&line.out, r);
    out_object_end(&line.out);
    done_log(a, x, "config.apply", STR_NONE, STR_NONE, buf_view(&line.body));
}

static void apply_all(struct admin *a, struct exchange *x, struct declared *d,
                      bool prune)
{
    struct reply reply freed_by(reply_release);
    struct declared_result result = {0};
    struct error err = {0};

    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_bool(&reply.out, "dry_run", d->dry_run);
    d->differences = &reply.out;
    if (!declare_apply(a->with.config, d, prune, exchange_arena(x), &result, &err)) {
        reply_problem(a, x, 422, "invalid-object", &err);
        return;
    }
    counts_write(&reply.out, &result);
    out_object_end(&reply.out);
    if (!d->dry_run)
        result_log(a, x, &result);
    reply_send(&reply, x, 200);
}

/* Who owns what they name: their files, or whoever changes objects by hand. */
static bool owner_read(struct admin *a, struct exchange *x, const struct json *body,
                       struct declared *d)
{
    const struct json *owner = json_get(body, "managed_by");

    if (owner == NULL || str_is(json_text(owner), "file"))
        return true;
    d->owner = STR("api");
    return str_is(json_text(owner), "api") ||
           params_wrong(a, x, "\"managed_by\" must be \"file\" or \"api\"");
}

static void apply(void *admin, struct exchange *x)
{
    static const char *const names[] = {"comment", "dry_run", NULL};
    static const char *const members[] = {"files", "managed_by", "prune", NULL};
    struct admin *a = admin;
    struct arena *arena = exchange_arena(x);
    struct signature by;
    struct declared d = {.by = &by};
    const struct json *body;
    const struct json *files;

    if (!params_known(a, x, names) || !params_signature(a, x, &by) ||
        !params_flag(a, x, "dry_run", &d.dry_run))
        return;
    body = params_object(a, x, members, false);
    if (body == NULL || !owner_read(a, x, body, &d))
        return;
    files = json_get(body, "files");
    if (!json_is(files, JSON_ARRAY) || files->count == 0 || files->count > APPLY_FILES_MAX) {
        params_wrong(a, x, "\"files\" must be a list of 1 to %d files", APPLY_FILES_MAX);
        return;
    }
    for (const struct json *f = files->first; f != NULL; f = f->next)
        if (!file_read(x, f, &d)) {
            params_wrong(a, x, "a file is {\"name\": ..., \"text\": ...}");
            return;
        }
    declare_check(a->with.config, &d, arena);
    if (d.problem_count > 0)
        problems_answer(a, x, &d);
    else
        apply_all(a, x, &d, json_bool_or(json_get(body, "prune"), false));
}

static const struct route routes[] = {
    {"POST", "/api/v1/config/apply", ACCESS_ADMIN, ADMIN_BODY_MAX, apply},
    {.method = NULL},
};

void admin_apply(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
