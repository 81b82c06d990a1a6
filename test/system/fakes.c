/* fakes.c -- the vendors' fakes behind ports, for tests that are not in this process.
 *
 * fakes TYPE...     says a line of JSON for each: how an endpoint and a recipient reach
 * it; then one for each message it was sent, and for each that was changed: the text as
 * people see it, and the body as it came.
 * "TYPE FAULT N" on its standard input: the next N requests go wrong that way, and
 * {"type", "fault"} says that it was heard. It ends with its standard input. */
#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "fake/server.h"

#define FAKES_MAX 16
#define LINE_MAX_BYTES 256

struct stall {
    struct fake *fake;
    struct fake_server *server;
    unsigned *said; /* ours: of each message, how often it had changed */
    size_t said_count;
};

struct fakes {
    struct loop *loop;
    struct stall v[FAKES_MAX];
    size_t n;
    char line[LINE_MAX_BYTES];
    size_t line_bytes;
};

static const char *const fault_names[] = {
    [FAULT_NONE] = "none",       [FAULT_LIMITED] = "limited",
    [FAULT_BROKEN] = "broken",   [FAULT_PAGE] = "page",
    [FAULT_REVOKED] = "revoked", [FAULT_PLACE_GONE] = "place_gone",
    [FAULT_REFUSED] = "refused",
};

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "fakes: %s: %s\n", what, why);
    exit(2);
}

static void line_end(struct json_out *o, struct buf *b)
{
    out_object_end(o);
    printf("%s\n", buf_c(b));
    fflush(stdout);
}

/* --- what is said ---------------------------------------------------------------------- */

static void stall_say(const struct stall *s)
{
    const struct fake_vendor *v = fake_vendor(s->fake);
    uint16_t port = fake_port(s->server);
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(65536);
    struct json_out o = JSON_OUT(&b);

    out_object(&o, NULL);
    out_text(&o, "type", v->name);
    out_tree(&o, "endpoint", fake_params(v->endpoint, port, "", &a));
    out_tree(&o, "recipient", fake_params(v->recipient, port, "", &a));
    line_end(&o, &b);
}

static void post_say(const struct stall *s, const struct fake_post *p)
{
    struct buf shown freed_by(buf_release) = BUF(1u << 20);
    struct buf b freed_by(buf_release) = BUF(1u << 23);
    struct json_out o = JSON_OUT(&b);

    fake_show(s->fake, p, &shown);
    out_object(&o, NULL);
    out_text(&o, "type", fake_vendor(s->fake)->name);
    out_str(&o, "text", str_trim(buf_view(&shown)));
    out_str(&o, "body", p->body);
    out_i64(&o, "edits", p->edits);
    line_end(&o, &b);
}

static void news_say(void *arg)
{
    struct fakes *f = arg;

    for (struct stall *s = f->v; s < f->v + f->n; s++) {
        const struct fake_post *posts;
        size_t n = fake_posts(s->fake, &posts);

        s->said = mem_grow(s->said, n + 1, sizeof *s->said);
        for (size_t i = 0; i < n; i++) {
            unsigned changed = posts[i].edits + posts[i].ended;

            if (i >= s->said_count || s->said[i] != changed)
                post_say(s, &posts[i]);
            s->said[i] = changed;
        }
        s->said_count = n;
    }
}

/* --- what is heard --------------------------------------------------------------------- */

static struct stall *stall_find(struct fakes *f, const char *type)
{
    for (struct stall *s = f->v; s < f->v + f->n; s++)
        if (strcmp(fake_vendor(s->fake)->name, type) == 0)
            return s;
    fail("no such type", type);
    return NULL;
}

static enum fault fault_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(fault_names); i++)
        if (strcmp(fault_names[i], name) == 0)
            return (enum fault)i;
    fail("no such fault", name);
    return FAULT_NONE;
}

static void line_obey(struct fakes *f, const char *line)
{
    char type[32], fault[32];
    unsigned requests;

    if (sscanf(line, "%31s %31s %u", type, fault, &requests) != 3)
        fail("not TYPE FAULT N", line);
    fake_fail(stall_find(f, type)->fake, fault_find(fault), requests);
    printf("{\"type\":\"%s\",\"fault\":\"%s\"}\n", type, fault);
    fflush(stdout);
}

static void input_read(void *arg, int fd, int events unused)
{
    struct fakes *f = arg;
    ssize_t n = read(fd, f->line + f->line_bytes, sizeof f->line - 1 - f->line_bytes);
    char *end;

    if (n <= 0) {
        loop_stop(f->loop);
        return;
    }
    f->line_bytes += (size_t)n;
    f->line[f->line_bytes] = '\0';
    while ((end = strchr(f->line, '\n')) != NULL) {
        *end = '\0';
        line_obey(f, f->line);
        f->line_bytes -= (size_t)(end + 1 - f->line);
        memmove(f->line, end + 1, f->line_bytes + 1);
    }
    if (f->line_bytes == sizeof f->line - 1)
        fail("a line is too long", f->line);
}

int main(int argc, char **argv)
{
    struct fakes f = {.n = 0};
    struct error err = {0};

    f.loop = loop_new(&clock_real, &err);
    if (f.loop == NULL)
        fail("loop", err.text);
    for (int i = 1; i < argc && f.n < FAKES_MAX; i++) {
        const struct fake_vendor *v = fake_vendor_find(str_of(argv[i]));
        struct stall *s = &f.v[f.n++];

        if (v == NULL || v->face == FAKE_FILE)
            fail(argv[i], "there is no such fake behind a port");
        s->fake = fake_new(v);
        s->server = fake_serve(f.loop, s->fake, NULL, &err);
        if (s->server == NULL)
            fail(argv[i], err.text);
        stall_say(s);
    }
    if (!loop_watch(f.loop, STDIN_FILENO, LOOP_READ, input_read, &f, &err))
        fail("standard input", err.text);
    loop_at_turn_end(f.loop, news_say, &f);
    loop_run(f.loop);
    loop_unwatch(f.loop, STDIN_FILENO);
    for (struct stall *s = f.v; s < f.v + f.n; s++) {
        fake_server_free(s->server);
        fake_free(s->fake);
        free(s->said);
    }
    loop_free(f.loop);
    return 0;
}
