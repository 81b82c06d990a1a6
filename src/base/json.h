/* json.h -- the one JSON reader and writer (RFC 8259, strict).
 *
 * The reader builds an immutable tree in an arena. It refuses, with a byte
 * offset: invalid UTF-8, lone surrogates, duplicate names, trailing text,
 * comments, NaN, deeper than JSON_DEPTH_MAX, more than JSON_MEMBERS_MAX
 * members or JSON_VALUES_MAX values. Numbers keep their text, so 2^63 and 1e400
 * are kept exactly.
 * Why our own: ARCHITECTURE.md, "Departures". */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/error.h"

/* A value costs its sender two bytes and us one node: hence this limit. */
#define JSON_VALUES_MAX (512u << 10)

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json {
    enum json_type type;
    bool truth;              /* JSON_BOOL */
    uint32_t count;          /* elements or members */
    struct str name;         /* of a member; STR_NONE elsewhere */
    struct str text;         /* JSON_STRING decoded, JSON_NUMBER as written;
                                else as read, if it would be written the same */
    const struct json *first; /* element or member */
    const struct json *next;  /* sibling */
};

/* The whole of `text` is one value. NULL and err ("at byte 17: ...") if not.
 * Strings without escapes are views into `text`, which must live as long as
 * the tree; call with an arena_str() copy when it may not. */
const struct json *json_parse(struct arena *a, struct str text,
                              struct error *err);

/* As above, but takes one value off the front of *rest and skips white space
 * on both sides of it: for NDJSON. */
const struct json *json_parse_next(struct arena *a, struct str *rest,
                                   struct error *err);

/* Lookups give NULL, false or the fallback on a NULL or wrongly typed value. */
const struct json *json_get(const struct json *object, const char *name);
bool json_is(const struct json *j, enum json_type type);
bool json_i64(const struct json *j, int64_t *out) must_check; /* 3.0 counts as 3 */
bool json_double(const struct json *j, double *out) must_check;
struct str json_text(const struct json *j); /* a string's bytes, else STR_NONE */
int64_t json_i64_or(const struct json *j, int64_t fallback);
bool json_bool_or(const struct json *j, bool fallback);
const char *json_type_name(enum json_type type); /* "a string", for errors */

/* Trees made by hand, in an arena. Adding is by appending to a list. The text
 * of a string is copied; a name is borrowed and must live as long as the tree. */
struct json_list {
    struct json *head, *tail;
    uint32_t count;
};
struct json *json_new_string(struct arena *a, struct str text);
struct json *json_new_i64(struct arena *a, int64_t i);
struct json *json_new_bool(struct arena *a, bool truth);
void json_list_add(struct json_list *l, struct arena *a, struct str name,
                   const struct json *value); /* a shallow copy of value */
struct json *json_new_object(struct arena *a, const struct json_list *l);
struct json *json_new_array(struct arena *a, const struct json_list *l);

/* The writer: one line, commas kept right, invalid UTF-8 replaced by U+FFFD, not
 * a number and infinity by null. Names are NULL inside an array. Deeper than
 * OUT_DEPTH_MAX asserts; twice the reader's limit, so that what was read can
 * always be written inside something of ours. */
#define OUT_DEPTH_MAX 63
struct json_out {
    struct buf *to;
    uint64_t comma; /* one bit per level */
    unsigned depth;
    bool ascii; /* \uXXXX for everything above 0x7e, for syslog */
};

#define JSON_OUT(buf_ptr) ((struct json_out){.to = (buf_ptr)})

void out_object(struct json_out *o, const char *name);
void out_object_end(struct json_out *o);
void out_array(struct json_out *o, const char *name);
void out_array_end(struct json_out *o);
void out_str(struct json_out *o, const char *name, struct str value);
void out_text(struct json_out *o, const char *name, const char *value);
void out_i64(struct json_out *o, const char *name, int64_t value);
void out_double(struct json_out *o, const char *name, double value);
void out_bool(struct json_out *o, const char *name, bool value);
void out_null(struct json_out *o, const char *name);
void out_tree(struct json_out *o, const char *name, const struct json *value);
/* A member whose name is not a C string. */
void out_name_tree(struct json_out *o, struct str name, const struct json *value);
void out_name_str(struct json_out *o, struct str name, struct str value);
/* Bytes that are already one JSON value. */
void out_raw(struct json_out *o, const char *name, struct str json);

#endif
