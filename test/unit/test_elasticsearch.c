/* test_elasticsearch.c -- bulks, their answers, what is asked before a test, and
 * the index template that is printed for people. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "endpoint/endpoint.h"
#include "golden.h"
#include "strs.h"

#define URL "\"url\":\"https://search.example.net:9200\""
#define TEMPLATE_FILE "docs/examples/elasticsearch-template.json"
#define BODY_MAX 5000000

struct bench {
    struct arena arena;
    const struct endpoint_type *type;
    struct render_input in;
    struct alert alert;
    struct render_item item;
};

static const void *params(struct bench *b, const struct field *rows, size_t size,
                          const char *json)
{
    struct error err = {0};
    const struct json *j = json_parse(&b->arena, str_of(json), &err);
    void *made = arena_new(&b->arena, size);

    if (!fields_read(rows, j, made, &b->arena, &err))
        fail_msg("%s: %s %s", json, err.place, err.text);
    return made;
}

static void bench_init(struct bench *b, const char *endpoint,
                       const char *recipient)
{
    const struct endpoint_type *t = endpoint_type_find(STR("elasticsearch"));
    struct error err;

    *b = (struct bench){.type = t};
    b->alert = (struct alert){
        .id = 4711, .action = ACTION_STORE, .entity = ENTITY_HOST,
        .entity_value = STR("192.0.2.1"), .type = STR("x"), .type_id = -1,
        .message = STR("m"), .tstamp_ms = 1606175999999, .source = STR("native"),
    };
    b->item = (struct render_item){.alert = &b->alert, .id = STR("4711.3")};
    b->in = (struct render_input){
        .endpoint = params(b, t->endpoint_fields, t->endpoint_size, endpoint),
        .recipient = params(b, t->recipient_fields, t->recipient_size, recipient),
        .items = &b->item,
        .count = 1,
        .place = {.instance = STR("gw")},
    };
    assert_true(t->check(b->in.endpoint, b->in.recipient, &err));
}

static const struct request *rendered(struct bench *b)
{
    struct request *r = arena_new(&b->arena, sizeof(*r));
    struct error err;

    if (!b->type->render(&b->in, &b->arena, r, &err))
        fail_msg("%s", err.text);
    return r;
}

/* The nth line of a bulk, parsed. */
static const struct json *line(struct bench *b, const struct request *r, size_t nth)
{
    struct str rest = r->http.body;
    struct error err;
    const struct json *j;

    while (nth-- > 0)
        str_until(&rest, '\n');
    j = json_parse(&b->arena, str_until(&rest, '\n'), &err);
    if (j == NULL)
        fail_msg("%s", err.text);
    return j;
}

static struct str created(struct bench *b, const char *member)
{
    const struct json *action = line(b, rendered(b), 0);

    return json_text(json_get(json_get(action, "create"), member));
}

/* --- names --------------------------------------------------------------- */

static const struct {
    int64_t tstamp_ms, tstamp_end_ms;
    enum action action;
    const char *endpoint, *recipient, *want;
} names[] = {
    /* 2020-11-23T23:59:59.999Z and a moment later */
    {1606175999999, 0, ACTION_STORE, "{" URL "}", "{}", "alerts-ntopng-2020-11-23"},
    {1606176000000, 0, ACTION_STORE, "{" URL "}", "{}", "alerts-ntopng-2020-11-24"},
    {1606175999999, 1606176000000, ACTION_RELEASE, "{" URL "}", "{}",
     "alerts-ntopng-2020-11-24"},
    {1606175999999, 0, ACTION_RELEASE, "{" URL "}", "{}",
     "alerts-ntopng-2020-11-23"},
    {1606175999999, 0, ACTION_STORE, "{" URL ",\"index_prefix\":\"ours\"}", "{}",
     "ours-2020-11-23"},
    {1606175999999, 0, ACTION_STORE,
     "{" URL ",\"index_prefix\":\"ours\",\"index_date\":\"YYYY.MM.DD\"}",
     "{\"index_prefix\":\"theirs-1\"}", "theirs-1-2020.11.23"},
    {0, 0, ACTION_STORE, "{" URL "}", "{}", "alerts-ntopng-1970-01-01"},
    {INT64_MAX, 0, ACTION_STORE, "{" URL "}", "{}", "alerts-ntopng-9999-12-31"},
    {INT64_MIN, 0, ACTION_STORE, "{" URL "}", "{}", "alerts-ntopng-0000-01-01"},
};

