/* serve.c -- the daemon: options, a greeting, reloads and an orderly end. */
#include "serve.h"

#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>

#include <sodium.h>

#include "base/log.h"
#include "config/declare.h"
#include "notify.h"
#include "rooms.h"

#define ROOM "serve"
#define EXIT_CONFIG 78 /* EX_CONFIG: restarting would not help */
#define DRAIN_MS 10000 /* for requests in flight when asked to stop */
#define DRAIN_LOOK_MS 50
#define DEFAULT_PORT 8627 /* the command line asks there */
#define HEAP_KEPT (16 << 20) /* not given back to the system between bursts */

struct serve_options {
    const char *data_dir;
    const char *config_dir; /* NULL: none */
    struct httpd_options http;
    char address[64];
};

struct server {
    struct serve_options options;
    struct loop *loop;
    struct rooms rooms;
    struct timer drain;
    int64_t drain_until_ms;
    bool stopping;
};

/* --- declared configuration -------------------------------------------------- */

static void problems_log(const struct declared *d)
{
    for (size_t i = 0; i < d->problem_count; i++) {
        const struct declared_problem *p = &d->problems[i];

        log_error(ROOM, "%.*s:%zu:%zu: %.*s", STR_ARG(p->file), p->line,
                  p->column, STR_ARG(p->text));
    }
    for (size_t i = 0; i < d->warning_count; i++) {
        const struct declared_problem *w = &d->warnings[i];

        log_warn(ROOM, "%.*s:%zu:%zu: %.*s", STR_ARG(w->file), w->line,
                 w->column, STR_ARG(w->text));
    }
}

/* Also at the start, as a rooms' configure. */
static bool config_load(void *arg, struct config *config, struct error *err)
{
    const struct server *s = arg;
    struct arena arena freed_by(arena_release) = {0};
    struct declared declared = {0};
    struct declared_result result = {0};
    const char *dir = s->options.config_dir;

    if (dir == NULL)
        return true;
    if (!declare_read(&dir, 1, &arena, &declared, err))
        return false;
    declare_check(config, &declared, &arena);
    declare_warn(&declared, &arena);
    problems_log(&declared);
    if (declared.problem_count > 0)
        return error_set(err, "%zu problems in %s; nothing of it was taken",
                         declared.problem_count, dir);
    if (!declare_apply(config, &declared, true, &arena, &result, err))
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

    if (courier_quiesce(s->rooms.courier) || now_ms >= s->drain_until_ms)
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
    httpd_stop_accepting(s->rooms.httpd);
    s->drain_until_ms = clock_tick_ms(loop_clock(s->loop)) + DRAIN_MS;
    drain_look(s);
}

static void signal_came(void *arg, int number)
{
    struct server *s = arg;
    struct error err;

    if (number == SIGHUP) {
        if (!config_load(s, s->rooms.config, &err))
            log_error(ROOM, "reload refused, going on as before: %s", err.text);
        return;
    }
    stop_begin(s);
}

/* --- what the operator sees first -------------------------------------------------- */

/* Once, and not into a journal, which others may read. */
static void show_token(struct server *s)
{
    if (s->rooms.new_token[0] != '\0' && getenv("JOURNAL_STREAM") == NULL)
        printf("  admin token   %s\n"
               "                shown this once, kept in %s/admin.token\n",
               s->rooms.new_token, s->options.data_dir);
    else
        printf("  admin token   in %s/admin.token\n", s->options.data_dir);
    sodium_memzero(s->rooms.new_token, sizeof s->rooms.new_token);
}

static void greet(struct server *s)
{
    const char *host = s->options.http.address;
    unsigned port = httpd_port(s->rooms.httpd);
    bool v6 = strchr(host, ':') != NULL;
    char setup[SETUP_TOKEN_BYTES];

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
    printf("  then          build/tocsin alerts list --data %s",
           s->options.data_dir);
    if (port != DEFAULT_PORT)
        printf(" --server http://127.0.0.1:%u", port);
    printf("\n\n");
    admin_setup_token(s->rooms.admin, setup);
    if (setup[0] != '\0')
        printf("  first admin   http://%s%s%s:%u/setup#%s\n\n", v6 ? "[" : "",
               host, v6 ? "]" : "", port, setup);
    sodium_memzero(setup, sizeof setup);
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
                                .http.port = DEFAULT_PORT};
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

static bool begin(struct server *s, struct error *err)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct rooms_options o = {
        .data_dir = s->options.data_dir,
        .http = s->options.http,
        .configure = config_load,
        .configure_arg = s,
    };

    s->loop = loop_new(&clock_real, err);
    return s->loop != NULL &&
           loop_signals(s->loop, signals, COUNT_OF(signals), signal_came, s, err) &&
           rooms_open(&s->rooms, s->loop, &o, err);
}

static void end(struct server *s)
{
    if (s->loop == NULL)
        return;
    rooms_close(&s->rooms);
    loop_timer_clear(s->loop, &s->drain);
    loop_free(s->loop);
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
    umask(077);
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    mallopt(M_TOP_PAD, HEAP_KEPT / 16);
    if (begin(&s, &err)) {
        greet(&s);
        notify_service("READY=1");
        loop_run(s.loop);
    } else {
        log_error(ROOM, "cannot start: %s", err.text);
        status = s.rooms.config != NULL && s.rooms.historian == NULL ? EXIT_CONFIG : 1;
    }
    end(&s);
    return status;
}
