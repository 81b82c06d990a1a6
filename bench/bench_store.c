/* bench_store.c -- the history: alerts stored a second in batches of 500, and the
 * explorer's questions on what was stored, each cold and warm: time, the thread's
 * CPU time (which other programs hardly change) and the pages that SQLite read.
 * bench_store [ALERTS] [DIRECTORY] [keep]: "keep" leaves the file there, and asks
 * one that is there with as many alerts as it is; with TOCSIN_BENCH_CLICKHOUSE=URL the
 * same beside it in ClickHouse, in its database "bench", warm, and how often as long
 * it takes. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../test/unit/many_alerts.h"
#include "base/clock.h"
#include "store/sqlite.h"

#define BATCH 500
#define T0 1606141256000
#define DAYS 30

struct bench {
    struct store_engine *engine;
    struct store_engine *clickhouse; /* NULL: not measured */
    const char *path;
    struct many many;
    int64_t alerts;
    int64_t end_ms;
};

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int pages_read(struct bench *b)
{
    int now = 0, highest;

    sqlite3_db_status(sqlite_of(b->engine)->db, SQLITE_DBSTATUS_CACHE_MISS, &now,
                      &highest, 1);
    return now;
}

static void must(bool ok, const struct error *err)
{
    if (ok)
        return;
    fprintf(stderr, "bench_store: %s\n", err->text);
    exit(1);
}

static void bench_open(struct bench *b)
{
    struct error err = {0};

    b->engine = store_sqlite_open(b->path, &err);
    must(b->engine != NULL, &err);
}

/* One that somebody else left has other answers, and would be compared. One in 20 of
 * the alerts is an end, which is no row of its own. */
