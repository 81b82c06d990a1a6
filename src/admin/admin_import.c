/* admin_import.c -- POST /api/v1/import/ntopng-pools: ntopng's host pools become
 * ours, all at once, with a report; or only the report. */
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/reply.h"
#include "config/ntopng_pools.h"

static bool flag_read(struct admin *a, struct exchange *x, const char *name,
                      bool *out)
{
    struct str text = exchange_query(x, name);

    *out = str_is(text, "true");
    return !exchange_has_query(x, name) || *out || str_is(text, "false") ||
           params_wrong(a, x, "%s must be true or false", name);
}

static void report_answer(struct admin *a, struct exchange *x,
                          const struct import *i, bool dry_run)
{
    struct reply reply freed_by(reply_release);
    struct json_out *o = &reply.out;

    reply_init(&reply);
    out_object(o, NULL);
    out_bool(o, "dry_run", dry_run);
    out_i64(o, "taken", (int64_t)i->taken);
    out_i64(o, "adjusted", (int64_t)i->adjusted);
    out_i64(o, "left", (int64_t)i->left);
    out_array(o, "report");
    for (size_t k = 0; k < i->line_count; k++) {
        out_object(o, NULL);
        out_text(o, "result", import_result_name((int)i->lines[k].result));
        out_str(o, "pool", i->lines[k].pool);
        out_redacted(a, o, "text", i->lines[k].text);
        out_object_end(o);
    }
    out_array_end(o);
    out_object_end(o);
    reply_send(&reply, x, 200);
}

static void import_post(void *admin, struct exchange *x)
{
    static const char *const names[] = {"dry_run", "replace", NULL};
    struct admin *a = admin;
    const struct json *file;
    struct import i;
    struct error err = {0};
    bool dry_run, replace;
    size_t failed = 0;
    enum config_result result;

    if (!params_known(a, x, names) || !flag_read(a, x, "dry_run", &dry_run) ||
        !flag_read(a, x, "replace", &replace))
        return;
    file = params_object(a, x, NULL, false);
    if (file == NULL)
        return;
    if (!ntopng_pools_read(file, config_now(a->with.config), replace,
                           exchange_arena(x), &i, &err)) {
        reply_problem(a, x, 422, "invalid-import", &err);
        return;
    }
    result = dry_run ? config_try(a->with.config, i.edits, i.n, &failed, &err)
                     : config_edit_all(a->with.config, i.edits, i.n, &failed, &err);
    if (result != CONFIG_OK)
        edit_refused(a, x, result, &err);
    else
        report_answer(a, x, &i, dry_run);
}

static const struct route routes[] = {
    {"POST", "/api/v1/import/ntopng-pools", ACCESS_CONFIG_WRITE, INTAKE_BODY_MAX,
     import_post},
    {.method = NULL},
};

void admin_import(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
