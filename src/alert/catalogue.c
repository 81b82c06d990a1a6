/* catalogue.c -- finds an alert type by ntopng's number or by its key. */
#include "alert/catalogue.h"

/* Everything that is neither a flow's nor a host's counts from here, also on a
 * host: ntopng 5 raised such alerts on hosts from Lua. */
#define OTHER_BASE 4096

static enum family family_of(enum entity e)
{
    if (e == ENTITY_FLOW)
        return FAMILY_FLOW;
    return e == ENTITY_HOST ? FAMILY_HOST : FAMILY_OTHER;
}

const struct alert_type *catalogue_by_number(enum entity e, int64_t number)
{
    enum family f = number >= OTHER_BASE ? FAMILY_OTHER : family_of(e);
    size_t low = catalogue_family_at[f];
    size_t high = catalogue_family_at[f + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct alert_type *t = &catalogue_rows[middle];

        if (t->number == number)
            return t;
        if (t->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct alert_type *catalogue_by_key(enum entity e, struct str key)
{
    enum family f = family_of(e);
    size_t low = catalogue_family_at[f];
    size_t high = catalogue_family_at[f + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct alert_type *t =
            &catalogue_rows[catalogue_key_order[middle]];
        int order = str_cmp(str_of(t->key), key);

        if (order == 0)
            return t;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct alert_type *catalogue_like(enum entity e, struct str key)
{
    const struct alert_type *t = catalogue_by_key(e, key);

    return t != NULL ? t : catalogue_by_key(ENTITY_SYSTEM, key);
}

const char *category_default(enum entity e, struct str type)
{
    const struct alert_type *t = catalogue_like(e, type);

    if (t != NULL && t->category != NULL)
        return t->category;
    return e == ENTITY_SYSTEM ? "system" : "other";
}

const struct alert_type *catalogue_all(size_t *count)
{
    *count = catalogue_family_at[FAMILY_COUNT];
    return catalogue_rows;
}
