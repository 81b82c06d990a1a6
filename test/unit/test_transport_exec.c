/* test_transport_exec.c -- which scripts are run, and which are refused with words
 * that help. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport_rig.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OTHER_USER 65534

static const char *const argv[] = {"script.sh", "--option", "two words", NULL};
static const char *const envp[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", NULL};

struct place {
    struct rig rig;
    char dir[40];
};

static void place_init(struct place *p)
{
    *p = (struct place){.dir = "/tmp/test_transport_exec_XXXXXX"};
    assert_non_null(mkdtemp(p->dir));
    rig_init(&p->rig);
}

static void place_release(struct place *p)
{
    rig_release(&p->rig);
    assert_int_equal(rmdir(p->dir), 0);
}

static void path_of(const struct place *p, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", p->dir, name);
}

static void file_write(const struct place *p, const char *name,
                       const char *text, mode_t mode)
{
    char path[128];
    FILE *f;

    path_of(p, name, path);
    f = fopen(path, "we");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void file_remove(const struct place *p, const char *name)
{
    char path[128];

    path_of(p, name, path);
    if (unlink(path) != 0)
        assert_int_equal(rmdir(path), 0);
}

static void run(struct place *p, const char *script, const char *input,
                int64_t timeout_ms, struct answer *a)
{
    struct request q = {
        .via = VIA_EXEC,
        .timeout_ms = timeout_ms,
        .exec = {.directory = str_of(p->dir), .script = str_of(script),
                 .argv = argv, .envp = envp, .input = str_of(input)},
    };

    rig_carry(&p->rig, &q, a);
}

/* --- what is run --- */

static const struct {
    const char *name, *script, *input;
    int status;
    const char *body, *error;
} runs[] = {
    {"fine", "#!/bin/sh\ncat\n", "{\"a\":1}\n", 0, "{\"a\":1}\n", ""},
    {"arguments", "#!/bin/sh\nfor a; do echo \"<$a>\"; done\n", "", 0,
     "<--option>\n<two words>\n", ""},
    {"environment", "#!/bin/sh\necho $LANG; [ -z \"$HOME\" ] && echo none\n",
     "", 0, "C.UTF-8\nnone\n", ""},
    {"a shell's words are data", "#!/bin/sh\ncat\n", "$(id);`id`|id", 0,
     "$(id);`id`|id", ""},
    {"exit status", "#!/bin/sh\necho no >&2\nexit 75\n", "", 75, "no\n", ""},
    {"signal", "#!/bin/sh\nkill -KILL $$\n", "", -1, "",
     "the script was killed by signal 9 (Killed)"},
    {"input it does not read", "#!/bin/sh\nexit 0\n", "x", 0, "", ""},
};

static void test_runs(void **state)
{
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    for (size_t i = 0; i < COUNT_OF(runs); i++) {
        file_write(&p, "script.sh", runs[i].script, 0755);
        run(&p, "script.sh", runs[i].input, 20000, &a);
        if (a.response.outcome != OUTCOME_ANSWERED ||
            a.response.status != runs[i].status ||
            strcmp(a.body, runs[i].body) != 0 ||
            strcmp(a.error, runs[i].error) != 0)
            fail_msg("%s: outcome %d, status %d, '%s': '%s'", runs[i].name,
                     (int)a.response.outcome, a.response.status, a.body,
                     a.error);
        file_remove(&p, "script.sh");
    }
    place_release(&p);
}

static void test_large_output(void **state)
{
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    file_write(&p, "much.sh", "#!/bin/sh\nhead -c 1000000 /dev/zero | tr '\\0' x\n",
               0755);
    run(&p, "much.sh", "", 20000, &a);
    assert_int_equal(a.response.status, 0);
    assert_int_equal(a.response.body.n, RESPONSE_MAX);
    file_remove(&p, "much.sh");
    place_release(&p);
}

static void test_timeout(void **state)
{
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    file_write(&p, "slow.sh", "#!/bin/sh\necho begun\nread forever </dev/ptmx\n",
               0755);
    run(&p, "slow.sh", "", 200, &a);
    assert_int_equal(a.response.outcome, OUTCOME_TIMED_OUT);
    assert_string_equal(a.body, "begun\n");
    assert_string_equal(a.error, "the script did not end within 200 ms and was "
                                 "killed");
    file_remove(&p, "slow.sh");
    place_release(&p);
}

/* --- what is not --- */

