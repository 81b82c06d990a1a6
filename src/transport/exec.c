/* exec.c -- runs a script of the configured directory, or one program, and
 * nothing else.
 *
 * It is opened once, below its directory and through no link, and what
 * was opened is checked and run: whoever could exchange the name in between
 * gains nothing. */
#include "transport/own.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loop/child.h"

#define SCRIPT_NAME_MAX 255
#define SCRIPT_SUFFIX ".sh"

/* A script that runs; outlives a sending that was dropped. */
struct errand {
    struct transport *transport;
    struct errand *next, *previous;
    struct sending *sending; /* NULL: nobody wants to know any more */
    struct child *child;
};

/* --- is it safe? --- */

static bool name_check(const struct exec_request *r, struct error *err)
{
    struct str name = r->script;

    if (name.n == 0 || name.n > SCRIPT_NAME_MAX ||
        str_find(name, '/') < name.n || str_find(name, '\0') < name.n ||
        name.p[0] == '.' || (!r->program && !str_ends(name, SCRIPT_SUFFIX)))
        return error_set(err, "'%.*s' is not the name of a script: a file "
                              "name in the scripts directory that ends in "
                              SCRIPT_SUFFIX,
                         STR_ARG(str_first(name, 100)));
    return true;
}

/* Whoever may change what we run could run anything. */
static bool owner_check(const struct stat *st, const char *shown,
                        struct error *err)
{
    uid_t us = geteuid();

    if (st->st_uid != 0 && st->st_uid != us)
        return error_set(err, "%s belongs to user %u; it must belong to root "
                              "or to user %u (chown root)",
                         shown, st->st_uid, us);
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return error_set(err, "%s has mode %04o: others than its owner may "
                              "change it (chmod go-w)",
                         shown, st->st_mode & 07777u);
    return true;
}

static bool begins_as_script(int fd)
{
    char start[2];

    return pread(fd, start, sizeof(start), 0) == (ssize_t)sizeof(start) &&
           memcmp(start, "#!", sizeof(start)) == 0;
}

static bool script_check(int fd, bool program, const char *shown,
                         struct error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return error_set(err, "cannot look at %s: %s", shown, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "%s is not a regular file", shown);
    if (!owner_check(&st, shown, err))
        return false;
    if ((st.st_mode & S_IXUSR) == 0)
        return error_set(err, "%s has mode %04o: it is not executable "
                              "(chmod u+x)",
                         shown, st.st_mode & 07777u);
    if (!program && !begins_as_script(fd))
        return error_set(err, "%s does not begin with #! and an interpreter, "
                              "as in #!/bin/sh",
                         shown);
    return true;
}

static int directory_open(const char *path, struct error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        error_set(err, "cannot open the directory %s: %s", path,
                  strerror(errno));
        return -1;
    }
    if (fstat(fd, &st) == 0 && owner_check(&st, path, err))
        return fd;
    close(fd);
    return -1;
}

static const char *open_words(int fault)
{
    if (fault == ELOOP || fault == EXDEV)
        return "it is a link, or leads out of the directory";
    return strerror(fault);
}

/* O_NONBLOCK: a pipe of that name must not make us wait for its other end. */
static int script_open_at(int directory, const char *name, bool program,
                          const char *shown, struct error *err)
{
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
                   RESOLVE_NO_MAGICLINKS,
    };
    long fd = syscall(SYS_openat2, directory, name, &how, sizeof(how));

    if (fd < 0) {
        error_set(err, "cannot open %s: %s", shown, open_words(errno));
        return -1;
    }
    if (script_check((int)fd, program, shown, err))
        return (int)fd;
    close((int)fd);
    return -1;
}

static int script_open(const struct exec_request *r, struct error *err)
{
    struct buf directory freed_by(buf_release) = BUF(PARAM_TEXT_MAX);
    struct buf shown freed_by(buf_release) = BUF(2 * PARAM_TEXT_MAX);
    size_t name_at;
    int at, fd;

    if (!name_check(r, err))
        return -1;
    buf_str(&directory, r->directory);
    if (r->directory.n == 0 || directory.over || r->directory.p[0] != '/') {
        error_set(err, "'%.*s' is not an absolute directory",
                  STR_ARG(str_first(r->directory, 100)));
        return -1;
    }
    at = directory_open(buf_c(&directory), err);
    if (at < 0)
        return -1;
    buf_printf(&shown, "%s/", buf_c(&directory));
    name_at = shown.n;
    buf_str(&shown, r->script);
    fd = script_open_at(at, buf_c(&shown) + name_at, r->program, buf_c(&shown),
                        err);
    close(at);
    return fd;
}

/* --- running it --- */

static struct errand *errand_new(struct sending *s)
{
    struct errand *e = mem_new(sizeof(*e));

    e->transport = s->transport;
    e->sending = s;
    e->next = e->transport->errands;
    if (e->next != NULL)
        e->next->previous = e;
    e->transport->errands = e;
    return e;
}

static void errand_free(struct errand *e)
{
    if (e->previous != NULL)
        e->previous->next = e->next;
    else
        e->transport->errands = e->next;
    if (e->next != NULL)
        e->next->previous = e->previous;
    free(e);
}

static void script_ended(void *arg, const struct child_end *end)
{
    struct errand *e = arg;
    struct sending *s = e->sending;
    const char *what;

    errand_free(e);
    if (s == NULL)
        return;
    what = s->request->exec.program ? "program" : "script";
    s->response.status = end->exit_status;
    buf_str(&s->body, str_first(end->output, s->body.max));
    if (end->timed_out) {
        error_set(&s->err, "the %s did not end within %lld ms and was killed",
                  what, (long long)sending_timeout_ms(s));
        sending_end(s, OUTCOME_TIMED_OUT);
        return;
    }
    if (end->signal_number != 0)
        error_set(&s->err, "the %s was killed by signal %d (%s)", what,
                  end->signal_number, strsignal(end->signal_number));
    sending_end(s, OUTCOME_ANSWERED);
}

void exec_start(struct sending *s)
{
    const struct exec_request *r = &s->request->exec;
    struct errand *e;
    struct child_spec spec = {
        .exec_fd = script_open(r, &s->err),
        .argv = r->argv,
        .envp = r->envp,
        .input = r->input,
        .timeout_ms = sending_timeout_ms(s),
        .output_max = EXEC_OUTPUT_MAX,
    };

    if (spec.exec_fd < 0) {
        sending_end(s, OUTCOME_DENIED);
        return;
    }
    e = errand_new(s);
    s->carried = e;
    e->child = child_start(sending_loop(s), &spec, script_ended, e, &s->err);
    close(spec.exec_fd);
    if (e->child == NULL) {
        errand_free(e);
        sending_end(s, OUTCOME_UNREACHED);
    }
}

void exec_drop(struct sending *s)
{
    struct errand *e = s->carried;

    e->sending = NULL;
    child_kill(e->child);
}

void exec_abandon(struct transport *t)
{
    while (t->errands != NULL) {
        child_abandon(t->errands->child);
        errand_free(t->errands);
    }
}
