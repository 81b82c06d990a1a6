/* serve.c -- the daemon: opens the rooms in order, runs, closes them in reverse. */
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>
#include <sqlite3.h>

#include "admin/admin.h"
#include "base/log.h"
#include "config/declare.h"
#include "courier/courier.h"
#include "notify.h"
#include "pipeline.h"

#define ROOM "serve"
#define EXIT_DISK 74   /* EX_IOERR: restart me, what was acknowledged is safe */
#define EXIT_CONFIG 78 /* EX_CONFIG: restarting would not help */
#define DRAIN_MS 10000 /* for requests in flight when asked to stop */
#define DRAIN_LOOK_MS 50
#define PATH_BYTES 4096
#define HEAP_KEPT (16 << 20) /* not given back to the system between bursts */

struct serve_options {
    const char *data_dir;
    const char *config_dir; /* NULL: none */
    struct httpd_options http;
    char address[64];
};

struct server {
    struct serve_options options;
    int lock_fd;
    struct loop *loop;
    struct httpd *httpd;
    struct registry *registry;
    struct outbox *outbox;
    struct config *config;
    struct historian *historian;
    struct transport *transport;
    struct courier *courier;
    struct pipeline *pipeline;
    struct intake *intake;
    struct admin *admin;
    struct intake_settings intake_settings;
    struct timer drain;
    int64_t drain_until_ms;
    bool stopping;
    char new_token[ACCESS_TOKEN_BYTES]; /* until it was shown; else "" */
};

/* --- the data directory --------------------------------------------------- */

static void data_path(const struct server *s, const char *name,
                      char out[PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%s/%s", s->options.data_dir, name);
}

static bool data_dir_check(const char *dir, struct error *err)
{
    struct stat st;

    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return error_set(err, "cannot make %s: %s", dir, strerror(errno));
    if (lstat(dir, &st) < 0)
        return error_set(err, "cannot look at %s: %s", dir, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return error_set(err, "%s is not a directory", dir);
    if (st.st_uid != geteuid())
        return error_set(err, "%s belongs to user %u, not to %u who runs this",
                         dir, (unsigned)st.st_uid, (unsigned)geteuid());
    if ((st.st_mode & 022) != 0)
        return error_set(err, "%s can be written by others; chmod 700 %s", dir,
                         dir);
    return true;
}

/* One process on one data directory: two writers would corrupt it. */
static bool data_lock(struct server *s, struct error *err)
{
    char path[PATH_BYTES];

    if (!data_dir_check(s->options.data_dir, err))
        return false;
    data_path(s, "lock", path);
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->lock_fd < 0)
        return error_set(err, "cannot open %s: %s", path, strerror(errno));
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) < 0)
        return error_set(err, "another tocsin is running on %s",
                         s->options.data_dir);
    return true;
}

/* --- wires between the rooms ------------------------------------------------ */

static void outbox_is_ready(void *arg, int64_t recipient_id)
{
    struct server *s = arg;

    if (s->courier != NULL)
        courier_ready(s->courier, recipient_id);
}

/* A commit that failed with an I/O error leaves its outcome unknown: we end, the
 * senders that got no answer send again, and their keys make that harmless. */
static void outbox_is_broken(void *arg, const struct error *err)
{
    (void)arg;
    log_error(ROOM, "%s: stopping at once, nothing acknowledged is lost",
              err->text);
    _exit(EXIT_DISK);
}

static void history_done(void *arg, bool ok, const struct error *err)
{
    transport_store_done(arg, ok, ok ? STR_NONE : str_of(err->text));
}

static bool history_put(void *arg, const struct store_request *r,
                        struct sending *sending)
{
    struct server *s = arg;

    return historian_put(s->historian, r->alerts, r->count, history_done,
                         sending);
}

static const struct intake_settings *intake_settings_now(void *arg)
{
    struct server *s = arg;
    const struct settings *now = &config_now(s->config)->settings;

    s->intake_settings = (struct intake_settings){
        .ntopng_shared_secret = now->ntopng_shared_secret,
        .ntopng_username = now->ntopng_username,
        .ntopng_password = now->ntopng_password,
        .resolve_timeout_ms = now->resolve_timeout,
    };
    return &s->intake_settings;
}

