/* transport_tool.c -- sends one request by the real transport and prints what
 * came back as JSON, a line each time: the driver of the tests with real peers.
 *
 *   transport_tool http|mail|syslog --name value ...
 *
 * A value "@path" is what that file holds. --header, --to and --frame may be
 * given many times; --times sends the same request again and again, one after
 * the other, by the same transport; --at-once that many of them together. */
#include "base/json.h"
#include "transport/transport.h"

#define LIST_MAX 64
#define FILE_MAX (16u << 20)

struct text_list {
    struct str texts[LIST_MAX];
    size_t count;
};

struct options {
    struct arena arena;
    struct str url, method, body, user, password, ca, host, port, helo, from;
    struct str security, transport, framing, timeout, private, times, at_once;
    struct text_list header, to, frame;
};

struct run {
    struct loop *loop;
    struct transport *transport;
    struct request request;
    uint64_t left, under_way;
    bool failed;
};

static _Noreturn void fail(const char *words, const char *what)
{
    fprintf(stderr, "transport_tool: %s: %s\n", words, what);
    exit(2);
}

/* --- options --- */

static struct str file_read(struct arena *a, const char *path)
{
    struct buf b = BUF(FILE_MAX);
    struct str text;
    char piece[4096];
    size_t n;
    FILE *f = fopen(path, "re");

    if (f == NULL)
        fail("cannot open", path);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_add(&b, piece, n);
    fclose(f);
    if (b.over)
        fail("too large", path);
    text = arena_str(a, buf_view(&b));
    buf_release(&b);
    return text;
}

static void list_add(struct text_list *l, struct str text)
{
    if (l->count == LIST_MAX)
        fail("too many", "of one option");
    l->texts[l->count++] = text;
}

static bool list_read(struct options *o, const char *name, struct str value)
{
    if (strcmp(name, "--header") == 0)
        list_add(&o->header, value);
    else if (strcmp(name, "--to") == 0)
        list_add(&o->to, value);
    else if (strcmp(name, "--frame") == 0)
        list_add(&o->frame, value);
    else
        return false;
    return true;
}

static void option_read(struct options *o, const char *name, struct str value)
{
    const struct {
        const char *name;
        struct str *to;
    } rows[] = {
        {"--url", &o->url},
        {"--method", &o->method},
        {"--body", &o->body},
        {"--user", &o->user},
        {"--password", &o->password},
        {"--ca", &o->ca},
        {"--host", &o->host},
        {"--port", &o->port},
        {"--helo", &o->helo},
        {"--from", &o->from},
        {"--security", &o->security},
        {"--transport", &o->transport},
        {"--framing", &o->framing},
        {"--timeout-ms", &o->timeout},
        {"--private", &o->private},
        {"--times", &o->times},
        {"--at-once", &o->at_once},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *rows[i].to = value;
            return;
        }
    }
    if (!list_read(o, name, value))
        fail("no such option", name);
}

static void options_read(struct options *o, int argc, char **argv)
{
    for (int i = 2; i < argc; i += 2) {
        if (i + 1 == argc)
            fail("a value is missing", argv[i]);
        option_read(o, argv[i],
                    argv[i + 1][0] == '@' ? file_read(&o->arena, argv[i + 1] + 1)
                                          : str_of(argv[i + 1]));
    }
}

static uint64_t number(struct str text, uint64_t otherwise)
{
    uint64_t n;

    if (text.n == 0)
        return otherwise;
    if (!str_to_u64(text, &n))
        fail("not a number", text.p);
    return n;
}

static int choice(struct str text, const char *const *names)
{
    for (int i = 0; names[i] != NULL; i++)
        if (str_is(text, names[i]))
            return i;
    fail("no such choice", text.n > 0 ? text.p : "(none)");
}

/* --- requests --- */

static void http_make(struct options *o, struct http_request *r)
{
    *r = (struct http_request){
        .method = o->method.n > 0 ? o->method.p : "POST",
        .url = o->url,
        .user = o->user,
        .password = o->password,
        .body = o->body,
        .allow_private = number(o->private, 1) != 0,
        .ca_file = o->ca,
    };
    for (size_t i = 0; i < o->header.count; i++) {
        struct str value = o->header.texts[i];
        struct str name = str_until(&value, ':');

        r->headers[r->header_count++] =
            (struct header){arena_c(&o->arena, name), str_trim(value)};
    }
}

