/* command_delivery.c -- tocsin delivery list|show|retry, tocsin status. */
#include "cli/commands.h"

#include "base/limits.h"

static void delivery_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"DELIVERY", "RECIPIENT", "STATE", "TRIES", "ACCEPTED",
                                 "REASON"}};

    for (const struct json *d = list ? list->first : NULL; d; d = d->next) {
        table_cell(&t, cell_text(c, json_get(d, "id")));
        table_cell(&t, cell_text(c, json_get(d, "recipient")));
        table_cell(&t, cell_text(c, json_get(d, "state")));
        table_cell(&t, cell_text(c, json_get(d, "attempts")));
        table_cell(&t, cell_time(c, json_get(d, "accepted")));
        table_cell(&t, cell_text(c, json_get(d, "reason")));
    }
    table_print(&t);
}

static int delivery_list(struct cli *c)
{
    static const char *const filters[] = {"state", "recipient", "endpoint", "alert",
                                          "since", "until",     "limit",    "cursor"};
    struct buf path freed_by(buf_release) = BUF(8192);

    buf_text(&path, "/api/v1/deliveries");
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        struct str option = arena_printf(&c->arena, "--%s", filters[i]);

        client_query(&path, filters[i], cli_take(c, option.p));
    }
    if (!cli_done(c))
        return EXIT_USAGE;
    return show_list(c, buf_c(&path), "id", delivery_rows);
}

static void delivery_print(struct cli *c, const struct json *answer)
{
    const struct json *tries = json_get(answer, "tries");
    struct table t = {.titles = {"FAILED TRY", "STATUS", "REASON"}};

    if (c->output == OUTPUT_JSON) {
        print_json(c, answer);
        return;
    }
    print_json(c, json_get(answer, "data"));
    putchar('\n');
    for (const struct json *e = tries->first; e; e = e->next) {
        table_cell(&t, cell_time(c, json_get(e, "time")));
        table_cell(&t, cell_text(c, json_get(e, "status")));
        table_cell(&t, cell_text(c, json_get(e, "reason")));
    }
    if (tries != NULL && tries->count > 0)
        table_print(&t);
    said_print(c, answer);
}

/* Requests and answers take a scope more than the rest of it. */
static int delivery_show(struct cli *c, const char *id)
{
    struct answer a;
    int status;

    if (!cli_done(c))
        return EXIT_USAGE;
    status = client_get(c, client_path(c, "/api/v1/deliveries", id, "/body"), &a);
    if (status == EXIT_NOT_ALLOWED)
        status = client_get(c, client_path(c, "/api/v1/deliveries", id, ""), &a);
    if (status == EXIT_OK)
        delivery_print(c, a.json);
    return status;
}

/* By ids, or all dead ones (of one recipient, or of all on an endpoint). */
static int delivery_retry(struct cli *c)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *recipient = cli_take(c, "--recipient");
    const char *endpoint = cli_take(c, "--endpoint");
    const char *state = cli_take(c, "--state");
    const char *id = cli_word(c);
    struct answer a;
    int status;

    if (id == NULL && state == NULL && recipient == NULL && endpoint == NULL)
        return EXIT_USAGE;
    out_object(&o, NULL);
    if (id != NULL) {
        out_array(&o, "ids");
        for (; id != NULL; id = cli_word(c))
            out_text(&o, NULL, id);
        out_array_end(&o);
    } else {
        out_text(&o, "state", state ? state : "dead");
        if (recipient != NULL)
            out_text(&o, "recipient", recipient);
        if (endpoint != NULL)
            out_text(&o, "endpoint", endpoint);
    }
    out_object_end(&o);
    if (!cli_done(c))
        return EXIT_USAGE;
    status = client_send(c, "POST", "/api/v1/deliveries/retry", buf_view(&b), &a);
    if (status != EXIT_OK)
        return status;
    printf("%lld deliveries go out again\n",
           (long long)json_i64_or(json_get(a.json, "retried"), 0));
    return json_i64_or(json_get(a.json, "retried"), 0) > 0 ? EXIT_OK : EXIT_NOTHING;
}

