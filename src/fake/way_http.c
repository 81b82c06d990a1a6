/* way_http.c -- HTTP to a fake and back: any method, any path. */
#include "fake/serve.h"
#include "web/httpd.h"

#define FAKE_BODY_MAX (8u << 20)

struct face { /* a method's routes need to know which it is */
    struct fake_server *server;
    const char *method;
};

struct http_way {
    struct httpd *httpd;
    struct face faces[5];
};

static struct str query_of(const struct exchange *x, struct buf *to)
{
    struct str name, value;

    for (size_t i = 0; exchange_query_at(x, i, &name, &value); i++)
        buf_printf(to, "%s%.*s=%.*s", i > 0 ? "&" : "", STR_ARG(name),
                   STR_ARG(value));
    return buf_view(to);
}

static void serve(void *arg, struct exchange *x)
{
    const struct face *face = arg;
    struct fake_server *s = face->server;
    struct buf query freed_by(buf_release) = BUF(8192);
    struct fake_answer out;
    struct fake_request r = {
        .method = str_of(face->method),
        .path = exchange_path(x),
        .query = query_of(x, &query),
        .content_type = exchange_content_type(x),
        .authorization = exchange_header(x, "Authorization"),
        .organisation = exchange_header(x, "X-Organisation"),
        .user_agent = exchange_header(x, "User-Agent"),
        .body = exchange_body(x),
        .now_ms = clock_wall_ms(loop_clock(s->loop)),
    };

    fake_ask(s->fake, &r, &out);
    if (out.retry_after_s > 0)
        exchange_header_add(x, "Retry-After",
                            arena_printf(exchange_arena(x), "%lld",
                                         (long long)out.retry_after_s));
    exchange_answer(x, out.status, out.content_type, out.body);
}

#define ONE(verb, path) {verb, path, ACCESS_ANYONE, FAKE_BODY_MAX, serve}
#define PATHS(verb)                                                           \
    {ONE(verb, "/"), ONE(verb, "/{a}"), ONE(verb, "/{a}/{b}"),           \
     ONE(verb, "/{a}/{b}/{c}"), ONE(verb, "/{a}/{b}/{c}/{d}"),             \
     ONE(verb, "/{a}/{b}/{c}/{d}/{e}"),                                      \
     ONE(verb, "/{a}/{b}/{c}/{d}/{e}/{f}"),                                  \
     ONE(verb, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}"),                              \
     ONE(verb, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}"),                          \
     ONE(verb, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"), {.method = NULL}}

static const struct route routes[][11] = {
    PATHS("GET"), PATHS("POST"), PATHS("PUT"), PATHS("PATCH"), PATHS("DELETE"),
};

static bool http_open(struct fake_server *s, struct error *err)
{
    const struct httpd_options o = {.address = "127.0.0.1"};
    struct http_way *w = mem_new(sizeof *w);

    static_assert(COUNT_OF(routes) == COUNT_OF(w->faces), "a face a method");
    s->state = w;
    w->httpd = httpd_new(s->loop, &o, err);
    if (w->httpd == NULL)
        return false;
    s->port = httpd_port(w->httpd);
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        w->faces[i] = (struct face){s, routes[i][0].method};
        httpd_routes(w->httpd, routes[i], &w->faces[i]);
    }
    return true;
}

static void http_close(struct fake_server *s)
{
    struct http_way *w = s->state;

    httpd_free(w->httpd);
    free(w);
}

const struct way way_http = {.open = http_open, .close = http_close};
