/* admin_self.c -- /api/v1/me: who one is, one's password, one-time passwords. */
#include <sodium.h>

#include "admin/done_by.h"
#include "admin/events.h"
#include "admin/me.h"
#include "admin/params.h"
#include "admin/proof.h"
#include "admin/tries.h"
#include "people/session.h"
#include "people/totp.h"

static void scope_out(void *out, const char *name)
{
    out_text(out, NULL, name);
}

static void me_write(struct json_out *o, const char *kind, const char *name,
                     unsigned scopes, const struct user *u)
{
    out_text(o, "kind", kind);
    out_text(o, "name", name);
    if (u != NULL)
        out_text(o, "role", role_names[u->role]);
    else
        out_null(o, "role");
    out_array(o, "scopes");
    scope_names(scopes, scope_out, o);
    out_array_end(o);
    out_bool(o, "totp", u != NULL && u->totp);
    out_i64(o, "recovery_codes_left", u != NULL ? (int64_t)u->recovery_n : 0);
}

void me_answer_session(struct admin *a, struct exchange *x,
                       const struct user *u, struct str session, int status)
{
    struct reply reply freed_by(reply_release);
    char csrf[SESSION_TEXT_BYTES];

    (void)a;
    session_csrf(session, csrf);
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_object(&reply.out, "data");
    me_write(&reply.out, "session", u->name, role_scopes(u->role), u);
    out_text(&reply.out, "csrf", csrf);
    out_object_end(&reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, x, status);
}

static void me_get(void *admin, struct exchange *x)
{
    static const char *const none[] = {NULL};
    struct admin *a = admin;
    const struct caller *c = exchange_caller(x);
    struct reply reply freed_by(reply_release) = {0};

    if (!params_known(a, x, none))
        return;
    if (c->kind == CALLER_SESSION) {
        me_answer_session(a, x, user_of_id(a->with.people, c->user_id),
                          exchange_session(x), 200);
        return;
    }
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_object(&reply.out, "data");
    me_write(&reply.out, "token", c->name, c->scopes, NULL);
    out_object_end(&reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

/* --- what needs the password again ---------------------------------------------- */

static void user_changed(struct admin *a, struct exchange *x,
                         const struct user *u, const struct user_change *c)
{
    struct actor by = done_by(x);
    struct error err;
    enum people_result result =
        user_change(a->with.people, str_of(u->name), c, &by, &err);

    events_let_go(a->events);
    if (result == PEOPLE_OK)
        exchange_answer(x, 204, NULL, STR_NONE);
    else
        people_refused(a, x, result, &err);
}

struct new_password { /* waits for its hash */
    struct admin *admin;
    struct exchange *x;
    int64_t user_id;
};

static void password_made(void *new_password, bool made, const char *hash)
{
    struct new_password *n = new_password;
    const struct user *u = user_of_id(n->admin->with.people, n->user_id);
    struct user_change c = {.hash = hash,
                            .keep_session = exchange_caller(n->x)->session_id};

    if (!made)
        reply_later(n->admin, n->x, "the password could not be hashed");
    else if (u == NULL)
        reply_problem_text(n->admin, n->x, 404, "not-found",
                           "this user was deleted meanwhile");
    else
        user_changed(n->admin, n->x, u, &c);
    free(n);
}

static void password_begin(struct admin *a, struct exchange *x,
                           const struct user *u, void *fresh)
{
    struct new_password *n = mem_new(sizeof *n);

    *n = (struct new_password){a, x, u->id};
    if (password_make(a->with.passwords, *(const struct str *)fresh,
                      password_made, n))
        return;
    reply_later(a, x, "too many logins at once; try again");
    free(n);
}

static void password_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"current", "new", NULL};
    const struct user *u = proof_user(admin, x);
    const struct json *body =
        u != NULL ? params_object(admin, x, members, false) : NULL;
    struct error err = {0};
    struct str *fresh;

    if (body == NULL)
        return;
    fresh = arena_new(exchange_arena(x), sizeof *fresh);
    *fresh = arena_str(exchange_arena(x), json_text(json_get(body, "new")));
    if (!password_fit(*fresh, str_of(u->name), &err)) {
        error_at(&err, "new");
        reply_problem(admin, x, 422, "password", &err);
        return;
    }
    proof_ask(admin, x, json_text(json_get(body, "current")), password_begin,
              fresh);
}

