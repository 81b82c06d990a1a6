/* sample.c -- the test button: a sample alert through the real path, outside the
 * queue, with a transcript of every step. */
#include "courier/lane.h"

#include "config/render_input.h"

struct trial { /* one test on its way */
    struct courier *courier;
    const struct snapshot *snapshot; /* acquired */
    const struct endpoint *endpoint;
    struct arena arena;
    struct alert alert;
    struct render_item part;
    struct render_input input; /* of `request` */
    struct request request;
    struct sending *sending;
    courier_test_fn *done;
    void *arg;
    struct trial *next, *previous; /* in the courier's list */
};

static void sample_fact(struct json_list *facts, struct arena *a,
                        const char *name, struct json *value)
{
    json_list_add(facts, a, str_of(name), value);
}

/* The seed's own flow alert, so that a test looks like the real thing. */
void sample_alert(struct alert *out, int64_t now_ms, struct arena *a)
{
    struct json_list facts = {0};

    sample_fact(&facts, a, "cli_ip", json_new_string(a, STR("192.168.1.29")));
    sample_fact(&facts, a, "cli_port", json_new_i64(a, 60952));
    sample_fact(&facts, a, "srv_ip", json_new_string(a, STR("23.206.251.35")));
    sample_fact(&facts, a, "srv_port", json_new_i64(a, 80));
    sample_fact(&facts, a, "proto", json_new_i64(a, 6));
    sample_fact(&facts, a, "proto.ndpi", json_new_string(a, STR("HTTP")));
    sample_fact(&facts, a, "cli2srv_bytes", json_new_i64(a, 681));
    sample_fact(&facts, a, "srv2cli_bytes", json_new_i64(a, 558));
    sample_fact(&facts, a, "test", json_new_bool(a, true));
    *out = (struct alert){
        .action = ACTION_STORE,
        .entity = ENTITY_FLOW,
        .entity_value = STR("192.168.1.29:60952->23.206.251.35:80/tcp"),
        .type = STR("low_goodput"),
        .type_id = 12,
        .category = STR("network"),
        .severity = SEVERITY_NOTICE,
        .score = 10,
        .message = STR("This is a test from Tocsin: a sample alert, nothing "
                       "is wrong."),
        .tstamp_ms = now_ms,
        .key = STR("tocsin:test"),
        .source = STR("tocsin"),
        .facts = json_new_object(a, &facts),
    };
}

static void step_write(struct json_out *o, const char *step, int64_t us)
{
    if (us <= 0)
        return;
    out_object(o, NULL);
    out_text(o, "step", step);
    out_double(o, "ms", (double)us / 1000.0);
    out_object_end(o);
}

static void steps_write(struct json_out *o, const struct response *r)
{
    out_array(o, "steps");
    step_write(o, "resolve", r->lookup_us);
    step_write(o, "connect", r->connect_us - r->lookup_us);
    step_write(o, "tls", r->tls_us > 0 ? r->tls_us - r->connect_us : 0);
    step_write(o, "send", r->total_us - MAX(r->connect_us, r->tls_us));
    out_array_end(o);
}

static const char *verdict_words(const struct trial *t, const struct verdict *v)
{
    switch (v->kind) {
    case VERDICT_DELIVERED:
        return t->endpoint->type->via == VIA_SYSLOG
                   ? "accepted: written, syslog confirms no more"
                   : "delivered";
    case VERDICT_DEFERRED:
        return "failed: would be tried again";
    case VERDICT_REFUSED:
        return "refused: would not be tried again";
    case VERDICT_AGAIN:
        return "failed: not at an end";
    }
    bug("no such verdict");
}

static void redacted(const struct trial *t, struct json_out *o, const char *name,
                     struct str text)
{
    struct buf b freed_by(buf_release) = BUF(RESPONSE_MAX * 4);

    config_redact(t->courier->with.config, &b, text);
    out_str(o, name, buf_view(&b));
}

static void trial_link(struct trial *t)
{
    t->next = t->courier->trials;
    if (t->next != NULL)
        t->next->previous = t;
    t->courier->trials = t;
}

