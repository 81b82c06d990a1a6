/* filter_tree.h -- what a filter is made of: for the room, and for the store that
 * says it in another language. */
#ifndef ROUTING_FILTER_TREE_H
#define ROUTING_FILTER_TREE_H

#include "routing/filter.h"

enum filter_kind { /* of a field's values */
    KIND_TEXT,
    KIND_NUMBER,
    KIND_SEVERITY,
    KIND_ENTITY,
    KIND_ACTION,
    KIND_ADDRESS,
    KIND_MAC,
    KIND_LABEL, /* label.NAME */
    KIND_FACT,  /* fact.NAME */
    KIND_WORDS, /* words without a field */
};

struct found { /* one value an alert has */
    struct str text;
    double number;
    bool is_number; /* then text is empty */
};
#define FOUND_MAX 16
struct findings {
    struct found v[FOUND_MAX];
    size_t n;
    bool more; /* than there is room for */
};

struct filter_field {
    const char *name;
    enum filter_kind kind;
    const char *facts[4]; /* looked up as they are */
    void (*find)(struct filter_subject *s, struct findings *to); /* and this */
};

/* NULL: none of that name. "label.env" and "fact.x" leave `rest` at the name. */
const struct filter_field *filter_field_of(struct str name, struct str *rest);
const struct filter_field *filter_field_label(void);
const struct filter_field *filter_field_words(void);
const char *filter_field_near(struct str name); /* NULL: nothing is near */

enum comparison { IS, BELOW, AT_MOST, ABOVE, AT_LEAST, MATCHES, MATCHES_WHOLE };

struct filter_leaf {
    const struct filter_field *field;
    const char *name; /* of the label or fact; else the field's */
    enum comparison how;
    bool negated;
    struct filter_value *values; /* one of them; a pattern is the only one */
    size_t count;
    const void *pattern; /* compiled: filter_pattern.c */
};

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_LEAF };
struct filter_node {
    enum node_kind kind;
    struct filter_node *first, *last, *next; /* children; sibling */
    struct filter_leaf leaf;
};

struct filter {
    struct filter_node *root;
    size_t leaves;
};

/* What the alert has for the leaf's field. */
void filter_leaf_find(const struct filter_leaf *l, struct filter_subject *s,
               struct findings *to);

/* The same of a field of addresses, read once per alert. */
const struct filter_addresses *
filter_addresses_of(const struct filter_field *f, struct filter_subject *s);

/* Canonical and checked; false: err without a column. */
bool filter_value_read(const struct filter_field *field, enum comparison how,
                struct str text, struct arena *a, struct filter_value *out,
                struct error *err);

/* NULL: err. `whole`: the pattern must match all of a text. */
const void *filter_pattern_compile(struct str text, bool whole, struct arena *a,
                            struct error *err);
enum filter_answer filter_pattern_ask(const void *pattern, struct str text,
                               struct filter_subject *s);
void filter_scratch_free(void *scratch);

enum filter_answer filter_leaf_ask(const struct filter_leaf *l,
                            struct filter_subject *s);
/* `>=warning`, ` in (a, b)`: what follows the field; with the field's name. */
void filter_leaf_want(const struct filter_leaf *l, struct buf *to);
void filter_leaf_write(const struct filter_leaf *l, struct buf *to);

#endif
