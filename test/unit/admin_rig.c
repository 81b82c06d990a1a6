/* admin_rig.c -- the rooms of the program, opened and closed as serve.c does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <unistd.h>

#include "base/log.h"

#include "admin_rig.h"

/* --- a peer for the courier ------------------------------------------------ */

static void sending_soon(void *arg)
{
    struct sending *s = arg;

    s->done(s->arg, &s->response);
    free(s);
}

static void sending_stored(void *arg, bool ok, const struct error *err)
{
    struct sending *s = arg;

    (void)err;
    s->response.outcome = ok ? OUTCOME_ANSWERED : OUTCOME_UNREACHED;
    s->response.status = 200;
    sending_soon(s);
}

static void sending_answer(struct sending *s)
{
    struct bench *b = s->bench;
    struct peer_answer answer = {b->answer_status, b->answer_body};

    if (b->answers_given < COUNT_OF(b->answers) &&
        b->answers[b->answers_given].status != 0)
        answer = b->answers[b->answers_given++];
    s->response.outcome = b->answer_outcome;
    s->response.status = answer.status;
    s->response.body = str_of(answer.body);
    s->response.total_us = 1500;
    loop_timer_set(b->loop, &s->soon, 0, sending_soon, s);
}

static void sending_remember(struct bench *b, const struct request *r)
{
    if (b->sent_count == COUNT_OF(b->sent) || r->via == VIA_STORE)
        return;
    b->sent[b->sent_count++] =
        arena_str(&b->arena, r->via == VIA_HTTP   ? r->http.url
                             : r->via == VIA_MAIL ? r->mail.host
                                                  : STR_NONE);
}

static struct sending *carrier_send(void *arg, const struct request *r,
                                    transport_fn *done, void *done_arg)
{
    struct bench *b = arg;
    struct sending *s = mem_new(sizeof *s);

    s->bench = b;
    s->done = done;
    s->arg = done_arg;
    sending_remember(b, r);
    if (r->via == VIA_STORE) {
        assert_true(historian_put(b->historian, r->store.alerts,
                                  r->store.count, sending_stored, s));
    } else if (b->hold) {
        s->next = b->held;
        b->held = s;
    } else {
        sending_answer(s);
    }
    return s;
}

static void carrier_cancel(void *arg, struct sending *s)
{
    struct bench *b = arg;

    for (struct sending **at = &b->held; *at != NULL; at = &(*at)->next)
        if (*at == s) {
            *at = s->next;
            break;
        }
    loop_timer_clear(b->loop, &s->soon);
    free(s);
}

void bench_let_go(struct bench *b)
{
    b->hold = false;
    while (b->held != NULL) {
        struct sending *s = b->held;

        b->held = s->next;
        sending_answer(s);
    }
}

/* --- the rooms, as serve.c opens and closes them ----------------------------- */

static void bench_ready(void *arg, int64_t recipient_id)
{
    struct bench *b = arg;

    if (b->courier != NULL)
        courier_ready(b->courier, recipient_id);
}

static void bench_paused(void *arg, const struct pause *p)
{
    struct bench *b = arg;

    if (b->courier != NULL)
        courier_paused(b->courier, p);
    if (b->admin != NULL)
        admin_saw_pause(b->admin, p);
}

static void bench_broken(void *arg, const struct error *err)
{
    (void)arg;
    fail_msg("%s", err->text);
}

static void bench_changed(void *arg, const struct snapshot *now)
{
    struct bench *b = arg;

    if (b->courier != NULL)
        courier_changed(b->courier, now);
    if (b->pipeline != NULL)
        pipeline_changed(b->pipeline);
}

static const struct intake_settings *bench_settings(void *arg)
{
    struct bench *b = arg;

    b->intake_settings.resolve_timeout_ms = 300000;
    return &b->intake_settings;
}

static bool bench_release(void *arg, int64_t id, committed_fn *committed,
                          void *committed_arg, struct error *err)
{
    struct bench *b = arg;

    return pipeline_release(b->pipeline, id, committed, committed_arg, err);
}

/* Hashes as cheap as they can be: what they cost is not tested here. */
static void bench_people(struct bench *b, struct error *err)
{
    const struct passwords_options cheap = {
        .inline_thread = true, .ops = 1, .memory = 8192};
    const struct people_options o = {.clock = loop_clock(b->loop)};

    b->people = people_open(&o, err);
    assert_non_null(b->people);
    b->passwords = passwords_start(b->loop, &cheap, err);
    assert_non_null(b->passwords);
    access_people(&b->http, b->people, b->config);
}

static void bench_rooms(struct bench *b, struct error *err)
{
    bool threads = getenv("TOCSIN_TEST_THREADS") != NULL; /* for TSan */
    char outbox_path[64], store_path[64];
    struct outbox_options o = {.path = outbox_path,
                               .inline_writer = !threads,
                               .ready = bench_ready,
                               .ready_arg = b,
                               .paused = bench_paused,
                               .paused_arg = b,
                               .broken = bench_broken};
    struct historian_options h = {.store_path = store_path,
                                  .outbox_path = outbox_path,
                                  .inline_thread = !threads};
    struct courier_options c = {
        .carrier = {carrier_send, carrier_cancel, b}};

    snprintf(outbox_path, sizeof outbox_path, "%s/tocsin.db", b->directory);
    snprintf(store_path, sizeof store_path, "%s/history.db", b->directory);
    b->registry = registry_new();
    b->outbox = outbox_open(b->loop, &o, b->registry, err);
    assert_non_null(b->outbox);
    b->config = config_open(b->directory, loop_clock(b->loop), err);
    assert_non_null(b->config);
    config_on_change(b->config, bench_changed, b);
    bench_people(b, err);
    b->historian = historian_start(b->loop, &h, err);
    assert_non_null(b->historian);
    c.config = b->config;
    c.outbox = b->outbox;
    c.registry = b->registry;
    b->courier = courier_new(b->loop, &c);
}

