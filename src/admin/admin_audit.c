/* admin_audit.c -- /api/v1/audit: who did what, newest first, and whether the
 * chain of it is whole. */
#include "admin/done_by.h"
#include "admin/params.h"

struct page_of {
    struct reply reply;
    size_t limit, n;
    int64_t last;
    bool more;
};

/* What is JSON goes out as that, so that a page can show what differs. */
static void side_out(struct json_out *o, const char *name, struct str text)
{
    struct arena arena freed_by(arena_release) = {0};
    struct error err;
    const struct json *value =
        text.n > 0 ? json_parse(&arena, text, &err) : NULL;

    if (text.n == 0)
        out_null(o, name);
    else if (value != NULL)
        out_tree(o, name, value);
    else
        out_str(o, name, text);
}

static void row_out(void *page, const struct audit_row *row)
{
    struct page_of *p = page;
    struct json_out *o = &p->reply.out;

    p->more = p->n++ == p->limit;
    if (p->more)
        return;
    p->last = row->n;
    out_object(o, NULL);
    out_i64(o, "n", row->n);
    out_time(o, "at", row->at_ms);
    out_str(o, "who", row->who);
    out_str(o, "from", row->from);
    out_str(o, "what", row->what);
    out_str(o, "object", row->object);
    side_out(o, "before", row->before);
    side_out(o, "after", row->after);
    out_object_end(o);
}

static void audit_get(void *admin, struct exchange *x)
{
    static const char *const names[] = {"limit", "cursor", NULL};
    struct admin *a = admin;
    struct page_of p = {0};
    int64_t before;
    struct page page;
    struct error err;

    if (!params_known(a, x, names) || !params_page(a, x, &page) ||
        !params_cursor_id(a, x, &page, &before))
        return;
    p.limit = page.limit;
    reply_init(&p.reply);
    out_object(&p.reply.out, NULL);
    out_array(&p.reply.out, "data");
    if (audit_list(a->with.people, before, page.limit + 1, row_out, &p, &err)) {
        out_array_end(&p.reply.out);
        if (p.more)
            out_str(&p.reply.out, "next",
                    arena_printf(exchange_arena(x), "%lld", (long long)p.last));
        else
            out_null(&p.reply.out, "next");
        out_object_end(&p.reply.out);
        reply_send(&p.reply, x, 200);
    } else {
        reply_problem(a, x, 500, "unreadable", &err);
    }
    reply_release(&p.reply);
}

static void audit_verify(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct reply reply freed_by(reply_release);
    struct error err = {0};
    bool whole = audit_check(a->with.people, &err);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_bool(&reply.out, "whole", whole);
    out_str(&reply.out, "problem", whole ? STR_NONE : str_of(err.text));
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static const struct route routes[] = {
    {"GET", "/api/v1/audit", ACCESS_ADMIN, 0, audit_get},
    {"GET", "/api/v1/audit/check", ACCESS_ADMIN, 0, audit_verify},
    {.method = NULL},
};

void admin_audit(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
