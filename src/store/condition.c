/* condition.c -- a query's words turned into tests of columns. */
#include "store/condition.h"

#include "store/occurrence.h"

struct making {
    struct arena *arena;
    struct conditions *out;
};

static struct condition *condition_new(struct making *m,
                                       enum condition_kind kind)
{
    struct condition *c = arena_new(m->arena, sizeof *c);

    c->kind = kind;
    return c;
}

void conditions_look_at(struct conditions *c, const struct field_columns *f)
{
    for (size_t i = 0; i < f->n; i++)
        c->columns[f->at[i] / 64] |= UINT64_C(1) << f->at[i] % 64;
}

static void look_at(struct making *m, const struct field_columns *f)
{
    conditions_look_at(m->out, f);
}

static struct condition *asked(struct making *m)
{
    m->out->asked = true;
    return condition_new(m, WHEN_ASKED);
}

/* --- one comparison ------------------------------------------------------------ */

/* The field, as store/column.h names it: "fact.x" for a fact. */
static bool columns_of_leaf(const struct filter_leaf *l, struct making *m,
                            struct field_columns *out)
{
    struct str name = str_of(l->name);

    switch (l->field->kind) {
    case KIND_LABEL: /* alertname, instance, job: what else has a column? */
        return (str_is(name, "alertname") || str_is(name, "instance") ||
                str_is(name, "job")) &&
               field_columns_of(name, out);
    case KIND_FACT:
        name = arena_printf(m->arena, "fact.%s", l->name);
        return field_columns_of(name, out);
    case KIND_WORDS:
        *out = (struct field_columns){
            .at = {COLUMN_MESSAGE, COLUMN_ENTITY_VALUE},
            .n = 2,
        };
        return true;
    case KIND_TEXT:
    case KIND_NUMBER:
    case KIND_SEVERITY:
    case KIND_ENTITY:
    case KIND_ACTION:
    case KIND_ADDRESS:
    case KIND_MAC:
        return field_columns_of(str_of(l->field->name), out);
    }
    bug("a kind of field nobody thought of");
}

/* An alert with the i-th value in that column; false: there is none. */
static bool one_value(struct alert *a, enum column_type type, unsigned i)
{
    if (type == COLUMN_ENTITY)
        return entity_from_number(i, &a->entity);
    if (type == COLUMN_SEVERITY)
        a->severity = (enum severity)i;
    else
        a->action = row_action(MIN((enum row_state)i, STATE_STORED));
    return i < (type == COLUMN_SEVERITY ? SEVERITY_COUNT : STATE_STORED + 1u);
}

/* A column with few values: the filter itself says which of them pass. */
static struct condition *one_of(struct making *m, const struct filter_leaf *l,
                                enum column_type type)
{
    struct condition *c = condition_new(m, WHEN_ONE_OF);
    struct filter_leaf plain = *l;
    struct filter_subject s;

    plain.negated = false;
    for (unsigned i = 0; i < ENTITY_COUNT; i++) {
        struct alert a = {.type_id = -1};

        if (!one_value(&a, type, i))
            continue;
        filter_subject_init(&s, &a, NULL);
        if (filter_leaf_ask(&plain, &s) != FILTER_NO)
            c->mask |= 1u << i;
        filter_subject_release(&s);
    }
    return c;
}

static bool all_are(const struct field_columns *f, enum column_type type)
{
    for (size_t i = 0; i < f->n; i++)
        if (columns[f->at[i]].type != type)
            return false;
    return true;
}

/* "" is what an alert has that has nothing. */
static struct condition *text_of(struct making *m, const struct filter_leaf *l)
{
    struct condition *c = condition_new(m, WHEN_TEXT);
    struct filter_value *v = arena_array(m->arena, l->count, sizeof *v);

    for (size_t i = 0; i < l->count; i++) {
        if (l->values[i].text.n == 0)
            c->empty = true;
        else
            v[c->count++] = l->values[i];
    }
    c->values = v;
    return c;
}

