/* way_file.c -- a file whose lines are a fake's messages, and the script that writes
 * them when there is one. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake/own.h"
#include "fake/serve.h"

#define FILE_PATH_BYTES 4096
#define LINES_MAX (8u << 20) /* bytes of the file that are looked at */

struct file_way {
    off_t at; /* what was taken in so far */
    char path[FILE_PATH_BYTES];
};

static bool script_write(const struct fake_server *s, const char *text, struct error *err)
{
    char path[FILE_PATH_BYTES];
    ssize_t n = (ssize_t)strlen(text);
    bool ok;
    int fd;

    snprintf(path, sizeof path, "%s/%s.sh", s->dir, fake_vendor(s->fake)->name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0700);
    ok = fd >= 0 && write(fd, text, (size_t)n) == n && fchmod(fd, 0700) == 0;
    if (!ok)
        error_set(err, "cannot write %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool file_open(struct fake_server *s, struct error *err)
{
    struct file_way *w = mem_new(sizeof *w);
    const struct fake_vendor *v = fake_vendor(s->fake);

    s->state = w;
    snprintf(w->path, sizeof w->path, "%s/%s.out", s->dir, v->name);
    return v->script == NULL || script_write(s, v->script, err);
}

/* Whole lines only: the last may still be being written. */
static size_t lines_keep(struct fake *f, struct str text)
{
    struct str rest = text;

    while (str_find(rest, '\n') < rest.n)
        fake_keep(f, STR_NONE, STR("file"), STR_NONE, str_until(&rest, '\n'));
    return text.n - rest.n;
}

static void file_look(struct fake_server *s)
{
    struct file_way *w = s->state;
    struct buf b freed_by(buf_release) = BUF(LINES_MAX);
    int fd = open(w->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char *room = NULL;
    ssize_t n = 0;

    if (fd < 0)
        return; /* nothing was written yet */
    while ((room = buf_room(&b, 65536)) != NULL &&
           (n = pread(fd, room, 65536, w->at + (off_t)b.n)) > 0)
        buf_used(&b, (size_t)n);
    close(fd);
    w->at += (off_t)lines_keep(s->fake, buf_view(&b));
}

static void file_close(struct fake_server *s)
{
    free(s->state);
}

const struct way way_file = {.open = file_open, .look = file_look, .close = file_close};