static void bench_has_all(struct bench *b)
{
    struct store_stats stats;
    struct error err = {0};

    must(store_engine_stats(b->engine, &stats, &err), &err);
    if (stats.alerts == b->alerts - b->alerts / 20)
        return;
    fprintf(stderr, "bench_store: %s has %lld alerts, not those of %lld: remove it\n",
            b->path, (long long)stats.alerts, (long long)b->alerts);
    exit(1);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void clickhouse_open(struct bench *b)
{
    const struct clickhouse_options o = {
        .url = str_of(getenv("TOCSIN_BENCH_CLICKHOUSE")),
        .database = STR("bench"),
    };
    struct error err = {0};

    if (o.url.n == 0)
        return;
    b->clickhouse = store_clickhouse_open(&o, &err);
    must(b->clickhouse != NULL, &err);
}

static void bench_put(struct bench *b, struct store_engine *engine)
{
    struct arena arena freed_by(arena_release) = {.keep = 8u << 20};
    struct occurrence *rows = mem_array(BATCH, sizeof *rows);
    int64_t *took_us = mem_array((size_t)b->alerts / BATCH + 1, sizeof *took_us);
    struct error err = {0};
    int64_t all_us = 0, all_cpu_us = 0, bytes = 0;
    size_t n = 0;

    for (int64_t id = 1; id <= b->alerts; id += BATCH, n++) {
        arena_reset(&arena);
        for (int i = 0; i < BATCH; i++) {
            struct alert alert;

            many_alert(&b->many, id + i, &arena, &alert);
            must(occurrence_make(&alert, &arena, &rows[i], &err), &err);
            bytes += (int64_t)rows[i].json.n;
        }
        all_cpu_us -= cpu_us();
        took_us[n] = now_us();
        must(store_engine_keep(engine, rows, BATCH, T0, &err), &err);
        took_us[n] = now_us() - took_us[n];
        all_cpu_us += cpu_us();
        all_us += took_us[n];
    }
    qsort(took_us, n, sizeof *took_us, by_size);
    printf("%s: put %lld alerts of %lld bytes, %d a batch: %.0f alerts/s, "
           "CPU %.1f us each; a batch p50 %.1f ms, p99 %.1f ms, max %.1f ms\n",
           engine->type->name, (long long)b->alerts, (long long)(bytes / b->alerts), BATCH,
           (double)b->alerts * 1e6 / (double)all_us,
           (double)all_cpu_us / (double)b->alerts,
           (double)took_us[n / 2] / 1e3, (double)took_us[n * 99 / 100] / 1e3,
           (double)took_us[n - 1] / 1e3);
    free(rows);
    free(took_us);
}

/* --- questions --------------------------------------------------------------------- */

enum kind { PAGE, FACETS, HISTOGRAM, TOP };

struct asking {
    const char *name;
    enum kind kind;
    int64_t hours; /* of the newest; 0: all */
    const char *filter, *word; /* word: a top's field, or a text looked for */
    int64_t bucket_ms;
};

static bool ask(struct bench *b, struct store_engine *engine,
                const struct asking *q, int64_t *rows, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct store_query query = {.entity = -1, .limit = 100};
    struct store_page page = {0};
    struct store_facets facets = {0};
    struct store_histogram histogram = {0};
    struct store_top top = {0};
    bool ok = false;

    query.until_ms = b->end_ms;
    query.since_ms = q->hours ? b->end_ms - q->hours * 3600000 : T0 - 86400000;
    if (q->filter != NULL)
        query.filter = filter_parse(str_of(q->filter), &a, NULL, err);
    if (q->kind == PAGE)
        query.text = str_of(q->word);
    switch (q->kind) {
    case PAGE:
        ok = store_engine_list(engine, &query, &a, &page, err);
        break;
    case FACETS:
        ok = store_engine_facets(engine, &query, &facets, err);
        break;
    case HISTOGRAM:
        ok = store_engine_histogram(engine, &query, q->bucket_ms, &a,
                                    &histogram, err);
        break;
    case TOP:
        ok = store_engine_top(engine, &query, str_of(q->word), STR_NONE, 10,
                              &a, &top, err);
        break;
    }
    *rows = (int64_t)(page.n + histogram.n + top.n) + facets.total;
    return ok;
}

static const struct asking questions[] = {
    {"first page, 24 h", PAGE, 24, NULL, "", 0},
    {"first page, all", PAGE, 0, NULL, "", 0},
    {"page, all, severity>=critical", PAGE, 0, "severity>=critical", "", 0},
    {"page, 24 h, cli_ip=192.168.3.0/24", PAGE, 24, "cli_ip=192.168.3.0/24", "", 0},
    {"page, all, ip=192.168.3.7", PAGE, 0, "ip=192.168.3.7", "", 0},
    {"page, 24 h, a word that is nowhere", PAGE, 24, NULL, "nowhere", 0},
    {"page, 24 h, label.env=lab", PAGE, 24, "label.env=lab", "", 0},
    {"facets, 24 h", FACETS, 24, NULL, NULL, 0},
    {"facets, all", FACETS, 0, NULL, NULL, 0},
    {"facets, 24 h, srv_port=443", FACETS, 24, "srv_port=443", NULL, 0},
    {"histogram, 24 h of 10 min", HISTOGRAM, 24, NULL, NULL, 600000},
    {"histogram, all by the day", HISTOGRAM, 0, NULL, NULL, 86400000},
    {"histogram, 24 h, port in (22, 445)", HISTOGRAM, 24, "port in (22, 445)",
     NULL, 600000},
    {"top type, 24 h", TOP, 24, NULL, "type", 0},
    {"top type, all", TOP, 0, NULL, "type", 0},
    {"top cli_ip, 24 h", TOP, 24, NULL, "cli_ip", 0},
    {"top srv_ip, 24 h", TOP, 24, NULL, "srv_ip", 0},
    {"top ip, 24 h", TOP, 24, NULL, "ip", 0},
    {"top srv_port, 24 h", TOP, 24, NULL, "srv_port", 0},
    {"top entity_value, 24 h", TOP, 24, NULL, "entity_value", 0},
    {"top severity, 24 h", TOP, 24, NULL, "severity", 0},
    {"top port, 24 h", TOP, 24, NULL, "port", 0},
    {"top host, 24 h", TOP, 24, NULL, "host", 0},
    {"top country, 24 h", TOP, 24, NULL, "country", 0},
    {"top asn, 24 h", TOP, 24, NULL, "asn", 0},
    {"top vlan, 24 h", TOP, 24, NULL, "vlan", 0},
    {"top host_pool_id, 24 h", TOP, 24, NULL, "host_pool_id", 0},
    {"top cli_host_pool_id, 24 h", TOP, 24, NULL, "cli_host_pool_id", 0},
    {"top fact.proto.ndpi, 24 h", TOP, 24, NULL, "fact.proto.ndpi", 0},
    {"top ip, 24 h, severity>=error", TOP, 24, "severity>=error", "ip", 0},
    {"top type, 24 h, srv_port=443", TOP, 24, "srv_port=443", "type", 0},
    {"top cli_ip, all", TOP, 0, NULL, "cli_ip", 0},
    {"facets, all, ip=192.168.3.7", FACETS, 0, "ip=192.168.3.7", NULL, 0},
    {"histogram, all, ip=192.168.3.7", HISTOGRAM, 0, "ip=192.168.3.7", NULL,
     86400000},
    {"page, all, cli_ip=192.168.15.250", PAGE, 0, "cli_ip=192.168.15.250", "", 0},
    {"page, all, a rare word", PAGE, 0, NULL, "host1999.example", 0},
    {"page, all, a word that is nowhere", PAGE, 0, NULL, "nowhere", 0},
};

/* Nothing of the file is in memory: not SQLite's pages, not the kernel's. */
static void make_cold(struct bench *b)
{
    int fd;

    store_engine_close(b->engine);
    fd = open(b->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0 ||
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
        fprintf(stderr, "the file is still in memory\n");
    close(fd);
    bench_open(b);
}

/* Once to warm it, once to count. */
static void clickhouse_question(struct bench *b, const struct asking *q,
                                int64_t sqlite_us)
{
    int64_t took_us = 0, rows = 0;
    struct error err = {0};
    bool ok = true;

    for (int i = 0; ok && i < 2; i++) {
        took_us = now_us();
        ok = ask(b, b->clickhouse, q, &rows, &err);
        took_us = now_us() - took_us;
    }
    printf("   clickhouse %9.1f ms, %6.2f x  %s%lld", (double)took_us / 1e3,
           (double)took_us / (double)MAX(sqlite_us, 1), err.text,
           (long long)rows);
}

struct took {
    int64_t us, cpu_us, rows;
    int pages;
};

static struct took question_take(struct bench *b, const struct asking *q,
                                   struct error *err)
{
    struct took t = {.us = now_us(), .cpu_us = cpu_us()};

    (void)pages_read(b);
    if (!ask(b, b->engine, q, &t.rows, err))
        t.rows = -1;
    t.us = now_us() - t.us;
    t.cpu_us = cpu_us() - t.cpu_us;
    t.pages = pages_read(b);
    return t;
}

static void bench_question(struct bench *b, const struct asking *q)
{
    struct error err = {0};
    struct took cold, warm;

    make_cold(b);
    cold = question_take(b, q, &err);
    warm = question_take(b, q, &err);
    printf("%-36s cold %8.1f ms %7d pages  warm %8.1f ms, CPU %7.1f  %s%lld",
           q->name, (double)cold.us / 1e3, cold.pages, (double)warm.us / 1e3,
           (double)warm.cpu_us / 1e3, err.text, (long long)warm.rows);
    if (b->clickhouse != NULL)
        clickhouse_question(b, q, warm.us);
    printf("\n");
}

/* As housekeeping does between batches. */
static void bench_blocks(struct bench *b)
{
    int64_t began_us = now_us(), began_cpu_us = cpu_us();
    struct error err = {0};
    size_t done = 1;
    int bites = -1;

    for (; done > 0; bites++)
        must(store_engine_tidy(b->engine, b->end_ms, 1, &done, &err), &err);
    printf("blocks: %d made in %.1f s, CPU %.1f s\n", bites,
           (double)(now_us() - began_us) / 1e6,
           (double)(cpu_us() - began_cpu_us) / 1e6);
}

static void bench_end(struct bench *b)
{
    const struct store_class old = {
        .most = SEVERITY_EMERGENCY,
        .keep_ms = 1000,
    };
    struct error err = {0};
    struct store_stats stats;
    int64_t began_us = now_us();
    size_t pruned = 0;

    must(store_engine_prune(b->engine, &old, 1, b->end_ms, 20000, &pruned,
                            &err), &err);
    printf("prune: %.0f alerts/s\n",
           (double)pruned * 1e6 / (double)(now_us() - began_us));
    must(store_engine_stats(b->engine, &stats, &err), &err);
    printf("file: %.2f GB, %.0f bytes an alert\n", (double)stats.file_bytes / 1e9,
           (double)stats.file_bytes / (double)b->alerts);
}

int main(int argc, char **argv)
{
    struct bench b = {.many = {.seed = 4711, .first_ms = T0}, .alerts = 1000000};
    char path[320];
    bool keep = argc > 3;
    bool there;

    if (argc > 1 && (!str_to_i64(str_of(argv[1]), &b.alerts) || b.alerts < BATCH))
        b.alerts = BATCH;
    b.alerts -= b.alerts % BATCH;
    b.many.step_ms = DAYS * 86400000LL / b.alerts;
    b.end_ms = T0 + b.alerts * b.many.step_ms;
    snprintf(path, sizeof path, "%s/bench-history.db", argc > 2 ? argv[2] : "/tmp");
    b.path = path;
    if (!keep)
        unlink(path);
    there = access(path, F_OK) == 0;
    bench_open(&b);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!there)
        bench_put(&b, b.engine);
    bench_has_all(&b);
    bench_blocks(&b);
    clickhouse_open(&b);
    if (b.clickhouse != NULL)
        bench_put(&b, b.clickhouse);
    for (size_t i = 0; i < COUNT_OF(questions); i++)
        bench_question(&b, &questions[i]);
    if (!keep)
        bench_end(&b);
    store_engine_close(b.clickhouse);
    store_engine_close(b.engine);
    if (!keep)
        unlink(path);
    return 0;
}
