/* node.h -- a declared file as a tree that knows where everything stands. */
#ifndef CONFIG_NODE_H
#define CONFIG_NODE_H

#include "config/declare.h"

struct place {
    size_t line, column; /* from 1; a column counts characters */
};

struct node {
    enum json_type type; /* YAML: a string, an array or an object; or null */
    bool plain; /* written without quotes: what it is for decides what it is */
    bool truth;
    struct str name, text;
    struct place at; /* of the name; without one, of the value */
    struct place value_at;
    uint32_t count;
    struct node *first, *last, *next;
};

struct source { /* one file */
    struct str file; /* as it was named */
    struct str path; /* absolute: who owns what it declares */
    struct str text;
};

/* The last one that fits says that there are more. */
void problem_add(struct arena *a, struct declared *out,
                 const struct source *source, struct place at, struct str text);

/* Where one is after reading some text from a place on. */
struct place place_after(struct place from, struct str text);

struct node *node_new(struct arena *a, enum json_type type, struct place at);
void node_add(struct node *to, struct node *child);
struct node *node_get(const struct node *object, struct str name);

/* The documents of a file, as the children of an array; NULL: it has problems
 * of syntax, which were added. */
struct node *node_read_yaml(struct arena *a, const struct source *source,
                            struct declared *out);
struct node *node_read_json(struct arena *a, const struct source *source,
                            struct declared *out);

/* The deepest node a JSON Pointer leads to, and whether that is its end. */
const struct node *node_at(const struct node *from, struct str pointer,
                           bool *found);

/* As JSON. With rows, an object's plain scalars become what its fields are. */
const struct json *node_json(const struct node *node, struct arena *a);
const struct json *node_params(const struct node *node,
                               const struct field *rows, struct arena *a);
/* A plain "true" or "5" as that, anything else as it is. */
const struct json *node_bool(const struct node *node, struct arena *a);
const struct json *node_number(const struct node *node, struct arena *a);

#endif
