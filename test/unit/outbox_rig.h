/* outbox_rig.h -- an outbox with its writer inline, on a clock of the test's own. */
#ifndef TEST_OUTBOX_RIG_H
#define TEST_OUTBOX_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "outbox/held.h"
#include "outbox/outbox_read.h"

#define RIG_T0 1700000000000
#define RIG_STEPS_MAX 40000

struct rig;

struct rig_step { /* one put, or one barrier */
    struct rig *rig;
    struct undo *undo;
    int64_t id;
    bool waiting, committed;
};

struct rig {
    char dir[64], path[96];
    struct clock clock;
    int64_t now_ms;
    struct outbox_options options;
    struct loop *loop;
    struct registry *registry;
    struct outbox *outbox;
    struct rig_step *steps; /* ours */
    size_t step_count;
    size_t committed, refused;  /* steps, so far */
    int64_t last_done, redriven; /* the id done last; what a redrive found */
    bool refused_in_reverse;
    size_t ready[16]; /* calls by recipient id */
    bool broken;
    struct error broken_err;
};

static inline int64_t rig_now(void *arg)
{
    return ((struct rig *)arg)->now_ms;
}

static inline uint32_t rig_dice(void *arg)
{
    (void)arg;
    return 4;
}

static inline void rig_ready(void *arg, int64_t recipient_id)
{
    struct rig *r = arg;

    if (recipient_id < (int64_t)COUNT_OF(r->ready))
        r->ready[recipient_id]++;
}

static inline void rig_broken(void *arg, const struct error *err)
{
    struct rig *r = arg;

    r->broken = true;
    r->broken_err = *err;
}

static inline bool rig_try_open(struct rig *r, struct error *err)
{
    r->clock = (struct clock){rig_now, rig_now, rig_dice, r};
    r->options.path = r->path;
    r->options.broken = rig_broken;
    r->options.broken_arg = r;
    if (r->options.ready == NULL) {
        r->options.ready = rig_ready;
        r->options.ready_arg = r;
    }
    r->loop = loop_new(&r->clock, err);
    assert_non_null(r->loop);
    r->registry = registry_new();
    r->outbox = outbox_open(r->loop, &r->options, r->registry, err);
    return r->outbox != NULL;
}

static inline void rig_open(struct rig *r)
{
    struct error err = {0};

    if (!rig_try_open(r, &err))
        fail_msg("%s", err.text);
}

static inline void rig_close(struct rig *r)
{
    outbox_close(r->outbox);
    r->outbox = NULL;
    for (size_t i = 0; i < r->step_count; i++) /* not answered: it broke */
        if (r->steps[i].waiting && r->steps[i].undo != NULL)
            registry_keep(r->steps[i].undo);
    r->step_count = 0;
    registry_free(r->registry);
    r->registry = NULL;
    loop_free(r->loop);
    r->loop = NULL;
}

static inline void rig_reopen(struct rig *r)
{
    rig_close(r);
    memset(r->ready, 0, sizeof r->ready);
    rig_open(r);
}

static inline void rig_make(struct rig *r)
{
    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    snprintf(r->dir, sizeof r->dir, "/tmp/test-outbox-XXXXXX");
    assert_non_null(mkdtemp(r->dir));
    snprintf(r->path, sizeof r->path, "%s/tocsin.db", r->dir);
    r->now_ms = RIG_T0;
    r->steps = mem_array(RIG_STEPS_MAX, sizeof *r->steps);
    r->refused_in_reverse = true;
    r->options = (struct outbox_options){.inline_writer = true};
}

static inline void rig_remove(struct rig *r)
{
    DIR *d = opendir(r->dir);
    struct dirent *e;

    while (d != NULL && (e = readdir(d)) != NULL)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL)
        closedir(d);
    rmdir(r->dir);
    free(r->steps);
}

static inline int rig_setup(void **state)
{
    struct rig *r = mem_new(sizeof *r);

    rig_make(r);
    rig_open(r);
    *state = r;
    return 0;
}

static inline int rig_teardown(void **state)
{
    struct rig *r = *state;

    if (r->loop != NULL)
        rig_close(r);
    rig_remove(r);
    free(r);
    return 0;
}

/* One turn: what is gathered is committed, and what that gathers waits. */
static inline void rig_turn(struct rig *r)
{
    loop_turn(r->loop, 0);
}

