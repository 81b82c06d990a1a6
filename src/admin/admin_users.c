/* admin_users.c -- /api/v1/users. Hashing a password takes a while, so adding a
 * user, and changing a password, hold the exchange meanwhile. */
#include "admin/done_by.h"
#include "admin/events.h"
#include "admin/numbered.h"
#include "admin/params.h"

struct user_wish { /* waits for a hash */
    struct admin *admin;
    struct exchange *x; /* its arena has the name */
    bool add;
    struct str name;
    enum role role;
    bool enabled;
    struct user_change change;
};

static void user_write_out(const struct user *u, struct json_out *o,
                           const char *name)
{
    out_object(o, name);
    out_i64(o, "id", u->id);
    out_text(o, "name", u->name);
    out_text(o, "role", role_names[u->role]);
    out_bool(o, "enabled", u->enabled);
    out_bool(o, "totp", u->totp);
    out_time(o, "created", u->created_ms);
    out_time(o, "last_login", u->login_ms);
    out_object_end(o);
}

static void user_answer(struct admin *a, struct exchange *x, struct str name,
                        int status)
{
    struct reply reply freed_by(reply_release);
    const struct user *u = user_find(a->with.people, name);

    assert(u != NULL);
    reply_init(&reply);
    out_object(&reply.out, NULL);
    user_write_out(u, &reply.out, "data");
    out_object_end(&reply.out);
    reply_send(&reply, x, status);
}

static int64_t user_id(const struct people *p, size_t i)
{
    return user_at(p, i)->id;
}

static void user_row(const struct people *p, size_t i, struct json_out *o)
{
    user_write_out(user_at(p, i), o, NULL);
}

static void users_list(void *admin, struct exchange *x)
{
    static const struct numbered list = {user_count, user_id, user_row};

    numbered_list(&list, admin, x);
}

static void user_get(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct str name = exchange_segment(x, "name");

    if (user_find(a->with.people, name) != NULL)
        user_answer(a, x, name, 200);
    else
        reply_problem_text(a, x, 404, "not-found", "there is no user \"%.*s\"",
                           STR_ARG(name));
}

/* --- changing ------------------------------------------------------------------ */

static void wish_grant(struct user_wish *w)
{
    struct admin *a = w->admin;
    struct actor by = done_by(w->x);
    struct error err;
    enum people_result result =
        w->add ? user_add(a->with.people, w->name, w->role, w->change.hash, &by,
                          &err)
               : user_change(a->with.people, w->name, &w->change, &by, &err);

    events_let_go(a->events);
    if (result == PEOPLE_OK)
        user_answer(a, w->x, w->name, w->add ? 201 : 200);
    else
        people_refused(a, w->x, result, &err);
}

static void wish_hashed(void *wish, bool made, const char *hash)
{
    struct user_wish *w = wish;

    w->change.hash = hash;
    if (made)
        wish_grant(w);
    else
        reply_later(w->admin, w->x, "the password could not be hashed");
    free(w);
}

/* `password` empty: it is not to be changed. */
static void wish_begin(struct user_wish *w, struct str password)
{
    struct error err = {0};

    if (!w->add && password.n == 0) {
        wish_grant(w);
    } else if (!password_fit(password, w->name, &err)) {
        error_at(&err, "password");
        reply_problem(w->admin, w->x, 422, "password", &err);
    } else if (!password_make(w->admin->with.passwords, password, wish_hashed,
                              w)) {
        reply_later(w->admin, w->x, "too many logins at once; try again");
    } else {
        return;
    }
    free(w);
}

static struct user_wish *wish_new(struct admin *a, struct exchange *x, bool add,
                                  struct str name)
{
    struct user_wish *w = mem_new(sizeof *w);

    w->admin = a;
    w->x = x;
    w->add = add;
    w->name = arena_str(exchange_arena(x), name);
    return w;
}

static bool role_read(struct admin *a, struct exchange *x,
                      const struct json *role, enum role *out)
{
    return role_parse(json_text(role), out) ||
           params_wrong(a, x, "\"role\" is viewer, responder, editor or admin");
}

static void users_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"name", "role", "password", NULL};
    struct admin *a = admin;
    const struct json *body = params_object(a, x, members, false);
    struct user_wish *w;
    enum role role;

    if (body == NULL || !password_may_come(a, x) ||
        !role_read(a, x, json_get(body, "role"), &role))
        return;
    w = wish_new(a, x, true, json_text(json_get(body, "name")));
    w->role = role;
    wish_begin(w, json_text(json_get(body, "password")));
}

/* The members of a PATCH; false: answered. */
static bool change_read(struct user_wish *w, const struct json *body)
{
    const struct json *role = json_get(body, "role");
    const struct json *enabled = json_get(body, "enabled");
    const struct json *totp = json_get(body, "totp");

    if (role != NULL) {
        if (!role_read(w->admin, w->x, role, &w->role))
            return false;
        w->change.role = &w->role;
    }
    if (enabled != NULL) {
        if (!json_is(enabled, JSON_BOOL))
            return params_wrong(w->admin, w->x, "\"enabled\" is true or false");
        w->enabled = enabled->truth;
        w->change.enabled = &w->enabled;
    }
    if (totp != NULL && (!json_is(totp, JSON_BOOL) || totp->truth))
        return params_wrong(w->admin, w->x,
                            "\"totp\" can only be turned off here: false");
    w->change.totp_off = totp != NULL;
    return true;
}

static void user_patch(void *admin, struct exchange *x)
{
    static const char *const members[] = {"role", "enabled", "password", "totp",
                                          NULL};
    struct admin *a = admin;
    const struct json *body = params_object(a, x, members, false);
    const struct json *password = json_get(body, "password");
    struct user_wish *w;

    if (body == NULL || (password != NULL && !password_may_come(a, x)))
        return;
    w = wish_new(a, x, false, exchange_segment(x, "name"));
    if (change_read(w, body))
        wish_begin(w, json_text(json_get(body, "password")));
    else
        free(w);
}

static void user_remove(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct actor by = done_by(x);
    struct error err;
    enum people_result result =
        user_delete(a->with.people, exchange_segment(x, "name"), &by, &err);

    events_let_go(a->events);
    if (result == PEOPLE_OK)
        exchange_answer(x, 204, NULL, STR_NONE);
    else
        people_refused(a, x, result, &err);
}

#define PATH "/api/v1/users"
#define USER_BODY_MAX 4096

static const struct route routes[] = {
    {"GET", PATH, ACCESS_ADMIN, 0, users_list},
    {"POST", PATH, ACCESS_ADMIN, USER_BODY_MAX, users_post},
    {"GET", PATH "/{name}", ACCESS_ADMIN, 0, user_get},
    {"PATCH", PATH "/{name}", ACCESS_ADMIN, USER_BODY_MAX, user_patch},
    {"DELETE", PATH "/{name}", ACCESS_ADMIN, 0, user_remove},
    {.method = NULL},
};

void admin_users(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
