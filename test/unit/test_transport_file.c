/* test_transport_file.c -- lines appended to a file: whole, in order, and only to
 * what may be written to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport/own.h"
#include "transport_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    struct rig rig;
    char dir[40];
    char path[64];
};

static void place_init(struct place *p)
{
    *p = (struct place){.dir = "/tmp/test_transport_file_XXXXXX"};
    assert_non_null(mkdtemp(p->dir));
    snprintf(p->path, sizeof(p->path), "%s/log", p->dir);
    rig_init(&p->rig);
}

static void place_release(struct place *p)
{
    rig_release(&p->rig);
    if (unlink(p->path) != 0 && errno == EISDIR)
        rmdir(p->path);
    assert_int_equal(rmdir(p->dir), 0);
}

static void put(const struct place *p, const char *text, mode_t mode)
{
    FILE *f = fopen(p->path, "we");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(p->path, mode), 0);
}

static void holds(const struct place *p, const char *want)
{
    char got[4096] = "";
    FILE *f = fopen(p->path, "re");

    assert_non_null(f);
    got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(got, want);
}

static struct request of(const char *path, const char *lines)
{
    return (struct request){.via = VIA_FILE,
                            .timeout_ms = 20000,
                            .file = {str_of(path), str_of(lines)}};
}

static void append(struct place *p, const char *lines, struct answer *a)
{
    struct request q = of(p->path, lines);

    rig_carry(&p->rig, &q, a);
}

static void test_appends(void **state)
{
    struct place p;
    struct answer a;
    struct stat st;

    (void)state;
    place_init(&p);
    append(&p, "one\n", &a);
    assert_int_equal(a.response.outcome, OUTCOME_ANSWERED);
    assert_string_equal(a.error, "");
    append(&p, "two\nthree\n", &a);
    assert_int_equal(a.response.outcome, OUTCOME_ANSWERED);
    holds(&p, "one\ntwo\nthree\n");
    assert_int_equal(stat(p.path, &st), 0);
    assert_int_equal(st.st_mode & 07777u & ~0640u, 0);
    place_release(&p);
}

/* A log that was rotated away is begun anew, without being told. */
static void test_rotated(void **state)
{
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    append(&p, "one\n", &a);
    assert_int_equal(unlink(p.path), 0);
    append(&p, "two\n", &a);
    holds(&p, "two\n");
    place_release(&p);
}

static void test_after_half_a_line(void **state)
{
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    put(&p, "one\nhal", 0640);
    append(&p, "two\n", &a);
    holds(&p, "one\nhal\ntwo\n");
    place_release(&p);
}

/* A disk that is full in the middle of it: nothing of it stays. */
static void test_not_all_fits(void **state)
{
    struct rlimit before, small = {.rlim_cur = 8};
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    put(&p, "1234\n", 0640);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    append(&p, "5678\n", &a);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(a.response.outcome, OUTCOME_UNREACHED);
    assert_non_null(strstr(a.error, "not all of it fits"));
    holds(&p, "1234\n");
    place_release(&p);
}

static void test_full_disk(void **state)
{
    struct request q = of("/dev/full", "x\n");
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    rig_carry(&p.rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_DENIED);
    assert_string_equal(a.error, "/dev/full is not a regular file");
    place_release(&p);
}

/* --- what may not be written to --- */

static void make_link(const struct place *p)
{
    assert_int_equal(symlink("/tmp/elsewhere", p->path), 0);
}

static void make_directory(const struct place *p)
{
    assert_int_equal(mkdir(p->path, 0755), 0);
}

/* Nobody will ever read from it: who opens it to write must not wait. */
static void make_pipe(const struct place *p)
{
    assert_int_equal(mkfifo(p->path, 0600), 0);
}

static void make_everybodys(const struct place *p)
{
    put(p, "", 0646);
}

static const struct {
    void (*make)(const struct place *p);
    enum outcome outcome;
    const char *words;
} refusals[] = {
    {make_link, OUTCOME_DENIED, "it is a link"},
    {make_directory, OUTCOME_UNREACHED, "Is a directory"},
    {make_pipe, OUTCOME_DENIED, "is not a regular file"},
    {make_everybodys, OUTCOME_DENIED,
     "has mode 0646: everybody may write to it (chmod o-w)"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct place p;
        struct answer a;

        place_init(&p);
        refusals[i].make(&p);
        append(&p, "x\n", &a);
        if (a.response.outcome != refusals[i].outcome ||
            strstr(a.error, refusals[i].words) == NULL)
            fail_msg("%zu: outcome %d: %s", i, (int)a.response.outcome, a.error);
        place_release(&p);
    }
    assert_int_not_equal(access("/tmp/elsewhere", F_OK), 0);
}

static void test_paths(void **state)
{
    static const struct {
        const char *path, *words;
    } paths[] = {
        {"", "is not the absolute path"},
        {"log", "is not the absolute path"},
        {"../log", "is not the absolute path"},
        {"/no/such/directory/log", "No such file or directory"},
    };
    struct place p;

    (void)state;
    place_init(&p);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct request q = of(paths[i].path, "x\n");
        struct answer a;

        rig_carry(&p.rig, &q, &a);
        assert_int_equal(a.response.outcome, OUTCOME_UNREACHED);
        if (strstr(a.error, paths[i].words) == NULL)
            fail_msg("%s: %s", paths[i].path, a.error);
    }
    place_release(&p);
}