static void bench_faces(struct bench *b)
{
    struct pipeline_options p = {.config = b->config, .registry = b->registry,
                                 .outbox = b->outbox};
    struct intake_options in = {.clock = loop_clock(b->loop),
                                .settings = bench_settings,
                                .settings_arg = b};
    struct admin_options a = {
        .loop = b->loop,
        .httpd = b->httpd,
        .config = b->config,
        .registry = b->registry,
        .outbox = b->outbox,
        .courier = b->courier,
        .historian = b->historian,
        .people = b->people,
        .passwords = b->passwords,
        .clock = loop_clock(b->loop),
        .data_dir = b->directory,
        .version = "1.2.3",
        .release = bench_release,
        .release_arg = b,
    };

    b->pipeline = pipeline_new(b->loop, &p);
    a.hold_state = pipeline_hold_state(b->pipeline);
    in.sink = pipeline_sink(b->pipeline);
    b->intake = intake_new(b->httpd, &in);
    a.intake = b->intake;
    b->admin = admin_new(&a);
}

static void bench_token(struct bench *b)
{
    char path[64];
    FILE *f;

    snprintf(path, sizeof path, "%s/admin.token", b->directory);
    f = fopen(path, "re");
    assert_non_null(f);
    assert_non_null(fgets(b->token, sizeof b->token, f));
    b->token[strcspn(b->token, "\n")] = '\0';
    fclose(f);
}

int admin_setup(void **state)
{
    struct bench *b = mem_new(sizeof *b);
    struct error err = {0};
    char made[ACCESS_TOKEN_BYTES];

    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    b->answer_status = 200;
    b->answer_body = "ok";
    snprintf(b->directory, sizeof b->directory, "/tmp/test-admin-XXXXXX");
    assert_non_null(mkdtemp(b->directory));
    b->loop = loop_new(&clock_real, &err);
    assert_non_null(b->loop);
    assert_true(access_open(b->directory, &b->http, made, &err));
    bench_token(b);
    b->http.address = "127.0.0.1";
    b->httpd = httpd_new(b->loop, &b->http, &err);
    if (b->httpd == NULL)
        fail_msg("%s", err.text);
    bench_rooms(b, &err);
    bench_faces(b);
    *state = b;
    return 0;
}

static void directory_remove(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    char name[512];

    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        unlink(name);
    }
    closedir(d);
    assert_int_equal(rmdir(path), 0);
}

int admin_teardown(void **state)
{
    struct bench *b = *state;

    admin_stop(b->admin);
    passwords_stop(b->passwords);
    historian_stop(b->historian);
    outbox_close(b->outbox);
    courier_free(b->courier);
    admin_free(b->admin);
    intake_free(b->intake);
    httpd_free(b->httpd);
    access_close(&b->http);
    people_close(b->people);
    pipeline_free(b->pipeline);
    config_close(b->config);
    registry_free(b->registry);
    loop_free(b->loop);
    arena_release(&b->arena);
    directory_remove(b->directory);
    free(b);
    return 0;
}

void bench_settle(struct bench *b)
{
    for (int quiet = 0; quiet < 20;) {
        struct outbox_counts before, after;

        outbox_counts(b->outbox, &before);
        loop_turn(b->loop, 1);
        outbox_counts(b->outbox, &after);
        quiet = before.commits == after.commits && after.pending == 0 &&
                        historian_waiting(b->historian) == 0
                    ? quiet + 1
                    : 0;
    }
}

/* --- a webhook, its recipient, and alerts for it ------------------------------------ */

void rig_netops(struct bench *b)
{
    struct got g = api_ask(b, "POST", "/api/v1/endpoints",
                           "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{\"url\":"
                           "\"https://hooks.example.net/x\",\"username\":\"u\","
                           "\"password\":\"" RIG_PASSWORD "\"}}");

    GOT_STATUS(g, 201);
    g = api_ask(b, "POST", "/api/v1/recipients",
                "{\"name\":\"netops\",\"endpoint\":\"hook\"}");
    GOT_STATUS(g, 201);
}

int64_t rig_alerts(struct bench *b, int n)
{
    struct buf body freed_by(buf_release) = BUF(1u << 20);
    struct got g;

    buf_char(&body, '[');
    for (int i = 0; i < n; i++)
        buf_printf(&body, "%s{\"type\":\"t%d\",\"severity\":\"error\",\"message\":\"m\"}",
                   i ? "," : "", i);
    buf_char(&body, ']');
    g = api_ask(b, "POST", "/api/v1/alerts", buf_c(&body));
    GOT_STATUS(g, 200);
    return got_number(&g, "/alerts/0/id");
}
