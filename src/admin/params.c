/* params.c -- query parameters, cursors and bodies: read strictly, refused with
 * the value and what to do. */
#include "admin/params.h"

#include <stdarg.h>

#include "admin/done_by.h"
#include "admin/reply.h"

#define LIMIT_DEFAULT 100
#define SHOWN 60 /* bytes of a wrong value in an error */

bool params_wrong(struct admin *a, struct exchange *x, const char *format, ...)
{
    struct error err = {0};
    va_list args;

    va_start(args, format);
    vsnprintf(err.text, sizeof err.text, format, args);
    va_end(args);
    reply_problem(a, x, 400, "invalid-parameter", &err);
    return false;
}

bool params_revision(struct admin *a, struct exchange *x, const char *name,
                     int64_t fallback, int64_t *out)
{
    *out = fallback;
    return !exchange_has_query(x, name) ||
           (str_to_i64(exchange_query(x, name), out) && *out >= 0) ||
           params_wrong(a, x, "%s must be a revision's number, like 12", name);
}

bool params_signature(struct admin *a, struct exchange *x, struct signature *out)
{
    struct str comment = exchange_query(x, "comment");

    *out = (struct signature){done_by(x).who, comment};
    return comment.n <= COMMENT_MAX ||
           params_wrong(a, x, "comment has %zu bytes; at most %d are taken",
                        comment.n, COMMENT_MAX);
}

/* "; did you mean "severity"?", or nothing. */
static struct str did_you_mean(struct exchange *x, struct str name,
                               const char *const *names)
{
    const char *near = str_nearest(name, names);

    if (near == NULL)
        return STR("");
    return arena_printf(exchange_arena(x), "; did you mean \"%s\"?", near);
}

static bool is_among(struct str name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (str_is(name, *names))
            return true;
    return false;
}

static bool said_before(struct exchange *x, struct str name, size_t at)
{
    struct str other, value;

    for (size_t i = 0; i < at && exchange_query_at(x, i, &other, &value); i++)
        if (str_eq(name, other))
            return true;
    return false;
}

bool params_known(struct admin *a, struct exchange *x, const char *const *names)
{
    struct str name, value;

    for (size_t i = 0; exchange_query_at(x, i, &name, &value); i++) {
        struct str shown = str_first(name, utf8_cut(name, SHOWN));

        if (!is_among(name, names))
            return params_wrong(a, x, "no parameter \"%.*s\" here%.*s",
                                STR_ARG(shown),
                                STR_ARG(did_you_mean(x, name, names)));
        if (said_before(x, name, i))
            return params_wrong(a, x, "the parameter \"%.*s\" is there twice; "
                                      "give it once",
                                STR_ARG(shown));
    }
    return true;
}

bool params_page(struct admin *a, struct exchange *x, struct page *out)
{
    struct str text = exchange_query(x, "limit");
    int64_t limit = LIMIT_DEFAULT;

    if (exchange_has_query(x, "limit") &&
        (!str_to_i64(text, &limit) || limit < 1 || limit > PAGE_MAX))
        return params_wrong(a, x, "limit must be a number from 1 to %d, not "
                                  "\"%.*s\"",
                            PAGE_MAX,
                            STR_ARG(str_first(text, utf8_cut(text, SHOWN))));
    *out = (struct page){
        .limit = (size_t)limit,
        .cursor = exchange_query(x, "cursor"),
    };
    return true;
}

bool params_cursor_id(struct admin *a, struct exchange *x,
                      const struct page *page, int64_t *row)
{
    *row = 0;
    return page->cursor.n == 0 || str_to_i64(page->cursor, row) ||
           params_wrong(a, x, "the cursor is not one that a list gave as "
                              "\"next\"; leave it out to begin again");
}

bool params_cursor(struct admin *a, struct exchange *x, struct str cursor,
                   int64_t *first, int64_t *second)
{
    struct str rest = cursor;
    struct str head = str_until(&rest, '.');

    if (cursor.n == 0)
        return true;
    if (str_to_i64(head, first) && str_to_i64(rest, second) && *second > 0)
        return true;
    return params_wrong(a, x, "the cursor is not one that a list gave as "
                              "\"next\"; leave it out to begin again");
}

