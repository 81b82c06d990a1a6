/* client.c -- options every subcommand has, and HTTP to the server by libcurl. */
#include "cli/client.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"

#define DEFAULT_SERVER "http://127.0.0.1:8627"
#define ANSWER_MAX (64u << 20)
#define TOKEN_MAX 256

/* --- words ----------------------------------------------------------------- */

static void argv_remove(struct cli *c, int at, int n)
{
    for (int i = at; i + n <= c->argc; i++)
        c->argv[i] = c->argv[i + n];
    c->argc -= n;
}

const char *cli_take(struct cli *c, const char *name)
{
    size_t n = strlen(name);

    for (int i = 1; i < c->argc; i++) {
        char *word = c->argv[i];

        if (strncmp(word, name, n) != 0)
            continue;
        if (word[n] == '=') {
            argv_remove(c, i, 1);
            return word + n + 1;
        }
        if (word[n] == '\0' && i + 1 < c->argc) {
            char *value = c->argv[i + 1];

            argv_remove(c, i, 2);
            return value;
        }
    }
    return NULL;
}

bool cli_flag(struct cli *c, const char *name)
{
    for (int i = 1; i < c->argc; i++)
        if (strcmp(c->argv[i], name) == 0) {
            argv_remove(c, i, 1);
            return true;
        }
    return false;
}

const char *cli_word(struct cli *c)
{
    for (int i = 1; i < c->argc; i++)
        if (c->argv[i][0] != '-' || c->argv[i][1] == '\0') {
            char *word = c->argv[i];

            argv_remove(c, i, 1);
            return word;
        }
    return NULL;
}

const char *cli_name(struct cli *c, const char *verb)
{
    const char *name = cli_word(c);

    if (name == NULL)
        fprintf(stderr, "tocsin %s %s: a name is missing\n", c->argv[0], verb);
    return name != NULL && cli_done(c) ? name : NULL;
}

bool cli_done(struct cli *c)
{
    if (c->argc > 1)
        fprintf(stderr, "tocsin %s: \"%s\" is not understood\n", c->argv[0],
                c->argv[1]);
    return c->argc <= 1;
}

static bool output_parse(const char *word, enum output *out)
{
    static const char *const words[] = {"table", "json", "id"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcmp(word, words[i]) == 0) {
            *out = (enum output)i;
            return true;
        }
    return false;
}

bool cli_options(struct cli *c, struct error *err)
{
    const char *environment = getenv("TOCSIN_SERVER");
    const char *output;
    const char *value;

    c->server = (value = cli_take(c, "--server")) ? value
                : environment                     ? environment
                                                  : DEFAULT_SERVER;
    c->data_dir = (value = cli_take(c, "--data")) ? value : "./data";
    c->token_file = cli_take(c, "--token-file");
    output = cli_take(c, "-o");
    if (output == NULL)
        output = cli_take(c, "--output");
    if (output != NULL && !output_parse(output, &c->output))
        return error_set(err, "-o takes table, json or id, not \"%s\"", output);
    if (cli_flag(c, "-q"))
        c->output = OUTPUT_IDS;
    c->yes = cli_flag(c, "--yes");
    return true;
}

/* --- HTTP --------------------------------------------------------------------- */

static bool token_from(const char *path, char out[TOKEN_MAX])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, TOKEN_MAX - 1) : -1;

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return false;
    out[n] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return true;
}

/* TOCSIN_TOKEN, --token-file, or what the server left beside its data. */
static struct curl_slist *token_header(struct cli *c, struct curl_slist *list)
{
    const char *environment = getenv("TOCSIN_TOKEN");
    char token[TOKEN_MAX] = "";
    struct str beside = arena_printf(&c->arena, "%s/admin.token", c->data_dir);
    struct str line;

    if (c->token_file != NULL) {
        if (!token_from(c->token_file, token))
            fprintf(stderr, "tocsin: no token in %s\n", c->token_file);
    } else if (environment != NULL) {
        snprintf(token, sizeof token, "%s", environment);
    } else if (!token_from(beside.p, token)) {
        token_from("/var/lib/tocsin/admin.token", token);
    }
    if (token[0] == '\0')
        return list;
    line = arena_printf(&c->arena, "Authorization: Bearer %s", token);
    return curl_slist_append(list, line.p);
}

static size_t take_body(char *p, size_t size, size_t n, void *to)
{
    buf_add(to, p, size * n);
    return ((struct buf *)to)->over ? 0 : size * n;
}

