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
#define LINES_SHOWN 16 /* of one message; --raw has all */
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

/* How much of a line fits: to the last blank when there is one in its second half. */
static size_t fitting(struct str line, size_t width)
{
    size_t at = 0, used = 0, blank = 0;

    while (at < line.n) {
        size_t columns, n = character(str_from(line, at), &columns);

        if (used + columns > width)
            return blank > 0 ? blank : MAX(at, n);
        if (line.p[at] == ' ' && used > width / 2)
            blank = at;
        used += columns;
        at += n;
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

static void framed(const struct screen *s, struct str text, size_t lines_max)
{
    struct wrap w = {.rest = text, .width = s->width - 7};
    struct str line;
    size_t n = 0, more = 0;

    while (wrap_next(&w, &line)) {
        if (n++ >= lines_max) {
            more++;
            continue;
        }
        styled(s, STYLE_DIM, s->lines ? "     \u2502 " : "     | ");
        fprintf(s->to, "%.*s\n", STR_ARG(line));
    }
    if (more == 0)
        return;
    style(s, STYLE_DIM);
    fprintf(s->to, "     %s ... %zu lines more; --raw has all of it\n",
            s->lines ? "\u2502" : "|", more);
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

    style(s, STYLE_MARK);
    if (root > 0)
        fprintf(s->to, "  in the thread of %zu", root);
    if (p->edits > 0)
        fprintf(s->to, "  edited %u%s", p->edits, "\u00d7");
    if (p->ended)
        fputs("  ended", s->to);
    style(s, STYLE_NONE);
}

/* As it went over the wire, in one piece unless a terminal would break it. */
static void raw_show(const struct screen *s, struct str body)
{
    struct buf clean freed_by(buf_release) = BUF(TEXT_MAX);
    struct str rest;

    clean_text(&clean, body, true);
    rest = buf_view(&clean);
    style(s, STYLE_DIM);
    while (rest.n > 0)
        fprintf(s->to, "     > %.*s\n", STR_ARG(str_until(&rest, '\n')));
    style(s, STYLE_NONE);
}

static void message_show(const struct screen *s, const struct channel *c,
                         const struct fake_post *posts, size_t n, size_t at)
{
    struct buf seen freed_by(buf_release) = BUF(TEXT_MAX);
    struct buf clean freed_by(buf_release) = BUF(TEXT_MAX);
    struct str text;

    fake_show(c->fake, &posts[at], &seen);
    clean_text(&clean, buf_view(&seen), true);
    text = str_trim(buf_view(&clean));
    style(s, STYLE_TITLE);
    fprintf(s->to, "%4zu", at + 1);
    style(s, STYLE_NONE);
    message_marks(s, posts, n, &posts[at]);
    fputc('\n', s->to);
    framed(s, text, s->raw ? SIZE_MAX : LINES_SHOWN);
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
    fprintf(s->to, " %s\n", right);
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

static unsigned changes_of(const struct fake_post *posts, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += posts[i].edits + posts[i].ended;
    return sum;
}

static bool channel_posts(const struct screen *s, struct channel *c)
{
    const struct fake_post *posts;
    size_t n, from = c->printed;
    unsigned changes;

    fake_look(c->server);
    n = fake_posts(c->fake, &posts);
    changes = changes_of(posts, n);
    if (n == c->printed && changes == c->edits)
        return false;
    if (changes != c->edits) /* which one does not matter: they are few */
        from = 0;
    for (size_t i = from; i < n; i++)
        message_show(s, c, posts, n, i);
    c->printed = n;
    c->edits = changes;
    return true;
}

bool screen_channel(const struct screen *s, struct channel *c,
                    const struct outcome_counts *o)
{
    const struct fake_post *posts;
    char right[64];
    size_t n;
    bool any;

    if (c->fake == NULL) {
        rule(s, c->type->title, "not shown");
        fprintf(s->to, "     %s\n", c->why_not.text);
        return true;
    }
    fake_look(c->server);
    n = fake_posts(c->fake, &posts);
    if (n == c->printed && changes_of(posts, n) == c->edits && o->failed == 0)
        return false;
    snprintf(right, sizeof right, "%zu message%s", n, n == 1 ? "" : "s");
    rule(s, c->type->title, right);
    style(s, STYLE_DIM);
    fprintf(s->to, "%s\n", c->type->help);
    style(s, STYLE_NONE);
    any = channel_posts(s, c);
    outcome_show(s, o);
    fflush(s->to);
    return any;
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
    fprintf(s->to, "%4zu  %-32s delivered to %zu channel%s in %lld ms\n", nth, title,
            delivered, delivered == 1 ? "" : "s", (long long)took_ms);
    fflush(s->to);
}

static void totals_line(const struct screen *s, const struct totals *t)
{
    const struct outbox_counts *n = &t->counts;
    bool whole = n->accepted == n->delivered;

    style(s, whole ? STYLE_MARK : STYLE_BAD);
    fprintf(s->to,
            "%llu alerts, %zu channels and the history: %llu deliveries accepted = %llu "
            "delivered\n+ %llu dead + %llu pending, in %lld.%lld s\n",
            (unsigned long long)n->accepted_alerts, t->channels,
            (unsigned long long)n->accepted, (unsigned long long)n->delivered,
            (unsigned long long)n->dead, (unsigned long long)n->pending,
            (long long)(t->took_ms / 1000), (long long)(t->took_ms % 1000 / 100));
    style(s, STYLE_NONE);
}

void screen_summary(const struct screen *s, const struct totals *t)
{
    rule(s, "In all", "");
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
