/* prop_replay.c -- a week of random alerts by a random configuration: what a replay of
 * the history says is what the live path really did with every delivery.
 *
 * usage: prop_replay SEED COUNT   (COUNT weeks). Live are the registry, the routing,
 * the pipeline, the outbox with its file, and the holder, on a clock that goes by
 * minutes; what happened is then told to the replay's rehearsal from rows like the
 * history's. Each delivery must have the same end at the same minute, held by the
 * same kind: repeats, flapping, storms, digests, quiet hours, silences, inhibitions,
 * escalations, acknowledgements, and alerts that get worse. And whoever has a delivery
 * of a beginning has one of its end, however the severity has changed meanwhile. */
#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <unistd.h>

#include "admin/rehearsal.h"
#include "base/log.h"
#include "config_roll.h"
#include "holder.h"
#include "outbox/acknowledge.h"
#include "outbox/outbox_read.h"
#include "store/store.h"

#define TAKE_MAX 64
#define KEYS 10
#define ROWS_MAX 8192
#define ALERTS_MAX (3 * ROWS_MAX)

struct run {
    struct dice dice;
    uint64_t seed;
    char dir[64], path[96];
    int64_t now_ms;
    struct clock clock;
    struct loop *loop;
    struct registry *registry;
    struct outbox *outbox;
    struct config *config;
    struct pipeline *pipeline;
    struct holder *holder;
    struct arena arena;
    struct store_row rows[ROWS_MAX];
    size_t row_count;
    struct delivery_row *really[ALERTS_MAX][ROLLED_RECIPIENTS + 2];
    size_t really_count;
    int64_t ends[ALERTS_MAX]; /* by the id of what began: its end's; 0: none */
    uint64_t worsened;
    uint64_t burst_until; /* minutes of many alerts */
    uint64_t compared, kinds[HOLD_KINDS];
};

static _Noreturn void fails(const struct run *r, const char *format, ...)
    printf_like(2, 3);
static _Noreturn void fails(const struct run *r, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "seed %" PRIu64 ": ", r->seed);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

/* --- live ------------------------------------------------------------------------ */

static int64_t run_now(void *arg)
{
    return ((struct run *)arg)->now_ms;
}

static uint32_t run_dice(void *arg)
{
    return roll(&((struct run *)arg)->dice, UINT32_MAX);
}

static void ready(void *arg, int64_t recipient_id)
{
    (void)arg;
    (void)recipient_id;
}

static void broken(void *arg, const struct error *err)
{
    fails(arg, "%s", err->text);
}

static void released(void *arg, const struct alert *release, bool muted)
{
    struct run *r = arg;

    holder_released(r->holder, release, muted);
}

static void worsened(void *arg, const struct alert *alert, bool muted)
{
    struct run *r = arg;

    holder_worsened(r->holder, alert, muted);
}

static void live_open(struct run *r)
{
    struct outbox_options o = {.path = r->path, .inline_writer = true,
                               .settled_max = 10 * ALERTS_MAX, .ready = ready,
                               .broken = broken, .broken_arg = r};
    struct pipeline_options p = {.released = released, .worsened = worsened,
                                 .released_arg = r};
    struct holder_options h = {0};
    struct error err;

    r->clock = (struct clock){run_now, run_now, run_dice, r};
    r->loop = loop_new(&r->clock, &err);
    r->registry = registry_new();
    r->outbox = outbox_open(r->loop, &o, r->registry, &err);
    if (r->outbox == NULL)
        fails(r, "%s", err.text);
    h.config = p.config = r->config;
    h.registry = p.registry = r->registry;
    h.outbox = p.outbox = r->outbox;
    r->pipeline = pipeline_new(r->loop, &p);
    h.pipeline = r->pipeline;
    r->holder = holder_new(r->loop, &h);
}

static void live_close(struct run *r)
{
    outbox_close(r->outbox);
    holder_free(r->holder);
    pipeline_free(r->pipeline);
    registry_free(r->registry);
    loop_free(r->loop);
}

/* A courier to whom nothing goes wrong. */
static bool deliver(struct run *r, int64_t recipient_id)
{
    const struct take how = {.max = TAKE_MAX};
    const struct settlement done = {.state = DELIVERY_DELIVERED};
    struct item *items[TAKE_MAX];
    int64_t next_ms;
    size_t n = outbox_take(r->outbox, recipient_id, &how, items, &next_ms);

    for (size_t i = 0; i < n; i++)
        outbox_settle(r->outbox, items[i], &done);
    return n > 0;
}

