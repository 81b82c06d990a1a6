/* command_migrate.c -- tocsin store migrate: the history from one engine into the
 * other, with a bar, going on where it was stopped, and counted at the end. */
#include "cli/history.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/migrate.h"

#define BAR 30
#define CURSOR "store-migrate.cursor"
#define CURSOR_MAX 256

struct moving {
    const struct cli *c;
    const char *to;
    struct migration m;
    int64_t total;   /* of the engine it comes from, when it began */
    int64_t done;    /* of these, before this run */
    int64_t began_ms;
};

static int failed(const struct error *err)
{
    fprintf(stderr, "tocsin store: %s\n", err->text);
    return EXIT_FAILED;
}

/* --- where it was stopped --------------------------------------------------------------- */

static bool cursor_parse(struct moving *m, const char *text)
{
    struct str rest = str_trim(str_of(text)), to = str_until(&rest, ' ');
    struct str tstamp = str_until(&rest, ' '), id = str_until(&rest, ' ');

    return str_is(to, m->to) &&
           str_to_i64(tstamp, &m->m.before_tstamp_ms) &&
           str_to_i64(id, &m->m.before_id) && str_to_i64(rest, &m->done);
}

static bool cursor_read(struct moving *m)
{
    char path[HISTORY_PATH_BYTES], text[CURSOR_MAX] = "";
    FILE *f;

    history_path(m->c, CURSOR, path);
    f = fopen(path, "re");
    if (f == NULL)
        return false;
    if (fgets(text, sizeof text, f) == NULL || !cursor_parse(m, text)) {
        m->m.before_tstamp_ms = m->m.before_id = m->done = 0;
        fclose(f);
        return false;
    }
    fclose(f);
    return true;
}

static bool cursor_write(const struct moving *m, struct error *err)
{
    char path[HISTORY_PATH_BYTES], fresh[HISTORY_PATH_BYTES];
    FILE *f;
    bool ok;

    history_path(m->c, CURSOR, path);
    history_path(m->c, CURSOR ".new", fresh);
    f = fopen(fresh, "we");
    ok = f != NULL &&
         fprintf(f, "%s %" PRId64 " %" PRId64 " %" PRId64 "\n", m->to,
                 m->m.before_tstamp_ms, m->m.before_id,
                 m->done + m->m.moved) > 0;
    if (f != NULL)
        ok = fclose(f) == 0 && ok;
    ok = ok && rename(fresh, path) == 0;
    return ok || error_set(err, "%s: %s", path, strerror(errno));
}

static void cursor_remove(const struct moving *m)
{
    char path[HISTORY_PATH_BYTES];

    history_path(m->c, CURSOR, path);
    unlink(path);
}

/* --- the bar --------------------------------------------------------------------------- */

static void bar_draw(const struct moving *m)
{
    int64_t n = m->done + m->m.moved, total = MAX(MAX(m->total, n), 1);
    int64_t took_ms = MAX(clock_tick_ms(&clock_real) - m->began_ms, 1);
    int filled = (int)(n * BAR / total);

    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r[%.*s%*s] %" PRId64 " of %" PRId64 ", %" PRId64 "/s  ",
            filled, "##############################", BAR - filled, "", n, total,
            m->m.moved * 1000 / took_ms);
    if (m->m.finished)
        fputc('\n', stderr);
}

/* --- moving ---------------------------------------------------------------------------- */

static bool pages_move(struct moving *m, struct error *err)
{
    struct store_stats stats;

    if (!store_engine_stats(m->m.from, &stats, err))
        return false;
    m->total = stats.alerts;
    m->began_ms = clock_tick_ms(&clock_real);
    while (!m->m.finished) {
        if (!migrate_page(&m->m, err) || !cursor_write(m, err))
            return false;
        bar_draw(m);
    }
    return true;
}

/* Both are asked for all that is not newer than what was moved first. */
static int report(struct moving *m)
{
    struct store_query q = {.entity = -1};
    struct store_facets from, to;
    struct error err = {0};

    cursor_remove(m);
    if (!store_engine_facets(m->m.from, &q, &from, &err) ||
        !store_engine_facets(m->m.to, &q, &to, &err))
        return failed(&err);
    printf("%" PRId64 " alerts are moved; there are %" PRId64 " in the old "
           "history and %" PRId64 " in the new one\n",
           m->done + m->m.moved, from.total, to.total);
    if (m->m.differ > 0)
        printf("%" PRId64 " of them say something else there%s\n", m->m.differ,
               m->m.mirror ? "" : ": they were changed there, and stay so");
    if (m->m.missed == 0 && to.total >= from.total &&
        (m->m.differ == 0 || !m->m.mirror))
        return EXIT_OK;
    fprintf(stderr, "tocsin store: %" PRId64 " alerts are missing there (deleted "
                    "there, or put into the old one meanwhile); run it again\n",
            MAX(m->m.missed, from.total - to.total));
    return EXIT_FAILED;
}

static int move_between(struct moving *m)
{
    struct error err = {0};

    if (cursor_read(m))
        fprintf(stderr, "going on after %" PRId64 " alerts\n", m->done);
    if (!pages_move(m, &err)) {
        failed(&err);
        fprintf(stderr, "tocsin store: %" PRId64 " alerts are moved; run it again "
                        "to go on from there\n", m->done + m->m.moved);
        return EXIT_FAILED;
    }
    return report(m);
}

int store_migrate(struct cli *c)
{
    const char *to = cli_take(c, "--to");
    struct moving m = {.c = c, .to = to};
    struct error err = {0};
    bool into_clickhouse = to != NULL && strcmp(to, "clickhouse") == 0;
    bool in_clickhouse;
    int status;

    if (to == NULL || (!into_clickhouse && strcmp(to, "sqlite") != 0) ||
        !cli_done(c))
        return EXIT_USAGE;
    if (!history_in_clickhouse(c, &in_clickhouse, &err))
        return failed(&err);
    m.m.mirror = in_clickhouse != into_clickhouse;
    m.m.now_ms = clock_wall_ms(&clock_real);
    m.m.from = history_open(c, into_clickhouse ? "sqlite" : "clickhouse", false,
                            &err);
    if (m.m.from == NULL)
        return failed(&err);
    m.m.to = history_open(c, to, true, &err);
    status = m.m.to != NULL ? move_between(&m) : failed(&err);
    store_engine_close(m.m.to);
    store_engine_close(m.m.from);
    return status;
}
