/* registry.c -- what each alert changes in the set of engaged ones, and how that
 * is taken back.
 *
 * One struct engaged is in several places at once: by key (what an alert looks
 * for), by id (pages, look-ups), in the heap by its end if it has a lease, among
 * the acknowledged. A release takes it out of all of them, but it lives on in the
 * undo until the commit has said how it ended. */
#include "registry/registry.h"

#include "base/hash.h"
#include "base/limits.h"
#include "registry/ack_list.h"
#include "registry/id_list.h"
#include "registry/lease_heap.h"

struct registry {
    struct hash by_key;
    struct id_list by_id;
    struct heap leases;
    struct ack_list acks;
    struct hash told; /* struct told_list by what is in it */
    size_t severities[SEVERITY_COUNT];
    struct buf line; /* scratch: an alert's line, before it is copied */
};

struct undo {
    enum change change;
    struct engaged *engaged; /* ours, if RELEASED */
    struct engaged *before;  /* ours: what a WORSENED took the place of */
    bool acknowledges;       /* nothing else was changed */
    const struct ack *ack;   /* ours: what it had before */
    int64_t last_ms, lease_ms, repeats; /* as they were before a REPEATED */
    struct severities *severities;   /* ours: what a release says of what was milder */
    struct engaged_row row;
};

const char *change_name(enum change c)
{
    static const char *const names[] = {
        [CHANGE_ENGAGED] = "engaged",   [CHANGE_REPEATED] = "repeated",
        [CHANGE_WORSENED] = "worsened", [CHANGE_RELEASED] = "released",
        [CHANGE_UNSEEN] = "unseen",     [CHANGE_STORED] = "stored",
    };

    assert(c < COUNT_OF(names));
    return names[c];
}

struct registry *registry_new(void)
{
    struct registry *r = mem_new(sizeof *r);

    lease_heap_init(&r->leases);
    r->line = BUF(ALERT_JSON_MAX);
    return r;
}

static void engaged_free(struct engaged *e)
{
    free((void *)(uintptr_t)e->ack);
    free((void *)(uintptr_t)e->severities);
    told_list_drop(e->told);
    free(e);
}

void registry_free(struct registry *r)
{
    struct engaged *e;

    if (r == NULL)
        return;
    for (size_t at = 0; (e = hash_next(&r->by_key, &at)) != NULL;)
        engaged_free(e);
    hash_release(&r->by_key);
    id_list_release(&r->by_id);
    heap_release(&r->leases);
    ack_list_release(&r->acks);
    hash_release(&r->told);
    buf_release(&r->line);
    free(r);
}

/* One allocation, its key and its line right behind it: there may be a million. */
static struct engaged *engaged_new(const struct engaged *from)
{
    struct engaged *e = mem_new(sizeof *e + from->key.n + from->json.n);
    char *bytes = (char *)(e + 1);

    *e = *from;
    e->lease_at = e->ack_at = 0;
    e->ack = from->ack != NULL ? ack_copy(from->ack) : NULL;
    e->severities = severities_copy(from->severities);
    e->told = told_list_share(from->told);
    e->key.p = bytes;
    e->json.p = bytes + from->key.n;
    if (from->key.n > 0)
        memcpy(bytes, from->key.p, from->key.n);
    if (from->json.n > 0)
        memcpy(bytes + from->key.n, from->json.p, from->json.n);
    return e;
}

static void enter(struct registry *r, struct engaged *e)
{
    void *before = hash_put(&r->by_key, e->key, e);

    assert(before == NULL);
    id_list_add(&r->by_id, e);
    lease_heap_put(&r->leases, e);
    ack_list_put(&r->acks, e);
    r->severities[e->severity]++;
}

static void leave(struct registry *r, struct engaged *e)
{
    void *found = hash_remove(&r->by_key, e->key);

    assert(found == e);
    id_list_remove(&r->by_id, e);
    heap_remove(&r->leases, e);
    ack_list_remove(&r->acks, e);
    r->severities[e->severity]--;
}

static struct engaged_row row_of(const struct engaged *e)
{
    return (struct engaged_row){
        .key = e->key,
        .json = e->json,
        .id = e->id,
        .tstamp_ms = e->tstamp_ms,
        .last_ms = e->last_ms,
        .lease_ms = e->lease_ms,
        .repeats = e->repeats,
    };
}

static bool full(const struct registry *r, struct error *err)
{
    if (r->by_key.count < ENGAGED_MAX)
        return false;
    error_set(err, "%d alerts are engaged, more cannot be; release some",
              ENGAGED_MAX);
    return true;
}

static struct str line_of(struct registry *r, const struct alert *a)
{
    buf_reset(&r->line);
    alert_write_line(a, &r->line);
    assert(!r->line.over); /* alert_check() has seen it */
    return buf_view(&r->line);
}

