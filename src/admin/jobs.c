/* jobs.c -- work that goes on behind a request: its list, its progress, its end. */
#include "admin/jobs.h"

#include "admin/events.h"
#include "admin/params.h"
#include "admin/reply.h"

#define JOB_EVENT_MAX (16u << 10)

static const char *const no_params[] = {NULL};

static const char *state_name(enum job_state state)
{
    static const char *const names[] = {
        [JOB_RUNNING] = "running",
        [JOB_DONE] = "done",
        [JOB_FAILED] = "failed",
        [JOB_CANCELLED] = "cancelled",
    };

    return names[state];
}

void *job_new(struct admin *a, struct exchange *x, const char *kind, size_t size,
              void (*release)(struct job *j))
{
    struct job *j;
    size_t running = 0;

    for (j = a->jobs; j != NULL; j = j->next)
        running += j->state == JOB_RUNNING;
    if (a->stopping || running >= JOBS_RUNNING_MAX) {
        reply_later(a, x, a->stopping ? "stopping; ask again when it is back"
                                      : "four jobs run already; wait for one, or "
                                        "cancel it (GET /api/v1/jobs)");
        return NULL;
    }
    j = mem_new(size);
    j->admin = a;
    j->id = ++a->job_last_id;
    j->kind = kind;
    j->started_ms = clock_wall_ms(a->with.clock);
    j->started_tick_ms = clock_tick_ms(a->with.clock);
    j->result = BUF(JOB_RESULT_MAX);
    j->release = release;
    j->next = a->jobs;
    a->jobs = j;
    return j;
}

static void job_free(struct job *j)
{
    buf_release(&j->result);
    free(j);
}

/* Takes the job out of the list, and frees it. */
static void job_forget(struct admin *a, struct job *gone)
{
    struct job **at = &a->jobs;

    while (*at != gone)
        at = &(*at)->next;
    *at = gone->next;
    job_free(gone);
}

static void old_ones_forget(struct admin *a)
{
    struct job *oldest = NULL;
    size_t ended = 0;

    for (struct job *j = a->jobs; j != NULL; j = j->next)
        if (j->state != JOB_RUNNING) {
            ended++;
            oldest = j;
        }
    if (ended > JOBS_ENDED_MAX)
        job_forget(a, oldest);
}

static void job_write(const struct job *j, struct json_out *o, const char *name,
                      bool with_result);

/* Without its result, which is a request away. */
static void job_tell(struct job *j)
{
    struct buf data freed_by(buf_release) = BUF(JOB_EVENT_MAX);
    struct json_out o = JSON_OUT(&data);
    struct events *e = j->admin->events;

    j->told_tick_ms = clock_tick_ms(j->admin->with.clock);
    if (e == NULL || !events_wanted(e, TOPIC_JOBS))
        return;
    job_write(j, &o, NULL, false);
    events_report(e, TOPIC_JOBS, "job", buf_view(&data));
}

void job_progress(struct job *j, int64_t done, int64_t total)
{
    j->done = done;
    j->total = total;
    if (clock_tick_ms(j->admin->with.clock) >=
        j->told_tick_ms + JOB_TELL_EVERY_MS)
        job_tell(j);
}

void job_end(struct job *j, enum job_state state)
{
    assert(j->state == JOB_RUNNING && state != JOB_RUNNING);
    j->release(j);
    j->state = state;
    j->ended_ms = clock_wall_ms(j->admin->with.clock);
    job_tell(j);
    old_ones_forget(j->admin);
}

void jobs_free(struct admin *a)
{
    while (a->jobs != NULL) {
        if (a->jobs->state == JOB_RUNNING)
            a->jobs->release(a->jobs);
        job_forget(a, a->jobs);
    }
}

/* --- shown ------------------------------------------------------------------ */

/* By what was done so far; null when nothing was, or the total is not known. */
static void eta_write(const struct job *j, struct json_out *o)
{
    int64_t took_ms = clock_tick_ms(j->admin->with.clock) - j->started_tick_ms;
    double left = (double)(j->total - j->done);

    if (j->state == JOB_RUNNING && j->done > 0 && left >= 0)
        out_i64(o, "eta_s", (int64_t)(left * (double)took_ms /
                                      (double)j->done / 1000));
    else
        out_null(o, "eta_s");
}