static void trial_free(struct trial *t)
{
    if (t->previous != NULL)
        t->previous->next = t->next;
    else
        t->courier->trials = t->next;
    if (t->next != NULL)
        t->next->previous = t->previous;
    config_release(t->courier->with.config, t->snapshot);
    arena_release(&t->arena);
    free(t);
}

static void trial_answered(void *arg, const struct response *r)
{
    struct trial *t = arg;
    struct buf b freed_by(buf_release) = BUF(RESPONSE_MAX * 8);
    struct json_out o = JSON_OUT(&b);
    struct verdict v = {0};
    bool ok;

    t->endpoint->type->judge(&t->input, &t->request, r, &t->arena, &v);
    ok = v.kind == VERDICT_DELIVERED;
    out_object(&o, NULL);
    out_bool(&o, "ok", ok);
    out_str(&o, "endpoint", t->endpoint->name);
    out_text(&o, "type", t->endpoint->type->name);
    out_str(&o, "peer", r->peer);
    steps_write(&o, r);
    out_i64(&o, "status", r->status);
    out_text(&o, "verdict", verdict_words(t, &v));
    redacted(t, &o, "reason", v.reason);
    redacted(t, &o, "answer", str_first(r->body, RESPONSE_MAX));
    out_object_end(&o);
    t->done(t->arg, ok, buf_view(&b));
    trial_free(t);
}

/* A type with recipient parameters of its own can only be tested with them. */
static bool recipient_params(struct trial *t, const struct recipient *r,
                             const void **params, struct error *err)
{
    const struct endpoint_type *type = t->endpoint->type;
    void *made;

    if (r != NULL || type->recipient_fields == NULL) {
        *params = r != NULL ? r->params : NULL;
        return true;
    }
    made = arena_new(&t->arena, MAX(type->recipient_size, 1u));
    *params = made;
    if (!fields_read(type->recipient_fields, NULL, made, &t->arena, err))
        return error_in(err, "%s needs to know who to send to; test one of its "
                             "recipients instead",
                        type->title);
    return true;
}

static bool trial_render(struct trial *t, const struct recipient *r,
                         struct error *err)
{
    render_input_for(t->snapshot, t->endpoint, r,
                     clock_wall_ms(t->courier->clock), &t->input);
    t->input.items = &t->part;
    t->input.count = 1;
    t->input.test = true;
    t->part = (struct render_item){
        .alert = &t->alert,
        .phase = PHASE_NEW,
        .id = arena_printf(&t->arena, "test-%lld",
                           (long long)t->input.place.now_ms),
    };
    return recipient_params(t, r, &t->input.recipient, err) &&
           t->endpoint->type->render(&t->input, &t->arena, &t->request, err);
}

bool courier_test(struct courier *c, const struct endpoint *e,
                  const struct recipient *r, courier_test_fn *done, void *arg,
                  struct error *err)
{
    struct trial *t;

    if (e->builtin)
        return error_set(err, "the builtin alert store has no test: look for "
                              "the alert with `tocsin alerts list`");
    if (e->fault.n > 0 || (r != NULL && r->fault.n > 0))
        return error_set(err, "%.*s",
                         STR_ARG(e->fault.n > 0 ? e->fault : r->fault));
    t = mem_new(sizeof *t);
    t->courier = c;
    t->snapshot = config_acquire(c->with.config);
    t->endpoint = e;
    t->done = done;
    t->arg = arg;
    trial_link(t);
    sample_alert(&t->alert, clock_wall_ms(c->clock), &t->arena);
    if (!trial_render(t, r, err)) {
        trial_free(t);
        return false;
    }
    t->sending = c->with.carrier.send(c->with.carrier.arg, &t->request,
                                      trial_answered, t);
    return true;
}

void trials_abandon(struct courier *c)
{
    while (c->trials != NULL) {
        c->with.carrier.cancel(c->with.carrier.arg, c->trials->sending);
        trial_free(c->trials);
    }
}
