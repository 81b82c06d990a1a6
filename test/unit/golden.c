/* golden.c -- one golden case: what goes in, and what comes out as text. */
#include "golden.h"

#include "base/clock.h"
#include "base/limits.h"
#include "decode.h"
#include "message/template.h"

#define RECIPIENT_ID 3
#define ZONE "CET-1CEST,M3.5.0,M10.5.0/3" /* without a zone database */

static bool read_params(struct golden *g, const struct field *rows,
                        const char *name, size_t size, const struct json *whole,
                        void **out, struct error *err)
{
    *out = arena_new(&g->arena, size + 1);
    return fields_read(rows, json_get(whole, name), *out, &g->arena, err) ||
           error_in(err, "%s", name);
}

static bool read_phase(const struct json *whole, enum phase *out,
                       struct error *err)
{
    static const char *const names[] = {"new",   "release", "late",
                                        "acked", "unacked", "worsened"};
    struct str name = json_text(json_get(whole, "phase"));

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_is(name, names[i])) {
            *out = (enum phase)i;
            return true;
        }
    }
    return error_set(err, "no phase \"%.*s\"", STR_ARG(name));
}

/* "remark": of every alert in the case. */
static bool read_remark(const struct json *whole, struct message_remark *out,
                        struct error *err)
{
    const struct json *remark = json_get(whole, "remark");

    *out = (struct message_remark){
        .withheld = json_i64_or(json_get(remark, "withheld"), 0),
        .flaps = json_bool_or(json_get(remark, "flaps"), false),
        .escalated_ms = json_i64_or(json_get(remark, "escalated_ms"), 0),
        .escalated_name = json_text(json_get(remark, "escalated_name")),
    };
    return out->withheld == 0 ||
           time_parse(json_text(json_get(remark, "since")), &out->since_ms) ||
           error_set(err, "remark.since is no time");
}

/* "ack": by whom, of every alert in the case; NULL: nobody. */
static bool read_ack(struct golden *g, const struct json *whole,
                     const struct ack **out, struct error *err)
{
    const struct json *j = json_get(whole, "ack");
    struct ack *ack;

    *out = NULL;
    if (j == NULL)
        return true;
    *out = ack = arena_new(&g->arena, sizeof(*ack));
    ack->by = json_text(json_get(j, "by"));
    ack->note = json_text(json_get(j, "note"));
    return time_parse(json_text(json_get(j, "at")), &ack->at_ms) ||
           error_set(err, "ack.at is no time");
}

static bool read_alerts(struct golden *g, const struct json *whole,
                        struct error *err)
{
    const struct json *alerts = json_get(whole, "alerts");
    enum phase phase = PHASE_NEW;
    struct message_remark remark;
    const struct ack *ack;
    size_t i = 0;

    if (!read_remark(whole, &remark, err) || !read_ack(g, whole, &ack, err))
        return false;
    if (!json_is(alerts, JSON_ARRAY) || !read_phase(whole, &phase, err))
        return error_in(err, "alerts or phase");
    g->items = arena_array(&g->arena, alerts->count, sizeof(*g->items));
    for (const struct json *j = alerts->first; j != NULL; j = j->next, i++) {
        struct alert *a = arena_new(&g->arena, sizeof(*a));

        if (!alert_read(&g->arena, j, g->in.place.now_ms, a, err) ||
            !alert_check(a, err))
            return error_in(err, "alert %zu", i);
        a->ack = ack;
        g->items[i] = (struct render_item){
            .alert = a,
            .phase = phase,
            .remark = remark,
            .handle = json_text(json_get(whole, "handle")),
            .ack_link = json_text(json_get(whole, "ack_link")),
            /* An update's delivery has an id of its own. */
            .id = a->id > 0 ? arena_printf(&g->arena, "%lld.%d",
                                           (long long)json_i64_or(
                                               json_get(whole, "update_id"), a->id),
                                           RECIPIENT_ID)
                            : STR("test-1606141256000"),
        };
    }
    g->in.items = g->items;
    g->in.count = alerts->count;
    return true;
}