/* --- a disk that hangs --- */

/* In place of libc's: of the file that hangs nothing gets onto the disk. */
static sem_t disk;
static _Atomic ino_t hanging; /* 0: none */

int fdatasync(int fd)
{
    struct stat st;

    if (fstat(fd, &st) == 0 && st.st_ino == hanging)
        sem_wait(&disk);
    return 0;
}

static void disk_hangs(const struct place *p)
{
    struct stat st;

    put(p, "", 0640);
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(sem_init(&disk, 0, 0), 0);
    hanging = st.st_ino;
}

static void disk_goes_on(void)
{
    hanging = 0;
    assert_int_equal(sem_post(&disk), 0);
}

static int lock_take(const struct place *p)
{
    int fd;

    put(p, "", 0640);
    fd = open(p->path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    return fd;
}

static void test_hangs(void **state)
{
    struct place p;
    struct answer a, b, c;
    struct request q, other;
    char path[80];

    (void)state;
    place_init(&p);
    disk_hangs(&p);
    q = of(p.path, "late\n");
    q.timeout_ms = 20;
    rig_carry(&p.rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_TIMED_OUT);
    assert_non_null(strstr(a.error, "was not written within 20 ms"));
    append(&p, "again\n", &b);
    assert_int_equal(b.response.outcome, OUTCOME_UNREACHED);
    assert_non_null(strstr(b.error, "an earlier write to"));
    /* Another file is not held up by it. */
    snprintf(path, sizeof(path), "%s.other", p.path);
    other = of(path, "x\n");
    rig_carry(&p.rig, &other, &c);
    assert_int_equal(c.response.outcome, OUTCOME_ANSWERED);
    assert_int_equal(unlink(path), 0);
    disk_goes_on();
    do /* what hung comes to its end, and is told to nobody */
        append(&p, "again\n", &b);
    while (b.response.outcome != OUTCOME_ANSWERED);
    assert_int_equal(a.calls, 1);
    holds(&p, "late\nagain\n");
    place_release(&p);
}

/* Who stops does not wait for ever for a disk that does not answer. */
static struct writings *left_behind; /* with its thread; known, so no leak */

static void test_stop_while_it_hangs(void **state)
{
    struct place p;
    struct answer a;
    struct request q;

    (void)state;
    place_init(&p);
    disk_hangs(&p);
    q = of(p.path, "x\n");
    rig_send(&p.rig, &q, &a);
    left_behind = p.rig.transport->writings;
    rig_release(&p.rig);
    assert_int_equal(a.calls, 0);
    disk_goes_on();
    rig_init(&p.rig);
    place_release(&p);
}

/* It waits until it is free; and gives up when that takes long. */
static void test_locked(void **state)
{
    struct place p;
    struct answer a;
    int lock;

    (void)state;
    place_init(&p);
    lock = lock_take(&p);
    append(&p, "x\n", &a);
    assert_int_equal(a.response.outcome, OUTCOME_UNREACHED);
    assert_non_null(strstr(a.error, "somebody else holds the lock of"));
    close(lock);
    append(&p, "y\n", &a);
    assert_int_equal(a.response.outcome, OUTCOME_ANSWERED);
    holds(&p, "y\n");
    place_release(&p);
}

static void test_cancel_and_abandon(void **state)
{
    struct place p;
    struct answer a, b;
    struct request q;

    (void)state;
    place_init(&p);
    q = of(p.path, "x\n");
    transport_cancel(rig_send(&p.rig, &q, &a));
    rig_send(&p.rig, &q, &b);
    rig_release(&p.rig);
    assert_int_equal(a.calls + b.calls, 0);
    rig_init(&p.rig);
    place_release(&p);
}

/* Many at once, from several lanes: every line whole. */
static void test_many(void **state)
{
    struct answer answers[100];
    struct request q;
    struct place p;
    unsigned written = 0;
    struct stat st;

    (void)state;
    place_init(&p);
    q = of(p.path, "0123456789\n");
    for (size_t i = 0; i < COUNT_OF(answers); i++)
        rig_send(&p.rig, &q, &answers[i]);
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        rig_wait(&p.rig, &answers[i].calls, 1);
        written += answers[i].response.outcome == OUTCOME_ANSWERED;
    }
    assert_true(written >= 64); /* past that it says so, and is not done */
    assert_int_equal(stat(p.path, &st), 0);
    assert_int_equal(st.st_size, 11 * (off_t)written);
    place_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends),
        cmocka_unit_test(test_rotated),
        cmocka_unit_test(test_after_half_a_line),
        cmocka_unit_test(test_not_all_fits),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_hangs),
        cmocka_unit_test(test_locked),
        cmocka_unit_test(test_stop_while_it_hangs),
        cmocka_unit_test(test_cancel_and_abandon),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
