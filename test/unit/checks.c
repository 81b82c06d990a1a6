/* checks.c -- runs rows of parameters through their types' tables and check(). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks.h"

bool checks_params(struct arena *arena, const struct field *rows, size_t size,
                   const char *json, const void **out, struct error *err)
{
    const struct json *j = json_parse(arena, str_of(json), err);
    void *made = arena_new(arena, size + 1);

    assert_non_null(j);
    *out = made;
    return fields_read(rows, j, made, arena, err);
}

static bool is_taken(const struct check_row *row, struct arena *arena,
                     struct error *err)
{
    const struct endpoint_type *t = endpoint_type_find(str_of(row->type));
    const void *endpoint, *recipient = NULL;

    assert_non_null(t);
    return checks_params(arena, t->endpoint_fields, t->endpoint_size,
                         row->endpoint, &endpoint, err) &&
           (row->recipient == NULL ||
            checks_params(arena, t->recipient_fields, t->recipient_size,
                          row->recipient, &recipient, err)) &&
           t->check(endpoint, recipient, err);
}

void checks_run(const struct check_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct check_row *row = &rows[i];
        struct arena arena freed_by(arena_release) = {0};
        struct error err = {0};
        bool taken = is_taken(row, &arena, &err);

        if (taken != (row->text == NULL))
            fail_msg("%s %s %s: %s", row->type, row->endpoint,
                     row->recipient ? row->recipient : "",
                     taken ? "taken" : err.text);
        if (!taken && (strcmp(err.place, row->place) != 0 ||
                       strstr(err.text, row->text) == NULL))
            fail_msg("%s %s: %s: %s", row->type, row->endpoint, err.place,
                     err.text);
    }
}
