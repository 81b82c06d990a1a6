/* command_replay.c -- tocsin replay: what would have been sent. */
#include "cli/commands.h"

#include <signal.h>
#include <unistd.h>

#include "base/limits.h"
#include "config/declare.h"

#define POLL_MS 500

/* --- waiting for a job ----------------------------------------------------------- */

static void progress(const struct json *job)
{
    int64_t done = json_i64_or(json_get(job, "done"), 0);
    int64_t total = json_i64_or(json_get(job, "total"), 0);
    int64_t eta = json_i64_or(json_get(job, "eta_s"), -1);

    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r%lld of %lld alerts", (long long)done, (long long)total);
    if (eta >= 0)
        fprintf(stderr, ", %lld s left", (long long)eta);
    fputs("\033[K", stderr);
}

static void progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

/* True: Ctrl-C was pressed meanwhile. SIGINT is blocked while we wait. */
static bool wait_a_little(const sigset_t *interrupt)
{
    struct timespec ts = {0, POLL_MS * 1000000L};

    return sigtimedwait(interrupt, NULL, &ts) == SIGINT;
}

static int job_wait(struct cli *c, const char *where, struct answer *a)
{
    const char *id = arena_c(&c->arena, cell_text(c, json_get(json_get(a->json, "data"), "id")));
    const char *path = client_path(c, where, id, "");
    sigset_t interrupt;
    int status = EXIT_OK;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, NULL);
    while (status == EXIT_OK &&
           str_is(json_text(json_get(json_get(a->json, "data"), "state")), "running")) {
        progress(json_get(a->json, "data"));
        if (wait_a_little(&interrupt))
            status = client_call(c, "DELETE", path, "", STR_NONE, a);
        if (status == EXIT_OK)
            status = client_get(c, path, a);
    }
    progress_end();
    return status;
}

/* --- the summary -------------------------------------------------------------------- */

static void cells(struct cli *c, struct table *t, const struct json *row,
                  const char *const *names)
{
    for (; *names != NULL; names++)
        table_cell(t, cell_text(c, json_get(row, *names)));
}

static void rows_print(struct cli *c, struct table *t, const struct json *list,
                       const char *const *names)
{
    if (list == NULL || list->count == 0)
        return;
    for (const struct json *e = list->first; e; e = e->next)
        cells(c, t, e, names);
    table_print(t);
    putchar('\n');
}

static void difference_print(struct cli *c, const struct json *d, const char *words)
{
    const struct json *list = json_get(d, "examples");

    printf("%lld %s\n", (long long)json_i64_or(json_get(d, "count"), 0), words);
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        print_text(arena_printf(&c->arena, "  alert %.*s (%.*s) to %.*s",
                                STR_ARG(cell_text(c, json_get(e, "alert_id"))),
                                STR_ARG(cell_text(c, json_get(e, "type"))),
                                STR_ARG(cell_text(c, json_get(e, "recipient")))));
}

/* What held deliveries back, and what became of them. */
static void holds_by_kind(struct cli *c, const struct json *recipients)
{
    static const char *const names[] = {"kind",   "deliveries", "later", "summarised",
                                        "joined", "withheld",   "held",  NULL};
    struct table t = {.titles = {"RECIPIENT", "HELD BY", "DELIVERIES", "SENT LATER",
                                 "SUMMARISED", "WITH RELEASE", "WITHHELD", "STILL HELD"}};
    bool any = false;

    for (const struct json *r = recipients ? recipients->first : NULL; r; r = r->next) {
        const struct json *holds = json_get(r, "by_hold");

        for (const struct json *h = holds ? holds->first : NULL; h; h = h->next) {
            table_cell(&t, cell_text(c, json_get(r, "recipient")));
            cells(c, &t, h, names);
            any = true;
        }
    }
    if (!any)
        return;
    table_print(&t);
    putchar('\n');
}

static long long number(const struct json *of, const char *name)
{
    return (long long)json_i64_or(json_get(of, name), 0);
}

static void silence_print(struct cli *c, const struct json *s)
{
    static const char *const to[] = {"recipient",  "held_back",  "sent",
                                     "withheld",   "still_held", "messages",
                                     "messages_without", NULL};
    static const char *const type[] = {"type", "held_back", NULL};
    struct table recipients = {.titles = {"RECIPIENT", "HELD BACK", "SENT AT ITS END",
                                          "WITHHELD", "STILL HELD", "MESSAGES",
                                          "WITHOUT IT"}};
    struct table types = {.titles = {"TYPE", "HELD BACK"}};

    if (s == NULL)
        return;
    printf("the silence, from %.*s to %.*s%s: %lld deliveries held back, %lld of them "
           "sent when it ended, %lld withheld; %lld messages, %lld without it\n\n",
           STR_ARG(cell_time(c, json_get(s, "from"))),
           STR_ARG(cell_time(c, json_get(s, "to"))),
           json_bool_or(json_get(s, "moved"), false) ? " (not its own time)" : "",
           number(s, "held_back"), number(s, "sent"), number(s, "withheld"),
           number(s, "messages"), number(s, "messages_without"));
    rows_print(c, &recipients, json_get(s, "by_recipient"), to);
    rows_print(c, &types, json_get(s, "by_type"), type);
}

