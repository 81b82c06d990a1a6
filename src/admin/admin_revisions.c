/* admin_revisions.c -- /api/v1/config/...: the configuration's revisions, what
 * differs between two, back to one, and all of it as a file. */
#include "admin/done_by.h"
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/reply.h"
#include "config/export.h"

static int64_t revision_now(const struct admin *a)
{
    return config_now(a->with.config)->revision;
}

/* --- reading -------------------------------------------------------------- */

static void revisions_get(void *admin, struct exchange *x)
{
    static const char *const names[] = {"limit", "cursor", NULL};
    struct admin *a = admin;
    struct reply reply freed_by(reply_release) = {0};
    struct revision_range range;
    struct error err = {0};
    struct str next = STR_NONE;
    struct page page;
    int64_t upto, last;

    if (!params_known(a, x, names) || !params_page(a, x, &page) ||
        !params_revision(a, x, "cursor", INT64_MAX, &upto))
        return;
    reply_init(&reply);
    out_object(&reply.out, NULL);
    if (!config_revisions(a->with.config, &range, &err) ||
        !revisions_write(a->with.config, upto, page.limit, &reply.out, "data",
                         &last, &err)) {
        reply_problem(a, x, 503, "unavailable", &err);
        return;
    }
    if (last - 1 > range.first)
        next = arena_printf(exchange_arena(x), "%lld", (long long)last - 1);
    reply_list_end(&reply, next, range.count, true);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static void objects_write(const struct snapshot *s, struct json_out *o,
                          const char *name)
{
    out_object(o, name);
    settings_write(s, o, "settings");
    out_array(o, "endpoints");
    for (size_t i = 0; i < s->endpoint_count; i++)
        endpoint_write(&s->endpoints[i], o, NULL);
    out_array_end(o);
    out_array(o, "recipients");
    for (size_t i = 0; i < s->recipient_count; i++)
        recipient_write(&s->recipients[i], o, NULL);
    out_array_end(o);
    out_array(o, "pools");
    for (size_t i = 0; i < s->pool_count; i++)
        pool_write(s, &s->pool_list[i], o, NULL);
    out_array_end(o);
    out_object_end(o);
}

static void revision_get(void *admin, struct exchange *x)
{
    static const char *const none[] = {NULL};
    struct admin *a = admin;
    struct reply reply freed_by(reply_release) = {0};
    const struct snapshot *s;
    struct error err = {0};
    enum config_result result;
    int64_t n, last;

    if (!params_known(a, x, none) || !params_id(a, x, &n))
        return;
    result = config_at(a->with.config, n, &s, &err);
    if (result != CONFIG_OK) {
        edit_refused(a, x, result, &err);
        return;
    }
    reply_init(&reply);
    out_object(&reply.out, NULL);
    if (revisions_write(a->with.config, n, 1, &reply.out, "data", &last, &err)) {
        objects_write(s, &reply.out, "configuration");
        out_object_end(&reply.out);
        reply_send(&reply, x, 200);
    } else {
        reply_problem(a, x, 503, "unavailable", &err);
    }
    config_release(a->with.config, s);
}

static void diff_get(void *admin, struct exchange *x)
{
    static const char *const names[] = {"from", "to", NULL};
    struct admin *a = admin;
    struct reply reply freed_by(reply_release) = {0};
    struct error err = {0};
    enum config_result result;
    int64_t from, to;

    if (!params_known(a, x, names) ||
        !params_revision(a, x, "to", revision_now(a), &to) ||
        !params_revision(a, x, "from", MAX(to - 1, 0), &from))
        return;
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_i64(&reply.out, "from", from);
    out_i64(&reply.out, "to", to);
    result = revisions_diff(a->with.config, from, to, &reply.out, "data", &err);
    if (result != CONFIG_OK) {
        edit_refused(a, x, result, &err);
        return;
    }
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static void export_get(void *admin, struct exchange *x)
{
    static const char *const names[] = {"revision", NULL};
    struct admin *a = admin;
    struct buf text freed_by(buf_release) = BUF(ADMIN_ANSWER_MAX);
    struct error err = {0};
    enum config_result result;
    int64_t n;

    if (!params_known(a, x, names) ||
        !params_revision(a, x, "revision", revision_now(a), &n))
        return;
    result = config_export(a->with.config, n, &text, &err);
    if (result != CONFIG_OK)
        edit_refused(a, x, result, &err);
    else
        exchange_answer(x, 200, "application/yaml", buf_view(&text));
}

/* --- back ------------------------------------------------------------------- */

static void rolled_answer(struct admin *a, struct exchange *x,
                          const struct str *left, size_t n)
{
    struct reply reply freed_by(reply_release);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_i64(&reply.out, "revision", revision_now(a));
    out_array(&reply.out, "left");
    for (size_t i = 0; i < n; i++)
        out_str(&reply.out, NULL, left[i]);
    out_array_end(&reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static void rollback_post(void *admin, struct exchange *x)
{
    static const char *const names[] = {"comment", NULL};
    static const char *const members[] = {"to", NULL};
    struct admin *a = admin;
    struct error err = {0};
    struct signature by;
    const struct json *body;
    enum config_result result;
    struct str *left;
    size_t n;
    int64_t to;

    if (!params_known(a, x, names) || !params_signature(a, x, &by))
        return;
    body = params_object(a, x, members, false);
    if (body == NULL)
        return;
    if (!json_i64(json_get(body, "to"), &to) || to < 0) {
        params_wrong(a, x, "\"to\" must be the number of a revision");
        return;
    }
    if (by.comment.n == 0)
        by.comment = arena_printf(exchange_arena(x), "rollback to %lld",
                                  (long long)to);
    result = config_rollback(a->with.config, to, &by, exchange_arena(x), &left,
                             &n, &err);
    if (result != CONFIG_OK) {
        edit_refused(a, x, result, &err);
        return;
    }
    done_log(a, x, "config.rollback",
             arena_printf(exchange_arena(x), "%lld", (long long)to), STR_NONE,
             STR_NONE);
    rolled_answer(a, x, left, n);
}

static const struct route routes[] = {
    {"GET", "/api/v1/config/revisions", ACCESS_CONFIG_READ, 0, revisions_get},
    {"GET", "/api/v1/config/revisions/{id}", ACCESS_CONFIG_READ, 0, revision_get},
    {"GET", "/api/v1/config/diff", ACCESS_CONFIG_READ, 0, diff_get},
    {"GET", "/api/v1/config/export", ACCESS_CONFIG_READ, 0, export_get},
    {"POST", "/api/v1/config/rollback", ACCESS_ADMIN, ADMIN_BODY_MAX,
     rollback_post}, /* settings go back as well */
    {.method = NULL},
};

void admin_revisions(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
