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

static int job_wait(struct cli *c, struct answer *a)
{
    const char *id = arena_c(&c->arena, cell_text(c, json_get(json_get(a->json, "data"), "id")));
    const char *path = client_path(c, "/api/v1/jobs", id, "");
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

static void summary_print(struct cli *c, const struct json *r)
{
    static const char *const day[] = {"day", "alerts", "messages", NULL};
    static const char *const severity[] = {"severity", "messages", NULL};
    static const char *const to[] = {"recipient", "messages", "engaged", "released",
                                     "stored", NULL};
    static const char *const example[] = {"alert_id", "recipient", "title", "text", NULL};
    struct table days = {.titles = {"DAY", "ALERTS", "MESSAGES"}};
    struct table severities = {.titles = {"SEVERITY", "MESSAGES"}};
    struct table recipients = {
        .titles = {"RECIPIENT", "MESSAGES", "ENGAGED", "RELEASED", "STORED"}};
    struct table examples = {.titles = {"ALERT", "RECIPIENT", "TITLE", "TEXT"}};
    const struct json *d = json_get(r, "differences");
    int64_t not_kept = json_i64_or(json_get(d, "not_kept"), 0);

    printf("%lld alerts, %lld messages\n\n",
           (long long)json_i64_or(json_get(r, "alerts"), 0),
           (long long)json_i64_or(json_get(r, "messages"), 0));
    rows_print(c, &days, json_get(r, "by_day"), day);
    rows_print(c, &severities, json_get(r, "by_severity"), severity);
    rows_print(c, &recipients, json_get(r, "by_recipient"), to);
    rows_print(c, &examples, json_get(r, "examples"), example);
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

int command_replay(struct cli *c)
{
    static const char *const names[] = {"recipient", "since", "until"};
    struct buf body freed_by(buf_release) = BUF(INTAKE_BODY_MAX);
    struct json_out o = JSON_OUT(&body);
    struct answer a;
    int status;

    out_object(&o, NULL);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = cli_take(c, arena_printf(&c->arena, "--%s", names[i]).p);

        if (value != NULL)
            out_text(&o, names[i], value);
    }
    if (!files_write(c, &o))
        return EXIT_FAILED;
    out_object_end(&o);
    if (!cli_done(c))
        return EXIT_USAGE;
    status = client_send(c, "POST", "/api/v1/replay", buf_view(&body), &a);
    if (status == EXIT_OK)
        status = job_wait(c, &a);
    return status == EXIT_OK ? result_show(c, &a) : status;
}