static void test_index(void **state)
{
    (void)state;
    setenv("TZ", "Pacific/Kiritimati", 1); /* a day ahead, and no matter */
    tzset();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct bench b;

        bench_init(&b, names[i].endpoint, names[i].recipient);
        b.alert.tstamp_ms = names[i].tstamp_ms;
        b.alert.tstamp_end_ms = names[i].tstamp_end_ms;
        b.alert.action = names[i].action;
        assert_str(names[i].want, created(&b, "_index"), names[i].want);
        arena_release(&b.arena);
    }
}

/* The same whenever and however often it is sent; of each alert another. */
static void test_id(void **state)
{
    struct str first, other[5];
    struct bench b;

    (void)state;
    bench_init(&b, "{" URL "}", "{}");
    first = created(&b, "_id");
    assert_int_equal(first.n, 64);
    b.in.place.now_ms += 86400000;
    b.in.step = 1;
    b.item.id = STR("4711.4"); /* another recipient, the same document */
    assert_true(str_eq(created(&b, "_id"), first));
    b.alert.action = ACTION_RELEASE;
    other[0] = created(&b, "_id");
    b.alert.action = ACTION_STORE;
    b.alert.id = 4712;
    other[1] = created(&b, "_id");
    b.alert.id = 4711;
    b.in.place.instance = STR("gw2");
    other[2] = created(&b, "_id");
    b.in.place.instance = STR("gw");
    b.alert.tstamp_ms++; /* another data directory began to count anew */
    other[3] = created(&b, "_id");
    b.alert.tstamp_ms--;
    b.alert.id = 0; /* a test */
    other[4] = created(&b, "_id");
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        assert_false(str_eq(other[i], first));
        for (size_t k = 0; k < i; k++)
            assert_false(str_eq(other[i], other[k]));
    }
    arena_release(&b.arena);
}

/* --- bulks --------------------------------------------------------------- */

static size_t lines_of(struct str body)
{
    size_t n = 0;

    assert_true(str_ends(body, "\n"));
    for (; body.n > 0; n++)
        str_until(&body, '\n');
    return n;
}

/* `count` alerts with messages of `bytes`, line ends and all. */
static void many(struct bench *b, size_t count, size_t bytes)
{
    struct render_item *items = arena_array(&b->arena, count, sizeof(*items));
    char *message = arena_new(&b->arena, bytes + 1);

    memset(message, '\n', bytes);
    b->alert.message = (struct str){message, bytes};
    for (size_t i = 0; i < count; i++) {
        struct alert *alert = arena_new(&b->arena, sizeof(*alert));

        *alert = b->alert;
        alert->id = 1 + (int64_t)i;
        items[i] = (struct render_item){.alert = alert, .id = STR("1.3")};
    }
    b->in.items = items;
    b->in.count = count;
}

static const char *answer_to(struct bench *b, size_t count)
{
    struct buf to freed_by(buf_release) = BUF(RESPONSE_LARGE_MAX);

    buf_text(&to, "{\"took\":1,\"errors\":false,\"items\":[");
    for (size_t i = 0; i < count; i++)
        buf_printf(&to, "%s{\"create\":{\"status\":201}}", i > 0 ? "," : "");
    buf_text(&to, "]}");
    return arena_c(&b->arena, buf_view(&to));
}

/* What a full request leaves out goes next: at once, and not as a failure. */
static void test_full(void **state)
{
    const struct request *sent;
    struct verdict v[500];
    struct bench b;
    size_t n;

    (void)state;
    bench_init(&b, "{" URL "}", "{}");
    many(&b, 500, ALERT_MESSAGE_MAX);
    sent = rendered(&b);
    n = lines_of(sent->http.body) / 2;
    assert_true(n > 10 && n < 500);
    assert_true(sent->http.body.n <= BODY_MAX);
    assert_true(sent->http.body.n > BODY_MAX - 200000);
    b.type->judge(&b.in, sent,
                  &(struct response){.status = 200,
                                     .body = str_of(answer_to(&b, n))},
                  &b.arena, v);
    for (size_t i = 0; i < 500; i++) {
        assert_int_equal(v[i].kind, i < n ? VERDICT_DELIVERED : VERDICT_UNSENT);
        assert_int_equal(v[i].retry_after_ms, 0);
        assert_false(v[i].endpoint_fault);
    }
    arena_release(&b.arena);
}

