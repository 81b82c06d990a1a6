/* admin_delivery_body.c -- GET /api/v1/deliveries/{id}/body: what was said in its
 * last tries that failed, as it was kept; and its request rendered once more, for
 * of those that arrived nothing is kept. Never a secret, nor a link that works. */
#include "admin/delivery.h"
#include "admin/params.h"
#include "admin/preview.h"
#include "admin/question.h"
#include "admin/reply.h"
#include "config/ack_link.h"
#include "config/hide.h"
#include "config/render_input.h"

struct body_question {
    struct question q; /* first */
    struct delivery_id id;
    struct delivery_page page, began; /* its row; that of the engage it ends */
    struct attempt_row *tries;
    size_t try_count;
    struct alert alert; /* id 0: the outbox has it no more */
};

/* --- on the historian --------------------------------------------------------- */

static bool row_read(struct body_question *b, struct delivery_page *p, int64_t alert_id,
                     const struct historian_view *view)
{
    p->query = (struct delivery_query){.state = -1, .limit = 1, .alert_id = alert_id,
                                       .recipient_id = b->id.recipient_id};
    return delivery_page_read(p, view->outbox, &b->q.arena, &b->q.err);
}

/* False: it cannot be read, not that it is gone. */
static bool alert_find(struct body_question *b, const struct historian_view *view)
{
    struct question *q = &b->q;
    const struct json *tree;
    int64_t accepted_ms;
    struct str line;

    if (!outbox_read_alert(view->outbox, b->id.alert_id, &q->arena, &line, &accepted_ms,
                           &q->err))
        return q->err.text[0] == '\0';
    tree = json_parse(&q->arena, line, &q->err);
    if (tree == NULL || !alert_read(&q->arena, tree, accepted_ms, &b->alert, &q->err))
        return false;
    b->alert.id = b->id.alert_id;
    b->alert.line = line;
    return b->alert.began_id == 0 || row_read(b, &b->began, b->alert.began_id, view);
}

static void ask(void *question, const struct historian_view *view)
{
    struct body_question *b = question;

    b->q.ok = row_read(b, &b->page, b->id.alert_id, view) &&
              outbox_read_attempts(view->outbox, b->id, &b->q.arena, &b->tries,
                                   &b->try_count, &b->q.err) &&
              alert_find(b, view);
}

/* --- as it was said ---------------------------------------------------------------- */

static void open_write(struct json_out *o, const char *name, enum json_type type)
{
    if (type == JSON_OBJECT)
        out_object(o, name);
    else
        out_array(o, name);
}

static void close_write(struct json_out *o, enum json_type type)
{
    if (type == JSON_OBJECT)
        out_object_end(o);
    else
        out_array_end(o);
}

/* What was a secret then is gone already; what is one now goes here. */
static void tree_write(const struct hide *h, struct json_out *o, const char *name,
                       const struct json *j)
{
    if (j->type == JSON_STRING) {
        out_str(o, name, hide_text(h, j->text, TRANSCRIPT_BYTES_MAX));
    } else if (j->type == JSON_OBJECT || j->type == JSON_ARRAY) {
        open_write(o, name, j->type);
        for (const struct json *e = j->first; e != NULL; e = e->next)
            tree_write(h, o, e->name.p != NULL ? arena_c(h->arena, e->name) : NULL, e);
        close_write(o, j->type);
    } else {
        out_tree(o, name, j);
    }
}

static void transcript_write(void *question, struct str text, struct json_out *o)
{
    struct body_question *b = question;
    const struct hide h = {.now = b->q.admin->with.config, .arena = &b->q.arena};
    struct error ignored; /* one that cannot be read is as good as none */
    const struct json *tree = NULL;

    if (text.n > 0)
        tree = json_parse(&b->q.arena, text, &ignored);
    if (tree != NULL)
        tree_write(&h, o, "transcript", tree);
    else
        out_null(o, "transcript");
}

/* --- rendered again ------------------------------------------------------------------ */

static bool engage_was_delivered(const struct body_question *b)
{
    return b->began.n > 0 && b->began.rows[0].state == DELIVERY_DELIVERED;
}