static int delivery_cancel(struct cli *c)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *id = cli_word(c);
    long long cancelled;
    struct answer a;
    int status;

    if (id == NULL)
        return EXIT_USAGE;
    out_object(&o, NULL);
    out_array(&o, "ids");
    for (; id != NULL; id = cli_word(c))
        out_text(&o, NULL, id);
    out_array_end(&o);
    out_object_end(&o);
    if (!cli_done(c))
        return EXIT_USAGE;
    status = client_send(c, "POST", "/api/v1/deliveries/cancel", buf_view(&b), &a);
    if (status != EXIT_OK)
        return status;
    cancelled = (long long)json_i64_or(json_get(a.json, "cancelled"), 0);
    printf("%lld deliveries are not sent\n", cancelled);
    return cancelled > 0 ? EXIT_OK : EXIT_NOTHING;
}

int command_delivery(struct cli *c)
{
    const char *verb = cli_word(c);
    const char *id;

    if (verb == NULL || strcmp(verb, "list") == 0)
        return delivery_list(c);
    if (strcmp(verb, "retry") == 0)
        return delivery_retry(c);
    if (strcmp(verb, "cancel") == 0)
        return delivery_cancel(c);
    id = cli_word(c);
    if (strcmp(verb, "show") != 0 || id == NULL)
        return EXIT_USAGE;
    return delivery_show(c, id);
}

static long long number(const struct json *object, const char *name)
{
    return (long long)json_i64_or(json_get(object, name), 0);
}

static struct str recipient_state(const struct json *r)
{
    if (!json_bool_or(json_get(r, "enabled"), true))
        return STR("off");
    if (json_is(json_get(r, "pause"), JSON_OBJECT))
        return STR("paused by hand");
    return json_bool_or(json_get(r, "paused"), false) ? STR("paused") : STR("on");
}

static void status_recipients(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"RECIPIENT", "STATE", "PENDING", "OLDEST",
                                 "DELIVERED", "DEAD", "LAST ERROR"}};

    for (const struct json *r = list ? list->first : NULL; r; r = r->next) {
        table_cell(&t, cell_text(c, json_get(r, "name")));
        table_cell(&t, recipient_state(r));
        table_cell(&t, cell_text(c, json_get(r, "pending")));
        table_cell(&t, cell_text(c, json_get(r, "oldest")));
        table_cell(&t, cell_text(c, json_get(r, "delivered")));
        table_cell(&t, cell_text(c, json_get(r, "dead")));
        table_cell(&t, cell_text(c, json_get(r, "last_error")));
    }
    table_print(&t);
}

static void status_endpoints(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"ENDPOINT", "CIRCUIT", "IN FLIGHT", "LAST ERROR"}};

    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        bool paused = json_bool_or(json_get(e, "paused"), false);

        table_cell(&t, cell_text(c, json_get(e, "name")));
        if (json_is(json_get(e, "pause"), JSON_OBJECT))
            table_cell(&t, STR("paused by hand"));
        else
            table_cell(&t, paused ? STR("paused") : cell_text(c, json_get(e, "breaker")));
        table_cell(&t, cell_text(c, json_get(e, "in_flight")));
        table_cell(&t, cell_text(c, json_get(e, "last_error")));
    }
    table_print(&t);
}

int command_status(struct cli *c)
{
    const struct json *outbox;
    struct answer a;
    int status = cli_done(c) ? client_get(c, "/api/v1/status", &a) : EXIT_USAGE;

    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON) {
        print_json(c, a.json);
        return EXIT_OK;
    }
    outbox = json_get(a.json, "outbox");
    printf("tocsin %.*s, up %lld s, %lld engaged\n",
           STR_ARG(cell_text(c, json_get(a.json, "version"))), number(a.json, "uptime_s"),
           number(json_get(a.json, "engaged"), "total"));
    printf("deliveries: accepted %lld = delivered %lld + dead %lld + pending %lld\n\n",
           number(outbox, "accepted"), number(outbox, "delivered"), number(outbox, "dead"),
           number(outbox, "pending"));
    status_recipients(c, json_get(a.json, "recipients"));
    putchar('\n');
    status_endpoints(c, json_get(a.json, "endpoints"));
    return EXIT_OK;
}