static const char fine[] = "#!/bin/sh\necho ran\n";

struct refusal {
    const char *name;
    void (*make)(const struct place *p); /* may be NULL */
    const char *script; /* what is asked for */
    const char *words;  /* found in the refusal */
};

static void make_plain(const struct place *p)
{
    file_write(p, "a.sh", fine, 0755);
}

static void make_not_executable(const struct place *p)
{
    file_write(p, "a.sh", fine, 0644);
}

static void make_group_writable(const struct place *p)
{
    file_write(p, "a.sh", fine, 0775);
}

static void make_world_writable(const struct place *p)
{
    file_write(p, "a.sh", fine, 0757);
}

static void make_no_interpreter(const struct place *p)
{
    file_write(p, "a.sh", "echo ran\n", 0755);
}

static void make_empty(const struct place *p)
{
    file_write(p, "a.sh", "", 0755);
}

static void make_link(const struct place *p)
{
    char path[128];

    file_write(p, "real.sh", fine, 0755);
    path_of(p, "a.sh", path);
    assert_int_equal(symlink("real.sh", path), 0);
}

static void make_link_out(const struct place *p)
{
    char path[128];

    path_of(p, "a.sh", path);
    assert_int_equal(symlink("/bin/sh", path), 0);
}

static void make_directory(const struct place *p)
{
    char path[128];

    path_of(p, "a.sh", path);
    assert_int_equal(mkdir(path, 0755), 0);
}

/* Nobody will ever write to it: who opens it to read must not wait. */
static void make_pipe(const struct place *p)
{
    char path[128];

    path_of(p, "a.sh", path);
    assert_int_equal(mkfifo(path, 0755), 0);
}

static void make_others(const struct place *p)
{
    char path[128];

    file_write(p, "a.sh", fine, 0755);
    path_of(p, "a.sh", path);
    assert_int_equal(chown(path, OTHER_USER, 0), 0);
}

static const struct refusal refusals[] = {
    {"up", make_plain, "../a.sh", "is not the name of a script"},
    {"up and down", make_plain, "../x/a.sh", "is not the name of a script"},
    {"absolute", make_plain, "/bin/x.sh", "is not the name of a script"},
    {"below", make_plain, "x/a.sh", "is not the name of a script"},
    {"the directory", make_plain, ".", "is not the name of a script"},
    {"the one above", make_plain, "..", "is not the name of a script"},
    {"nothing", make_plain, "", "is not the name of a script"},
    {"hidden", make_plain, ".sh", "is not the name of a script"},
    {"another kind", make_plain, "a.py", "is not the name of a script"},
    {"no kind", make_plain, "a", "is not the name of a script"},
    {"with arguments", make_plain, "a.sh -x", "is not the name of a script"},
    {"not there", make_plain, "b.sh", "b.sh: No such file or directory"},
    {"a link", make_link, "a.sh", "it is a link, or leads out"},
    {"a link out", make_link_out, "a.sh", "it is a link, or leads out"},
    {"a directory", make_directory, "a.sh", "is not a regular file"},
    {"a pipe", make_pipe, "a.sh", "is not a regular file"},
    {"not executable", make_not_executable, "a.sh",
     "has mode 0644: it is not executable (chmod u+x)"},
    {"group may write", make_group_writable, "a.sh",
     "has mode 0775: others than its owner may change it (chmod go-w)"},
    {"all may write", make_world_writable, "a.sh",
     "has mode 0757: others than its owner may change it (chmod go-w)"},
    {"no interpreter", make_no_interpreter, "a.sh", "does not begin with #!"},
    {"empty", make_empty, "a.sh", "does not begin with #!"},
    {"somebody else's", make_others, "a.sh", "belongs to user 65534"},
};

static void refuse(struct place *p, const struct refusal *r)
{
    struct answer a;

    r->make(p);
    run(p, r->script, "", 20000, &a);
    if (a.response.outcome != OUTCOME_DENIED ||
        strstr(a.error, r->words) == NULL)
        fail_msg("%s: outcome %d, '%s': %s", r->name, (int)a.response.outcome,
                 a.body, a.error);
    file_remove(p, "a.sh");
    if (r->make == make_link)
        file_remove(p, "real.sh");
}

static void test_refusals(void **state)
{
    struct place p;

    (void)state;
    place_init(&p);
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        if (refusals[i].make != make_others || geteuid() == 0)
            refuse(&p, &refusals[i]);
    place_release(&p);
}

