/* test_admin_access.c -- who may do what: every route there is, asked by every
 * role, by a token of every scope, and by nobody. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"
#include "people/session.h"

/* In the order of what they are given below. */
enum asker {
    VIEWER, RESPONDER, EDITOR, ADMIN,
    ALERTS_READ, ALERTS_ACK, ALERTS_WRITE, CONFIG_READ, CONFIG_WRITE, INGEST,
    INGEST_NTOPNG, ALL, NOBODY, ASKERS,
};

static const struct {
    const char *name, *scope; /* the scope: a token; else a session */
} askers[ASKERS] = {
    {"viewer", NULL},
    {"responder", NULL},
    {"editor", NULL},
    {"admin", NULL},
    {"alerts:read", "alerts:read"},
    {"alerts:ack", "alerts:ack"},
    {"alerts:write", "alerts:write"},
    {"config:read", "config:read"},
    {"config:write", "config:write"},
    {"ingest", "ingest"},
    {"ingest:ntopng", "ingest:ntopng"},
    {"admin token", "admin"},
    {"nobody", "nothing"},
};

#define B(who) (1u << (who))
#define PEOPLE (B(VIEWER) | B(RESPONDER) | B(EDITOR) | B(ADMIN))
#define READS (PEOPLE | B(ALL))
#define KNOWN ((B(NOBODY) - 1) & ~B(INGEST_NTOPNG)) /* which is nobody else */
#define ALERTS_R (READS | B(ALERTS_READ) | B(ALERTS_WRITE))
#define ALERTS_A (B(RESPONDER) | B(EDITOR) | B(ADMIN) | B(ALERTS_ACK) |         \
                  B(ALERTS_WRITE) | B(ALL))
#define ALERTS_W (B(RESPONDER) | B(EDITOR) | B(ADMIN) | B(ALERTS_WRITE) | B(ALL))
#define CONFIG_R (READS | B(CONFIG_READ) | B(CONFIG_WRITE))
#define CONFIG_W (B(EDITOR) | B(ADMIN) | B(CONFIG_WRITE) | B(ALL))
#define INTAKE (B(EDITOR) | B(ADMIN) | B(INGEST) | B(ALL))
#define ADMINS (B(ADMIN) | B(ALL))
#define ANYONE (B(ASKERS) - 1)

