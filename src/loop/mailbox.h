/* mailbox.h -- a bounded queue of pointers between two threads: the only lock
 * in the program. The reader waits on it (a worker thread), or is woken through
 * its loop (mailbox_watch). */
#ifndef LOOP_MAILBOX_H
#define LOOP_MAILBOX_H

#include "loop/loop.h"

struct mailbox;

struct mailbox *mailbox_new(size_t max);
void mailbox_free(struct mailbox *m); /* must be empty */

/* false: full, or closed. The letter stays the caller's then. */
bool mailbox_put(struct mailbox *m, void *letter) must_check;

/* The oldest letter. With `wait`, blocks until there is one or it is closed
 * and empty; NULL then, or at once without `wait`. */
void *mailbox_take(struct mailbox *m, bool wait);

void mailbox_close(struct mailbox *m); /* no more puts; takers drain it */
size_t mailbox_count(struct mailbox *m);

/* Calls `arrived` on the loop for every letter put from another thread. */
typedef void mailbox_fn(void *arg, void *letter);
bool mailbox_watch(struct mailbox *m, struct loop *l, mailbox_fn *arrived,
                   void *arg, struct error *err) must_check;
void mailbox_unwatch(struct mailbox *m, struct loop *l);

#endif