static bool release_by_hand(void *arg, int64_t id, committed_fn *committed,
                            void *committed_arg, struct error *err)
{
    struct server *s = arg;

    return pipeline_release(s->pipeline, id, committed, committed_arg, err);
}

static void config_is_new(void *arg, const struct snapshot *now)
{
    struct server *s = arg;

    if (s->courier != NULL)
        courier_changed(s->courier, now);
}

/* --- declared configuration -------------------------------------------------- */

static void problems_log(const struct declared *d)
{
    for (size_t i = 0; i < d->problem_count; i++) {
        const struct declared_problem *p = &d->problems[i];

        log_error(ROOM, "%.*s:%zu:%zu: %.*s", STR_ARG(p->file), p->line,
                  p->column, STR_ARG(p->text));
    }
}

static bool config_load(struct server *s, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct declared declared = {0};
    struct declared_result result = {0};
    const char *dir = s->options.config_dir;

    if (dir == NULL)
        return true;
    if (!declare_read(&dir, 1, &arena, &declared, err))
        return false;
    declare_check(s->config, &declared, &arena);
    problems_log(&declared);
    if (declared.problem_count > 0)
        return error_set(err, "%zu problems in %s; nothing of it was taken",
                         declared.problem_count, dir);
    if (!declare_apply(s->config, &declared, true, &arena, &result, err))
        return error_in(err, "%s", dir);
    log_info(ROOM, "configuration from %s: %zu new, %zu changed, %zu deleted, "
                   "%zu as before",
             dir, result.created, result.changed, result.deleted, result.same);
    return true;
}

/* --- stopping ------------------------------------------------------------------ */

static void drain_look(void *arg)
{
    struct server *s = arg;
    int64_t now_ms = clock_tick_ms(loop_clock(s->loop));

    if (courier_quiesce(s->courier) || now_ms >= s->drain_until_ms)
        loop_stop(s->loop);
    else
        loop_timer_set(s->loop, &s->drain, DRAIN_LOOK_MS, drain_look, s);
}

static void stop_begin(struct server *s)
{
    if (s->stopping)
        return;
    s->stopping = true;
    notify_service("STOPPING=1");
    log_info(ROOM, "stopping: requests in flight get %d s to end",
             DRAIN_MS / 1000);
    httpd_stop_accepting(s->httpd);
    s->drain_until_ms = clock_tick_ms(loop_clock(s->loop)) + DRAIN_MS;
    drain_look(s);
}

static void signal_came(void *arg, int number)
{
    struct server *s = arg;
    struct error err;

    if (number == SIGHUP) {
        if (!config_load(s, &err))
            log_error(ROOM, "reload refused, going on as before: %s", err.text);
        return;
    }
    stop_begin(s);
}

/* --- opening and closing --------------------------------------------------------- */

static bool outbox_begin(struct server *s, struct error *err)
{
    char path[PATH_BYTES];
    struct outbox_options o = {
        .path = path,
        .ready = outbox_is_ready,
        .ready_arg = s,
        .broken = outbox_is_broken,
        .broken_arg = s,
    };

    data_path(s, "tocsin.db", path);
    s->registry = registry_new();
    s->outbox = outbox_open(s->loop, &o, s->registry, err);
    return s->outbox != NULL;
}

static bool history_begin(struct server *s, struct error *err)
{
    char store_path[PATH_BYTES];
    char outbox_path[PATH_BYTES];
    struct historian_options o = {
        .store_path = store_path,
        .outbox_path = outbox_path,
    };

    data_path(s, "history.db", store_path);
    data_path(s, "tocsin.db", outbox_path);
    s->historian = historian_start(s->loop, &o, err);
    return s->historian != NULL;
}

