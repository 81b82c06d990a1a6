/* fate_rules.c -- the table of fate.h. */
#include "outbox/fate.h"

enum delivery_state fate_of_new(const struct hold *own)
{
    if (own == NULL || own->kind == HOLD_NONE)
        return DELIVERY_PENDING;
    return own->final ? DELIVERY_WITHHELD : DELIVERY_HELD;
}

/* Its engage was told, or will be. */
static enum delivery_state closing(enum hold_kind own)
{
    return own == HOLD_QUIET || own == HOLD_DIGEST ? DELIVERY_HELD : DELIVERY_PENDING;
}

/* There is nothing to close. */
static enum delivery_state unheard(const struct hold *own)
{
    if (own != NULL && own->kind != HOLD_NONE && !hold_gathers(own->kind))
        return DELIVERY_WITHHELD;
    return fate_of_new(own);
}

struct release_fate fate_of_release(const struct hold *own, bool known,
                                    enum delivery_state engage,
                                    enum hold_kind engage_held)
{
    bool both = hold_gathers(engage_held);

    if (!known)
        return (struct release_fate){.state = unheard(own)};
    if (engage == DELIVERY_HELD)
        return (struct release_fate){
            .state = both ? DELIVERY_HELD : DELIVERY_WITHHELD,
            .by_engage = true,
            .ends_engage = true,
            .both_told = both,
        };
    if (engage == DELIVERY_WITHHELD)
        return (struct release_fate){.state = DELIVERY_WITHHELD, .by_engage = true};
    return (struct release_fate){
        .state = closing(own != NULL ? own->kind : HOLD_NONE)};
}

static bool is_escalation(const struct hold *h)
{
    return h != NULL && h->kind == HOLD_ESCALATION;
}

static enum target_row row_of(const struct hold *own, bool known,
                              enum delivery_state engage)
{
    if (!known) /* an escalation that is final: somebody acknowledged */
        return is_escalation(own) && own->final ? ROW_NONE : ROW_ENGAGE;
    return engage == DELIVERY_HELD || engage == DELIVERY_WITHHELD ? ROW_NONE : ROW_OWN;
}

/* Who was told by an escalation is told at once how it goes on. */
struct worsened_fate fate_of_worsened(const struct hold *own, bool known,
                                      enum delivery_state engage)
{
    struct worsened_fate f = {.row = row_of(own, known, engage)};

    f.drops_hold = f.row == ROW_OWN && is_escalation(own);
    f.state = f.drops_hold ? DELIVERY_PENDING : fate_of_new(own);
    return f;
}