static bool read_place(struct golden *g, const struct json *whole,
                       struct error *err)
{
    const struct json *place = json_get(whole, "place");
    struct str tz = json_text(json_get(whole, "tz"));

    setenv("TZ", tz.n > 0 ? arena_c(&g->arena, tz) : ZONE, 1);
    tzset();
    g->in.place.instance = json_text(json_get(place, "instance"));
    g->in.place.base_url = json_text(json_get(place, "base_url"));
    return time_parse(json_text(json_get(place, "now")),
                      &g->in.place.now_ms) ||
           error_set(err, "place.now is no time");
}

static bool read_template(struct golden *g, const struct json *whole,
                          const char *name, const struct template **out,
                          struct error *err)
{
    const struct json *j = json_get(whole, name);

    if (j == NULL)
        return true;
    if (!g->type->own_words)
        return error_set(err, "%s takes no templates", g->type->name);
    *out = template_parse(json_text(j), &g->arena, err);
    return *out != NULL || error_in(err, "%s", name);
}

static bool read_words(struct golden *g, const struct json *whole,
                       struct error *err)
{
    g->in.place.own = &g->own;
    return read_template(g, whole, "title_template", &g->own.title, err) &&
           read_template(g, whole, "text_template", &g->own.text, err);
}

static size_t most(const struct golden *g)
{
    const struct endpoint_type *t = g->type;

    if (g->in.occasion.n > 0)
        return t->together_max;
    return t->batch_limit ? t->batch_limit(g->endpoint) : t->batch_max;
}

static bool read_all(struct golden *g, const struct json *whole,
                     struct error *err)
{
    const struct endpoint_type *t = g->type;

    if (!read_params(g, t->endpoint_fields, "endpoint", t->endpoint_size, whole,
                     &g->endpoint, err) ||
        !read_params(g, t->recipient_fields, "recipient", t->recipient_size,
                     whole, &g->recipient, err) ||
        !read_place(g, whole, err) || !read_words(g, whole, err) ||
        !read_alerts(g, whole, err))
        return false;
    if (t->check != NULL && !t->check(g->endpoint, g->recipient, err))
        return error_in(err, "check");
    g->in.occasion = json_text(json_get(whole, "occasion"));
    if (g->in.count > most(g))
        return error_set(err, "more alerts than one request may carry");
    g->in.endpoint = g->endpoint;
    g->in.recipient = g->recipient;
    g->in.recipient_name = STR("netops");
    g->in.scripts_dir = json_text(json_get(whole, "scripts_dir"));
    g->in.test = json_bool_or(json_get(whole, "test"), false);
    g->in.step = (int)json_i64_or(json_get(whole, "step"), 0);
    g->in.carry = json_text(json_get(whole, "carry"));
    return t->render(&g->in, &g->arena, &g->request, err) ||
           error_in(err, "render");
}

bool golden_read(struct golden *g, const char *type, struct str json,
                 struct error *err)
{
    const struct json *whole;

    *g = (struct golden){.type = endpoint_type_find(str_of(type))};
    if (g->type == NULL)
        return error_set(err, "no endpoint type %s", type);
    whole = json_parse(&g->arena, arena_str(&g->arena, json), err);
    return whole != NULL && read_all(g, whole, err);
}

void golden_release(struct golden *g)
{
    arena_release(&g->arena);
}

/* --- as text ------------------------------------------------------------- */

/* Indented, so that a difference is one line. */
static void put_json(struct buf *to, const struct json *j, int depth)
{
    struct json_out o = JSON_OUT(to);

    if ((j->type != JSON_OBJECT && j->type != JSON_ARRAY) || j->count == 0) {
        out_tree(&o, NULL, j);
        return;
    }
    buf_text(to, j->type == JSON_OBJECT ? "{\n" : "[\n");
    for (const struct json *m = j->first; m != NULL; m = m->next) {
        struct json_out name = JSON_OUT(to);

        buf_printf(to, "%*s", 2 * depth + 2, "");
        if (j->type == JSON_OBJECT) {
            out_str(&name, NULL, m->name);
            buf_text(to, ": ");
        }
        put_json(to, m, depth + 1);
        buf_text(to, m->next != NULL ? ",\n" : "\n");
    }
    buf_printf(to, "%*s%c", 2 * depth, "", j->type == JSON_OBJECT ? '}' : ']');
}