static void deliver_all(struct run *r)
{
    const struct snapshot *now = config_now(r->config);

    for (size_t i = 0; i < now->recipient_count; i++)
        while (deliver(r, now->recipients[i].id))
            ;
}

/* Until nothing more comes of what there is now. */
static void turns(struct run *r)
{
    for (int quiet = 0; quiet < 2;) {
        struct outbox_counts before, after;

        outbox_counts(r->outbox, &before);
        loop_turn(r->loop, 0);
        deliver_all(r);
        outbox_counts(r->outbox, &after);
        quiet = before.committed_ops == after.committed_ops ? quiet + 1 : 0;
    }
}

/* As the history keeps it: an occurrence has one row, with its later line. */
static void row_keep(struct run *r, const struct alert *a, const char *change)
{
    struct buf b freed_by(buf_release) = BUF(ALERT_JSON_MAX);
    struct store_row *row = NULL;
    int64_t id = strcmp(change, "released") == 0 ? a->began_id : a->id;

    if (strcmp(change, "repeated") == 0)
        return;
    for (size_t i = r->row_count; i-- > 0 && row == NULL;)
        if (r->rows[i].id == id)
            row = &r->rows[i];
    if (row == NULL) {
        if (r->row_count == ROWS_MAX)
            fails(r, "more alerts than there is room for");
        row = &r->rows[r->row_count++];
        *row = (struct store_row){.id = id, .tstamp_ms = r->now_ms};
    }
    alert_write_line(a, &b);
    row->json = arena_str(&r->arena, buf_view(&b));
}

static void alert_comes(struct run *r, bool is_burst)
{
    static const char *const types[] = {"down", "loss", "scan"};
    static const char *const severities[] = {"notice", "warning", "error", "critical"};
    static const char *const actions[] = {"engage", "release", "store", "engage"};
    struct arena a freed_by(arena_release) = {0};
    /* Many at once are of a few that come and go: these flap. */
    uint32_t key = is_burst ? 4 + roll(&r->dice, 3) : roll(&r->dice, KEYS);
    const char *action = key < 2 ? "store" : PICK(&r->dice, actions);
    struct incoming in = {0};
    struct batch one = {.v = &in, .n = 1};
    struct receipt receipt;
    const char *severity;
    struct error err;
    struct str text;

    severity = PICK(&r->dice, severities);
    text = arena_printf(&a,
                        "{\"type\":\"%s\",\"entity\":\"host\",\"entity_value\":"
                        "\"10.0.0.%u\",\"ip\":\"10.0.0.%u\",\"action\":\"%s\",\"severity\":\"%s\","
                        "\"labels\":{\"site\":\"%u\"},\"key\":\"%u%s\"}",
                        types[key % 3], key, key, action, severity, key % 2, key,
                        strcmp(action, "store") == 0 ? "s" : "");
    if (!alert_read(&a, json_parse(&a, text, &err), r->now_ms, &in.alert, &err))
        fails(r, "%s", err.text);
    if (strcmp(action, "release") == 0)
        in.alert.tstamp_end_ms = r->now_ms;
    if (pipeline_accept(r->pipeline, &one, &receipt, NULL, NULL) != ACCEPTED)
        fails(r, "no room");
    row_keep(r, &in.alert, receipt.change);
    r->worsened += strcmp(receipt.change, "worsened") == 0;
    if (strcmp(receipt.change, "released") == 0)
        r->ends[in.alert.began_id] = in.alert.id;
    turns(r);
}

static void ack_comes(struct run *r)
{
    /* Nobody is told of it: a replay tells no updates. */
    const struct engaged_set set = {.registry = r->registry, .outbox = r->outbox};
    const struct ack ack = {.at_ms = r->now_ms, .by = STR("somebody")};
    const struct engaged *list[KEYS];
    size_t n = registry_list(r->registry, 0, KEYS, list), changed;
    int64_t id = n > 0 ? list[roll(&r->dice, (uint32_t)n)]->id : 0;

    if (id == 0 || registry_find_id(r->registry, id)->ack != NULL ||
        !acknowledge(&set, &id, 1, &ack, &changed, NULL, NULL))
        return;
    for (size_t i = 0; i < r->row_count; i++)
        if (r->rows[i].id == id)
            r->rows[i].acked_ms = r->now_ms;
    turns(r);
}

