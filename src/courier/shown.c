/* shown.c -- requests and responses as JSON that people may see. */
#include "courier/shown.h"

#include "base/json.h"

#define NAME_SHOWN_MAX 100 /* bytes of a header's name */

struct page {
    struct shown *s;
    struct json_out *o;
};

/* What is left for all of them may be less than one may have. */
static struct str shown_text(struct shown *s, struct str text, size_t max)
{
    struct str fit;

    if (s->left == 0 && text.n > 0)
        return STR("…");
    fit = hide_text(&s->hide, text, MIN(max, s->left));
    s->left -= MIN(s->left, fit.n);
    return fit;
}

void text_show(struct shown *s, struct json_out *o, const char *name, struct str text)
{
    struct str fit = shown_text(s, text, s->text_max);

    if (fit.n > 0)
        out_str(o, name, fit);
    else
        out_null(o, name);
}

static void put(const struct page *p, const char *name, struct str text)
{
    text_show(p->s, p->o, name, text);
}

/* How long it was, when it is not shown to its end. */
static void put_body(const struct page *p, const char *name, struct str body)
{
    bool whole = body.n <= MIN(p->s->text_max, p->s->left);

    put(p, name, body);
    if (!whole)
        out_i64(p->o, "cut", (int64_t)body.n);
}

/* --- headers ------------------------------------------------------------------- */

static bool is_listed(struct str name, const char *const *list)
{
    while (*list != NULL && !str_is_nocase(name, *list))
        list++;
    return *list != NULL;
}

/* A signature or a login is not the secret's text, and still gives it away. */
static bool is_plain_of_ours(const char *name)
{
    static const char *const plain[] = {"Content-Type",    "Accept",
                                        "Idempotency-Key", "webhook-id",
                                        "webhook-timestamp", NULL};

    return is_listed(str_of(name), plain);
}

/* Cookies, tokens and redirects are theirs to know. */
static bool is_plain_of_theirs(struct str name)
{
    static const char *const plain[] = {
        "Allow", "Connection", "Content-Encoding",
        "Content-Length", "Content-Type", "Date",
        "Keep-Alive", "RateLimit-Limit", "RateLimit-Policy",
        "RateLimit-Remaining", "RateLimit-Reset", "Retry-After",
        "Server", "Transfer-Encoding", "Via",
        "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
        "X-RateLimit-Reset-After", "X-Request-Id",
        NULL,
    };

    return is_listed(name, plain);
}

static void put_header(const struct page *p, struct str name, struct str value)
{
    out_object(p->o, NULL);
    out_str(p->o, "name", shown_text(p->s, name, NAME_SHOWN_MAX));
    put(p, "value", is_plain_of_theirs(name) ? value : STR(REDACTED));
    out_object_end(p->o);
}

static void put_answered_headers(const struct page *p, struct str lines)
{
    out_array(p->o, "headers");
    while (lines.n > 0 && p->s->left > 0) {
        struct str line = str_trim(str_until(&lines, '\n'));
        struct str name = str_trim(str_until(&line, ':'));

        if (name.n > 0)
            put_header(p, name, str_trim(line));
    }
    out_array_end(p->o);
}

/* --- each way -------------------------------------------------------------------- */

static void put_http(const struct page *p, const struct http_request *h)
{
    out_text(p->o, "method", h->method);
    put(p, "url", h->url);
    out_object(p->o, "headers");
    for (size_t i = 0; i < h->header_count; i++)
        put(p, h->headers[i].name,
            is_plain_of_ours(h->headers[i].name) ? h->headers[i].value
                                                 : STR(REDACTED));
    if (h->user.n > 0)
        out_text(p->o, "Authorization", REDACTED);
    out_object_end(p->o);
    put_body(p, "body", h->body);
}

