/* clean.c -- untrusted text made fit to show, links taken out, cut to length. */
#include "message/escape.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define ELLIPSIS "\xe2\x80\xa6"

/* What is not seen but changes what is: controls, bidi marks and overrides,
 * zero-width characters, tags. In order. Variation selectors stay, for emoji. */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},
    {0x61c, 0x61c},   {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
    {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xfffe, 0xffff},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool is_unseen(uint32_t code)
{
    for (size_t i = 0; i < COUNT_OF(unseen) && unseen[i].first <= code; i++) {
        if (code <= unseen[i].last)
            return true;
    }
    return false;
}

static bool is_line_end(uint32_t code)
{
    return code == '\n' || code == 0x85 || code == 0x2028 || code == 0x2029;
}

static size_t printable_run(struct str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7f)
        n++;
    return n;
}

void clean_text(struct buf *to, struct str s, bool lines)
{
    while (s.n > 0) {
        size_t n = printable_run(s);
        uint32_t code;

        buf_add(to, s.p, n);
        s = str_from(s, n);
        if (s.n == 0)
            return;
        n = utf8_first(s, &code);
        if (n == 0)
            buf_text(to, REPLACEMENT);
        else if (is_line_end(code))
            buf_char(to, lines ? '\n' : ' ');
        else if (code == '\t')
            buf_char(to, lines ? '\t' : ' ');
        else if (!is_unseen(code))
            buf_add(to, s.p, n);
        s = str_from(s, MAX(n, 1));
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_byte(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* A label that could be a top-level domain: then what stands before its dot may
 * become a link, whatever follows. Numbers cannot, so addresses stay. */
static bool is_top_level(struct str s)
{
    size_t n = 0;
    bool letters = true;

    while (n < s.n && is_name_byte(s.p[n])) {
        letters = letters && (is_letter(s.p[n]) || (unsigned char)s.p[n] >= 0x80);
        n++;
    }
    return n >= 2 &&
           (letters || (n > 4 && strncasecmp(s.p, "xn--", 4) == 0));
}

/* Bytes of the dot s begins with, in any of the forms browsers take; or 0. */
static size_t dot_length(struct str s)
{
    static const char *const wide[] = {"\xe3\x80\x82", "\xef\xbc\x8e",
                                       "\xef\xbd\xa1"};

    if (s.p[0] == '.')
        return 1;
    for (size_t i = 0; i < COUNT_OF(wide); i++) {
        if (str_starts(s, wide[i]))
            return 3;
    }
    return 0;
}

/* A scheme in front of "://": http becomes hxxp, others lose their colon. */
static bool scheme_ends(struct str s, size_t at)
{
    return at + 3 <= s.n && memcmp(s.p + at, "://", 3) == 0;
}

static size_t http_length(struct str s)
{
    if (s.n < 4 || strncasecmp(s.p, "http", 4) != 0)
        return 0;
    if (scheme_ends(s, 4))
        return 4;
    return s.n > 4 && (s.p[4] | 0x20) == 's' && scheme_ends(s, 5) ? 5 : 0;
}

void defang(struct buf *to, struct str s)
{
    bool in_name = false;

    while (s.n > 0) {
        size_t scheme = in_name ? 0 : http_length(s);
        size_t dot = dot_length(s);

        if (scheme > 0) {
            buf_text(to, scheme == 5 ? "hxxps://" : "hxxp://");
            s = str_from(s, scheme + 3);
            continue;
        }
        if (scheme_ends(s, 0)) {
            buf_text(to, "[:]//");
            s = str_from(s, 3);
            in_name = false;
            continue;
        }
        if (dot > 0 && in_name && is_top_level(str_from(s, dot)))
            buf_text(to, "[.]");
        else
            buf_add(to, s.p, MAX(dot, 1));
        in_name = dot > 0 || is_name_byte(s.p[0]);
        s = str_from(s, MAX(dot, 1));
    }
}

void cut_bytes(struct buf *to, struct str s, size_t max)
{
    size_t mark = max >= sizeof(ELLIPSIS) - 1 ? sizeof(ELLIPSIS) - 1 : 0;

    if (s.n <= max) {
        buf_str(to, s);
        return;
    }
    buf_str(to, str_first(s, utf8_cut(s, max - mark)));
    if (mark > 0)
        buf_text(to, ELLIPSIS);
}

void cut_points(struct buf *to, struct str s, size_t max)
{
    size_t points = 0, at = 0, before_last = 0;

    while (at < s.n && points < max) {
        size_t n = utf8_first(str_from(s, at), NULL);

        before_last = at;
        at += MAX(n, 1);
        points++;
    }
    if (at == s.n || max == 0) {
        buf_str(to, str_first(s, at));
        return;
    }
    buf_str(to, str_first(s, before_last));
    buf_text(to, ELLIPSIS);
}
