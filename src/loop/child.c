/* child.c -- starts a program from its open descriptor and sees it through.
 *
 * The program is started with vfork: it shares our memory until it calls exec,
 * so a large process starts a script as fast as a small one. Between the two the
 * child may therefore only make system calls.
 *
 * A child has ended when it was reaped, not when its output ended: a daemon it
 * left behind may keep that open for ever. Its group is killed while it is still
 * a zombie, because only then is its number certain to be nobody else's. */
#include "loop/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

#define CHILD_GRACE_MS 5000 /* between SIGTERM and SIGKILL */
#define CHILD_FILES_MAX 256 /* RLIMIT_NOFILE */
#define PIPE_BYTES (64u << 10) /* what a pipe holds unless told otherwise */
#define CHUNK_BYTES (16u << 10)

struct child {
    struct loop *loop;
    pid_t pid;
    int pid_fd;    /* ours */
    int input_fd;  /* ours: its stdin; -1: closed */
    int output_fd; /* ours: its stdout and stderr; -1: closed */
    struct timer timer;

    char *input; /* ours */
    size_t input_n, input_sent;
    struct buf output;
    bool output_cut;
    bool timed_out;
    int64_t started_ms;

    child_fn *ended;
    void *arg;
};

/* --- in the child: system calls only --- */

/* The descriptors the child is made with; all ours. Each pair is read, write. */
struct plumbing {
    int input[2];
    int output[2];
    int failure[2]; /* carries errno if exec fails; closed by a good exec */
};

static bool limit_set(int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit limit = {soft, hard};

    return setrlimit((__rlimit_resource_t)resource, &limit) == 0;
}

static bool limits_set(const struct child_spec *spec)
{
    rlim_t cpu_s = (rlim_t)(spec->timeout_ms + CHILD_GRACE_MS) / 1000 + 1;
    rlim_t file = spec->file_size_max;

    return limit_set(RLIMIT_CPU, cpu_s, cpu_s + 1) &&
           limit_set(RLIMIT_NOFILE, CHILD_FILES_MAX, CHILD_FILES_MAX) &&
           limit_set(RLIMIT_CORE, 0, 0) &&
           (file == 0 || limit_set(RLIMIT_FSIZE, file, file));
}

static void signals_default(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        sigaction(i, &standard, NULL); /* the two that refuse are default */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A script's interpreter opens the script anew as /dev/fd/N, so for a script
 * the descriptor has to outlive exec; nothing else does. */
static bool descriptors_set(const struct child_spec *spec,
                            const struct plumbing *p, bool script)
{
    return dup2(p->input[0], STDIN_FILENO) >= 0 &&
           dup2(p->output[1], STDOUT_FILENO) >= 0 &&
           dup2(p->output[1], STDERR_FILENO) >= 0 &&
           syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) == 0 &&
           (!script || fcntl(spec->exec_fd, F_SETFD, 0) == 0);
}

static bool child_prepare(const struct child_spec *spec,
                          const struct plumbing *p, bool script)
{
    umask(077);
    return setsid() >= 0 && descriptors_set(spec, p, script) &&
           chdir("/") == 0 && limits_set(spec) &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* exec's type says char *const *, but it does not write to the strings. */
static char *const *unconst(const char *const *strings)
{
    union {
        const char *const *given;
        char *const *taken;
    } u = {.given = strings};

    return u.taken;
}

static _Noreturn void child_become(const struct child_spec *spec,
                                   const struct plumbing *p, bool script)
{
    int failed;
    ssize_t n;

    signals_default();
    if (child_prepare(spec, p, script))
        syscall(SYS_execveat, spec->exec_fd, "", unconst(spec->argv),
                unconst(spec->envp), AT_EMPTY_PATH);
    failed = errno;
    n = write(p->failure[1], &failed, sizeof(failed));
    (void)n; /* without it the exit code has to do */
    _exit(127);
}

/* --- starting --- */

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int fd_take(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

static void plumbing_release(struct plumbing *p)
{
    for (int i = 0; i < 2; i++) {
        fd_close(&p->input[i]);
        fd_close(&p->output[i]);
        fd_close(&p->failure[i]);
    }
}

/* Pipes that are clear of 0, 1 and 2: those are about to be replaced. */
static bool pipe_open(int ends[2])
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
        close(fds[i]);
    }
    return ends[0] >= 0 && ends[1] >= 0;
}