static void week(struct run *r)
{
    for (uint64_t minute = 1; minute <= MINUTES; minute++) {
        bool burst = minute < r->burst_until;

        r->now_ms = START_MS + (int64_t)minute * MINUTE_MS;
        turns(r);
        if (roll(&r->dice, 700) == 0)
            r->burst_until = minute + 20;
        for (uint32_t n = roll(&r->dice, burst ? 1 : 10) == 0 ? 1 + roll(&r->dice, 3) : 0;
             n > 0 && minute < MINUTES; n--)
            alert_comes(r, burst);
        if (roll(&r->dice, 60) == 0 && minute < MINUTES)
            ack_comes(r);
    }
}

/* --- what it came to -------------------------------------------------------------- */

static void really_find(struct run *r)
{
    const struct snapshot *now = config_now(r->config);
    struct error err = {0};
    struct outbox_reader *reader = outbox_reader_open(r->path, &err);

    memset(r->really, 0, sizeof r->really);
    r->really_count = 0;
    for (size_t i = 1; reader != NULL && i < now->recipient_count; i++) {
        struct delivery_query q = {.recipient_id = now->recipients[i].id, .state = -1,
                                   .limit = ALERTS_MAX};
        struct delivery_row *rows;
        int64_t total;
        size_t n;

        if (!outbox_read_deliveries(reader, &q, &r->arena, &rows, &n, &total, &err))
            fails(r, "%s", err.text);
        for (size_t k = 0; k < n; k++)
            r->really[rows[k].id.alert_id][i] = &rows[k];
        r->really_count += n;
    }
    if (reader == NULL)
        fails(r, "%s", err.text);
    outbox_reader_close(reader);
}

/* Whoever was told that it began, or is to be, hears that it ended. */
static void ends_reach_all(struct run *r)
{
    const struct snapshot *now = config_now(r->config);

    for (int64_t id = 1; id < ALERTS_MAX; id++)
        for (size_t i = 1; r->ends[id] != 0 && i < now->recipient_count; i++)
            if (r->really[id][i] != NULL && r->really[r->ends[id]][i] == NULL)
                fails(r, "alert %lld was told to %.*s, its end %lld was not",
                      (long long)id, STR_ARG(now->recipients[i].name),
                      (long long)r->ends[id]);
}

static bool is_so(const struct delivery_row *row, const struct rehearsed *d,
                  enum rehearsed_end end, int64_t at_ms)
{
    static const enum delivery_state states[REHEARSED_ENDS] = {
        [REHEARSED_AT_ONCE] = DELIVERY_DELIVERED,
        [REHEARSED_LATER] = DELIVERY_DELIVERED,
        [REHEARSED_TOGETHER] = DELIVERY_DELIVERED,
        [REHEARSED_JOINED] = DELIVERY_WITHHELD,
        [REHEARSED_WITHHELD] = DELIVERY_WITHHELD,
        [REHEARSED_HELD] = DELIVERY_HELD,
    };

    if (row->state != states[end] ||
        row->freed_ms != (row->state == DELIVERY_DELIVERED && end != REHEARSED_AT_ONCE
                              ? at_ms
                              : d->put_ms))
        return false;
    return end == REHEARSED_AT_ONCE ||
           (row->hold.kind == d->hold.kind &&
            (row->state != DELIVERY_HELD || (row->hold.until_ms == d->hold.until_ms &&
                                             row->hold.ref == d->hold.ref)));
}

static void ended(void *arg, const struct rehearsed *d, enum rehearsed_end end,
                  int64_t at_ms)
{
    struct run *r = arg;
    size_t at = (size_t)(d->to - config_now(r->config)->recipients);
    struct delivery_row *row = r->really[d->of->id][at];

    if (row == NULL)
        fails(r, "alert %lld (%s) to %.*s: there is no such delivery, ended %d",
              (long long)d->of->id, change_name(d->of->change), STR_ARG(d->to->name),
              (int)end);
    if (!is_so(row, d, end, at_ms))
        fails(r,
              "alert %lld to %.*s: ended %d at minute %lld, %s until %lld; really %s, "
              "freed at %lld, %s until %lld: %.*s",
              (long long)d->of->id, STR_ARG(d->to->name), (int)end,
              (long long)((at_ms - START_MS) / MINUTE_MS), hold_kind_name(d->hold.kind),
              (long long)((d->hold.until_ms - START_MS) / MINUTE_MS),
              delivery_state_name(row->state),
              (long long)((row->freed_ms - START_MS) / MINUTE_MS),
              hold_kind_name(row->hold.kind),
              (long long)((row->hold.until_ms - START_MS) / MINUTE_MS),
              STR_ARG(row->reason));
    r->really[d->of->id][at] = NULL; /* an end comes once */
    r->compared++;
    r->kinds[d->hold.kind]++;
}