/* Whatever became of the others. */
static void test_full_and_failed(void **state)
{
    const struct response answers[] = {
        {.outcome = OUTCOME_LOST},
        {.status = 429, .retry_after_ms = 5000},
        {.status = 413},
        {.status = 401},
        {.status = 200, .body = STR("<html>")},
    };
    const struct request *sent;
    struct verdict v[500];
    struct bench b;
    size_t n;

    (void)state;
    bench_init(&b, "{" URL "}", "{}");
    many(&b, 500, ALERT_MESSAGE_MAX);
    sent = rendered(&b);
    n = lines_of(sent->http.body) / 2;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        b.type->judge(&b.in, sent, &answers[i], &b.arena, v);
        for (size_t k = 0; k < 500; k++)
            assert_int_equal(v[k].kind == VERDICT_UNSENT, k >= n);
    }
    arena_release(&b.arena);
}

/* The only one that went out is the one to blame. */
static void test_one_went(void **state)
{
    struct response r = {.status = 400};
    const struct request *sent;
    struct verdict v[2];
    struct bench b;

    (void)state;
    bench_init(&b, "{" URL "}", "{}");
    many(&b, 1, 10);
    sent = rendered(&b);
    many(&b, 2, 10);
    b.type->judge(&b.in, sent, &r, &b.arena, v);
    assert_int_equal(v[0].kind, VERDICT_AGAIN);
    assert_int_equal(v[1].kind, VERDICT_UNSENT);
    arena_release(&b.arena);
}

static void test_all_fit(void **state)
{
    const struct request *sent;
    struct bench b;

    (void)state;
    bench_init(&b, "{" URL "}", "{}");
    many(&b, 500, 100);
    sent = rendered(&b);
    assert_int_equal(lines_of(sent->http.body), 1000);
    assert_int_equal(sent->answer_max, RESPONSE_LARGE_MAX);
    for (size_t i = 0; i < 1000; i += 333)
        line(&b, sent, i);
    arena_release(&b.arena);
}

/* An answer that was too large to be kept is nobody's fault, and then the courier
 * sends one by one; one that broke off is not somebody else's answer. */
static void test_unreadable(void **state)
{
    static char large[RESPONSE_LARGE_MAX];
    const struct {
        struct str body;
        bool fault;
    } rows[] = {
        {{large, sizeof(large)}, false},
        {STR("{\"took\":1,\"items\":[{\"cre"), false},
        {STR_NONE, false},
        {STR("<html>"), true},
        {STR("{}"), true},
        {STR("[]"), true},
        {STR("{\"items\":{}}"), true},
    };
    const struct request *sent;
    struct bench b;

    (void)state;
    memset(large, '{', sizeof(large));
    bench_init(&b, "{" URL "}", "{}");
    many(&b, 2, 10);
    sent = rendered(&b);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct response r = {.status = 200, .body = rows[i].body};
        struct verdict v[2];

        b.type->judge(&b.in, sent, &r, &b.arena, v);
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(v[k].kind, VERDICT_DEFERRED);
            assert_int_equal(v[k].endpoint_fault, rows[i].fault);
            assert_int_equal(v[k].retry_after_ms, 0);
        }
    }
    arena_release(&b.arena);
}

/* --- what is asked before a test ----------------------------------------- */

#define VERSION(number, more)                                                  \
    "{\"version\":{\"number\":\"" number "\"" more "},\"tagline\":\"You Know\"}"

