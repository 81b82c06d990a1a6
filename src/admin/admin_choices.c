/* admin_choices.c -- what there is to choose from: the chats a bot has seen, the
 * channels of a server, the scripts that may be run; of an endpoint, or of one
 * that is still being written. */
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/question.h"
#include "admin/reply.h"
#include "admin/testing.h"
#include "config/draft.h"

static const char *const nothing[] = {NULL};

struct choosing {
    struct question question;
    struct endpoint draft; /* its parameters in the question's arena */
    const char *field;
};

static void choice_write(struct json_out *o, const char *field,
                         struct str value, struct str label)
{
    out_object(o, NULL);
    out_text(o, "field", field);
    out_str(o, "value", value);
    out_str(o, "label", label);
    out_object_end(o);
}

/* --- scripts -------------------------------------------------------------- */

static void scripts_write(struct json_out *o, const char *field,
                          const struct script_list *list)
{
    out_object(o, NULL);
    out_array(o, "data");
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].why_not.n == 0)
            choice_write(o, field, list->v[i].name, list->v[i].name);
    out_array_end(o);
    out_array(o, "refused");
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i].why_not.n == 0)
            continue;
        out_object(o, NULL);
        out_str(o, "value", list->v[i].name);
        out_str(o, "reason", list->v[i].why_not);
        out_object_end(o);
    }
    out_array_end(o);
    out_object_end(o);
}

static void scripts_answer(struct admin *a, struct exchange *x,
                           const char *field)
{
    struct reply reply freed_by(reply_release) = {0};
    struct str directory = config_now(a->with.config)->settings.scripts_dir;
    struct script_list list;
    struct error err;

    if (!transport_scripts(directory, exchange_arena(x), &list, &err)) {
        reply_problem(a, x, 422, "no-choices", &err);
        return;
    }
    reply_init(&reply);
    scripts_write(&reply.out, field, &list);
    reply_send(&reply, x, 200);
}

/* --- what the other side offers ------------------------------------------- */

static void choices_answer(const struct choosing *c,
                           const struct choice_list *list)
{
    struct reply reply freed_by(reply_release);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "data");
    for (size_t i = 0; i < list->n; i++)
        choice_write(&reply.out, c->field, list->v[i].value, list->v[i].label);
    out_array_end(&reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, c->question.x, 200);
}

static void choices_done(void *question, const struct choice_list *list,
                         const struct error *why_not)
{
    struct choosing *c = question;
    struct admin *a = c->question.admin;

    a->tests--;
    if (list != NULL)
        choices_answer(c, list);
    else
        reply_problem(a, c->question.x, 502, "choices-refused", why_not);
    question_end(&c->question);
}

/* `c` is the draft's owner. */
static void choices_ask(struct choosing *c, const struct endpoint *e)
{
    struct question *q = &c->question;

    c->field = e->type->choices_field;
    q->admin->tests++;
    if (courier_choices(q->admin->with.courier, e, choices_done, c, &q->err))
        return;
    q->admin->tests--;
    reply_problem(q->admin, q->x, 422, "no-choices", &q->err);
    question_end(q);
}

/* --- of an endpoint, and of a draft ---------------------------------------- */

static void endpoint_choices(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct str name = exchange_segment(x, "name");
    const struct endpoint *e =
        snapshot_endpoint(config_now(a->with.config), name);
    const struct field *script = e != NULL ? script_field(e->type) : NULL;

    if (!params_known(a, x, nothing))
        return;
    if (e == NULL)
        objects_not_found(&a->endpoints, x, name);
    else if (script != NULL)
        scripts_answer(a, x, script->name);
    else if (testing_has_room(a, x))
        choices_ask(question_new(a, x, sizeof(struct choosing)), e);
}

static void draft_choices_of(struct admin *a, struct exchange *x,
                             const struct endpoint_type *type,
                             const struct json *params)
{
    struct choosing *c = question_new(a, x, sizeof *c);
    struct question *q = &c->question;
    const struct field *script = script_field(type);

    if (!endpoint_draft(type, params, &q->arena, &c->draft, &q->err)) {
        reply_problem(a, x, 422, "invalid-object", &q->err);
    } else if (script != NULL) {
        scripts_answer(a, x, script->name);
    } else if (testing_has_room(a, x)) {
        choices_ask(c, &c->draft);
        return;
    }
    question_end(q);
}

static void type_not_found(struct admin *a, struct exchange *x, struct str name)
{
    struct str shown = str_first(name, utf8_cut(name, NAME_MAX_BYTES));

    reply_problem_text(a, x, 404, "not-found",
                       "no endpoint type named \"%.*s\"; see "
                       "/api/v1/schema/endpoint-types",
                       STR_ARG(shown));
}

static void draft_choices(void *admin, struct exchange *x)
{
    static const char *const members[] = {"params", NULL};
    struct admin *a = admin;
    struct str name = exchange_segment(x, "type");
    const struct endpoint_type *type = endpoint_type_find(name);
    const struct json *body;

    if (!params_known(a, x, nothing))
        return;
    if (type == NULL || type->builtin) {
        type_not_found(a, x, name);
        return;
    }
    body = params_object(a, x, members, true);
    if (body != NULL)
        draft_choices_of(a, x, type, json_get(body, "params"));
}

static const struct route routes[] = {
    {"GET", "/api/v1/endpoints/{name}/choices", ACCESS_CONFIG_WRITE, 0,
     endpoint_choices},
    {"POST", "/api/v1/endpoint-types/{type}/choices", ACCESS_CONFIG_WRITE,
     ADMIN_BODY_MAX, draft_choices},
    {.method = NULL},
};

void admin_choices(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