static bool delivery_begin(struct server *s, struct error *err)
{
    struct transport_options t = {
        .store = history_put,
        .store_arg = s,
        .user_agent = "Tocsin/" TOCSIN_VERSION,
    };
    struct courier_options c = {.config = s->config, .outbox = s->outbox};

    s->transport = transport_new(s->loop, &t, err);
    if (s->transport == NULL)
        return false;
    c.carrier = transport_carrier(s->transport);
    s->courier = courier_new(s->loop, &c);
    return true;
}

static void faces_begin(struct server *s)
{
    struct pipeline_options p = {
        .config = s->config,
        .registry = s->registry,
        .outbox = s->outbox,
    };
    struct intake_options in = {
        .clock = loop_clock(s->loop),
        .settings = intake_settings_now,
        .settings_arg = s,
    };
    struct admin_options a = {
        .httpd = s->httpd,
        .config = s->config,
        .registry = s->registry,
        .outbox = s->outbox,
        .courier = s->courier,
        .historian = s->historian,
        .clock = loop_clock(s->loop),
        .data_dir = s->options.data_dir,
        .version = TOCSIN_VERSION,
        .release = release_by_hand,
        .release_arg = s,
    };

    s->pipeline = pipeline_new(s->loop, &p);
    in.sink = pipeline_sink(s->pipeline);
    s->intake = intake_new(s->httpd, &in);
    a.intake = s->intake;
    s->admin = admin_new(&a);
}

static bool rooms_open(struct server *s, struct error *err)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    if (!data_lock(s, err))
        return false;
    s->loop = loop_new(&clock_real, err);
    if (s->loop == NULL ||
        !loop_signals(s->loop, signals, COUNT_OF(signals), signal_came, s, err))
        return false;
    if (!access_open(s->options.data_dir, &s->options.http, s->new_token, err))
        return false;
    /* First the server: what it reads at a turn's end is committed with it. */
    s->httpd = httpd_new(s->loop, &s->options.http, err);
    if (s->httpd == NULL || !outbox_begin(s, err))
        return false;
    s->config = config_open(s->options.data_dir, loop_clock(s->loop), err);
    if (s->config == NULL)
        return false;
    config_on_change(s->config, config_is_new, s);
    if (!config_load(s, err) || !history_begin(s, err) ||
        !delivery_begin(s, err))
        return false;
    faces_begin(s);
    return true;
}

static void rooms_close(struct server *s)
{
    admin_stop(s->admin);
    historian_stop(s->historian);
    outbox_close(s->outbox);
    courier_free(s->courier);
    transport_free(s->transport);
    admin_free(s->admin);
    intake_free(s->intake);
    httpd_free(s->httpd);
    access_close(&s->options.http);
    pipeline_free(s->pipeline);
    config_close(s->config);
    registry_free(s->registry);
    if (s->loop != NULL)
        loop_timer_clear(s->loop, &s->drain);
    loop_free(s->loop);
    if (s->lock_fd > 0)
        close(s->lock_fd);
}

/* --- what the operator sees first -------------------------------------------------- */

/* Once, and not into a journal, which others may read. */
static void show_token(struct server *s)
{
    if (s->new_token[0] != '\0' && getenv("JOURNAL_STREAM") == NULL)
        printf("  admin token   %s\n"
               "                shown this once, kept in %s/admin.token\n",
               s->new_token, s->options.data_dir);
    else
        printf("  admin token   in %s/admin.token\n", s->options.data_dir);
    sodium_memzero(s->new_token, sizeof s->new_token);
}

static void greet(struct server *s)
{
    const char *host = s->options.http.address;
    unsigned port = httpd_port(s->httpd);
    bool v6 = strchr(host, ':') != NULL;

    printf("tocsin " TOCSIN_VERSION " listens on http://%s%s%s:%u, data in %s\n\n",
           v6 ? "[" : "", host, v6 ? "]" : "", port, s->options.data_dir);
    show_token(s);
    printf("  first alert   curl -H 'Content-Type: application/json' "
           "http://127.0.0.1:%u/api/v1/alerts \\\n"
           "                  -d '{\"type\":\"disk_full\",\"entity\":\"host\","
           "\"entity_value\":\"192.168.1.7\",\n"
           "                       \"severity\":\"error\",\"message\":\"/var is "
           "97 %% full\"}'\n",
           port);
    printf("  then          build/tocsin alerts list --data %s\n\n",
           s->options.data_dir);
    fflush(stdout);
}

