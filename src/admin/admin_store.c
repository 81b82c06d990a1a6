/* admin_store.c -- the history as a whole: GET and POST /api/v1/store/backups, POST
 * /api/v1/store/verify. Both posts are jobs, and each is done by a `tocsin store`
 * of its own, a process beside this one, so that copying and reading all of a
 * history holds up neither alerts nor questions. A backup goes into DATA/backups,
 * under a name of ours: nobody names a path. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/gauges.h"
#include "admin/jobs.h"
#include "admin/params.h"
#include "admin/reply.h"
#include "loop/child.h"

#define BACKUPS "backups"
#define BACKUPS_MAX 20                        /* then some are to be moved away */
#define STORE_JOB_MAX_MS (24 * 3600 * 1000LL) /* then it is ended */
#define STORE_JOB_LOOK_MS 500                 /* how far it is */
#define PATH_BYTES 4096
#define NAME_BYTES 64
#define SAID_MAX 4096

static const char *const no_names[] = {NULL};

/* --- the files ------------------------------------------------------------------------- */

static bool path_make(const struct admin *a, const char *name,
                      char out[PATH_BYTES])
{
    char data[PATH_BYTES];

    return realpath(a->with.data_dir, data) != NULL &&
           snprintf(out, PATH_BYTES, "%s/" BACKUPS "/%s", data, name) <
               PATH_BYTES;
}

static bool is_backup(const char *name)
{
    struct str s = str_of(name);

    return str_starts(s, "history-") && str_ends(s, ".db") && s.n < NAME_BYTES;
}

static int64_t file_bytes(const char *path, int64_t *changed_ms)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return 0;
    *changed_ms = (int64_t)st.st_mtim.tv_sec * 1000;
    return st.st_size;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return -strcmp((*a)->d_name, (*b)->d_name);
}

static int backup_only(const struct dirent *d)
{
    return is_backup(d->d_name);
}

/* Newest first; to be freed by names_free(). */
static int names_read(const struct admin *a, struct dirent ***out)
{
    char path[PATH_BYTES];
    int n = path_make(a, "", path) ? scandir(path, out, backup_only, by_name) : -1;

    return MAX(n, 0);
}

static void names_free(struct dirent **names, int n)
{
    for (int i = 0; i < n; i++)
        free(names[i]);
    if (n > 0)
        free(names);
}

static void backup_write(const struct admin *a, const char *name,
                         struct json_out *o)
{
    char path[PATH_BYTES];
    int64_t changed_ms = 0;

    if (!path_make(a, name, path))
        return;
    out_object(o, NULL);
    out_text(o, "name", name);
    out_i64(o, "bytes", file_bytes(path, &changed_ms));
    out_time(o, "made_at", changed_ms);
    out_object_end(o);
}

static void backups_list(void *admin, struct exchange *x)
{
    struct reply reply freed_by(reply_release) = {0};
    struct admin *a = admin;
    struct dirent **names = NULL;
    int n;

    if (!params_known(a, x, no_names))
        return;
    n = names_read(a, &names);
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "data");
    for (int i = 0; i < n; i++)
        backup_write(a, names[i]->d_name, &reply.out);
    out_array_end(&reply.out);
    reply_list_end(&reply, STR_NONE, n, true);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
    names_free(names, n);
}

/* --- a job ------------------------------------------------------------------------------ */

struct store_job {
    struct job job; /* first */
    struct child *child;
    struct timer look;
    char name[NAME_BYTES], path[PATH_BYTES]; /* of the backup; "": none */
};

static bool is_done(const struct child_end *end)
{
    return !end->timed_out && end->exit_status == 0;
}

static void failure_say(struct store_job *s, const struct child_end *end)
{
    struct str said = str_trim(end->output);

    if (end->timed_out)
        error_set(&s->job.err, "it took longer than %lld hours",
                  STORE_JOB_MAX_MS / 3600000);
    else if (end->exit_status < 0)
        error_set(&s->job.err, "it was killed by signal %d", end->signal_number);
    else
        error_set(&s->job.err, "%.*s", STR_ARG(said));
}

static void result_write(struct store_job *s)
{
    struct json_out o = JSON_OUT(&s->job.result);
    int64_t changed_ms;

    out_object(&o, NULL);
    out_bool(&o, "sound", true);
    if (s->name[0] != '\0') {
        out_text(&o, "name", s->name);
        out_i64(&o, "bytes", file_bytes(s->path, &changed_ms));
    }
    out_object_end(&o);
}

static void child_ended(void *job, const struct child_end *end)
{
    struct store_job *s = job;

    s->child = NULL;
    if (!is_done(end) && s->path[0] != '\0')
        unlink(s->path); /* killed, it could not */
    if (s->job.cancelled) {
        job_end(&s->job, JOB_CANCELLED);
        return;
    }
    if (is_done(end))
        result_write(s);
    else
        failure_say(s, end);
    job_end(&s->job, is_done(end) ? JOB_DONE : JOB_FAILED);
}

/* Also when Tocsin stops. */
static void store_job_release(struct job *job)
{
    struct store_job *s = CONTAINER_OF(job, struct store_job, job);

    loop_timer_clear(job->admin->with.loop, &s->look);
    if (s->child == NULL)
        return;
    child_abandon(s->child);
    if (s->path[0] != '\0')
        unlink(s->path);
}

