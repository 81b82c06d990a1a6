/* field.h -- option tables: one row says everything about one parameter, and
 * from the rows come parsing with exact errors, the JSON Schema, the write-only
 * view of a stored value, and the manual. The offset in a row is checked
 * against the member's type when it is compiled. */
#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include "base/json.h"
#include "base/texts.h"

enum field_type {
    FIELD_TEXT,   /* struct str */
    FIELD_NUMBER, /* int64_t */
    FIELD_BOOL,   /* bool */
    FIELD_CHOICE, /* int: index into choices */
    FIELD_LIST,   /* struct str_list: a JSON array of strings */
    FIELD_DURATION, /* int64_t milliseconds; JSON: "5m" or seconds */
};

struct str_list {
    struct str *v;
    size_t n;
};

struct field {
    enum field_type type;
    const char *name; /* the JSON key: the member's own name */
    size_t offset;
    const char *label; /* "Webhook URL" */
    const char *help;  /* one sentence a newcomer can follow */
    const char *fallback; /* as text, a list's with commas; NULL: required
                             unless `optional` */
    const char *unit;     /* "seconds"; NULL: none */
    int64_t min, max;     /* a number's or duration's (ms) range, or the bytes
                             of a text or of each in a list. A max below min
                             (0, mostly) is none: a text's then PARAM_TEXT_MAX */
    const char *const *choices; /* NULL-terminated; of a list: of each in it */
    bool optional; /* may be absent, a text also "": zero, empty */
    bool secret;   /* write-only: never shown, logged or exported; only of a
                      text or a list */
    const char *user; /* a password's: the text row of the name it goes with */
    const char *format; /* "uri", "email", "hostname": for the form; may be NULL.
                           "script": one of the scripts directory's;
                           "severity": the choices are */
    bool words; /* the choices are words and no names: they are translated */
};

#define FIELD_AT(S, member, T)                                                 \
    .name = #member, .offset = offsetof(S, member) +                           \
                               0 * sizeof(_Generic(&((S *)0)->member, T * : 1))
#define TEXT(S, m) .type = FIELD_TEXT, FIELD_AT(S, m, struct str)
#define NUMBER(S, m) .type = FIELD_NUMBER, FIELD_AT(S, m, int64_t)
#define FLAG(S, m) .type = FIELD_BOOL, FIELD_AT(S, m, bool)
#define CHOICE(S, m) .type = FIELD_CHOICE, FIELD_AT(S, m, int)
#define LIST(S, m) .type = FIELD_LIST, FIELD_AT(S, m, struct str_list)
#define DURATION(S, m) .type = FIELD_DURATION, FIELD_AT(S, m, int64_t)
#define FIELDS_END {.name = NULL}

#define FIELD_LIST_MAX 1000 /* texts in one list */

/* Fills `into` (a struct the rows describe, zeroed by the caller) from a JSON
 * object; strings are copied into the arena. Unknown names are errors with a
 * "did you mean"; err->place is the JSON Pointer. Values with control
 * characters other than \n and \t are refused. null counts as absent. `object`
 * may be NULL: all defaults. */
bool fields_read(const struct field *rows, const struct json *object, void *into,
                 struct arena *a, struct error *err) must_check;

/* The members of a JSON object as read back: secrets as {"set":true}, optional
 * ones that are empty or zero left out. */
void fields_write(const struct field *rows, const void *from, struct json_out *o);

/* PATCH: the stored object with the members of `change` put over it (null takes
 * one away). A secret given as {"set":true}, as read back, keeps its value;
 * {"set":false} takes it away. Names are not checked: fields_read() does. */
const struct json *fields_merge(const struct field *rows,
                                const struct json *stored,
                                const struct json *change, struct arena *a);

/* A JSON Schema (2020-12) object for the rows: properties in table order,
 * "writeOnly" and "x-secret" for secrets, "x-unit", "required"; "x-labels" are the
 * choices as people read them, where that is not how they are written. `texts`:
 * the language of labels, helps and units; NULL: English. */
void fields_schema(const struct field *rows, const struct texts *texts,
                   struct json_out *o, const char *name);

struct secret {
    struct str value;
    struct str user; /* it is sent along with: "user:password"; "": none */
};

/* Every secret in `from`, for the redactor; returns how many. With a NULL `out`
 * they are only counted. */
size_t fields_secrets(const struct field *rows, const void *from,
                      struct secret *out, size_t max);

const struct field *field_find(const struct field *rows, struct str name);

/* The row's default as a JSON value; NULL: it has none. */
const struct json *field_fallback(const struct field *row, struct arena *a);

#endif
