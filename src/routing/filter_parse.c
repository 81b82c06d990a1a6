/* filter_parse.c -- a filter's text becomes its tree, or an error with a column.
 *
 *   any   := all ("or" all)*
 *   all   := one (["and"] one)*
 *   one   := ("not" | "!") one | "(" any ")" | "{" matchers "}"
 *          | FIELD SIGN VALUE [";" NTOPNG-SIGN] | FIELD ["not"] "in" "(" VALUES ")"
 *          | WORD
 */
#include "routing/filter_parser.h"

static struct filter_node *parse_any(struct parser *p);

static bool is_and(const struct parser *p)
{
    return parser_at_word(p, "and") || parser_at_sign(p, "&&") ||
           parser_at_sign(p, "&");
}

static bool is_or(const struct parser *p)
{
    return parser_at_word(p, "or") || parser_at_sign(p, "||");
}

static bool is_not(const struct parser *p)
{
    return parser_at_word(p, "not") || parser_at_sign(p, "!");
}

/* --- nodes ------------------------------------------------------------------- */

static struct filter_node *node_new(struct parser *p, enum node_kind kind)
{
    struct filter_node *n;

    if (++p->nodes > FILTER_NODES_MAX)
        return parser_fail(p, p->now.at, "the filter has more than %d parts",
                           FILTER_NODES_MAX);
    n = arena_new(p->a, sizeof *n);
    n->kind = kind;
    return n;
}

/* (a and b) and c is a and b and c. */
static void node_add(struct filter_node *to, struct filter_node *child)
{
    bool same = child->kind == to->kind;
    struct filter_node *first = same ? child->first : child;

    if (to->last != NULL)
        to->last->next = first;
    else
        to->first = first;
    to->last = same ? child->last : child;
}

static struct filter_node *node_not(struct parser *p, struct filter_node *n)
{
    struct filter_node *outer;

    if (n->kind == NODE_NOT)
        return n->first;
    if (n->kind == NODE_LEAF) {
        n->leaf.negated = !n->leaf.negated;
        return n;
    }
    outer = node_new(p, NODE_NOT);
    if (outer != NULL)
        node_add(outer, n);
    return outer;
}

/* --- comparisons ------------------------------------------------------------- */

struct spelling {
    const char *text;
    enum comparison how;
    bool negated, is_part; /* is_part: ntopng's "contains" */
};

static const struct spelling signs[] = {
    {"=", IS, false, false},
    {"==", IS, false, false},
    {"!=", IS, true, false},
    {"<", BELOW, false, false},
    {"<=", AT_MOST, false, false},
    {">", ABOVE, false, false},
    {">=", AT_LEAST, false, false},
    {"~", MATCHES, false, false},
    {"=~", MATCHES_WHOLE, false, false},
    {"!~", MATCHES, true, false},
};

static const struct spelling ntopng_signs[] = {
    {"eq", IS, false, false},     {"neq", IS, true, false},
    {"lt", BELOW, false, false},  {"lte", AT_MOST, false, false},
    {"gt", ABOVE, false, false},  {"gte", AT_LEAST, false, false},
    {"in", MATCHES, false, true}, {"nin", MATCHES, true, true},
};

static const struct spelling *spelling_of(const struct spelling *list, size_t n,
                                          struct str text)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(text, list[i].text))
            return &list[i];
    return NULL;
}

/* Whether a field of this kind can be compared so. */
static bool can_be(enum filter_kind kind, enum comparison how)
{
    switch (how) {
    case IS:
        return true;
    case BELOW:
    case AT_MOST:
    case ABOVE:
    case AT_LEAST:
        return kind == KIND_NUMBER || kind == KIND_SEVERITY ||
               kind == KIND_LABEL || kind == KIND_FACT;
    case MATCHES:
    case MATCHES_WHOLE:
        return kind != KIND_NUMBER;
    }
    bug("a comparison nobody thought of");
}

/* Doubled when a power of two is full. */
static void values_room(struct parser *p, struct filter_leaf *l)
{
    struct filter_value *more;

    if ((l->count & (l->count - 1)) != 0)
        return;
    more = arena_array(p->a, MAX(1u, 2 * l->count), sizeof *more);
    if (l->count > 0)
        memcpy(more, l->values, l->count * sizeof *more);
    l->values = more;
}