static enum phase phase_of(const struct body_question *b)
{
    if (b->alert.action != ACTION_RELEASE)
        return PHASE_NEW;
    return engage_was_delivered(b) ? PHASE_RELEASE : PHASE_LATE;
}

static struct str link_of(struct body_question *b, const struct recipient *r)
{
    const struct ack_link link = {.alert_id = b->id.alert_id, .recipient_id = r->id};

    if (b->alert.action != ACTION_ENGAGE || !r->endpoint->type->own_words)
        return STR_NONE;
    return ack_link_unsigned(ack_link_url(b->q.admin->with.config, &link, &b->q.arena),
                             &b->q.arena);
}

/* What stands in the way of it; "": nothing. */
static struct str obstacle(const struct body_question *b, const struct recipient *r)
{
    if (r == NULL)
        return STR("its recipient is no more");
    if (b->alert.id == 0)
        return STR("the outbox has its alert no more");
    if (r->builtin)
        return STR("the builtin alert store takes alerts as they are");
    return r->endpoint->fault.n > 0 ? r->endpoint->fault : r->fault;
}

static bool render_again(struct body_question *b, const struct recipient *r,
                         struct request *out, struct error *err)
{
    const struct delivery_row *row = &b->page.rows[0];
    struct arena *a = &b->q.arena;
    struct render_item *item = arena_new(a, sizeof *item);
    struct render_input *in = arena_new(a, sizeof *in);

    *item = (struct render_item){
        .alert = &b->alert,
        .phase = phase_of(b),
        .ack_link = link_of(b, r),
        .id = delivery_id_text(b->id, a),
    };
    if (item->phase == PHASE_RELEASE)
        item->handle = b->began.rows[0].handle;
    render_input_for(config_now(b->q.admin->with.config), r->endpoint, r,
                     row->settled_ms > 0 ? row->settled_ms
                                         : clock_wall_ms(b->q.admin->with.clock),
                     in);
    in->items = item;
    in->count = 1;
    return r->endpoint->type->render(in, a, out, err);
}

static void again_write(struct body_question *b, struct json_out *o)
{
    const struct snapshot *now = config_now(b->q.admin->with.config);
    const struct recipient *r = snapshot_recipient_id(now, b->id.recipient_id);
    struct str because = obstacle(b, r);
    struct request request = {0};
    struct error err = {0};

    out_object(o, "again");
    if (because.n == 0 && render_again(b, r, &request, &err)) {
        preview_request_write(&request, now, o);
        out_null(o, "because");
    } else {
        out_null(o, "request");
        preview_text_write(now, o, "because", because.n > 0 ? because : str_of(err.text));
    }
    out_object_end(o);
}

/* --- the answer ------------------------------------------------------------------------ */

static void answer(void *question)
{
    struct body_question *b = question;
    struct question *q = &b->q;
    struct reply reply freed_by(reply_release) = {0};

    if (!q->ok || b->page.n == 0) {
        question_failed(q, "delivery");
        return;
    }
    reply_init(&reply);
    out_object(&reply.out, NULL);
    delivery_write(q->admin, &b->page.rows[0], &reply.out, "data", &q->arena);
    tries_write(q->admin, b->tries, b->try_count, &reply.out, transcript_write, b);
    again_write(b, &reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, q->x, 200);
    question_end(q);
}

/* It holds an alert, and addresses and answers of the endpoint. */
static bool may_see(struct admin *a, struct exchange *x)
{
    if (exchange_may(x, ACCESS_CONFIG_READ))
        return true;
    reply_problem_text(a, x, 403, "forbidden",
                       "requests and answers need the scope config:read beside "
                       "alerts:read");
    return false;
}

static void body_get(void *admin, struct exchange *x)
{
    static const char *const no_params[] = {NULL};
    struct admin *a = admin;
    struct body_question *b;
    struct delivery_id id;

    if (!params_known(a, x, no_params) || !may_see(a, x) ||
        !params_delivery_id(a, x, &id))
        return;
    b = question_new(a, x, sizeof *b);
    b->id = id;
    question_read(&b->q, ask, answer);
}

static const struct route routes[] = {
    {"GET", "/api/v1/deliveries/{id}/body", ACCESS_ALERTS_READ, 0, body_get},
    {.method = NULL},
};

void admin_delivery_body(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
