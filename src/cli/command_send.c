/* command_send.c -- tocsin send: alerts from standard input, or one from words. */
#include "cli/commands.h"

#include "base/limits.h"

#define CHUNK_BYTES (512u << 10)
#define CHUNK_LINES 64

struct source {
    const char *name, *path, *type;
};

static const struct source sources[] = {
    {"native", "/api/v1/alerts", "application/x-ndjson"},
    {"ntopng", "/in/ntopng", "application/json"},
    {"alertmanager", "/api/v2/alerts", "application/json"},
};

/* Some alerts of standard input: what one request takes. */
struct chunk {
    struct buf text;
    size_t lines[CHUNK_LINES]; /* of standard input, from 1: where each begins */
    size_t n;
    bool whole; /* an array or a pretty-printed object: one body */
};

static void chunk_release(struct chunk *k)
{
    buf_release(&k->text);
}

static void chunk_clear(struct chunk *k)
{
    buf_reset(&k->text);
    k->n = 0;
}

/* Where "/3/severity" is; 0: in a document of its own, which says it itself. */
static size_t line_of(const struct chunk *k, struct str pointer)
{
    struct str rest = str_from(pointer, 1);
    uint64_t index = 0;

    if (k->whole || k->n == 0)
        return 0;
    if (k->n > 1 && (!str_to_u64(str_until(&rest, '/'), &index) || index >= k->n))
        return 0;
    return k->lines[index];
}

static void refusal_print(struct cli *c, const struct chunk *k, const struct answer *a)
{
    const struct json *errors = json_get(a->json, "errors");
    struct str pointer = json_text(json_get(errors ? errors->first : NULL, "pointer"));
    size_t line = line_of(k, pointer);

    if (a->status / 100 != 4 || k->n == 0)
        return;
    if (line > 0)
        fprintf(stderr, "tocsin send: line %zu is wrong; nothing was taken from line %zu on\n",
                line, k->lines[0]);
    else
        fprintf(stderr, "tocsin send: nothing was taken of the document%s%.*s\n",
                pointer.n > 0 ? ", for what is at " : "", STR_ARG(cell_text(c, json_get(
                errors ? errors->first : NULL, "pointer"))));
}

static void lines_print(struct cli *c, const struct chunk *k, const struct answer *a)
{
    const struct json *list = json_get(a->json, "warnings");

    if (k->whole) {
        warnings_print(c, a->json);
        return;
    }
    for (const struct json *w = list ? list->first : NULL; w; w = w->next) {
        struct str place = json_text(json_get(w, "place"));
        struct str name = str_from(place, 1);
        size_t line = line_of(k, place);

        if (k->n > 1)
            str_until(&name, '/');
        fprintf(stderr, "warning: line %zu: \"%.*s\" %.*s\n", line,
                STR_ARG(cell_text(c, &(struct json){.type = JSON_STRING, .text = name})),
                STR_ARG(cell_text(c, json_get(w, "text"))));
    }
}

static int chunk_send(struct cli *c, const struct source *s, struct chunk *k, size_t *sent)
{
    struct answer a;
    int status;

    if (k->text.n == 0)
        return EXIT_OK;
    status = client_call(c, "POST", s->path, s->type, buf_view(&k->text), &a);
    *sent += (size_t)json_i64_or(json_get(a.json, "accepted"), 0);
    if (status == EXIT_OK)
        lines_print(c, k, &a);
    else
        refusal_print(c, k, &a);
    chunk_clear(k);
    arena_reset(&c->arena);
    return status;
}

/* A group ends at CHUNK_LINES lines, or when the next would be too large. */
static bool is_full(const struct chunk *k, size_t more)
{
    return !k->whole && (k->n == CHUNK_LINES || k->text.n + more > CHUNK_BYTES);
}