static bool value_add(struct parser *p, struct filter_leaf *l, struct token t)
{
    struct error fault = {0};

    if (t.kind != T_WORD && t.kind != T_QUOTED)
        return parser_expected(p, "a value");
    if (++p->values > FILTER_VALUES_MAX)
        return parser_fail(p, t.at, "the filter has more than %d values",
                           FILTER_VALUES_MAX);
    values_room(p, l);
    if (!filter_value_read(l->field, l->how, t.text, p->a, &l->values[l->count],
                           &fault))
        return parser_fail(p, t.at, "%s", fault.text);
    l->values[l->count++].column = parser_column(p, t.at);
    return true;
}

/* "a.b" as a pattern that finds itself. */
static struct str literal_pattern(struct str text, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(2 * FILTER_BYTES_MAX);

    for (size_t i = 0; i < text.n; i++) {
        if (strchr("\\^$.[]|()?*+{}#-", text.p[i]) != NULL)
            buf_char(&b, '\\');
        buf_char(&b, text.p[i]);
    }
    return arena_str(a, buf_view(&b));
}

static bool pattern_make(struct parser *p, struct filter_leaf *l, size_t at)
{
    struct error fault = {0};

    if (l->how != MATCHES && l->how != MATCHES_WHOLE)
        return true;
    l->pattern = filter_pattern_compile(l->values[0].text,
                                        l->how == MATCHES_WHOLE, p->a, &fault);
    return l->pattern != NULL || parser_fail(p, at, "%s", fault.text);
}

/* `cli_ip=1.2.3.4;eq`, as in the addresses of ntopng's pages. */
static bool ntopng_sign(struct parser *p, const struct spelling **spelling)
{
    if (!parser_at_sign(p, ";") || strcmp((*spelling)->text, "=") != 0)
        return true;
    if (!parser_next(p))
        return false;
    *spelling = spelling_of(ntopng_signs, COUNT_OF(ntopng_signs), p->now.text);
    if (*spelling == NULL)
        return parser_expected(p,
                               "one of eq, neq, lt, lte, gt, gte, in and nin");
    return parser_next(p);
}

static void *cannot_be(struct parser *p, size_t at, const struct filter_leaf *l)
{
    return parser_fail(p, at, "%s cannot be compared like this; %s", l->name,
                       l->field->kind == KIND_NUMBER
                           ? "=, !=, <, <=, >, >= and in are possible"
                           : "=, !=, ~, !~ and in are possible");
}

static bool leaf_compare(struct parser *p, struct filter_leaf *l)
{
    const struct spelling *s = spelling_of(signs, COUNT_OF(signs), p->now.text);
    size_t sign_at = p->now.at;
    struct token value;

    if (p->now.kind != T_SIGN || s == NULL)
        return parser_expected(p, "a sign like =, !=, >=, ~ or in");
    if (!parser_next(p))
        return false;
    value = p->now;
    if (value.kind != T_WORD && value.kind != T_QUOTED)
        return parser_expected(p, "a value");
    if (!parser_next(p) || !ntopng_sign(p, &s))
        return false;
    l->how = s->how;
    l->negated = s->negated;
    if (!can_be(l->field->kind, l->how))
        return cannot_be(p, sign_at, l);
    if (s->is_part)
        value.text = literal_pattern(value.text, p->a);
    return value_add(p, l, value) && pattern_make(p, l, value.at);
}

/* in (a, b): `now` is the word in. */
static bool leaf_in(struct parser *p, struct filter_leaf *l)
{
    l->how = IS;
    if (!parser_next(p))
        return false;
    if (!parser_at_sign(p, "("))
        return parser_expected(p, "( and a list of values");
    do {
        if (!parser_next(p) || !value_add(p, l, p->now) || !parser_next(p))
            return false;
    } while (parser_at_sign(p, ","));
    if (!parser_at_sign(p, ")"))
        return parser_expected(p, ", or )");
    return parser_next(p);
}

