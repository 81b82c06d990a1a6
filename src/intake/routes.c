/* routes.c -- the paths alerts come in by. A body is decoded whole, accepted whole,
 * and its answer held until the commit. */
#include "base/limits.h"
#include "intake/answer.h"

#include <sodium.h>

/* The release whose API v2 we speak, as far as we do: tools ask for it. */
#define ALERTMANAGER_VERSION "0.27.0"

#define SCRATCH_KEPT (512u << 10) /* bytes: a hundred alerts, decoded */

static struct held *hold(struct intake *i, struct exchange *x,
                         enum source source)
{
    struct held *h = arena_new(exchange_arena(x), sizeof(*h));

    *h = (struct held){.intake = i, .x = x, .source = source};
    i->counts[source].requests++;
    return h;
}

static void on_committed(void *arg, enum accepted result)
{
    struct held *h = arg;

    if (result == ACCEPTED)
        answer_accepted(h);
    else
        answer_later(h, result);
}

static void accept(struct held *h)
{
    const struct intake_sink *sink = &h->intake->options.sink;
    enum accepted result;

    if (h->batch.n == 0) {
        answer_accepted(h);
        return;
    }
    h->receipts = arena_array(exchange_arena(h->x), h->batch.n,
                              sizeof(*h->receipts));
    result = sink->accept(sink->arg, &h->batch, h->receipts, on_committed, h);
    if (result != ACCEPTED)
        answer_later(h, result);
}

/* What was decoded is accepted, which copies it, or refused. */
static void forget(struct held *h)
{
    h->batch.v = NULL;
    h->batch.secret = STR_NONE;
    arena_reset(&h->intake->scratch);
}

/* What a page of another origin may send without asking: no source of alerts
 * needs it, and without this rule any web page could raise alerts through the
 * browser of somebody on this machine. */
static bool is_form(struct str type)
{
    return str_is_nocase(type, "application/x-www-form-urlencoded") ||
           str_is_nocase(type, "multipart/form-data") ||
           str_is_nocase(type, "text/plain");
}

static bool is_json_type(struct str type)
{
    return str_is_nocase(type, "application/json") ||
           str_is_nocase(type, "application/x-ndjson") ||
           str_is_nocase(type, "application/ndjson") ||
           str_is_nocase(type, "application/jsonl");
}

static bool check_content_type(struct held *h)
{
    struct str type = exchange_content_type(h->x);
    struct str body = str_trim(exchange_body(h->x));
    bool may_be = body.n == 0 || body.p[0] == '{' || body.p[0] == '[';
    struct error err = {0};

    if (is_json_type(type) || (!is_form(type) && may_be))
        return true;
    error_set(&err,
              "alerts are not taken as \"%.*s\"; send them with Content-Type: "
              "application/json",
              STR_ARG(str_first(type, utf8_cut(type, 80))));
    answer_refused(h, 415, "unsupported-media-type", &err);
    return false;
}

static bool decode(struct held *h, decode_fn *decoder)
{
    const struct intake_options *o = &h->intake->options;
    struct decode_options options = {
        .now_ms = clock_wall_ms(o->clock),
        .resolve_timeout_ms = o->settings(o->settings_arg)->resolve_timeout_ms,
    };
    struct error err = {0};
    int status = 400;

    if (decoder(&h->intake->scratch, exchange_body(h->x), &options, &h->batch,
                &status, &err))
        return true;
    answer_refused(h, status, status == 400 ? "not-json" : "invalid-alert",
                   &err);
    return false;
}

/* The header names the whole request; an alert with an `id` has a name already. */
static bool apply_idempotency_key(struct held *h)
{
    struct str key = exchange_header(h->x, "Idempotency-Key");
    struct error err = {0};

    if (key.n > IDEMPOTENCY_MAX) {
        error_set(&err, "the Idempotency-Key has %zu bytes; at most %d", key.n,
                  IDEMPOTENCY_MAX);
        answer_refused(h, 400, "invalid-header", &err);
        return false;
    }
    for (size_t i = 0; key.n > 0 && i < h->batch.n; i++) {
        struct incoming *in = &h->batch.v[i];

        if (in->idempotency.n == 0)
            in->idempotency = arena_printf(&h->intake->scratch, "%.*s#%zu",
                                           STR_ARG(key), i);
    }
    return true;
}

