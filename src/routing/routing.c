/* routing.c -- the one evaluator: a table of tests, run for the live match and,
 * with words added, for the explanation. */
#include "routing/routing.h"

#include "base/limits.h"
#include "routing/rule_index.h"

struct routing {
    const struct rule *rules;
    size_t count;
    const struct pools *pools;
    struct compiled *compiled; /* ours; one a rule */
    struct rule_index *index;  /* ours */
};

/* What a rule needs per alert, turned into bits once. */
struct compiled {
    const struct rule *rule;
    uint32_t entities;   /* bit per entity */
    uint32_t categories; /* bit per ntopng category */
};

/* What a test needs to know about the alert, worked out once per alert. */
struct subject {
    const struct alert *alert;
    enum change change;
    struct told_to told;
    int category; /* ntopng's number, or -1 */
    struct filter_subject asked;
};

struct test {
    const char *name;
    bool (*pass)(const struct compiled *c, struct subject *s);
    void (*words)(const struct compiled *c, struct subject *s,
                  struct arena *a, struct reason *out);
};

static bool criterion_has(const struct criterion *c, struct str value)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->v[i], value))
            return true;
    return c->any;
}

static struct str words_of(const struct str *v, size_t n, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REASON_MAX);
    size_t shown = 0;

    for (; shown < n && b.n + v[shown].n + 32 < REASON_MAX; shown++) {
        buf_text(&b, shown ? ", " : "");
        buf_str(&b, v[shown]);
    }
    if (shown < n)
        buf_printf(&b, " and %zu more", n - shown);
    return n == 0 ? STR("nothing") : arena_str(a, buf_view(&b));
}

static struct str criterion_words(const struct criterion *c, struct arena *a)
{
    return c->any ? STR("any") : words_of(c->v, c->n, a);
}

static bool severity_passes(const struct compiled *c, struct subject *s)
{
    return s->alert->severity >= c->rule->criteria.minimum_severity;
}

static void severity_words(const struct compiled *c, struct subject *s,
                           struct arena *a, struct reason *out)
{
    enum severity least = c->rule->criteria.minimum_severity;

    out->have = str_of(severity_name(s->alert->severity));
    out->want = least == SEVERITY_NONE
                    ? STR("any")
                    : arena_printf(a, "%s or higher", severity_name(least));
}

static bool category_passes(const struct compiled *c, struct subject *s)
{
    if (s->category >= 0)
        return (c->categories >> s->category & 1) != 0;
    return criterion_has(&c->rule->criteria.categories, s->alert->category);
}

static void category_words(const struct compiled *c, struct subject *s,
                           struct arena *a, struct reason *out)
{
    out->have = s->alert->category;
    out->want = criterion_words(&c->rule->criteria.categories, a);
}

static bool entity_passes(const struct compiled *c, struct subject *s)
{
    return (c->entities >> s->alert->entity & 1) != 0;
}

static void entity_words(const struct compiled *c, struct subject *s,
                         struct arena *a, struct reason *out)
{
    out->have = str_of(entity_name(s->alert->entity));
    out->want = criterion_words(&c->rule->criteria.entities, a);
}

/* "syn_scan" on any entity, or "host/syn_scan". */
static bool type_is(struct str wanted, const struct alert *a)
{
    struct str rest = wanted;
    struct str entity = str_until(&rest, '/');

    return str_eq(wanted, a->type) ||
           (str_is(entity, entity_name(a->entity)) && str_eq(rest, a->type));
}

static bool type_passes(const struct compiled *c, struct subject *s)
{
    const struct criterion *types = &c->rule->criteria.types;

    for (size_t i = 0; i < types->n; i++)
        if (type_is(types->v[i], s->alert))
            return true;
    return types->any;
}

static void type_words(const struct compiled *c, struct subject *s,
                       struct arena *a, struct reason *out)
{
    out->have = s->alert->type;
    out->want = criterion_words(&c->rule->criteria.types, a);
}

