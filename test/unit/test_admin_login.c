/* test_admin_login.c -- the first admin, logging in, what slows those who try,
 * and enrolling one-time passwords, over real HTTP. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"
#include "people/patience.h"
#include "people/session.h"
#include "people/totp.h"

#define PASSWORD "correct horse battery"
#define LOCAL "Sec-Fetch-Site: same-origin\r\n"

__attribute__((format(printf, 4, 5))) static struct got
post(struct bench *b, const char *path, const char *headers, const char *format,
     ...)
{
    char body[512];
    va_list args;

    va_start(args, format);
    vsnprintf(body, sizeof body, format, args);
    va_end(args);
    return api_ask_with(b, "POST", path, headers, body);
}

static struct got login(struct bench *b, const char *user, const char *password,
                        const char *totp)
{
    return post(b, "/api/v1/login", LOCAL,
                "{\"user\":\"%s\",\"password\":\"%s\",\"totp\":\"%s\"}", user,
                password, totp);
}

/* The header lines that a page of a session sends with a change. */
static const char *as_session(struct bench *b, const struct got *g)
{
    struct str header = got_header(g, "Set-Cookie");
    struct str cookie = str_until(&header, ';');
    struct str csrf = json_text(member_at(g->json, "/data/csrf"));

    assert_true(cookie.n > 0 && csrf.n > 0);
    return arena_printf(&b->arena,
                        LOCAL "Cookie: %.*s\r\nX-Tocsin-CSRF: %.*s\r\n",
                        STR_ARG(cookie), STR_ARG(csrf))
        .p;
}

static struct got setup_with(struct bench *b, const char *token)
{
    return post(b, "/api/v1/setup", LOCAL,
                "{\"token\":\"%s\",\"user\":\"maya\",\"password\":\"" PASSWORD
                "\"}",
                token);
}

static const char *first_admin(struct bench *b)
{
    char token[SETUP_TOKEN_BYTES];
    struct got g;

    admin_setup_token(b->admin, token);
    g = setup_with(b, token);
    GOT_STATUS(g, 201);
    return as_session(b, &g);
}

static void code_of_now(const struct got *begun, int64_t step, char out[7])
{
    struct str secret = json_text(member_at(begun->json, "/data/secret"));

    assert_true(totp_code(secret,
                          clock_wall_ms(&clock_real) / TOTP_STEP_MS + step,
                          out));
}

/* maya has one-time passwords after this. Gives her recovery codes. */
static struct got enrol(struct bench *b, const char *session)
{
    struct got begun = post(b, "/api/v1/me/totp", session,
                            "{\"password\":\"" PASSWORD "\"}");
    struct got g;
    char code[7];

    GOT_STATUS(begun, 200);
    code_of_now(&begun, 0, code);
    g = post(b, "/api/v1/me/totp/confirm", session, "{\"code\":\"%s\"}", code);
    GOT_STATUS(g, 200);
    return g;
}

/* --- the tests ------------------------------------------------------------------ */

static void the_first_admin_needs_the_token_and_comes_once(void **state)
{
    struct bench *b = *state;
    struct got g = setup_with(b, "tcn_0");
    char token[SETUP_TOKEN_BYTES];

    GOT_STATUS(g, 401);
    first_admin(b);
    admin_setup_token(b->admin, token);
    assert_string_equal(token, "");
    g = setup_with(b, "tcn_0");
    GOT_STATUS(g, 409);
}

static void a_session_is_known_until_it_logs_out(void **state)
{
    struct bench *b = *state;
    const char *session;
    struct got g;

    first_admin(b);
    g = login(b, "maya", "correct horse batterz", "");
    GOT_STATUS(g, 401);
    got_want_text(&g, "/detail", "this name and password do not go together");
    g = login(b, "maya", PASSWORD, "");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/role", "admin");
    assert_non_null(strstr(g.head.p, "HttpOnly; SameSite=Strict"));
    session = as_session(b, &g);
    g = api_ask_with(b, "GET", "/api/v1/me", session, "");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/name", "maya");
    g = post(b, "/api/v1/logout", session, "%s", "");
    GOT_STATUS(g, 204);
    g = api_ask_with(b, "GET", "/api/v1/me", session, "");
    GOT_STATUS(g, 401);
}

