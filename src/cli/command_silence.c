/* command_silence.c -- tocsin silence add|list|show|expire|preview. */
#include "cli/commands.h"

#include <pwd.h>
#include <unistd.h>

#include "base/limits.h"

#define BASE_PATH "/api/v1/silences"

static void silence_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"NAME", "STATE", "UNTIL", "AUTHOR", "MATCHER", "COMMENT"}};

    for (const struct json *s = list ? list->first : NULL; s; s = s->next) {
        table_cell(&t, cell_text(c, json_get(s, "name")));
        table_cell(&t, cell_text(c, json_get(s, "state")));
        table_cell(&t, cell_time(c, json_get(s, "until")));
        table_cell(&t, cell_text(c, json_get(s, "author")));
        table_cell(&t, cell_text(c, json_get(s, "matcher")));
        table_cell(&t, cell_text(c, json_get(s, "comment")));
    }
    table_print(&t);
}

/* Whose shell it is, unless somebody else is named; cron sets no $USER. */
static const char *author_of(struct cli *c)
{
    const char *given = cli_take(c, "--author");
    const char *const shell[] = {given, getenv("SUDO_USER"), getenv("USER")};
    const struct passwd *account;

    for (size_t i = 0; i < COUNT_OF(shell); i++)
        if (shell[i] != NULL && shell[i][0] != '\0')
            return shell[i];
    account = getpwuid(getuid());
    if (account != NULL)
        return account->pw_name;
    fprintf(stderr,
            "tocsin silence add: nobody knows who user number %ld is; say --author "
            "NAME\n",
            (long)getuid());
    return NULL;
}

bool end_write(struct cli *c, const char *member, struct json_out *o)
{
    const char *span = cli_take(c, "--for");
    char text[TIME_TEXT_MAX];
    int64_t ms;

    if (span == NULL)
        return true;
    if (!str_to_duration_ms(str_of(span), &ms) || ms == 0) {
        fprintf(stderr, "tocsin %s: --for takes a time like 90m, 2h or 3d, not %s\n",
                c->argv[0], span);
        return false;
    }
    time_text(clock_wall_ms(&clock_real) + ms, true, text);
    out_text(o, member, text);
    return true;
}

static bool silence_body(struct cli *c, const char *comment, struct json_out *o)
{
    static const char *const texts[] = {"name",     "starts",    "ends",
                                        "schedule", "time_zone", NULL};
    const char *author = author_of(c), *matcher;
    const char *recipients = cli_take(c, "--recipients");

    if (author == NULL)
        return false;
    out_object(o, NULL);
    out_text(o, "author", author);
    if (comment != NULL)
        out_text(o, "comment", comment);
    for (size_t i = 0; texts[i] != NULL; i++) {
        struct str option = arena_printf(&c->arena, "--%s", texts[i]);
        const char *value = cli_take(c, option.p);

        if (value != NULL)
            out_text(o, texts[i], value);
    }
    if (recipients != NULL)
        list_write(o, "recipients", str_of(recipients));
    if (cli_flag(c, "--until_resolved"))
        out_bool(o, "until_resolved", true);
    if (!end_write(c, "ends", o))
        return false;
    matcher = cli_word(c);
    if (matcher != NULL)
        out_text(o, "matcher", matcher);
    out_object_end(o);
    return cli_done(c);
}

static int silence_add(struct cli *c)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *comment = cli_take(c, "--comment");
    struct answer a;
    int status;

    if (!silence_body(c, comment, &o))
        return EXIT_USAGE;
    status = client_send(c, "POST", client_signed(c, BASE_PATH, comment), buf_view(&b), &a);
    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON)
        print_json(c, a.json);
    else
        print_text(cell_text(c, json_get(json_get(a.json, "data"), "name")));
    return EXIT_OK;
}

static int silence_show(struct cli *c, const char *name)
{
    struct answer a;
    int status = client_get(c, client_path(c, BASE_PATH, name, ""), &a);

    if (status == EXIT_OK)
        print_json(c, json_get(a.json, "data"));
    return status;
}

static int silence_expire(struct cli *c, const char *name)
{
    const char *comment = cli_take(c, "--comment");
    const char *path = client_signed(c, client_path(c, BASE_PATH, name, ""), comment);
    struct answer a;

    if (!cli_done(c))
        return EXIT_USAGE;
    return client_send(c, "DELETE", path, STR_NONE, &a);
}

static void hits_print(struct cli *c, const struct json *hits, const char *what)
{
    struct table t = {.titles = {"ID", "WHEN", "SEVERITY", "TYPE", "ON"}};
    const struct json *alerts = json_get(hits, "alerts");

    printf("%s: %s%.*s\n", what, json_bool_or(json_get(hits, "exact"), true) ? "" : "at least ",
           STR_ARG(cell_text(c, json_get(hits, "count"))));
    for (const struct json *e = alerts ? alerts->first : NULL; e; e = e->next) {
        table_cell(&t, cell_text(c, json_get(e, "id")));
        table_cell(&t, cell_time(c, json_get(e, "tstamp")));
        table_cell(&t, cell_text(c, json_get(e, "severity")));
        table_cell(&t, cell_text(c, json_get(e, "type")));
        table_cell(&t, cell_text(c, json_get(e, "entity_value")));
    }
    if (alerts != NULL && alerts->count > 0)
        table_print(&t);
}

static int silence_preview(struct cli *c, const char *matcher)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *days = cli_take(c, "--days");
    struct answer a;
    int64_t n = 7;
    int status;

    if (days != NULL && !str_to_i64(str_of(days), &n)) {
        fprintf(stderr, "tocsin silence: --days takes a number, not %s\n", days);
        return EXIT_USAGE;
    }
    out_object(&o, NULL);
    out_text(&o, "matcher", matcher);
    out_i64(&o, "days", n);
    out_object_end(&o);
    status = client_send(c, "POST", BASE_PATH "/preview", buf_view(&b), &a);
    if (status != EXIT_OK)
        return status;
    if (c->output == OUTPUT_JSON) {
        print_json(c, a.json);
        return EXIT_OK;
    }
    hits_print(c, json_get(a.json, "engaged"), "engaged now");
    hits_print(c, json_get(a.json, "history"), "in those days");
    return EXIT_OK;
}

int command_silence(struct cli *c)
{
    const char *verb = cli_word(c);
    const char *name;

    if (verb == NULL || strcmp(verb, "list") == 0)
        return show_list(c, BASE_PATH "?limit=1000", "name", silence_rows);
    if (strcmp(verb, "add") == 0)
        return silence_add(c);
    name = cli_word(c);
    if (name == NULL) {
        fprintf(stderr, "tocsin silence %s: which one?\n", verb);
        return EXIT_USAGE;
    }
    if (strcmp(verb, "show") == 0)
        return silence_show(c, name);
    if (strcmp(verb, "expire") == 0)
        return silence_expire(c, name);
    if (strcmp(verb, "preview") == 0)
        return silence_preview(c, name);
    fprintf(stderr, "tocsin silence: there is no verb \"%s\"\n", verb);
    return EXIT_USAGE;
}
