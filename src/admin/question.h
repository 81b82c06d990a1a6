/* question.h -- inside the room: a request whose answer takes longer than its
 * turn. The exchange is held meanwhile; its client may go away, it is answered
 * all the same (into the void). */
#ifndef ADMIN_QUESTION_H
#define ADMIN_QUESTION_H

#include "admin/room.h"

typedef void question_ask_fn(void *question, const struct historian_view *view);
typedef void question_answer_fn(void *question);

/* First member of what a resource needs to remember. */
struct question {
    struct admin *admin;
    struct exchange *x;
    struct arena arena; /* dies with it; the historian's while it asks */
    const struct snapshot *snapshot; /* released with it; NULL: none */
    struct error err;
    bool ok;
    question_ask_fn *ask;       /* on the historian */
    question_answer_fn *answer; /* on the loop */
    struct question *next, *previous;
};

/* `size` of the struct that it is the first member of. */
void *question_new(struct admin *a, struct exchange *x, size_t size);
/* Ends it: the exchange has been answered. */
void question_end(struct question *q);

/* Has `ask` run on the historian and then `answer` on the loop, which answers
 * the exchange and ends the question, or posts it again. Without room for it,
 * or when stopping, it is answered 503 and ended. */
void question_post(struct question *q, question_ask_fn *ask,
                   question_answer_fn *answer);

/* The same for one that changes nothing: it ends early, with an error, when its
 * client goes away. That may be one that has only closed its sending half. */
void question_read(struct question *q, question_ask_fn *ask,
                   question_answer_fn *answer);

/* Answers with q->err (404 `not-found` when that is empty) and ends it. */
void question_failed(struct question *q, const char *what);

/* Answers what is still open: nobody will. */
void questions_abandon(struct admin *a);

#endif
