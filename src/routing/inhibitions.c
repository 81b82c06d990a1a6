/* inhibitions.c -- what relates a source to what it mutes, and the judge. */
#include "routing/inhibitions.h"

#include "base/limits.h"
#include "routing/hold_judges.h"
#include "routing/inhibitors.h"

const char *const relation_names[] = {
    [RELATION_EQUAL] = "equal",         [RELATION_POOL] = "pool",
    [RELATION_INTERFACE] = "interface", [RELATION_PARENT] = "parent",
    [RELATIONS] = NULL,
};

bool inhibition_pairs(const struct inhibition *i)
{
    return i->relation != RELATION_PARENT;
}

bool inhibition_is_source(const struct inhibition *i, struct filter_subject *s)
{
    return filter_ask(i->source, s) == FILTER_YES;
}

bool inhibition_is_target(const struct inhibition *i, struct filter_subject *s)
{
    return filter_ask(i->target, s) == FILTER_YES;
}

struct keys {
    struct str *v; /* INHIBITION_KEYS_MAX */
    size_t n;
    struct arena *a;
};

static void key_add(struct keys *to, struct str key)
{
    for (size_t i = 0; i < to->n; i++)
        if (str_eq(to->v[i], key))
            return;
    if (key.n > 0 && to->n < INHIBITION_KEYS_MAX)
        to->v[to->n++] = key;
}

/* --- equal ---------------------------------------------------------------------- */

/* All fields in one key; lengths keep "a" "bc" apart from "ab" "c". */
static void keys_equal(const struct inhibition *i, struct filter_subject *s,
                       struct keys *to)
{
    struct buf b freed_by(buf_release) = BUF(ALERT_JSON_MAX);
    struct str values[INHIBITION_KEYS_MAX];

    buf_char(&b, '=');
    for (size_t f = 0; f < i->equal_count; f++) {
        size_t n = filter_place_values(&i->equal[f], s, to->a, values,
                                       COUNT_OF(values));

        for (size_t v = 0; v < n; v++) {
            buf_printf(&b, "%zu:", values[v].n);
            buf_str(&b, values[v]);
        }
        buf_char(&b, ';');
    }
    if (!b.over)
        key_add(to, arena_str(to->a, buf_view(&b)));
}

/* --- pool ----------------------------------------------------------------------- */

/* An alert about a pool itself has ntopng's number of it, or our name. */
static const struct pool *pool_itself(const struct filter_subject *s)
{
    int64_t number;

    if (s->pools == NULL || s->alert->entity != ENTITY_HOST_POOL)
        return NULL;
    if (str_to_i64(s->alert->entity_value, &number))
        return pools_find_ntopng(s->pools, number);
    return pools_find_name(s->pools, s->alert->entity_value);
}

static void keys_pool(struct filter_subject *s, struct keys *to)
{
    const struct alert_pools *in = filter_pools(s);
    const struct pool *itself = pool_itself(s);

    for (size_t i = 0; i < in->n; i++)
        if (!str_is(in->names[i], POOL_DEFAULT))
            key_add(to, in->names[i]);
    if (itself != NULL)
        key_add(to, itself->name);
}

/* --- interface ------------------------------------------------------------------- */

static void keys_place(const char *name, struct filter_subject *s, struct keys *to)
{
    struct str values[INHIBITION_KEYS_MAX];
    struct filter_place place;
    size_t n;

    if (!filter_place_read(str_of(name), to->a, &place, NULL))
        bug("a field that there is not");
    n = filter_place_values(&place, s, to->a, values, COUNT_OF(values));
    for (size_t i = 0; i < n; i++)
        key_add(to, values[i]);
}

/* ntopng's -1 is the system itself: no device, and everything's. */
static void keys_interface(struct filter_subject *s, struct keys *to)
{
    size_t kept = 0;

    keys_place("interface", s, to);
    for (size_t i = 0; i < to->n; i++)
        if (!str_is(to->v[i], "-1"))
            to->v[kept++] = to->v[i];
    to->n = kept;
}