/* fact.srv_port=443 compares texts: a number in its one spelling. */
static struct condition *digits_of(struct making *m, const struct filter_leaf *l)
{
    struct condition *c = condition_new(m, WHEN_TEXT);
    struct filter_value *v = arena_array(m->arena, l->count, sizeof *v);

    for (size_t i = 0; i < l->count; i++) {
        struct str text = l->values[i].text;
        int64_t number;

        if (text.n == 0)
            c->empty = true;
        else if (str_to_i64(text, &number) && number <= COLUMN_NUMBER_MAX &&
                 number >= -COLUMN_NUMBER_MAX &&
                 str_eq(text, arena_printf(m->arena, "%lld", (long long)number)))
            v[c->count++] = (struct filter_value){.text = text,
                                                  .number = (double)number};
    }
    c->values = v;
    return c;
}

static struct condition *with_values(struct condition *c,
                                     const struct filter_leaf *l)
{
    c->values = l->values;
    c->count = l->count;
    c->how = l->how;
    c->pattern = l->pattern;
    return c;
}

static bool is_text(enum column_type t)
{
    return t == COLUMN_TEXT || t == COLUMN_ADDRESS;
}

static struct condition *fact_of(struct making *m, const struct filter_leaf *l,
                                 const struct field_columns *f)
{
    enum column_type type = columns[f->at[0]].type;

    if (type == COLUMN_NUMBER && l->how == IS)
        return digits_of(m, l);
    if (type == COLUMN_NUMBER && l->how != MATCHES && l->how != MATCHES_WHOLE)
        return with_values(condition_new(m, WHEN_NUMBER), l);
    return is_text(type) && l->how == IS ? text_of(m, l) : asked(m);
}

static struct condition *compared(struct making *m, const struct filter_leaf *l,
                                  const struct field_columns *f)
{
    enum column_type type = columns[f->at[0]].type;

    if (type == COLUMN_SEVERITY || type == COLUMN_ENTITY ||
        type == COLUMN_ACTION)
        return one_of(m, l, type);
    if (l->pattern != NULL)
        return is_text(type) && all_are(f, type)
                   ? with_values(condition_new(m, WHEN_PATTERN), l)
                   : asked(m);
    switch (l->field->kind) {
    case KIND_NUMBER:
        return with_values(condition_new(m, WHEN_NUMBER), l);
    case KIND_ADDRESS:
        return with_values(condition_new(m, WHEN_PREFIX), l);
    case KIND_WORDS:
        return with_values(condition_new(m, WHEN_WORDS), l);
    case KIND_FACT:
    case KIND_LABEL:
        return fact_of(m, l, f);
    case KIND_TEXT:
    case KIND_MAC:
        return text_of(m, l);
    case KIND_SEVERITY:
    case KIND_ENTITY:
    case KIND_ACTION:
        break;
    }
    bug("a kind of field nobody thought of");
}

static struct condition *negated(struct making *m, const struct condition *c)
{
    struct condition *n = condition_new(m, WHEN_NOT);

    n->first = c;
    return n;
}

static struct condition *leaf_make(struct making *m, const struct filter_leaf *l)
{
    struct field_columns f;
    struct condition *c;

    if (!columns_of_leaf(l, m, &f))
        return asked(m);
    c = compared(m, l, &f);
    if (c->kind == WHEN_ASKED)
        return c;
    c->columns = f;
    look_at(m, &f);
    return l->negated ? negated(m, c) : c;
}

/* --- all of it ----------------------------------------------------------------- */

static struct condition *node_make(struct making *m,
                                   const struct filter_node *n)
{
    static const enum condition_kind kinds[] = {
        [NODE_AND] = WHEN_ALL,
        [NODE_OR] = WHEN_ANY,
        [NODE_NOT] = WHEN_NOT,
    };
    struct condition *c;
    const struct condition **last;

    if (n->kind == NODE_LEAF)
        return leaf_make(m, &n->leaf);
    c = condition_new(m, kinds[n->kind]);
    last = &c->first;
    for (n = n->first; n != NULL; n = n->next) {
        struct condition *child = node_make(m, n);

        *last = child;
        last = &child->next;
    }
    return c;
}

