/* filter.c -- asking a filter, writing it, and what it needs at the least. */
#include "routing/filter_tree.h"

/* Kleene's logic: what is unsure counts only where it decides. */
static enum filter_answer node_ask(const struct filter_node *n,
                                   struct filter_subject *s)
{
    enum filter_answer stop = n->kind == NODE_AND ? FILTER_NO : FILTER_YES;
    enum filter_answer answer = (enum filter_answer)(FILTER_YES - stop);

    if (n->kind == NODE_LEAF)
        return filter_leaf_ask(&n->leaf, s);
    if (n->kind == NODE_NOT)
        return (enum filter_answer)(FILTER_YES - node_ask(n->first, s));
    for (const struct filter_node *c = n->first; c != NULL; c = c->next) {
        enum filter_answer one = node_ask(c, s);

        if (one == stop)
            return stop;
        if (one == FILTER_UNSURE)
            answer = one;
    }
    return answer;
}

enum filter_answer filter_ask(const struct filter *f, struct filter_subject *s)
{
    return node_ask(f->root, s);
}

static void node_write(const struct filter_node *n, struct buf *to)
{
    const char *between = n->kind == NODE_AND ? " and " : " or ";

    if (n->kind == NODE_LEAF) {
        filter_leaf_write(&n->leaf, to);
        return;
    }
    if (n->kind == NODE_NOT)
        buf_text(to, "not ");
    for (const struct filter_node *c = n->first; c != NULL; c = c->next) {
        bool group = c->kind == NODE_AND || c->kind == NODE_OR;

        buf_text(to, c != n->first ? between : "");
        buf_text(to, group ? "(" : "");
        node_write(c, to);
        buf_text(to, group ? ")" : "");
    }
}

/* Canonical spelling is longer than what was typed: "a b" is "a and b". */
struct str filter_text(const struct filter *f, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(32 * FILTER_BYTES_MAX);

    node_write(f->root, &b);
    assert(!b.over);
    return arena_str(a, buf_view(&b));
}

/* --- what must hold ---------------------------------------------------------- */

/* The n-th comparison that nothing can make unnecessary; NULL: no more. */
static const struct filter_leaf *must_hold(const struct filter *f, size_t n)
{
    const struct filter_node *c = f->root;

    if (c->kind == NODE_AND)
        for (c = c->first; c != NULL && n > 0; c = c->next)
            n--;
    return c != NULL && n == 0 && c->kind == NODE_LEAF ? &c->leaf : NULL;
}

static size_t parts(const struct filter *f)
{
    size_t n = 0;

    if (f->root->kind != NODE_AND)
        return 1;
    for (const struct filter_node *c = f->root->first; c != NULL; c = c->next)
        n++;
    return n;
}

bool filter_needs(const struct filter *f, const char *field,
                  const struct filter_value **values, size_t *n)
{
    for (size_t i = 0; i < parts(f); i++) {
        const struct filter_leaf *l = must_hold(f, i);

        if (l == NULL || l->negated || l->how != IS ||
            strcmp(l->field->name, field) != 0)
            continue;
        *values = l->values;
        *n = l->count;
        return true;
    }
    return false;
}

static enum severity leaf_least(const struct filter_leaf *l)
{
    double least = SEVERITY_EMERGENCY;

    if (l->field->kind != KIND_SEVERITY || l->negated)
        return SEVERITY_NONE;
    for (size_t i = 0; i < l->count; i++)
        least = MIN(least, l->values[i].number);
    if (l->how == IS || l->how == AT_LEAST || l->how == ABOVE)
        return (enum severity)least;
    return SEVERITY_NONE;
}

enum severity filter_least(const struct filter *f)
{
    enum severity least = SEVERITY_NONE;

    for (size_t i = 0; i < parts(f); i++) {
        const struct filter_leaf *l = must_hold(f, i);

        if (l != NULL)
            least = MAX(least, leaf_least(l));
    }
    return least;
}

struct str filter_words(const struct filter *f)
{
    for (size_t i = 0; i < parts(f); i++) {
        const struct filter_leaf *l = must_hold(f, i);

        if (l != NULL && !l->negated && l->field->kind == KIND_WORDS)
            return l->values[0].text;
    }
    return STR_NONE;
}

static const struct filter_value *node_pool(const struct filter_node *n,
                                            size_t *i)
{
    const struct filter_value *found = NULL;

    if (n->kind == NODE_LEAF) {
        if (n->leaf.how != IS || strcmp(n->leaf.field->name, "pool") != 0)
            return NULL;
        if (*i < n->leaf.count)
            return &n->leaf.values[*i];
        *i -= n->leaf.count;
        return NULL;
    }
    for (n = n->first; found == NULL && n != NULL; n = n->next)
        found = node_pool(n, i);
    return found;
}

const struct filter_value *filter_pool(const struct filter *f, size_t i)
{
    return node_pool(f->root, &i);
}
