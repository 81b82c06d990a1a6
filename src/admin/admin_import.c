/* admin_import.c -- POST /api/v1/import/KIND: what another program's files say
 * becomes ours, all at once, with a report; or only the report. */
#include "admin/done_by.h"
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/reply.h"
#include "config/alertmanager_file.h"
#include "config/apprise_file.h"
#include "config/ntopng_backup.h"
#include "config/ntopng_pools.h"

struct asked {
    bool dry_run, replace, keep_empty_pools;
};

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
        out_text(o, "result", import_result_name(i->lines[k].result));
        out_text(o, "kind", i->lines[k].kind);
        out_str(o, "name", i->lines[k].name);
        out_redacted(a, o, "text", i->lines[k].text);
        out_object_end(o);
    }
    out_array_end(o);
    out_object_end(o);
    reply_send(&reply, x, 200);
}

/* Reads the body into edits. False: answered. */
typedef bool read_fn(struct admin *a, struct exchange *x,
                     const struct asked *asked, struct import *i,
                     struct error *err);

static void import_post(struct admin *a, struct exchange *x, read_fn *read)
{
    static const char *const names[] = {"dry_run", "replace",
                                        "keep_empty_pools", "comment", NULL};
    struct asked asked;
    struct signature by;
    struct import i;
    struct error err = {0};
    enum config_result result;

    if (!params_known(a, x, names) || !params_signature(a, x, &by) ||
        !params_flag(a, x, "dry_run", &asked.dry_run) ||
        !params_flag(a, x, "replace", &asked.replace) ||
        !params_flag(a, x, "keep_empty_pools", &asked.keep_empty_pools))
        return;
    import_begin(&i, config_now(a->with.config), asked.replace,
                 exchange_arena(x));
    i.by = &by;
    if (!read(a, x, &asked, &i, &err)) {
        if (err.text[0] != '\0')
            reply_problem(a, x, 422, "invalid-import", &err);
        return;
    }
    result = import_settle(a->with.config, &i, asked.dry_run, &err);
    if (result != CONFIG_OK) {
        edit_refused(a, x, result, &err);
        return;
    }
    if (!asked.dry_run)
        done_log(a, x, "config.import", exchange_path(x), STR_NONE, STR_NONE);
    report_answer(a, x, &i, asked.dry_run);
}

static bool read_pools(struct admin *a, struct exchange *x,
                       const struct asked *asked, struct import *i,
                       struct error *err)
{
    const struct json *file = params_object(a, x, NULL, false);

    (void)asked;
    return file != NULL && ntopng_pools_read(file, i, err);
}

static bool read_backup(struct admin *a, struct exchange *x,
                        const struct asked *asked, struct import *i,
                        struct error *err)
{
    const struct json *file = params_object(a, x, NULL, false);

    return file != NULL &&
           ntopng_backup_read(file, asked->keep_empty_pools, i, err);
}

static bool read_alertmanager(struct admin *a, struct exchange *x,
                              const struct asked *asked, struct import *i,
                              struct error *err)
{
    (void)a;
    (void)asked;
    return alertmanager_file_read(exchange_body(x), i, err);
}

static bool read_apprise(struct admin *a, struct exchange *x,
                         const struct asked *asked, struct import *i,
                         struct error *err)
{
    (void)a;
    (void)asked;
    return apprise_file_read(exchange_body(x), i, err);
}

static void pools_post(void *admin, struct exchange *x)
{
    import_post(admin, x, read_pools);
}

static void backup_post(void *admin, struct exchange *x)
{
    import_post(admin, x, read_backup);
}

static void alertmanager_post(void *admin, struct exchange *x)
{
    import_post(admin, x, read_alertmanager);
}

static void apprise_post(void *admin, struct exchange *x)
{
    import_post(admin, x, read_apprise);
}

static const struct route routes[] = {
    {"POST", "/api/v1/import/ntopng-pools", ACCESS_CONFIG_WRITE,
     INTAKE_BODY_MAX, pools_post},
    {"POST", "/api/v1/import/ntopng-backup", ACCESS_CONFIG_WRITE,
     INTAKE_BODY_MAX, backup_post},
    {"POST", "/api/v1/import/alertmanager", ACCESS_CONFIG_WRITE,
     INTAKE_BODY_MAX, alertmanager_post},
    {"POST", "/api/v1/import/apprise", ACCESS_CONFIG_WRITE,
     INTAKE_BODY_MAX, apprise_post},
    {.method = NULL},
};

void admin_import(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
