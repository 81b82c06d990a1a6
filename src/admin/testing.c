/* testing.c -- test messages: through the real path, outside the queue. */
#include "admin/testing.h"

#include "admin/params.h"
#include "admin/question.h"
#include "admin/reply.h"

static void test_done(void *question, bool ok, struct str transcript)
{
    struct question *q = question;

    (void)ok; /* the transcript says it */
    q->admin->tests--;
    exchange_json(q->x, 200, transcript);
    question_end(q);
}

bool testing_has_room(struct admin *a, struct exchange *x)
{
    if (a->tests < ADMIN_TESTS_MAX)
        return true;
    exchange_header_add(x, "Retry-After", STR("1"));
    reply_problem_text(a, x, 429, "too-many-tests",
                       "%u tests and questions for choices are on their way; "
                       "wait for one",
                       a->tests);
    return false;
}

void testing_send(struct admin *a, struct exchange *x, const struct endpoint *e,
                  const struct recipient *r)
{
    static const char *const nothing[] = {NULL};
    struct question *q;

    if (!params_known(a, x, nothing) ||
        params_object(a, x, nothing, true) == NULL || !testing_has_room(a, x))
        return;
    q = question_new(a, x, sizeof *q);
    a->tests++;
    if (courier_test(a->with.courier, e, r, test_done, q, &q->err))
        return;
    a->tests--;
    reply_problem(a, x, 422, "not-testable", &q->err);
    question_end(q);
}
