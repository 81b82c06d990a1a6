/* hash.c -- open addressing with linear probing over stored 64-bit hashes. */
#include "base/hash.h"

#include <pthread.h>
#include <sodium.h>

#define SIZE_MIN 8

struct hash_slot {
    uint64_t hash;
    struct str key;
    void *value; /* NULL: the slot is free */
};

/* The one thing here that belongs to the process: a key nobody can guess. */
static unsigned char process_key[crypto_shorthash_KEYBYTES];
static pthread_once_t process_key_made = PTHREAD_ONCE_INIT;

static void process_key_make(void)
{
    int result = sodium_init();

    assert(result >= 0);
    crypto_shorthash_keygen(process_key);
}

uint64_t hash_bytes(struct str s)
{
    unsigned char out[crypto_shorthash_BYTES];
    uint64_t hash;
    static_assert(sizeof(out) == sizeof(hash), "SipHash-2-4 gives 64 bits");

    pthread_once(&process_key_made, process_key_make);
    crypto_shorthash(out, (const unsigned char *)s.p, s.n, process_key);
    memcpy(&hash, out, sizeof(hash));
    return hash;
}

/* The slot that has the key, or the free one where it belongs. */
static struct hash_slot *slot_find(const struct hash *h, uint64_t hash,
                                   struct str key)
{
    size_t at = hash & (h->size - 1);

    while (h->slots[at].value != NULL) {
        if (h->slots[at].hash == hash && str_eq(h->slots[at].key, key))
            break;
        at = (at + 1) & (h->size - 1);
    }
    return &h->slots[at];
}

void *hash_get(const struct hash *h, struct str key)
{
    return h->count == 0 ? NULL : slot_find(h, hash_bytes(key), key)->value;
}

static void hash_grow(struct hash *h)
{
    struct hash old = *h;

    h->size = old.size == 0 ? SIZE_MIN : old.size * 2;
    h->slots = mem_array(h->size, sizeof(*h->slots));
    for (size_t i = 0; i < old.size; i++) {
        struct hash_slot *s = &old.slots[i];

        if (s->value != NULL)
            *slot_find(h, s->hash, s->key) = *s;
    }
    free(old.slots);
}

void *hash_put(struct hash *h, struct str key, void *value)
{
    uint64_t hash = hash_bytes(key);
    struct hash_slot *slot;
    void *old;

    assert(value != NULL);
    if (h->count >= h->size / 4 * 3)
        hash_grow(h);
    slot = slot_find(h, hash, key);
    old = slot->value;
    if (old == NULL)
        h->count++;
    /* The new key too: the old one may live in the value that goes. */
    *slot = (struct hash_slot){hash, key, value};
    return old;
}

/* Moves later entries of the run back over the gap at `gap`, so that none is
 * cut off from its home and no marker stays behind. */
static void slot_close(struct hash *h, size_t gap)
{
    size_t mask = h->size - 1;

    for (size_t at = (gap + 1) & mask; h->slots[at].value != NULL;
         at = (at + 1) & mask) {
        size_t home = h->slots[at].hash & mask;

        if (((at - home) & mask) >= ((at - gap) & mask)) {
            h->slots[gap] = h->slots[at];
            gap = at;
        }
    }
    h->slots[gap] = (struct hash_slot){0};
}

void *hash_remove(struct hash *h, struct str key)
{
    struct hash_slot *slot;
    void *value;

    if (h->count == 0)
        return NULL;
    slot = slot_find(h, hash_bytes(key), key);
    value = slot->value;
    if (value == NULL)
        return NULL;
    slot_close(h, (size_t)(slot - h->slots));
    h->count--;
    return value;
}

void hash_release(struct hash *h)
{
    if (h == NULL)
        return;
    free(h->slots);
    *h = (struct hash){0};
}

void *hash_next(const struct hash *h, size_t *at)
{
    while (*at < h->size) {
        void *value = h->slots[(*at)++].value;

        if (value != NULL)
            return value;
    }
    return NULL;
}
