/* test_child.c -- real scripts: what they are given, and every way they end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "loop/child.h"

#define TIMEOUT_MS 30000
#define GRACE_MS 5000
#define INPUT_BIG (1u << 20)

static int64_t fake_ms(void *arg)
{
    return *(const int64_t *)arg;
}

/* One child, its directory, and how it ended. */
struct run {
    char dir[32];
    char path[64], fifo[64];
    struct clock clock;
    int64_t now_ms;
    struct loop *loop;
    bool over;
    struct child_end end;
    char output[4096];
};

static void run_init(struct run *r, bool real_time)
{
    struct error err;

    *r = (struct run){.dir = "/tmp/test_child_XXXXXX", .now_ms = 1000};
    assert_non_null(mkdtemp(r->dir));
    snprintf(r->path, sizeof(r->path), "%s/script", r->dir);
    snprintf(r->fifo, sizeof(r->fifo), "%s/fifo", r->dir);
    assert_int_equal(mkfifo(r->fifo, 0600), 0);
    r->clock = (struct clock){fake_ms, fake_ms, NULL, &r->now_ms};
    r->loop = loop_new(real_time ? &clock_real : &r->clock, &err);
    assert_non_null(r->loop);
}

static void run_release(struct run *r)
{
    loop_free(r->loop);
    unlink(r->path);
    unlink(r->fifo);
    rmdir(r->dir);
}

static void run_ended(void *arg, const struct child_end *end)
{
    struct run *r = arg;
    size_t n = MIN(end->output.n, sizeof(r->output) - 1);

    assert_false(r->over);
    r->over = true;
    r->end = *end;
    if (n > 0)
        memcpy(r->output, end->output.p, n);
}

static int script_open(struct run *r, const char *text, mode_t mode)
{
    int fd = open(r->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    size_t n = strlen(text);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, n), n);
    close(fd);
    assert_int_equal(chmod(r->path, mode), 0);
    fd = open(r->path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static struct child *run_start(struct run *r, int exec_fd, struct str input,
                               size_t output_max, struct error *err)
{
    char fifo[80];
    const char *const argv[] = {"script", "one two", "$(id)", NULL};
    const char *const envp[] = {"PATH=/usr/bin:/bin", "NAME=va lue", fifo, NULL};
    struct child_spec spec = {
        .exec_fd = exec_fd,
        .argv = argv,
        .envp = envp,
        .input = input,
        .timeout_ms = TIMEOUT_MS,
        .output_max = output_max,
        .file_size_max = 1024 * 512,
    };
    struct child *c;

    snprintf(fifo, sizeof(fifo), "FIFO=%s", r->fifo);
    c = child_start(r->loop, &spec, run_ended, r, err);
    close(exec_fd);
    return c;
}

static struct child *script_start(struct run *r, const char *text,
                                  struct str input)
{
    struct error err;
    struct child *c =
        run_start(r, script_open(r, text, 0700), input, 4095, &err);

    if (c == NULL)
        fail_msg("%s", err.text);
    return c;
}

static void run_to_end(struct run *r)
{
    while (!r->over)
        loop_turn(r->loop, -1);
}

#define SH "#!/bin/sh\n"

static void scripts_run_as_agreed(void **state)
{
    static const struct {
        const char *name, *script, *input;
        int exit_status, signal_number;
        const char *output;
    } rows[] = {
        {"echoes its input", SH "cat", "hello\n", 0, 0, "hello\n"},
        {"no input is an end at once", SH "cat; echo end", "", 0, 0, "end\n"},
        {"stderr counts", SH "echo a; echo b >&2", "", 0, 0, "a\nb\n"},
        {"exit code", SH "exit 75", "x", 75, 0, ""},
        {"a signal", SH "kill -9 $$", "", -1, SIGKILL, ""},
        {"arguments are not looked at", SH "echo \"$1|$2\"", "", 0, 0,
         "one two|$(id)\n"},
        {"the whole environment", SH "echo \"$NAME|$HOME\"", "", 0, 0,
         "va lue|\n"},
        {"starts in /", SH "pwd", "", 0, 0, "/\n"},
        {"umask", SH "umask", "", 0, 0, "0077\n"},
        {"leads a session and a group",
         SH "set -- $(cat /proc/$$/stat); echo $(($1 - $5)) $(($1 - $6))", "",
         0, 0, "0 0\n"},
        {"no new privileges", SH "grep NoNewPrivs /proc/$$/status", "", 0, 0,
         "NoNewPrivs:\t1\n"},
        {"no other descriptors",
         SH "for n in 98 99; do [ -e /proc/$$/fd/$n ] && echo $n; done; exit 0",
         "", 0, 0, ""},
        {"limits", SH "ulimit -c; ulimit -n; ulimit -f; ulimit -t", "", 0, 0,
         "0\n256\n1024\n36\n"},
        {"signals are not blocked", SH "kill -USR1 $$; echo no", "", -1,
         SIGUSR1, ""},
        {"signals are not ignored", SH "kill -PIPE $$; echo no", "", -1,
         SIGPIPE, ""},
    };
    struct rlimit core = {1024, 1024};
    sigset_t usr1;

    (void)state;
    setrlimit(RLIMIT_CORE, &core); /* so that 0 is the child's own; or it is 0 */
    assert_int_equal(dup2(STDERR_FILENO, 98), 98);
    assert_int_equal(dup2(STDERR_FILENO, 99), 99);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, NULL);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run r;

        run_init(&r, true);
        script_start(&r, rows[i].script, str_of(rows[i].input));
        run_to_end(&r);
        if (r.end.exit_status != rows[i].exit_status ||
            r.end.signal_number != rows[i].signal_number ||
            strcmp(r.output, rows[i].output) != 0)
            fail_msg("%s: exit %d, signal %d, output \"%s\"", rows[i].name,
                     r.end.exit_status, r.end.signal_number, r.output);
        assert_false(r.end.timed_out);
        assert_false(r.end.output_cut);
        run_release(&r);
    }
    pthread_sigmask(SIG_UNBLOCK, &usr1, NULL);
    close(98);
    close(99);
}

