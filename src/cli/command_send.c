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

static int chunk_send(struct cli *c, const struct source *s, struct buf *chunk, size_t *sent)
{
    struct answer a;
    int status;

    if (chunk->n == 0)
        return EXIT_OK;
    status = client_call(c, "POST", s->path, s->type, buf_view(chunk), &a);
    *sent += (size_t)json_i64_or(json_get(a.json, "accepted"), 0);
    buf_reset(chunk);
    arena_reset(&c->arena);
    return status;
}

/* One JSON document, or NDJSON in groups so that a long stream needs no memory.
 * A group ends at CHUNK_LINES lines, or when the next would be too large. */
static int stream_send(struct cli *c, const struct source *s)
{
    struct buf chunk freed_by(buf_release) = BUF(INTAKE_BODY_MAX);
    char *line = NULL;
    size_t room = 0;
    size_t lines = 0;
    size_t sent = 0;
    int status = EXIT_OK;
    ssize_t n;
    bool whole = false; /* an array or a pretty-printed object: one body */

    while (status == EXIT_OK && (n = getline(&line, &room, stdin)) >= 0) {
        struct str text = str_trim((struct str){line, (size_t)n});

        whole = whole || (chunk.n == 0 && text.n > 0 &&
                          (text.p[0] == '[' || !str_ends(text, "}")));
        if (!whole && (lines >= CHUNK_LINES || chunk.n + (size_t)n > CHUNK_BYTES)) {
            status = chunk_send(c, s, &chunk, &sent);
            lines = 0;
        }
        buf_add(&chunk, line, (size_t)n);
        lines++;
    }
    free(line);
    if (chunk.over) {
        fprintf(stderr, "tocsin send: more than %u bytes in one document; send an alert "
                        "a line\n",
                INTAKE_BODY_MAX);
        return EXIT_INVALID;
    }
    if (status == EXIT_OK)
        status = chunk_send(c, s, &chunk, &sent);
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
