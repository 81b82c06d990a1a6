/* command_explain.c -- tocsin explain: who gets an alert, and why or why not. */
#include "cli/commands.h"

/* How a delivery that was held and is no more was told. */
static struct str freed_words(struct cli *c, const struct json *hold)
{
    struct str ended = cell_time(c, json_get(hold, "ended"));

    return json_text(json_get(hold, "ended")).n == 0
               ? STR_NONE
               : arena_printf(&c->arena, "told at %.*s; held until then: %.*s",
                              STR_ARG(ended),
                              STR_ARG(cell_text(c, json_get(hold, "kind"))));
}

struct str would_hold_words(struct cli *c, const struct json *hold)
{
    if (json_text(json_get(hold, "reason")).n == 0)
        return STR_NONE;
    return arena_printf(&c->arena, "would be %s (%.*s): %.*s",
                        json_bool_or(json_get(hold, "final"), false) ? "left out" : "held",
                        STR_ARG(cell_text(c, json_get(hold, "kind"))),
                        STR_ARG(cell_text(c, json_get(hold, "reason"))));
}

/* What keeps it back though its criteria pass, did, or would; "" when nothing does. */
static struct str held_words(struct cli *c, const struct json *d)
{
    struct str state = json_text(json_get(d, "delivery_state"));

    if (str_is(state, "held") || str_is(state, "withheld"))
        return arena_printf(&c->arena, "%.*s: %.*s", STR_ARG(state),
                            STR_ARG(cell_text(c, json_get(d, "delivery_reason"))));
    return state.n > 0 ? freed_words(c, json_get(d, "hold"))
                       : would_hold_words(c, json_get(d, "hold"));
}

void decisions_print(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"RECIPIENT", "RESULT", "BECAUSE"}};

    for (const struct json *d = list ? list->first : NULL; d; d = d->next) {
        struct str because = json_text(json_get(d, "because"));

        if (because.n == 0)
            because = held_words(c, d);
        table_cell(&t, cell_text(c, json_get(d, "recipient")));
        table_cell(&t, cell_text(c, json_get(d, "outcome")));
        table_cell(&t, because.n > 0 ? because : STR("every criterion passes"));
    }
    table_print(&t);
}

static void reason_line(struct cli *c, const struct json *r, int indent)
{
    printf("%*s%s %-17.*s ", indent, "",
           json_bool_or(json_get(r, "pass"), false) ? "pass" : "FAIL",
           STR_ARG(cell_text(c, json_get(r, "name"))));
    printf("has %.*s, wants %.*s\n", STR_ARG(cell_text(c, json_get(r, "have"))),
           STR_ARG(cell_text(c, json_get(r, "want"))));
}

static void reason_print(struct cli *c, const struct json *r)
{
    const struct json *parts = json_get(r, "parts");

    reason_line(c, r, 4);
    for (const struct json *p = parts ? parts->first : NULL; p; p = p->next)
        reason_line(c, p, 8);
}

/* What is "any" to the recipient, or not there at all, says nothing. */
static void hold_line(struct cli *c, const struct json *h)
{
    const struct json *holds = json_get(h, "holds");
    const char *sign = !json_is(holds, JSON_BOOL) ? "   ?"
                       : holds->truth             ? "HOLD"
                                                  : "pass";

    if (str_is(json_text(json_get(h, "want")), "any"))
        return;
    printf("    %s %-17.*s ", sign, STR_ARG(cell_text(c, json_get(h, "kind"))));
    printf("has %.*s, wants %.*s\n", STR_ARG(cell_text(c, json_get(h, "have"))),
           STR_ARG(cell_text(c, json_get(h, "want"))));
}

void holds_print(struct cli *c, const struct json *of)
{
    static const char *const names[] = {"holds_then", "holds_now"};
    static const char *const titles[] = {"as far as it is known of then",
                                         "if it came now"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct json *list = json_get(of, names[i]);

        if (list == NULL || list->first == NULL)
            continue;
        printf("  held back, %s?\n", titles[i]);
        for (const struct json *h = list->first; h; h = h->next)
            hold_line(c, h);
    }
}

