/* hold_pace.c -- the holds that come of how much and when a recipient wants to be
 * told: flapping, repeats, quiet hours, digests, storms. */
#include "routing/hold_judges.h"
#include "routing/pace.h"

static bool begins(const struct hold_question *q)
{
    return q->change == CHANGE_ENGAGED || q->change == CHANGE_WORSENED ||
           q->change == CHANGE_STORED;
}

static const struct told_alert *was(const struct hold_question *q)
{
    return q->state->told == NULL
               ? NULL
               : told_alert(q->state->told, q->recipient_id, q->key_hash);
}

static enum flapping flaps(const struct hold_question *q, int64_t *until_ms)
{
    return q->pace != NULL && q->change == CHANGE_ENGAGED && q->held == HOLD_NONE
               ? pace_flaps(q->pace, was(q), q->now_ms, until_ms)
               : FLAPPING_NOT;
}

static bool holds_flapping(const struct hold_question *q, struct hold *out)
{
    if (flaps(q, &out->until_ms) != FLAPPING_ON)
        return false;
    out->reason = arena_printf(q->arena, "it flaps: it engaged %lld times or more "
                                         "in a short time; told when it has settled",
                               (long long)q->pace->flapping_count);
    return true;
}

/* A one-shot cannot be told later: it is over. What is engaged is, if it still is
 * when the interval ends. */
static bool holds_repeat(const struct hold_question *q, struct hold *out)
{
    const struct told_alert *told = was(q);
    char when[TIME_TEXT_MAX], interval[DURATION_TEXT_MAX];
    int64_t settled_ms;

    /* What gathers is told already, as it were; what has settled is to be told. */
    if (hold_gathers(q->held) || q->ended == HOLD_FLAPPING)
        return false;
    if (q->pace == NULL || !begins(q) || flaps(q, &settled_ms) != FLAPPING_NOT ||
        !pace_repeats(q->pace, told, q->alert->severity, q->now_ms, &out->until_ms))
        return false;
    out->final = q->change == CHANGE_STORED;
    if (out->final)
        out->until_ms = 0;
    time_text(told->told_ms, false, when);
    duration_text(q->pace->repeat_ms, interval);
    out->reason = arena_printf(q->arena, "the same was told at %s, and is at most every "
                                         "%s",
                               when, interval);
    return true;
}

static bool until(const struct hold_question *q, const char *what, struct hold *out)
{
    char when[TIME_TEXT_MAX];

    time_text(out->until_ms, false, when);
    out->reason = arena_printf(q->arena, "%s %s", what, when);
    return true;
}

static bool holds_quiet(const struct hold_question *q, struct hold *out)
{
    return q->pace != NULL &&
           pace_quiet(q->pace, q->alert->severity, q->now_ms, &out->until_ms) &&
           until(q, "quiet hours, until", out);
}

static bool holds_digest(const struct hold_question *q, struct hold *out)
{
    return q->pace != NULL &&
           pace_digests(q->pace, q->alert->severity, q->now_ms, &out->until_ms) &&
           until(q, "for the digest of", out);
}

static bool holds_storm(const struct hold_question *q, struct hold *out)
{
    return q->pace != NULL && q->state->told != NULL && begins(q) &&
           pace_storms(q->pace, told_recipient(q->state->told, q->recipient_id),
                       q->now_ms, &out->until_ms) &&
           until(q, "a storm of messages; one summary at", out);
}

/* One that was itself held as a repeat was counted then. */
void hold_pace_remark(const struct hold_question *q, struct message_remark *out)
{
    const struct told_alert *told = q->pace != NULL && begins(q) ? was(q) : NULL;
    bool counted = q->held == HOLD_REPEAT || q->held == HOLD_FLAPPING;
    int64_t settled_ms;

    *out = (struct message_remark){
        .flaps = flaps(q, &settled_ms) == FLAPPING_BEGINS,
    };
    if (told == NULL || told->withheld <= (uint32_t)counted)
        return;
    out->withheld = (int64_t)told->withheld - counted;
    out->since_ms = told->withheld_from_ms;
}

/* --- what was decided -------------------------------------------------------- */

bool hold_counts(enum hold_kind k, enum told_outcome *out)
{
    switch (k) {
    case HOLD_NONE:
    case HOLD_QUIET:
    case HOLD_DIGEST:
    case HOLD_STORM:
        *out = TOLD_SENT;
        return true;
    case HOLD_REPEAT:
    case HOLD_FLAPPING:
        *out = TOLD_WITHHELD;
        return true;
    case HOLD_SILENCED:
    case HOLD_INHIBITED:
    case HOLD_ESCALATION:
        return false;
    case HOLD_KINDS:
        break;
    }
    bug("no such kind of hold");
}

void hold_note(struct told *t, const struct hold_question *q, const struct hold *h)
{
    struct told_event e = {
        .recipient_id = q->recipient_id,
        .key_hash = q->key_hash,
        .at_ms = q->now_ms,
        .severity = q->alert->severity,
        .change = q->change,
        .again = q->held != HOLD_NONE,
    };

    if (t == NULL || q->pace == NULL || hold_gathers(q->held) ||
        !hold_counts(h->kind, &e.outcome) ||
        (e.again && e.outcome == TOLD_WITHHELD))
        return;
    told_note(t, q->pace, &e);
}

const struct hold_judge hold_judge_flapping = {HOLD_FLAPPING, holds_flapping,
                                              words_flapping};
const struct hold_judge hold_judge_repeat = {HOLD_REPEAT, holds_repeat, words_repeat};
const struct hold_judge hold_judge_quiet = {HOLD_QUIET, holds_quiet, words_quiet};
const struct hold_judge hold_judge_digest = {HOLD_DIGEST, holds_digest, words_digest};
const struct hold_judge hold_judge_storm = {HOLD_STORM, holds_storm, words_storm};
