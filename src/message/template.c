/* template.c -- a template's text into pieces, with the place of every mistake. */
#include "message/template_own.h"

#include "base/limits.h"

struct parser {
    struct str text; /* without \r; in the arena */
    size_t at;
    struct arena *a;
    struct error *err;
};

struct pieces { /* being gathered */
    struct piece *first, *last;
};

struct tag {
    char kind;       /* '#', '^', '/', '!'; else ' ' */
    struct str name; /* not of a comment */
    size_t at, end;  /* where "{{" stands, and what follows "}}" */
};

struct opened { /* the section around */
    const struct tag *tag; /* NULL: none */
    size_t depth;
    bool any_name; /* it may be about an object, whose members we do not know */
};

/* --- mistakes -------------------------------------------------------------- */

static void place_of(struct str text, size_t at, size_t *line, size_t *column)
{
    struct str before = str_first(text, at);

    *line = *column = 1;
    while (before.n > 0) {
        size_t n = utf8_first(before, NULL);

        if (before.p[0] == '\n') {
            ++*line;
            *column = 0;
        }
        ++*column;
        before = str_from(before, MAX(n, 1));
    }
}

/* Puts the place in front of what was said. Returns false. */
static bool mistake(struct parser *p, size_t at)
{
    size_t line, column;

    place_of(p->text, at, &line, &column);
    return error_in(p->err, "line %zu, column %zu", line, column);
}

/* Where a section was opened, to be named in a text. */
static size_t line_of(const struct parser *p, const struct tag *tag)
{
    size_t line, column;

    place_of(p->text, tag->at, &line, &column);
    return line;
}

/* --- tags ------------------------------------------------------------------ */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c != '\0' && strchr("._-:@/", c) != NULL);
}

static bool is_name(struct str s)
{
    if (str_is(s, "."))
        return true;
    if (s.n == 0 || s.n > TEMPLATE_NAME_MAX || s.p[0] == '.' || str_ends(s, "."))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_name_byte(s.p[i]))
            return false;
    }
    return true;
}

/* What other engines have and this one has not, by the tag's first character. */
static const char *refused(char c)
{
    switch (c) {
    case '{':
    case '&':
        return "write {{name}}: every channel escapes text in its own way, "
               "always";
    case '>':
        return "a template cannot include another";
    case '=':
        return "the delimiters are {{ and }}, always";
    default:
        return NULL;
    }
}

static bool name_read(struct parser *p, struct tag *tag, struct str inside)
{
    struct str shown = str_first(inside, utf8_cut(inside, 40));

    tag->name = str_trim(inside);
    if (is_name(tag->name))
        return true;
    error_set(p->err,
              "\"%.*s\" is not a name: {{title}}, {{cli_ip}} and {{labels.job}} "
              "are, and {{#name}}...{{/name}} is what depends on one",
              STR_ARG(shown));
    return mistake(p, tag->at);
}

/* The tag that begins here. */
static bool tag_read(struct parser *p, struct tag *tag)
{
    struct str rest = str_from(p->text, p->at + 2);
    const char *end = rest.n > 0 ? memmem(rest.p, rest.n, "}}", 2) : NULL;
    char c = rest.n > 0 ? rest.p[0] : '\0';
    bool marked = c != '\0' && strchr("#^/!", c) != NULL;
    struct str inside;

    *tag = (struct tag){.kind = marked ? c : ' ', .at = p->at};
    if (c != '\0' && refused(c) != NULL)
        error_set(p->err, "%s", refused(c));
    else if (end == NULL)
        error_set(p->err, "{{ is not closed: }} is missing");
    else {
        inside = str_first(rest, (size_t)(end - rest.p));
        tag->end = p->at + 2 + inside.n + 2;
        p->at = tag->end;
        return tag->kind == '!' ||
               name_read(p, tag, str_from(inside, marked ? 1 : 0));
    }
    return mistake(p, tag->at);
}

/* --- names ------------------------------------------------------------------ */

/* A part of the message and most members of the alert are plain texts. */
static bool is_about_text(enum meaning means)
{
    return means > MEANS_FACTS;
}

static bool name_check(struct parser *p, const struct tag *tag,
                       const struct opened *in)
{
    const char *near;

    if (str_is(tag->name, ".") && in->tag == NULL) {
        error_set(p->err, "{{.}} is the element of a section, and here is none");
        return mistake(p, tag->at);
    }
    if (in->any_name || str_find(tag->name, '.') < tag->name.n)
        return true;
    near = template_near(tag->name);
    if (near == NULL)
        return true;
    error_set(p->err,
              "there is no \"%.*s\"; did you mean \"%s\"? A fact of that name is "
              "{{facts.%.*s}}",
              STR_ARG(tag->name), near, STR_ARG(tag->name));
    return mistake(p, tag->at);
}

/* --- pieces ----------------------------------------------------------------- */

static struct piece *piece_add(struct parser *p, struct pieces *to,
                               enum piece_kind kind, struct str text)
{
    struct piece *piece = arena_new(p->a, sizeof(*piece));

    piece->kind = kind;
    piece->text = text;
    if (kind != PIECE_TEXT)
        piece->means = template_meaning(text);
    if (to->last != NULL)
        to->last->next = piece;
    else
        to->first = piece;
    to->last = piece;
    return piece;
}

/* Whether only blanks are around the tag on its line; from where and to where
 * then the line goes, its end with it. */
