/* demo.c -- runs the samples one after the other: the next when the one before was
 * delivered everywhere, so that releases find the messages of their engages. */
#include "demo.h"

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "demo_own.h"
#include "outbox/outbox_read.h"
#include "rooms.h"

#define DEADLINE_MS 90000 /* for all of it; vendors' rates make it wait a little */
#define DELIVERIES_MAX 1000

struct demo_options {
    const char *only, *data_dir; /* NULL: all, a temporary one */
    bool keep, raw, help;
};

struct demo {
    struct demo_options options;
    char dir[ROOMS_PATH_BYTES]; /* "": not made yet */
    struct screen screen;
    struct channels channels;
    struct loop *loop;
    struct rooms rooms;
    struct timer next, deadline;
    struct arena arena;  /* of the sample on its way */
    size_t sample;       /* which one that is */
    bool under_way, committed, shown, failed;
    int64_t began_ms, sample_began_ms;
};

/* --- what became of it -------------------------------------------------------------- */

static void reason_copy(char *out, size_t size, struct str reason)
{
    snprintf(out, size, "%.*s", STR_ARG(str_first(reason, utf8_cut(reason, size - 1))));
}

static void delivery_count(const struct delivery_row *row, struct outcome_counts *o)
{
    static const char skipped[] = "skipped: ";

    if (row->state != DELIVERY_DELIVERED) {
        o->failed++;
        reason_copy(o->failure, sizeof o->failure,
                    row->reason.n > 0 ? row->reason : STR("it is still on its way"));
    } else if (str_starts(row->reason, skipped)) {
        o->skipped++;
        reason_copy(o->skip_reason, sizeof o->skip_reason,
                    str_from(row->reason, strlen(skipped)));
    } else {
        o->delivered++;
    }
}

static bool outcome_read(struct demo *d, struct str recipient, struct outcome_counts *o,
                         struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    const struct recipient *r =
        snapshot_recipient(config_now(d->rooms.config), recipient);
    const struct delivery_query q = {
        .recipient_id = r->id,
        .state = -1,
        .limit = DELIVERIES_MAX,
    };
    char path[ROOMS_PATH_BYTES];
    struct outbox_reader *reader;
    struct delivery_row *rows;
    size_t n = 0;
    int64_t total;
    bool ok;

    *o = (struct outcome_counts){0};
    rooms_path(&d->rooms, "tocsin.db", path);
    reader = outbox_reader_open(path, err);
    if (reader == NULL)
        return false;
    ok = outbox_read_deliveries(reader, &q, &a, &rows, &n, &total, err);
    for (size_t i = 0; ok && i < n; i++)
        delivery_count(&rows[i], o);
    outbox_reader_close(reader);
    return ok;
}

/* What is new. */
static void channels_show(struct demo *d)
{
    for (size_t i = 0; i < d->channels.n; i++) {
        struct channel *c = &d->channels.v[i];
        struct outcome_counts o = {0};
        struct error err;

        if (!channel_has_news(c))
            continue;
        if (c->fake != NULL && !outcome_read(d, str_of(c->type->name), &o, &err)) {
            log_error("demo", "%s", err.text);
            d->failed = true;
        }
        screen_channel(&d->screen, c, &o);
    }
}

static size_t channels_open_count(const struct demo *d)
{
    size_t n = 0;

    for (size_t i = 0; i < d->channels.n; i++)
        n += d->channels.v[i].fake != NULL;
    return n;
}

static int64_t now_ms(const struct demo *d)
{
    return clock_tick_ms(loop_clock(d->loop));
}

/* --- --keep ---------------------------------------------------------------------------- */

static void keep_say(const struct demo *d)
{
    fprintf(d->screen.to,
            "\nIt stays up until Ctrl-C, at http://127.0.0.1:%u. What you send is shown "
            "here:\n"
            "  tocsin send -t test -b 'Hello' -s error --server http://127.0.0.1:%u "
            "--data %s\n",
            (unsigned)httpd_port(d->rooms.httpd), (unsigned)httpd_port(d->rooms.httpd),
            d->dir);
    fflush(d->screen.to);
}

