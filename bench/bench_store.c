/* bench_store.c -- the history: rows a second stored in batches of 500, and the
 * explorer's questions on what was stored. bench_store [ROWS] [DIRECTORY] */
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite.h"

#define BATCH 500
#define T0 1606141256000
#define STEP_MS 259 /* a million rows are three days */

struct bench {
    struct store_engine *engine;
    int64_t rows;
    uint32_t seed;
};

static uint32_t draw(struct bench *b, uint32_t below)
{
    b->seed = b->seed * 1664525u + 1013904223u;
    return (b->seed >> 8) % below;
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void must(bool ok, const struct error *err)
{
    if (ok)
        return;
    fprintf(stderr, "bench_store: %s\n", err->text);
    exit(1);
}

/* A flow alert of about 600 bytes, as ntopng sends it. */
static void alert_fill(struct bench *b, int64_t id, struct arena *arena,
                       struct alert *out)
{
    static const char *const types[] = {"low_goodput", "tls_certificate_expired",
                                        "syn_scan", "dns_data_exfiltration"};
    struct str facts = arena_printf(
        arena,
        "{\"cli_ip\":\"192.168.%u.%u\",\"srv_ip\":\"203.0.113.%u\","
        "\"cli_port\":%u,\"srv_port\":443,\"proto\":6,\"l7_proto\":\"TLS\","
        "\"cli2srv_bytes\":%u,\"srv2cli_bytes\":%u,\"vlan_id\":0,\"ifid\":3,"
        "\"community_id\":\"1:%08x%08x\",\"probe_ip\":\"192.168.1.1\","
        "\"first_seen\":1606141250,\"cli_country\":\"IT\"}",
        draw(b, 16), draw(b, 256), draw(b, 256), draw(b, 65536),
        draw(b, 1u << 20), draw(b, 1u << 20), draw(b, 1u << 24),
        draw(b, 1u << 24));

    *out = (struct alert){
        .id = id,
        .action = ACTION_STORE,
        .entity = ENTITY_FLOW,
        .entity_value = arena_printf(arena, "flow %lld", (long long)id),
        .type = str_of(types[draw(b, COUNT_OF(types))]),
        .type_id = -1,
        .category = STR("network"),
        .severity = (enum severity)(draw(b, 1000) == 0 ? SEVERITY_CRITICAL
                                                       : SEVERITY_NOTICE),
        .score = 10,
        .message = STR("Low goodput ratio from client to server"),
        .tstamp_ms = T0 + id * STEP_MS - draw(b, 60000),
        .key = arena_printf(arena, "flow:%lld", (long long)id),
        .source = STR("ntopng"),
        .facts = json_parse(arena, facts, NULL),
    };
}

static void bench_put(struct bench *b)
{
    struct arena arena freed_by(arena_release) = {0};
    struct alert alerts[BATCH];
    const struct alert *list[BATCH];
    struct error err = {0};
    int64_t took_us = 0, slowest_us = 0;

    for (int64_t id = 1; id <= b->rows; id += BATCH) {
        int64_t began_us;

        arena_reset(&arena);
        for (int i = 0; i < BATCH; i++) {
            alert_fill(b, id + i, &arena, &alerts[i]);
            list[i] = &alerts[i];
        }
        began_us = now_us();
        must(store_engine_put(b->engine, list, BATCH, T0, &err), &err);
        slowest_us = MAX(slowest_us, now_us() - began_us);
        took_us += now_us() - began_us;
    }
    printf("put %lld rows in batches of %d: %.0f rows/s, slowest batch %.1f ms\n",
           (long long)b->rows, BATCH, (double)b->rows * 1e6 / (double)took_us,
           (double)slowest_us / 1e3);
}

static void bench_ask(struct bench *b, const char *name,
                      const struct store_query *query)
{
    struct arena arena freed_by(arena_release) = {0};
    struct store_query q = *query;
    struct store_page page;
    struct error err = {0};
    int64_t began_us = now_us();
    bool ok = store_engine_list(b->engine, &q, &arena, &page, &err);

    printf("%-46s %8.2f ms  ", name, (double)(now_us() - began_us) / 1e3);
    if (ok)
        printf("%zu rows, total %lld%s\n", page.n, (long long)page.total,
               page.exact ? "" : " or more");
    else
        printf("%s\n", err.text);
}

#define Q(...) {.entity = -1, .limit = 100, __VA_ARGS__}

static void bench_questions(struct bench *b)
{
    int64_t end_ms = T0 + b->rows * STEP_MS;
    int64_t day_ms = end_ms - 24 * 3600 * 1000LL;
    const struct {
        const char *name;
        struct store_query query;
    } table[] = {
        {"newest 100 (cold)", Q()},
        {"newest 100", Q()},
        {"24 h, severity >= error", Q(.since_ms = day_ms,
                                      .minimum_severity = SEVERITY_ERROR)},
        {"all, severity >= error", Q(.minimum_severity = SEVERITY_ERROR)},
        {"all, severity >= emergency (none)",
         Q(.minimum_severity = SEVERITY_EMERGENCY)},
        {"all, one type", Q(.type = STR("syn_scan"))},
        {"24 h, one address", Q(.since_ms = day_ms, .ip = STR("192.168.7.7"))},
        {"all, one address", Q(.ip = STR("192.168.7.7"))},
        {"24 h, text that is nowhere", Q(.since_ms = day_ms,
                                         .text = STR("nowhere"))},
        {"all, text that is nowhere", Q(.text = STR("nowhere"))},
        {"a page in the middle", Q(.before_id = b->rows / 2,
                                   .before_tstamp_ms =
                                       T0 + b->rows / 2 * STEP_MS)},
    };

    for (size_t i = 0; i < COUNT_OF(table); i++)
        bench_ask(b, table[i].name, &table[i].query);
}

static void bench_prune(struct bench *b)
{
    struct error err = {0};
    int64_t began_us = now_us();
    size_t pruned = 0;

    must(store_engine_prune(b->engine, INT64_MAX, 20000, &pruned, &err), &err);
    printf("prune: %.0f rows/s\n",
           (double)pruned * 1e6 / (double)(now_us() - began_us));
}

int main(int argc, char **argv)
{
    struct bench b = {.rows = 1000000, .seed = 4711};
    char directory[256], path[320];
    struct error err = {0};
    struct stat st;

    if (argc > 1 && (!str_to_i64(str_of(argv[1]), &b.rows) || b.rows < BATCH))
        b.rows = BATCH;
    snprintf(directory, sizeof directory, "%s/bench-store-XXXXXX",
             argc > 2 ? argv[2] : "/tmp");
    if (mkdtemp(directory) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/history.db", directory);
    b.engine = store_sqlite_open(path, &err);
    must(b.engine != NULL, &err);
    bench_put(&b);
    bench_questions(&b);
    bench_prune(&b);
    store_engine_close(b.engine);
    if (stat(path, &st) == 0)
        printf("%.0f bytes a row\n", (double)st.st_size / (double)b.rows);
    unlink(path);
    rmdir(directory);
    return 0;
}
