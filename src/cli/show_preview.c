/* show_preview.c -- tocsin recipient preview: how an alert would read. */
#include "base/limits.h"
#include "cli/commands.h"

static void lines_print(struct str text)
{
    while (text.n > 0)
        print_text(str_until(&text, '\n'));
}

static void facts_print(struct cli *c, const struct json *facts)
{
    for (const struct json *f = facts ? facts->first : NULL; f; f = f->next)
        print_text(arena_printf(&c->arena, "%.*s: %.*s",
                                STR_ARG(json_text(json_get(f, "label"))),
                                STR_ARG(json_text(json_get(f, "value")))));
}

/* A program gets the request's body; people, words. */
static void words_print(struct cli *c, const struct json *shown)
{
    const struct json *request = json_get(shown, "request");
    struct str title = json_text(json_get(shown, "title"));

    if (title.n == 0) {
        print_json(c, request);
        return;
    }
    print_text(json_text(json_get(shown, "headline")));
    putchar('\n');
    print_text(title);
    lines_print(json_text(json_get(shown, "text")));
    facts_print(c, json_get(shown, "facts"));
}

/* What would keep it, if anything does: on standard error, as it is no part of the
 * message. With `all`, each kind of hold, of then and of now. */
static void held_print(struct cli *c, const struct json *shown, bool all)
{
    struct str words = would_hold_words(c, json_get(shown, "hold"));

    if (words.n > 0)
        fprintf(stderr, "if it came now it %.*s\n", STR_ARG(words));
    if (all)
        holds_print(c, shown);
}

/* True: it would be sent, and in the recipient's own words if it has any. */
static bool is_right(struct cli *c, const struct json *shown)
{
    struct str because = json_text(json_get(shown, "because"));
    struct str failed = json_text(json_get(shown, "failed"));

    if (because.n > 0)
        fprintf(stderr, "would not be sent: %.*s\n",
                STR_ARG(cell_text(c, json_get(shown, "because"))));
    if (failed.n > 0)
        fprintf(stderr, "%.*s\n", STR_ARG(cell_text(c, json_get(shown, "failed"))));
    return because.n == 0 && failed.n == 0;
}

/* False: a usage error, which was said. */
static bool body_write(struct cli *c, struct json_out *o)
{
    static const char *const texts[] = {
        "title_template", "text_template", "repeat_interval", "flapping_count",
        "storm_limit",    "storm_window",  "digest",          "quiet_hours",
        "time_zone",      "urgent_severity"};
    const char *alert = cli_take(c, "--alert");
    int64_t id;

    out_object(o, NULL);
    if (alert != NULL && !str_to_i64(str_of(alert), &id)) {
        fprintf(stderr, "tocsin: --alert takes an alert's number, not \"%s\"\n",
                alert);
        return false;
    }
    if (alert != NULL)
        out_i64(o, "alert_id", id);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct str option = arena_printf(&c->arena, "--%s", texts[i]);
        const char *value = cli_take(c, option.p);
        struct str text;

        if (value == NULL)
            continue;
        if (!value_of(c, value, &text))
            return false;
        out_str(o, texts[i], text);
    }
    out_object_end(o);
    return cli_done(c);
}

int recipient_preview(struct cli *c, const char *name)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    bool all = cli_flag(c, "--holds");
    struct answer a;
    int status;

    if (!body_write(c, &o))
        return EXIT_USAGE;
    status = client_send(c, "POST",
                         client_path(c, "/api/v1/recipients", name, "/preview"),
                         buf_view(&b), &a);
    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON) {
        print_json(c, a.json);
    } else {
        words_print(c, a.json);
        held_print(c, a.json, all);
    }
    return is_right(c, a.json) ? EXIT_OK : EXIT_FAILED;
}
