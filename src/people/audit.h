/* audit.h -- the log of who did what: only ever appended to, each line with a
 * hash over itself and the line before, so that one that was changed or taken out
 * is seen. Old lines go from the far end. Each is in the program's log as well,
 * which is the copy that somebody with this file in hand cannot change. */
#ifndef PEOPLE_AUDIT_H
#define PEOPLE_AUDIT_H

#include "people/people.h"

#define AUDIT_ROWS_MAX 200000
#define AUDIT_TEXT_MAX (16u << 10) /* bytes of before and after; longer is cut */

struct audit_row {
    int64_t n, at_ms;
    struct str who, from;
    struct str what;   /* "user.add", "login.failed", "recipient.change" */
    struct str object; /* a name; "" */
    struct str before, after; /* JSON without secrets; "" */
};

/* A line that goes with no change of people. False: not written, which is said
 * in the program's log as an error. */
bool audit_add(struct people *p, const struct actor *by,
               const struct audit_row *row);

/* Lines before `before_n` (0: the newest), newest first. The row's texts live
 * until `each` returns. */
typedef void audit_row_fn(void *arg, const struct audit_row *row);
bool audit_list(struct people *p, int64_t before_n, size_t limit,
                audit_row_fn *each, void *arg, struct error *err) must_check;

/* How long lines are kept; 0: for ever, up to AUDIT_ROWS_MAX. */
void audit_keep(struct people *p, int64_t keep_ms);

/* Whether every line is as it was written. False: err names the first that is
 * not. */
bool audit_check(struct people *p, struct error *err) must_check;

#endif