/* More than both pipes hold, so writing and reading have to take turns. */
static void input_larger_than_a_pipe(void **state)
{
    static const struct {
        const char *name, *script;
        size_t output_max, want_n;
        bool cut;
        int exit_status;
    } rows[] = {
        {"all of it comes back", SH "cat", INPUT_BIG, INPUT_BIG, false, 0},
        {"output is cut", SH "cat", 1000, 1000, true, 0},
        {"no output kept", SH "cat", 0, 0, true, 0},
        {"never read", SH "exit 0", 1000, 0, false, 0},
        {"never read, failed", SH "exit 4", 1000, 0, false, 4},
        {"closed early", SH "exec <&-; echo closed", 1000, 7, false, 0},
        {"read in part", SH "head -c 5", 1000, 5, false, 0},
        {"stdout closed early", SH "exec >&- 2>&-; cat", 1000, 0, false, 1},
    };
    char *input = mem_new(INPUT_BIG);
    struct error err;

    (void)state;
    memset(input, 'x', INPUT_BIG);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run r;

        run_init(&r, true);
        assert_non_null(run_start(&r, script_open(&r, rows[i].script, 0700),
                                  (struct str){input, INPUT_BIG},
                                  rows[i].output_max, &err));
        run_to_end(&r);
        if (r.end.output.n != rows[i].want_n ||
            r.end.output_cut != rows[i].cut ||
            r.end.exit_status != rows[i].exit_status)
            fail_msg("%s: exit %d, %zu bytes", rows[i].name,
                     r.end.exit_status, r.end.output.n);
        run_release(&r);
    }
    free(input);
}

/* Returns once the script has opened the fifo, which it does when it is ready. */
static void wait_ready(const struct run *r)
{
    char line[16];
    int fd = open(r->fifo, O_RDONLY);

    assert_true(fd >= 0);
    assert_true(read(fd, line, sizeof(line)) > 0);
    close(fd);
}

static size_t open_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    size_t n = 0;

    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

/* A pipe nobody reads any more is let go of, not written to over and over. */
static void input_ends_when_nobody_reads_it(void **state)
{
    char *input = mem_new(INPUT_BIG);
    struct run r;
    size_t before;
    int fd;

    (void)state;
    run_init(&r, true);
    script_start(&r, SH "exec <&-; echo > $FIFO; read go < $FIFO; exit 0",
                 (struct str){input, INPUT_BIG});
    wait_ready(&r);
    before = open_descriptors();
    loop_turn(r.loop, 0);
    assert_int_equal(open_descriptors(), before - 1);
    fd = open(r.fifo, O_WRONLY);
    assert_int_equal(write(fd, "\n", 1), 1);
    close(fd);
    run_to_end(&r);
    assert_int_equal(r.end.exit_status, 0);
    run_release(&r);
    free(input);
}

static void a_binary_runs_too(void **state)
{
    struct run r;
    struct error err;

    (void)state;
    run_init(&r, true);
    assert_non_null(run_start(&r, open("/usr/bin/tail", O_RDONLY | O_CLOEXEC),
                              STR("x"), 4095, &err));
    run_to_end(&r);
    assert_int_equal(r.end.exit_status, 1); /* no file called "one two" */
    assert_non_null(strstr(r.output, "one two"));
    run_release(&r);
}

