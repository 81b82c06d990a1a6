/* post.c -- takes a rendered HTTP request to a fake, as the transport would. */
#include "post.h"

#include "message/escape.h"

static struct str header(const struct http_request *h, const char *name)
{
    for (size_t i = 0; i < h->header_count; i++)
        if (strcasecmp(h->headers[i].name, name) == 0)
            return h->headers[i].value;
    return STR_NONE;
}

static struct str authorization(const struct http_request *h, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(8192);

    if (h->user.n == 0)
        return header(h, "Authorization");
    buf_text(&b, "Basic ");
    base64(&b, arena_printf(a, "%.*s:%.*s", STR_ARG(h->user), STR_ARG(h->password)));
    return arena_str(a, buf_view(&b));
}

void post_to_fake(struct fake *f, const struct http_request *h, int64_t now_ms,
                  struct arena *a, struct response *r)
{
    struct str path = str_from(h->url, str_find(h->url, '/') + 2);
    struct fake_answer said;
    struct fake_request asked = {
        .method = str_of(h->method),
        .content_type = header(h, "Content-Type"),
        .authorization = authorization(h, a),
        .organisation = header(h, "X-Organisation"),
        .user_agent = header(h, "User-Agent"),
        .body = h->body,
        .now_ms = now_ms,
    };

    path = str_from(path, str_find(path, '/'));
    asked.path = str_until(&path, '?');
    asked.query = path;
    fake_ask(f, &asked, &said);
    *r = (struct response){
        .outcome = OUTCOME_ANSWERED,
        .status = said.status,
        .retry_after_ms = said.retry_after_s * 1000,
        .body = arena_str(a, said.body),
    };
}