static void put_line(struct buf *to, struct str body)
{
    struct arena arena freed_by(arena_release) = {0};
    struct error err;
    const struct json *j = json_parse(&arena, body, &err);

    if (j == NULL)
        buf_printf(to, "NOT JSON: %s\n%.*s", err.text, STR_ARG(body));
    else
        put_json(to, j, 0);
    buf_text(to, "\n");
}

static void put_body(struct buf *to, struct str body, bool is_lines)
{
    while (is_lines && body.n > 0)
        put_line(to, str_until(&body, '\n'));
    if (!is_lines)
        put_line(to, body);
}

static bool is_ndjson(const struct http_request *h)
{
    for (size_t i = 0; i < h->header_count; i++) {
        if (str_is(h->headers[i].value, "application/x-ndjson"))
            return true;
    }
    return false;
}

static void put_http(struct buf *to, const struct http_request *h)
{
    buf_printf(to, "%s %.*s\n", h->method, STR_ARG(h->url));
    if (h->user.n > 0)
        buf_printf(to, "(Basic %.*s:%.*s)\n", STR_ARG(h->user),
                   STR_ARG(h->password));
    if (h->allow_private)
        buf_text(to, "(private addresses allowed)\n");
    if (h->ca_file.n > 0)
        buf_printf(to, "(CA %.*s)\n", STR_ARG(h->ca_file));
    for (size_t i = 0; i < h->header_count; i++)
        buf_printf(to, "%s: %.*s\n", h->headers[i].name,
                   STR_ARG(h->headers[i].value));
    buf_text(to, "\n");
    put_body(to, h->body, is_ndjson(h));
}

static void put_lines(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
            continue;
        buf_char(to, s.p[i]);
    }
}

static void put_mail(struct buf *to, const struct mail_request *m)
{
    static const char *const securities[] = {"plain", "starttls", "tls"};
    const char *end = memmem(m->body.p, m->body.n, "\r\n\r\n", 4);
    struct buf text freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf html freed_by(buf_release) = BUF(REQUEST_MAX);

    buf_printf(to, "%.*s:%u %s as \"%.*s\" password \"%.*s\" helo %.*s\n",
               STR_ARG(m->host), m->port, securities[m->security],
               STR_ARG(m->user), STR_ARG(m->password), STR_ARG(m->helo));
    buf_printf(to, "MAIL FROM:<%.*s>\n", STR_ARG(m->from));
    for (size_t i = 0; i < m->to_count; i++)
        buf_printf(to, "RCPT TO:<%.*s>\n", STR_ARG(m->to[i]));
    buf_text(to, "\n");
    if (end == NULL || !decode_part(m->body, "=_tocsin", 0, &text) ||
        !decode_part(m->body, "=_tocsin", 1, &html)) {
        buf_printf(to, "NOT A MAIL:\n%.*s", STR_ARG(m->body));
        return;
    }
    put_lines(to, str_first(m->body, (size_t)(end - m->body.p) + 2));
    buf_printf(to, "\n%s\n---------- text/html\n%s", buf_c(&text), buf_c(&html));
}

static void put_syslog(struct buf *to, const struct syslog_request *s)
{
    static const char *const transports[] = {"local", "udp", "tcp", "tls"};

    buf_printf(to, "%s %.*s:%u %s\n", transports[s->transport],
               STR_ARG(s->host), s->port,
               s->framing == SYSLOG_OCTET ? "octet" : "lf");
    for (size_t i = 0; i < s->frame_count; i++)
        buf_printf(to, "%zu: %.*s\n", s->frames[i].n, STR_ARG(s->frames[i]));
}

static void put_exec(struct buf *to, const struct exec_request *e)
{
    buf_printf(to, "%.*s/%.*s\n", STR_ARG(e->directory), STR_ARG(e->script));
    for (size_t i = 0; e->argv[i] != NULL; i++)
        buf_printf(to, "argv[%zu]: %s\n", i, e->argv[i]);
    for (size_t i = 0; e->envp[i] != NULL; i++)
        buf_printf(to, "env: %s\n", e->envp[i]);
    if (e->input.n == 0)
        return;
    buf_text(to, "\n");
    put_body(to, e->input, false);
}