static bool is_alone(const struct parser *p, const struct tag *tag, size_t *from,
                     size_t *to)
{
    *from = tag->at;
    *to = tag->end;
    while (*from > 0 && is_blank(p->text.p[*from - 1]))
        --*from;
    while (*to < p->text.n && is_blank(p->text.p[*to]))
        ++*to;
    if ((*from > 0 && p->text.p[*from - 1] != '\n') ||
        (*to < p->text.n && p->text.p[*to] != '\n'))
        return false;
    *to += *to < p->text.n;
    return true;
}

/* The text up to the tag, and goes on behind it. */
static void text_add(struct parser *p, struct pieces *to, size_t from,
                     const struct tag *tag)
{
    size_t until = tag->at, on = tag->end, line_from, line_to;

    if (tag->kind != ' ' && is_alone(p, tag, &line_from, &line_to)) {
        until = MAX(line_from, from);
        on = line_to;
    }
    if (until > from)
        piece_add(p, to, PIECE_TEXT,
                  (struct str){p->text.p + from, until - from});
    p->at = on;
}

static bool pieces_read(struct parser *p, const struct opened *in,
                        struct pieces *to);

static bool section_read(struct parser *p, const struct opened *in,
                         const struct tag *tag, struct pieces *to)
{
    enum piece_kind kind = tag->kind == '#' ? PIECE_SECTION : PIECE_INVERTED;
    struct piece *section = piece_add(p, to, kind, tag->name);
    struct opened here = {
        .tag = tag,
        .depth = in->depth + 1,
        .any_name = in->any_name ||
                    (kind == PIECE_SECTION && section->means != MEANS_FACTS &&
                     !is_about_text(section->means)),
    };
    struct pieces inner = {0};

    if (here.depth > TEMPLATE_DEPTH_MAX) {
        error_set(p->err, "more than %d sections within each other",
                  TEMPLATE_DEPTH_MAX);
        return mistake(p, tag->at);
    }
    if (!pieces_read(p, &here, &inner))
        return false;
    section->inner = inner.first;
    return true;
}

/* True: it closes the section we are in. */
static bool close_check(struct parser *p, const struct opened *in,
                        const struct tag *tag)
{
    if (in->tag != NULL && str_eq(in->tag->name, tag->name))
        return true;
    if (in->tag == NULL)
        error_set(p->err, "{{/%.*s}} closes nothing", STR_ARG(tag->name));
    else
        error_set(p->err,
                  "{{/%.*s}} stands where {{/%.*s}} must close the section of "
                  "line %zu",
                  STR_ARG(tag->name), STR_ARG(in->tag->name),
                  line_of(p, in->tag));
    return mistake(p, tag->at);
}

static bool tag_take(struct parser *p, const struct opened *in,
                     const struct tag *tag, struct pieces *to)
{
    if (tag->kind == '!')
        return true;
    if (!name_check(p, tag, in))
        return false;
    if (tag->kind != ' ')
        return section_read(p, in, tag, to);
    piece_add(p, to, PIECE_VALUE, tag->name);
    return true;
}

/* To the end of the section, or of the text when in none. */
static bool pieces_read(struct parser *p, const struct opened *in,
                        struct pieces *to)
{
    for (;;) {
        size_t from = p->at;
        struct str rest = str_from(p->text, from);
        const char *next = rest.n > 0 ? memmem(rest.p, rest.n, "{{", 2) : NULL;
        struct tag tag;

        if (next == NULL) {
            if (rest.n > 0)
                piece_add(p, to, PIECE_TEXT, rest);
            if (in->tag == NULL)
                return true;
            error_set(p->err, "{{%c%.*s}} is not closed: {{/%.*s}} is missing",
                      in->tag->kind, STR_ARG(in->tag->name),
                      STR_ARG(in->tag->name));
            return mistake(p, in->tag->at);
        }
        p->at = (size_t)(next - p->text.p);
        if (!tag_read(p, &tag))
            return false;
        text_add(p, to, from, &tag);
        if (tag.kind == '/')
            return close_check(p, in, &tag);
        if (!tag_take(p, in, &tag, to))
            return false;
    }
}

/* --- the whole -------------------------------------------------------------- */

/* A copy whose lines end with \n alone. */
static struct str lines_of(struct str text, struct arena *a)
{
    char *out = arena_new(a, text.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\r' || i + 1 == text.n || text.p[i + 1] != '\n')
            out[n++] = text.p[i];
    }
    return (struct str){out, n};
}

static bool text_check(struct parser *p)
{
    if (p->text.n > TEMPLATE_TEXT_MAX)
        return error_set(p->err, "has %zu bytes; at most %d are taken",
                         p->text.n, TEMPLATE_TEXT_MAX);
    if (!utf8_valid(p->text))
        return error_set(p->err, "is not UTF-8");
    for (size_t i = 0; i < p->text.n; i++) {
        unsigned char c = (unsigned char)p->text.p[i];

        if ((c >= ' ' || c == '\n' || c == '\t') && c != 0x7f)
            continue;
        error_set(p->err, "a control character (%02x)", c);
        return mistake(p, i);
    }
    return str_trim(p->text).n > 0 || error_set(p->err, "has no words");
}

const struct template *template_parse(struct str text, struct arena *a,
                                      struct error *err)
{
    struct error unheard;
    struct parser p = {.text = lines_of(text, a),
                       .a = a,
                       .err = err != NULL ? err : &unheard};
    struct opened outside = {0};
    struct template *t = arena_new(a, sizeof(*t));
    struct pieces all = {0};

    if (!text_check(&p) || !pieces_read(&p, &outside, &all))
        return NULL;
    t->first = all.first;
    return t;
}
