/* params.h -- inside the room: what a request says, checked. Each function
 * answers the request itself when it returns false or NULL. */
#ifndef ADMIN_PARAMS_H
#define ADMIN_PARAMS_H

#include "admin/room.h"
#include "config/revisions.h"

/* A parameter that is not in `names` (NULL-terminated), or that is there twice,
 * is a 400: a typing error must not pass for "everything". */
bool params_known(struct admin *a, struct exchange *x, const char *const *names);

/* ?limit= and ?cursor=, which every list has. */
struct page {
    size_t limit;
    struct str cursor; /* "": the first page */
};
bool params_page(struct admin *a, struct exchange *x, struct page *out);

/* The page's cursor as the number of the row before it; 0: the first page. */
bool params_cursor_id(struct admin *a, struct exchange *x,
                      const struct page *page, int64_t *row);

/* A cursor of two numbers, "17.4", and back. */
bool params_cursor(struct admin *a, struct exchange *x, struct str cursor,
                   int64_t *first, int64_t *second);
struct str cursor_text(struct arena *arena, int64_t first, int64_t second);

/* true or false; absent: false. */
bool params_flag(struct admin *a, struct exchange *x, const char *name, bool *out);

/* RFC 3339, seconds since 1970, or how long ago: "1h". Absent: 0. */
bool params_time(struct admin *a, struct exchange *x, const char *name,
                 int64_t *out);

/* The same of a text, wherever it came from; `name` is for the error. */
bool params_time_text(struct admin *a, struct exchange *x, const char *name,
                      struct str text, int64_t *out);

/* The segment {id} as a positive number. */
bool params_id(struct admin *a, struct exchange *x, int64_t *out);

/* The body as an object whose members are all in `names` (NULL: any). An empty
 * body is an empty object when `may_be_empty`. NULL: answered. */
const struct json *params_object(struct admin *a, struct exchange *x,
                                 const char *const *names, bool may_be_empty);

/* A revision's number in a parameter; absent: the fallback. */
bool params_revision(struct admin *a, struct exchange *x, const char *name,
                     int64_t fallback, int64_t *out);

/* Who writes, and ?comment=, which every write of the configuration takes. */
bool params_signature(struct admin *a, struct exchange *x,
                      struct signature *out);

/* 400 `invalid-parameter` about one parameter. Returns false. */
bool params_wrong(struct admin *a, struct exchange *x, const char *format, ...)
    printf_like(3, 4);

#endif
