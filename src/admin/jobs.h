/* jobs.h -- inside the room: work that takes longer than a request should wait. It
 * is asked for with a POST that answers 202, looked at under /api/v1/jobs/{id}, and
 * cancelled with DELETE. Loop thread only; a job works in bites of its own. */
#ifndef ADMIN_JOBS_H
#define ADMIN_JOBS_H

#include "admin/room.h"

#define JOBS_RUNNING_MAX 4         /* then 503 */
#define JOBS_ENDED_MAX 20          /* remembered; then the oldest goes */
#define JOB_RESULT_MAX (1u << 20)  /* bytes */
#define JOB_TELL_EVERY_MS 250

enum job_state { JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };

/* First member of what its kind needs to remember. */
struct job {
    struct admin *admin;
    int64_t id;       /* from 1, in the order begun; begins anew with the program */
    const char *kind; /* "replay" */
    const char *path; /* where it is looked at, too; NULL: only at /api/v1/jobs */
    enum job_state state;
    bool cancelled;      /* somebody wants it to end: job_end() soon */
    int64_t done, total; /* of what it counts; a total of 0 is not known */
    int64_t told_tick_ms; /* who listens heard of it */
    int64_t started_ms, ended_ms; /* wall clock */
    int64_t started_tick_ms;
    struct buf result; /* ours: a JSON object; empty: none */
    struct error err;  /* of a failed one */
    void (*release)(struct job *j); /* what its kind has; at its end */
    struct job *next;               /* the one begun before */
};

/* `size` of the struct that it is the first member of. NULL: too many run, and the
 * exchange was answered. */
void *job_new(struct admin *a, struct exchange *x, const char *kind, size_t size,
              void (*release)(struct job *j));
/* Answers 202 with where it is to be looked at. */
void job_accepted(struct job *j, struct exchange *x);
/* Routes of such a path, below which its {id} is; their argument is the admin. */
void job_get_at(void *admin, struct exchange *x);
void job_delete_at(void *admin, struct exchange *x);
/* How far it is; who listens hears of it now and then. */
void job_progress(struct job *j, int64_t done, int64_t total);
/* Ends it: released, and remembered with its result or error. Once. */
void job_end(struct job *j, enum job_state state);

void jobs_free(struct admin *a); /* ends those that run: cancelled */

#endif
