/* exec.c -- runs a script of the configured directory, or one program. What may
 * be run is decided, and opened, in script.c. */
#include "transport/own.h"

#include <unistd.h>

#include "loop/child.h"

/* A script that runs; outlives a sending that was dropped. */
struct errand {
    struct transport *transport;
    struct errand *next, *previous;
    struct sending *sending; /* NULL: nobody wants to know any more */
    struct child *child;
};

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