/* --- parent ---------------------------------------------------------------------- */

/* "192.0.2.1" of "192.0.2.1_ifidx3": the device of an SNMP port. */
static struct str port_device(const struct alert *a)
{
    struct str mark = STR("_ifidx");
    struct str value = a->entity_value;

    for (size_t i = 0; a->entity == ENTITY_SNMP_DEVICE && i + mark.n <= value.n; i++)
        if (str_starts(str_from(value, i), mark.p))
            return str_first(value, i);
    return STR_NONE;
}

/* "host" of "host@12"; what is behind it of an AM host, "icmp@host". */
static struct str device_of(const struct alert *a)
{
    struct str rest = a->entity_value;
    struct str first = str_until(&rest, '@');

    return a->entity == ENTITY_AM_HOST && rest.n > 0 ? rest : first;
}

/* What may be somebody's parent: the device by its entity, address and name. A port
 * is itself only: it does not stand for its device. */
static void keys_device(struct filter_subject *s, struct keys *to)
{
    key_add(to, s->alert->entity_value);
    if (port_device(s->alert).n > 0 || s->alert->entity == ENTITY_FLOW)
        return;
    key_add(to, device_of(s->alert));
    keys_place("fact.ip", s, to);
    keys_place("fact.name", s, to);
    keys_place("label.instance", s, to);
}

static void keys_parents(struct filter_subject *s, struct keys *to)
{
    key_add(to, port_device(s->alert));
    keys_place("label.parent", s, to); /* a label, or a fact, or a list of them */
    keys_place("label.gateway", s, to);
    keys_place("fact.probe_ip", s, to);
}

size_t inhibition_keys(const struct inhibition *i, struct filter_subject *s,
                       bool as_source, struct arena *a,
                       struct str out[INHIBITION_KEYS_MAX])
{
    struct keys to = {.v = out, .a = a};

    switch (i->relation) {
    case RELATION_EQUAL:
        keys_equal(i, s, &to);
        break;
    case RELATION_POOL:
        keys_pool(s, &to);
        break;
    case RELATION_INTERFACE:
        keys_interface(s, &to);
        break;
    case RELATION_PARENT:
        if (as_source)
            keys_device(s, &to);
        else
            keys_parents(s, &to);
        break;
    case RELATIONS:
        bug("a relation that is none");
    }
    return to.n;
}

/* --- the judge --------------------------------------------------------------------- */

static bool inhibited(const struct hold_question *q, struct hold *out)
{
    struct muted own = {0};
    struct muted *m = q->muted != NULL ? q->muted : &own;
    struct str text;

    if (q->rules->inhibitions.n == 0 || q->state->inhibitors == NULL)
        return false;
    if (!m->known)
        inhibitors_find(q->state->inhibitors, &q->rules->inhibitions, q->subject,
                        q->arena, m);
    if (m->by == NULL)
        return false;
    out->ref = m->source_id;
    /* What is over already can never be engaged when its source is released. */
    out->final = q->change == CHANGE_STORED;
    text = arena_printf(q->arena, "inhibited by alert %lld, %.*s, while it is engaged "
                                  "(rule %.*s)",
                        (long long)m->source_id, STR_ARG(m->source),
                        STR_ARG(m->by->name));
    out->reason = str_first(text, utf8_cut(text, REASON_MAX));
    return true;
}

static void words(const struct hold_question *q, const struct hold *h,
                  struct hold_reason *out)
{
    size_t n = q->rules->inhibitions.n;

    out->want = STR("no engaged alert that mutes it");
    out->unknown = h == NULL && n > 0 && q->state->inhibitors == NULL;
    if (h != NULL)
        out->have = h->reason;
    else if (n == 0)
        out->have = STR("no inhibition");
    else if (out->unknown)
        out->have = STR("what else was engaged then is not known");
    else
        out->have = arena_printf(q->arena, "by none of %zu inhibitions", n);
}

const struct hold_judge hold_judge_inhibited = {HOLD_INHIBITED, inhibited, words};
