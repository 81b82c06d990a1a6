/* patience.c -- who failed how often, in a table of fixed size, open addressing
 * within one bucket of eight. */
#include "people/patience.h"

#include <sodium.h>

#define BUCKET 8
#define BUCKETS (PATIENCE_PLACES / BUCKET)
#define FIRST_DELAY_MS 1000

struct place {
    uint64_t who; /* a keyed hash: nobody can aim at a bucket; 0: free */
    int64_t last_ms, until_ms;
    unsigned failures;
};

struct patience {
    unsigned char key[crypto_shorthash_KEYBYTES];
    struct place places[PATIENCE_PLACES];
};

struct patience *patience_new(void)
{
    struct patience *p = mem_new(sizeof *p);

    crypto_shorthash_keygen(p->key);
    return p;
}

void patience_free(struct patience *p)
{
    free(p);
}

static uint64_t who_hash(const struct patience *p, enum patience_kind kind,
                         struct str who)
{
    uint64_t hash = 0;

    crypto_shorthash((unsigned char *)&hash,
                     (const unsigned char *)(who.n > 0 ? who.p : ""), who.n,
                     p->key);
    hash ^= kind == PATIENCE_NAME ? 0 : UINT64_C(0x9e3779b97f4a7c15);
    return hash != 0 ? hash : 1;
}

static size_t bucket_of(uint64_t hash)
{
    return (size_t)(hash % BUCKETS) * BUCKET;
}

static const struct place *place_find(const struct patience *p, uint64_t hash)
{
    const struct place *b = &p->places[bucket_of(hash)];

    for (size_t i = 0; i < BUCKET; i++)
        if (b[i].who == hash)
            return &b[i];
    return NULL;
}

static bool place_is_stale(const struct place *at, int64_t now_ms)
{
    return now_ms >= at->last_ms + PATIENCE_FORGET_MS;
}

int64_t patience_wait_ms(const struct patience *p, enum patience_kind kind,
                         struct str who, int64_t now_ms)
{
    const struct place *at = place_find(p, who_hash(p, kind, who));

    if (at == NULL || place_is_stale(at, now_ms))
        return 0;
    return MAX(at->until_ms - now_ms, 0);
}

/* That of `hash`, else a free one, else the one touched longest ago. */
static struct place *place_take(struct patience *p, uint64_t hash,
                                int64_t now_ms)
{
    struct place *b = &p->places[bucket_of(hash)];
    struct place *oldest = b;

    for (size_t i = 0; i < BUCKET; i++) {
        if (b[i].who == hash && !place_is_stale(&b[i], now_ms))
            return &b[i];
        if (b[i].who == hash || b[i].last_ms < oldest->last_ms)
            oldest = &b[i];
        if (b[i].who == hash)
            break;
    }
    *oldest = (struct place){.who = hash};
    return oldest;
}

void patience_failed(struct patience *p, enum patience_kind kind,
                     struct str who, int64_t now_ms)
{
    int64_t cap =
        kind == PATIENCE_NAME ? PATIENCE_NAME_MS : PATIENCE_ADDRESS_MS;
    struct place *at = place_take(p, who_hash(p, kind, who), now_ms);
    unsigned over;

    at->last_ms = now_ms;
    at->failures = MIN(at->failures + 1, 1000u);
    if (at->failures <= PATIENCE_FREE)
        return;
    over = MIN(at->failures - PATIENCE_FREE - 1, 20u);
    at->until_ms = now_ms + MIN((int64_t)FIRST_DELAY_MS << over, cap);
}

void patience_take_back(struct patience *p, enum patience_kind kind,
                        struct str who)
{
    const struct place *at = place_find(p, who_hash(p, kind, who));
    struct place *mine;

    if (at == NULL || at->failures == 0)
        return;
    mine = &p->places[at - p->places];
    mine->failures--;
    mine->until_ms = 0; /* it was over when that try was granted */
}

void patience_forget(struct patience *p, enum patience_kind kind,
                     struct str who)
{
    const struct place *at = place_find(p, who_hash(p, kind, who));

    if (at != NULL)
        p->places[at - p->places] = (struct place){0};
}
