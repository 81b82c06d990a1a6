/* fuzz_route.c -- any request target: taken apart, matched, and put together
 * again to the same parts. */
#include "web/route.h"

#define METHODS 4

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void serve(void *arg unused, struct exchange *x unused)
{
}

#define ROUTE(m, p) {.method = m, .path = p, .access = ACCESS_ALERTS_READ, .serve = serve}

static const struct route table[] = {
    ROUTE("GET", "/"),
    ROUTE("GET", "/a/{x}"),
    ROUTE("POST", "/a/{x}"),
    ROUTE("GET", "/a/b"),
    ROUTE("GET", "/{x}/b"),
    ROUTE("DELETE", "/a/{x}/{y}/c"),
    {.method = NULL},
};

static void check_decoded(struct str s)
{
    assert(s.n == 0 || memchr(s.p, '\0', s.n) == NULL);
    assert(utf8_valid(s));
}

static void encode(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        buf_printf(to, "%%%02X", (unsigned char)s.p[i]);
}

/* With every byte escaped it is the same target. */
static void check_again(struct arena *a, const struct target *t)
{
    struct buf raw freed_by(buf_release) = BUF(1u << 20);
    struct target again;
    struct error err;
    bool taken;

    for (size_t i = 0; i < t->segments_n; i++) {
        buf_char(&raw, '/');
        encode(&raw, t->segments[i]);
    }
    for (size_t i = 0; i < t->queries_n; i++) {
        buf_char(&raw, i == 0 ? '?' : '&');
        encode(&raw, t->queries[i].name);
        buf_char(&raw, '=');
        encode(&raw, t->queries[i].value);
    }
    taken = target_parse(a, buf_view(&raw), &again, &err);
    assert(taken && again.segments_n == t->segments_n);
    assert(again.queries_n == t->queries_n);
    for (size_t i = 0; i < t->segments_n; i++)
        assert(str_eq(again.segments[i], t->segments[i]));
    for (size_t i = 0; i < t->queries_n; i++)
        assert(str_eq(again.queries[i].value, t->queries[i].value));
}

static void check_match(const struct target *t, uint8_t choice)
{
    static const char *const methods[METHODS] = {"GET", "HEAD", "DELETE", "PUT"};
    struct routes r = {0};
    struct buf allow freed_by(buf_release) = BUF(200);
    const struct route_entry *e;
    enum route_found found;

    routes_add(&r, table, NULL);
    found = routes_match(&r, str_of(methods[choice % METHODS]), t, &e);
    assert((found == ROUTE_FOUND) == (e != NULL));
    routes_allow(&r, t, &allow);
    assert((found == ROUTE_NO_PATH) == (allow.n == 0));
    if (e != NULL && e->parts_n > 1 && str_is(e->parts[1], "{x}"))
        assert(str_eq(route_segment(e, t, "x"), t->segments[1]));
    routes_release(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a freed_by(arena_release) = {0};
    struct target t;
    struct error err;

    if (n == 0 || !target_parse(&a, (struct str){(const char *)bytes + 1, n - 1},
                                &t, &err))
        return 0;
    for (size_t i = 0; i < t.segments_n; i++)
        check_decoded(t.segments[i]);
    for (size_t i = 0; i < t.queries_n; i++) {
        check_decoded(t.queries[i].name);
        check_decoded(t.queries[i].value);
    }
    check_again(&a, &t);
    check_match(&t, bytes[0]);
    return 0;
}