static const struct {
    enum outcome outcome;
    int status;
    const char *body;
    enum verdict_kind kind;
    const char *text;
} versions[] = {
    {OUTCOME_ANSWERED, 200, VERSION("8.17.0", ",\"build_flavor\":\"default\""),
     VERDICT_DELIVERED, "Elasticsearch 8.17.0"},
    {OUTCOME_ANSWERED, 200, VERSION("7.0.0", ""), VERDICT_DELIVERED,
     "Elasticsearch 7.0.0"},
    {OUTCOME_ANSWERED, 200, VERSION("10.0.0-SNAPSHOT", ""), VERDICT_DELIVERED,
     "Elasticsearch 10.0.0"},
    {OUTCOME_ANSWERED, 200, VERSION("6.8.23", ""), VERDICT_REFUSED,
     "Elasticsearch 6.8.23 is too old: at least version 7"},
    {OUTCOME_ANSWERED, 200, VERSION("1.3.20", ",\"distribution\":\"opensearch\""),
     VERDICT_DELIVERED, "OpenSearch 1.3.20"},
    {OUTCOME_ANSWERED, 200, VERSION("3.1.0", ",\"distribution\":\"opensearch\""),
     VERDICT_DELIVERED, "OpenSearch 3.1.0"},
    {OUTCOME_ANSWERED, 200, VERSION("8.11.0", ",\"build_flavor\":\"serverless\""),
     VERDICT_DELIVERED, "Elasticsearch, serverless"},
    {OUTCOME_ANSWERED, 200, VERSION("1.7.6", ""), VERDICT_REFUSED, "too old"},
    {OUTCOME_ANSWERED, 200, VERSION("-8.0", ""), VERDICT_REFUSED, "too old"},
    {OUTCOME_ANSWERED, 200, VERSION("", ""), VERDICT_REFUSED, "no Elasticsearch"},
    {OUTCOME_ANSWERED, 200, "{\"version\":\"8.17.0\"}", VERDICT_REFUSED,
     "no Elasticsearch"},
    {OUTCOME_ANSWERED, 200, "<html>", VERDICT_REFUSED, "no Elasticsearch"},
    {OUTCOME_ANSWERED, 200, "", VERDICT_REFUSED, "no Elasticsearch"},
    {OUTCOME_ANSWERED, 403, "", VERDICT_DELIVERED, "may not see its version"},
    {OUTCOME_ANSWERED, 401,
     "{\"error\":{\"type\":\"security_exception\",\"reason\":\"wrong key\"}}",
     VERDICT_DEFERRED, "401 Unauthorized: security_exception: wrong key"},
    {OUTCOME_ANSWERED, 503, "", VERDICT_DEFERRED, "503"},
    {OUTCOME_UNREACHED, 0, "", VERDICT_DEFERRED, "not reached"},
    {OUTCOME_TLS, 0, "", VERDICT_DEFERRED, "TLS"},
};

static void judge_probe(struct bench *b, size_t nth, const struct response *r,
                        enum verdict_kind kind, const char *text)
{
    struct verdict v = {.kind = VERDICT_AGAIN};

    b->type->judge_probe(&b->in, nth, r, &b->arena, &v);
    if (v.kind != kind || strstr(arena_c(&b->arena, v.reason), text) == NULL)
        fail_msg("%d %.*s: got %d %.*s", r->status, STR_ARG(r->body), v.kind,
                 STR_ARG(v.reason));
    assert_true(v.reason.n <= REASON_MAX && utf8_valid(v.reason));
}

static void test_version(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b, "{" URL ",\"api_key\":\"a:b\"}", "{}");
    for (size_t i = 0; i < COUNT_OF(versions); i++)
        judge_probe(&b, 0,
                    &(struct response){.outcome = versions[i].outcome,
                                       .status = versions[i].status,
                                       .body = str_of(versions[i].body)},
                    versions[i].kind, versions[i].text);
    arena_release(&b.arena);
}

static void test_template_answers(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum verdict_kind kind;
        const char *text;
    } rows[] = {
        {200, "{\"acknowledged\":true}", VERDICT_DELIVERED,
         "tocsin-alerts-ntopng is installed"},
        {400, "{\"error\":{\"type\":\"mapper_parsing_exception\",\"reason\":"
              "\"No handler for type [flattened]\"}}",
         VERDICT_REFUSED, "[flattened]; see index_template: another choice"},
        {404, "", VERDICT_DEFERRED, "another choice"},
        {405, "", VERDICT_DEFERRED, "another choice"},
        {403, "", VERDICT_DEFERRED, "manage_index_templates"},
        {503, "", VERDICT_DEFERRED, "503"},
    };
    struct bench b;

    (void)state;
    bench_init(&b, "{" URL ",\"index_template\":\"elasticsearch\"}", "{}");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        judge_probe(&b, 1,
                    &(struct response){.status = rows[i].status,
                                       .body = str_of(rows[i].body)},
                    rows[i].kind, rows[i].text);
    arena_release(&b.arena);
}

/* --- the questions ------------------------------------------------------- */

static const struct {
    const char *endpoint, *recipient, *url; /* of the template; NULL: not asked */
} questions[] = {
    {"{" URL "}", "{}", NULL},
    {"{" URL ",\"index_template\":\"elasticsearch\"}", "{}",
     "https://search.example.net:9200/_index_template/tocsin-alerts-ntopng"},
    {"{\"url\":\"https://search.example.net:9200/es//\","
     "\"index_template\":\"opensearch\"}",
     "{\"index_prefix\":\"a%b\"}",
     "https://search.example.net:9200/es/_index_template/tocsin-a-b"},
    {"{" URL ",\"index_template\":\"legacy\"}", "{}",
     "https://search.example.net:9200/_template/tocsin-alerts-ntopng"},
};