/* What a page of another site can send is refused. */
static void a_change_needs_our_page_and_its_secret(void **state)
{
    struct bench *b = *state;
    const char *session = first_admin(b);
    const char *cookie = strstr(session, "Cookie: ");
    struct str only = {cookie, strcspn(cookie, "\r") + 2};
    static const char *const others[] = {
        "", LOCAL, LOCAL "X-Tocsin-CSRF: 1\r\n",
        "Sec-Fetch-Site: cross-site\r\n", "Origin: http://evil.example\r\n"};

    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct str headers =
            arena_printf(&b->arena, "%s%.*s", others[i], STR_ARG(only));
        struct got g = post(b, "/api/v1/users", headers.p, "{}");

        GOT_STATUS(g, 403);
    }
    GOT_STATUS(post(b, "/api/v1/users", session, "{}"), 400);
}

static void passwords_go_over_https_or_not_over_the_network(void **state)
{
    struct bench *b = *state;
    struct got g;

    first_admin(b);
    g = post(b, "/api/v1/login", "X-Forwarded-For: 192.0.2.7\r\n" LOCAL,
             "{\"user\":\"maya\",\"password\":\"" PASSWORD "\"}");
    got_want(&g, 403, "https-needed"); /* a proxy, and who is behind it? */
    g = post(b, "/api/v1/login", "Sec-Fetch-Site: cross-site\r\n",
             "{\"user\":\"maya\",\"password\":\"" PASSWORD "\"}");
    GOT_STATUS(g, 403);
}

/* A proxy that is trusted says for whom it speaks, and that it has TLS. */
static void a_trusted_proxy_is_believed(void **state)
{
    struct bench *b = *state;
    const char *session = first_admin(b);
    static const char plain[] = LOCAL "X-Forwarded-For: 198.51.100.9, 192.0.2.7\r\n";
    static const char tls[] = LOCAL "X-Forwarded-For: 198.51.100.9, 192.0.2.7\r\n"
                                    "X-Forwarded-Proto: https\r\n";
    static const char body[] =
        "{\"user\":\"maya\",\"password\":\"" PASSWORD "\"}";
    struct got g = post(b, "/api/v1/login", tls, "%s", body);

    got_want(&g, 403, "https-needed"); /* not trusted yet */
    g = api_ask_with(b, "PATCH", "/api/v1/settings", session,
                     "{\"trusted_proxies\":[\"127.0.0.0/8\"]}");
    GOT_STATUS(g, 200);
    g = post(b, "/api/v1/login", plain, "%s", body);
    got_want(&g, 403, "https-needed");
    g = post(b, "/api/v1/login", tls, "%s", body);
    GOT_STATUS(g, 200);
    assert_non_null(strstr(g.head.p, "__Host-tocsin="));
    assert_non_null(strstr(g.head.p, "; Secure"));
    assert_true(got_header(&g, "Strict-Transport-Security").n > 0);
    g = api_ask_with(b, "GET", "/api/v1/sessions?all=true", session, "");
    got_want(&g, 200, "\"192.0.2.7\""); /* the last one, which it saw itself */
}

static void wrong_passwords_are_slowed(void **state)
{
    struct bench *b = *state;
    struct got g;

    first_admin(b);
    for (int i = 0; i <= PATIENCE_FREE; i++) {
        g = login(b, "maya", "wrong wrong wrong", "");
        GOT_STATUS(g, 401);
    }
    g = login(b, "maya", PASSWORD, "");
    GOT_STATUS(g, 429);
    assert_true(str_is(got_header(&g, "Retry-After"), "1"));
}

static void one_time_passwords_are_asked_for_and_used_once(void **state)
{
    struct bench *b = *state;
    const char *session = first_admin(b);
    struct got g = enrol(b, session);
    const struct json *first = member_at(g.json, "/data/recovery_codes/0");
    struct str code = json_text(first);
    char recovery[RECOVERY_BYTES];

    assert_int_equal(code.n, RECOVERY_BYTES - 1);
    snprintf(recovery, sizeof recovery, "%.*s", STR_ARG(code));
    g = login(b, "maya", PASSWORD, "");
    got_want(&g, 401, "totp-needed");
    GOT_STATUS(login(b, "maya", PASSWORD, recovery), 200);
    GOT_STATUS(login(b, "maya", PASSWORD, recovery), 401);
    g = api_ask_with(b, "GET", "/api/v1/me", session, "");
    assert_int_equal(got_number(&g, "/data/recovery_codes_left"),
                     RECOVERY_CODES - 1);
    g = post(b, "/api/v1/me/totp/disable", session,
             "{\"password\":\"" PASSWORD "\"}");
    GOT_STATUS(g, 204);
    GOT_STATUS(login(b, "maya", PASSWORD, ""), 200);
}

