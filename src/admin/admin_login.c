/* admin_login.c -- the first admin, logging in and out. A password is looked at
 * on another thread, so the exchange is held meanwhile. What is wrong about a
 * login is not said: a name that is not there takes as long and looks the same. */
#include <sodium.h>

#include "admin/done_by.h"
#include "admin/me.h"
#include "admin/params.h"
#include "admin/tries.h"
#include "people/session.h"

struct login { /* one that waits for its password */
    struct admin *admin;
    struct exchange *x; /* its arena has the texts */
    struct str name, totp;
};

/* --- logging in ------------------------------------------------------------------ */

static void session_answer(struct admin *a, struct exchange *x,
                           const struct user *u, int status)
{
    char text[SESSION_TEXT_BYTES];
    struct error err;

    if (!session_begin(a->with.people, u->id, exchange_address(x),
                       exchange_header(x, "User-Agent"), text, &err)) {
        reply_problem(a, x, 503, "no-session", &err);
        return;
    }
    exchange_session_set(x, str_of(text), SESSION_LIFE_MS / 1000);
    me_answer_session(a, x, u, str_of(text), status);
    sodium_memzero(text, sizeof text);
}

static void login_refused(struct login *l, const char *code, const char *text)
{
    struct admin *a = l->admin;
    struct actor by = {.who = STR("nobody"), .from = exchange_address(l->x)};
    struct str name = str_first(l->name, utf8_cut(l->name, NAME_MAX_BYTES));
    struct audit_row row = {.what = STR("login.failed"), .object = name};

    audit_add(a->with.people, &by, &row);
    reply_problem_text(a, l->x, 401, code, "%s", text);
}

static bool totp_is_right(struct login *l, const struct user *u)
{
    struct actor by = {.from = exchange_address(l->x)};

    by.who = arena_printf(exchange_arena(l->x), "user %s", u->name);
    return !u->totp || user_totp_right(l->admin->with.people, u->id, l->totp,
                                       &by);
}

static void login_done(void *login, bool right, const char *hash)
{
    struct login *l = login;
    const struct user *u = user_find(l->admin->with.people, l->name);

    if (!right || u == NULL || !u->enabled || strcmp(u->hash, hash) != 0) {
        login_refused(l, "login-failed", "this name and password do not go "
                                         "together");
    } else if (u->totp && l->totp.n == 0) {
        tries_take_back(l->admin, l->x, l->name); /* half of a login */
        reply_problem_text(l->admin, l->x, 401, "totp-needed",
                           "send the code of your authenticator app as well");
    } else if (!totp_is_right(l, u)) {
        login_refused(l, "login-failed", "this code is not the one of now, or "
                                         "it was used before");
    } else {
        tries_right(l->admin, l->x, l->name);
        session_answer(l->admin, l->x, u, 200);
    }
    free(l);
}

static struct login *login_new(struct admin *a, struct exchange *x,
                               const struct json *body)
{
    struct arena *arena = exchange_arena(x);
    struct login *l = mem_new(sizeof *l);

    l->admin = a;
    l->x = x;
    l->name = arena_str(arena, json_text(json_get(body, "user")));
    l->totp = arena_str(arena, json_text(json_get(body, "totp")));
    return l;
}

/* An empty hash is nobody's, and takes as long to find wrong. */
static void login_begin(struct login *l, struct str password)
{
    struct admin *a = l->admin;
    const struct user *u = user_find(a->with.people, l->name);
    const char *hash = u != NULL && u->enabled ? u->hash : "";

    if (password.n > PASSWORD_MAX)
        login_done(l, false, "");
    else if (!password_verify(a->with.passwords, password, hash, login_done, l)) {
        reply_later(a, l->x, "too many logins at once; try again");
        free(l);
    }
}

static void login_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"user", "password", "totp", NULL};
    struct admin *a = admin;
    const struct json *body;
    struct str password;

    if (!password_may_come(a, x))
        return;
    body = params_object(a, x, members, false);
    if (body == NULL)
        return;
    password = json_text(json_get(body, "password"));
    if (json_text(json_get(body, "user")).n == 0 || password.n == 0)
        params_wrong(a, x, "\"user\" and \"password\" are texts and needed");
    else if (tries_grant(a, x, json_text(json_get(body, "user"))))
        login_begin(login_new(a, x, body), password);
}

