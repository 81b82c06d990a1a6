/* hash.h -- a table from byte strings to pointers, keyed with SipHash and a key
 * of this process, so that hostile names cannot pile up in one slot. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

struct hash_slot;

struct hash {
    struct hash_slot *slots; /* ours */
    size_t count;
    size_t size; /* a power of two, or 0 */
};

/* A zeroed struct hash is an empty table. Keys are borrowed: they must live as
 * long as their entry does (normally inside the value). */
void *hash_get(const struct hash *h, struct str key); /* NULL: not there */
void *hash_put(struct hash *h, struct str key, void *value); /* the old value */
void *hash_remove(struct hash *h, struct str key);           /* what was there */
void hash_release(struct hash *h); /* the slots, not the values */

/* for (size_t at = 0; (v = hash_next(h, &at)) != NULL;) in no order; the table
 * must not change meanwhile. */
void *hash_next(const struct hash *h, size_t *at);

uint64_t hash_bytes(struct str s); /* SipHash-2-4 with this process's key */

#endif
