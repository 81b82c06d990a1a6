/* escalations.c -- chains of recipients, walked from those who are told at once. */
#include "routing/escalations.h"

const struct escalation *escalation_of(const struct escalations *e, int64_t from)
{
    size_t low = 0, high = e->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (e->v[middle].from < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->n && e->v[low].from == from ? &e->v[low] : NULL;
}

bool escalations_cycle(const struct escalations *e, int64_t from)
{
    const struct escalation *step = escalation_of(e, from);

    for (size_t steps = 0; step != NULL && steps < e->n; steps++) {
        if (step->to == from)
            return true;
        step = escalation_of(e, step->to);
    }
    return false;
}

static bool is_told(const int64_t *told, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (told[i] == id)
            return true;
    return false;
}

/* False: it is there already, and no later. */
static bool reached(struct escalated *out, size_t *n, struct escalated next)
{
    size_t i = 0;

    while (i < *n && out[i].recipient_id != next.recipient_id)
        i++;
    if (i < *n && out[i].after_ms <= next.after_ms)
        return false;
    out[i] = next;
    *n = MAX(*n, i + 1);
    return true;
}

/* It ends: there are no cycles, and every step of a chain is later. */
static void walk(const struct escalations *e, const int64_t *told, size_t n,
                 int64_t from, struct escalated *out, size_t *count)
{
    const struct escalation *step = escalation_of(e, from);
    int64_t after_ms = 0;

    for (; step != NULL; step = escalation_of(e, step->to)) {
        after_ms += step->after_ms;
        if (is_told(told, n, step->to) ||
            !reached(out, count, (struct escalated){step->to, step->from, after_ms}))
            return;
    }
}

size_t escalations_reach(const struct escalations *e, const int64_t *told, size_t n,
                         struct escalated *out)
{
    size_t count = 0;

    for (size_t i = 0; i < n && e->n > 0; i++)
        walk(e, told, n, told[i], out, &count);
    return count;
}
