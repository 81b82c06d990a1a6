/* proof.c -- asks for a password again before what outlives a session. */
#include "admin/proof.h"

#include "admin/done_by.h"
#include "admin/params.h"
#include "admin/tries.h"

struct proof { /* one that waits for its password */
    struct admin *admin;
    struct exchange *x;
    int64_t user_id;
    struct str name; /* in the exchange's arena */
    proof_fn *given;
    void *arg;
};

const struct user *proof_user(struct admin *a, struct exchange *x)
{
    const struct user *u =
        user_of_id(a->with.people, exchange_caller(x)->user_id);

    if (u == NULL)
        reply_problem_text(a, x, 403, "forbidden",
                           "this is for users who are logged in");
    return u;
}

static void password_wrong(struct admin *a, struct exchange *x)
{
    done_log(a, x, "password.wrong", STR_NONE, STR_NONE, STR_NONE);
    reply_problem_text(a, x, 403, "password-wrong", "this is not your password");
}

static void proof_given(void *proof, bool right, const char *hash unused)
{
    struct proof *p = proof;
    const struct user *u = user_of_id(p->admin->with.people, p->user_id);

    if (!right) {
        password_wrong(p->admin, p->x);
    } else if (u == NULL) {
        reply_problem_text(p->admin, p->x, 404, "not-found",
                           "this user was deleted meanwhile");
    } else {
        tries_right(p->admin, p->x, p->name);
        p->given(p->admin, p->x, u, p->arg);
    }
    free(p);
}

void proof_ask(struct admin *a, struct exchange *x, struct str password,
               proof_fn *given, void *arg)
{
    const struct user *u = proof_user(a, x);
    struct proof *p;

    if (u == NULL || !password_may_come(a, x) ||
        !tries_grant(a, x, str_of(u->name)))
        return;
    if (password.n > PASSWORD_MAX) {
        params_wrong(a, x, "a password has at most %d bytes", PASSWORD_MAX);
        return;
    }
    p = mem_new(sizeof *p);
    p->admin = a;
    p->x = x;
    p->user_id = u->id;
    p->name = arena_str(exchange_arena(x), str_of(u->name));
    p->given = given;
    p->arg = arg;
    if (password_verify(a->with.passwords, password, u->hash, proof_given, p))
        return;
    reply_later(a, x, "too many logins at once; try again");
    free(p);
}
