/* holds.c -- the one place that says whether a delivery is held back: a table of
 * judges, the first that says yes decides. */
#include "routing/holds.h"

#include "routing/hold_judges.h"

/* In this order; a new kind gets its line here and its file beside. */
static const struct hold_judge *const judges[] = {
    &hold_judge_silenced, &hold_judge_inhibited, &hold_judge_flapping,
    &hold_judge_repeat,   &hold_judge_quiet,     &hold_judge_digest,
    &hold_judge_storm,    NULL,
};

const char *hold_kind_name(enum hold_kind k)
{
    static const char *const names[HOLD_KINDS] = {
        [HOLD_NONE] = "",
        [HOLD_SILENCED] = "silenced",
        [HOLD_INHIBITED] = "inhibited",
        [HOLD_FLAPPING] = "flapping",
        [HOLD_REPEAT] = "repeat",
        [HOLD_ESCALATION] = "escalation",
        [HOLD_QUIET] = "quiet",
        [HOLD_DIGEST] = "digest",
        [HOLD_STORM] = "storm",
    };

    return names[k];
}

bool hold_gathers(enum hold_kind k)
{
    return k == HOLD_QUIET || k == HOLD_DIGEST || k == HOLD_STORM;
}

static bool judge(const struct hold_judge *j, const struct hold_question *q,
                  struct hold *out)
{
    *out = (struct hold){.kind = j->kind};
    return q->ended != j->kind && j->holds(q, out);
}

size_t holds_explain(const struct hold_question *q, struct hold_reason out[HOLD_KINDS])
{
    size_t n = 0;

    for (size_t i = 0; judges[i] != NULL && !q->builtin; i++, n++) {
        struct hold hold;

        out[n] = (struct hold_reason){.kind = judges[i]->kind};
        out[n].holds = judge(judges[i], q, &hold);
        judges[i]->words(q, out[n].holds ? &hold : NULL, &out[n]);
    }
    return n;
}

void holds_decide(const struct hold_question *q, struct hold *out)
{
    *out = (struct hold){0};
    if (q->builtin)
        return;
    for (size_t i = 0; judges[i] != NULL; i++) {
        struct hold hold;

        if (!judge(judges[i], q, &hold))
            continue;
        assert(hold.final || hold.until_ms == 0 || hold.until_ms > q->now_ms);
        *out = hold;
        break;
    }
    if (out->kind == HOLD_NONE || hold_gathers(out->kind))
        hold_pace_remark(q, &out->remark);
}
