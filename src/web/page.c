/* page.c -- the web interface's files, from the table the build made of them. */
#include "web/page.h"

#include "web/exchange.h"

#define CACHED_FOR_EVER "public, max-age=31536000, immutable"
#define CACHED_IF_SAME "no-cache" /* kept, and asked about each time */
#define INDEX "/index.html"

static const struct web_asset *asset_find(const struct pages *p,
                                          struct str path)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_is(path, p->v[i].path))
            return &p->v[i];
    return NULL;
}

/* A file, which is there or is not: "/robots.txt" and what is with the scripts.
 * Elsewhere a dot is a name's: "/recipients/ops.team" is a page. */
static bool is_file(const struct exchange *x)
{
    const struct target *t = &x->target;
    struct str path = exchange_path(x);

    if (t->segments_n > 1 && !str_is(t->segments[0], "assets"))
        return false;
    return str_find(path, '.') < path.n;
}

static bool is_for_programs(const struct exchange *x)
{
    static const char *const first[] = {"api", "in", "-", "metrics", NULL};
    const struct target *t = &x->target;

    for (size_t i = 0; first[i] != NULL; i++)
        if (t->segments_n > 0 && str_is(t->segments[0], first[i]))
            return true;
    return false;
}

static const struct web_asset *asset_for(const struct pages *p,
                                         const struct exchange *x)
{
    struct str path = exchange_path(x);
    const struct web_asset *a = asset_find(p, path);

    if (a != NULL || is_file(x) || is_for_programs(x))
        return a;
    return asset_find(p, str_of(INDEX));
}

/* A word of a list with commas, ";q=0" being a no (RFC 9110, 12.5.3). */
static bool accepts_gzip(struct str list)
{
    while (list.n > 0) {
        struct str weight = str_trim(str_until(&list, ','));
        struct str coding = str_trim(str_until(&weight, ';'));

        weight = str_trim(weight);
        if (str_is_nocase(coding, "gzip"))
            return !str_is_nocase(weight, "q=0") &&
                   !str_starts(weight, "q=0.0");
    }
    return false;
}

/* If-None-Match: a list of tags, or "*". */
static bool has_tag(struct str list, const char *etag)
{
    while (list.n > 0) {
        struct str tag = str_trim(str_until(&list, ','));

        if (str_starts(tag, "W/"))
            tag = str_from(tag, 2);
        if (str_is(tag, "*") || str_is(tag, etag))
            return true;
    }
    return false;
}

static void asset_answer(struct exchange *x, const struct web_asset *a)
{
    bool gzip = a->gzip != NULL &&
                accepts_gzip(exchange_header(x, "Accept-Encoding"));
    struct str body = {(const char *)(gzip ? a->gzip : a->body),
                       gzip ? a->gzip_n : a->n};

    exchange_header_add(x, "ETag", str_of(a->etag));
    exchange_header_add(x, "Cache-Control",
                        str_of(a->immutable ? CACHED_FOR_EVER : CACHED_IF_SAME));
    if (a->gzip != NULL)
        exchange_header_add(x, "Vary", STR("Accept-Encoding"));
    if (has_tag(exchange_header(x, "If-None-Match"), a->etag)) {
        exchange_answer(x, 304, NULL, STR_NONE);
        return;
    }
    if (gzip)
        exchange_header_add(x, "Content-Encoding", STR("gzip"));
    exchange_answer_static(x, 200, a->type, body);
}

static void serve(void *pages, struct exchange *x)
{
    const struct web_asset *a = asset_for(pages, x);
    struct error err;

    if (a != NULL) {
        asset_answer(x, a);
        return;
    }
    error_set(&err, "there is nothing at this path");
    exchange_problem(x, 404, "not-found", &err);
}

void pages_serve(struct httpd *h, const struct pages *p)
{
    httpd_otherwise(h, serve, (void *)(uintptr_t)p);
}