static void serve_native(void *arg, struct exchange *x)
{
    struct held *h = hold(arg, x, SOURCE_NATIVE);

    if (check_content_type(h) && decode(h, decode_native) &&
        apply_idempotency_key(h)) {
        warnings_find(h);
        accept(h);
    }
    forget(h);
}

static void serve_alertmanager(void *arg, struct exchange *x)
{
    struct held *h = hold(arg, x, SOURCE_ALERTMANAGER);

    if (check_content_type(h) && decode(h, decode_alertmanager))
        accept(h);
    forget(h);
}

/* Takes as long whatever the two are, but for their lengths. */
static bool same_secret(struct str a, struct str b)
{
    unsigned char left[32], right[32];

    crypto_generichash(left, sizeof(left), (const unsigned char *)a.p, a.n,
                       NULL, 0);
    crypto_generichash(right, sizeof(right), (const unsigned char *)b.p, b.n,
                       NULL, 0);
    return sodium_memcmp(left, right, sizeof(left)) == 0;
}

static bool unauthorized(struct held *h, const char *what_to_do)
{
    struct error err = {0};

    error_set(&err, "%s", what_to_do);
    answer_refused(h, 401, "unauthorized", &err);
    return false;
}

/* A program in between may have a token; a session's cookie is not enough, for a
 * browser sends it whoever wrote the page. */
static bool has_token(struct held *h)
{
    return exchange_identify(h->x)->kind == CALLER_TOKEN &&
           exchange_may(h->x, ACCESS_INTAKE);
}

/* ntopng itself knows no tokens: it shows a secret in the body, a user and password in
 * the header, or it is on this machine. This much is known without the body. */
static bool check_sender(struct held *h, const struct intake_settings *s)
{
    bool asks_secret = s->ntopng_shared_secret.n > 0;
    bool asks_basic = s->ntopng_username.n > 0 || s->ntopng_password.n > 0;
    struct str user = STR_NONE, pass = STR_NONE;
    bool sent = exchange_basic(h->x, &user, &pass);
    bool same_user = same_secret(user, s->ntopng_username);
    bool same_pass = same_secret(pass, s->ntopng_password);

    if (asks_basic && !(sent && same_user && same_pass)) {
        exchange_header_add(h->x, "WWW-Authenticate",
                            STR("Basic realm=\"tocsin\""));
        return unauthorized(h, "the username or password is not the one set "
                               "here for ntopng; set the same in ntopng's "
                               "webhook endpoint");
    }
    if (!asks_basic && !asks_secret && !exchange_is_loopback(h->x))
        return unauthorized(h, "alerts of ntopng come from this machine only, "
                               "until a shared secret is set, here and in "
                               "ntopng's webhook endpoint");
    return true;
}

static bool check_secret(struct held *h, const struct intake_settings *s)
{
    if (s->ntopng_shared_secret.n == 0 ||
        same_secret(h->batch.secret, s->ntopng_shared_secret))
        return true;
    return unauthorized(h, h->batch.secret.n == 0
                               ? "the body has no \"sharedsecret\"; set the "
                                 "shared secret in ntopng's webhook endpoint"
                               : "the shared secret is not the one set here; "
                                 "set the same in ntopng's webhook endpoint");
}

