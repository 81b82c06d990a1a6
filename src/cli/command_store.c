/* command_store.c -- tocsin store stats|verify|backup|restore: the history itself,
 * beside a running Tocsin (all but restore) or without one. */
#include "cli/commands.h"
#include "cli/history.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>


static int failed(const struct error *err)
{
    fprintf(stderr, "tocsin store: %s\n", err->text);
    return EXIT_FAILED;
}

static struct store_engine *file_open(const char *path, struct error *err)
{
    if (access(path, R_OK | W_OK) != 0) {
        error_set(err, "%s: %s", path, strerror(errno));
        return NULL;
    }
    return store_sqlite_open(path, err);
}

static void stats_print(struct cli *c, const struct store_stats *s)
{
    struct buf b freed_by(buf_release) = BUF(4096);
    struct json_out o = JSON_OUT(&b);
    char oldest[TIME_TEXT_MAX], newest[TIME_TEXT_MAX];

    time_text(s->oldest_ms, true, oldest);
    time_text(s->newest_ms, true, newest);
    if (c->output == OUTPUT_JSON) {
        out_object(&o, NULL);
        out_text(&o, "engine", s->engine);
        out_i64(&o, "schema", s->schema);
        out_i64(&o, "alerts", s->alerts);
        out_i64(&o, "acknowledged", s->acked);
        out_i64(&o, "deleted", s->deleted);
        out_i64(&o, "bytes", s->bytes);
        out_i64(&o, "file_bytes", s->file_bytes);
        out_i64(&o, "free_bytes", s->free_bytes);
        out_text(&o, "oldest", oldest);
        out_text(&o, "newest", newest);
        out_object_end(&o);
        puts(buf_c(&b));
        return;
    }
    printf("engine        %s, schema %d\n", s->engine, s->schema);
    printf("alerts        %lld, of these %lld acknowledged\n",
           (long long)s->alerts, (long long)s->acked);
    printf("deleted       %lld, which can be taken back\n",
           (long long)s->deleted);
    printf("from, to      %s  %s\n", oldest, newest);
    printf("size          %.1f MB, of which %.1f MB are free for new alerts\n",
           (double)s->file_bytes / 1e6, (double)s->free_bytes / 1e6);
}

static int stats(struct cli *c, struct store_engine *e)
{
    struct error err = {0};
    struct store_stats s;

    if (!store_engine_stats(e, &s, &err))
        return failed(&err);
    stats_print(c, &s);
    return EXIT_OK;
}

/* Of the history, or of a backup. */
static int verify(struct store_engine *e)
{
    struct error err = {0};

    if (!store_engine_verify(e, &err))
        return failed(&err);
    puts("it is sound");
    return EXIT_OK;
}

/* The file is ours alone from the beginning: SQLite would go by the umask. */
static bool file_new(const char *path, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_set(err, "%s: %s", path, strerror(errno));
    close(fd);
    return true;
}

static bool sound(const char *path, struct error *err)
{
    struct store_engine *e = file_open(path, err);
    bool ok = e != NULL && store_engine_verify(e, err);

    store_engine_close(e);
    return ok;
}

/* What is copied is read back before it counts as a backup. */
static int backup(struct store_engine *e, const char *path)
{
    struct error err = {0};
    bool made = file_new(path, &err);
    bool ok = made && store_engine_backup(e, path, &err) && sound(path, &err);

    if (made && !ok)
        unlink(path);
    if (!ok)
        return failed(&err);
    printf("%s is a copy of the history, and sound\n", path);
    return EXIT_OK;
}

/* --- restore ------------------------------------------------------------------------ */

/* As rooms.c locks it while Tocsin runs. -1: it does. */
static int data_lock(const struct cli *c, struct error *err)
{
    char path[HISTORY_PATH_BYTES];
    int fd;

    history_path(c, "lock", path);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    error_set(err, "%s: a Tocsin is running on it; stop it first", c->data_dir);
    return -1;
}

static bool copy(const char *from, const char *to, struct error *err)
{
    struct store_engine *e = file_open(from, err);
    bool ok = e != NULL &&
              (store_engine_verify(e, err) || error_in(err, "%s", from)) &&
              file_new(to, err) && store_engine_backup(e, to, err);

    store_engine_close(e);
    return ok && sound(to, err);
}

static bool moved(const char *path, const char *aside, const char *end,
                  struct error *err)
{
    char from[HISTORY_PATH_BYTES + 8], to[HISTORY_PATH_BYTES + 8];

    snprintf(from, sizeof from, "%s%s", path, end);
    snprintf(to, sizeof to, "%s%s", aside, end);
    return rename(from, to) == 0 || errno == ENOENT ||
           error_set(err, "%s: %s", to, strerror(errno));
}

/* With its -wal, which would be taken for one of the file that comes instead. */
static bool put_aside(const char *path, const char *aside, struct error *err)
{
    static const char *const ends[] = {"-wal", "-shm", ""};

    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (!moved(path, aside, ends[i], err))
            return false;
    return true;
}

static int restore(struct cli *c, const char *from)
{
    char path[HISTORY_PATH_BYTES], fresh[HISTORY_PATH_BYTES], aside[HISTORY_PATH_BYTES];
    struct error err = {0};
    int lock = data_lock(c, &err);
    bool ok;

    if (lock < 0)
        return failed(&err);
    history_path(c, "history.db", path);
    history_path(c, "history.db.new", fresh);
    history_path(c, "history.db.before", aside);
    unlink(fresh);
    ok = copy(from, fresh, &err) && put_aside(path, aside, &err);
    if (ok && rename(fresh, path) != 0)
        ok = error_set(&err, "%s: %s", path, strerror(errno));
    if (!ok)
        unlink(fresh);
    close(lock);
    if (!ok)
        return failed(&err);
    printf("the history is that of %s; the one before is %s\n", from, aside);
    return EXIT_OK;
}

int command_store(struct cli *c)
{
    const char *verb = cli_word(c);
    bool migrates = verb != NULL && strcmp(verb, "migrate") == 0;
    const char *file = migrates ? NULL : cli_word(c);
    bool verifies = verb != NULL && strcmp(verb, "verify") == 0;
    bool needs_file = verb != NULL && (strcmp(verb, "backup") == 0 ||
                                       strcmp(verb, "restore") == 0);
    struct error err = {0};
    struct store_engine *e;
    int status = EXIT_USAGE;

    if (migrates)
        return store_migrate(c);
    if (verb == NULL || (needs_file != (file != NULL) && !verifies) ||
        !cli_done(c))
        return EXIT_USAGE;
    if (strcmp(verb, "restore") == 0)
        return restore(c, file);
    e = verifies && file != NULL ? file_open(file, &err)
                                 : history_open(c, NULL, false, &err);
    if (e == NULL)
        return failed(&err);
    if (strcmp(verb, "stats") == 0)
        status = stats(c, e);
    else if (strcmp(verb, "verify") == 0)
        status = verify(e);
    else if (strcmp(verb, "backup") == 0)
        status = backup(e, file);
    else
        fprintf(stderr, "tocsin store: there is no verb \"%s\"\n", verb);
    store_engine_close(e);
    return status;
}