static bool engage(struct registry *r, struct alert *a, int64_t now_ms,
                   struct undo *u, struct error *err)
{
    struct engaged from;

    if (full(r, err))
        return false;
    a->repeats = 0;
    from = (struct engaged){
        .id = a->id,
        .key = a->key,
        .json = line_of(r, a),
        .entity = a->entity,
        .severity = a->severity,
        .tstamp_ms = a->tstamp_ms,
        .last_ms = now_ms,
        .lease_ms = a->lease_ms,
    };
    u->change = CHANGE_ENGAGED;
    u->engaged = engaged_new(&from);
    enter(r, u->engaged);
    u->row = row_of(u->engaged);
    u->row.op = ENGAGED_INSERT;
    return true;
}

/* The lease is what was said last: a shorter one, or none, counts as well. */
static void repeat(struct registry *r, struct alert *a, int64_t now_ms,
                   struct engaged *e, struct undo *u)
{
    u->change = CHANGE_REPEATED;
    u->engaged = e;
    u->last_ms = e->last_ms;
    u->lease_ms = e->lease_ms;
    u->repeats = e->repeats;
    e->last_ms = now_ms;
    e->lease_ms = a->lease_ms;
    e->repeats++;
    lease_heap_put(&r->leases, e);
    a->id = e->id;
    u->row = row_of(e);
    u->row.op = ENGAGED_UPDATE;
}

static struct severities severities_so_far(const struct engaged *e)
{
    const struct severities began = {1, {{e->id, e->tstamp_ms, e->severity}}};

    return e->severities != NULL ? *e->severities : began;
}

/* Another one takes its place, with all that is not said anew. Only what is worse
 * than ever counts: who is told of each up and down hears of nothing else. */
static void worsen(struct registry *r, struct alert *a, int64_t now_ms,
                   struct engaged *e, struct undo *u)
{
    struct engaged from = *e;
    struct severities severities = severities_so_far(e);

    severities.v[severities.n++] = (struct severity_since){a->id, now_ms, a->severity};
    from.severities = a->severities = &severities;
    a->id = e->id;
    a->tstamp_ms = e->tstamp_ms;
    a->repeats = 0;
    a->update = UPDATE_WORSENED;
    a->ack = e->ack;
    from.json = line_of(r, a);
    from.severity = a->severity;
    from.last_ms = now_ms;
    from.lease_ms = a->lease_ms;
    from.repeats++;
    u->change = CHANGE_WORSENED;
    u->before = e;
    leave(r, e);
    u->engaged = engaged_new(&from);
    a->severities = u->engaged->severities;
    enter(r, u->engaged);
    u->row = row_of(u->engaged);
    u->row.op = ENGAGED_REPLACE;
}

/* Who was told that it began is told that it ended, however mildly that is said. */
static void end(struct registry *r, struct alert *a, struct engaged *e,
                struct undo *u)
{
    u->change = CHANGE_RELEASED;
    u->engaged = e;
    leave(r, e);
    a->began_id = e->id;
    a->tstamp_ms = e->tstamp_ms;
    if (a->severity > e->severity) {
        const struct severities severities = severities_so_far(e);

        u->severities = severities_copy(&severities);
    }
    a->severities = u->severities != NULL ? u->severities : e->severities;
    a->severity = MAX(a->severity, e->severity);
    u->row = row_of(e);
    u->row.op = ENGAGED_DELETE;
}

static bool apply(struct registry *r, struct alert *a, int64_t now_ms,
                  struct undo *u, struct error *err)
{
    struct engaged *e = hash_get(&r->by_key, a->key);

    a->began_id = 0; /* whatever its source says: ours to say */
    a->severities = NULL;
    switch (a->action) {
    case ACTION_ENGAGE:
        if (e == NULL)
            return engage(r, a, now_ms, u, err);
        if (a->severity > e->severity)
            worsen(r, a, now_ms, e, u);
        else
            repeat(r, a, now_ms, e, u);
        return true;
    case ACTION_RELEASE:
        u->change = CHANGE_UNSEEN;
        if (e != NULL)
            end(r, a, e, u);
        return true;
    case ACTION_STORE:
        u->change = CHANGE_STORED;
        return true;
    }
    bug("an alert without an action");
}

bool registry_apply(struct registry *r, struct alert *a, int64_t now_ms,
                    enum change *change, struct undo **undo, struct error *err)
{
    struct undo *u = mem_new(sizeof *u);

    assert(a->id > 0);
    if (!apply(r, a, now_ms, u, err)) {
        free(u);
        return false;
    }
    *change = u->change;
    *undo = u;
    return true;
}

/* --- acknowledgements --------------------------------------------------------- */