/* Who has the password must not clear the count by sending it without a code. */
static void codes_are_slowed_whatever_comes_between(void **state)
{
    struct bench *b = *state;
    struct got g;

    enrol(b, first_admin(b));
    for (int i = 0; i <= PATIENCE_FREE; i++) {
        g = login(b, "maya", PASSWORD, "");
        got_want(&g, 401, "totp-needed");
        g = login(b, "maya", PASSWORD, "abcdef");
        got_want(&g, 401, "login-failed");
    }
    GOT_STATUS(login(b, "maya", PASSWORD, ""), 429);
}

/* Asking for the code is no failure: a login in two steps costs nothing. */
static void the_question_for_a_code_counts_as_nothing(void **state)
{
    struct bench *b = *state;

    enrol(b, first_admin(b));
    for (int i = 0; i < 3 * PATIENCE_FREE; i++)
        GOT_STATUS(login(b, "maya", PASSWORD, ""), 401);
}

/* The password is asked for, the old ones are good no more. */
static void recovery_codes_are_made_anew(void **state)
{
    static const char ask[] = "/api/v1/me/totp/recovery";
    static const char login_by[] =
        "{\"user\":\"maya\",\"password\":\"" PASSWORD "\",\"totp\":\"%.*s\"}";
    struct bench *b = *state;
    const char *session = first_admin(b);
    struct got g = post(b, ask, session, "{\"password\":\"" PASSWORD "\"}");
    struct str old;

    got_want(&g, 409, "one-time passwords are off");
    g = enrol(b, session);
    old = json_text(member_at(g.json, "/data/recovery_codes/0"));
    g = post(b, ask, session, "{\"password\":\"wrong wrong wrong\"}");
    got_want(&g, 403, "password-wrong");
    g = post(b, ask, session, "{\"password\":\"" PASSWORD "\"}");
    GOT_STATUS(g, 200);
    assert_int_equal(member_at(g.json, "/data/recovery_codes")->count, RECOVERY_CODES);
    GOT_STATUS(post(b, "/api/v1/login", LOCAL, login_by, STR_ARG(old)), 401);
    old = json_text(member_at(g.json, "/data/recovery_codes/0"));
    GOT_STATUS(post(b, "/api/v1/login", LOCAL, login_by, STR_ARG(old)), 200);
    g = api_get(b, "/api/v1/audit");
    got_want(&g, 200, "user.recovery-new");
}

/* --- one's own account -------------------------------------------------------------- */

/* The log's lines, the newest first, must begin like this: "token.add maya/ci". */
static void log_wants(struct bench *b, const char *const *want)
{
    struct got g = api_get(b, "/api/v1/audit");
    const struct json *row = member_at(g.json, "/data")->first;

    for (; *want != NULL; want++, row = row->next) {
        char line[256];

        assert_non_null(row);
        snprintf(line, sizeof line, "%.*s %.*s by %.*s",
                 STR_ARG(json_text(json_get(row, "what"))),
                 STR_ARG(json_text(json_get(row, "object"))),
                 STR_ARG(json_text(json_get(row, "who"))));
        assert_string_equal(line, *want);
    }
}

static void what_one_does_to_ones_account_is_written_down(void **state)
{
    static const char *const lines[] = {
        "user.totp-off maya by user maya",
        "user.recovery-code maya by user maya",
        "user.totp-on maya by user maya",
        "login maya by user maya",
        NULL,
    };
    struct bench *b = *state;
    const char *session = first_admin(b);
    struct got g = enrol(b, session);
    struct str code = json_text(member_at(g.json, "/data/recovery_codes/9"));

    got_want(&g, 200, "recovery_codes");
    g = post(b, "/api/v1/login", LOCAL,
             "{\"user\":\"maya\",\"password\":\"" PASSWORD "\",\"totp\":\"%.*s\"}",
             STR_ARG(code));
    GOT_STATUS(g, 200);
    g = post(b, "/api/v1/me/totp/disable", session,
             "{\"password\":\"wrong wrong wrong\"}");
    got_want(&g, 403, "password-wrong");
    g = post(b, "/api/v1/me/totp/disable", session,
             "{\"password\":\"" PASSWORD "\"}");
    GOT_STATUS(g, 204);
    g = api_get(b, "/api/v1/audit?limit=1");
    got_want_text(&g, "/data/0/what", "user.totp-off");
    assert_true(json_is(member_at(g.json, "/data/0/after/totp"), JSON_BOOL));
    assert_true(member_at(g.json, "/next")->text.n > 0);
    g = api_get(b, "/api/v1/audit");
    assert_true(json_is(member_at(g.json, "/next"), JSON_NULL));
    for (size_t i = 0; lines[i] != NULL; i++)
        got_want(&g, 200, arena_printf(&b->arena, "\"what\":\"%.*s\"",
                                       (int)strcspn(lines[i], " "), lines[i]).p);
}

