/* shares.c -- which engaged alerts stand behind one handle: whose end may end it. */
#include "courier/lane.h"

#define SHARES_LEAST 64

struct share { /* a delivered engage, and the handle it has of it */
    int64_t recipient_id, alert_id;
    char *handle; /* ours */
};

static bool is_engaged(const struct courier *c, const struct share *s)
{
    return registry_find_id(c->with.registry, s->alert_id) != NULL;
}

/* Those whose alert has ended; what is left then has room to double. */
static void shares_prune(struct courier *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->share_count; i++)
        if (is_engaged(c, &c->shares[i]))
            c->shares[kept++] = c->shares[i];
        else
            free(c->shares[i].handle);
    c->share_count = kept;
    c->share_room = MAX(2 * kept, (size_t)SHARES_LEAST);
    c->shares = mem_grow(c->shares, c->share_room, sizeof *c->shares);
}

void shares_add(struct courier *c, int64_t recipient_id, int64_t alert_id,
                struct str handle)
{
    if (c->share_count == c->share_room)
        shares_prune(c);
    c->shares[c->share_count++] =
        (struct share){recipient_id, alert_id, mem_dup(handle.p, handle.n)};
}

size_t shares_of_others(const struct courier *c, int64_t recipient_id,
                        struct str handle, int64_t alert_id)
{
    size_t n = 0;

    for (size_t i = 0; i < c->share_count; i++) {
        const struct share *s = &c->shares[i];

        n += s->recipient_id == recipient_id && s->alert_id != alert_id &&
             str_is(handle, s->handle) && is_engaged(c, s);
    }
    return n;
}

void shares_free(struct courier *c)
{
    for (size_t i = 0; i < c->share_count; i++)
        free(c->shares[i].handle);
    free(c->shares);
}

struct loading {
    struct courier *courier;
    int64_t recipient_id;
};

static void share_load(void *arg, int64_t alert_id, struct str handle)
{
    const struct loading *l = arg;

    shares_add(l->courier, l->recipient_id, alert_id, handle);
}

bool courier_shares_load(struct courier *c, struct outbox_reader *r,
                         struct error *err)
{
    const struct snapshot *now = config_now(c->with.config);

    for (size_t i = 0; i < now->recipient_count; i++) {
        const struct recipient *to = &now->recipients[i];
        struct loading l = {c, to->id};

        if (to->endpoint->type->shared != NULL &&
            !outbox_read_handles(r, to->id, share_load, &l, err))
            return false;
    }
    return true;
}
