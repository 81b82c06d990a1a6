/* mailbox.c -- a ring of pointers behind one mutex.
 *
 * The loop is woken through an eventfd, which rings once however many letters
 * come before the loop gets to it: `rung` says that it is already ringing. It
 * is cleared before the letters are counted, so a letter that comes later rings
 * again, and none is left lying. */
#include "loop/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct mailbox {
    pthread_mutex_t lock; /* guards all that follows, but for the reader's part */
    pthread_cond_t arrival;
    void **letters; /* ours; a ring of max */
    size_t max, first, count;
    bool closed;
    int bell; /* ours: eventfd; -1: not watched */
    bool rung;

    mailbox_fn *arrived; /* the reader's part: only the loop's thread sees it */
    void *arg;
};

struct mailbox *mailbox_new(size_t max)
{
    struct mailbox *m = mem_new(sizeof(*m));

    assert(max > 0);
    m->letters = mem_array(max, sizeof(*m->letters));
    m->max = max;
    m->bell = -1;
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->arrival, NULL);
    return m;
}

void mailbox_free(struct mailbox *m)
{
    if (m == NULL)
        return;
    assert(m->count == 0 && m->bell < 0);
    pthread_cond_destroy(&m->arrival);
    pthread_mutex_destroy(&m->lock);
    free(m->letters);
    free(m);
}

static void mailbox_ring(struct mailbox *m)
{
    uint64_t one = 1;
    ssize_t n;

    if (m->bell < 0 || m->rung)
        return;
    m->rung = true;
    n = write(m->bell, &one, sizeof(one));
    assert(n == (ssize_t)sizeof(one));
}

bool mailbox_put(struct mailbox *m, void *letter)
{
    bool fits;

    assert(letter != NULL);
    pthread_mutex_lock(&m->lock);
    fits = !m->closed && m->count < m->max;
    if (fits) {
        m->letters[(m->first + m->count) % m->max] = letter;
        m->count++;
        pthread_cond_signal(&m->arrival);
        mailbox_ring(m);
    }
    pthread_mutex_unlock(&m->lock);
    return fits;
}

void *mailbox_take(struct mailbox *m, bool wait)
{
    void *letter = NULL;

    pthread_mutex_lock(&m->lock);
    while (wait && m->count == 0 && !m->closed)
        pthread_cond_wait(&m->arrival, &m->lock);
    if (m->count > 0) {
        letter = m->letters[m->first];
        m->first = (m->first + 1) % m->max;
        m->count--;
    }
    pthread_mutex_unlock(&m->lock);
    return letter;
}

void mailbox_close(struct mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    m->closed = true;
    pthread_cond_broadcast(&m->arrival);
    pthread_mutex_unlock(&m->lock);
}

size_t mailbox_count(struct mailbox *m)
{
    size_t count;

    pthread_mutex_lock(&m->lock);
    count = m->count;
    pthread_mutex_unlock(&m->lock);
    return count;
}

/* How many letters this turn is to take. What arrives meanwhile rings again and
 * is the next turn's, so that a busy writer cannot keep the loop here. */
static size_t mailbox_answer(struct mailbox *m, int bell)
{
    uint64_t rings;
    size_t count;
    ssize_t n;

    pthread_mutex_lock(&m->lock);
    n = read(bell, &rings, sizeof(rings));
    (void)n; /* it only has to be silent */
    m->rung = false;
    count = m->count;
    pthread_mutex_unlock(&m->lock);
    return count;
}

static void mailbox_ready(void *arg, int fd, int events unused)
{
    struct mailbox *m = arg;
    size_t count = mailbox_answer(m, fd);

    /* `arrived` may stop watching; what is left then stays in the box. */
    while (count-- > 0 && m->bell >= 0) {
        void *letter = mailbox_take(m, false);

        if (letter == NULL)
            return;
        m->arrived(m->arg, letter);
    }
}

bool mailbox_watch(struct mailbox *m, struct loop *l, mailbox_fn *arrived,
                   void *arg, struct error *err)
{
    int bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    assert(m->bell < 0);
    if (bell < 0)
        return error_set(err, "cannot create an event descriptor: %s",
                         strerror(errno));
    if (!loop_watch(l, bell, LOOP_READ, mailbox_ready, m, err)) {
        close(bell);
        return false;
    }
    pthread_mutex_lock(&m->lock);
    m->arrived = arrived;
    m->arg = arg;
    m->bell = bell;
    m->rung = false;
    if (m->count > 0)
        mailbox_ring(m);
    pthread_mutex_unlock(&m->lock);
    return true;
}

void mailbox_unwatch(struct mailbox *m, struct loop *l)
{
    int bell;

    pthread_mutex_lock(&m->lock);
    bell = m->bell;
    m->bell = -1;
    pthread_mutex_unlock(&m->lock);
    if (bell < 0)
        return;
    loop_unwatch(l, bell);
    close(bell);
}