static struct filter_node *
leaf_new(struct parser *p, const struct filter_field *field, struct str name)
{
    struct filter_node *n = node_new(p, NODE_LEAF);

    if (n == NULL)
        return NULL;
    p->leaves++;
    n->leaf.field = field;
    n->leaf.name = field->kind == KIND_LABEL || field->kind == KIND_FACT
                       ? arena_c(p->a, name)
                       : field->name;
    return n;
}

static void *unknown_field(struct parser *p, const struct token *t)
{
    const char *near = filter_field_near(t->text);
    struct str name = str_first(t->text, utf8_cut(t->text, 60));

    if (near != NULL)
        return parser_fail(p, t->at,
                           "there is no field \"%.*s\"; did you mean %s?",
                           STR_ARG(name), near);
    return parser_fail(p, t->at,
                       "there is no field \"%.*s\"; a label is label.%.*s, "
                       "a fact is fact.%.*s",
                       STR_ARG(name), STR_ARG(name), STR_ARG(name));
}

static struct filter_node *parse_words(struct parser *p, const struct token *t)
{
    struct filter_node *n;

    if (t->text.n == 0)
        return parser_fail(p, t->at,
                           "empty quotes find nothing; take them out");
    n = leaf_new(p, filter_field_words(), STR("text"));
    if (n == NULL)
        return NULL;
    n->leaf.values = arena_new(p->a, sizeof *n->leaf.values);
    n->leaf.values[0].text = arena_str(p->a, t->text);
    n->leaf.count = 1;
    return n;
}

/* A name is one when a sign or "in" follows: else it is a word to look for. */
static bool is_comparison(const struct parser *p)
{
    struct parser ahead = *p;

    if (parser_at_word(p, "in") ||
        (p->now.kind == T_SIGN &&
         spelling_of(signs, COUNT_OF(signs), p->now.text)))
        return true;
    ahead.err = NULL;
    ahead.column = NULL;
    return parser_at_word(p, "not") && parser_next(&ahead) &&
           parser_at_word(&ahead, "in");
}

static struct filter_node *parse_leaf(struct parser *p)
{
    struct token t = p->now;
    const struct filter_field *field;
    struct filter_node *n;
    struct str name;
    bool negated;

    if (t.kind != T_WORD && t.kind != T_QUOTED)
        return parser_expected(p, "a field or a word to look for");
    if (!parser_next(p))
        return NULL;
    if (t.kind == T_QUOTED || !is_comparison(p))
        return parse_words(p, &t);
    field = filter_field_of(t.text, &name);
    if (field == NULL)
        return unknown_field(p, &t);
    n = leaf_new(p, field, name);
    if (n == NULL)
        return NULL;
    negated = parser_at_word(p, "not");
    if (negated && !parser_next(p))
        return NULL;
    if (parser_at_word(p, "in") ? !leaf_in(p, &n->leaf)
                                : !leaf_compare(p, &n->leaf))
        return NULL;
    n->leaf.negated = n->leaf.negated != negated;
    return n;
}

/* --- {alertname=~"Foo.*", env!="lab"} ----------------------------------------- */

/* Prometheus anchors both =~ and !~. */
static struct filter_node *parse_matcher(struct parser *p)
{
    struct filter_node *n;
    bool opposite;

    if (p->now.kind != T_WORD)
        return parser_expected(p, "the name of a label");
    n = leaf_new(p, filter_field_label(), p->now.text);
    if (n == NULL || !parser_next(p))
        return NULL;
    opposite = parser_at_sign(p, "!~");
    if (opposite)
        p->now.text = STR("=~");
    if (!parser_at_sign(p, "=") && !parser_at_sign(p, "!=") &&
        !parser_at_sign(p, "=~"))
        return parser_expected(p, "one of =, !=, =~ and !~");
    if (!leaf_compare(p, &n->leaf))
        return NULL;
    n->leaf.negated = n->leaf.negated != opposite;
    return n;
}

static struct filter_node *parse_matchers(struct parser *p)
{
    struct filter_node *all = node_new(p, NODE_AND);

