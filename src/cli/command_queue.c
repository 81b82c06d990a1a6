/* command_queue.c -- tocsin queue list|pause|resume|drop. */
#include "cli/commands.h"

#include "base/limits.h"

/* "paused by luca: new certificates"; what the API calls it; or "". */
static struct str why_it_waits(struct cli *c, const struct json *q)
{
    const struct json *endpoint = json_get(q, "endpoint");
    const struct json *pause = json_get(q, "pause");
    const char *whose = "";

    if (!json_is(pause, JSON_OBJECT)) {
        pause = json_get(endpoint, "pause");
        whose = "endpoint ";
    }
    if (json_is(pause, JSON_OBJECT))
        return arena_printf(&c->arena, "%spaused by %.*s: %.*s", whose,
                            STR_ARG(json_text(json_get(pause, "by"))),
                            STR_ARG(json_text(json_get(pause, "reason"))));
    return json_text(json_get(q, "waits_for"));
}

/* When the next request goes; of a pause, when it ends. */
static const struct json *next_try(const struct json *q)
{
    const struct json *endpoint = json_get(q, "endpoint");
    const struct json *const times[] = {
        json_get(json_get(q, "pause"), "until"),
        json_get(json_get(endpoint, "pause"), "until"),
        json_get(endpoint, "opens_at"),
        json_get(q, "opens_at"),
    };

    for (size_t i = 0; i < COUNT_OF(times); i++)
        if (json_is(times[i], JSON_STRING))
            return times[i];
    return NULL;
}

static void queue_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"QUEUE", "LENGTH", "OLDEST", "IN FLIGHT", "DEAD", "ENDPOINT",
                                 "CIRCUIT", "UNTIL", "WAITS FOR"}};

    for (const struct json *q = list ? list->first : NULL; q; q = q->next) {
        const struct json *endpoint = json_get(q, "endpoint");

        table_cell(&t, cell_text(c, json_get(q, "recipient")));
        table_cell(&t, cell_text(c, json_get(q, "length")));
        table_cell(&t, cell_time(c, json_get(q, "oldest")));
        table_cell(&t, json_bool_or(json_get(q, "in_flight"), false) ? STR("yes") : STR("no"));
        table_cell(&t, cell_text(c, json_get(q, "dead")));
        table_cell(&t, cell_text(c, json_get(endpoint, "name")));
        table_cell(&t, cell_text(c, json_get(endpoint, "circuit")));
        table_cell(&t, cell_time(c, next_try(q)));
        table_cell(&t, why_it_waits(c, q));
    }
    table_print(&t);
}

static bool pause_body(struct cli *c, const char *reason, struct json_out *o)
{
    out_object(o, NULL);
    if (reason != NULL)
        out_text(o, "reason", reason);
    if (!end_write(c, "until", o))
        return false;
    out_object_end(o);
    return cli_done(c);
}

/* Of a recipient, or with --endpoint of all who are on it. */
static int queue_do(struct cli *c, const char *verb, bool pauses)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *endpoint = cli_take(c, "--endpoint");
    const char *reason = pauses ? cli_take(c, "--reason") : NULL;
    const char *name = endpoint != NULL ? endpoint : cli_word(c);
    const char *base = endpoint != NULL ? "/api/v1/endpoints" : "/api/v1/queues";
    struct answer a;
    int status;

    if (name == NULL) {
        fprintf(stderr, "tocsin queue %s: which one?\n", verb);
        return EXIT_USAGE;
    }
    if (pauses ? !pause_body(c, reason, &o) : !cli_done(c))
        return EXIT_USAGE;
    status = client_send(c, "POST",
                         client_path(c, base, name, pauses ? "/pause" : "/resume"),
                         buf_view(&b), &a);
    if (status == EXIT_OK && c->output == OUTPUT_JSON)
        print_json(c, a.json);
    return status;
}

/* How many it would be. */
static int drop_count(struct cli *c, const char *whose, const char *name,
                      const char *older_than)
{
    struct buf path freed_by(buf_release) = BUF(4096);
    const struct json *total;
    struct answer a;
    int64_t n;
    int status;

    buf_text(&path, "/api/v1/deliveries?state=pending&limit=1");
    client_query(&path, whose, name);
    client_query(&path, "until", older_than);
    status = client_get(c, buf_c(&path), &a);
    if (status != EXIT_OK)
        return status;
    total = json_get(a.json, "total");
    n = json_i64_or(json_get(total, "value"), 0);
    if (json_bool_or(json_get(total, "exact"), true))
        printf("%lld deliveries would not be sent; nothing was changed\n", (long long)n);
    else
        printf("more deliveries than are counted would not be sent; nothing was changed\n");
    return n > 0 ? EXIT_OK : EXIT_NOTHING;
}

/* What has waited for longer is dead, and can be sent again. */
static int queue_drop(struct cli *c)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *endpoint = cli_take(c, "--endpoint");
    const char *older_than = cli_take(c, "--older-than");
    bool dry_run = cli_flag(c, "--dry-run");
    const char *whose = endpoint != NULL ? "endpoint" : "recipient";
    const char *name = endpoint != NULL ? endpoint : cli_word(c);
    long long cancelled;
    struct answer a;
    int status;

    if (name == NULL || older_than == NULL || !cli_done(c)) {
        fputs("tocsin queue drop: which one, and older than what?\n", stderr);
        return EXIT_USAGE;
    }
    if (dry_run)
        return drop_count(c, whose, name, older_than);
    out_object(&o, NULL);
    out_text(&o, "state", "pending");
    out_text(&o, whose, name);
    out_text(&o, "before", older_than);
    out_object_end(&o);
    status = client_send(c, "POST", "/api/v1/deliveries/cancel", buf_view(&b), &a);
    if (status != EXIT_OK)
        return status;
    cancelled = (long long)json_i64_or(json_get(a.json, "cancelled"), 0);
    printf("%lld deliveries are not sent; 'tocsin delivery retry' sends them after all\n",
           cancelled);
    if (json_bool_or(json_get(a.json, "more"), false))
        printf("there are more: once again drops the next\n");
    return cancelled > 0 ? EXIT_OK : EXIT_NOTHING;
}

int command_queue(struct cli *c)
{
    const char *verb = cli_word(c);

    if (verb == NULL || strcmp(verb, "list") == 0)
        return show_list(c, "/api/v1/queues", "recipient", queue_rows);
    if (strcmp(verb, "pause") == 0)
        return queue_do(c, verb, true);
    if (strcmp(verb, "resume") == 0)
        return queue_do(c, verb, false);
    if (strcmp(verb, "drop") == 0)
        return queue_drop(c);
    fprintf(stderr, "tocsin queue: there is no verb \"%s\"\n", verb);
    return EXIT_USAGE;
}
