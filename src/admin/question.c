/* question.c -- questions on their way to the historian and back. */
#include "admin/question.h"

#include "admin/reply.h"

void *question_new(struct admin *a, struct exchange *x, size_t size)
{
    struct question *q = mem_new(size);

    q->admin = a;
    q->x = x;
    q->next = a->questions;
    if (q->next != NULL)
        q->next->previous = q;
    a->questions = q;
    return q;
}

void question_end(struct question *q)
{
    if (q->next != NULL)
        q->next->previous = q->previous;
    if (q->previous != NULL)
        q->previous->next = q->next;
    else
        q->admin->questions = q->next;
    if (q->snapshot != NULL)
        config_release(q->admin->with.config, q->snapshot);
    arena_release(&q->arena);
    free(q);
}

static void asked(void *question, const struct historian_view *view)
{
    struct question *q = question;

    q->ask(q, view);
}

static void gone(void *question)
{
    struct question *q = question;

    historian_cancel(q->admin->with.historian, q);
}

static void answered(void *question)
{
    struct question *q = question;

    q->answer(q);
}

void question_post(struct question *q, question_ask_fn *ask,
                   question_answer_fn *answer)
{
    struct admin *a = q->admin;

    q->ask = ask;
    q->answer = answer;
    if (!a->stopping && historian_ask(a->with.historian, asked, answered, q))
        return;
    reply_later(a, q->x, a->stopping ? "stopping; ask again when it is back"
                                     : "too many questions wait for the history "
                                       "already; ask again");
    question_end(q);
}

void question_read(struct question *q, question_ask_fn *ask,
                   question_answer_fn *answer)
{
    exchange_on_gone(q->x, gone, q);
    question_post(q, ask, answer);
}

void question_failed(struct question *q, const char *what)
{
    if (q->err.text[0] != '\0')
        reply_problem(q->admin, q->x, 503, "unavailable", &q->err);
    else
        reply_problem_text(q->admin, q->x, 404, "not-found",
                           "there is no such %s, or not any more", what);
    question_end(q);
}

void questions_abandon(struct admin *a)
{
    while (a->questions != NULL) {
        struct question *q = a->questions;

        reply_later(a, q->x, "stopping; ask again when it is back");
        question_end(q);
    }
}