/* --- the words ------------------------------------------------------------------------ */

static const char usage[] =
    "usage: tocsin serve [--data DIR] [--listen ADDR:PORT] [--config DIR]\n"
    "                    [--log-level error|warn|info|debug]\n"
    "                    [--log-format text|journal|json]\n";

static bool listen_parse(const char *text, struct serve_options *o,
                         struct error *err)
{
    const char *colon = strrchr(text, ':');
    struct str host = {text, colon != NULL ? (size_t)(colon - text) : 0};
    int64_t port;

    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = (struct str){host.p + 1, host.n - 2};
    if (colon == NULL || host.n == 0 || host.n >= sizeof o->address ||
        !str_to_i64(str_of(colon + 1), &port) || port < 0 || port > 65535)
        return error_set(err, "--listen takes ADDRESS:PORT, like "
                              "127.0.0.1:8627 or [::1]:8627, not \"%s\"",
                         text);
    memcpy(o->address, host.p, host.n);
    o->address[host.n] = '\0';
    o->http.port = (uint16_t)port;
    return true;
}

static bool word_index(const char *word, const char *const *words, int *out)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(word, words[i]) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool options_read(int argc, char **argv, struct serve_options *o,
                         struct error *err)
{
    static const struct option names[] = {
        {"data", required_argument, NULL, 'd'},
        {"listen", required_argument, NULL, 'l'},
        {"config", required_argument, NULL, 'c'},
        {"log-level", required_argument, NULL, 'L'},
        {"log-format", required_argument, NULL, 'F'},
        {0},
    };
    static const char *const levels[] = {"error", "warn", "info", "debug", NULL};
    static const char *const formats[] = {"text", "journal", "json", NULL};
    int level = LOG_LEVEL_INFO;
    int format = getenv("JOURNAL_STREAM") ? LOG_FORMAT_JOURNAL : LOG_FORMAT_TEXT;
    int c;

    *o = (struct serve_options){.data_dir = "./data",
                                .address = "127.0.0.1",
                                .http.port = 8627};
    while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (c == 'd')
            o->data_dir = optarg;
        else if (c == 'c')
            o->config_dir = optarg;
        else if (c == 'l' && !listen_parse(optarg, o, err))
            return false;
        else if (c == 'L' && !word_index(optarg, levels, &level))
            return error_set(err, "--log-level: no level \"%s\"", optarg);
        else if (c == 'F' && !word_index(optarg, formats, &format))
            return error_set(err, "--log-format: no format \"%s\"", optarg);
        else if (c == '?')
            return error_set(err, "see above");
    }
    if (optind < argc)
        return error_set(err, "\"%s\" is not understood", argv[optind]);
    o->http.address = o->address;
    log_init((enum log_level)level, (enum log_format)format);
    return true;
}

int serve(int argc, char **argv)
{
    struct server s = {0};
    struct error err = {0};
    int status = 0;

    if (!options_read(argc, argv, &s.options, &err)) {
        fprintf(stderr, "tocsin serve: %s\n%s", err.text, usage);
        return 2;
    }
    s.options.http.address = s.options.address;
    if (sodium_init() < 0)
        bug("libsodium does not start");
    /* Its count of memory is a lock that two threads fight for. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    umask(077);
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    mallopt(M_TOP_PAD, HEAP_KEPT / 16);
    if (rooms_open(&s, &err)) {
        greet(&s);
        notify_service("READY=1");
        loop_run(s.loop);
    } else {
        log_error(ROOM, "cannot start: %s", err.text);
        status = s.config != NULL && s.historian == NULL ? EXIT_CONFIG : 1;
    }
    rooms_close(&s);
    return status;
}
