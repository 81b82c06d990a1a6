/* script.c -- which scripts may be run: the one that is asked for, or all there
 * are; and a program, which need not be a script.
 *
 * A script is opened once, below its directory and through no link, and what was
 * opened is checked and run: whoever could exchange the name in between gains
 * nothing. */
#include "transport/own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SCRIPT_NAME_MAX 200
#define SCRIPT_SUFFIX ".sh"

/* --- may it be run? --- */

static bool has_controls(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f)
            return true;
    return false;
}

static bool name_check(struct str name, bool program, struct error *err)
{
    if (name.n == 0 || name.n > SCRIPT_NAME_MAX || name.p[0] == '.' ||
        name.p[0] == '-' || str_find(name, '/') < name.n ||
        has_controls(name) || !utf8_valid(name) ||
        (!program && !str_ends(name, SCRIPT_SUFFIX)))
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

/* The directory, and its path with "/" behind it in `shown`; or -1. */
static int scripts_open(struct str path, struct buf *shown, struct error *err)
{
    int at;

    buf_str(shown, path);
    if (path.n == 0 || shown->over || path.p[0] != '/') {
        error_set(err, "'%.*s' is not an absolute directory",
                  STR_ARG(str_first(path, 100)));
        return -1;
    }
    at = directory_open(buf_c(shown), err);
    buf_char(shown, '/');
    return at;
}

int script_open(const struct exec_request *r, struct error *err)
{
    struct buf shown freed_by(buf_release) = BUF(2 * PARAM_TEXT_MAX);
    size_t name_at;
    int at, fd;

    if (!name_check(r->script, r->program, err))
        return -1;
    at = scripts_open(r->directory, &shown, err);
    if (at < 0)
        return -1;
    name_at = shown.n;
    buf_str(&shown, r->script);
    fd = script_open_at(at, buf_c(&shown) + name_at, r->program, buf_c(&shown),
                        err);
    close(at);
    return fd;
}

/* --- all there are --- */

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const struct script_found *)x)->name,
                   ((const struct script_found *)y)->name);
}

/* Opened as if to be run, and closed again. */
static void script_look(int directory, const char *name, const char *shown,
                        struct arena *a, struct script_found *out)
{
    struct error why;
    int fd = script_open_at(directory, name, false, shown, &why);

    *out = (struct script_found){.name = arena_str(a, str_of(name))};
    if (fd < 0)
        out->why_not = arena_str(a, str_of(why.text));
    else
        close(fd);
}

static bool scripts_read(DIR *d, const char *path, struct arena *a,
                         struct script_list *out, struct error *err)
{
    const struct dirent *e;

    out->v = arena_array(a, SCRIPTS_MAX, sizeof(*out->v));
    out->n = 0;
    while ((e = readdir(d)) != NULL) {
        if (!name_check(str_of(e->d_name), false, NULL))
            continue;
        if (out->n == SCRIPTS_MAX)
            return error_set(err, "%s has more than %d scripts", path,
                             SCRIPTS_MAX);
        script_look(dirfd(d), e->d_name,
                    arena_printf(a, "%s%s", path, e->d_name).p, a,
                    &out->v[out->n++]);
    }
    qsort(out->v, out->n, sizeof(*out->v), by_name);
    return true;
}

bool transport_scripts(struct str directory, struct arena *a,
                       struct script_list *out, struct error *err)
{
    struct buf shown freed_by(buf_release) = BUF(2 * PARAM_TEXT_MAX);
    int at = scripts_open(directory, &shown, err);
    DIR *d = at >= 0 ? fdopendir(at) : NULL;
    bool read;

    if (at < 0)
        return false;
    if (d == NULL) {
        close(at);
        return error_set(err, "cannot read %s: %s", buf_c(&shown),
                         strerror(errno));
    }
    read = scripts_read(d, buf_c(&shown), a, out, err);
    closedir(d);
    return read;
}