static void put_file(struct buf *to, const struct file_request *f)
{
    buf_printf(to, "append to %.*s\n%.*s", STR_ARG(f->path), STR_ARG(f->lines));
}

static void put_store(struct buf *to, const struct store_request *s)
{
    for (size_t i = 0; i < s->count; i++) {
        alert_write_line(s->alerts[i], to);
        buf_text(to, "\n");
    }
}

void golden_request(const struct golden *g, struct buf *to)
{
    switch (g->request.via) {
    case VIA_HTTP:
        put_http(to, &g->request.http);
        return;
    case VIA_MAIL:
        put_mail(to, &g->request.mail);
        return;
    case VIA_SYSLOG:
        put_syslog(to, &g->request.syslog);
        return;
    case VIA_EXEC:
        put_exec(to, &g->request.exec);
        return;
    case VIA_FILE:
        put_file(to, &g->request.file);
        return;
    case VIA_STORE:
        put_store(to, &g->request.store);
        return;
    }
}

/* --- verdicts ------------------------------------------------------------ */

static bool read_answer(const struct json *j, struct response *r,
                        struct error *err)
{
    static const char *const outcomes[] = {"answered",  "unreached", "tls",
                                           "timed_out", "lost",      "denied"};
    struct str outcome = json_text(json_get(j, "outcome"));
    size_t i = 0;

    while (i < COUNT_OF(outcomes) && !str_is(outcome, outcomes[i]))
        i++;
    if (i == COUNT_OF(outcomes))
        return error_set(err, "no outcome \"%.*s\"", STR_ARG(outcome));
    *r = (struct response){
        .outcome = (enum outcome)i,
        .status = (int)json_i64_or(json_get(j, "status"), 0),
        .retry_after_ms = json_i64_or(json_get(j, "retry_after_ms"), 0),
        .body = json_text(json_get(j, "body")),
        .error = json_text(json_get(j, "error")),
        .written = (size_t)json_i64_or(json_get(j, "written"), 0),
    };
    return true;
}

static void put_verdict(struct buf *to, const struct verdict *v)
{
    static const char *const kinds[] = {"delivered", "deferred", "refused", "again",
                                        "unsent"};

    buf_printf(to, "  %s", kinds[v->kind]);
    if (v->endpoint_fault)
        buf_text(to, ", endpoint fault");
    if (v->recipient_fault)
        buf_text(to, ", recipient fault");
    if (v->doubtful)
        buf_text(to, ", may have arrived");
    if (v->kind == VERDICT_AGAIN)
        buf_printf(to, ", step %d carrying \"%.*s\"", v->step, STR_ARG(v->carry));
    if (v->retry_after_ms > 0)
        buf_printf(to, ", after %lld ms", (long long)v->retry_after_ms);
    if (v->reason.n > 0)
        buf_printf(to, ": %.*s", STR_ARG(v->reason));
    if (v->handle.n > 0)
        buf_printf(to, " {%.*s}", STR_ARG(v->handle));
    buf_text(to, "\n");
}

bool golden_verdicts(struct golden *g, struct str answers, struct buf *to,
                     struct error *err)
{
    const struct json *all = json_parse(&g->arena,
                                        arena_str(&g->arena, answers), err);
    size_t n = g->in.count;

    if (!json_is(all, JSON_ARRAY))
        return error_in(err, "answers");
    for (const struct json *j = all->first; j != NULL; j = j->next) {
        struct verdict *v = arena_array(&g->arena, n, sizeof(*v));
        struct json_out o = JSON_OUT(to);
        struct response r;

        if (!read_answer(j, &r, err))
            return false;
        g->type->judge(&g->in, &g->request, &r, &g->arena, v);
        out_tree(&o, NULL, j);
        buf_text(to, "\n");
        for (size_t i = 0; i < n; i++)
            put_verdict(to, &v[i]);
    }
    return true;
}