static bool pool_passes(const struct compiled *c, struct subject *s)
{
    const struct criterion *wanted = &c->rule->criteria.host_pools;
    const struct alert_pools *in;

    if (wanted->any)
        return true;
    in = filter_pools(&s->asked);
    for (size_t i = 0; i < in->n; i++)
        if (criterion_has(wanted, in->names[i]))
            return true;
    return !in->applies;
}

static void pool_words(const struct compiled *c, struct subject *s,
                       struct arena *a, struct reason *out)
{
    const struct alert_pools *in = filter_pools(&s->asked);

    out->have = in->applies ? words_of(in->names, in->n, a)
                            : STR("no host");
    out->want = criterion_words(&c->rule->criteria.host_pools, a);
}

static bool am_host_passes(const struct compiled *c, struct subject *s)
{
    const struct criterion *wanted = &c->rule->criteria.am_hosts;
    struct str host = s->alert->entity_value;

    if (wanted->any || s->alert->entity != ENTITY_AM_HOST)
        return true;
    if (criterion_has(wanted, host))
        return true;
    str_until(&host, '@');
    return criterion_has(wanted, host);
}

static void am_host_words(const struct compiled *c, struct subject *s,
                          struct arena *a, struct reason *out)
{
    out->have = s->alert->entity == ENTITY_AM_HOST
                    ? s->alert->entity_value
                    : STR("no monitored host");
    out->want = criterion_words(&c->rule->criteria.am_hosts, a);
}

/* Unsure is not a reason to keep an alert from somebody. */
static bool filter_passes(const struct compiled *c, struct subject *s)
{
    const struct filter *f = c->rule->criteria.filter;

    return f == NULL || filter_ask(f, &s->asked) != FILTER_NO;
}

/* What the alert has where a comparison fails; when none does, everywhere. */
static struct str parts_words(const struct reason *parts, size_t n, bool failed,
                              struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REASON_MAX);

    for (size_t i = 0; i < n; i++) {
        struct str have = parts[i].have;

        if (failed && parts[i].pass)
            continue;
        have = str_first(have, utf8_cut(have, 100));
        if (b.n + have.n + 140 > REASON_MAX) {
            buf_text(&b, ", and more");
            break;
        }
        buf_printf(&b, "%s%.60s %.*s", b.n > 0 ? ", " : "", parts[i].name,
                   STR_ARG(have));
    }
    return arena_str(a, buf_view(&b));
}

static void filter_reason(const struct compiled *c, struct subject *s,
                          struct arena *a, struct reason *out)
{
    const struct filter *f = c->rule->criteria.filter;
    struct reason *parts;
    bool failed = false;

    out->have = STR("anything");
    out->want = STR("any");
    if (f == NULL)
        return;
    out->want = c->rule->criteria.filter_text;
    out->part_count = filter_explain(f, &s->asked, a, &parts);
    out->parts = parts;
    for (size_t i = 0; i < out->part_count; i++)
        failed = failed || !parts[i].pass;
    out->have = parts_words(parts, out->part_count, failed, a);
}

static const struct test tests[] = {
    {"minimum_severity", severity_passes, severity_words},
    {"categories", category_passes, category_words},
    {"entities", entity_passes, entity_words},
    {"types", type_passes, type_words},
    {"host_pools", pool_passes, pool_words},
    {"am_hosts", am_host_passes, am_host_words},
    {"filter", filter_passes, filter_reason},
};
static_assert(COUNT_OF(tests) <= REASONS_MAX, "an explanation holds every test");

/* The builtin recipient takes everything but what a setting holds back. */
static bool test_applies(const struct rule *rule, size_t test)
{
    return !rule->builtin || tests[test].pass == severity_passes;
}

