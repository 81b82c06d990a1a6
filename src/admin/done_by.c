/* done_by.c -- who did it, and what a change of people ended in. */
#include "admin/done_by.h"

struct actor done_by(struct exchange *x)
{
    const struct caller *c = exchange_caller(x);

    return (struct actor){
        .who = c->kind != CALLER_NOBODY ? str_of(c->name) : STR("nobody"),
        .from = exchange_address(x),
    };
}

void done_log(struct admin *a, struct exchange *x, const char *what,
              struct str object, struct str before, struct str after)
{
    struct actor by = done_by(x);
    struct audit_row row = {.what = str_of(what),
                            .object = object,
                            .before = before,
                            .after = after};

    if (a->with.people != NULL)
        audit_add(a->with.people, &by, &row);
}

void people_refused(struct admin *a, struct exchange *x,
                    enum people_result result, const struct error *err)
{
    static const struct {
        int status;
        const char *code;
    } answers[] = {
        [PEOPLE_INVALID] = {422, "invalid-object"},
        [PEOPLE_NOT_FOUND] = {404, "not-found"},
        [PEOPLE_EXISTS] = {409, "exists"},
        [PEOPLE_LAST_ADMIN] = {409, "last-admin"},
        [PEOPLE_FAILED] = {500, "not-written"},
    };

    assert(result > PEOPLE_OK && result < COUNT_OF(answers));
    reply_problem(a, x, answers[result].status, answers[result].code, err);
}

bool password_may_come(struct admin *a, struct exchange *x)
{
    if (exchange_is_cross_site(x)) {
        reply_problem_text(a, x, 403, "csrf",
                           "a page of another site sends this");
        return false;
    }
    if (exchange_is_secure(x) || exchange_names_this_host(x))
        return true;
    reply_problem_text(a, x, 403, "https-needed",
                       "passwords are only taken over HTTPS, from a proxy in the "
                       "setting trusted_proxies, or at http://localhost");
    return false;
}
