/* admin_tokens.c -- /api/v1/tokens, and /api/v1/me/tokens: one's own, which may what
 * their user may and end with them. A token is shown once, when it is made. */
#include <sodium.h>

#include "admin/done_by.h"
#include "admin/events.h"
#include "admin/numbered.h"
#include "admin/params.h"
#include "admin/proof.h"
#include "people/session.h"

/* `secret` NULL: not shown. */
static void token_write(const struct api_token *t, const char *secret,
                        struct json_out *o, const char *name)
{
    struct str rest = str_of(t->scopes.text);

    out_object(o, name);
    out_i64(o, "id", t->id);
    out_text(o, "name", t->name);
    out_text(o, "prefix", t->shown);
    out_array(o, "scopes");
    while (rest.n > 0)
        out_str(o, NULL, str_until(&rest, ' '));
    out_array_end(o);
    out_text(o, "author", t->author);
    out_bool(o, "own", t->user_id != 0);
    out_time(o, "created", t->created_ms);
    out_time(o, "expires", t->expires_ms);
    out_time(o, "last_used", t->used_ms);
    if (secret != NULL)
        out_text(o, "token", secret);
    out_object_end(o);
}

static int64_t token_id(const struct people *p, size_t i)
{
    return api_token_at(p, i)->id;
}

static void token_row(const struct people *p, size_t i, struct json_out *o)
{
    token_write(api_token_at(p, i), NULL, o, NULL);
}

static void tokens_list(void *admin, struct exchange *x)
{
    static const struct numbered list = {api_token_count, token_id, token_row};

    numbered_list(&list, admin, x);
}

static bool scopes_read(struct admin *a, struct exchange *x,
                        const struct json *list, struct scopes *out)
{
    struct error err = {0};

    *out = (struct scopes){0};
    if (!json_is(list, JSON_ARRAY) || list->count == 0)
        return params_wrong(a, x, "\"scopes\" is a list like [\"alerts:read\"]");
    for (const struct json *s = list->first; s != NULL; s = s->next) {
        if (scopes_add(out, json_text(s), &err))
            continue;
        error_at(&err, "scopes");
        reply_problem(a, x, 422, "invalid-object", &err);
        return false;
    }
    return true;
}

static bool expiry_read(struct admin *a, struct exchange *x,
                        const struct json *expires, int64_t *out)
{
    *out = 0;
    if (expires == NULL || json_is(expires, JSON_NULL))
        return true;
    if (!time_parse(json_text(expires), out) ||
        *out <= clock_wall_ms(a->with.clock))
        return params_wrong(a, x, "\"expires\" is a time to come, like "
                                  "2031-01-31T00:00:00Z");
    return true;
}

static void token_made(struct admin *a, struct exchange *x, const char *secret)
{
    struct people *p = a->with.people;
    struct reply reply freed_by(reply_release);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    token_write(api_token_at(p, api_token_count(p) - 1), secret, &reply.out,
                "data");
    out_object_end(&reply.out);
    reply_send(&reply, x, 201);
}

/* What the body says of a token; its name lives as long as the body. */
static bool wish_read(struct admin *a, struct exchange *x,
                      const struct json *body, struct token_wish *w)
{
    w->name = json_text(json_get(body, "name"));
    return scopes_read(a, x, json_get(body, "scopes"), &w->scopes) &&
           expiry_read(a, x, json_get(body, "expires"), &w->expires_ms);
}

static void wish_grant(struct admin *a, struct exchange *x,
                       const struct token_wish *w)
{
    char secret[TOKEN_BYTES + 1];
    struct actor by = done_by(x);
    struct error err;
    enum people_result result =
        api_token_add(a->with.people, w, &by, secret, &err);

    if (result == PEOPLE_OK)
        token_made(a, x, secret);
    else
        people_refused(a, x, result, &err);
    sodium_memzero(secret, sizeof secret);
}

static void tokens_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"name", "scopes", "expires", NULL};
    const struct json *body = params_object(admin, x, members, false);
    struct token_wish w = {0};

    if (body != NULL && wish_read(admin, x, body, &w))
        wish_grant(admin, x, &w);
}

