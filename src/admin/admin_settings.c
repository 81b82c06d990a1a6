/* admin_settings.c -- /api/v1/settings: one object, always there. */
#include "admin/done_by.h"
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/reply.h"

static const char *const no_params[] = {NULL};
static const char *const write_params[] = {"comment", NULL};

static void settings_answer(struct admin *a, struct exchange *x)
{
    const struct snapshot *s = config_now(a->with.config);
    struct reply reply freed_by(reply_release);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    settings_write(s, &reply.out, "data");
    out_object_end(&reply.out);
    etag_add(x, s->settings_origin.revision);
    reply_send(&reply, x, 200);
}

static void settings_get(void *admin, struct exchange *x)
{
    if (params_known(admin, x, no_params))
        settings_answer(admin, x);
}

static struct str settings_json(const struct admin *a, struct buf *to)
{
    struct json_out o = JSON_OUT(to);

    settings_write(config_now(a->with.config), &o, NULL);
    return buf_view(to);
}

static void settings_log(struct admin *a, struct exchange *x, struct str before)
{
    struct buf after freed_by(buf_release) = BUF(ADMIN_BODY_MAX);

    done_log(a, x, "settings.change", STR_NONE, before,
             settings_json(a, &after));
}

static void settings_patch(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct edit e = {
        .kind = OBJECT_SETTINGS,
        .verb = EDIT_PATCH,
        .author = STR("api"),
    };
    int64_t current = config_now(a->with.config)->settings_origin.revision;
    struct buf before freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct error err = {0};
    struct signature by;
    enum config_result result;
    size_t failed;

    if (!params_known(a, x, write_params) || !params_signature(a, x, &by) ||
        !etag_matches(a, x, true, current, &e.if_revision))
        return;
    e.object = params_object(a, x, NULL, false);
    if (e.object == NULL)
        return;
    settings_json(a, &before);
    result = config_change(a->with.config, &e, 1, &by, &failed, &err);
    if (result == CONFIG_OK) {
        settings_log(a, x, buf_view(&before));
        settings_answer(a, x);
    } else {
        edit_refused(a, x, result, &err);
    }
}

static const struct route routes[] = {
    {"GET", "/api/v1/settings", ACCESS_CONFIG_READ, 0, settings_get},
    {"PATCH", "/api/v1/settings", ACCESS_ADMIN, ADMIN_BODY_MAX, settings_patch},
    {.method = NULL},
};

void admin_settings(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