struct str cursor_text(struct arena *arena, int64_t first, int64_t second)
{
    return arena_printf(arena, "%lld.%lld", (long long)first,
                        (long long)second);
}

/* "2020-11-23T15:20:56 01:00" is what is left of a + that was not escaped. */
static struct str plus_back(struct exchange *x, struct str text)
{
    size_t tail = strlen("+01:00");
    struct str plus;

    if (text.n < strlen("2020-11-23T15:20:56+01:00") ||
        text.p[text.n - tail] != ' ')
        return text;
    plus = arena_printf(exchange_arena(x), "%.*s+%.*s", (int)(text.n - tail),
                        text.p, (int)tail - 1, text.p + text.n - tail + 1);
    return plus;
}

bool params_time_text(struct admin *a, struct exchange *x, const char *name,
                      struct str text, int64_t *out)
{
    int64_t n;

    if (str_to_i64(text, &n) && n >= 0 && n <= INT64_MAX / 1000)
        *out = n * 1000;
    else if (str_to_duration_ms(text, &n))
        *out = clock_wall_ms(a->with.clock) - n;
    else if (!time_parse(text, out))
        return params_wrong(a, x, "%s must be a time like 2020-11-23T14:20:56Z, "
                                  "seconds since 1970, or how long ago, like "
                                  "1h, not \"%.*s\"",
                            name,
                            STR_ARG(str_first(text, utf8_cut(text, SHOWN))));
    return true;
}

bool params_time(struct admin *a, struct exchange *x, const char *name,
                 int64_t *out)
{
    *out = 0;
    return !exchange_has_query(x, name) ||
           params_time_text(a, x, name, plus_back(x, exchange_query(x, name)),
                            out);
}

bool params_id(struct admin *a, struct exchange *x, int64_t *out)
{
    struct str text = exchange_segment(x, "id");

    if (str_to_i64(text, out) && *out > 0)
        return true;
    reply_problem_text(a, x, 404, "not-found",
                       "no alert has the id \"%.*s\": ids are numbers",
                       STR_ARG(str_first(text, utf8_cut(text, SHOWN))));
    return false;
}

static bool members_known(struct admin *a, struct exchange *x,
                          const struct json *object, const char *const *names)
{
    struct error err = {0};

    for (const struct json *m = object->first; m != NULL; m = m->next) {
        struct str shown = str_first(m->name, utf8_cut(m->name, SHOWN));

        if (is_among(m->name, names))
            continue;
        error_set(&err, "no member \"%.*s\" here%.*s", STR_ARG(shown),
                  STR_ARG(did_you_mean(x, m->name, names)));
        error_at(&err, arena_c(exchange_arena(x), shown));
        reply_problem(a, x, 422, "invalid-object", &err);
        return false;
    }
    return true;
}

static const struct json *body_read(struct admin *a, struct exchange *x,
                                    bool may_be_empty)
{
    static const struct json nothing = {.type = JSON_OBJECT};
    struct str body = exchange_body(x);
    struct error err = {0};
    const struct json *j;

    if (may_be_empty && str_trim(body).n == 0)
        return &nothing;
    j = json_parse(exchange_arena(x), body, &err);
    if (j == NULL) {
        error_in(&err, "the body is not JSON");
        reply_problem(a, x, 400, "invalid-json", &err);
    }
    return j;
}

const struct json *params_object(struct admin *a, struct exchange *x,
                                 const char *const *names, bool may_be_empty)
{
    const struct json *j = body_read(a, x, may_be_empty);

    if (j == NULL)
        return NULL;
    if (!json_is(j, JSON_OBJECT)) {
        reply_problem_text(a, x, 422, "invalid-object",
                           "the body must be an object, not %s",
                           json_type_name(j->type));
        return NULL;
    }
    if (names != NULL && !members_known(a, x, j, names))
        return NULL;
    return j;
}

bool params_flag(struct admin *a, struct exchange *x, const char *name,
                 bool *out)
{
    struct str text = exchange_query(x, name);

    *out = str_is(text, "true");
    return !exchange_has_query(x, name) || *out || str_is(text, "false") ||
           params_wrong(a, x, "%s must be true or false", name);
}