static void chunk_add(struct chunk *k, struct str line, size_t number)
{
    struct str text = str_trim(line);

    k->whole = k->whole || (k->text.n == 0 && text.n > 0 &&
                            (text.p[0] == '[' || !str_ends(text, "}")));
    if (text.n > 0 && k->n < CHUNK_LINES)
        k->lines[k->n++] = number;
    buf_str(&k->text, line);
}

/* One JSON document, or NDJSON in groups so that a long stream needs no memory. */
static int stream_send(struct cli *c, const struct source *s)
{
    struct chunk k freed_by(chunk_release) = {.text = BUF(INTAKE_BODY_MAX)};
    char *line = NULL;
    size_t room = 0;
    size_t number = 0;
    size_t sent = 0;
    int status = EXIT_OK;
    ssize_t n;

    while (status == EXIT_OK && (n = getline(&line, &room, stdin)) >= 0) {
        if (is_full(&k, (size_t)n))
            status = chunk_send(c, s, &k, &sent);
        if (status == EXIT_OK)
            chunk_add(&k, (struct str){line, (size_t)n}, ++number);
    }
    free(line);
    if (k.text.over) {
        fprintf(stderr, "tocsin send: more than %u bytes in one document; send an alert "
                        "a line\n",
                INTAKE_BODY_MAX);
        return EXIT_INVALID;
    }
    if (status == EXIT_OK)
        status = chunk_send(c, s, &k, &sent);
    fprintf(stderr, "%zu alerts accepted\n", sent);
    return status;
}

/* The text of `-b -`: all of standard input. */
static void body_write(struct json_out *o, const char *text)
{
    struct buf b freed_by(buf_release) = BUF(ALERT_MESSAGE_MAX);
    char *room;
    size_t n;

    if (strcmp(text, "-") != 0) {
        out_text(o, "message", text);
        return;
    }
    while ((room = buf_room(&b, 1024)) != NULL && (n = fread(room, 1, 1024, stdin)) > 0)
        buf_used(&b, n);
    out_str(o, "message", str_trim(buf_view(&b)));
}

static int words_send(struct cli *c)
{
    static const struct {
        const char *option, *member;
    } words[] = {
        {"-s", "severity"},        {"--severity", "severity"}, {"-t", "type"},
        {"--type", "type"},        {"--entity", "entity"},     {"--value", "entity_value"},
        {"--category", "category"}, {"--action", "action"},    {"--key", "key"},
    };
    struct buf b freed_by(buf_release) = BUF(ALERT_JSON_MAX);
    struct json_out o = JSON_OUT(&b);
    const char *body = cli_take(c, "-b");
    struct answer a;
    int status;

    out_object(&o, NULL);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const char *value = cli_take(c, words[i].option);

        if (value != NULL)
            out_text(&o, words[i].member, value);
    }
    if (body == NULL || !cli_done(c))
        return EXIT_USAGE;
    body_write(&o, body);
    out_object_end(&o);
    status = client_send(c, "POST", "/api/v1/alerts", buf_view(&b), &a);
    if (status == EXIT_OK && c->output == OUTPUT_JSON)
        print_json(c, a.json);
    else if (status == EXIT_OK)
        for (const struct json *r = json_get(a.json, "alerts")->first; r; r = r->next)
            printf("alert %.*s %.*s\n", STR_ARG(cell_text(c, json_get(r, "id"))),
                   STR_ARG(cell_text(c, json_get(r, "change"))));
    return status;
}

int command_send(struct cli *c)
{
    const char *as = cli_take(c, "--as");

    for (int i = 1; i < c->argc; i++)
        if (strcmp(c->argv[i], "-b") == 0)
            return words_send(c);
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        if (strcmp(as ? as : "native", sources[i].name) == 0) {
            const char *word = cli_word(c);

            if (word == NULL || strcmp(word, "-") != 0 || !cli_done(c))
                return EXIT_USAGE;
            return stream_send(c, &sources[i]);
        }
    fprintf(stderr, "tocsin send: --as takes native, ntopng or alertmanager\n");
    return EXIT_USAGE;
}