/* Who is told of a change at all, whatever the criteria say. */
static bool is_told(const struct rule *rule, enum change change)
{
    switch (change) {
    case CHANGE_ENGAGED:
    case CHANGE_WORSENED:
    case CHANGE_RELEASED:
    case CHANGE_STORED:
        return true;
    case CHANGE_UNSEEN:
        return rule->builtin;
    case CHANGE_REPEATED:
        return false;
    }
    bug("a change nobody thought of");
}

/* It was told of what goes on here or ends, so that leaves it nowhere: whatever its
 * criteria say of the alert as it is now. */
static bool follows(const struct rule *rule, const struct subject *s)
{
    return (s->change == CHANGE_WORSENED || s->change == CHANGE_RELEASED) &&
           told_to_has(s->told, rule->recipient_id);
}

/* THE evaluator. With `trace` every test is run and worded; without, the first
 * that fails ends it. Both give the same answer because it is the same loop. */
static enum decision evaluate(const struct compiled *c, struct subject *s,
                              struct arena *a, struct explanation *trace)
{
    bool matched = true;

    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        bool pass = !test_applies(c->rule, i) || tests[i].pass(c, s);

        matched = matched && pass;
        if (trace == NULL && !matched)
            break;
        if (trace != NULL && test_applies(c->rule, i)) {
            struct reason *r = &trace->reasons[trace->reason_count++];

            *r = (struct reason){.name = tests[i].name, .pass = pass};
            tests[i].words(c, s, a, r);
        }
    }
    if (!c->rule->enabled)
        return DECISION_DISABLED;
    if (!matched)
        return follows(c->rule, s) ? DECISION_FOLLOW : DECISION_NOT_MATCHED;
    return is_told(c->rule, s->change) ? DECISION_DELIVER : DECISION_NOT_TOLD;
}

static void compile(const struct rule *rule, struct compiled *out)
{
    const struct criteria *c = &rule->criteria;

    *out = (struct compiled){.rule = rule};
    for (int number = 0; number < ENTITY_COUNT; number++) {
        enum entity e;

        if (entity_from_number(number, &e) &&
            criterion_has(&c->entities, str_of(entity_name(e))))
            out->entities |= 1u << number;
    }
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if (criterion_has(&c->categories, str_of(category_names[i])))
            out->categories |= 1u << i;
}

struct routing *routing_new(const struct rule *rules, size_t n,
                            const struct pools *pools, struct error *err)
{
    struct routing *r;

    if (n > RECIPIENTS_MAX) {
        error_set(err, "%zu recipients; at most %d are taken", n,
                  RECIPIENTS_MAX);
        return NULL;
    }
    r = mem_new(sizeof *r);
    r->rules = rules;
    r->count = n;
    r->pools = pools;
    r->compiled = mem_array(MAX(n, 1u), sizeof *r->compiled);
    for (size_t i = 0; i < n; i++)
        compile(&rules[i], &r->compiled[i]);
    r->index = rule_index_new(rules, n);
    return r;
}

void routing_free(struct routing *r)
{
    if (r == NULL)
        return;
    rule_index_free(r->index);
    free(r->compiled);
    free(r);
}

static void subject_make(const struct routing *r, const struct routed *q,
                         struct subject *s)
{
    s->alert = q->alert;
    s->change = q->change;
    s->told = q->told;
    s->category = category_number(q->alert->category);
    filter_subject_init(&s->asked, q->alert, r->pools);
}

/* Of those that the index leaves. */
static size_t match_criteria(const struct routing *r, struct subject *s, int64_t *out)
{
    uint64_t bits[RULE_WORDS_MAX];
    size_t n = 0;

    rule_index_find(r->index, &s->asked, bits);
    for (size_t word = 0; word < rule_words(r->count); word++)
        for (uint64_t left = bits[word]; left != 0; left &= left - 1) {
            size_t i = word * 64 + (size_t)__builtin_ctzll(left);

            if (evaluate(&r->compiled[i], s, NULL, NULL) == DECISION_DELIVER)
                out[n++] = r->rules[i].recipient_id;
        }
    return n;
}

