/* choices.c -- asks an endpoint what there is to choose from: the chats a bot has
 * seen, the channels of a server. */
#include "courier/inquiry.h"

#define CHOICE_TEXT_MAX 500 /* bytes of a value or label */

struct choosing {
    struct inquiry inquiry;
    courier_choices_fn *done;
    void *arg;
};

/* Whether there was an answer, and it could be read. */
static bool answer_read(struct choosing *c, const struct response *r,
                        struct choice_list *out, struct error *err)
{
    const struct endpoint_type *type = c->inquiry.endpoint->type;
    struct arena *a = &c->inquiry.arena;
    struct verdict v;

    if (r->outcome != OUTCOME_ANSWERED) {
        judge_no_answer(r, a, &v);
        return error_set(err, "%.*s", STR_ARG(v.reason));
    }
    if (!type->choices_read(r, a, out, err))
        return false;
    if (out->n > CHOICES_MAX)
        return error_set(err, "%s offers %zu choices, more than %d: write the "
                              "%s by hand",
                         type->title, out->n, CHOICES_MAX, type->choices_field);
    return true;
}

static void choices_answered(void *inquiry, const struct response *r)
{
    struct choosing *c = inquiry;
    struct choice_list list = {0};
    struct error err = {0}, shown = {0};
    bool read = answer_read(c, r, &list, &err);

    for (size_t i = 0; read && i < list.n; i++) {
        struct choice *each = &list.v[i];

        each->value = inquiry_shown(&c->inquiry, each->value, CHOICE_TEXT_MAX);
        each->label = inquiry_shown(&c->inquiry, each->label, CHOICE_TEXT_MAX);
    }
    error_set(&shown, "%.*s", STR_ARG(inquiry_shown(&c->inquiry, str_of(err.text),
                                                    ERROR_TEXT_MAX)));
    c->done(c->arg, read ? &list : NULL, &shown);
    inquiry_end(&c->inquiry);
}

bool courier_choices(struct courier *c, const struct endpoint *e,
                     courier_choices_fn *done, void *arg, struct error *err)
{
    const struct endpoint_type *type = e->type;
    struct choosing *choosing;

    if (type->choices == NULL)
        return error_set(err, "%s offers nothing to choose from", type->title);
    choosing = inquiry_new(c, e, NULL, sizeof *choosing, err);
    if (choosing == NULL)
        return false;
    choosing->done = done;
    choosing->arg = arg;
    if (!type->choices(e->params, &choosing->inquiry.arena,
                       &choosing->inquiry.request, err)) {
        inquiry_end(&choosing->inquiry);
        return false;
    }
    inquiry_send(&choosing->inquiry, choices_answered);
    return true;
}