static bool ask(struct bench *b, size_t nth, struct probe *out)
{
    struct error err = {.text = "as before"};
    bool asked;

    *out = (struct probe){.name = NULL};
    b->in.items = NULL;
    b->in.count = 0;
    asked = b->type->probe(&b->in, nth, &b->arena, out, &err);
    assert_int_equal(asked, out->name != NULL);
    assert_string_equal(err.text, "");
    return asked;
}

static void test_probes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        struct bench b;
        struct probe p;

        bench_init(&b, questions[i].endpoint, questions[i].recipient);
        assert_true(ask(&b, 0, &p));
        assert_string_equal(p.request.http.method, "GET");
        assert_true(str_ends(p.request.http.url, "/") && p.request.http.body.n == 0);
        assert_int_equal(ask(&b, 1, &p), questions[i].url != NULL);
        if (questions[i].url != NULL) {
            assert_string_equal(p.request.http.method, "PUT");
            assert_str(questions[i].url, p.request.http.url, questions[i].url);
        }
        assert_false(ask(&b, 2, &p));
        arena_release(&b.arena);
    }
}

/* Without a recipient, as an endpoint is tested. */
static void test_probe_of_endpoint(void **state)
{
    struct bench b;
    struct probe p;

    (void)state;
    bench_init(&b, "{" URL ",\"index_template\":\"elasticsearch\"}", "{}");
    b.in.recipient = NULL;
    assert_true(ask(&b, 1, &p));
    assert_true(str_ends(p.request.http.url, "/tocsin-alerts-ntopng"));
    arena_release(&b.arena);
}

static struct str written(struct bench *b, const struct json *j)
{
    struct buf text freed_by(buf_release) = BUF(RESPONSE_MAX);
    struct json_out o = JSON_OUT(&text);

    out_tree(&o, NULL, j);
    return arena_str(&b->arena, buf_view(&text));
}

static const struct json *template_of(struct bench *b, const char *kind)
{
    char endpoint[128];
    struct error err;
    struct probe p;

    snprintf(endpoint, sizeof(endpoint), "{" URL ",\"index_template\":\"%s\"}",
             kind);
    bench_init(b, endpoint, "{}");
    assert_true(ask(b, 1, &p));
    return json_parse(&b->arena, p.request.http.body, &err);
}

/* The file that people look at is what is sent. */
static void test_template_file(void **state)
{
    struct buf text freed_by(buf_release) = BUF(RESPONSE_MAX);
    char bytes[16384];
    struct bench b;
    struct error err;
    const struct json *sent = template_of(&b, "elasticsearch"), *file;
    FILE *f = fopen(TEMPLATE_FILE, "re");

    (void)state;
    assert_non_null(f);
    buf_add(&text, bytes, fread(bytes, 1, sizeof(bytes), f));
    fclose(f);
    file = json_parse(&b.arena, buf_view(&text), &err);
    if (file == NULL)
        fail_msg(TEMPLATE_FILE ": %s", err.text);
    if (!str_eq(written(&b, file), written(&b, sent)))
        fail_msg(TEMPLATE_FILE " is not what is sent:\n%s",
                 written(&b, sent).p);
    arena_release(&b.arena);
}

static const struct json *mapped(const struct json *mappings, const char *name)
{
    return json_get(json_get(mappings, "properties"), name);
}

/* What older ones and OpenSearch do not know is in none of theirs. */
static void test_template_kinds(void **state)
{
    struct bench b;
    const struct json *t = template_of(&b, "opensearch");
    const struct json *mappings = json_get(json_get(t, "template"), "mappings");

    (void)state;
    assert_int_equal(json_i64_or(json_get(t, "priority"), 0), 150);
    assert_true(str_is(json_text(json_get(mapped(mappings, "message"), "type")),
                       "text"));
    assert_false(json_bool_or(json_get(mapped(mappings, "alert"), "enabled"), true));
    arena_release(&b.arena);
    t = template_of(&b, "legacy");
    mappings = json_get(t, "mappings");
    assert_null(json_get(t, "template"));
    assert_int_equal(json_i64_or(json_get(t, "order"), 0), 150);
    assert_true(str_is(json_text(json_get(mapped(mappings, "message"), "type")),
                       "text"));
    arena_release(&b.arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_id),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_full_and_failed),
        cmocka_unit_test(test_one_went),
        cmocka_unit_test(test_all_fit),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_template_answers),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_probe_of_endpoint),
        cmocka_unit_test(test_template_file),
        cmocka_unit_test(test_template_kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