static int by_recipient(const void *id, const void *rule)
{
    int64_t wanted = *(const int64_t *)id;
    int64_t is = ((const struct rule *)rule)->recipient_id;

    return wanted < is ? -1 : wanted > is;
}

/* Of those told the others; both lists ascend. */
static size_t match_told(const struct routing *r, struct subject *s, int64_t *out,
                         size_t matched)
{
    size_t at = 0, n = matched;

    for (size_t i = 0; i < s->told.n; i++) {
        const struct rule *rule;

        while (at < matched && out[at] < s->told.v[i])
            at++;
        if (at < matched && out[at] == s->told.v[i])
            continue;
        rule = bsearch(&s->told.v[i], r->rules, r->count, sizeof *rule, by_recipient);
        if (rule != NULL && evaluate(&r->compiled[rule - r->rules], s, NULL, NULL) ==
                                DECISION_FOLLOW)
            out[n++] = rule->recipient_id;
    }
    return n;
}

size_t routing_match(const struct routing *r, const struct routed *q, int64_t *out,
                     size_t *matched)
{
    struct subject s;
    size_t n;

    *matched = 0;
    if (q->change == CHANGE_REPEATED)
        return 0;
    subject_make(r, q, &s);
    *matched = match_criteria(r, &s, out);
    n = match_told(r, &s, out, *matched);
    filter_subject_release(&s.asked);
    return n;
}

/* The first criterion that fails. */
static struct str failed_words(const struct explanation *e, struct arena *a)
{
    for (size_t i = 0; i < e->reason_count; i++)
        if (!e->reasons[i].pass)
            return arena_printf(a, "%s: %.*s, wanted %.*s", e->reasons[i].name,
                                STR_ARG(e->reasons[i].have),
                                STR_ARG(e->reasons[i].want));
    bug("not matched, but every criterion passed");
}

static struct str because(const struct explanation *e, enum change change,
                          struct arena *a)
{
    switch (e->decision) {
    case DECISION_DELIVER:
        return STR("");
    case DECISION_FOLLOW:
        return arena_printf(a, "was told of it, so hears %s (%.*s)",
                            change == CHANGE_RELEASED ? "of its end"
                                                      : "that it got worse",
                            STR_ARG(failed_words(e, a)));
    case DECISION_DISABLED:
        return STR("the recipient is disabled");
    case DECISION_NOT_TOLD:
        return STR("a repeat, or a release of what was never engaged, is "
                   "counted and stored but not told");
    case DECISION_NOT_MATCHED:
        return failed_words(e, a);
    }
    bug("a decision nobody thought of");
}

size_t routing_explain(const struct routing *r, const struct routed *q,
                       struct arena *arena, struct explanation **out)
{
    struct explanation *v = arena_array(arena, MAX(r->count, 1u), sizeof *v);
    struct subject s;

    subject_make(r, q, &s);
    for (size_t i = 0; i < r->count; i++) {
        v[i].recipient_id = r->rules[i].recipient_id;
        v[i].recipient = r->rules[i].name;
        v[i].decision = evaluate(&r->compiled[i], &s, arena, &v[i]);
        v[i].because = because(&v[i], q->change, arena);
    }
    filter_subject_release(&s.asked);
    *out = v;
    return r->count;
}

bool decision_delivers(enum decision d)
{
    return d == DECISION_DELIVER || d == DECISION_FOLLOW;
}

const char *decision_name(enum decision d)
{
    static const char *const names[] = {
        [DECISION_DELIVER] = "deliver",
        [DECISION_FOLLOW] = "deliver",
        [DECISION_NOT_MATCHED] = "not_matched",
        [DECISION_NOT_TOLD] = "not_told",
        [DECISION_DISABLED] = "disabled",
    };

    return names[d];
}