static void test_names(void **state)
{
    char name[400];
    struct request q = {.via = VIA_EXEC,
                        .exec = {.argv = argv, .envp = envp}};
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    q.exec.directory = str_of(p.dir);
    q.exec.script = (struct str){"a\0b.sh", 6};
    rig_carry(&p.rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_DENIED);
    memset(name, 'x', sizeof(name));
    memcpy(name + sizeof(name) - 3, ".sh", 3);
    q.exec.script = (struct str){name, sizeof(name)};
    rig_carry(&p.rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_DENIED);
    place_release(&p);
}

static void directory_refused(struct place *p, struct str directory,
                              const char *words)
{
    struct request q = {.via = VIA_EXEC,
                        .exec = {.directory = directory, .script = STR("a.sh"),
                                 .argv = argv, .envp = envp}};
    struct answer a;

    rig_carry(&p->rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_DENIED);
    if (strstr(a.error, words) == NULL)
        fail_msg("%s", a.error);
}

static void test_directories(void **state)
{
    struct place p;
    char path[128];

    (void)state;
    place_init(&p);
    make_plain(&p);
    assert_int_equal(chmod(p.dir, 0777), 0);
    directory_refused(&p, str_of(p.dir), "has mode 0777: others than its owner "
                                         "may change it");
    assert_int_equal(chmod(p.dir, 0770), 0);
    directory_refused(&p, str_of(p.dir), "has mode 0770");
    assert_int_equal(chmod(p.dir, 0700), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(p.dir, OTHER_USER, 0), 0);
        directory_refused(&p, str_of(p.dir), "belongs to user 65534");
        assert_int_equal(chown(p.dir, 0, 0), 0);
    }
    directory_refused(&p, STR("relative"), "is not an absolute directory");
    directory_refused(&p, STR_NONE, "is not an absolute directory");
    directory_refused(&p, STR("/no/such/directory"), "No such file");
    path_of(&p, "a.sh", path);
    directory_refused(&p, str_of(path), "Not a directory");
    file_remove(&p, "a.sh");
    place_release(&p);
}

/* --- all there are --- */

static void test_list(void **state)
{
    static const struct {
        const char *name, *text;
        mode_t mode;
        const char *why_not; /* NULL: not a script's name */
    } files[] = {
        {"README", "read me\n", 0644, NULL},
        {"a.sh", fine, 0755, ""},
        {"b.sh", fine, 0775, "b.sh has mode 0775: others than its owner"},
        {"c.sh", "echo\n", 0755, "does not begin with #!"},
        {"d.sh", fine, 0644, "is not executable"},
        {".e.sh", fine, 0755, NULL},
        {"-f.sh", fine, 0755, NULL},
        {"g\n.sh", fine, 0755, NULL},
        {"\xff.sh", fine, 0755, NULL},
        {"z z.sh", fine, 0700, ""},
    };
    struct arena arena freed_by(arena_release) = {0};
    struct script_list list;
    struct error err;
    struct place p;
    size_t n = 0;

    (void)state;
    place_init(&p);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        file_write(&p, files[i].name, files[i].text, files[i].mode);
    assert_true(transport_scripts(str_of(p.dir), &arena, &list, &err));
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (files[i].why_not == NULL)
            continue;
        assert_true(n < list.n && str_is(list.v[n].name, files[i].name));
        assert_true((list.v[n].why_not.n == 0) == (files[i].why_not[0] == '\0'));
        if (list.v[n].why_not.n > 0)
            assert_non_null(strstr(list.v[n].why_not.p, files[i].why_not));
        n++;
    }
    assert_int_equal(list.n, n);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        file_remove(&p, files[i].name);
    place_release(&p);
}

static void test_list_refused(void **state)
{
    struct arena arena freed_by(arena_release) = {0};
    struct script_list list;
    struct error err;
    struct place p;
    char name[16];

    (void)state;
    place_init(&p);
    for (int i = 0; i <= SCRIPTS_MAX; i++) {
        snprintf(name, sizeof(name), "%d.sh", i);
        file_write(&p, name, fine, 0755);
    }
    assert_false(transport_scripts(str_of(p.dir), &arena, &list, &err));
    assert_non_null(strstr(err.text, "has more than 1000 scripts"));
    for (int i = 0; i <= SCRIPTS_MAX; i++) {
        snprintf(name, sizeof(name), "%d.sh", i);
        file_remove(&p, name);
    }
    assert_true(transport_scripts(str_of(p.dir), &arena, &list, &err));
    assert_int_equal(list.n, 0);
    assert_int_equal(chmod(p.dir, 0770), 0);
    assert_false(transport_scripts(str_of(p.dir), &arena, &list, &err));
    assert_non_null(strstr(err.text, "has mode 0770"));
    assert_false(transport_scripts(STR("/no/such"), &arena, &list, &err));
    assert_false(transport_scripts(STR("relative"), &arena, &list, &err));
    place_release(&p);
}