    while (all != NULL) {
        struct filter_node *one;

        if (!parser_next(p))
            return NULL;
        if (parser_at_sign(p, "}") && all->first != NULL)
            break; /* after a last comma */
        one = parse_matcher(p);
        if (one == NULL)
            return NULL;
        node_add(all, one);
        if (parser_at_sign(p, "}"))
            break;
        if (!parser_at_sign(p, ","))
            return parser_expected(p, ", or }");
    }
    if (all == NULL || !parser_next(p))
        return NULL;
    return all->first == all->last ? all->first : all;
}

/* --- and, or, not -------------------------------------------------------------- */

static struct filter_node *parse_group(struct parser *p)
{
    size_t opened_at = p->now.at;
    struct filter_node *n;

    if (!parser_next(p))
        return NULL;
    n = parse_any(p);
    if (n == NULL)
        return NULL;
    if (p->now.kind == T_END)
        return parser_fail(p, opened_at, "the ( that opens here is not closed");
    if (!parser_at_sign(p, ")"))
        return parser_expected(p, "and, or or )");
    return parser_next(p) ? n : NULL;
}

static struct filter_node *parse_one(struct parser *p)
{
    struct filter_node *n;

    if (p->depth == FILTER_DEPTH_MAX)
        return parser_fail(p, p->now.at,
                           "more than %d parentheses and \"not\"s in one "
                           "another",
                           FILTER_DEPTH_MAX);
    p->depth++;
    if (is_not(p)) {
        n = parser_next(p) ? parse_one(p) : NULL;
        n = n != NULL ? node_not(p, n) : NULL;
    } else if (parser_at_sign(p, "(")) {
        n = parse_group(p);
    } else if (parser_at_sign(p, "{")) {
        n = parse_matchers(p);
    } else if (is_and(p) || is_or(p) || parser_at_word(p, "in")) {
        n = parser_expected(p, "a field or a word to look for");
    } else {
        n = parse_leaf(p);
    }
    p->depth--;
    return n;
}

static bool starts_one(const struct parser *p)
{
    return p->now.kind == T_QUOTED || is_not(p) || parser_at_sign(p, "(") ||
           parser_at_sign(p, "{") || (p->now.kind == T_WORD && !is_or(p));
}

static struct filter_node *parse_list(struct parser *p, enum node_kind kind)
{
    bool all = kind == NODE_AND;
    struct filter_node *list = NULL;
    struct filter_node *one = all ? parse_one(p) : parse_list(p, NODE_AND);

    while (one != NULL && (all ? is_and(p) || starts_one(p) : is_or(p))) {
        if (list == NULL) {
            list = node_new(p, kind);
            if (list == NULL)
                return NULL;
            node_add(list, one);
        }
        if ((!all || is_and(p)) && !parser_next(p))
            return NULL;
        one = all ? parse_one(p) : parse_list(p, NODE_AND);
        if (one != NULL)
            node_add(list, one);
    }
    if (one == NULL)
        return NULL;
    return list != NULL ? list : one;
}

static struct filter_node *parse_any(struct parser *p)
{
    return parse_list(p, NODE_OR);
}

static bool text_check(struct parser *p)
{
    if (p->text.n > FILTER_BYTES_MAX)
        return parser_fail(p, 0,
                           "the filter has %zu bytes; at most %d are taken",
                           p->text.n, FILTER_BYTES_MAX);
    if (!utf8_valid(p->text))
        return parser_fail(p, 0, "the filter is not valid UTF-8");
    if (str_trim(p->text).n == 0)
        return parser_fail(
            p, 0, "the filter is empty; leave it out to take everything");
    return true;
}

const struct filter *filter_parse(struct str text, struct arena *a,
                                  size_t *column, struct error *err)
{
    struct parser p = {.text = text, .a = a, .err = err, .column = column};
    struct filter *f = arena_new(a, sizeof *f);

    if (!text_check(&p) || !parser_next(&p))
        return NULL;
    f->root = parse_any(&p);
    f->leaves = p.leaves;
    if (f->root == NULL)
        return NULL;
    if (p.now.kind != T_END)
        return parser_expected(&p, "and, or or the end");
    return f;
}
