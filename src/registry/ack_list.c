/* ack_list.c -- acknowledged alerts: people make them, so they are few; looked
 * through only when the first of them may have ended. */
#include "registry/ack_list.h"

static void add(struct ack_list *l, struct engaged *e)
{
    if (l->n == l->room) {
        l->room = MAX(l->room * 2, (size_t)64);
        l->v = mem_grow(l->v, l->room, sizeof(struct engaged *));
    }
    l->v[l->n++] = e;
    e->ack_at = l->n; /* from 1: a zeroed one is not in the list */
}

void ack_list_remove(struct ack_list *l, struct engaged *e)
{
    size_t at = e->ack_at;

    if (at == 0)
        return;
    assert(at <= l->n && l->v[at - 1] == e);
    e->ack_at = 0;
    l->n--;
    if (at > l->n)
        return;
    l->v[at - 1] = l->v[l->n];
    l->v[at - 1]->ack_at = at;
}

static void until_count(struct ack_list *l, const struct engaged *e)
{
    int64_t until_ms = e->ack->until_ms;

    if (until_ms != 0 && (l->next_ms == 0 || until_ms < l->next_ms))
        l->next_ms = until_ms;
}

void ack_list_put(struct ack_list *l, struct engaged *e)
{
    if (e->ack == NULL) {
        ack_list_remove(l, e);
        return;
    }
    if (e->ack_at == 0)
        add(l, e);
    until_count(l, e);
}

const struct engaged *ack_list_lapsed(struct ack_list *l, int64_t now_ms)
{
    if (l->next_ms == 0 || l->next_ms > now_ms)
        return NULL;
    for (size_t i = 0; i < l->n; i++) {
        int64_t until_ms = l->v[i]->ack->until_ms;

        if (until_ms != 0 && until_ms <= now_ms)
            return l->v[i];
    }
    l->next_ms = 0;
    for (size_t i = 0; i < l->n; i++)
        until_count(l, l->v[i]);
    return NULL;
}

void ack_list_release(struct ack_list *l)
{
    free(l->v);
    *l = (struct ack_list){0};
}
