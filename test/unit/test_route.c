/* test_route.c -- request targets taken apart, and the routes they belong to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/route.h"

/* "a|b c|" for the segments "a", "b c", "". */
static void join(struct buf *out, const struct target *t)
{
    for (size_t i = 0; i < t->segments_n; i++) {
        if (i > 0)
            buf_char(out, '|');
        buf_str(out, t->segments[i]);
    }
    for (size_t i = 0; i < t->queries_n; i++) {
        buf_char(out, i == 0 ? '?' : '&');
        buf_str(out, t->queries[i].name);
        buf_char(out, '=');
        buf_str(out, t->queries[i].value);
    }
}

static void targets_are_taken_apart(void **state)
{
    static const struct {
        const char *name, *raw, *want, *path;
    } rows[] = {
        {"root", "/", "", "/"},
        {"segments", "/api/v1/alerts", "api|v1|alerts", "/api/v1/alerts"},
        {"empty ones are kept", "//a//", "|a||", "//a//"},
        {"escapes", "/a%20b/%C3%A9", "a b|\xc3\xa9", "/a%20b/%C3%A9"},
        {"lower-case hex", "/%c3%a9", "\xc3\xa9", "/%c3%a9"},
        {"a slash inside a segment", "/a%2Fb", "a/b", "/a%2Fb"},
        {"plus is plus in a path", "/a+b", "a+b", "/a+b"},
        {"decoded once", "/%2541", "%41", "/%2541"},
        {"dots in a name", "/lua/get_endpoint.lua", "lua|get_endpoint.lua",
         "/lua/get_endpoint.lua"},
        {"query", "/a?b=1&c=2", "a?b=1&c=2", "/a"},
        {"plus is a space in a query", "/a?b=c+d", "a?b=c d", "/a"},
        {"escapes in a query", "/a?%62=%26%3d%3D", "a?b=&==", "/a"},
        {"no value", "/a?b&c=", "a?b=&c=", "/a"},
        {"no name", "/a?=1", "a?=1", "/a"},
        {"value with =", "/a?b=c=d", "a?b=c=d", "/a"},
        {"nothing between &", "/a?&b=1&&", "a?b=1", "/a"},
        {"empty query", "/a?", "a", "/a"},
        {"second ? is a byte", "/a?b=?", "a?b=?", "/a"},
        {"said twice", "/a?b=1&b=2", "a?b=1&b=2", "/a"},
        {"line feed in a query", "/a?b=%0A", "a?b=\n", "/a"},
        {"16 segments", "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g",
         "1|2|3|4|5|6|7|8|9|a|b|c|d|e|f|g", "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a = {0};
        struct buf joined = BUF(1000);
        struct target t;
        struct error err;

        if (!target_parse(&a, str_of(rows[i].raw), &t, &err))
            fail_msg("%s: %s", rows[i].name, err.text);
        join(&joined, &t);
        if (strcmp(buf_c(&joined), rows[i].want) != 0)
            fail_msg("%s: %s", rows[i].name, buf_c(&joined));
        assert_true(str_is(t.path, rows[i].path));
        buf_release(&joined);
        arena_release(&a);
    }
}

static void unsound_targets_are_refused(void **state)
{
    static const struct {
        const char *raw, *want;
    } rows[] = {
        {"", "not a path"},
        {"*", "not a path"},
        {"?a", "not a path"},
        {"a/b", "not a path"},
        {"http://host/a", "not a path"},
        {"/a%00b", "%00"},
        {"/a?b=%00", "%00"},
        {"/%", "two hex digits"},
        {"/%4", "two hex digits"},
        {"/%4g", "two hex digits"},
        {"/%%41", "two hex digits"},
        {"/% 41", "0x20"},
        {"/a?%zz=1", "two hex digits"},
        {"/a?b=%f", "two hex digits"},
        {"/%ff", "not UTF-8"},
        {"/%c0%ae", "not UTF-8"}, /* an overlong "." */
        {"/a?b=%ed%a0%80", "not UTF-8"},
        {"/a/../b", "is not followed"},
        {"/a/.", "is not followed"},
        {"/%2e%2e/a", "is not followed"},
        {"/a/%2E", "is not followed"},
        {"/a%0ab", "control character"},
        {"/a%7f", "control character"},
        {"/a b", "0x20"},
        {"/a#b", "0x23"},
        {"/a\tb", "0x09"},
        {"/\xc3\xa9", "0xc3"},
        {"/a?b=\x01", "0x01"},
        {"/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h", "more than 16 segments"},
        {"/a?&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&",
         "more than 64"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a = {0};
        struct target t;
        struct error err;

        if (target_parse(&a, str_of(rows[i].raw), &t, &err))
            fail_msg("%s: taken", rows[i].raw);
        if (strstr(err.text, rows[i].want) == NULL)
            fail_msg("%s: %s", rows[i].raw, err.text);
        arena_release(&a);
    }
}

static void serve(void *arg, struct exchange *x)
{
    (void)arg;
    (void)x;
}

#define ROUTE(m, p) {.method = m, .path = p, .access = ACCESS_ALERTS_READ, .serve = serve}

static const struct route alert_routes[] = {
    ROUTE("GET", "/"),
    ROUTE("GET", "/api/v1/alerts/{id}"),
    ROUTE("POST", "/api/v1/alerts"),
    ROUTE("GET", "/api/v1/alerts"),
    ROUTE("POST", "/api/v1/alerts/ack"),
    ROUTE("DELETE", "/api/v1/alerts/{id}"),
    {.method = NULL},
};

static const struct route other_routes[] = {
    ROUTE("GET", "/api/v1/{kind}/top"),
    ROUTE("GET", "/api/v1/alerts/{id}/notes/{note}"),
    ROUTE("GET", "/api/v1/alerts/top"),
    {.method = NULL},
};

static void requests_find_their_route(void **state)
{
    static const struct {
        const char *method, *raw;
        enum route_found want;
        const char *path; /* of the route; or Allow */
    } rows[] = {
        {"GET", "/", ROUTE_FOUND, "/"},
        {"GET", "/api/v1/alerts", ROUTE_FOUND, "/api/v1/alerts"},
        {"HEAD", "/api/v1/alerts", ROUTE_FOUND, "/api/v1/alerts"},
        {"GET", "/api/v1/%61lerts", ROUTE_FOUND, "/api/v1/alerts"},
        {"GET", "/api/v1/alerts/7", ROUTE_FOUND, "/api/v1/alerts/{id}"},
        {"GET", "/api/v1/alerts/a%2Fb", ROUTE_FOUND, "/api/v1/alerts/{id}"},
        {"POST", "/api/v1/alerts/ack", ROUTE_FOUND, "/api/v1/alerts/ack"},
        {"GET", "/api/v1/alerts/top", ROUTE_FOUND, "/api/v1/alerts/top"},
        {"GET", "/api/v1/hosts/top", ROUTE_FOUND, "/api/v1/{kind}/top"},
        {"GET", "/api/v1/alerts/7/notes/8", ROUTE_FOUND,
         "/api/v1/alerts/{id}/notes/{note}"},
        {"GET", "/api/v1/alerts/", ROUTE_NO_PATH, NULL},
        {"GET", "/api//alerts", ROUTE_NO_PATH, NULL},
        {"GET", "/API/v1/alerts", ROUTE_NO_PATH, NULL},
        {"GET", "/api/v1/alerts/7/8", ROUTE_NO_PATH, NULL},
        {"GET", "/api/v1", ROUTE_NO_PATH, NULL},
        {"PUT", "/api/v1/alerts", ROUTE_NO_METHOD, "POST, GET, HEAD"},
        {"get", "/api/v1/alerts", ROUTE_NO_METHOD, "POST, GET, HEAD"},
        {"PUT", "/api/v1/alerts/ack", ROUTE_NO_METHOD,
         "GET, HEAD, POST, DELETE"},
        {"HEAD", "/", ROUTE_FOUND, "/"},
        {"POST", "/api/v1/alerts/7/notes/8", ROUTE_NO_METHOD, "GET, HEAD"},
    };
    struct routes r = {0};

    (void)state;
    routes_add(&r, alert_routes, NULL);
    routes_add(&r, other_routes, &r);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a = {0};
        struct buf allow = BUF(200);
        const struct route_entry *e;
        struct target t;
        struct error err;

        assert_true(target_parse(&a, str_of(rows[i].raw), &t, &err));
        if (routes_match(&r, str_of(rows[i].method), &t, &e) != rows[i].want)
            fail_msg("%s %s", rows[i].method, rows[i].raw);
        if (rows[i].want == ROUTE_FOUND) {
            assert_string_equal(e->route->path, rows[i].path);
        } else if (rows[i].want == ROUTE_NO_METHOD) {
            routes_allow(&r, &t, &allow);
            assert_string_equal(buf_c(&allow), rows[i].path);
        }
        buf_release(&allow);
        arena_release(&a);
    }
    routes_release(&r);
}

static void segments_have_names(void **state)
{
    struct routes r = {0};
    struct arena a = {0};
    const struct route_entry *e;
    struct target t;
    struct error err;

    (void)state;
    routes_add(&r, alert_routes, NULL);
    routes_add(&r, other_routes, &r);
    assert_true(target_parse(&a, STR("/api/v1/alerts/a%2Fb/notes/8"), &t, &err));
    assert_int_equal(routes_match(&r, STR("GET"), &t, &e), ROUTE_FOUND);
    assert_ptr_equal(e->arg, &r);
    assert_true(str_is(route_segment(e, &t, "id"), "a/b"));
    assert_true(str_is(route_segment(e, &t, "note"), "8"));
    assert_null(route_segment(e, &t, "api").p);
    assert_null(route_segment(e, &t, "").p);
    arena_release(&a);
    routes_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_taken_apart),
        cmocka_unit_test(unsound_targets_are_refused),
        cmocka_unit_test(requests_find_their_route),
        cmocka_unit_test(segments_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
