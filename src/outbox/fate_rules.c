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
