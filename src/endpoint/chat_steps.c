/* chat_steps.c -- edit, answer, post anew, post as text: which, and what is next. */
#include "endpoint/chat_steps.h"

static bool place_read(struct str id, struct chat_place *out)
{
    out->id = id;
    out->channel = str_until(&out->id, ':');
    return out->channel.n > 0 && out->id.n > 0;
}

enum chat_deed chat_deed(const struct render_input *in,
                         bool (*ok)(const struct chat_place *place),
                         struct chat_place *began)
{
    bool shared;
    struct str id = chat_handle_id(in->items[0].handle, &shared);

    if (!phase_follows(in->items[0].phase) || in->count != 1 ||
        (in->step & CHAT_ANEW) != 0 || !place_read(id, began) || !ok(began))
        return CHAT_POST;
    return shared || in->step == CHAT_REPLY ? CHAT_ANSWER : CHAT_EDIT;
}

bool chat_wants(const struct render_item *item,
                bool (*ok)(const struct chat_place *place), struct error *why_not)
{
    struct chat_place began;
    bool shared;
    struct str id = chat_handle_id(item->handle, &shared);

    if (!phase_is_ack(item->phase))
        return true;
    if (shared)
        return error_set(why_not, "the alert was told together with others");
    return (place_read(id, &began) && ok(&began)) ||
           error_set(why_not, "there is no message of it that can be changed");
}

void chat_judge(const struct render_input *in, enum chat_deed deed,
                chat_read_fn *read, const struct response *r, struct arena *a,
                struct verdict *v)
{
    struct verdict verdict;

    if (judge_answered(r, a, &verdict))
        read(in, deed, r, a, &verdict);
    verdict.doubtful = verdict.doubtful && deed != CHAT_EDIT;
    judge_all(verdict, v, in->count);
}

bool chat_text_only(const struct render_input *in)
{
    return in->step == CHAT_REPLY || (in->step & CHAT_PLAIN) != 0;
}

bool chat_whole(const struct render_input *in, enum chat_deed deed)
{
    return in->items[0].phase != PHASE_RELEASE || deed == CHAT_EDIT;
}

void chat_delivered(const struct render_input *in, enum chat_deed deed, int status,
                    const struct chat_place *place, struct arena *a,
                    struct verdict *v)
{
    struct str remark = STR_NONE;

    if (in->carry.n > 0)
        remark = arena_printf(a, "as plain text, after %.*s", STR_ARG(in->carry));
    *v = (struct verdict){.kind = VERDICT_DELIVERED,
                          .reason = judge_reason(status, remark, a)};
    if (deed == CHAT_EDIT && phase_is_ack(in->items[0].phase))
        return;
    if (deed == CHAT_EDIT) {
        v->kind = VERDICT_AGAIN;
        v->step = CHAT_REPLY;
        v->carry = in->carry;
    } else if (place->channel.n > 0 && place->id.n > 0) {
        v->handle = chat_handle(in, arena_printf(a, "%.*s:%.*s",
                                                 STR_ARG(place->channel),
                                                 STR_ARG(place->id)), a);
    }
}

void chat_refused(const struct render_input *in, struct str why, struct arena *a,
                  struct verdict *v)
{
    *v = (struct verdict){.kind = VERDICT_REFUSED, .reason = why};
    if (in->step == CHAT_REPLY) {
        v->kind = VERDICT_DELIVERED;
        v->reason = judge_reason(0, arena_printf(a, "edited; its reply was "
                                                    "refused: %.*s",
                                                 STR_ARG(why)), a);
    } else if ((in->step & CHAT_PLAIN) == 0) {
        v->kind = VERDICT_AGAIN;
        v->step = in->step | CHAT_PLAIN;
        v->carry = why;
    }
}

void chat_anew(const struct render_input *in, struct str why, struct verdict *v)
{
    if (phase_is_ack(in->items[0].phase)) {
        *v = (struct verdict){.kind = VERDICT_DELIVERED, .reason = why};
        return;
    }
    *v = (struct verdict){
        .kind = VERDICT_AGAIN,
        .step = (in->step & CHAT_PLAIN) | CHAT_ANEW,
        .carry = in->carry,
        .reason = why,
    };
}
