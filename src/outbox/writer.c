/* writer.c -- the thread that commits: one group at a time, in and back. */
#include "outbox/own.h"

#include <pthread.h>

struct writer {
    pthread_t thread;
    struct database *database;
    struct mailbox *in, *back;
    struct loop *loop;
    bool busy; /* loop's side: a group is with the thread */
    mailbox_fn *came_back;
    void *arg;
};

static int64_t micros(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void *work(void *arg)
{
    struct writer *w = arg;
    struct group *g;

    pthread_setname_np(pthread_self(), "writer");
    while ((g = mailbox_take(w->in, true)) != NULL) {
        int64_t from = micros();

        group_run(w->database, g);
        g->took_us = micros() - from;
        if (!mailbox_put(w->back, g))
            bug("the writer's answer found its mailbox full");
    }
    return NULL;
}

static void came_back(void *arg, void *letter)
{
    struct writer *w = arg;

    w->busy = false;
    w->came_back(w->arg, letter);
}

struct writer *writer_start(struct loop *l, struct database *d, mailbox_fn *back,
                            void *arg, struct error *err)
{
    struct writer *w = mem_new(sizeof *w);
    int code;

    w->database = d;
    w->loop = l;
    w->came_back = back;
    w->arg = arg;
    w->in = mailbox_new(1);
    w->back = mailbox_new(1);
    if (!mailbox_watch(w->back, l, came_back, w, err)) {
        mailbox_free(w->in);
        mailbox_free(w->back);
        free(w);
        return NULL;
    }
    code = pthread_create(&w->thread, NULL, work, w);
    if (code != 0)
        bug(strerror(code));
    return w;
}

bool writer_submit(struct writer *w, struct group *g)
{
    if (w->busy || !mailbox_put(w->in, g))
        return false;
    w->busy = true;
    return true;
}

void writer_stop(struct writer *w)
{
    struct group *g;

    if (w == NULL)
        return;
    mailbox_close(w->in);
    pthread_join(w->thread, NULL);
    mailbox_unwatch(w->back, w->loop);
    g = mailbox_take(w->back, false);
    if (g != NULL)
        came_back(w, g);
    mailbox_free(w->in);
    mailbox_free(w->back);
    free(w);
}
