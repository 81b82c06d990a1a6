/* preview_request.c -- a request as JSON that people may see. */
#include "admin/preview.h"

#include "base/limits.h"
#include "config/redact.h"

struct shown_request {
    const struct snapshot *s;
    struct json_out *o;
};

void preview_text_write(const struct snapshot *s, struct json_out *o,
                        const char *name, struct str text)
{
    struct buf shown freed_by(buf_release) = BUF(2 * REQUEST_MAX);

    proposal_redact(s, &shown, text);
    if (shown.n > 0)
        out_str(o, name, buf_view(&shown));
    else
        out_null(o, name);
}

static void put(const struct shown_request *p, const char *name, struct str text)
{
    preview_text_write(p->s, p->o, name, text);
}

/* A signature or a login is not the secret's text, and still gives it away. */
static bool is_plain_header(const char *name)
{
    return strcasecmp(name, "Content-Type") == 0 ||
           strcasecmp(name, "Accept") == 0;
}

static void put_http(const struct shown_request *p, const struct http_request *h)
{
    out_text(p->o, "method", h->method);
    put(p, "url", h->url);
    out_object(p->o, "headers");
    for (size_t i = 0; i < h->header_count; i++)
        put(p, h->headers[i].name,
            is_plain_header(h->headers[i].name) ? h->headers[i].value
                                                : STR(REDACTED));
    if (h->user.n > 0)
        out_text(p->o, "Authorization", REDACTED);
    out_object_end(p->o);
    put(p, "body", h->body);
}

static void put_mail(const struct shown_request *p, const struct mail_request *m)
{
    put(p, "host", m->host);
    out_i64(p->o, "port", m->port);
    put(p, "from", m->from);
    out_array(p->o, "to");
    for (size_t i = 0; i < m->to_count; i++)
        put(p, NULL, m->to[i]);
    out_array_end(p->o);
    put(p, "body", m->body);
}

static void put_syslog(const struct shown_request *p,
                       const struct syslog_request *s)
{
    static const char *const transports[] = {"local", "udp", "tcp", "tls"};

    out_text(p->o, "transport", transports[s->transport]);
    put(p, "host", s->host);
    out_i64(p->o, "port", s->port);
    out_array(p->o, "frames");
    for (size_t i = 0; i < s->frame_count; i++)
        put(p, NULL, s->frames[i]);
    out_array_end(p->o);
}

static void put_words(const struct shown_request *p, const char *name,
                      const char *const *words)
{
    out_array(p->o, name);
    while (*words != NULL)
        put(p, NULL, str_of(*words++));
    out_array_end(p->o);
}

static void put_exec(const struct shown_request *p, const struct exec_request *e)
{
    put(p, "script", e->script);
    put_words(p, "arguments", e->argv);
    put_words(p, "environment", e->envp);
    put(p, "input", e->input);
}

static void put_way(const struct shown_request *p, const struct request *r)
{
    switch (r->via) {
    case VIA_HTTP:
        put_http(p, &r->http);
        return;
    case VIA_MAIL:
        put_mail(p, &r->mail);
        return;
    case VIA_SYSLOG:
        put_syslog(p, &r->syslog);
        return;
    case VIA_EXEC:
        put_exec(p, &r->exec);
        return;
    case VIA_FILE:
        put(p, "path", r->file.path);
        put(p, "lines", r->file.lines);
        return;
    case VIA_STORE:
        return; /* the alert itself, for our own history */
    }
}

void preview_request_write(const struct request *r, const struct snapshot *s,
                           struct json_out *o)
{
    static const char *const ways[] = {
        [VIA_HTTP] = "http", [VIA_MAIL] = "mail", [VIA_SYSLOG] = "syslog",
        [VIA_EXEC] = "exec", [VIA_FILE] = "file", [VIA_STORE] = "store",
    };
    struct shown_request p = {s, o};

    out_object(o, "request");
    out_text(o, "via", ways[r->via]);
    put_way(&p, r);
    out_object_end(o);
}