static void logout_post(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    const struct caller *c = exchange_caller(x);
    struct actor by = done_by(x);
    struct error err;

    if (c->kind == CALLER_SESSION &&
        session_end(a->with.people, c->session_id, &by, &err) != PEOPLE_OK) {
        reply_problem(a, x, 500, "not-written", &err);
        return;
    }
    exchange_session_set(x, STR_NONE, 0);
    exchange_answer(x, 204, NULL, STR_NONE);
}

/* --- the first admin ---------------------------------------------------------------- */

void admin_setup_token(struct admin *a, char out[SETUP_TOKEN_BYTES])
{
    static_assert(SETUP_TOKEN_BYTES == TOKEN_BYTES + 1, "as admin.h says");
    out[0] = '\0';
    if (a->with.people == NULL || user_count(a->with.people) > 0)
        return;
    token_make(out);
    out[TOKEN_BYTES] = '\0';
    crypto_generichash(a->setup_hash, sizeof a->setup_hash,
                       (const unsigned char *)out, TOKEN_BYTES, NULL, 0);
    a->has_setup = true;
}

static bool setup_is_open(const struct admin *a)
{
    return user_count(a->with.people) == 0;
}

static void setup_get(void *admin, struct exchange *x)
{
    struct reply reply freed_by(reply_release);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_bool(&reply.out, "needed", setup_is_open(admin));
    out_i64(&reply.out, "password_min", PASSWORD_MIN);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static bool setup_token_is(const struct admin *a, struct str token)
{
    unsigned char hash[32];

    if (!a->has_setup || token.n != TOKEN_BYTES)
        return false;
    crypto_generichash(hash, sizeof hash, (const unsigned char *)token.p,
                       token.n, NULL, 0);
    return sodium_memcmp(hash, a->setup_hash, sizeof hash) == 0;
}

static void setup_over(struct admin *a, struct exchange *x)
{
    reply_problem_text(a, x, 409, "setup-over",
                       "there is an admin already; log in, or ask one");
}

static void setup_done(void *login, bool made, const char *hash)
{
    struct login *l = login;
    struct admin *a = l->admin;
    struct actor by = {.who = STR("setup token"),
                       .from = exchange_address(l->x)};
    struct error err;
    enum people_result result;

    if (!made) {
        reply_later(a, l->x, "the password could not be hashed; try again");
    } else if (!setup_is_open(a)) {
        setup_over(a, l->x);
    } else if ((result = user_add(a->with.people, l->name, ROLE_ADMIN, hash,
                                  &by, &err)) != PEOPLE_OK) {
        people_refused(a, l->x, result, &err);
    } else {
        a->has_setup = false;
        tries_right(a, l->x, STR("setup"));
        session_answer(a, l->x, user_find(a->with.people, l->name), 201);
    }
    free(l);
}

static void setup_begin(struct admin *a, struct exchange *x,
                        const struct json *body)
{
    struct str password = json_text(json_get(body, "password"));
    struct str name = json_text(json_get(body, "user"));
    struct error err = {0};
    struct login *l;

    if (!setup_token_is(a, json_text(json_get(body, "token")))) {
        reply_problem_text(a, x, 401, "setup-token",
                           "this is not the token that was shown when tocsin "
                           "started; see its log");
        return;
    }
    tries_right(a, x, STR("setup"));
    if (!password_fit(password, name, &err)) {
        error_at(&err, "password");
        reply_problem(a, x, 422, "password", &err);
        return;
    }
    l = login_new(a, x, body);
    if (!password_make(a->with.passwords, password, setup_done, l)) {
        reply_later(a, x, "too many logins at once; try again");
        free(l);
    }
}

static void setup_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"token", "user", "password", NULL};
    struct admin *a = admin;
    const struct json *body;

    if (!setup_is_open(a)) {
        setup_over(a, x);
        return;
    }
    if (!password_may_come(a, x))
        return;
    body = params_object(a, x, members, false);
    if (body != NULL && tries_grant(a, x, STR("setup")))
        setup_begin(a, x, body);
}

#define LOGIN_BODY_MAX 4096

static const struct route routes[] = {
    {"GET", "/api/v1/setup", ACCESS_ANYONE, 0, setup_get},
    {"POST", "/api/v1/setup", ACCESS_ANYONE, LOGIN_BODY_MAX, setup_post},
    {"POST", "/api/v1/login", ACCESS_ANYONE, LOGIN_BODY_MAX, login_post},
    {"POST", "/api/v1/logout", ACCESS_SELF, LOGIN_BODY_MAX, logout_post},
    {.method = NULL},
};

void admin_login(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
