/* command_user.c -- tocsin user list|add|passwd|disable|enable|rm. */
#include "cli/commands.h"

#include "base/limits.h"
#include "people/scope.h"

#define BASE_PATH "/api/v1/users"

static void user_rows(struct cli *c, const struct json *list)
{
    struct table t = {.titles = {"NAME", "ROLE", "ENABLED", "TOTP", "LAST LOGIN"}};

    for (const struct json *u = list ? list->first : NULL; u; u = u->next) {
        table_cell(&t, cell_text(c, json_get(u, "name")));
        table_cell(&t, cell_text(c, json_get(u, "role")));
        table_cell(&t, cell_text(c, json_get(u, "enabled")));
        table_cell(&t, cell_text(c, json_get(u, "totp")));
        table_cell(&t, cell_time(c, json_get(u, "last_login")));
    }
    table_print(&t);
}

/* Before anybody types a password in vain; what may be added the server says. */
static bool role_fit(const char *text)
{
    enum role role;

    if (text != NULL && role_parse(str_of(text), &role))
        return true;
    fputs("tocsin user add: --role is viewer, responder, editor or admin", stderr);
    fprintf(stderr, text ? ", not %s\n" : "\n", text);
    return false;
}

static int user_add(struct cli *c)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *role = cli_take(c, "--role");
    const char *name = cli_name(c, "add");
    struct str password;
    struct answer a;
    int status;

    if (name == NULL || !role_fit(role))
        return EXIT_USAGE;
    if (!password_ask(c, name, &password))
        return EXIT_FAILED;
    out_object(&o, NULL);
    out_text(&o, "name", name);
    out_text(&o, "role", role);
    out_str(&o, "password", password);
    out_object_end(&o);
    status = client_send(c, "POST", BASE_PATH, buf_view(&b), &a);
    if (status == EXIT_OK)
        printf("user %s added\n", name);
    return status;
}

static int user_patch(struct cli *c, const char *name, struct str body, const char *done)
{
    struct answer a;
    int status = client_send(c, "PATCH", client_path(c, BASE_PATH, name, ""), body, &a);

    if (status == EXIT_OK)
        printf("user %s %s\n", name, done);
    return status;
}

static int user_passwd(struct cli *c)
{
    struct buf b freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *name = cli_name(c, "passwd");
    struct str password;

    if (name == NULL)
        return EXIT_USAGE;
    if (!password_ask(c, name, &password))
        return EXIT_FAILED;
    out_object(&o, NULL);
    out_str(&o, "password", password);
    out_object_end(&o);
    return user_patch(c, name, buf_view(&b), "has a new password");
}

static int user_disable(struct cli *c)
{
    const char *name = cli_name(c, "disable");

    return name ? user_patch(c, name, STR("{\"enabled\":false}"), "disabled") : EXIT_USAGE;
}

static int user_enable(struct cli *c)
{
    const char *name = cli_name(c, "enable");

    return name ? user_patch(c, name, STR("{\"enabled\":true}"), "enabled") : EXIT_USAGE;
}

static int user_remove(struct cli *c)
{
    const char *name = cli_name(c, "rm");
    struct answer a;
    int status = name ? delete_confirm(c, "user", name) : EXIT_USAGE;

    if (status != EXIT_OK)
        return status;
    status = client_send(c, "DELETE", client_path(c, BASE_PATH, name, ""), STR_NONE, &a);
    if (status == EXIT_OK)
        printf("user %s deleted\n", name);
    return status;
}

static int user_list(struct cli *c)
{
    return cli_done(c) ? show_list(c, BASE_PATH "?limit=1000", "name", user_rows)
                       : EXIT_USAGE;
}

/* Said before any word is taken, for its value would be one. */
static bool password_in_words(struct cli *c)
{
    if (cli_take(c, "--password") == NULL && !cli_flag(c, "--password"))
        return false;
    fputs("tocsin user: --password would be seen in the process list and stay in the "
          "shell's history; type it when asked, or give it on standard input\n",
          stderr);
    return true;
}

int command_user(struct cli *c)
{
    static const struct {
        const char *name;
        command_fn *run;
    } verbs[] = {{"list", user_list},       {"add", user_add},
                 {"passwd", user_passwd},   {"disable", user_disable},
                 {"enable", user_enable},   {"rm", user_remove}};
    const char *verb;

    if (password_in_words(c))
        return EXIT_USAGE;
    verb = cli_word(c);
    if (verb == NULL)
        return user_list(c);
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return verbs[i].run(c);
    fprintf(stderr, "tocsin user: there is no verb \"%s\"\n", verb);
    return EXIT_USAGE;
}
