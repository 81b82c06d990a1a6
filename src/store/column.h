/* column.h -- the one schema: what of an alert is kept apart from its line, so
 * that it can be looked for and counted. Every engine makes its table and its
 * conditions from this list, so a field is added here and nowhere else. */
#ifndef STORE_COLUMN_H
#define STORE_COLUMN_H

#include "alert/alert.h"

enum column_type {
    COLUMN_NUMBER,   /* a whole number, or absent */
    COLUMN_TEXT,     /* UTF-8 without NUL; "" is absent */
    COLUMN_ADDRESS,  /* as RFC 5952 writes it, v4 as a dotted quad; or "" */
    COLUMN_SEVERITY, /* the number of an enum severity: ntopng's */
    COLUMN_ENTITY,   /* of an enum entity */
    COLUMN_ACTION,   /* of an enum row_state */
};

#define COLUMN_NUMBER_MAX (1LL << 53) /* filters compare doubles */

enum row_state { STATE_ENGAGED, STATE_RELEASED, STATE_STORED };

/* What the program itself names; facts that are only looked for have none. */
enum column_id {
    COLUMN_STATE,
    COLUMN_SEVERITY_OF,
    COLUMN_ENTITY_OF,
    COLUMN_SCORE,
    COLUMN_TYPE,
    COLUMN_CATEGORY,
    COLUMN_SOURCE,
    COLUMN_ENTITY_VALUE,
    COLUMN_CLI_IP,
    COLUMN_SRV_IP,
    COLUMN_IP,
    COLUMN_HOST,
    COLUMN_VLAN,
    COLUMN_MAC,
    COLUMN_INTERFACE,
    COLUMN_ALERTNAME,
    COLUMN_INSTANCE,
    COLUMN_JOB,
    COLUMN_FACTS, /* the first of the others */
    COLUMN_MESSAGE = COLUMN_FACTS + 55,
};
/* Those before it are asked for most: an engine by rows keeps them together. */
#define COLUMN_HOT_COUNT (COLUMN_FACTS + 3)
#define COLUMN_COUNT (COLUMN_MESSAGE + 1) /* it is last: it may be long */

struct column {
    const char *name;
    enum column_type type;
    const char *fact; /* the alert's fact it keeps; NULL: it is worked out */
    const char *source;  /* who says it: "ntopng", "prometheus", "any" */
    const char *meaning; /* for documents */
};
extern const struct column columns[COLUMN_COUNT];

/* One alert's values. A number is in `number`, all else in `text`. */
struct column_value {
    struct str text; /* COLUMN_TEXT, COLUMN_ADDRESS */
    int64_t number;
    bool absent;
};

/* False: a column cannot say all that the alert says there (a list, a fraction,
 * an address written oddly): the row is "odd", and a filter is asked on its line
 * instead of its columns. All texts are in the arena or the alert's. */
bool columns_read(const struct alert *a, struct arena *arena,
                  struct column_value out[COLUMN_COUNT]) must_check;

/* The columns that a filter's field, "fact.NAME" or a column's own name looks
 * at. False: there are none (pool, label.NAME, unknown facts). */
#define FIELD_COLUMNS_MAX 4
struct field_columns {
    uint8_t at[FIELD_COLUMNS_MAX];
    size_t n;
};
bool field_columns_of(struct str field, struct field_columns *out) must_check;

enum action row_action(enum row_state state);

/* A number of a column as filters write it: "warning", "host", "engage", "443". */
struct str column_number_text(const struct column *c, int64_t number,
                              struct arena *arena);

#endif