static void test_interpreter_missing(void **state)
{
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    file_write(&p, "a.sh", "#!/no/such/interpreter\n", 0755);
    run(&p, "a.sh", "", 20000, &a);
    assert_int_equal(a.response.outcome, OUTCOME_UNREACHED);
    assert_non_null(strstr(a.error, "interpreter"));
    file_remove(&p, "a.sh");
    place_release(&p);
}

/* --- a program of the system's --- */

static void run_program(struct place *p, const char *directory, const char *name,
                        struct answer *a)
{
    struct request q = {.via = VIA_EXEC,
                        .exec = {.directory = str_of(directory),
                                 .script = str_of(name), .program = true,
                                 .argv = argv, .envp = envp}};

    rig_carry(&p->rig, &q, a);
}

static void test_program(void **state)
{
    struct place p;
    struct answer a;

    (void)state;
    place_init(&p);
    run_program(&p, "/usr/bin", "echo", &a);
    assert_int_equal(a.response.status, 0);
    assert_string_equal(a.body, "--option two words\n");
    file_write(&p, "tool", "#!/bin/sh\nkill -KILL $$\n", 0755);
    run_program(&p, p.dir, "tool", &a);
    assert_string_equal(a.error, "the program was killed by signal 9 (Killed)");
    file_write(&p, "tool", fine, 0775);
    run_program(&p, p.dir, "tool", &a);
    assert_int_equal(a.response.outcome, OUTCOME_DENIED);
    assert_non_null(strstr(a.error, "others than its owner may change it"));
    run_program(&p, p.dir, "../bin/echo", &a);
    assert_int_equal(a.response.outcome, OUTCOME_DENIED);
    run_program(&p, p.dir, "none", &a);
    assert_non_null(strstr(a.error, "No such file"));
    file_remove(&p, "tool");
    place_release(&p);
}

static bool has_child(void)
{
    siginfo_t unwanted;

    return waitid(P_ALL, 0, &unwanted, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* A dropped script is killed and reaped, and nobody is told. */
static void test_cancel(void **state)
{
    struct request q = {.via = VIA_EXEC,
                        .exec = {.script = STR("slow.sh"), .argv = argv,
                                 .envp = envp}};
    struct place p;
    struct answer a, b;
    struct sending *s;

    (void)state;
    place_init(&p);
    q.exec.directory = str_of(p.dir);
    file_write(&p, "slow.sh", "#!/bin/sh\nread forever </dev/ptmx\n", 0755);
    file_write(&p, "fine.sh", fine, 0755);
    s = rig_send(&p.rig, &q, &a);
    transport_cancel(s);
    while (has_child()) /* turns the loop until it is reaped */
        run(&p, "fine.sh", "", 20000, &b);
    assert_int_equal(a.calls, 0);
    file_remove(&p, "slow.sh");
    file_remove(&p, "fine.sh");
    place_release(&p);
}

/* What runs when the transport goes is killed with it, dropped or not. */
static void test_abandon(void **state)
{
    struct request q = {.via = VIA_EXEC,
                        .exec = {.script = STR("slow.sh"), .argv = argv,
                                 .envp = envp}};
    struct place p;
    struct answer a, b;

    (void)state;
    place_init(&p);
    q.exec.directory = str_of(p.dir);
    file_write(&p, "slow.sh", "#!/bin/sh\nread forever </dev/ptmx\n", 0755);
    transport_cancel(rig_send(&p.rig, &q, &a));
    rig_send(&p.rig, &q, &b);
    rig_release(&p.rig);
    assert_false(has_child());
    assert_int_equal(a.calls + b.calls, 0);
    rig_init(&p.rig);
    file_remove(&p, "slow.sh");
    place_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_large_output),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_list_refused),
        cmocka_unit_test(test_interpreter_missing),
        cmocka_unit_test(test_program),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_abandon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