/* Turns until nothing is left to be written. */
static inline void rig_settle_down(struct rig *r)
{
    struct outbox_counts n;

    for (int i = 0; i < 1000; i++) {
        r->now_ms += 2; /* timers of the outbox's own */
        rig_turn(r);
        outbox_counts(r->outbox, &n);
        if (n.gathered == 0 || r->broken)
            return;
    }
    fail_msg("the outbox does not come to rest");
}

static inline void rig_done(void *arg, bool committed)
{
    struct rig_step *s = arg;
    struct rig *r = s->rig;

    assert_true(s->waiting);
    s->waiting = false;
    s->committed = committed;
    *(committed ? &r->committed : &r->refused) += 1;
    if (!committed && s->undo != NULL)
        registry_undo(r->registry, s->undo);
    else if (s->undo != NULL)
        registry_keep(s->undo);
    s->undo = NULL;
    r->last_done = s->id;
}

static inline struct rig_step *rig_step(struct rig *r)
{
    struct rig_step *s = &r->steps[r->step_count];

    assert_true(r->step_count < RIG_STEPS_MAX);
    r->step_count++;
    *s = (struct rig_step){.rig = r, .waiting = true};
    return s;
}

struct rig_alert {
    enum action action;
    const char *key;
    const char *message;
    int64_t lease_ms;
    uint64_t seen[2];
    const int64_t *to;
    size_t n;
    const struct hold *holds; /* one a recipient; NULL: none */
    enum severity severity; /* NONE: an error */
};

/* As the pipeline does it. The alert's id, a repeat's the engaged one's. */
static inline int64_t rig_put_alert(struct rig *r, const struct rig_alert *from)
{
    struct rig_step *s = rig_step(r);
    struct alert a = {
        .id = outbox_next_id(r->outbox),
        .action = from->action,
        .entity = ENTITY_HOST,
        .entity_value = STR("192.168.1.7"),
        .type = STR("syn_scan"),
        .type_id = -1,
        .category = STR("security"),
        .severity = from->severity != SEVERITY_NONE ? from->severity : SEVERITY_ERROR,
        .score = 100,
        .message = str_of(from->message ? from->message : "a scan"),
        .tstamp_ms = r->now_ms,
        .lease_ms = from->lease_ms,
        .key = str_of(from->key),
        .source = STR("native"),
    };
    struct put put = {.alert = &a, .seen_hash = {from->seen[0], from->seen[1]},
                      .recipients = from->to, .recipient_count = from->n,
                      .holds = from->holds};
    struct engaged_row row;
    enum change change;
    struct error err;

    assert_true(registry_apply(r->registry, &a, r->now_ms, &change, &s->undo, &err));
    registry_row(s->undo, &row);
    put.engaged = &row;
    if (change == CHANGE_REPEATED || change == CHANGE_UNSEEN)
        put.recipient_count = 0;
    if (change == CHANGE_WORSENED)
        put.update_id = outbox_next_id(r->outbox);
    s->id = a.id;
    outbox_put(r->outbox, &put, rig_done, s);
    return a.id;
}

/* A one-shot to recipient 1: what most tests need. */
static inline int64_t rig_put(struct rig *r, const char *key)
{
    static const int64_t to[] = {1};

    return rig_put_alert(r, &(struct rig_alert){ACTION_STORE, key, .to = to, .n = 1});
}

static inline struct rig_step *rig_barrier(struct rig *r)
{
    struct rig_step *s = rig_step(r);

    outbox_barrier(r->outbox, rig_done, s);
    return s;
}

static inline size_t rig_take(struct rig *r, int64_t recipient_id, size_t max,
                              struct item **out)
{
    int64_t next_ms;

    return outbox_take(r->outbox, recipient_id, &(struct take){.max = max, .edits = false},
                       out, &next_ms);
}

/* The one delivery of recipient 1 that is to be tried now; NULL: none. */
static inline struct item *rig_take_one(struct rig *r)
{
    struct item *i = NULL;

    return rig_take(r, 1, 1, &i) == 1 ? i : NULL;
}

static inline void rig_end(struct rig *r, struct item *i, enum delivery_state state)
{
    struct settlement s = {.state = state, .counted = true, .status = 200,
                           .reason = STR("said so")};

    outbox_settle(r->outbox, i, &s);
}