static void mail_make(struct options *o, struct mail_request *r)
{
    static const char *const securities[] = {"plain", "starttls", "tls", NULL};

    *r = (struct mail_request){
        .host = o->host,
        .port = (uint16_t)number(o->port, 0),
        .security = (enum mail_security)choice(o->security, securities),
        .user = o->user,
        .password = o->password,
        .helo = o->helo,
        .from = o->from,
        .to = o->to.texts,
        .to_count = o->to.count,
        .body = o->body,
        .ca_file = o->ca,
    };
}

static void syslog_make(struct options *o, struct syslog_request *r)
{
    static const char *const transports[] = {"local", "udp", "tcp", "tls",
                                             NULL};
    static const char *const framings[] = {"octet", "lf", NULL};

    *r = (struct syslog_request){
        .transport = (enum syslog_transport)choice(o->transport, transports),
        .framing = (enum syslog_framing)choice(
            o->framing.n > 0 ? o->framing : STR("octet"), framings),
        .host = o->host,
        .port = (uint16_t)number(o->port, 0),
        .frames = o->frame.texts,
        .frame_count = o->frame.count,
        .ca_file = o->ca,
    };
}

static void request_make(struct options *o, const char *way, struct request *r)
{
    r->timeout_ms = (int64_t)number(o->timeout, 10000);
    if (strcmp(way, "http") == 0) {
        r->via = VIA_HTTP;
        http_make(o, &r->http);
    } else if (strcmp(way, "mail") == 0) {
        r->via = VIA_MAIL;
        mail_make(o, &r->mail);
    } else if (strcmp(way, "syslog") == 0) {
        r->via = VIA_SYSLOG;
        syslog_make(o, &r->syslog);
    } else {
        fail("no such way", way);
    }
}

/* --- what came back --- */

static const char *outcome_name(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_ANSWERED:
        return "answered";
    case OUTCOME_UNREACHED:
        return "unreached";
    case OUTCOME_TLS:
        return "tls";
    case OUTCOME_TIMED_OUT:
        return "timed_out";
    case OUTCOME_LOST:
        return "lost";
    case OUTCOME_DENIED:
        return "denied";
    }
    bug("no such outcome");
}

static void response_print(const struct response *r)
{
    struct buf b freed_by(buf_release) = BUF(FILE_MAX);
    struct json_out o = JSON_OUT(&b);

    out_object(&o, NULL);
    out_text(&o, "outcome", outcome_name(r->outcome));
    out_i64(&o, "status", r->status);
    out_i64(&o, "retry_after_ms", r->retry_after_ms);
    out_i64(&o, "written", (int64_t)r->written);
    out_str(&o, "body", r->body);
    out_str(&o, "error", r->error);
    out_str(&o, "peer", r->peer);
    out_bool(&o, "reused", r->reused);
    out_i64(&o, "lookup_us", r->lookup_us);
    out_i64(&o, "connect_us", r->connect_us);
    out_i64(&o, "tls_us", r->tls_us);
    out_i64(&o, "total_us", r->total_us);
    out_object_end(&o);
    printf("%s\n", buf_c(&b));
}

static void answered(void *arg, const struct response *r)
{
    struct run *run = arg;

    response_print(r);
    run->failed = run->failed || r->outcome != OUTCOME_ANSWERED;
    run->under_way--;
    if (run->left > 0) {
        run->left--;
        run->under_way++;
        transport_send(run->transport, &run->request, answered, run);
    } else if (run->under_way == 0) {
        loop_stop(run->loop);
    }
}

int main(int argc, char **argv)
{
    struct transport_options none = {.user_agent = "transport_tool"};
    struct options o = {0};
    struct run run = {0};
    struct error err;
    uint64_t times, at_once;

    if (argc < 2)
        fail("say how", "http, mail or syslog");
    options_read(&o, argc, argv);
    request_make(&o, argv[1], &run.request);
    run.loop = loop_new(&clock_real, &err);
    run.transport = transport_new(run.loop, &none, &err);
    if (run.transport == NULL)
        fail("cannot start", err.text);
    times = number(o.times, 1);
    at_once = MIN(number(o.at_once, 1), times);
    run.left = times - at_once;
    run.under_way = at_once;
    for (uint64_t i = 0; i < at_once; i++)
        transport_send(run.transport, &run.request, answered, &run);
    loop_run(run.loop);
    transport_free(run.transport);
    loop_free(run.loop);
    arena_release(&o.arena);
    return run.failed ? 1 : 0;
}