/* --- one sample after the other --------------------------------------------------------- */

static void finish(struct demo *d)
{
    struct totals t = {.channels = channels_open_count(d),
                       .took_ms = now_ms(d) - d->began_ms};

    loop_timer_clear(d->loop, &d->deadline);
    loop_timer_clear(d->loop, &d->next);
    d->under_way = false;
    channels_show(d);
    outbox_counts(d->rooms.outbox, &t.counts);
    d->shown = true;
    d->failed = d->failed || t.counts.delivered != t.counts.accepted;
    screen_summary(&d->screen, &t);
    if (d->options.keep)
        keep_say(d);
    else
        loop_stop(d->loop);
}

static void too_late(void *arg)
{
    struct demo *d = arg;

    log_error("demo", "not all was delivered within %d s", DEADLINE_MS / 1000);
    d->failed = true;
    finish(d);
}

static void sample_committed(void *arg, enum accepted result)
{
    struct demo *d = arg;

    d->committed = true;
    d->failed = d->failed || result != ACCEPTED;
}

static void sample_send(void *arg)
{
    struct demo *d = arg;
    const struct sample *s = &samples[d->sample];
    struct receipt receipt;
    struct batch batch;
    struct error err;

    arena_reset(&d->arena);
    d->under_way = true;
    d->committed = false;
    d->sample_began_ms = now_ms(d);
    if (!sample_decode(s, clock_wall_ms(loop_clock(d->loop)), &d->arena, &batch, &err))
        bug(err.text);
    assert(batch.n == 1);
    if (pipeline_accept(d->rooms.pipeline, &batch, &receipt, sample_committed, d) ==
        ACCEPTED)
        return;
    log_error("demo", "the outbox takes nothing: is the disk full?");
    d->failed = true;
    finish(d);
}

static void sample_done(struct demo *d)
{
    screen_sample(&d->screen, d->sample + 1, samples[d->sample].title,
                  channels_open_count(d), now_ms(d) - d->sample_began_ms);
    d->under_way = false;
    if (++d->sample < sample_count)
        loop_timer_set(d->loop, &d->next, 0, sample_send, d);
    else
        finish(d);
}

/* At the end of each turn: is all that was accepted at its end? */
static void look(void *arg)
{
    struct demo *d = arg;
    struct outbox_counts counts;

    if (!d->under_way && !d->shown)
        return;
    outbox_counts(d->rooms.outbox, &counts);
    if (counts.pending > 0)
        return;
    if (d->shown)
        channels_show(d);
    else if (d->committed)
        sample_done(d);
}

/* --- the directory ------------------------------------------------------------------------ */

/* Alerts to real endpoints are no demonstration: only a new or empty one. */
static bool dir_given(struct demo *d, struct error *err)
{
    const char *dir = d->options.data_dir;
    char *whole;

    if (mkdir(dir, 0700) != 0 && (errno != EEXIST || rmdir(dir) != 0 || mkdir(dir, 0700) != 0))
        return error_set(err, "--data %s: %s; give a new or empty directory", dir,
                         strerror(errno));
    whole = realpath(dir, NULL);
    if (whole == NULL || strlen(whole) >= sizeof d->dir) {
        free(whole);
        return error_set(err, "--data %s: cannot be used", dir);
    }
    snprintf(d->dir, sizeof d->dir, "%s", whole);
    free(whole);
    return true;
}

static bool dir_own(struct demo *d, struct error *err)
{
    const char *where = getenv("TMPDIR");

    if (where == NULL || where[0] != '/')
        where = "/tmp";
    snprintf(d->dir, sizeof d->dir, "%s/tocsin-demo-XXXXXX", where);
    if (mkdtemp(d->dir) != NULL)
        return true;
    error_set(err, "cannot make %s: %s", d->dir, strerror(errno));
    d->dir[0] = '\0';
    return false;
}

static bool dir_make(struct demo *d, struct error *err)
{
    bool made = d->options.data_dir != NULL ? dir_given(d, err) : dir_own(d, err);

    return made && (fake_dir_ok(d->dir) ||
                    error_set(err, "%s has a quote or a control character in its name; "
                                   "choose another",
                              d->dir));
}