static void put_list(const struct page *p, const char *name, const struct str *v,
                     size_t n)
{
    out_array(p->o, name);
    for (size_t i = 0; i < n; i++) {
        put(p, NULL, v[i]);
        if (p->s->left == 0 && i + 1 < n) {
            out_str(p->o, NULL, arena_printf(p->s->hide.arena, "… and %zu more",
                                             n - i - 1));
            break;
        }
    }
    out_array_end(p->o);
}

static void put_mail(const struct page *p, const struct mail_request *m)
{
    put(p, "host", m->host);
    out_i64(p->o, "port", m->port);
    put(p, "from", m->from);
    put_list(p, "to", m->to, m->to_count);
    put_body(p, "body", m->body);
}

static void put_syslog(const struct page *p, const struct syslog_request *s)
{
    static const char *const transports[] = {"local", "udp", "tcp", "tls"};

    out_text(p->o, "transport", transports[s->transport]);
    put(p, "host", s->host);
    out_i64(p->o, "port", s->port);
    put_list(p, "frames", s->frames, s->frame_count);
}

static void put_words(const struct page *p, const char *name,
                      const char *const *words)
{
    out_array(p->o, name);
    while (words != NULL && *words != NULL && p->s->left > 0)
        put(p, NULL, str_of(*words++));
    out_array_end(p->o);
}

static void put_exec(const struct page *p, const struct exec_request *e)
{
    put(p, "script", e->script);
    put_words(p, "arguments", e->argv);
    put_words(p, "environment", e->envp);
    put_body(p, "input", e->input);
}

static void put_way(const struct page *p, const struct request *r)
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
        put_body(p, "lines", r->file.lines);
        return;
    case VIA_STORE:
        return; /* the alert itself, for our own history */
    }
}

void request_show(struct shown *s, const struct request *r, struct json_out *o)
{
    static const char *const ways[] = {
        [VIA_HTTP] = "http", [VIA_MAIL] = "mail", [VIA_SYSLOG] = "syslog",
        [VIA_EXEC] = "exec", [VIA_FILE] = "file", [VIA_STORE] = "store",
    };
    struct page p = {s, o};

    out_object(o, "request");
    out_text(o, "via", ways[r->via]);
    put_way(&p, r);
    out_object_end(o);
}

/* --- what came back ----------------------------------------------------------------- */

const char *outcome_name(enum outcome o)
{
    static const char *const names[] = {
        [OUTCOME_ANSWERED] = "answered",   [OUTCOME_UNREACHED] = "unreached",
        [OUTCOME_TLS] = "tls",             [OUTCOME_TIMED_OUT] = "timed_out",
        [OUTCOME_LOST] = "lost",           [OUTCOME_DENIED] = "denied",
    };

    return names[o];
}

/* Not every way takes the time of the whole as finely as its parts. */
int64_t whole_us(const struct response *r)
{
    return MAX(r->total_us, MAX(r->connect_us, r->tls_us));
}

static void step_write(struct json_out *o, const char *step, int64_t us)
{
    if (us <= 0)
        return;
    out_object(o, NULL);
    out_text(o, "step", step);
    out_double(o, "ms", (double)us / 1000.0);
    out_object_end(o);
}

void steps_show(const struct response *r, struct json_out *o)
{
    out_array(o, "steps");
    step_write(o, "resolve", r->lookup_us);
    step_write(o, "connect", r->connect_us - r->lookup_us);
    step_write(o, "tls", r->tls_us > 0 ? r->tls_us - r->connect_us : 0);
    step_write(o, "send", r->total_us - MAX(r->connect_us, r->tls_us));
    out_array_end(o);
}

void response_show(struct shown *s, const struct response *r, struct json_out *o)
{
    struct page p = {s, o};

    out_object(o, "response");
    out_text(o, "outcome", outcome_name(r->outcome));
    out_i64(o, "status", r->status);
    out_str(o, "peer", r->peer);
    steps_show(r, o);
    out_double(o, "ms", (double)whole_us(r) / 1000.0);
    put_answered_headers(&p, r->headers);
    put_body(&p, "body", r->body);
    put(&p, "error", r->error);
    out_object_end(o);
}