static void ack_set(struct registry *r, struct engaged *e, const struct ack *ack)
{
    e->ack = ack;
    ack_list_put(&r->acks, e);
}

struct undo *registry_acknowledge(struct registry *r, int64_t id,
                                  const struct ack *ack)
{
    struct engaged *e = id_list_find(&r->by_id, id);
    struct undo *u;

    if (e == NULL)
        return NULL;
    u = mem_new(sizeof *u);
    u->acknowledges = true;
    u->engaged = e;
    u->ack = e->ack;
    ack_set(r, e, ack != NULL ? ack_copy(ack) : NULL);
    return u;
}

static void ack_undo(struct registry *r, struct undo *u)
{
    free((void *)(uintptr_t)u->engaged->ack);
    ack_set(r, u->engaged, u->ack);
}

/* --- undo and keep -------------------------------------------------------------- */

static void change_undo(struct registry *r, struct undo *u)
{
    struct engaged *e = u->engaged;

    switch (u->change) {
    case CHANGE_ENGAGED:
        leave(r, e);
        engaged_free(e);
        break;
    case CHANGE_REPEATED:
        e->last_ms = u->last_ms;
        e->lease_ms = u->lease_ms;
        e->repeats = u->repeats;
        lease_heap_put(&r->leases, e);
        break;
    case CHANGE_WORSENED:
        leave(r, e);
        engaged_free(e);
        enter(r, u->before);
        break;
    case CHANGE_RELEASED:
        enter(r, e);
        break;
    case CHANGE_UNSEEN:
    case CHANGE_STORED:
        break;
    }
}

void registry_undo(struct registry *r, struct undo *u)
{
    if (u->acknowledges)
        ack_undo(r, u);
    else
        change_undo(r, u);
    free(u->severities);
    free(u);
}

void registry_keep(struct undo *u)
{
    if (u->acknowledges)
        free((void *)(uintptr_t)u->ack);
    else if (u->change == CHANGE_RELEASED)
        engaged_free(u->engaged);
    else if (u->change == CHANGE_WORSENED)
        engaged_free(u->before);
    free(u->severities);
    free(u);
}

void registry_row(const struct undo *u, struct engaged_row *out)
{
    *out = u->row;
}

/* --- whom it is put for -------------------------------------------------------- */

struct told_to registry_told(const struct undo *u)
{
    return told_list_view(u->engaged != NULL ? u->engaged->told : NULL);
}

static void tell(struct registry *r, struct engaged *e, const int64_t *recipients,
                 size_t n)
{
    e->told = told_list_add(&r->told, e->told, recipients, n);
}

void registry_tell(struct registry *r, struct undo *u, const int64_t *recipients,
                   size_t n)
{
    assert(u->change == CHANGE_ENGAGED || u->change == CHANGE_WORSENED);
    tell(r, u->engaged, recipients, n);
}

void registry_load_told(struct registry *r, int64_t id, const int64_t *recipients,
                        size_t n)
{
    tell(r, id_list_find(&r->by_id, id), recipients, n);
}

/* --- looking ------------------------------------------------------------------- */

bool registry_load(struct registry *r, const struct engaged *e,
                   struct error *err)
{
    if (full(r, err))
        return false;
    if (hash_get(&r->by_key, e->key) != NULL ||
        id_list_find(&r->by_id, e->id) != NULL)
        return error_set(err, "alert %lld, key \"%.*s\": engaged already",
                         (long long)e->id, STR_ARG(e->key));
    enter(r, engaged_new(e));
    return true;
}

const struct engaged *registry_find(const struct registry *r, struct str key)
{
    return hash_get(&r->by_key, key);
}

const struct engaged *registry_find_id(const struct registry *r, int64_t id)
{
    return id_list_find(&r->by_id, id);
}

size_t registry_count(const struct registry *r)
{
    return r->by_key.count;
}

size_t registry_count_severity(const struct registry *r, enum severity s)
{
    return r->severities[s];
}

size_t registry_list(const struct registry *r, int64_t before, size_t max,
                     const struct engaged **out)
{
    return id_list_newest(&r->by_id, before, max, out);
}

const struct engaged *registry_lapsed(struct registry *r, int64_t now_ms)
{
    const struct engaged *e = heap_first(&r->leases);

    return e != NULL && e->lease_ms <= now_ms ? e : NULL;
}

int64_t registry_next_lapse_ms(const struct registry *r)
{
    const struct engaged *e = heap_first(&r->leases);

    return e != NULL ? e->lease_ms : 0;
}

const struct engaged *registry_ack_lapsed(struct registry *r, int64_t now_ms)
{
    return ack_list_lapsed(&r->acks, now_ms);
}

size_t registry_count_acknowledged(const struct registry *r)
{
    return r->acks.n;
}