static int entry_remove(const char *path, const struct stat *st unused, int kind unused,
                        struct FTW *at unused)
{
    return remove(path);
}

static void dir_remove(const struct demo *d)
{
    if (d->options.data_dir == NULL && d->dir[0] != '\0' &&
        nftw(d->dir, entry_remove, 16, FTW_DEPTH | FTW_PHYS) != 0)
        log_error("demo", "%s is left behind: %s", d->dir, strerror(errno));
}

/* --- the words ------------------------------------------------------------------------------ */

static const char usage[] =
    "  tocsin demo                        sample alerts on every channel, each a fake of its\n"
    "                                     vendor in this process: no network, no account\n"
    "  tocsin demo --only TYPE,TYPE       these channels alone: slack,email\n"
    "  tocsin demo --raw                  also what went over the wire\n"
    "  tocsin demo --keep                 stays up and shows what you send it\n"
    "  tocsin demo --data DIR             keeps its data there: a new or empty directory\n";

static bool options_read(int argc, char **argv, struct demo_options *o, struct error *err)
{
    static const struct option names[] = {
        {"only", required_argument, NULL, 'o'}, {"data", required_argument, NULL, 'd'},
        {"keep", no_argument, NULL, 'k'},       {"raw", no_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},       {0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        if (c == 'o')
            o->only = optarg;
        else if (c == 'd')
            o->data_dir = optarg;
        else if (c == 'k')
            o->keep = true;
        else if (c == 'r')
            o->raw = true;
        else if (c == 'h')
            o->help = true;
        else
            return error_set(err, "see above");
    }
    return optind == argc || error_set(err, "\"%s\" is not understood", argv[optind]);
}

/* --- running ---------------------------------------------------------------------------------- */

static void signal_came(void *arg, int number unused)
{
    struct demo *d = arg;

    d->failed = d->failed || !d->shown;
    loop_stop(d->loop);
}

static bool begin(struct demo *d, struct error *err)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct rooms_options o = {
        .data_dir = d->dir,
        .http = {.address = "127.0.0.1"},
        .configure = channels_configure,
        .configure_arg = &d->channels,
    };

    d->loop = loop_new(&clock_real, err);
    if (d->loop == NULL ||
        !loop_signals(d->loop, signals, COUNT_OF(signals), signal_came, d, err) ||
        !dir_make(d, err) ||
        !channels_open(&d->channels, d->loop, d->dir, err) ||
        !rooms_open(&d->rooms, d->loop, &o, err))
        return false;
    loop_at_turn_end(d->loop, look, d);
    loop_timer_set(d->loop, &d->next, 0, sample_send, d);
    loop_timer_set(d->loop, &d->deadline, DEADLINE_MS, too_late, d);
    d->began_ms = now_ms(d);
    return true;
}

static void end(struct demo *d)
{
    if (d->loop != NULL) {
        rooms_close(&d->rooms);
        channels_close(&d->channels);
        loop_timer_clear(d->loop, &d->next);
        loop_timer_clear(d->loop, &d->deadline);
        loop_free(d->loop);
    }
    arena_release(&d->arena);
    dir_remove(d);
}

int demo(int argc, char **argv)
{
    struct demo d = {0};
    struct error err = {0};

    if (!options_read(argc, argv, &d.options, &err) ||
        !channels_choose(&d.channels, d.options.only, &err)) {
        fprintf(stderr, "tocsin demo: %s\n%s", err.text, usage);
        return 2;
    }
    if (d.options.help) {
        printf("tocsin demo: sample alerts on every channel, on fakes of the vendors\n\n%s\n"
               "All of it: man tocsin\n",
               usage);
        return 0;
    }
    log_init(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
    umask(077);
    screen_open(&d.screen, stdout);
    d.screen.raw = d.options.raw;
    if (begin(&d, &err)) {
        screen_intro(&d.screen, &d.channels);
        loop_run(d.loop);
    } else {
        fprintf(stderr, "tocsin demo: %s\n", err.text);
        d.failed = true;
    }
    end(&d);
    return d.failed ? 1 : 0;
}
