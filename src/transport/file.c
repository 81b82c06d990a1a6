/* file.c -- appends lines to a file that another program reads.
 *
 * A disk may take its time, and one that is gone (NFS) takes it for ever, so each
 * write has a thread of its own for as long as it lasts: the loop never waits for
 * it. While one that was given up on still hangs, no other is begun on that file.
 * Nor does stopping wait for it: after a while its thread is left to itself.
 *
 * What the reader sees are whole lines: a write that came out short is taken back,
 * and after half a line that somebody else left a new one is begun. */
#include "transport/own.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loop/mailbox.h"

#define WRITINGS_MAX 64 /* at once, on all files */
#define LOCK_TRIES 100  /* for the file's lock, one each ... */
#define LOCK_WAIT_MS 10 /* ... such while */
#define GRACE_S 2       /* for what is being written when we stop */

struct writing {
    struct writing *next, *previous;
    struct writings *all;
    struct sending *sending; /* NULL: nobody wants to know any more */
    pthread_t thread;
    char *path; /* ours */
    char *text; /* ours: "\n" and the lines */
    size_t text_n;
    enum outcome outcome; /* the thread's, until it has put it into `back` */
    struct error err;
};

struct writings {
    struct writing *first;
    size_t count;
    struct loop *loop;
    struct mailbox *back; /* ours: what has ended */
};

/* --- in the thread --- */

/* Whoever may write to it could say in our name what is to be done. */
static bool file_check(int fd, const char *path, struct error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return error_set(err, "cannot look at %s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "%s is not a regular file", path);
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return error_set(err, "%s belongs to user %u; it must belong to root or to "
                              "user %u",
                         path, st.st_uid, geteuid());
    if ((st.st_mode & S_IWOTH) != 0)
        return error_set(err, "%s has mode %04o: everybody may write to it "
                              "(chmod o-w)",
                         path, st.st_mode & 07777u);
    return true;
}

/* O_NONBLOCK: a pipe of that name must not make us wait for its other end. */
static int file_open(struct writing *w)
{
    int fd = open(w->path,
                  O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
                      O_NONBLOCK | O_NOCTTY,
                  0640);

    if (fd < 0) {
        w->outcome = errno == ELOOP ? OUTCOME_DENIED : OUTCOME_UNREACHED;
        error_set(&w->err, "cannot open %s: %s", w->path,
                  errno == ELOOP ? "it is a link" : strerror(errno));
        return -1;
    }
    if (file_check(fd, w->path, &w->err))
        return fd;
    w->outcome = OUTCOME_DENIED;
    close(fd);
    return -1;
}

static bool ends_with_line(int fd, off_t size)
{
    char last;

    return size == 0 || pread(fd, &last, 1, size - 1) != 1 || last == '\n';
}

/* Under the file's lock, so that its size is what a short write began at. */
static bool file_append(struct writing *w, int fd)
{
    struct stat st;
    size_t skip;
    ssize_t n;

    if (fstat(fd, &st) != 0)
        return error_set(&w->err, "cannot look at %s: %s", w->path,
                         strerror(errno));
    skip = ends_with_line(fd, st.st_size) ? 1 : 0;
    n = write(fd, w->text + skip, w->text_n - skip);
    if (n == (ssize_t)(w->text_n - skip))
        return true;
    error_set(&w->err, "cannot write to %s: %s", w->path,
              n < 0 ? strerror(errno) : "not all of it fits on the disk");
    if (n > 0 && ftruncate(fd, st.st_size) != 0)
        error_in(&w->err, "half a line was left there");
    return false;
}

/* Others of ours hold it for the length of a write. Who holds it longer is somebody
 * else: that is no reason to hang, but to try again later. */
static bool file_lock(struct writing *w, int fd)
{
    static const struct timespec a_while = {.tv_nsec = LOCK_WAIT_MS * 1000000L};

    for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; tries++) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set(&w->err, "cannot lock %s: %s", w->path,
                             strerror(errno));
        if (tries == LOCK_TRIES)
            return error_set(&w->err, "somebody else holds the lock of %s",
                             w->path);
        nanosleep(&a_while, NULL);
    }
    return true;
}

static bool file_write(struct writing *w, int fd)
{
    bool written;

    if (!file_lock(w, fd))
        return false;
    written = file_append(w, fd);
    flock(fd, LOCK_UN);
    if (written && fdatasync(fd) != 0)
        return error_set(&w->err, "cannot get %s onto the disk: %s", w->path,
                         strerror(errno));
    return written;
}

static void *writing_main(void *arg)
{
    struct writing *w = arg;
    int fd = file_open(w);
    bool kept;

    if (fd >= 0) {
        w->outcome = file_write(w, fd) ? OUTCOME_ANSWERED : OUTCOME_UNREACHED;
        close(fd);
    }
    kept = mailbox_put(w->all->back, w);
    (void)kept; /* there is room for all; closed: nobody is there any more */
    return NULL;
}