static void what_cannot_run_is_an_error(void **state)
{
    static const struct {
        const char *name, *text;
        mode_t mode;
        const char *want;
    } rows[] = {
        {"not a program", "hello\n", 0700, "Exec format error"},
        {"no interpreter", "#!/no/such/sh\n", 0700, "interpreter"},
        {"not executable", SH, 0600, "Permission denied"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run r;
        struct error err;
        int fd;

        run_init(&r, true);
        fd = script_open(&r, rows[i].text, rows[i].mode);
        if (run_start(&r, fd, STR("x"), 10, &err) != NULL)
            fail_msg("%s: was started", rows[i].name);
        if (strstr(err.text, rows[i].want) == NULL)
            fail_msg("%s: %s", rows[i].name, err.text);
        assert_false(r.over);
        run_release(&r);
    }
}

static void ends_by_sigkill_if_sigterm_is_ignored(void **state)
{
    struct run r;

    (void)state;
    run_init(&r, false);
    script_start(&r, SH "trap '' TERM; echo > $FIFO; exec sleep 1000", STR("x"));
    wait_ready(&r);
    r.now_ms += TIMEOUT_MS - 1;
    loop_turn(r.loop, 0);
    assert_false(r.over);
    r.now_ms += 1;
    loop_turn(r.loop, 0); /* SIGTERM */
    r.now_ms += GRACE_MS - 1;
    loop_turn(r.loop, 0);
    assert_false(r.over);
    r.now_ms += 1;
    run_to_end(&r);
    assert_true(r.end.timed_out);
    assert_int_equal(r.end.signal_number, SIGKILL);
    assert_int_equal(r.end.exit_status, -1);
    assert_int_equal(r.end.took_ms, TIMEOUT_MS + GRACE_MS);
    run_release(&r);
}

static void may_end_by_itself_at_sigterm(void **state)
{
    struct run r;

    (void)state;
    run_init(&r, false);
    script_start(&r,
                 SH "trap 'echo bye; exit 3' TERM; sleep 1000 & echo > $FIFO; wait",
                 STR("x"));
    wait_ready(&r);
    r.now_ms += TIMEOUT_MS;
    run_to_end(&r);
    assert_true(r.end.timed_out);
    assert_int_equal(r.end.exit_status, 3);
    assert_non_null(strstr(r.output, "bye"));
    run_release(&r);
}

static void can_be_killed(void **state)
{
    struct run r;

    (void)state;
    run_init(&r, true);
    child_kill(script_start(&r, SH "exec sleep 1000", STR("x")));
    run_to_end(&r);
    assert_int_equal(r.end.signal_number, SIGKILL);
    assert_false(r.end.timed_out);
    run_release(&r);
}

static void can_be_abandoned(void **state)
{
    struct run r;
    size_t before;

    (void)state;
    run_init(&r, true);
    before = open_descriptors();
    child_abandon(script_start(&r, SH "exec sleep 1000", STR("x")));
    assert_int_equal(open_descriptors(), before);
    loop_turn(r.loop, 0);
    assert_false(r.over);
    run_release(&r);
}

static void wait_gone(pid_t pid)
{
    struct pollfd p = {(int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0};

    if (p.fd < 0)
        return;
    assert_int_equal(poll(&p, 1, -1), 1);
    close(p.fd);
}

static pid_t output_pid(const struct run *r)
{
    int64_t pid;

    assert_true(str_to_i64(str_trim(str_of(r->output)), &pid));
    assert_true(pid > 1);
    return (pid_t)pid;
}

static void what_it_leaves_in_its_group_dies(void **state)
{
    struct run r;

    (void)state;
    run_init(&r, true);
    script_start(&r, SH "sleep 1000 & echo $!", STR(""));
    run_to_end(&r);
    assert_int_equal(r.end.exit_status, 0);
    wait_gone(output_pid(&r));
    run_release(&r);
}

/* It left the session and holds our pipe open: nobody waits for it. */
static void a_daemon_does_not_keep_us_waiting(void **state)
{
    struct run r;

    (void)state;
    run_init(&r, true);
    script_start(&r,
                 SH "setsid sh -c 'echo > $FIFO; exec sleep 1000' &\n"
                    "read ready < $FIFO; echo $!",
                 STR("x"));
    run_to_end(&r);
    assert_int_equal(r.end.exit_status, 0);
    assert_int_equal(kill(output_pid(&r), SIGKILL), 0); /* it was still there */
    wait_gone(output_pid(&r));
    run_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts_run_as_agreed),
        cmocka_unit_test(input_larger_than_a_pipe),
        cmocka_unit_test(input_ends_when_nobody_reads_it),
        cmocka_unit_test(a_binary_runs_too),
        cmocka_unit_test(what_cannot_run_is_an_error),
        cmocka_unit_test(ends_by_sigkill_if_sigterm_is_ignored),
        cmocka_unit_test(may_end_by_itself_at_sigterm),
        cmocka_unit_test(can_be_killed),
        cmocka_unit_test(can_be_abandoned),
        cmocka_unit_test(what_it_leaves_in_its_group_dies),
        cmocka_unit_test(a_daemon_does_not_keep_us_waiting),
    };

    alarm(60); /* waiting for ever is a failure, not a hang */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
