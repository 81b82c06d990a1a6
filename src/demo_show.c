/* demo_show.c -- the demo's screen: what each channel got, as a person sees it. On a
 * terminal as wide as that, with colours; elsewhere plain. Nothing an alert says
 * reaches the terminal but as text. */
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "demo_own.h"
#include "message/escape.h"

#define WIDTH_PLAIN 100
#define WIDTH_MIN 40
#define WIDTH_MAX 120
#define LINES_SHOWN 22   /* of one message; --raw has all */
#define MACHINE_LINES 4  /* of one that programs read */
#define SLOW_MS 1000
#define TEXT_MAX (1u << 20)

enum style { STYLE_NONE, STYLE_TITLE, STYLE_DIM, STYLE_MARK, STYLE_BAD };

void screen_open(struct screen *s, FILE *to)
{
    bool terminal = isatty(fileno(to)) == 1;
    struct winsize size = {0};

    setlocale(LC_CTYPE, "C.UTF-8"); /* for wcwidth() */
    *s = (struct screen){
        .to = to,
        .width = WIDTH_PLAIN,
        .colours = terminal && getenv("NO_COLOR") == NULL,
        .lines = terminal,
    };
    if (terminal && ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        s->width = MIN(MAX((size_t)size.ws_col, (size_t)WIDTH_MIN), (size_t)WIDTH_MAX);
}

static void style(const struct screen *s, enum style style)
{
    static const char *const codes[] = {
        [STYLE_NONE] = "\033[0m", [STYLE_TITLE] = "\033[1m", [STYLE_DIM] = "\033[2m",
        [STYLE_MARK] = "\033[32m", [STYLE_BAD] = "\033[31m",
    };

    if (s->colours)
        fputs(codes[style], s->to);
}

static void styled(const struct screen *s, enum style how, const char *text)
{
    style(s, how);
    fputs(text, s->to);
    style(s, STYLE_NONE);
}

/* --- text in columns ------------------------------------------------------------------ */

/* Bytes of the first character, and the columns it takes. */
static size_t character(struct str s, size_t *columns)
{
    uint32_t code;
    size_t n = utf8_first(s, &code);
    int width = n > 0 ? wcwidth((wchar_t)code) : 1;

    *columns = width > 0 ? (size_t)width : 0;
    return MAX(n, 1);
}

static size_t columns_of(struct str s)
{
    size_t sum = 0, columns;

    while (s.n > 0) {
        s = str_from(s, character(s, &columns));
        sum += columns;
    }
    return sum;
}

/* How much of a line fits: to the last blank or comma of its second half, if any. */
static size_t fitting(struct str line, size_t width)
{
    size_t at = 0, used = 0, best = 0;

    while (at < line.n) {
        size_t columns, n = character(str_from(line, at), &columns);

        if (used + columns > width)
            return best > 0 ? best : MAX(at, n);
        used += columns;
        at += n;
        if (used > width / 2 && (line.p[at - 1] == ' ' || line.p[at - 1] == ','))
            best = at;
    }
    return at;
}

struct wrap {
    struct str rest;    /* after `line` */
    struct str line;    /* what is left of the present one */
    size_t width;
};

static bool wrap_next(struct wrap *w, struct str *out)
{
    if (w->line.n == 0) {
        if (w->rest.n == 0)
            return false;
        w->line = str_until(&w->rest, '\n');
    }
    *out = str_first(w->line, fitting(w->line, w->width));
    w->line = str_from(w->line, out->n);
    while (w->line.n > 0 && w->line.p[0] == ' ')
        w->line = str_from(w->line, 1);
    return true;
}

static void framed(const struct screen *s, struct str text, size_t most)
{
    struct wrap w = {.rest = text, .width = s->width - 7};
    struct str line;
    size_t n = 0, more = 0;

    while (wrap_next(&w, &line)) {
        if (n++ >= most) {
            more++;
            continue;
        }
        styled(s, STYLE_DIM, s->lines ? "     \u2502 " : "     | ");
        fprintf(s->to, "%.*s\n", STR_ARG(line));
    }
    if (more == 0)
        return;
    style(s, STYLE_DIM);
    fprintf(s->to, "     %s ... %zu more line%s; --raw has all of it\n",
            s->lines ? "\u2502" : "|", more, more == 1 ? "" : "s");
    style(s, STYLE_NONE);
}

/* --- a message ------------------------------------------------------------------------ */

static size_t place_of(const struct fake_post *posts, size_t n, struct str id)
{
    for (size_t i = 0; i < n; i++)
        if (id.n > 0 && str_eq(posts[i].id, id))
            return i + 1;
    return 0;
}

static void message_marks(const struct screen *s, const struct fake_post *posts, size_t n,
                          const struct fake_post *p)
{
    size_t root = place_of(posts, n, p->thread);

    if (root == 0 && p->edits == 0 && !p->ended)
        return;
    style(s, STYLE_MARK);
    if (root > 0)
        fprintf(s->to, "  in the thread of %zu", root);
    if (p->edits > 0)
        fprintf(s->to, "  edited %u%s", p->edits, "\u00d7");
    if (p->ended)
        fputs("  ended", s->to);
    style(s, STYLE_NONE);
}

/* What is not seen is written as JSON would: "\u200b". */
static void unseen_written(struct buf *to, struct str s)
{
    while (s.n > 0) {
        struct buf clean freed_by(buf_release) = BUF(8);
        uint32_t code = 0;
        size_t n = MAX(utf8_first(s, &code), 1);

        clean_text(&clean, str_first(s, n), true);
        if (clean.n > 0)
            buf_str(to, buf_view(&clean));
        else
            buf_printf(to, "\\u%04x", (unsigned)code);
        s = str_from(s, n);
    }
}

/* As it went over the wire, a line a line. */
static void raw_show(const struct screen *s, struct str body)
{
    style(s, STYLE_DIM);
    while (body.n > 0) {
        struct str line = str_until(&body, '\n');
        struct buf shown freed_by(buf_release) = BUF(TEXT_MAX * 6);

        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        unseen_written(&shown, line);
        fprintf(s->to, "     > %s\n", buf_c(&shown));
    }
    style(s, STYLE_NONE);
}

/* What a person sees, in an arena and fit for the terminal. */
static struct str seen(const struct channel *c, const struct fake_post *p, struct arena *a)
{
    struct buf shown freed_by(buf_release) = BUF(TEXT_MAX);
    struct buf clean freed_by(buf_release) = BUF(TEXT_MAX);

    fake_show(c->fake, p, &shown);
    clean_text(&clean, buf_view(&shown), true);
    return arena_str(a, str_trim(buf_view(&clean)));
}

static size_t lines_max(const struct screen *s, const struct channel *c)
{
    if (s->raw)
        return SIZE_MAX;
    return c->vendor->machine ? MACHINE_LINES : LINES_SHOWN;
}

static struct str first_line(struct str text)
{
    return str_first(text, str_find(text, '\n'));
}

/* The first line of what an edited message was, when it was another. */
static void was_show(const struct screen *s, const struct channel *c,
                     const struct fake_post *p, struct arena *a)
{
    struct fake_post was = *p;
    struct str before, now;

    if (p->edits == 0)
        return;
    was.body = p->first;
    was.ended = false;
    before = first_line(seen(c, &was, a));
    now = first_line(seen(c, p, a));
    if (str_eq(before, now))
        return;
    style(s, STYLE_DIM);
    fprintf(s->to, "     was: %.*s\n", STR_ARG(before));
    style(s, STYLE_NONE);
}

static void message_show(const struct screen *s, const struct channel *c,
                         const struct fake_post *posts, size_t n, size_t at)
{
    struct arena a freed_by(arena_release) = {0};

    style(s, STYLE_TITLE);
    fprintf(s->to, "%4zu", at + 1);
    style(s, STYLE_NONE);
    message_marks(s, posts, n, &posts[at]);
    fputc('\n', s->to);
    was_show(s, c, &posts[at], &a);
    framed(s, seen(c, &posts[at], &a), lines_max(s, c));
    if (s->raw)
        raw_show(s, posts[at].body);
}

/* --- a channel ------------------------------------------------------------------------ */

static void rule(const struct screen *s, const char *left, const char *right)
{
    size_t taken = columns_of(str_of(left)) + columns_of(str_of(right)) + 2;

    fputc('\n', s->to);
    styled(s, STYLE_TITLE, left);
    fputc(' ', s->to);
    style(s, STYLE_DIM);
    for (size_t i = taken; i < s->width; i++)
        fputs(s->lines ? "\u2500" : "-", s->to);
    fprintf(s->to, "%s%s\n", right[0] != '\0' ? " " : "", right);
    style(s, STYLE_NONE);
}

static void outcome_show(const struct screen *s, const struct outcome_counts *o)
{
    if (o->skipped > 0) {
        style(s, STYLE_DIM);
        fprintf(s->to, "     %zu alert%s not for it: %s\n", o->skipped,
                o->skipped == 1 ? " was" : "s were", o->skip_reason);
        style(s, STYLE_NONE);
    }
    if (o->failed > 0) {
        style(s, STYLE_BAD);
        fprintf(s->to, "     %zu NOT DELIVERED: %s\n", o->failed, o->failure);
        style(s, STYLE_NONE);
    }
}

/* Not on the screen, or not as it is now. */
static bool is_news(const struct channel *c, const struct fake_post *p, size_t at)
{
    return at >= c->printed_count || c->printed[at] != p->edits + p->ended;
}

bool channel_has_news(struct channel *c)
{
    const struct fake_post *posts;
    size_t n;

    if (c->printed == NULL || c->fake == NULL)
        return c->printed == NULL;
    fake_look(c->server);
    n = fake_posts(c->fake, &posts);
    for (size_t i = 0; i < n; i++)
        if (is_news(c, &posts[i], i))
            return true;
    return false;
}

static void printed_note(struct channel *c, const struct fake_post *posts, size_t n)
{
    c->printed = mem_grow(c->printed, n + 1, sizeof *c->printed);
    c->printed_count = n;
    for (size_t i = 0; i < n; i++)
        c->printed[i] = posts[i].edits + posts[i].ended;
}

static void channel_head(const struct screen *s, const struct channel *c,
                         const char *right)
{
    rule(s, c->type->title, right);
    style(s, STYLE_DIM);
    fprintf(s->to, "%s\n", c->type->help);
    style(s, STYLE_NONE);
}

void screen_channel(const struct screen *s, struct channel *c,
                    const struct outcome_counts *o)
{
    const struct fake_post *posts = NULL;
    char right[64] = "not shown";
    size_t n = 0;

    if (c->fake != NULL) {
        fake_look(c->server);
        n = fake_posts(c->fake, &posts);
        snprintf(right, sizeof right, "%zu message%s", n, n == 1 ? "" : "s");
    }
    channel_head(s, c, right);
    if (c->fake == NULL)
        fprintf(s->to, "     %s\n", c->why_not.text);
    for (size_t i = 0; i < n; i++)
        if (is_news(c, &posts[i], i))
            message_show(s, c, posts, n, i);
    printed_note(c, posts, n);
    outcome_show(s, o);
    fflush(s->to);
}

/* --- around it ------------------------------------------------------------------------ */

void screen_intro(const struct screen *s, const struct channels *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        n += c->v[i].fake != NULL;
    styled(s, STYLE_TITLE, "Tocsin demo");
    fprintf(s->to,
            ": %zu sample alerts through the whole program to %zu channel%s.\n"
            "Behind each channel is a fake of its vendor, in this process: no network, no\n"
            "account, nothing to configure, and nothing stays behind.\n\n",
            sample_count, n, n == 1 ? "" : "s");
    fflush(s->to);
}

void screen_sample(const struct screen *s, size_t nth, const char *title,
                   size_t delivered, int64_t took_ms)
{
    fprintf(s->to, "%4zu  %-31s delivered to %zu channel%s in %lld.%02lld s%s\n", nth, title,
            delivered, delivered == 1 ? "" : "s", (long long)(took_ms / 1000),
            (long long)(took_ms % 1000 / 10),
            took_ms >= SLOW_MS ? ": vendors take so many a minute" : "");
    fflush(s->to);
}

static void totals_line(const struct screen *s, const struct totals *t)
{
    const struct outbox_counts *n = &t->counts;
    bool whole = n->accepted == n->delivered;

    style(s, whole ? STYLE_MARK : STYLE_BAD);
    fprintf(s->to,
            "%llu deliveries accepted = %llu delivered + %llu dead + %llu pending "
            "+ %llu held + %llu withheld\n",
            (unsigned long long)n->accepted, (unsigned long long)n->delivered,
            (unsigned long long)n->dead, (unsigned long long)n->pending,
            (unsigned long long)n->held, (unsigned long long)n->withheld);
    style(s, STYLE_NONE);
}

void screen_summary(const struct screen *s, const struct totals *t)
{
    rule(s, "In all", "");
    fprintf(s->to, "%llu alerts to %zu channel%s and the history, in %lld.%lld s\n",
            (unsigned long long)t->counts.accepted_alerts, t->channels,
            t->channels == 1 ? "" : "s", (long long)(t->took_ms / 1000),
            (long long)(t->took_ms % 1000 / 100));
    totals_line(s, t);
    fputs("\nNow the real one:\n"
          "  ./dev run                        build it and run it, data in ./data\n"
          "  tocsin endpoint types            what each channel asks for\n"
          "  tocsin endpoint add ops --type webhook --set url=https://...\n"
          "More of this:\n"
          "  tocsin demo --only slack --raw   one channel, and the bytes it was sent\n"
          "  tocsin demo --keep               stays up: send it alerts of your own\n"
          "  README.md, man tocsin            the rest\n",
          s->to);
    fflush(s->to);
}