static void token_end(struct admin *a, struct exchange *x, int64_t id)
{
    struct actor by = done_by(x);
    struct error err;
    enum people_result result =
        api_token_revoke(a->with.people, id, &by, &err);

    events_let_go(a->events);
    if (result == PEOPLE_OK)
        exchange_answer(x, 204, NULL, STR_NONE);
    else
        people_refused(a, x, result, &err);
}

static void token_delete(void *admin, struct exchange *x)
{
    int64_t id;

    if (params_id(admin, x, &id))
        token_end(admin, x, id);
}

/* --- one's own ------------------------------------------------------------------ */

/* In one page: few people have many. */
static void own_list(void *admin, struct exchange *x)
{
    static const char *const none[] = {NULL};
    struct admin *a = admin;
    const struct user *u = proof_user(a, x);
    struct reply reply freed_by(reply_release) = {0};
    int64_t n = 0;

    if (u == NULL || !params_known(a, x, none))
        return;
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "data");
    for (size_t i = 0; i < api_token_count(a->with.people); i++) {
        const struct api_token *t = api_token_at(a->with.people, i);

        if (t->user_id == u->id) {
            token_write(t, NULL, &reply.out, NULL);
            n++;
        }
    }
    out_array_end(&reply.out);
    reply_list_end(&reply, STR_NONE, n, true);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static void own_add(struct admin *a, struct exchange *x, const struct user *u,
                    void *wish)
{
    struct token_wish *w = wish;

    w->user_id = u->id;
    wish_grant(a, x, w);
}

/* A token that could do nothing would only look like one that can. */
static bool own_scopes_fit(struct admin *a, struct exchange *x,
                           const struct user *u, const struct scopes *scopes)
{
    struct error err = {0};

    if ((scopes_most(scopes) & ~role_scopes(u->role)) == 0)
        return true;
    error_set(&err, "a %s cannot give a token more than they may themselves",
              role_names[u->role]);
    error_at(&err, "scopes");
    reply_problem(a, x, 422, "invalid-object", &err);
    return false;
}

/* Named USER/NAME, so that two people may both have a "laptop". */
static void own_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"name", "scopes", "expires",
                                          "password", NULL};
    const struct user *u = proof_user(admin, x);
    const struct json *body =
        u != NULL ? params_object(admin, x, members, false) : NULL;
    struct arena *arena = exchange_arena(x);
    struct token_wish *w;

    if (body == NULL)
        return;
    w = arena_new(arena, sizeof *w);
    *w = (struct token_wish){0};
    if (!wish_read(admin, x, body, w) ||
        !own_scopes_fit(admin, x, u, &w->scopes))
        return;
    if (w->name.n > 0)
        w->name = arena_printf(arena, "%s/%.*s", u->name, STR_ARG(w->name));
    proof_ask(admin, x, json_text(json_get(body, "password")), own_add, w);
}

/* Somebody else's is, here, not there. */
static void own_delete(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    const struct user *u = proof_user(a, x);
    const struct api_token *t;
    int64_t id;

    if (u == NULL || !params_id(a, x, &id))
        return;
    t = api_token_of_id(a->with.people, id);
    token_end(a, x, t != NULL && t->user_id == u->id ? id : -1);
}

#define PATH "/api/v1/tokens"
#define OWN "/api/v1/me/tokens"
#define TOKEN_BODY_MAX 4096

static const struct route routes[] = {
    {"GET", PATH, ACCESS_ADMIN, 0, tokens_list},
    {"POST", PATH, ACCESS_ADMIN, TOKEN_BODY_MAX, tokens_post},
    {"DELETE", PATH "/{id}", ACCESS_ADMIN, 0, token_delete},
    {"GET", OWN, ACCESS_SELF, 0, own_list},
    {"POST", OWN, ACCESS_SELF, TOKEN_BODY_MAX, own_post},
    {"DELETE", OWN "/{id}", ACCESS_SELF, 0, own_delete},
    {.method = NULL},
};

void admin_tokens(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