static void summary_print(struct cli *c, const struct json *r)
{
    static const char *const day[] = {"day", "alerts", "messages", NULL};
    static const char *const severity[] = {"severity", "messages", NULL};
    static const char *const to[] = {"recipient", "messages",   "at_once",  "later",
                                     "summaries", "summarised", "withheld", "held", NULL};
    static const char *const example[] = {"alert_id", "recipient", "title", "text", NULL};
    struct table days = {.titles = {"DAY", "ALERTS", "MESSAGES"}};
    struct table severities = {.titles = {"SEVERITY", "MESSAGES"}};
    struct table recipients = {
        .titles = {"RECIPIENT", "MESSAGES", "AT ONCE", "LATER", "SUMMARIES",
                   "OF ALERTS", "WITHHELD", "HELD"}};
    struct table examples = {.titles = {"ALERT", "RECIPIENT", "TITLE", "TEXT"}};
    const struct json *d = json_get(r, "differences");
    int64_t not_kept = json_i64_or(json_get(d, "not_kept"), 0);

    printf("%lld alerts, %lld messages\n\n",
           (long long)json_i64_or(json_get(r, "alerts"), 0),
           (long long)json_i64_or(json_get(r, "messages"), 0));
    rows_print(c, &days, json_get(r, "by_day"), day);
    rows_print(c, &severities, json_get(r, "by_severity"), severity);
    rows_print(c, &recipients, json_get(r, "by_recipient"), to);
    holds_by_kind(c, json_get(r, "by_recipient"));
    rows_print(c, &examples, json_get(r, "examples"), example);
    silence_print(c, json_get(r, "silence"));
    difference_print(c, json_get(d, "more"), "more than was really sent");
    difference_print(c, json_get(d, "less"), "that were sent and would not have been");
    if (not_kept > 0)
        printf("%lld could not be compared: what was sent of them is not kept any more\n",
               (long long)not_kept);
}

static int result_show(struct cli *c, const struct answer *a)
{
    const struct json *job = json_get(a->json, "data");
    struct str state = json_text(json_get(job, "state"));

    if (c->output == OUTPUT_JSON) {
        print_json(c, job);
    } else if (str_is(state, "done")) {
        summary_print(c, json_get(job, "result"));
    } else {
        fprintf(stderr, "tocsin replay: %.*s: %.*s\n", STR_ARG(state),
                STR_ARG(cell_text(c, json_get(job, "error"))));
    }
    return str_is(state, "done") ? EXIT_OK : EXIT_FAILED;
}

/* --- the request --------------------------------------------------------------------- */

static bool file_write(const char *path, struct json_out *o)
{
    struct buf text freed_by(buf_release) = BUF(DECLARE_FILE_MAX);
    bool ok = text_read("replay", path, fopen(path, "re"), &text);

    out_object(o, NULL);
    out_text(o, "name", path);
    out_str(o, "text", buf_view(&text));
    out_object_end(o);
    return ok;
}

/* False: said why. */
static bool files_write(struct cli *c, struct json_out *o)
{
    const char *path = cli_take(c, "--file");
    bool ok = true;

    if (path == NULL)
        return true;
    out_object(o, "configuration");
    out_array(o, "files");
    for (; path != NULL; path = cli_take(c, "--file"))
        ok = file_write(path, o) && ok;
    out_array_end(o);
    out_object_end(o);
    return ok;
}

/* `silence`: the name of one, or a filter. False: said why not. */
static bool silence_write(struct cli *c, struct json_out *o, bool *is_there)
{
    const char *name = cli_take(c, "--silence");
    const char *matcher = cli_take(c, "--matcher");

    *is_there = name != NULL || matcher != NULL;
    if (name != NULL && matcher != NULL) {
        fputs("tocsin replay: --silence NAME or --matcher FILTER, not both\n", stderr);
        return false;
    }
    if (name != NULL)
        out_text(o, "silence", name);
    if (matcher == NULL)
        return true;
    out_object(o, "silence");
    out_text(o, "matcher", matcher);
    out_object_end(o);
    return true;
}

static void texts_write(struct cli *c, struct json_out *o)
{
    static const char *const names[] = {"recipient", "since", "until"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = cli_take(c, arena_printf(&c->arena, "--%s", names[i]).p);

        if (value != NULL)
            out_text(o, names[i], value);
    }
}

int command_replay(struct cli *c)
{
    struct buf body freed_by(buf_release) = BUF(INTAKE_BODY_MAX);
    struct json_out o = JSON_OUT(&body);
    bool of_silence;
    struct answer a;
    int status;

    out_object(&o, NULL);
    texts_write(c, &o);
    if (!silence_write(c, &o, &of_silence))
        return EXIT_USAGE;
    if (!files_write(c, &o))
        return EXIT_FAILED;
    out_object_end(&o);
    if (!cli_done(c))
        return EXIT_USAGE;
    status = client_send(c, "POST",
                         of_silence ? "/api/v1/silences/replay" : "/api/v1/replay",
                         buf_view(&body), &a);
    if (status == EXIT_OK)
        status = job_wait(c, of_silence ? "/api/v1/silences/replay" : "/api/v1/jobs", &a);
    return status == EXIT_OK ? result_show(c, &a) : status;
}