/* Written by hand from docs/users.md, not from the program. */
static const struct {
    const char *method, *path; /* a path ended by '*': all that begin so */
    unsigned may;
} rules[] = {
    {"GET", "/healthz", ANYONE},
    {"GET", "/readyz", ANYONE},
    {"GET", "/-/*", ANYONE},
    {"GET", "/l/*", ANYONE}, /* signed, each for one thing */
    {"POST", "/l/*", ANYONE},
    {"GET", "/metrics", ALERTS_R},
    {"POST", "/in/ntopng", ANYONE}, /* which looks at its own secret */
    {"POST", "/api/v1/alerts", INTAKE},
    {"POST", "/api/v2/alerts", INTAKE},
    {"GET", "/api/v2/status", INTAKE},
    {"GET", "/api/v2/receivers", CONFIG_R},
    {"GET", "/api/v2/*", ALERTS_R},
    {"POST", "/api/v2/silences", ALERTS_W},
    {"DELETE", "/api/v2/silence/*", ALERTS_W},
    {"GET", "/api/v1/setup", ANYONE},
    {"POST", "/api/v1/setup", ANYONE},
    {"POST", "/api/v1/login", ANYONE},
    {"POST", "/api/v1/logout", KNOWN},
    {"GET", "/api/v1/me", KNOWN},
    {"POST", "/api/v1/me/*", PEOPLE},
    {"GET", "/api/v1/me/tokens", PEOPLE},
    {"DELETE", "/api/v1/me/tokens/*", PEOPLE},
    {"GET", "/api/v1/sessions", KNOWN},
    {"DELETE", "/api/v1/sessions", PEOPLE},
    {"DELETE", "/api/v1/sessions/*", KNOWN},
    {"GET", "/api/v1/users*", ADMINS},
    {"POST", "/api/v1/users", ADMINS},
    {"PATCH", "/api/v1/users/*", ADMINS},
    {"DELETE", "/api/v1/users/*", ADMINS},
    {"GET", "/api/v1/tokens", ADMINS},
    {"POST", "/api/v1/tokens", ADMINS},
    {"DELETE", "/api/v1/tokens/*", ADMINS},
    {"GET", "/api/v1/audit*", ADMINS},
    {"GET", "/api/v1/store/*", ADMINS},
    {"POST", "/api/v1/store/*", ADMINS},
    {"GET", "/api/v1/alerts*", ALERTS_R},
    {"GET", "/api/v1/deliveries*", ALERTS_R},
    {"GET", "/api/v1/silences/replay/*", ALERTS_W},
    {"GET", "/api/v1/silences*", ALERTS_R},
    {"GET", "/api/v1/status", ALERTS_R},
    {"GET", "/api/v1/events", ALERTS_R},
    {"POST", "/api/v1/explain", ALERTS_R},
    {"POST", "/api/v1/silences/preview", ALERTS_R},
    {"POST", "/api/v1/alerts/ack", ALERTS_A},
    {"POST", "/api/v1/alerts/unack", ALERTS_A},
    {"POST", "/api/v1/alerts/note", ALERTS_A},
    {"POST", "/api/v1/alerts/delete", ALERTS_W},
    {"POST", "/api/v1/alerts/undelete", ALERTS_W},
    {"POST", "/api/v1/alerts/{id}/release", ALERTS_W},
    {"POST", "/api/v1/deliveries/retry", ALERTS_W},
    {"POST", "/api/v1/deliveries/cancel", ALERTS_W},
    {"GET", "/api/v1/queues", ALERTS_R},
    {"POST", "/api/v1/queues/*", ALERTS_W},
    {"POST", "/api/v1/endpoints/{name}/pause", ALERTS_W},
    {"POST", "/api/v1/endpoints/{name}/resume", ALERTS_W},
    {"POST", "/api/v1/silences", ALERTS_W},
    {"POST", "/api/v1/silences/replay", ALERTS_W},
    {"PATCH", "/api/v1/silences/*", ALERTS_W},
    {"PUT", "/api/v1/silences/*", ALERTS_W},
    {"DELETE", "/api/v1/silences/*", ALERTS_W},
    {"GET", "/api/v1/endpoints/{name}/choices", CONFIG_W},
    {"POST", "/api/v1/config/apply", ADMINS},
    {"POST", "/api/v1/config/rollback", ADMINS},
    {"PATCH", "/api/v1/settings", ADMINS},
    {"GET", "/api/v1/*", CONFIG_R}, /* objects, schemas, revisions, jobs */
    {"POST", "/api/v1/*", CONFIG_W},
    {"PUT", "/api/v1/*", CONFIG_W},
    {"PATCH", "/api/v1/*", CONFIG_W},
    {"DELETE", "/api/v1/*", CONFIG_W},
};

static bool is_meant(const char *rule, struct str path)
{
    struct str begin = str_of(rule);

    if (!str_ends(begin, "*"))
        return str_is(path, rule);
    return path.n >= begin.n - 1 && memcmp(path.p, rule, begin.n - 1) == 0;
}

static unsigned may_call(const struct route *r)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (strcmp(rules[i].method, r->method) == 0 &&
            is_meant(rules[i].path, str_of(r->path)))
            return rules[i].may;
    fail_msg("no rule for %s %s", r->method, r->path);
    return 0;
}

/* --- who they are ------------------------------------------------------------------ */

static const struct actor test_actor = {{"test", 4}, {"", 0}};

/* A session as if just logged in: some of what is asked ends them. */
static struct str session_headers(struct bench *b, const char *user)
{
    const struct user *u = user_find(b->people, str_of(user));
    char text[SESSION_TEXT_BYTES], csrf[SESSION_TEXT_BYTES];
    struct error err;

    if (!session_begin(b->people, u->id, STR("192.0.2.1"), STR(""), text, &err))
        fail_msg("%s", err.text);
    session_csrf(str_of(text), csrf);
    return arena_printf(&b->arena,
                        "Cookie: tocsin-session=%s\r\nX-Tocsin-CSRF: %s\r\n"
                        "Sec-Fetch-Site: same-origin\r\n",
                        text, csrf);
}