static void the_other_sessions_are_ended_and_seen(void **state)
{
    static const char *const lines[] = {"logout.others maya by user maya", NULL};
    struct bench *b = *state;
    const char *session = first_admin(b), *other;
    struct got g = login(b, "maya", PASSWORD, "");

    other = as_session(b, &g);
    g = api_ask_with(b, "GET", "/api/v1/sessions", session, "");
    assert_int_equal(member_at(g.json, "/data")->count, 2);
    g = api_ask_with(b, "DELETE", "/api/v1/sessions", session, "");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/ended"), 1);
    GOT_STATUS(api_ask_with(b, "GET", "/api/v1/me", other, ""), 401);
    GOT_STATUS(api_ask_with(b, "GET", "/api/v1/me", session, ""), 200);
    log_wants(b, lines);
}

static void ones_own_tokens_need_the_password_and_are_ones_own(void **state)
{
    static const char *const lines[] = {"token.revoke maya/ci by user maya",
                                        "token.add maya/ci by user maya", NULL};
    struct bench *b = *state;
    const char *session = first_admin(b);
    struct got g = post(b, "/api/v1/me/tokens", session,
                        "{\"name\":\"ci\",\"scopes\":[\"alerts:read\"],"
                        "\"password\":\"no no no no no\"}");
    struct str bearer;
    int64_t id;

    got_want(&g, 403, "password-wrong");
    GOT_STATUS(api_ask(b, "POST", "/api/v1/tokens",
                       "{\"name\":\"prometheus\",\"scopes\":[\"ingest\"]}"),
               201);
    g = post(b, "/api/v1/me/tokens", session,
             "{\"name\":\"ci\",\"scopes\":[\"alerts:read\"],\"password\":\"" PASSWORD
             "\"}");
    GOT_STATUS(g, 201);
    got_want_text(&g, "/data/name", "maya/ci");
    id = got_number(&g, "/data/id");
    bearer = arena_printf(&b->arena, "Authorization: Bearer %.*s\r\n",
                          STR_ARG(json_text(member_at(g.json, "/data/token"))));
    GOT_STATUS(api_ask_with(b, "GET", "/api/v1/alerts", bearer.p, ""), 200);
    GOT_STATUS(api_ask_with(b, "GET", "/api/v1/me/tokens", bearer.p, ""), 403);
    g = api_ask_with(b, "GET", "/api/v1/me/tokens", session, "");
    assert_int_equal(member_at(g.json, "/data")->count, 1);
    assert_int_equal(got_number(&g, "/total/value"), 1);
    GOT_STATUS(api_ask_with(b, "DELETE", "/api/v1/me/tokens/1", session, ""), 404);
    GOT_STATUS(api_ask_with(b, "DELETE",
                            arena_printf(&b->arena, "/api/v1/me/tokens/%lld",
                                         (long long)id).p,
                            session, ""),
               204);
    GOT_STATUS(api_ask_with(b, "GET", "/api/v1/alerts", bearer.p, ""), 401);
    log_wants(b, lines);
}

static void nobody_gives_a_token_more_than_they_may(void **state)
{
    struct bench *b = *state;
    const char *admin = first_admin(b), *session;
    struct got g = post(b, "/api/v1/users", admin,
                        "{\"name\":\"noor\",\"role\":\"viewer\",\"password\":\"" PASSWORD
                        "\"}");

    GOT_STATUS(g, 201);
    g = login(b, "noor", PASSWORD, "");
    session = as_session(b, &g);
    g = post(b, "/api/v1/me/tokens", session,
             "{\"name\":\"x\",\"scopes\":[\"ingest:ntopng\"],\"password\":\"" PASSWORD
             "\"}");
    got_want(&g, 422, "a viewer cannot give");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_admin_needs_the_token_and_comes_once),
        TEST(a_session_is_known_until_it_logs_out),
        TEST(a_change_needs_our_page_and_its_secret),
        TEST(passwords_go_over_https_or_not_over_the_network),
        TEST(a_trusted_proxy_is_believed),
        TEST(wrong_passwords_are_slowed),
        TEST(one_time_passwords_are_asked_for_and_used_once),
        TEST(codes_are_slowed_whatever_comes_between),
        TEST(the_question_for_a_code_counts_as_nothing),
        TEST(recovery_codes_are_made_anew),
        TEST(what_one_does_to_ones_account_is_written_down),
        TEST(the_other_sessions_are_ended_and_seen),
        TEST(ones_own_tokens_need_the_password_and_are_ones_own),
        TEST(nobody_gives_a_token_more_than_they_may),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