static void held(void *arg, const struct rehearsed *d, struct str reason)
{
    (void)arg;
    (void)d;
    (void)reason;
}

static int by_time(const void *x, const void *y)
{
    const struct replay_event *a = x, *b = y;

    if (a->at_ms != b->at_ms)
        return a->at_ms < b->at_ms ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static size_t events_make(struct run *r, struct replay_event *out)
{
    size_t n = 0;

    for (size_t i = 0; i < r->row_count; i++) {
        size_t of_row = replay_events_of(&r->rows[i], &r->arena, &out[n]);

        if (of_row == 0)
            fails(r, "a row cannot be read");
        n += of_row;
    }
    qsort(out, n, sizeof *out, by_time);
    return n;
}

static void event_tell(struct run *r, struct rehearsal *rehearsal,
                       const struct replay_event *like)
{
    struct arena a freed_by(arena_release) = {0};
    struct replay_event *e = replay_event_new(like);
    size_t budget = SIZE_MAX;
    struct alert alert;

    if (!rehearsal_pass(rehearsal, e->at_ms, &budget) ||
        !replay_event_read(e, &a, &alert))
        fails(r, "the replay stops");
    rehearsal_tell(rehearsal, e, &alert);
    replay_event_drop(e);
}

static void replay(struct run *r)
{
    struct rehearsal_options o = {.by = config_now(r->config), .held = held,
                                  .ended = ended, .arg = r};
    struct rehearsal *rehearsal = rehearsal_new(&o);
    struct replay_event *events =
        mem_array(ALERTS_MAX + REPLAY_EVENTS_MAX, sizeof *events);
    size_t n = events_make(r, events), budget = SIZE_MAX;
    uint64_t before = r->compared;

    for (size_t i = 0; i < n; i++)
        event_tell(r, rehearsal, &events[i]);
    if (!rehearsal_pass(rehearsal, r->now_ms, &budget))
        fails(r, "the replay stops");
    rehearsal_end(rehearsal);
    if (r->compared - before != r->really_count)
        fails(r, "%" PRIu64 " deliveries in the replay, really %zu",
              r->compared - before, r->really_count);
    rehearsal_free(rehearsal);
    free(events);
}

/* --- one week ----------------------------------------------------------------------- */

static void dir_remove(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    char name[512];

    while (d != NULL && (e = readdir(d)) != NULL) {
        snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        unlink(name);
    }
    closedir(d);
    rmdir(path);
}

static void run_one(struct run *r)
{
    snprintf(r->dir, sizeof r->dir, "%s/prop-replay-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"); /* it syncs much */
    if (mkdtemp(r->dir) == NULL)
        fails(r, "no directory");
    snprintf(r->path, sizeof r->path, "%s/tocsin.db", r->dir);
    r->now_ms = START_MS;
    r->row_count = 0;
    r->burst_until = 0;
    memset(r->ends, 0, sizeof r->ends);
    r->config = config_roll(&r->dice, &r->arena);
    live_open(r);
    week(r);
    really_find(r);
    ends_reach_all(r);
    live_close(r);
    replay(r);
    config_close(r->config);
    arena_release(&r->arena);
    dir_remove(r->dir);
}

int main(int argc, char **argv)
{
    struct run *r = mem_new(sizeof *r);
    uint64_t first, count;

    if (argc != 3 || !str_to_u64(str_of(argv[1]), &first) ||
        !str_to_u64(str_of(argv[2]), &count)) {
        fputs("usage: prop_replay SEED COUNT\n", stderr);
        return 2;
    }
    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    for (uint64_t seed = first; seed < first + count; seed++) {
        r->seed = seed;
        r->dice = (struct dice){seed * 0x9e3779b97f4a7c15u};
        run_one(r);
    }
    /* A kind that never came would not have been tested. */
    for (int i = 1; i < HOLD_KINDS && count >= 20; i++)
        if (r->kinds[i] == 0)
            fails(r, "nothing was held by %s", hold_kind_name((enum hold_kind)i));
    if (count >= 20 && r->worsened == 0)
        fails(r, "nothing got worse");
    printf("%" PRIu64 " weeks, %" PRIu64 " deliveries, %" PRIu64
           " times worse: no end differs\n",
           count, r->compared, r->worsened);
    for (int i = 1; i < HOLD_KINDS; i++)
        printf("%s: %" PRIu64 "\n", hold_kind_name((enum hold_kind)i), r->kinds[i]);
    free(r);
    return 0;
}