/* --- one-time passwords ------------------------------------------------------------ */

static void totp_begin(struct admin *a, struct exchange *x,
                       const struct user *u, void *none unused)
{
    struct reply reply freed_by(reply_release);
    char secret[TOTP_TEXT_MAX];
    struct str issuer;
    struct error err;

    reply_init(&reply);
    if (!user_totp_begin(a->with.people, u->id, secret, &err)) {
        reply_problem(a, x, 409, "totp", &err);
        return;
    }
    issuer = arena_printf(
        exchange_arena(x), "Tocsin %.*s",
        STR_ARG(config_now(a->with.config)->settings.instance));
    out_object(&reply.out, NULL);
    out_object(&reply.out, "data");
    out_text(&reply.out, "secret", secret);
    out_str(&reply.out, "uri",
            totp_uri(str_of(secret), issuer, str_of(u->name),
                     exchange_arena(x)));
    out_object_end(&reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
    sodium_memzero(secret, sizeof secret);
}

static void totp_off(struct admin *a, struct exchange *x, const struct user *u,
                     void *none unused)
{
    struct user_change off = {.totp_off = true,
                              .keep_session = exchange_caller(x)->session_id};

    user_changed(a, x, u, &off);
}

static void codes_answer(struct exchange *x,
                         char codes[RECOVERY_CODES][RECOVERY_BYTES])
{
    struct reply reply freed_by(reply_release);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_object(&reply.out, "data");
    out_array(&reply.out, "recovery_codes");
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        out_text(&reply.out, NULL, codes[i]);
    out_array_end(&reply.out);
    out_object_end(&reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static void recovery_renew(struct admin *a, struct exchange *x,
                           const struct user *u, void *none unused)
{
    char codes[RECOVERY_CODES][RECOVERY_BYTES];
    struct actor by = done_by(x);
    struct error err;

    if (!user_recovery_renew(a->with.people, u->id, codes, &by, &err)) {
        reply_problem(a, x, 409, "totp", &err);
        return;
    }
    codes_answer(x, codes);
    sodium_memzero(codes, sizeof codes);
}

static void totp_ask(struct admin *a, struct exchange *x, proof_fn *given)
{
    static const char *const members[] = {"password", NULL};
    const struct json *body =
        proof_user(a, x) != NULL ? params_object(a, x, members, false) : NULL;

    if (body != NULL)
        proof_ask(a, x, json_text(json_get(body, "password")), given, NULL);
}

static void totp_post(void *admin, struct exchange *x)
{
    totp_ask(admin, x, totp_begin);
}

static void totp_off_post(void *admin, struct exchange *x)
{
    totp_ask(admin, x, totp_off);
}

static void recovery_post(void *admin, struct exchange *x)
{
    totp_ask(admin, x, recovery_renew);
}

static void totp_confirm_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"code", NULL};
    struct admin *a = admin;
    const struct user *u = proof_user(a, x);
    const struct json *body =
        u != NULL ? params_object(a, x, members, false) : NULL;
    char codes[RECOVERY_CODES][RECOVERY_BYTES];
    struct actor by;
    struct error err;

    if (body == NULL || !tries_grant(a, x, str_of(u->name)))
        return;
    by = done_by(x);
    if (!user_totp_confirm(a->with.people, u->id,
                           json_text(json_get(body, "code")), codes, &by,
                           &err)) {
        reply_problem(a, x, 422, "totp", &err);
        return;
    }
    tries_right(a, x, str_of(u->name));
    codes_answer(x, codes);
    sodium_memzero(codes, sizeof codes);
}

#define SELF_BODY_MAX 4096
#define ME "/api/v1/me"

static const struct route routes[] = {
    {"GET", ME, ACCESS_SELF, 0, me_get},
    {"POST", ME "/password", ACCESS_SELF, SELF_BODY_MAX, password_post},
    {"POST", ME "/totp", ACCESS_SELF, SELF_BODY_MAX, totp_post},
    {"POST", ME "/totp/confirm", ACCESS_SELF, SELF_BODY_MAX, totp_confirm_post},
    {"POST", ME "/totp/recovery", ACCESS_SELF, SELF_BODY_MAX, recovery_post},
    {"POST", ME "/totp/disable", ACCESS_SELF, SELF_BODY_MAX, totp_off_post},
    {.method = NULL},
};

void admin_self(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