static bool plumbing_open(struct plumbing *p, struct error *err)
{
    if (pipe_open(p->input) && pipe_open(p->output) && pipe_open(p->failure) &&
        fcntl(p->input[1], F_SETFL, O_NONBLOCK) == 0 &&
        fcntl(p->output[0], F_SETFL, O_NONBLOCK) == 0)
        return true;
    return error_set(err, "cannot create a pipe: %s", strerror(errno));
}

static bool is_script(int exec_fd)
{
    char start[2];

    /* Unreadable, it may be one: then it is treated as one. */
    return pread(exec_fd, start, sizeof(start), 0) != (ssize_t)sizeof(start) ||
           (start[0] == '#' && start[1] == '!');
}

/* Signals are held back meanwhile: a handler must not run in the child. */
static pid_t child_fork(const struct child_spec *spec, const struct plumbing *p)
{
    bool script = is_script(spec->exec_fd);
    sigset_t all, before;
    pid_t pid;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = vfork();
    if (pid == 0)
        child_become(spec, p, script);
    failed = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failed;
    return pid;
}

/* Nothing arrives when exec closed the other end. */
static bool exec_failed(struct plumbing *p, struct error *err)
{
    int failed;

    fd_close(&p->failure[1]);
    if (read(p->failure[0], &failed, sizeof(failed)) != sizeof(failed))
        return false;
    error_set(err, "cannot run the program: %s%s", strerror(failed),
              failed == ENOENT ? " (or its #! interpreter)" : "");
    return true;
}

