/* inhibitors.c -- a chain of engaged alerts for each (rule, what it may be, key).
 *
 * A chain is in the order of ids, and holds alerts of one sort only, so that its first
 * two tell all there is to know: the one that is not the alert itself. The sorts:
 * what is no target of any rule mutes whenever it engaged; what is one, only later
 * ones, so that no ring of alerts can mute each other; what is both source and target
 * of this very rule, only what is not both itself. */
#include "routing/inhibitors.h"

#include "base/hash.h"

enum sort { SORT_FREE, SORT_TARGET, SORT_BOTH, SORTS };

#define SOURCE_SHOWN 120 /* bytes of what an alert is about */

struct link;

struct chain { /* all that one key of one rule leads to */
    struct link *first, *last; /* by id */
    size_t key_n;
    char key[];
};

struct inhibitor { /* one engaged alert */
    int64_t id;
    struct link *links;
    size_t what_n;
    char what[]; /* "link_down on 192.0.2.1" */
};

struct link {
    struct inhibitor *of;
    struct chain *in;
    struct link *before, *after; /* in the chain */
    struct link *next;           /* of the same alert */
};

struct inhibitors {
    struct hash chains, by_id;
    size_t max, links;
};

struct inhibitors *inhibitors_new(size_t max)
{
    struct inhibitors *x = mem_new(sizeof *x);

    x->max = max;
    return x;
}

void inhibitors_clear(struct inhibitors *x)
{
    struct inhibitor *i;
    struct chain *c;

    for (size_t at = 0; (i = hash_next(&x->by_id, &at)) != NULL;) {
        while (i->links != NULL) {
            struct link *l = i->links;

            i->links = l->next;
            free(l);
        }
        free(i);
    }
    for (size_t at = 0; (c = hash_next(&x->chains, &at)) != NULL;)
        free(c);
    hash_release(&x->by_id);
    hash_release(&x->chains);
    x->by_id = x->chains = (struct hash){0};
    x->links = 0;
}

void inhibitors_free(struct inhibitors *x)
{
    if (x == NULL)
        return;
    inhibitors_clear(x);
    free(x);
}

size_t inhibitors_count(const struct inhibitors *x)
{
    return x->by_id.count;
}

static struct str id_key(const int64_t *id)
{
    return (struct str){(const char *)id, sizeof *id};
}

/* --- chains ------------------------------------------------------------------------ */

/* Of a rule as it is now: a changed one has chains of its own. */
static struct str chain_key(const struct inhibition *rule, enum sort sort,
                            struct str key, struct arena *a)
{
    return arena_printf(a, "%lld.%lld.%d %.*s", (long long)rule->id,
                        (long long)rule->revision, (int)sort, STR_ARG(key));
}

static struct chain *chain_of(struct inhibitors *x, struct str key)
{
    struct chain *c = hash_get(&x->chains, key);

    if (c != NULL)
        return c;
    c = mem_new(sizeof *c + key.n);
    c->key_n = key.n;
    memcpy(c->key, key.p, key.n);
    hash_put(&x->chains, (struct str){c->key, c->key_n}, c);
    return c;
}

/* Where it belongs: nearly always at an end, at the first when all are made anew. */
static void chain_put(struct chain *c, struct link *l)
{
    struct link *before = c->last;

    if (c->first != NULL && l->of->id < c->first->of->id)
        before = NULL;
    while (before != NULL && before->of->id > l->of->id)
        before = before->before;
    l->in = c;
    l->before = before;
    l->after = before != NULL ? before->after : c->first;
    *(before != NULL ? &before->after : &c->first) = l;
    *(l->after != NULL ? &l->after->before : &c->last) = l;
}

static void link_remove(struct inhibitors *x, struct link *l)
{
    struct chain *c = l->in;

    *(l->before != NULL ? &l->before->after : &c->first) = l->after;
    *(l->after != NULL ? &l->after->before : &c->last) = l->before;
    if (c->first == NULL) {
        hash_remove(&x->chains, (struct str){c->key, c->key_n});
        free(c);
    }
    free(l);
    x->links--;
}

/* --- alerts ------------------------------------------------------------------------ */

static struct inhibitor *inhibitor_new(const struct alert *a)
{
    struct buf b freed_by(buf_release) = BUF(2 * SOURCE_SHOWN + 8);
    struct inhibitor *i;

    buf_str(&b, str_first(a->type, utf8_cut(a->type, SOURCE_SHOWN)));
    if (a->entity_value.n > 0) {
        buf_text(&b, " on ");
        buf_str(&b, str_first(a->entity_value, utf8_cut(a->entity_value, SOURCE_SHOWN)));
    }
    i = mem_new(sizeof *i + b.n);
    i->id = a->id;
    i->what_n = b.n;
    memcpy(i->what, b.p, b.n);
    return i;
}

