/* reply.c -- what every answer of the API has in common. */
#include "admin/reply.h"

#include <stdarg.h>

void reply_init(struct reply *r)
{
    r->body = BUF(ADMIN_ANSWER_MAX);
    r->out = JSON_OUT(&r->body);
}

void reply_release(struct reply *r)
{
    buf_release(&r->body);
}

void reply_send(struct reply *r, struct exchange *x, int status)
{
    struct error err;

    if (!r->body.over) {
        exchange_json(x, status, buf_view(&r->body));
        return;
    }
    error_set(&err, "the answer would be longer than %u bytes; ask with a "
                    "smaller limit",
              ADMIN_ANSWER_MAX);
    exchange_problem(x, 500, "answer-too-long", &err);
}

void reply_list_end(struct reply *r, struct str next, int64_t total, bool exact)
{
    if (next.n > 0)
        out_str(&r->out, "next", next);
    else
        out_null(&r->out, "next");
    out_object(&r->out, "total");
    out_i64(&r->out, "value", total);
    out_bool(&r->out, "exact", exact);
    out_object_end(&r->out);
}

static void redact_error(const struct admin *a, const struct error *err,
                         struct error *out)
{
    struct buf text freed_by(buf_release) = BUF(2 * ERROR_TEXT_MAX);

    config_redact(a->with.config, &text, str_of(err->text));
    error_set(out, "%s", buf_c(&text));
    memcpy(out->place, err->place, sizeof out->place);
}

void reply_problem(struct admin *a, struct exchange *x, int status,
                   const char *code, const struct error *err)
{
    struct error shown = {0};

    redact_error(a, err, &shown);
    exchange_problem(x, status, code, &shown);
}

void reply_problem_text(struct admin *a, struct exchange *x, int status,
                        const char *code, const char *format, ...)
{
    struct error err = {0};
    va_list args;

    va_start(args, format);
    vsnprintf(err.text, sizeof err.text, format, args);
    va_end(args);
    reply_problem(a, x, status, code, &err);
}

void reply_later(struct admin *a, struct exchange *x, const char *text)
{
    exchange_header_add(x, "Retry-After", STR("1"));
    reply_problem_text(a, x, 503, "busy", "%s", text);
}

void out_time(struct json_out *o, const char *name, int64_t wall_ms)
{
    char text[TIME_TEXT_MAX];

    if (wall_ms == 0) {
        out_null(o, name);
        return;
    }
    time_text(wall_ms, true, text);
    out_text(o, name, text);
}

void out_redacted(const struct admin *a, struct json_out *o, const char *name,
                  struct str text)
{
    struct buf shown freed_by(buf_release) = BUF(4 * REASON_MAX);

    if (text.n == 0) {
        out_null(o, name);
        return;
    }
    config_redact(a->with.config, &shown, text);
    out_str(o, name, buf_view(&shown));
}