static void child_reap(pid_t pid)
{
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* The pid of the running program and its descriptor, or -1 and err. */
static pid_t child_spawn(const struct child_spec *spec, struct plumbing *p,
                         int *pid_fd, struct error *err)
{
    pid_t pid = child_fork(spec, p);

    if (pid < 0) {
        error_set(err, "cannot start a process: %s", strerror(errno));
        return -1;
    }
    if (exec_failed(p, err)) {
        child_reap(pid);
        return -1;
    }
    *pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (*pid_fd < 0) {
        error_set(err, "cannot open a process descriptor: %s", strerror(errno));
        kill(-pid, SIGKILL);
        child_reap(pid);
        return -1;
    }
    return pid;
}

/* --- while it runs --- */

static void input_close(struct child *c)
{
    if (c->input_fd >= 0)
        loop_unwatch(c->loop, c->input_fd);
    fd_close(&c->input_fd);
}

/* A program that does not want its input is no fault: EPIPE ends the writing,
 * and its exit status says how it went. */
static void input_ready(void *arg, int fd, int events unused)
{
    struct child *c = arg;
    ssize_t n = write(fd, c->input + c->input_sent, c->input_n - c->input_sent);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        c->input_sent += (size_t)n;
    if (n < 0 || c->input_sent == c->input_n)
        input_close(c);
}

static void output_keep(struct child *c, const char *bytes, size_t n)
{
    size_t fits = MIN(n, c->output.max - c->output.n);

    buf_add(&c->output, bytes, fits);
    if (fits < n)
        c->output_cut = true;
}

/* False: nothing there now, or its end. */
static bool output_read(struct child *c)
{
    char bytes[CHUNK_BYTES];
    ssize_t n = read(c->output_fd, bytes, sizeof(bytes));

    if (n > 0) {
        output_keep(c, bytes, (size_t)n);
        return true;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    loop_unwatch(c->loop, c->output_fd);
    fd_close(&c->output_fd);
    return false;
}

static void output_ready(void *arg, int fd unused, int events unused)
{
    output_read(arg);
}

void child_kill(struct child *c)
{
    kill(-c->pid, SIGKILL);
}

static void grace_over(void *arg)
{
    child_kill(arg);
}

static void timeout_over(void *arg)
{
    struct child *c = arg;

    c->timed_out = true;
    kill(-c->pid, SIGTERM);
    loop_timer_set(c->loop, &c->timer, CHILD_GRACE_MS, grace_over, c);
}

/* --- the end --- */

static void child_free(struct child *c)
{
    loop_timer_clear(c->loop, &c->timer);
    input_close(c);
    if (c->output_fd >= 0)
        loop_unwatch(c->loop, c->output_fd);
    fd_close(&c->output_fd);
    loop_unwatch(c->loop, c->pid_fd);
    fd_close(&c->pid_fd);
    buf_release(&c->output);
    free(c->input);
    free(c);
}

void child_abandon(struct child *c)
{
    child_kill(c);
    child_reap(c->pid);
    child_free(c);
}

/* Reaps it and kills what it left in its group. */
static bool child_collect(struct child *c, struct child_end *end)
{
    siginfo_t how = {0};
    bool exited;

    if (waitid(P_PIDFD, (id_t)c->pid_fd, &how,
               WEXITED | WNOWAIT | WNOHANG) != 0 ||
        how.si_pid == 0)
        return false;
    child_kill(c);
    child_reap(c->pid);
    exited = how.si_code == CLD_EXITED;
    end->exit_status = exited ? how.si_status : -1;
    end->signal_number = exited ? 0 : how.si_status;
    return true;
}

static void child_ready(void *arg, int fd unused, int events unused)
{
    struct child *c = arg;
    struct child_end end = {.timed_out = c->timed_out};
    size_t pieces = PIPE_BYTES / CHUNK_BYTES;

    if (!child_collect(c, &end))
        return;
    /* What it wrote before it ended, and no more than a pipe holds: somebody
     * it left behind may go on writing. */
    while (pieces-- > 0 && c->output_fd >= 0 && output_read(c))
        ;
    end.output = buf_view(&c->output);
    end.output_cut = c->output_cut;
    end.took_ms = clock_tick_ms(loop_clock(c->loop)) - c->started_ms;
    c->ended(c->arg, &end);
    child_free(c);
}

static bool child_watch(struct child *c, struct error *err)
{
    return loop_watch(c->loop, c->pid_fd, LOOP_READ, child_ready, c, err) &&
           loop_watch(c->loop, c->output_fd, LOOP_READ, output_ready, c, err) &&
           (c->input_n == 0 ||
            loop_watch(c->loop, c->input_fd, LOOP_WRITE, input_ready, c, err));
}

static struct child *child_new(struct loop *l, const struct child_spec *spec,
                               child_fn *ended, void *arg)
{
    struct child *c = mem_new(sizeof(*c));

    c->loop = l;
    c->pid_fd = c->input_fd = c->output_fd = -1;
    c->input = mem_dup(spec->input.p, spec->input.n);
    c->input_n = spec->input.n;
    c->output = BUF(spec->output_max);
    c->started_ms = clock_tick_ms(loop_clock(l));
    c->ended = ended;
    c->arg = arg;
    return c;
}

struct child *child_start(struct loop *l, const struct child_spec *spec,
                          child_fn *ended, void *arg, struct error *err)
{
    struct plumbing p freed_by(plumbing_release) = {{-1, -1}, {-1, -1}, {-1, -1}};
    struct child *c;

    assert(spec->timeout_ms > 0);
    if (!plumbing_open(&p, err))
        return NULL;
    c = child_new(l, spec, ended, arg);
    c->pid = child_spawn(spec, &p, &c->pid_fd, err);
    if (c->pid < 0) {
        child_free(c);
        return NULL;
    }
    c->input_fd = fd_take(&p.input[1]);
    c->output_fd = fd_take(&p.output[0]);
    if (!child_watch(c, err)) {
        child_kill(c);
        child_reap(c->pid);
        child_free(c);
        return NULL;
    }
    if (c->input_n == 0)
        input_close(c);
    loop_timer_set(l, &c->timer, spec->timeout_ms, timeout_over, c);
    return c;
}