static void take_ntopng(struct held *h)
{
    const struct intake_options *o = &h->intake->options;
    const struct intake_settings *s = o->settings(o->settings_arg);
    struct decode_options options = {.now_ms = clock_wall_ms(o->clock)};
    struct error err = {0};
    int status = 400;
    bool known = has_token(h), decoded;

    if (!(known || check_sender(h, s)) || !check_content_type(h))
        return;
    decoded = decode_ntopng(&h->intake->scratch, exchange_body(h->x), &options,
                            &h->batch, &status, &err);
    /* A stranger is not told what is wrong with the rest. */
    if (!known && !check_secret(h, s))
        return;
    if (decoded)
        accept(h);
    else
        answer_refused(h, status, status == 400 ? "not-json" : "invalid-alert",
                       &err);
}

static void serve_ntopng(void *arg, struct exchange *x)
{
    struct held *h = hold(arg, x, SOURCE_NTOPNG);

    take_ntopng(h);
    forget(h);
}

/* What tools ask an Alertmanager before they talk to it. */
static void serve_status(void *arg, struct exchange *x)
{
    const struct intake *i = arg;
    struct buf body freed_by(buf_release) = BUF(4096);
    struct json_out o = JSON_OUT(&body);
    char started[TIME_TEXT_MAX];

    time_text(i->started_ms, true, started);
    out_object(&o, NULL);
    out_object(&o, "cluster");
    out_text(&o, "status", "disabled");
    out_object_end(&o);
    out_object(&o, "versionInfo");
    out_text(&o, "branch", "");
    out_text(&o, "buildDate", "");
    out_text(&o, "buildUser", "");
    out_text(&o, "goVersion", "");
    out_text(&o, "revision", "tocsin");
    out_text(&o, "version", ALERTMANAGER_VERSION);
    out_object_end(&o);
    out_object(&o, "config");
    out_text(&o, "original", "");
    out_object_end(&o);
    out_text(&o, "uptime", started);
    out_object_end(&o);
    exchange_json(x, 200, buf_view(&body));
}

/* The server runs, and takes what it has room for; else it says 503 itself. */
static void serve_ok(void *arg, struct exchange *x)
{
    (void)arg;
    exchange_answer(x, 200, "text/plain; charset=utf-8", STR("OK"));
}

static const struct route routes[] = {
    {"POST", "/api/v1/alerts", ACCESS_INTAKE, INTAKE_BODY_MAX, serve_native},
    {"POST", "/in/ntopng", ACCESS_ANYONE, INTAKE_BODY_MAX, serve_ntopng},
    {"POST", "/api/v2/alerts", ACCESS_INTAKE, INTAKE_BODY_MAX,
     serve_alertmanager},
    {"GET", "/api/v2/status", ACCESS_INTAKE, 0, serve_status},
    {"GET", "/-/healthy", ACCESS_ANYONE, 0, serve_ok},
    {"GET", "/-/ready", ACCESS_ANYONE, 0, serve_ok},
    {.method = NULL},
};

struct intake *intake_new(struct httpd *h, const struct intake_options *o)
{
    static const char *const names[SOURCE_COUNT] = {
        [SOURCE_NATIVE] = "native",
        [SOURCE_NTOPNG] = "ntopng",
        [SOURCE_ALERTMANAGER] = "alertmanager",
    };
    struct intake *i = mem_new(sizeof(*i));

    i->options = *o;
    i->scratch.keep = SCRATCH_KEPT;
    i->started_ms = clock_wall_ms(o->clock);
    for (size_t s = 0; s < SOURCE_COUNT; s++)
        i->counts[s].source = names[s];
    httpd_routes(h, routes, i);
    httpd_source(h, "/api/v1/alerts", names[SOURCE_NATIVE]);
    httpd_source(h, "/api/v2/alerts", names[SOURCE_ALERTMANAGER]);
    httpd_source(h, "/in/ntopng", names[SOURCE_NTOPNG]);
    return i;
}

void intake_free(struct intake *i)
{
    if (i != NULL)
        arena_release(&i->scratch);
    free(i);
}

size_t intake_counts(const struct intake *i, const struct intake_counts **out)
{
    *out = i->counts;
    return SOURCE_COUNT;
}
