/* child.h -- a child process watched by pidfd: argv only, never a shell. */
#ifndef LOOP_CHILD_H
#define LOOP_CHILD_H

#include "base/limits.h"
#include "loop/loop.h"

struct child;

struct child_spec {
    int exec_fd;             /* the program, already opened and checked */
    const char *const *argv; /* NULL-terminated */
    const char *const *envp; /* the whole environment */
    struct str input;        /* written to its stdin, then EOF; copied */
    int64_t timeout_ms;      /* then SIGTERM to its group, 5 s later SIGKILL */
    size_t output_max;       /* bytes kept of stdout and stderr together */
    size_t file_size_max;    /* RLIMIT_FSIZE; 0: not limited */
};

struct child_end {
    bool timed_out;
    int exit_status;   /* -1: killed by a signal */
    int signal_number; /* 0: exited */
    struct str output; /* valid during the call */
    bool output_cut;
    int64_t took_ms;
};

typedef void child_fn(void *arg, const struct child_end *end);

/* Runs in its own session and process group, cwd /, umask 077, only fds 0-2 (a
 * #! script also has itself), no_new_privs, default signals. `ended` is called
 * once, on the loop, after the process is reaped and its group killed. NULL and
 * err if not started. */
struct child *child_start(struct loop *l, const struct child_spec *spec,
                          child_fn *ended, void *arg, struct error *err);
void child_kill(struct child *c); /* SIGKILL to the group; `ended` still comes */
/* Kills, waits for the end, and frees; `ended` does not come. For shutting down:
 * who has a loop to go back to kills instead. */
void child_abandon(struct child *c);

#endif