static void reasons_print(struct cli *c, const struct json *list, const char *only)
{
    for (const struct json *d = list ? list->first : NULL; d; d = d->next) {
        const struct json *reasons = json_get(d, "criteria");
        struct str name = json_text(json_get(d, "recipient"));

        if (only != NULL && !str_is(name, only))
            continue;
        printf("\n%.*s\n", STR_ARG(cell_text(c, json_get(d, "recipient"))));
        for (const struct json *r = reasons ? reasons->first : NULL; r; r = r->next)
            reason_print(c, r);
        holds_print(c, d);
    }
}

/* The decision for one recipient, as an exit status: routing tests in CI. */
static int verify(struct cli *c, const struct json *list, const char *recipient,
                  const char *expected)
{
    for (const struct json *d = list ? list->first : NULL; d; d = d->next) {
        struct str outcome = json_text(json_get(d, "outcome"));

        if (!str_is(json_text(json_get(d, "recipient")), recipient))
            continue;
        if (str_is(outcome, expected))
            return EXIT_OK;
        fprintf(stderr, "expected %s, got %.*s (%.*s)\n", expected, STR_ARG(outcome),
                STR_ARG(cell_text(c, json_get(d, "because"))));
        return EXIT_FAILED;
    }
    fprintf(stderr, "tocsin explain: there is no recipient \"%s\"\n", recipient);
    return EXIT_NOTHING;
}

static int explain_ask(struct cli *c, const char *id, const char *after,
                       struct answer *a)
{
    struct buf in freed_by(buf_release) = BUF(1u << 20);

    if (strcmp(id, "-") != 0)
        return client_get(c, client_path(c, "/api/v1/alerts", id, after), a);
    stream_read(stdin, &in);
    after += strlen("/decisions");
    return client_send(c, "POST", arena_printf(&c->arena, "/api/v1/explain%s", after).p,
                       buf_view(&in), a);
}

/* "/decisions", and as of when; of an alert that was not sent "now" is all there
 * is. NULL: it was said what is wrong. */
static const char *as_of(struct cli *c, const char *revision, bool is_now,
                         const char *id)
{
    struct buf b freed_by(buf_release) = BUF(1024);

    if (is_now && revision != NULL) {
        fputs("tocsin explain: --now or --revision, not both\n", stderr);
        return NULL;
    }
    buf_text(&b, "/decisions");
    if (strcmp(id, "-") != 0)
        client_query(&b, "as_of", is_now ? "now" : NULL);
    client_query(&b, "revision", revision);
    return arena_c(&c->arena, buf_view(&b));
}

static void head_print(struct cli *c, const struct json *a)
{
    printf("by the configuration of revision %.*s, %s\n",
           STR_ARG(cell_text(c, json_get(a, "revision"))),
           json_bool_or(json_get(a, "is_now"), true) ? "which is in force"
                                                     : "which is in force no more");
}

static void explanation_print(struct cli *c, const struct json *a,
                              const char *recipient)
{
    head_print(c, a);
    if (recipient == NULL) {
        putchar('\n');
        decisions_print(c, json_get(a, "decisions"));
    }
    reasons_print(c, json_get(a, "decisions"), recipient);
}

int command_explain(struct cli *c)
{
    const char *recipient = cli_take(c, "--recipient");
    const char *expected = cli_take(c, "--verify");
    const char *revision = cli_take(c, "--revision");
    bool is_now = cli_flag(c, "--now");
    const char *after, *id;
    struct answer a;
    int status;

    if (expected != NULL && recipient == NULL)
        return cli_done(c) ? explain_verify(c, expected) : EXIT_USAGE;
    id = cli_word(c);
    if (id == NULL || !cli_done(c))
        return EXIT_USAGE;
    after = as_of(c, revision, is_now, id);
    if (after == NULL)
        return EXIT_USAGE;
    status = explain_ask(c, id, after, &a);
    if (status != EXIT_OK)
        return status;
    if (expected != NULL)
        return verify(c, json_get(a.json, "decisions"), recipient, expected);
    if (c->output == OUTPUT_JSON)
        print_json(c, a.json);
    else
        explanation_print(c, a.json, recipient);
    return EXIT_OK;
}
