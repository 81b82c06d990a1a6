/* import_rows.h -- what a reader of foreign files makes of a text, as lines: one an
 * edit, one a line of the report. */
#ifndef TEST_IMPORT_ROWS_H
#define TEST_IMPORT_ROWS_H

#include "config/import.h"

typedef bool import_read_fn(struct str text, struct import *i, struct error *err);

struct import_row {
    const char *text;
    const char *edits[8];  /* `recipient ops {...}`; NULL ends */
    const char *report[8]; /* `! recipient ops: ...`; a line that is there; NULL ends */
};

/* Fails at the first text that is read otherwise. */
static inline void import_rows_run(import_read_fn *read,
                                   const struct import_row *rows, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        struct arena a freed_by(arena_release) = {0};
        struct import i;
        struct error err = {0};
        size_t want = 0;

        import_begin(&i, NULL, false, &a);
        if (!read(str_of(rows[k].text), &i, &err))
            fail_msg("row %zu: %s", k, err.text);
        for (; rows[k].edits[want] != NULL; want++) {
            const struct edit *e = &i.edits[want];
            struct buf b freed_by(buf_release) = BUF(1u << 16);
            struct json_out o = {.to = &b};

            if (want >= i.n)
                fail_msg("row %zu: only %zu edits", k, i.n);
            buf_printf(&b, "%s %.*s ", object_kind_name(e->kind),
                       STR_ARG(e->name));
            out_tree(&o, NULL, e->object);
            assert_string_equal(buf_c(&b), rows[k].edits[want]);
        }
        if (want != i.n)
            fail_msg("row %zu: %zu edits, not %zu", k, i.n, want);
        for (size_t r = 0; rows[k].report[r] != NULL; r++) {
            bool found = false;

            for (size_t l = 0; l < i.line_count; l++) {
                struct str line = arena_printf(
                    &a, "%c %s %.*s: %.*s", "+~!"[i.lines[l].result],
                    i.lines[l].kind, STR_ARG(i.lines[l].name),
                    STR_ARG(i.lines[l].text));

                found = found || str_is(line, rows[k].report[r]);
            }
            if (!found)
                fail_msg("row %zu: no line %s", k, rows[k].report[r]);
        }
    }
}

#endif