static void people_make(struct bench *b, char tokens[ASKERS][TOKEN_BYTES + 1])
{
    struct scopes scopes;
    struct error err;

    for (int i = 0; i <= ADMIN; i++)
        if (user_add(b->people, str_of(askers[i].name), (enum role)i, "$hash",
                     &test_actor, &err) != PEOPLE_OK)
            fail_msg("%s", err.text);
    for (int i = ALERTS_READ; i < NOBODY; i++)
        if (!scopes_parse(str_of(askers[i].scope), &scopes, &err) ||
            api_token_add(b->people,
                          &(struct token_wish){str_of(askers[i].name), scopes, 0, 0},
                          &test_actor, tokens[i], &err) != PEOPLE_OK)
            fail_msg("%s: %s", askers[i].name, err.text);
}

/* --- asking -------------------------------------------------------------------------- */

struct walk {
    struct bench *b;
    char tokens[ASKERS][TOKEN_BYTES + 1];
    size_t routes;
};

/* A path that its parameters make sense in, and nothing is there. */
static struct str path_of(struct bench *b, const char *pattern)
{
    struct buf path freed_by(buf_release) = BUF(500);
    struct str rest = str_of(pattern);

    while (rest.n > 0) {
        buf_str(&path, str_until(&rest, '{'));
        if (str_find(rest, '}') == rest.n)
            break;
        str_until(&rest, '}');
        buf_text(&path, "77");
    }
    buf_text(&path, "?nonsense=1"); /* a stream would not end */
    return arena_str(&b->arena, buf_view(&path));
}

static struct str headers_of(struct walk *w, int who)
{
    if (askers[who].scope == NULL)
        return session_headers(w->b, askers[who].name);
    if (who == NOBODY)
        return STR("");
    return arena_printf(&w->b->arena, "Authorization: Bearer %s\r\n",
                        w->tokens[who]);
}

static void ask(struct walk *w, const struct route *r, int who, bool may)
{
    /* Behind a proxy, or being on this host would be enough for some. */
    struct str headers =
        arena_printf(&w->b->arena, "X-Forwarded-For: 192.0.2.1\r\n%.*s",
                     STR_ARG(headers_of(w, who)));
    const char *body =
        r->body_max == 0 || strcmp(r->method, "GET") == 0 ? "" : "{}";
    struct got g = api_ask_with(w->b, r->method, path_of(w->b, r->path).p,
                                headers.p, body);
    bool refused = strstr(g.body.p, "/problems/forbidden\"") != NULL ||
                   strstr(g.body.p, "/problems/unauthorized\"") != NULL;

    if (refused == may && may_call(r) != ANYONE)
        fail_msg("%s %s by %s: %d, %.*s", r->method, r->path, askers[who].name,
                 g.status, STR_ARG(g.body));
    if (!may)
        assert_int_equal(g.status, who == NOBODY ? 401 : 403);
}

static void ask_all(void *walk, const struct route *r)
{
    struct walk *w = walk;
    unsigned may = may_call(r);

    for (int who = 0; who < ASKERS; who++)
        ask(w, r, who, (may & B(who)) != 0);
    w->routes++;
    arena_reset(&w->b->arena);
}

static void every_route_by_everybody(void **state)
{
    struct bench *b = *state;
    struct walk w = {.b = b};

    people_make(b, w.tokens);
    httpd_each_route(b->httpd, ask_all, &w);
    assert_true(w.routes > 80);
}

/* A token is good for its source's alerts, and for no other's. */
static void an_ingest_token_is_its_sources(void **state)
{
    struct bench *b = *state;
    struct walk w = {.b = b};
    struct str headers;

    people_make(b, w.tokens);
    headers = arena_printf(&b->arena,
                           "X-Forwarded-For: 192.0.2.1\r\n"
                           "Authorization: Bearer %s\r\n",
                           w.tokens[INGEST_NTOPNG]);
    GOT_STATUS(api_ask_with(b, "POST", "/in/ntopng", headers.p, "[]"), 200);
    GOT_STATUS(api_ask_with(b, "POST", "/api/v1/alerts", headers.p, "[]"), 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_route_by_everybody),
        TEST(an_ingest_token_is_its_sources),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