static struct inhibitor *inhibitor_of(struct inhibitors *x, const struct alert *a)
{
    struct inhibitor *i = hash_get(&x->by_id, id_key(&a->id));

    if (i == NULL) {
        i = inhibitor_new(a);
        hash_put(&x->by_id, id_key(&i->id), i);
    }
    return i;
}

static bool is_any_target(const struct inhibitions *rules, struct filter_subject *s)
{
    for (size_t i = 0; i < rules->n; i++)
        if (inhibition_is_target(&rules->v[i], s))
            return true;
    return false;
}

static bool source_add(struct inhibitors *x, const struct inhibition *rule,
                       enum sort sort, struct filter_subject *s, struct arena *a)
{
    struct str keys[INHIBITION_KEYS_MAX];
    size_t n = inhibition_keys(rule, s, true, a, keys);

    for (size_t i = 0; i < n; i++) {
        struct link *l;

        if (x->links == x->max)
            return false;
        l = mem_new(sizeof *l);
        l->of = inhibitor_of(x, s->alert);
        l->next = l->of->links;
        l->of->links = l;
        chain_put(chain_of(x, chain_key(rule, sort, keys[i], a)), l);
        x->links++;
    }
    return true;
}

bool inhibitors_add(struct inhibitors *x, const struct inhibitions *rules,
                    const struct pools *pools, const struct alert *a)
{
    struct arena arena freed_by(arena_release) = {0};
    struct filter_subject s freed_by(filter_subject_release);
    bool fits = true;

    filter_subject_init(&s, a, pools);
    for (size_t i = 0; i < rules->n; i++) {
        const struct inhibition *rule = &rules->v[i];
        enum sort sort = SORT_FREE;

        if (!inhibition_is_source(rule, &s))
            continue;
        if (inhibition_pairs(rule) && inhibition_is_target(rule, &s))
            sort = SORT_BOTH;
        else if (is_any_target(rules, &s))
            sort = SORT_TARGET;
        fits = source_add(x, rule, sort, &s, &arena) && fits;
    }
    return fits;
}

bool inhibitors_remove(struct inhibitors *x, int64_t id)
{
    struct inhibitor *i = hash_remove(&x->by_id, id_key(&id));

    if (i == NULL)
        return false;
    while (i->links != NULL) {
        struct link *l = i->links;

        i->links = l->next;
        link_remove(x, l);
    }
    free(i);
    return true;
}

/* --- asking ------------------------------------------------------------------------ */

/* The alert that engaged, when this is its end; nothing new has come after it yet. */
static int64_t own_id(const struct alert *a)
{
    if (a->began_id != 0)
        return a->began_id;
    return a->id != 0 ? a->id : INT64_MAX;
}

static const struct inhibitor *chain_find(const struct inhibitors *x, struct str key,
                                          enum sort sort, int64_t id)
{
    const struct chain *c = hash_get(&x->chains, key);
    const struct link *l = c != NULL ? c->first : NULL;

    if (l != NULL && l->of->id == id)
        l = l->after;
    return l != NULL && (sort == SORT_FREE || l->of->id < id) ? l->of : NULL;
}

static const struct inhibitor *rule_find(const struct inhibitors *x,
                                         const struct inhibition *rule,
                                         struct filter_subject *s, struct arena *a)
{
    bool both = inhibition_pairs(rule) && inhibition_is_source(rule, s);
    enum sort end = both ? SORT_BOTH : SORTS;
    struct str keys[INHIBITION_KEYS_MAX];
    size_t n = inhibition_keys(rule, s, false, a, keys);

    for (size_t i = 0; i < n; i++)
        for (enum sort sort = SORT_FREE; sort < end; sort++) {
            const struct inhibitor *found = chain_find(
                x, chain_key(rule, sort, keys[i], a), sort, own_id(s->alert));

            if (found != NULL)
                return found;
        }
    return NULL;
}

void inhibitors_find(const struct inhibitors *x, const struct inhibitions *rules,
                     struct filter_subject *s, struct arena *a, struct muted *out)
{
    out->known = true;
    out->by = NULL;
    for (size_t i = 0; i < rules->n && x->links > 0; i++) {
        const struct inhibitor *found;

        if (!inhibition_is_target(&rules->v[i], s))
            continue;
        found = rule_find(x, &rules->v[i], s, a);
        if (found == NULL)
            continue;
        out->by = &rules->v[i];
        out->source_id = found->id;
        out->source = arena_str(a, (struct str){found->what, found->what_n});
        return;
    }
}