static void job_write(const struct job *j, struct json_out *o, const char *name,
                      bool with_result)
{
    out_object(o, name);
    out_i64(o, "id", j->id);
    out_text(o, "kind", j->kind);
    out_text(o, "state", state_name(j->state));
    out_i64(o, "done", j->done);
    if (j->total > 0)
        out_i64(o, "total", MAX(j->total, j->done));
    else
        out_null(o, "total");
    eta_write(j, o);
    out_time(o, "started_at", j->started_ms);
    out_time(o, "ended_at", j->ended_ms);
    if (j->state == JOB_FAILED)
        out_redacted(j->admin, o, "error", str_of(j->err.text));
    if (with_result && j->result.n > 0)
        out_raw(o, "result", buf_view(&j->result));
    out_object_end(o);
}

static void job_answer(const struct job *j, struct exchange *x, int status)
{
    struct reply reply freed_by(reply_release);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    job_write(j, &reply.out, "data", true);
    out_object_end(&reply.out);
    reply_send(&reply, x, status);
}

void job_accepted(struct job *j, struct exchange *x)
{
    exchange_header_add(x, "Location",
                        arena_printf(exchange_arena(x), "%s/%lld",
                                     j->path != NULL ? j->path : "/api/v1/jobs",
                                     (long long)j->id));
    job_answer(j, x, 202);
    job_tell(j);
}

/* --- routes ------------------------------------------------------------------- */

/* `of_path`: only one that has a path of its own, for those who may not look at all.
 * NULL: answered. */
static struct job *job_find(struct admin *a, struct exchange *x, bool of_path)
{
    struct str text = exchange_segment(x, "id");
    int64_t id = 0;
    struct job *j = a->jobs;

    if (!params_known(a, x, no_params))
        return NULL;
    if (!str_to_i64(text, &id))
        id = 0;
    while (j != NULL && (j->id != id || (of_path && j->path == NULL)))
        j = j->next;
    if (j == NULL)
        reply_problem_text(a, x, 404, "not-found",
                           "there is no such job, or not any more: the last %d "
                           "that ended are kept, until the program ends",
                           JOBS_ENDED_MAX);
    return j;
}

static void jobs_list(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct reply reply freed_by(reply_release) = {0};
    int64_t n = 0;

    if (!params_known(a, x, no_params))
        return;
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "data");
    for (const struct job *j = a->jobs; j != NULL; j = j->next, n++)
        job_write(j, &reply.out, NULL, false);
    out_array_end(&reply.out);
    reply_list_end(&reply, STR_NONE, n, true);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static void get(struct admin *a, struct exchange *x, bool of_path)
{
    const struct job *j = job_find(a, x, of_path);

    if (j != NULL)
        job_answer(j, x, 200);
}

/* One that runs is cancelled, one that ended is forgotten. */
static void delete(struct admin *a, struct exchange *x, bool of_path)
{
    struct job *j = job_find(a, x, of_path);

    if (j == NULL)
        return;
    if (j->state == JOB_RUNNING)
        j->cancelled = true;
    else
        job_forget(a, j);
    exchange_answer(x, 204, NULL, STR_NONE);
}

static void job_get(void *admin, struct exchange *x)
{
    get(admin, x, false);
}

static void job_delete(void *admin, struct exchange *x)
{
    delete(admin, x, false);
}

void job_get_at(void *admin, struct exchange *x)
{
    get(admin, x, true);
}

void job_delete_at(void *admin, struct exchange *x)
{
    delete(admin, x, true);
}

static const struct route routes[] = {
    {"GET", "/api/v1/jobs", ACCESS_CONFIG_READ, 0, jobs_list},
    {"GET", "/api/v1/jobs/{id}", ACCESS_CONFIG_READ, 0, job_get},
    {"DELETE", "/api/v1/jobs/{id}", ACCESS_CONFIG_WRITE, 0, job_delete},
    {.method = NULL},
};

void admin_jobs(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
