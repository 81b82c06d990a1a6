/* declare_item.h -- what is behind a declared edit. */
#ifndef CONFIG_DECLARE_ITEM_H
#define CONFIG_DECLARE_ITEM_H

#include "config/node.h"
#include "config/object.h"

struct declared_item {
    enum object_kind kind;
    struct str name;
    const struct source *source;
    const struct node *node; /* the object */
    struct place at;
    const struct endpoint_type *type; /* its, or its endpoint's; NULL: not known */
    bool bad;      /* nothing more can be said of it */
    bool settled; /* its object has its final types */
    const struct json *object;
    struct declared_item *next; /* while reading */
};

/* Adds a problem of this item, at the member the pointer leads to. */
void item_problem(struct declared *d, struct arena *a,
                  struct declared_item *item, const struct error *err);

/* Tells what is wrong with item `i`, and takes it out of its edit's object. False:
 * nothing more can be found there. */
bool item_mend(struct declared *d, size_t i, struct error *err, struct arena *a);
/* The parameters it may have; NULL: not known. */
const struct field *item_rows(const struct declared_item *item);

/* Makes the objects of the edits: what a plain scalar is, its field says, and
 * which fields a recipient has, its endpoint: a declared one, or one of `now`
 * (may be NULL). Those whose endpoint is not known keep strings. */
void items_settle(struct declared *d, const struct snapshot *now,
                  struct arena *a);

/* What is said of a member that is null. */
void member_is_empty(const struct node *m, struct error *err);

/* By file, line and column. */
void problems_sort(struct declared *d);

#endif