static struct condition *member(struct making *m, struct condition *all,
                                enum condition_kind kind,
                                struct field_columns f)
{
    struct condition *c = condition_new(m, kind);

    c->columns = f;
    look_at(m, &f);
    c->next = all->first;
    all->first = c;
    return c;
}

static void member_text(struct making *m, struct condition *all,
                        enum condition_kind kind, struct field_columns f,
                        struct str text)
{
    struct condition *c;
    struct filter_value *v;

    if (text.n == 0)
        return;
    c = member(m, all, kind, f);
    v = arena_new(m->arena, sizeof *v);
    v->text = text;
    c->values = v;
    c->count = 1;
}

#define ONE_COLUMN(c) ((struct field_columns){.at = {(c)}, .n = 1})

static void members_numbers(struct making *m, struct condition *all,
                            const struct store_query *q)
{
    uint32_t below = (1u << q->minimum_severity) - 1;

    if (q->minimum_severity != SEVERITY_NONE)
        member(m, all, WHEN_ONE_OF, ONE_COLUMN(COLUMN_SEVERITY_OF))->mask =
            ((1u << SEVERITY_COUNT) - 1) & ~below;
    if (q->entity >= 0)
        member(m, all, WHEN_ONE_OF, ONE_COLUMN(COLUMN_ENTITY_OF))->mask =
            1u << q->entity;
}

static void members_texts(struct making *m, struct condition *all,
                          const struct store_query *q)
{
    struct field_columns ip = {
        .at = {COLUMN_CLI_IP, COLUMN_SRV_IP, COLUMN_IP},
        .n = 3,
    };
    struct field_columns words = {
        .at = {COLUMN_MESSAGE, COLUMN_ENTITY_VALUE},
        .n = 2,
    };

    member_text(m, all, WHEN_TEXT, ONE_COLUMN(COLUMN_TYPE), q->type);
    member_text(m, all, WHEN_TEXT, ONE_COLUMN(COLUMN_CATEGORY), q->category);
    member_text(m, all, WHEN_TEXT, ONE_COLUMN(COLUMN_SOURCE), q->source);
    member_text(m, all, WHEN_TEXT, ONE_COLUMN(COLUMN_ENTITY_VALUE), q->entity_value);
    member_text(m, all, WHEN_TEXT, ip, address_plain(q->ip, m->arena));
    member_text(m, all, WHEN_WORDS, words, q->text);
}

void conditions_make(const struct store_query *q, struct arena *a,
                     struct conditions *out)
{
    struct making m = {.arena = a, .out = out};
    struct condition *all = condition_new(&m, WHEN_ALL);

    *out = (struct conditions){.members = all};
    members_numbers(&m, all, q);
    members_texts(&m, all, q);
    if (q->filter != NULL)
        out->filter = node_make(&m, q->filter->root);
}

bool column_is_counted(size_t column)
{
    return column <= COLUMN_SOURCE && column != COLUMN_SCORE;
}

bool conditions_are_counted(const struct conditions *c)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if ((c->columns[i / 64] >> i % 64 & 1) != 0 && !column_is_counted(i))
            return false;
    return !c->asked;
}

/* What is kept can be read; were it not, it is shown, and that says why. */
bool line_passes(const struct store_query *q, struct str line,
                 struct arena *scratch)
{
    struct filter_subject asked;
    struct alert alert;
    bool passes;

    arena_reset(scratch);
    if (q->filter == NULL ||
        !alert_read(scratch, json_parse(scratch, line, NULL), 0, &alert, NULL))
        return true;
    filter_subject_init(&asked, &alert, q->pools);
    passes = filter_ask(q->filter, &asked) != FILTER_NO;
    filter_subject_release(&asked);
    return passes;
}
