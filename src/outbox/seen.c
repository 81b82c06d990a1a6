/* seen.c -- the idempotency keys of the last SEEN_MAX alerts, or SEEN_MS. */
#include "outbox/own.h"

struct seen {
    uint64_t hash[2]; /* 0,0: this place is free */
    int64_t id, at_ms;
};

struct seen_ring {
    struct hash by_hash; /* the hash's bytes in its place -> struct seen */
    struct seen *places; /* ours; SEEN_MAX of them, touched as they fill */
    size_t next;
};

static struct str bytes(const uint64_t hash[2])
{
    return (struct str){(const char *)hash, 2 * sizeof hash[0]};
}

struct seen_ring *seen_new(void)
{
    struct seen_ring *r = mem_new(sizeof *r);

    r->places = mem_array(SEEN_MAX, sizeof *r->places);
    return r;
}

void seen_free(struct seen_ring *r)
{
    if (r == NULL)
        return;
    hash_release(&r->by_hash);
    free(r->places);
    free(r);
}

static void place_free(struct seen_ring *r, struct seen *s)
{
    if ((s->hash[0] | s->hash[1]) != 0)
        hash_remove(&r->by_hash, bytes(s->hash));
    *s = (struct seen){0};
}

void seen_add(struct seen_ring *r, const uint64_t hash[2], int64_t id, int64_t at_ms)
{
    struct seen *s = &r->places[r->next];

    if ((hash[0] | hash[1]) == 0)
        return;
    seen_forget(r, hash);
    place_free(r, s);
    *s = (struct seen){.hash = {hash[0], hash[1]}, .id = id, .at_ms = at_ms};
    hash_put(&r->by_hash, bytes(s->hash), s);
    r->next = (r->next + 1) % SEEN_MAX;
}

void seen_forget(struct seen_ring *r, const uint64_t hash[2])
{
    struct seen *s = hash_get(&r->by_hash, bytes(hash));

    if (s != NULL)
        place_free(r, s);
}

int64_t seen_find(const struct seen_ring *r, const uint64_t hash[2], int64_t now_ms)
{
    const struct seen *s = hash_get(&r->by_hash, bytes(hash));

    return s != NULL && now_ms - s->at_ms < SEEN_MS ? s->id : 0;
}
