/* trial.c -- the test button: asks the type's questions, then sends a sample
 * alert, one request after the other, and remembers what came of each. */
#include "courier/trial.h"

#include "config/render_input.h"

static const struct endpoint_type *type_of(const struct trial *t)
{
    return t->inquiry.endpoint->type;
}

/* What a question is made from: the same, without an alert. */
static struct render_input probe_input(const struct trial *t)
{
    struct render_input in = t->input;

    in.items = NULL;
    in.count = 0;
    return in;
}

/* --- what is sent -------------------------------------------------------- */

/* The parameters of a recipient that is not given, if there need be none. */
static bool recipient_params(struct trial *t, struct error *err)
{
    const struct endpoint_type *type = type_of(t);
    void *made = arena_new(&t->inquiry.arena, MAX(type->recipient_size, 1u));

    if (type->recipient_fields == NULL ||
        (fields_read(type->recipient_fields, NULL, made, &t->inquiry.arena, err) &&
         (type->check == NULL || type->check(t->inquiry.endpoint->params, made, err)))) {
        t->input.recipient = made;
        return true;
    }
    t->needs_recipient = true;
    return error_in(err, "%s needs to know who to send to; test one of its "
                         "recipients instead",
                    type->title);
}

static void input_make(struct trial *t, const struct recipient *r)
{
    render_input_for(t->inquiry.snapshot, t->inquiry.endpoint, r,
                     clock_wall_ms(t->inquiry.courier->clock), &t->input);
    t->input.items = &t->part;
    t->input.count = 1;
    t->input.test = true;
}

/* Before any question is asked: what cannot be rendered is known at once. */
static bool sample_make(struct trial *t, const struct recipient *r,
                        struct error *err)
{
    struct arena *a = &t->inquiry.arena;

    input_make(t, r);
    sample_alert(&t->alert, t->input.place.now_ms, a);
    t->part = (struct render_item){
        .alert = &t->alert,
        .phase = PHASE_NEW,
        .id = arena_printf(a, "test-%lld", (long long)t->input.place.now_ms),
    };
    return (r != NULL || recipient_params(t, err)) &&
           type_of(t)->render(&t->input, a, &t->sample, err);
}

/* The next question. False: there is none, or err->text says what is wrong. */
static bool probe_next(struct trial *t, struct asked *next, struct error *err)
{
    struct render_input in = probe_input(t);
    struct probe probe = {0};

    if (type_of(t)->probe == NULL ||
        !type_of(t)->probe(&in, t->probes, &t->inquiry.arena, &probe, err))
        return false;
    assert(t->probes < PROBES_MAX);
    t->probes++;
    next->name = probe.name;
    t->inquiry.request = probe.request;
    return true;
}

/* The sample's first request, or the one its last verdict asked for. */
static bool sample_next(struct trial *t, struct asked *next, struct error *err)
{
    struct arena *a = &t->inquiry.arena;

    next->name = "sample";
    if (t->samples++ == 0) {
        t->inquiry.request = t->sample;
        return true;
    }
    assert(t->verdict.step > 0 && t->verdict.step < STEPS_MAX);
    next->name = arena_printf(a, "sample (%zu)", t->samples).p;
    t->input.step = t->verdict.step;
    t->input.carry = arena_str(&t->inquiry.arena, t->verdict.carry);
    return type_of(t)->render(&t->input, a, &t->inquiry.request, err);
}

static void trial_answered(void *inquiry, const struct response *r);

/* Sends what comes next. False: nothing does, or err->text says why not. */
static bool trial_next(struct trial *t, struct error *err)
{
    struct asked *next = &t->asked[t->asked_count];

    assert(t->asked_count < COUNT_OF(t->asked));
    *next = (struct asked){.name = "probe"};
    err->text[0] = '\0';
    t->probing = t->samples == 0 && probe_next(t, next, err);
    if (!t->probing && (err->text[0] != '\0' || t->needs_recipient ||
                        !sample_next(t, next, err)))
        return false;
    inquiry_send(&t->inquiry, trial_answered);
    return true;
}

/* --- what comes back ----------------------------------------------------- */

static void trial_judge(struct trial *t, const struct response *r)
{
    struct render_input in = probe_input(t);
    struct verdict *v = &t->verdict;

    *v = (struct verdict){0};
    if (t->probing)
        type_of(t)->judge_probe(&in, t->probes - 1, r, &t->inquiry.arena, v);
    else
        type_of(t)->judge(&t->input, &t->inquiry.request, r, &t->inquiry.arena,
                          v);
}

static void trial_note(struct trial *t, const struct response *r)
{
    struct asked *now = &t->asked[t->asked_count++];
    const struct verdict *v = &t->verdict;
    bool taken = r->outcome == OUTCOME_ANSWERED && r->status < 400;

    now->ok = v->kind == VERDICT_DELIVERED || (v->kind == VERDICT_AGAIN && taken);
    now->reason = inquiry_shown(&t->inquiry, v->reason, REASON_MAX);
    now->response = *r;
    now->response.body = inquiry_shown(&t->inquiry, r->body, TRIAL_ANSWER_MAX);
    now->response.error = STR_NONE; /* the reason says it */
    now->response.peer = arena_str(&t->inquiry.arena, r->peer);
}

static bool goes_on(const struct trial *t)
{
    if (t->probing)
        return t->verdict.kind == VERDICT_DELIVERED;
    return t->verdict.kind == VERDICT_AGAIN && t->samples < STEPS_MAX;
}

static void trial_end(struct trial *t)
{
    struct buf b freed_by(buf_release) = BUF(1u << 20);

    transcript_write(t, &b);
    assert(!b.over);
    t->done(t->arg, t->verdict.kind == VERDICT_DELIVERED, buf_view(&b));
    inquiry_end(&t->inquiry);
}

static void trial_answered(void *inquiry, const struct response *r)
{
    struct trial *t = inquiry;
    const struct response none = {.outcome = OUTCOME_ANSWERED};
    struct error err = {0};

    t->inquiry.sending = NULL;
    trial_judge(t, r);
    trial_note(t, r);
    if (goes_on(t) && trial_next(t, &err))
        return;
    if (err.text[0] != '\0') {
        t->verdict = (struct verdict){.kind = VERDICT_REFUSED,
                                      .reason = str_of(err.text)};
        trial_note(t, &none);
    }
    trial_end(t);
}

bool courier_test(struct courier *c, const struct endpoint *e,
                  const struct recipient *r, courier_test_fn *done, void *arg,
                  struct error *err)
{
    struct error why = {0};
    struct trial *t;

    if (e->builtin)
        return error_set(err, "the builtin alert store has no test: look for "
                              "the alert with `tocsin alerts list`");
    t = inquiry_new(c, e, r, sizeof *t, err);
    if (t == NULL)
        return false;
    t->done = done;
    t->arg = arg;
    if (sample_make(t, r, err) || t->needs_recipient) {
        if (trial_next(t, &why))
            return true;
        if (why.text[0] != '\0')
            *err = why; /* else err says why there is no sample */
    }
    inquiry_end(&t->inquiry);
    return false;
}