/* --- on the loop --- */

static void writing_free(struct writing *w)
{
    struct writings *all = w->all;

    if (w->previous != NULL)
        w->previous->next = w->next;
    else
        all->first = w->next;
    if (w->next != NULL)
        w->next->previous = w->previous;
    all->count--;
    free(w->path);
    free(w->text);
    free(w);
}

static void writing_ended(void *arg unused, void *letter)
{
    struct writing *w = letter;
    struct sending *s = w->sending;

    pthread_join(w->thread, NULL);
    if (s != NULL) {
        s->err = w->err;
        sending_end(s, w->outcome);
    }
    writing_free(w);
}

void file_drop(struct sending *s)
{
    struct writing *w = s->carried;

    w->sending = NULL;
}

static void file_late(void *arg)
{
    struct sending *s = arg;

    file_drop(s);
    sending_fail(s, OUTCOME_TIMED_OUT, "%.*s was not written within %lld ms",
                 STR_ARG(s->request->file.path),
                 (long long)sending_timeout_ms(s));
}

static bool may_begin(const struct writings *all, const struct file_request *r,
                      struct error *err)
{
    if (r->path.n == 0 || r->path.p[0] != '/')
        return error_set(err, "'%.*s' is not the absolute path of a file",
                         STR_ARG(r->path));
    for (const struct writing *w = all->first; w != NULL; w = w->next) {
        if (w->sending == NULL && str_is(r->path, w->path))
            return error_set(err, "an earlier write to %s still hangs",
                             w->path);
    }
    return all->count < WRITINGS_MAX ||
           error_set(err, "%zu writes to files are under way; no more at once",
                     all->count);
}

static struct writing *writing_new(struct writings *all, struct sending *s)
{
    const struct file_request *r = &s->request->file;
    struct writing *w = mem_new(sizeof(*w));

    w->all = all;
    w->sending = s;
    w->path = mem_dup(r->path.p, r->path.n);
    w->text_n = r->lines.n + 1;
    w->text = mem_array(w->text_n, 1);
    w->text[0] = '\n';
    memcpy(w->text + 1, r->lines.p, r->lines.n);
    w->next = all->first;
    if (w->next != NULL)
        w->next->previous = w;
    all->first = w;
    all->count++;
    return w;
}

/* Signals are the loop's. */
static int thread_start(struct writing *w)
{
    sigset_t full, before;
    int code;

    sigfillset(&full);
    pthread_sigmask(SIG_SETMASK, &full, &before);
    code = pthread_create(&w->thread, NULL, writing_main, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

void file_start(struct sending *s)
{
    struct writings *all = s->transport->writings;
    struct writing *w;
    int code;

    assert(str_ends(s->request->file.lines, "\n"));
    if (!may_begin(all, &s->request->file, &s->err)) {
        sending_end(s, OUTCOME_UNREACHED);
        return;
    }
    w = writing_new(all, s);
    code = thread_start(w);
    if (code != 0) {
        writing_free(w);
        sending_fail(s, OUTCOME_UNREACHED, "cannot start a thread: %s",
                     strerror(code));
        return;
    }
    s->carried = w;
    loop_timer_set(sending_loop(s), &s->timer, sending_timeout_ms(s), file_late,
                   s);
}

struct writings *writings_new(struct loop *l, struct error *err)
{
    struct writings *all = mem_new(sizeof(*all));

    all->loop = l;
    all->back = mailbox_new(WRITINGS_MAX);
    if (mailbox_watch(all->back, l, writing_ended, all, err))
        return all;
    mailbox_free(all->back);
    free(all);
    return NULL;
}

/* False: some still write when the time is over. */
static bool all_ended(struct writings *all)
{
    struct timespec until;
    bool ended = true;

    clock_gettime(CLOCK_REALTIME, &until); /* it is what the join goes by */
    until.tv_sec += GRACE_S;
    for (struct writing *w = all->first; w != NULL; w = w->next)
        if (pthread_timedjoin_np(w->thread, NULL, &until) != 0) {
            pthread_detach(w->thread);
            ended = false;
        }
    return ended;
}

/* What was begun is seen through: half a write would be worse. What then still
 * hangs keeps all it knows; its delivery is pending, and is tried anew. */
void writings_free(struct writings *all)
{
    if (all == NULL)
        return;
    mailbox_unwatch(all->back, all->loop);
    if (!all_ended(all)) {
        mailbox_close(all->back);
        return;
    }
    while (mailbox_take(all->back, false) != NULL)
        ;
    while (all->first != NULL)
        writing_free(all->first);
    mailbox_free(all->back);
    free(all);
}
