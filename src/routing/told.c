/* told.c -- a bounded table of what was told, the least recently touched at its
 * end. */
#include "routing/told.h"

#include "base/hash.h"
#include "routing/pace.h"

struct pair {
    struct {
        int64_t recipient_id;
        uint64_t key_hash;
    } key; /* its bytes are the hash's key: no padding */
    int64_t touched_ms;
    struct told_alert alert;
    struct pair *newer, *older;
};
static_assert(sizeof ((struct pair *)0)->key == 16, "no padding in a hash's key");

struct reader { /* a recipient */
    int64_t id;
    struct told_recipient recipient;
};

struct told {
    struct hash pairs, readers;
    struct pair *newest, *oldest;
    size_t max;
};

struct told *told_new(size_t max)
{
    struct told *t = mem_new(sizeof *t);

    t->max = max;
    return t;
}

static struct str pair_key(const struct pair *p)
{
    return (struct str){(const char *)&p->key, sizeof p->key};
}

static void unlink_pair(struct told *t, struct pair *p)
{
    *(p->newer != NULL ? &p->newer->older : &t->newest) = p->older;
    *(p->older != NULL ? &p->older->newer : &t->oldest) = p->newer;
}

static void link_newest(struct told *t, struct pair *p)
{
    p->newer = NULL;
    p->older = t->newest;
    *(t->newest != NULL ? &t->newest->newer : &t->oldest) = p;
    t->newest = p;
}

static void pair_free(struct told *t, struct pair *p)
{
    hash_remove(&t->pairs, pair_key(p));
    unlink_pair(t, p);
    free(p);
}

void told_free(struct told *t)
{
    struct reader *r;

    if (t == NULL)
        return;
    while (t->oldest != NULL)
        pair_free(t, t->oldest);
    for (size_t at = 0; (r = hash_next(&t->readers, &at)) != NULL;)
        free(r);
    hash_release(&t->pairs);
    hash_release(&t->readers);
    free(t);
}

static struct pair *find(const struct told *t, int64_t recipient_id, uint64_t key_hash)
{
    struct pair key = {.key = {recipient_id, key_hash}};

    return hash_get(&t->pairs, pair_key(&key));
}

const struct told_alert *told_alert(const struct told *t, int64_t recipient_id,
                                    uint64_t key_hash)
{
    const struct pair *p = find(t, recipient_id, key_hash);

    return p != NULL ? &p->alert : NULL;
}

static struct reader *find_reader(const struct told *t, int64_t id)
{
    return hash_get(&t->readers, (struct str){(const char *)&id, sizeof id});
}

const struct told_recipient *told_recipient(const struct told *t, int64_t recipient_id)
{
    const struct reader *r = find_reader(t, recipient_id);

    return r != NULL ? &r->recipient : NULL;
}

size_t told_count(const struct told *t)
{
    return t->pairs.count;
}

void told_forget(struct told *t, int64_t recipient_id, uint64_t key_hash)
{
    struct pair *p = find(t, recipient_id, key_hash);

    if (p != NULL)
        pair_free(t, p);
}

/* --- noting ------------------------------------------------------------------- */

static struct told_alert *touch(struct told *t, const struct told_event *e)
{
    struct pair *p = find(t, e->recipient_id, e->key_hash);

    if (p != NULL) {
        unlink_pair(t, p);
    } else {
        p = mem_new(sizeof *p);
        p->key.recipient_id = e->recipient_id;
        p->key.key_hash = e->key_hash;
        hash_put(&t->pairs, pair_key(p), p);
    }
    p->touched_ms = e->at_ms;
    link_newest(t, p);
    while (t->oldest != p && (t->pairs.count > t->max ||
                              t->oldest->touched_ms < e->at_ms - TOLD_KEPT_MS))
        pair_free(t, t->oldest);
    return &p->alert;
}

static void add_engage(struct told_alert *a, int64_t at_ms)
{
    if (a->engage_count == ENGAGES_KEPT)
        memmove(a->engaged_ms, a->engaged_ms + 1,
                (ENGAGES_KEPT - 1) * sizeof a->engaged_ms[0]);
    else
        a->engage_count++;
    a->engaged_ms[a->engage_count - 1] = at_ms;
}

/* Held ones count as well: the summary at the window's end stands for them. */
static void add_message(struct told *t, const struct pace *pace,
                        const struct told_event *e)
{
    struct reader *r = find_reader(t, e->recipient_id);
    struct told_recipient *window;
    int64_t until_ms;

    if (pace->storm_limit == 0)
        return;
    if (r == NULL) {
        r = mem_new(sizeof *r);
        r->id = e->recipient_id;
        hash_put(&t->readers, (struct str){(const char *)&r->id, sizeof r->id}, r);
    }
    window = &r->recipient;
    if (window->from_ms == 0 || e->at_ms >= window->from_ms + pace->storm_ms)
        *window = (struct told_recipient){
            .storm = pace_storms(pace, window, e->at_ms, &until_ms),
            .from_ms = e->at_ms,
        };
    window->count++;
}

void told_note(struct told *t, const struct pace *pace, const struct told_event *e)
{
    struct told_alert *a;
    int64_t until_ms;

    if (e->change != CHANGE_ENGAGED && e->change != CHANGE_WORSENED &&
        e->change != CHANGE_STORED)
        return;
    if (pace->repeat_ms > 0 || pace->flapping_count > 0) {
        a = touch(t, e);
        if (e->change == CHANGE_ENGAGED && !e->again) {
            a->flaps = pace_flaps(pace, a, e->at_ms, &until_ms) != FLAPPING_NOT;
            add_engage(a, e->at_ms);
        }
        if (e->outcome == TOLD_WITHHELD) {
            if (a->withheld++ == 0)
                a->withheld_from_ms = e->at_ms;
            return;
        }
        a->told_ms = e->at_ms;
        a->severity = e->severity;
        a->withheld = 0;
    }
    add_message(t, pace, e);
}
