/* admin_tokens.c -- /api/v1/tokens. A token is shown once, when it is made. */
#include <sodium.h>

#include "admin/done_by.h"
#include "admin/numbered.h"
#include "admin/params.h"
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

static void token_answer(struct admin *a, struct exchange *x, const char *secret)
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

static void tokens_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"name", "scopes", "expires", NULL};
    struct admin *a = admin;
    const struct json *body = params_object(a, x, members, false);
    char secret[TOKEN_BYTES + 1];
    struct actor by = done_by(x);
    enum people_result result;
    struct scopes scopes;
    int64_t expires_ms;
    struct error err;

    if (body == NULL || !scopes_read(a, x, json_get(body, "scopes"), &scopes) ||
        !expiry_read(a, x, json_get(body, "expires"), &expires_ms))
        return;
    result = api_token_add(a->with.people, json_text(json_get(body, "name")),
                           &scopes, expires_ms, &by, secret, &err);
    if (result == PEOPLE_OK)
        token_answer(a, x, secret);
    else
        people_refused(a, x, result, &err);
    sodium_memzero(secret, sizeof secret);
}

static void token_delete(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct actor by = done_by(x);
    enum people_result result;
    struct error err;
    int64_t id;

    if (!params_id(a, x, &id))
        return;
    result = api_token_revoke(a->with.people, id, &by, &err);
    if (result == PEOPLE_OK)
        exchange_answer(x, 204, NULL, STR_NONE);
    else
        people_refused(a, x, result, &err);
}

#define PATH "/api/v1/tokens"
#define TOKEN_BODY_MAX 4096

static const struct route routes[] = {
    {"GET", PATH, ACCESS_ADMIN, 0, tokens_list},
    {"POST", PATH, ACCESS_ADMIN, TOKEN_BODY_MAX, tokens_post},
    {"DELETE", PATH "/{id}", ACCESS_ADMIN, 0, token_delete},
    {.method = NULL},
};

void admin_tokens(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