static void look(void *job)
{
    struct store_job *s = job;
    int64_t changed_ms;

    if (s->job.cancelled)
        child_kill(s->child);
    else if (s->path[0] != '\0')
        job_progress(&s->job, file_bytes(s->path, &changed_ms), s->job.total);
    loop_timer_set(s->job.admin->with.loop, &s->look, STORE_JOB_LOOK_MS, look, s);
}

static bool child_run(struct store_job *s, const char *const *argv)
{
    static const char *const envp[] = {"PATH=/usr/bin:/bin", NULL};
    struct child_spec spec = {
        .exec_fd = -1,
        .argv = argv,
        .envp = envp,
        .timeout_ms = STORE_JOB_MAX_MS,
        .output_max = SAID_MAX,
    };

    if (s->job.admin->with.program != NULL)
        spec.exec_fd = open(s->job.admin->with.program, O_RDONLY | O_CLOEXEC);
    if (spec.exec_fd < 0)
        return error_set(&s->job.err, "cannot run tocsin itself");
    s->child = child_start(s->job.admin->with.loop, &spec, child_ended, s,
                           &s->job.err);
    close(spec.exec_fd);
    return s->child != NULL;
}

/* `file`: of a backup; NULL: the history is verified. */
static void store_job_begin(struct store_job *s, struct exchange *x)
{
    char data[PATH_BYTES];
    const char *const backup[] = {"tocsin", "store", "backup", s->path,
                                  "--data", data, NULL};
    const char *const verify[] = {"tocsin", "store", "verify", "--data", data,
                                  NULL};
    bool began;

    began = (realpath(s->job.admin->with.data_dir, data) != NULL ||
             error_set(&s->job.err, "there is no data directory")) &&
            child_run(s, s->path[0] != '\0' ? backup : verify);
    s->job.total = s->path[0] != '\0'
                       ? historian_disk_bytes(s->job.admin->with.historian)
                       : 0;
    job_accepted(&s->job, x);
    if (began)
        loop_timer_set(s->job.admin->with.loop, &s->look, STORE_JOB_LOOK_MS, look,
                       s);
    else
        job_end(&s->job, JOB_FAILED);
}

static bool one_runs(struct admin *a, struct exchange *x, const char *kind)
{
    for (const struct job *j = a->jobs; j != NULL; j = j->next)
        if (j->state == JOB_RUNNING && strcmp(j->kind, kind) == 0) {
            reply_problem_text(a, x, 409, "conflict",
                               "one runs already: job %lld", (long long)j->id);
            return true;
        }
    return false;
}

/* --- backup ------------------------------------------------------------------------------ */

static bool there_is_room(struct admin *a, struct exchange *x)
{
    int64_t bytes = historian_disk_bytes(a->with.historian);
    struct dirent **names = NULL;
    int n = names_read(a, &names);

    names_free(names, n);
    if (n >= BACKUPS_MAX) {
        reply_problem_text(a, x, 409, "conflict",
                           "there are %d backups in DATA/" BACKUPS "; move some "
                           "away", n);
        return false;
    }
    if (disk_free_bytes(a) >= bytes + (int64_t)DISK_FREE_MIN)
        return true;
    reply_problem_text(a, x, 409, "conflict",
                       "a copy needs %lld bytes, and %lld are free",
                       (long long)bytes, (long long)disk_free_bytes(a));
    return false;
}

static bool name_make(const struct admin *a, struct store_job *s)
{
    struct time_parts t;
    char directory[PATH_BYTES];

    time_parts_utc(clock_wall_ms(a->with.clock), &t);
    snprintf(s->name, sizeof s->name, "history-%04d%02d%02dT%02d%02d%02dZ.db",
             t.year, t.month, t.day, t.hour, t.minute, t.second);
    return path_make(a, "", directory) && path_make(a, s->name, s->path) &&
           (mkdir(directory, 0700) == 0 || errno == EEXIST);
}

static void backups_post(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct store_job *s;

    if (!params_known(a, x, no_names) || one_runs(a, x, "backup") ||
        !there_is_room(a, x))
        return;
    s = job_new(a, x, "backup", sizeof *s, store_job_release);
    if (s == NULL)
        return;
    if (!name_make(a, s)) {
        error_set(&s->job.err, "cannot make DATA/" BACKUPS ": %s",
                  strerror(errno));
        job_accepted(&s->job, x);
        job_end(&s->job, JOB_FAILED);
        return;
    }
    store_job_begin(s, x);
}

static void verify_post(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct store_job *s;

    if (!params_known(a, x, no_names) || one_runs(a, x, "verify"))
        return;
    s = job_new(a, x, "verify", sizeof *s, store_job_release);
    if (s != NULL)
        store_job_begin(s, x);
}

static const struct route routes[] = {
    {"GET", "/api/v1/store/backups", ACCESS_ADMIN, 0, backups_list},
    {"POST", "/api/v1/store/backups", ACCESS_ADMIN, 0, backups_post},
    {"POST", "/api/v1/store/verify", ACCESS_ADMIN, 0, verify_post},
    {.method = NULL},
};

void admin_store(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
