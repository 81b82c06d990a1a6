/* condition.h -- what a query asks of the columns, in no engine's language yet.
 * An engine writes each test in its own words and binds its values; so all
 * engines look for the same, and none builds SQL from what somebody typed. */
#ifndef STORE_CONDITION_H
#define STORE_CONDITION_H

#include "routing/filter_tree.h"
#include "store/column.h"
#include "store/store.h"

enum condition_kind {
    WHEN_ALL,     /* all children */
    WHEN_ANY,     /* any child */
    WHEN_NOT,     /* not its child */
    WHEN_ONE_OF,  /* the number of column at[0] is a bit of `mask` */
    WHEN_NUMBER,  /* a column's number compares with a value; absent: no */
    WHEN_TEXT,    /* a column is one of the values; or, when `empty` is set, all
                     columns are absent. Numbers too: values[i].number */
    WHEN_PREFIX,  /* a column is an address in the prefix of a value */
    WHEN_PATTERN, /* the leaf's pattern finds something in a column that is not
                     absent; in "" when all are. Kleene's third answer: unsure */
    WHEN_WORDS,   /* the message or the entity value holds values[0].text, in any
                     case of ASCII */
    WHEN_ASKED,   /* the columns cannot say: the filter is asked on the line */
};

struct condition {
    enum condition_kind kind;
    const struct condition *first, *next; /* children; sibling */
    struct field_columns columns;
    uint32_t mask;
    bool empty;
    enum comparison how; /* WHEN_NUMBER: IS, BELOW .. AT_LEAST */
    const struct filter_value *values;
    size_t count;
    const void *pattern; /* for filter_pattern_ask() */
};

struct conditions { /* of a whole query */
    const struct condition *members; /* entity, type ... : of every row */
    const struct condition *filter;  /* of rows that are not odd; NULL: none.
                                        Odd rows, and all when `asked`, are
                                        asked on their line as well */
    bool asked;
    uint64_t columns[2]; /* bits: those that the above look at */
};

/* In the arena. Time, state, acks, ids and deletions are the engine's to say. */
void conditions_make(const struct store_query *q, struct arena *a,
                     struct conditions *out);

/* Whether only columns that an hourly count keeps are looked at: state, severity,
 * entity, type, category, source. */
bool conditions_are_counted(const struct conditions *c);
bool column_is_counted(size_t column);
/* A top looks at its field's columns as well. */
void conditions_look_at(struct conditions *c, const struct field_columns *f);

/* What asks a line for the filter; true: it may pass (yes or unsure). */
bool line_passes(const struct store_query *q, struct str line,
                 struct arena *scratch);

#endif