static bool perform(struct cli *c, const char *method, const char *path,
                    const char *content_type, struct str body, struct buf *to,
                    struct answer *out)
{
    CURL *curl = curl_easy_init();
    struct str url = arena_printf(&c->arena, "%s%s", c->server, path);
    struct str type = arena_printf(&c->arena, "Content-Type: %s", content_type);
    struct curl_slist *headers = token_header(c, NULL);
    long status = 0;
    CURLcode code;

    headers = curl_slist_append(headers, body.n ? type.p : "Accept: application/json");
    curl_easy_setopt(curl, CURLOPT_URL, url.p);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, to);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 120L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,::1,localhost");
    if (body.n > 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.p);
    }
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        fprintf(stderr, "tocsin: cannot reach %s: %s. Is it running? "
                        "(tocsin serve)\n",
                c->server, curl_easy_strerror(code));
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    out->status = (int)status;
    return code == CURLE_OK;
}

static void problem_print(struct cli *c, const struct answer *a)
{
    const struct json *detail = json_get(a->json, "detail");
    const struct json *errors = json_get(a->json, "errors");

    fputs("tocsin: ", stderr);
    if (detail == NULL) {
        fprintf(stderr, "the server answered %d\n", a->status);
        return;
    }
    fprintf(stderr, "%.*s\n", STR_ARG(cell_text(c, detail)));
    for (const struct json *e = errors ? errors->first : NULL; e; e = e->next) {
        const struct json *at = json_get(e, "source");

        /* Mostly the only one is the detail, said already. */
        if (str_eq(json_text(json_get(e, "message")), json_text(detail)))
            continue;

        if (at == NULL)
            at = json_get(e, "pointer");
        fprintf(stderr, "  %.*s: %.*s\n", STR_ARG(cell_text(c, at)),
                STR_ARG(cell_text(c, json_get(e, "message"))));
    }
}

static int exit_of(int status)
{
    if (status / 100 == 2)
        return EXIT_OK;
    if (status == 401 || status == 403)
        return EXIT_NOT_ALLOWED;
    if (status == 404)
        return EXIT_NOTHING;
    return status / 100 == 4 ? EXIT_INVALID : EXIT_FAILED;
}

int client_call(struct cli *c, const char *method, const char *path,
                const char *content_type, struct str body, struct answer *out)
{
    struct buf to freed_by(buf_release) = BUF(ANSWER_MAX);
    struct error err;

    *out = (struct answer){0};
    if (!perform(c, method, path, content_type, body, &to, out))
        return EXIT_UNREACHABLE;
    out->text = arena_str(&c->arena, buf_view(&to));
    out->json = out->text.n ? json_parse(&c->arena, out->text, &err) : NULL;
    if (out->status / 100 != 2)
        problem_print(c, out);
    return exit_of(out->status);
}

int client_get(struct cli *c, const char *path, struct answer *out)
{
    return client_call(c, "GET", path, "", STR_NONE, out);
}

int client_send(struct cli *c, const char *method, const char *path,
                struct str json, struct answer *out)
{
    return client_call(c, method, path, "application/json", json, out);
}

/* --- paths --------------------------------------------------------------------- */

static void percent(struct buf *to, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char u = (unsigned char)*text;

        if ((u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') ||
            (u >= 'A' && u <= 'Z') || strchr("-._~", u) != NULL)
            buf_char(to, *text);
        else
            buf_printf(to, "%%%02X", u);
    }
}

const char *client_path(struct cli *c, const char *base, const char *name,
                        const char *after)
{
    struct buf b freed_by(buf_release) = BUF(8192);

    buf_text(&b, base);
    buf_char(&b, '/');
    percent(&b, name);
    buf_text(&b, after);
    return arena_c(&c->arena, buf_view(&b));
}

void client_query(struct buf *path, const char *name, const char *value)
{
    if (value == NULL)
        return;
    buf_char(path, strchr(buf_c(path), '?') != NULL ? '&' : '?');
    buf_text(path, name);
    buf_char(path, '=');
    percent(path, value);
}

const char *client_signed(struct cli *c, const char *path, const char *comment)
{
    struct buf to freed_by(buf_release) = BUF(1u << 20); /* the server has a limit */

    buf_text(&to, path);
    client_query(&to, "comment", comment);
    return arena_c(&c->arena, buf_view(&to));
}
