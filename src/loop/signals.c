/* signals.c -- signals as a descriptor: they arrive between other events. */
#include "loop/loop.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "loop/own.h"

struct signals {
    int fd; /* ours */
    signal_fn *on;
    void *arg;
};

static void signals_free(void *arg)
{
    struct signals *s = arg;

    close(s->fd);
    free(s);
}

static void signals_ready(void *arg, int fd, int events unused)
{
    const struct signals *s = arg;
    struct signalfd_siginfo got;

    if (read(fd, &got, sizeof(got)) == (ssize_t)sizeof(got))
        s->on(s->arg, (int)got.ssi_signo);
}

static int signals_open(const int *numbers, size_t n, struct error *err)
{
    sigset_t set;
    int fd, failed;

    sigemptyset(&set);
    for (size_t i = 0; i < n; i++)
        sigaddset(&set, numbers[i]);
    failed = pthread_sigmask(SIG_BLOCK, &set, NULL);
    assert(failed == 0);
    fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        error_set(err, "cannot open a signal descriptor: %s", strerror(errno));
    return fd;
}

bool loop_signals(struct loop *l, const int *signals, size_t n, signal_fn *on,
                  void *arg, struct error *err)
{
    struct signals *s;
    int fd = signals_open(signals, n, err);

    if (fd < 0)
        return false;
    s = mem_new(sizeof(*s));
    *s = (struct signals){.fd = fd, .on = on, .arg = arg};
    loop_own(l, signals_free, s);
    return loop_watch(l, fd, LOOP_READ, signals_ready, s, err);
}