static inline void rig_deliver(struct rig *r, struct item *i, const char *handle)
{
    struct settlement s = {.state = DELIVERY_DELIVERED, .counted = true,
                           .status = 200, .handle = str_of(handle)};

    outbox_settle(r->outbox, i, &s);
}

static inline void rig_defer(struct rig *r, struct item *i, int64_t in_ms, bool aside)
{
    struct settlement s = {.state = DELIVERY_PENDING, .counted = true,
                           .due_ms = in_ms ? r->now_ms + in_ms : 0, .aside = aside,
                           .status = 503, .reason = STR("later")};

    outbox_settle(r->outbox, i, &s);
}

static inline void rig_counted(void *arg, size_t count)
{
    ((struct rig *)arg)->redriven = (int64_t)count;
}

static inline void rig_redrive(struct rig *r, int64_t alert_id, int64_t recipient_id)
{
    struct delivery_id id = {alert_id, recipient_id};

    r->redriven = -1;
    outbox_redrive(r->outbox, &id, 1, rig_counted, r);
}

/* Takes and delivers all that is due of recipient 1, in batches; checks that ids
 * only grow. How many there were. */
static inline size_t rig_drain(struct rig *r, size_t batch)
{
    struct item *items[64];
    size_t n, total = 0;
    int64_t last = 0;

    for (int idle = 0; idle < 3; rig_settle_down(r), idle++)
        while ((n = rig_take(r, 1, batch, items)) > 0) {
            idle = 0;
            for (size_t i = 0; i < n; i++) {
                assert_true(items[i]->kept->id > last);
                last = items[i]->kept->id;
                rig_deliver(r, items[i], "");
            }
            total += n;
            rig_turn(r);
        }
    return total;
}

/* --- the file, as anybody can look at it ------------------------------------------ */

static inline sqlite3 *rig_look(const char *path)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    return db;
}

/* One number, or -1 when there is no row. */
static inline int64_t rig_number(const char *path, const char *sql, int64_t a, int64_t b)
{
    sqlite3 *db = rig_look(path);
    sqlite3_stmt *s;
    int64_t number = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_bind_int64(s, 1, a);
    sqlite3_bind_int64(s, 2, b);
    if (sqlite3_step(s) == SQLITE_ROW)
        number = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return number;
}

static inline int64_t rig_state(const struct rig *r, int64_t alert_id, int64_t recipient_id)
{
    return rig_number(r->path,
                      "SELECT state FROM delivery WHERE alert_id = ? AND recipient_id = ?",
                      alert_id, recipient_id);
}

/* The sum anybody can ask for holds, and memory says the same. */
static inline void rig_conserves(const struct rig *r)
{
    struct outbox_counts n;
    int64_t accepted = rig_number(r->path, "SELECT accepted FROM conservation", 0, 0);
    int64_t delivered = rig_number(r->path, "SELECT delivered FROM conservation", 0, 0);
    int64_t dead = rig_number(r->path, "SELECT dead FROM conservation", 0, 0);
    int64_t pending = rig_number(r->path, "SELECT pending FROM conservation", 0, 0);
    int64_t held = rig_number(r->path, "SELECT held FROM conservation", 0, 0);
    int64_t withheld = rig_number(r->path, "SELECT withheld FROM conservation", 0, 0);
    uint64_t by_kind = 0;

    outbox_counts(r->outbox, &n);
    for (int k = 0; k < HOLD_KINDS; k++)
        by_kind += n.held_by[k];
    assert_int_equal(accepted, delivered + dead + pending + held + withheld);
    assert_true(outbox_conserves(&n));
    assert_int_equal(n.held, held);
    assert_int_equal(by_kind, held);
    assert_int_equal(n.withheld, withheld);
    assert_int_equal(n.accepted, accepted);
    assert_int_equal(n.delivered, delivered);
    assert_int_equal(n.dead, dead);
    assert_int_equal(n.pending, pending);
    assert_int_equal(rig_number(r->path,
                                "SELECT count(*) FROM attempt"
                                " WHERE alert_id NOT IN (SELECT id FROM alert)",
                                0, 0),
                     0);
}

#define RIG_TEST(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

#endif
