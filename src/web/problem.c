/* problem.c -- errors as RFC 9457 application/problem+json. */
#include <microhttpd.h>

#include "base/log.h"
#include "web/exchange.h"

#define PROBLEM_BASE "https://tocsin.invalid/problems/"
#define PROBLEM_MAX (8u << 10)

/* What a report and our log have in common, so that one finds the other. */
struct request_id {
    char text[17];
};

static struct request_id request_id_new(const struct clock *clock)
{
    struct request_id id;

    snprintf(id.text, sizeof(id.text), "%08x%08x", clock_dice(clock),
             clock_dice(clock));
    return id;
}

static void problem_errors(struct json_out *o, const struct error *err)
{
    out_array(o, "errors");
    out_object(o, NULL);
    out_text(o, "pointer", err->place);
    out_text(o, "message", err->text);
    out_object_end(o);
    out_array_end(o);
}

static void problem_write(struct buf *to, int status, const char *code,
                          const char *id, const struct error *err)
{
    struct json_out o = JSON_OUT(to);
    char type[128];

    snprintf(type, sizeof(type), PROBLEM_BASE "%s", code);
    out_object(&o, NULL);
    out_text(&o, "type", type);
    out_text(&o, "title", MHD_get_reason_phrase_for((unsigned)status));
    out_i64(&o, "status", status);
    if (err != NULL)
        out_text(&o, "detail", err->text);
    out_text(&o, "request_id", id);
    if (err != NULL && err->place[0] != '\0')
        problem_errors(&o, err);
    out_object_end(&o);
}

static void problem_log(const struct exchange *x, int status, const char *id,
                        const struct error *err)
{
    const char *detail = err == NULL ? "" : err->text;

    if (status >= 500 && status != 503) /* being full is counted, not told */
        log_warn("web", "%d to %.*s %.*s, request_id %s: %s", status,
                 STR_ARG(x->method), STR_ARG(x->target.path), id, detail);
    else
        log_debug("web", "%d to %.*s %.*s, request_id %s: %s", status,
                  STR_ARG(x->method), STR_ARG(x->target.path), id, detail);
}

void exchange_problem(struct exchange *x, int status, const char *code,
                      const struct error *err)
{
    struct buf body freed_by(buf_release) = BUF(PROBLEM_MAX);
    struct request_id id = {""};

    if (x->httpd != NULL) { /* else nobody will read it */
        id = request_id_new(loop_clock(x->httpd->loop));
        problem_log(x, status, id.text, err);
    }
    problem_write(&body, status, code, id.text, err);
    exchange_answer(x, status, "application/problem+json", buf_view(&body));
}
