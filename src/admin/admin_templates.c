/* admin_templates.c -- POST /api/v1/templates/check: what is wrong with a
 * recipient's own words, while they are being written; and the names there are. */
#include "admin/params.h"
#include "admin/reply.h"
#include "message/template.h"

/* `err` begins with its place, "line 2, column 7: ...", where it has one. */
static void mistake_write(struct json_out *o, const char *member,
                          const struct error *err)
{
    out_object(o, NULL);
    out_text(o, "member", member);
    out_text(o, "message", err->text);
    out_object_end(o);
}

static void member_check(struct exchange *x, const struct json *body,
                         const char *member, struct json_out *o)
{
    const struct json *text = json_get(body, member);
    struct error err = {0};

    if (json_is(text, JSON_STRING) && json_text(text).n > 0 &&
        template_parse(json_text(text), exchange_arena(x), &err) == NULL)
        mistake_write(o, member, &err);
}

static void names_write(struct exchange *x, struct json_out *o)
{
    static const char *const kinds[] = {"part", "alert", "fact"};
    struct template_name *names;
    size_t n = template_names(NULL, exchange_arena(x), &names);

    out_array(o, "names");
    for (size_t i = 0; i < n; i++) {
        out_object(o, NULL);
        out_str(o, "name", names[i].name);
        out_text(o, "kind", kinds[names[i].kind]);
        out_object_end(o);
    }
    out_array_end(o);
}

static void check_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"title_template", "text_template",
                                          NULL};
    struct reply reply freed_by(reply_release) = {0};
    const struct json *body = params_object(admin, x, members, true);

    if (body == NULL)
        return;
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "errors");
    for (size_t i = 0; members[i] != NULL; i++)
        member_check(x, body, members[i], &reply.out);
    out_array_end(&reply.out);
    names_write(x, &reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static const struct route routes[] = {
    {"POST", "/api/v1/templates/check", ACCESS_CONFIG_WRITE, ADMIN_BODY_MAX,
     check_post},
    {.method = NULL},
};

void admin_templates(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
