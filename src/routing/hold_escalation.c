/* hold_escalation.c -- holds for who is told only if nobody acknowledges. No judge
 * asks for them: its recipient is not matched, the pipeline adds it. */
#include "routing/hold_judges.h"

void hold_escalation(const struct escalated *e, enum change change, int64_t now_ms,
                     struct hold *out)
{
    *out = (struct hold){.kind = HOLD_ESCALATION, .ref = e->from};
    if (change == CHANGE_RELEASED) {
        out->reason = STR("ends what was not escalated");
        return;
    }
    out->reason = STR("told when nobody acknowledges it in time");
    out->until_ms = now_ms + e->after_ms;
    out->remark.escalated_from = e->from;
    out->remark.escalated_ms = e->after_ms;
}
